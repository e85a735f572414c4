#include "collector/cli/rules_file.h"

#include <algorithm>
#include <cmath>

#include "collector/base/text.h"
#include "collector/cli/options.h"

namespace uptrail::cli {

namespace {

const RuleInfo* find_rule(std::string_view id) {
  for (const RuleInfo* info : analysis::rule_infos()) {
    if (info->id == id) {
      return info;
    }
  }
  return nullptr;
}

Status set_threshold(std::string_view key, std::string_view text, analysis::RuleSettings& settings) {
  const std::size_t dot = key.find('.');
  if (dot == std::string_view::npos) {
    return fail(ErrorKind::usage, "\"" + std::string(key) + "\" is not rule.threshold, only or ignore");
  }
  const std::string rule(trim(key.substr(0, dot)));
  const std::string name(trim(key.substr(dot + 1)));
  UPTRAIL_TRY(check_rule_name(rule));
  const RuleInfo* info = find_rule(rule);
  std::vector<std::string> names;
  for (const Threshold& t : info->thresholds) {
    names.emplace_back(t.name);
  }
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    Error error = fail(ErrorKind::usage, "rule " + rule + " has no threshold \"" + name + "\"");
    const std::string meant = nearest(name, names);
    error.hint = !meant.empty()  ? "did you mean " + meant + "?"
                 : names.empty() ? "it has none"
                                 : "uptrail explain " + rule + " lists them";
    return error;
  }
  const auto value = parse_double(text);
  if (!value || !std::isfinite(*value) || *value < 0) {
    return fail(ErrorKind::usage, "\"" + std::string(text) + "\" is not a number of at least 0");
  }
  settings.thresholds[rule][name] = *value;
  return done();
}

Status set_line(std::string_view line, analysis::RuleSettings& settings) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) {
    return fail(ErrorKind::usage, "a setting is written name = value");
  }
  const std::string_view key = trim(line.substr(0, equals));
  const std::string_view value = trim(line.substr(equals + 1));
  if (key == "only" || key == "ignore") {
    UPTRAIL_TRY(check_rule_name(std::string(value)));
    (key == "only" ? settings.only : settings.ignore).emplace_back(value);
    return done();
  }
  return set_threshold(key, value, settings);
}

}  // namespace

Status check_rule_name(const std::string& rule) {
  if (find_rule(rule) != nullptr) {
    return done();
  }
  std::vector<std::string> ids;
  for (const RuleInfo* info : analysis::rule_infos()) {
    ids.emplace_back(info->id);
  }
  Error error = fail(ErrorKind::usage, "no rule \"" + rule + "\"");
  const std::string meant = nearest(rule, ids);
  error.hint = meant.empty() ? "uptrail rules lists them" : "did you mean " + meant + "?";
  return error;
}

Status parse_rules_text(std::string_view text, const std::string& name, analysis::RuleSettings& settings) {
  std::size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    line = trim(line.substr(0, line.find('#')));
    if (line.empty()) {
      continue;
    }
    if (const Status set = set_line(line, settings); !set.ok()) {
      Error error = set.error();
      error.message = "line " + std::to_string(number) + ": " + error.message;
      error.path = name;
      return error;
    }
  }
  return done();
}

}  // namespace uptrail::cli
