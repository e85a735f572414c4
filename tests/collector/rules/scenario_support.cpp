#include "tests/collector/rules/scenario_support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "collector/analysis/rule.h"
#include "collector/pipeline/collect.h"
#include "collector/simulate/scenario.h"
#include "tests/support/files.h"

namespace uptrail::test {
namespace {

Judged from_reader(CaseReader& reader) {
  Judged out;
  auto derived = reader.derived();
  if (!derived.ok()) {
    out.error = derived.error().text();
    return out;
  }
  out.ok = true;
  out.findings = std::move(derived->findings);
  out.undetermined = std::move(derived->undetermined);
  return out;
}

bool is_grave(const Finding& finding) { return finding.severity != Severity::info; }

}  // namespace

const std::vector<std::string>& known_rules() {
  static const std::vector<std::string> kRules = [] {
    std::vector<std::string> out;
    for (const RuleInfo* info : analysis::rule_infos()) out.emplace_back(info->id);
    return out;
  }();
  return kRules;
}

bool is_known_rule(std::string_view rule) {
  return std::find(known_rules().begin(), known_rules().end(), rule) != known_rules().end();
}

const Finding* Judged::find(std::string_view rule) const {
  const Finding* best = nullptr;
  for (const Finding& finding : findings) {
    if (finding.rule == rule && (best == nullptr || finding.severity > best->severity)) best = &finding;
  }
  return best;
}

bool Judged::is_undetermined(std::string_view rule) const {
  return std::any_of(undetermined.begin(), undetermined.end(), [&](const Undetermined& u) { return u.rule == rule; });
}

std::string Judged::text() const {
  std::string out = error;
  for (const Finding& f : findings) {
    out += "  fired " + f.rule + "/" + std::string(severity_name(f.severity)) + " (" +
           std::string(confidence_name(f.confidence)) + "): " + f.title + "\n";
  }
  for (const Undetermined& u : undetermined) out += "  undetermined " + u.rule + " " + u.subject.label + ": " + u.reason + "\n";
  return out;
}

std::string Judged::all() const {
  std::string out = text();
  for (const Finding& f : findings) {
    out += f.fingerprint + " " + f.rule + " " + f.subject.label + " " + std::to_string(f.t.ns) + "\n" + f.explanation + "\n" +
           f.clears_if + "\n" + f.remedy + "\n";
    for (const NumberUsed& n : f.numbers) out += "  " + n.name + " " + std::to_string(n.value) + "\n";
    for (const EvidenceRef& e : f.evidence) out += "  " + e.note + (e.key ? " (key)\n" : "\n");
    for (const SearchDone& s : f.searched) {
      out += "  " + std::string(kind_name(s.kind)) + " " + std::to_string(s.span.start.ns) + " " + std::to_string(s.span.end.ns) +
             " " + std::to_string(s.records) + "\n";
    }
  }
  return out;
}

Judged judge(std::string_view capture, const analysis::RuleSettings& settings) {
  auto reader = collect_text(capture, "script", settings);
  if (!reader.ok()) {
    Judged out;
    out.error = reader.error().text();
    return out;
  }
  return from_reader(**reader);
}

Judged judge_script(std::string_view script) {
  Judged judged = judge(script);
  EXPECT_EQ(broken_expectations(parse_script_expectations(script), judged), "") << script;
  return judged;
}

const NumberUsed& number(const Finding& finding, std::string_view name) {
  static const NumberUsed kNone;
  for (const NumberUsed& used : finding.numbers) {
    if (used.name == name) return used;
  }
  ADD_FAILURE() << finding.rule << " has no number \"" << name << '"';
  return kNone;
}

Judged judge_files(const std::vector<std::string>& texts, bool backwards) {
  const std::string dir = scratch_dir();
  CollectOptions options;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    options.paths.push_back(dir + "/source" + std::to_string(i) + ".ndjson");
    write_file(options.paths.back(), texts[i]);
  }
  if (backwards) std::reverse(options.paths.begin(), options.paths.end());
  auto writer = create_memory_case();
  Judged out;
  if (!writer.ok()) {
    out.error = writer.error().text();
    return out;
  }
  const auto report = collect(**writer, options);
  if (!report.ok()) {
    out.error = report.error().text();
    return out;
  }
  return from_reader((*writer)->reader());
}

std::string broken_expectations(const ScriptExpectation& expected, const Judged& judged) {
  std::string out = judged.ok ? "" : "not collected: " + judged.error + "\n";
  for (const auto& [rule, severity] : expected.fire) {
    if (!is_known_rule(rule)) continue;
    const Finding* finding = judged.find(rule);
    const bool fits = finding != nullptr && (severity.empty() || severity_name(finding->severity) == severity);
    if (!fits) out += "expected fire: " + rule + (severity.empty() ? "" : "/" + severity) + "\n";
  }
  for (const std::string& rule : expected.not_) {
    for (const Finding& finding : judged.findings) {
      const bool forbidden = rule == "*" ? is_grave(finding) : finding.rule == rule;
      if (forbidden) out += "expected not: " + rule + ", found " + finding.rule + ": " + finding.title + "\n";
    }
  }
  for (const std::string& rule : expected.undet) {
    if (is_known_rule(rule) && !judged.is_undetermined(rule)) out += "expected undet: " + rule + "\n";
  }
  return out.empty() ? out : out + judged.text();
}

std::string as_container(std::string_view script, std::string_view container, simulate::Lines lines) {
  const auto played = simulate::play_script(script, "script");
  const auto catalogue = builtin_catalogue();
  EXPECT_TRUE(played.ok() && catalogue.ok());
  const auto written = simulate::write_capture(played->events, **catalogue, {std::string(container), lines});
  EXPECT_TRUE(written.ok());
  return written.ok() ? written->text : "";
}

std::vector<Scenario> published_scenarios() {
  std::vector<Scenario> out;
  for (const auto& entry : std::filesystem::directory_iterator(source_path("assets/scenarios"))) {
    if (entry.path().extension() != ".scn") continue;
    Scenario s;
    s.name = entry.path().stem().string();
    s.text = read_file(entry.path().string());
    s.expected = parse_script_expectations(s.text);
    const bool quiet = std::find(s.expected.not_.begin(), s.expected.not_.end(), "*") != s.expected.not_.end();
    s.healthy = quiet || s.text.find("(healthy") != std::string::npos;
    out.push_back(std::move(s));
  }
  std::sort(out.begin(), out.end(), [](const Scenario& a, const Scenario& b) { return a.name < b.name; });
  return out;
}

}  // namespace uptrail::test
