#include "collector/pipeline/rules_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "collector/analysis/rule.h"
#include "collector/base/nearest.h"
#include "collector/base/text.h"
#include "collector/pipeline/rules_json.h"

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

// {"finding": …, "reason": …, "expires": …}
Result<Suppression> read_suppression(const Json& item, const std::string& today) {
  Suppression out;
  for (const auto& [key, value] : item.items()) {
    if (!value.is_string()) {
      return fail(ErrorKind::usage, "\"" + key + "\" of what is ignored is no text");
    }
    const auto& text = value.get_ref<const std::string&>();
    if (key == "finding" || key == "rule") {
      out.what = text;
      UPTRAIL_TRY(key == "rule" ? check_rule_name(text) : check_ignored(text));
    } else if (key == "expires") {
      out.expires = text;
    } else if (key == "reason") {
      out.reason = text;
    } else {
      return fail(ErrorKind::usage, "unknown key \"" + key + "\" of what is ignored");
    }
  }
  if (out.what.empty()) {
    return fail(ErrorKind::usage, R"(what is ignored names neither "finding" nor "rule")");
  }
  if (!out.expires.empty() && !is_day_text(out.expires)) {
    return fail(ErrorKind::usage, "\"" + out.expires + "\" is no day like 2027-01-31");
  }
  out.expired = !out.expires.empty() && today > out.expires;
  return out;
}

class RulesReader {
 public:
  RulesReader(const std::string& today, analysis::RuleSettings& settings, std::vector<Suppression>* suppressions)
      : today_(today), settings_(settings), suppressions_(suppressions) {}

  Status read(const Json& root) {
    if (!root.is_object()) {
      return fail(ErrorKind::usage, "the rules are not one JSON object");
    }
    for (const auto& [key, value] : root.items()) {
      if (key == "only") {
        UPTRAIL_TRY(each_name(value, key, [this](const Json& item) { return add_only(item); }));
      } else if (key == "ignore") {
        UPTRAIL_TRY(each_name(value, key, [this](const Json& item) { return add_ignored(item); }));
      } else if (key == "thresholds" || key == "severity") {
        UPTRAIL_TRY(each_value(value, key));
      } else {
        Error error = fail(ErrorKind::usage, "unknown key \"" + key + "\"");
        error.hint = "known are thresholds, severity, ignore and only";
        return error;
      }
    }
    return done();
  }

 private:
  template <class F>
  static Status each_name(const Json& list, const std::string& key, const F& add) {
    if (!list.is_array()) {
      return fail(ErrorKind::usage, "\"" + key + "\" is not a list of rules");
    }
    for (const Json& item : list) {
      if (!item.is_string() && !(key == "ignore" && item.is_object())) {
        return fail(ErrorKind::usage, "\"" + key + "\" holds something that is no text");
      }
      UPTRAIL_TRY(add(item));
    }
    return done();
  }

  Status add_only(const Json& item) {
    const auto& name = item.get_ref<const std::string&>();
    UPTRAIL_TRY(check_rule_name(name));
    settings_.only.push_back(name);
    return done();
  }

  Status add_ignored(const Json& item) {
    Suppression given;
    if (item.is_object()) {
      auto read = read_suppression(item, today_);
      UPTRAIL_TRY(read);
      given = read.take();
    } else {
      given.what = item.get<std::string>();
      UPTRAIL_TRY(check_ignored(given.what));
    }
    if (!given.expired) {
      settings_.ignore.push_back(given.what);
    }
    if (suppressions_ != nullptr) {
      suppressions_->push_back(std::move(given));
    }
    return done();
  }

  Status each_value(const Json& values, const std::string& key) {
    if (!values.is_object()) {
      return fail(ErrorKind::usage, "\"" + key + "\" is not an object");
    }
    for (const auto& [name, value] : values.items()) {
      UPTRAIL_TRY(key == "severity" ? set_severity(name, value) : set_threshold(name, value, settings_));
    }
    return done();
  }

  Status set_severity(const std::string& rule, const Json& value) {
    UPTRAIL_TRY(check_rule_name(rule));
    const std::string word = value.is_string() ? value.get<std::string>() : value.dump();
    for (const Severity severity : {Severity::info, Severity::warning, Severity::error}) {
      if (word == severity_name(severity)) {
        settings_.severity[rule] = severity;
        return done();
      }
    }
    Error error = fail(ErrorKind::usage, "the severity of \"" + rule + "\" is \"" + word + "\"");
    error.hint = "write error, warning or info; a rule that shall not speak goes to \"ignore\"";
    return error;
  }

  const std::string& today_;
  analysis::RuleSettings& settings_;
  std::vector<Suppression>* suppressions_;
};

}  // namespace

bool is_day_text(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00";
  return text.size() == kShape.size() && std::equal(text.begin(), text.end(), kShape.begin(), [](char c, char shape) {
           return shape == '-' ? c == '-' : c >= '0' && c <= '9';
         });
}

Error not_json(std::string_view text, std::size_t byte, std::string_view written) {
  const std::size_t at = std::min(byte > 0 ? byte - 1 : 0, text.size());
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  Error error = fail(ErrorKind::usage, "line " + std::to_string(line) + ": not JSON");
  error.hint = written;
  return error;
}

Status read_rules(const nlohmann::json& rules, const std::string& today, analysis::RuleSettings& settings,
                  std::vector<Suppression>* suppressions) {
  return RulesReader(today, settings, suppressions).read(rules);
}

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
    status = read_rules(Json::parse(text), today, settings, nullptr);
  } catch (const Json::parse_error& e) {
    status = not_json(text, e.byte, R"(a rules file is written {"thresholds": {"RULE.THRESHOLD": 60}, "ignore": ["RULE"]})");
  }
  if (!status.ok()) {
    Error error = status.error();
    error.path = name;
    return error;
  }
  return done();
}

}  // namespace uptrail
