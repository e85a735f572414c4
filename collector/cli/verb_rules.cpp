#include <algorithm>
#include <ostream>

#include "collector/analysis/lifecycle/page.h"
#include "collector/analysis/rule.h"
#include "collector/analysis/rule_platforms.h"
#include "collector/base/text.h"
#include "collector/cli/verb.h"

namespace uptrail::cli {

namespace {

std::string number(double v) {
  std::string out = std::to_string(v);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') {
    out.pop_back();
  }
  return out;
}

std::string json_pair(std::string_view key, std::string_view value) {
  std::string out;
  append_json_string(out, key);
  out += ": ";
  append_json_string(out, value);
  return out;
}

std::string json_strings(const std::vector<std::string_view>& texts) {
  std::string out = "[";
  for (const std::string_view text : texts) {
    out += out.size() > 1 ? ", " : "";
    append_json_string(out, text);
  }
  return out + "]";
}

std::string as_json(const std::vector<const RuleInfo*>& rules) {
  std::string out = "{\n  \"schema\": \"uptrail.rules/1\",\n  \"rules\": [";
  for (const RuleInfo* rule : rules) {
    out += (rule == rules.front() ? "\n    {" : ",\n    {") + json_pair("id", rule->id) + ", " +
           json_pair("severity", severity_name(rule->severity)) + ", " + json_pair("title", rule->title) + ",\n     " +
           json_pair("summary", rule->summary) + ",\n     " + json_pair("needs", rule->needs) + ",\n     " +
           json_pair("remedy", rule->remedy) + ",\n     \"platforms\": " + json_strings(analysis::rule_platforms(rule->id)) +
           ",\n     \"thresholds\": [";
    bool first = true;
    for (const Threshold& t : rule->thresholds) {
      out += (first ? "{" : ", {") + json_pair("name", t.name) + ", \"value\": " + number(t.value) + ", " +
             json_pair("unit", t.unit) + ", " + json_pair("why", t.why) + "}";
      first = false;
    }
    out += "]}";
  }
  return out + "\n  ]\n}\n";
}

std::string as_text(const std::vector<const RuleInfo*>& rules, const TextStyle& style) {
  std::size_t width = 0;
  for (const RuleInfo* rule : rules) {
    width = std::max(width, rule->id.size());
  }
  std::string out;
  for (const RuleInfo* rule : rules) {
    const std::string head = pad_right(rule->id, width) + "  " + pad_right(severity_name(rule->severity), 7) + "  ";
    const auto platforms = analysis::rule_platforms(rule->id);
    const bool everywhere = std::find(platforms.begin(), platforms.end(), "macos") != platforms.end();
    out += paragraph(head, std::string(rule->title) + (everywhere ? "" : " (not on macOS)"), style.width);
    for (const Threshold& t : rule->thresholds) {
      out += paragraph(
          "    " + std::string(t.name) + " = " + number(t.value) + (t.unit.empty() ? "" : " ") + std::string(t.unit) + "  ",
          t.why, style.width);
    }
  }
  return out + "\nuptrail explain RULE tells more; --rules FILE changes thresholds (docs/cli.md).\n";
}

class RulesVerb final : public Verb {
 public:
  [[nodiscard]] std::string_view name() const override { return "rules"; }
  [[nodiscard]] std::string_view summary() const override { return "List the rules and their thresholds"; }
  [[nodiscard]] std::string_view usage() const override { return "[--json | --lifecycles]"; }
  void declare(Options& options) override {
    options.flag("--json", json_, "Print one JSON object");
    options.flag("--lifecycles", lifecycles_, "Print the legal lives of processes, sessions, tasks and wakes (Markdown)");
  }
  int run(Context& context) override {
    if (lifecycles_) {
      context.terminal.out << analysis::lifecycle::page();
      return kExitOk;
    }
    const auto rules = analysis::rule_infos();
    context.terminal.out << (json_ ? as_json(rules) : as_text(rules, context.terminal.style()));
    return kExitOk;
  }

 private:
  bool json_ = false, lifecycles_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_rules_verb() { return std::make_unique<RulesVerb>(); }

}  // namespace uptrail::cli
