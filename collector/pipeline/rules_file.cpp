#include "collector/pipeline/rules_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "collector/analysis/rule.h"
#include "collector/base/nearest.h"
#include "collector/base/text.h"

namespace uptrail {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kFingerprint = 16;

const RuleInfo* find_rule(std::string_view id) {
  for (const RuleInfo* info : analysis::rule_infos()) {
    if (info->id == id) {
      return info;
    }
  }
  return nullptr;
}

bool is_fingerprint(std::string_view text) {
  return text.size() == kFingerprint && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Status set_threshold(const std::string& key, const Json& value, analysis::RuleSettings& settings) {
  const std::size_t dot = key.find('.');
  if (dot == std::string::npos) {
    return fail(ErrorKind::usage, "\"" + key + "\" is not RULE.THRESHOLD");
  }
  const std::string rule = key.substr(0, dot);
  const std::string name = key.substr(dot + 1);
  UPTRAIL_TRY(check_rule_name(rule));
  std::vector<std::string> names;
  for (const Threshold& t : find_rule(rule)->thresholds) {
    names.emplace_back(t.name);
  }
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    Error error = fail(ErrorKind::usage, "rule " + rule + " has no threshold \"" + name + "\"");
    const std::string meant = nearest(name, names);
    error.hint = !meant.empty() ? "did you mean " + meant + "?" : names.empty() ? "it has none" : "uptrail rules lists them";
    return error;
  }
  if (!value.is_number() || value.get<double>() < 0) {
    return fail(ErrorKind::usage, "the value of \"" + key + "\" is not a number of at least 0");
  }
  settings.thresholds[rule][name] = value.get<double>();
  return done();
}

bool is_day_text(const std::string& text) {
  constexpr std::string_view kShape = "0000-00-00";
  return text.size() == kShape.size() && std::equal(text.begin(), text.end(), kShape.begin(), [](char c, char shape) {
           return shape == '-' ? c == '-' : c >= '0' && c <= '9';
         });
}

// {"finding": …, "reason": …, "expires": …}
Status add_ignored(const Json& item, const std::string& today, analysis::RuleSettings& settings) {
  std::string what;
  std::string expires;
  for (const auto& [key, value] : item.items()) {
    if (!value.is_string()) {
      return fail(ErrorKind::usage, "\"" + key + "\" of what is ignored is no text");
    }
    const auto& text = value.get_ref<const std::string&>();
    if (key == "finding" || key == "rule") {
      what = text;
      UPTRAIL_TRY(key == "rule" ? check_rule_name(text) : check_ignored(text));
    } else if (key == "expires") {
      expires = text;
    } else if (key != "reason") {
      return fail(ErrorKind::usage, "unknown key \"" + key + "\" of what is ignored");
    }
  }
  if (what.empty()) {
    return fail(ErrorKind::usage, R"(what is ignored names neither "finding" nor "rule")");
  }
  if (!expires.empty() && !is_day_text(expires)) {
    return fail(ErrorKind::usage, "\"" + expires + "\" is no day like 2027-01-31");
  }
  if (expires.empty() || today <= expires) {
    settings.ignore.push_back(what);
  }
  return done();
}

Status add_names(const Json& list, const std::string& key, const std::string& today, analysis::RuleSettings& settings) {
  if (!list.is_array()) {
    return fail(ErrorKind::usage, "\"" + key + "\" is not a list of rules");
  }
  for (const Json& item : list) {
    if (key == "ignore" && item.is_object()) {
      UPTRAIL_TRY(add_ignored(item, today, settings));
      continue;
    }
    if (!item.is_string()) {
      return fail(ErrorKind::usage, "\"" + key + "\" holds something that is no text");
    }
    const auto& name = item.get_ref<const std::string&>();
    UPTRAIL_TRY(key == "only" ? check_rule_name(name) : check_ignored(name));
    (key == "only" ? settings.only : settings.ignore).push_back(name);
  }
  return done();
}

Status read_object(const Json& root, const std::string& today, analysis::RuleSettings& settings) {
  if (!root.is_object()) {
    return fail(ErrorKind::usage, "the file is not one JSON object");
  }
  for (const auto& [key, value] : root.items()) {
    if (key == "only" || key == "ignore") {
      UPTRAIL_TRY(add_names(value, key, today, settings));
    } else if (key != "thresholds") {
      Error error = fail(ErrorKind::usage, "unknown key \"" + key + "\"");
      error.hint = "known are thresholds, ignore and only";
      return error;
    } else if (!value.is_object()) {
      return fail(ErrorKind::usage, "\"thresholds\" is not an object");
    } else {
      for (const auto& [name, number] : value.items()) {
        UPTRAIL_TRY(set_threshold(name, number, settings));
      }
    }
  }
  return done();
}

Error not_json(std::string_view text, std::size_t byte) {
  const std::size_t at = std::min(byte > 0 ? byte - 1 : 0, text.size());
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  Error error = fail(ErrorKind::usage, "line " + std::to_string(line) + ": not JSON");
  error.hint = R"(a rules file is written {"thresholds": {"RULE.THRESHOLD": 60}, "ignore": ["RULE"]})";
  return error;
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

Status check_ignored(const std::string& rule_or_finding) {
  return is_fingerprint(rule_or_finding) ? done() : check_rule_name(rule_or_finding);
}

Status parse_rules_file(std::string_view text, const std::string& name, const std::string& today,
                        analysis::RuleSettings& settings) {
  Status status = done();
  try {
    status = read_object(Json::parse(text), today, settings);
  } catch (const Json::parse_error& e) {
    status = not_json(text, e.byte);
  }
  if (!status.ok()) {
    Error error = status.error();
    error.path = name;
    return error;
  }
  return done();
}

}  // namespace uptrail
