#include <algorithm>
#include <ostream>

#include "collector/base/text.h"
#include "collector/cli/inputs.h"
#include "collector/pipeline/rule_pages.h"
#include "collector/pipeline/rules_file.h"
#include "collector/report/check_text.h"
#include "collector/report/finding_text.h"
#include "collector/report/page_text.h"

namespace uptrail::cli {

namespace {

const RuleInfo* rule_of(std::string_view id) {
  const auto rules = analysis::rule_infos();
  const auto at = std::find_if(rules.begin(), rules.end(), [&](const RuleInfo* info) { return info->id == id; });
  return at == rules.end() ? nullptr : *at;
}

std::string list_findings(const CheckData& data, const TextStyle& style) {
  std::string out;
  for (const Cause& cause : data.derived.causes) {
    out += paragraph(pad_right(cause_name(cause.id), 5), printable(cause.title), style.width);
    for (const FindingId id : cause.findings) {
      if (const Finding* f = data.finding(id)) {
        out += paragraph("  " + pad_right(finding_name(id), 5) + pad_right(f->rule, 34), printable(f->title), style.width);
      }
    }
  }
  return out.empty() ? "no findings\n" : out;
}

class ExplainVerb final : public Verb {
 public:
  [[nodiscard]] std::string_view name() const override { return "explain"; }
  [[nodiscard]] std::string_view summary() const override { return "Explain a rule, or show what a finding rests on"; }
  [[nodiscard]] std::string_view usage() const override { return "RULE | [options] CASE [FINDING]"; }

  void declare(Options& options) override {
    options.inputs("WHAT", what_, "A rule; or a case (or capture), and a cause (C1), a finding (F3) or its id", true);
    capture_.declare(options);
    options.examples(
        "  uptrail explain task-completed-without-callback\n"
        "  uptrail explain trip.uptrail            lists causes and findings\n"
        "  uptrail explain trip.uptrail C1         evidence with raw lines, and what was searched");
  }

  int run(Context& context) override {
    if (what_.size() > 2) {
      context.talk.error("too many arguments (uptrail explain --help)");
      return kExitUsage;
    }
    if (what_.size() == 1 && explain_rule(context)) {
      return kExitOk;
    }
    const Status explained =
        what_.size() == 1 && !looks_like_path(what_.front()) ? check_rule_name(what_.front()) : explain_case(context);
    if (!explained.ok()) {
      context.talk.error(explained.error());
      return exit_code_of(explained.error());
    }
    return some_failed_ ? kExitUnreadable : kExitOk;
  }

 private:
  bool explain_rule(Context& context) const {
    for (const RuleInfo* info : analysis::rule_infos()) {
      if (info->id == what_.front()) {
        const std::string page = rule_page(info->id);
        context.terminal.out << (context.terminal.out_is_terminal ? page_text(page, context.terminal.style()) : page);
        return true;
      }
    }
    return false;
  }

  static bool looks_like_path(const std::string& text) { return text == "-" || text.find_first_of("./\\") != std::string::npos; }

  Status explain_case(Context& context) {
    auto opened = open_inputs({what_.front()}, capture_, context);
    UPTRAIL_TRY(opened);
    some_failed_ = opened->some_failed;
    if (opened->reader == nullptr) {
      return done();
    }
    const auto data = gather_check(*opened->reader);
    UPTRAIL_TRY(data);
    const TextStyle style = context.terminal.style();
    if (what_.size() == 1) {
      context.terminal.out << list_findings(data.value(), style);
      return done();
    }
    const auto found = find_findings(data.value(), what_[1]);
    UPTRAIL_TRY(found);
    for (std::size_t i = 0; i < found.value().size(); ++i) {
      if (const Finding* finding = data.value().finding(found.value()[i])) {
        context.terminal.out << (i == 0 ? "" : "\n" + std::string(60, '-') + "\n\n")
                             << finding_text(data.value(), *finding, rule_of(finding->rule), style);
      }
    }
    return done();
  }

  std::vector<std::string> what_;
  CaptureOptions capture_;
  bool some_failed_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_explain_verb() { return std::make_unique<ExplainVerb>(); }

}  // namespace uptrail::cli
