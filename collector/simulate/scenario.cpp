#include "collector/simulate/scenario.h"

#include <algorithm>
#include <span>

#include "collector/base/embedded.h"
#include "collector/base/text.h"
#include "collector/containers/event_script.h"
#include "collector/messages/decoder.h"

namespace uptrail::embedded {
std::span<const EmbeddedFile> simulate_scenarios();
}

namespace uptrail::simulate {

namespace {

std::string_view name_of(const EmbeddedFile& file) { return file.name.substr(0, file.name.size() - kScriptEnding.size()); }

Severity gravest(const ScriptExpectation::Rule& rule) {
  return rule.severity == "info" ? Severity::info : rule.severity == "warning" ? Severity::warning : Severity::error;
}

}  // namespace

std::vector<std::string_view> scenario_names() {
  std::vector<std::string_view> out;
  for (const EmbeddedFile& file : embedded::simulate_scenarios()) {
    out.push_back(name_of(file));
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<std::string_view> scenario_text(std::string_view name) {
  for (const EmbeddedFile& file : embedded::simulate_scenarios()) {
    if (name_of(file) == name) {
      return file.content;
    }
  }
  return fail(ErrorKind::usage, "no scenario \"" + std::string(name) + '"');
}

Result<Simulated> play_script(std::string_view text, const std::string& name) {
  Simulated out;
  std::vector<Issue> issues;
  const std::string expanded = expand_event_script(text);
  for (const std::string_view line : split(expanded, '\n')) {
    if (auto event = decode_event_json(line, issues)) {
      out.events.push_back(std::move(*event));
    }
  }
  if (out.events.empty() || !out.events.front().t_src) {
    return fail(ErrorKind::malformed, "no line of the script tells an event", name);
  }
  out.truth.from = *out.events.front().t_src;
  out.truth.to = out.events.back().t_src.value_or(out.truth.from);
  for (const auto& rule : parse_script_expectations(text).fire) {
    InjectedFault fault;
    fault.fault = fault.finding.rule = rule.rule;
    fault.at = out.truth.from;
    fault.finding.severity = gravest(rule);
    out.truth.faults.push_back(std::move(fault));
  }
  return out;
}

}  // namespace uptrail::simulate
