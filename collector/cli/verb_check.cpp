#include <algorithm>
#include <ostream>

#include "collector/cli/check_outputs.h"
#include "collector/cli/inputs.h"
#include "collector/input/input.h"
#include "collector/report/check_formats.h"

#ifndef UPTRAIL_VERSION
#error "UPTRAIL_VERSION comes from the build"
#endif

namespace uptrail::cli {

namespace {

constexpr std::size_t kMaxBaseline = std::size_t{256} << 20U;

class CheckVerb final : public Verb {
 public:
  [[nodiscard]] std::string_view name() const override { return "check"; }
  [[nodiscard]] std::string_view summary() const override { return "Say what went wrong in captures or in a case"; }
  [[nodiscard]] std::string_view usage() const override { return "[options] IN..."; }

  void declare(Options& options) override {
    options.inputs("IN", inputs_,
                   "Captures, task stores, folders, archives and patterns of them, or one case (.uptrail); - is standard input",
                   true);
    options.list("--format", formats_, "FORMAT[=FILE]",
                 "text, json, junit, sarif, github, gitlab or markdown; several at once, each to its file");
    options.flag("--json", json_, "The same as --format json");
    options.choice("--fail-on", fail_on_, {"error", "warning", "info", "never"},
                   "Gravity from which a cause fails (default: warning)");
    options.choice("--could-not-tell", could_not_tell_, {"fail", "report", "pass"},
                   "COULD NOT TELL ends with 1, with 4 (default) or with 0");
    options.flag("--allow-unknown", allow_unknown_, "The same as --could-not-tell pass");
    options.list("--require", require_, "EVIDENCE", "Could not tell without it: app, cfnetwork, daemon, system, store", true);
    options.text("--baseline", baseline_, "OLD.json", "Earlier output of check --json: only what is new fails");
    capture_.declare(options);
    options.examples(
        "  uptrail check system.log\n"
        "  uptrail check --json app.ndjson system.log > check.json\n"
        "  uptrail check --require app --format junit=report.xml --format markdown=summary.md 'logs/*.ndjson'\n"
        "  uptrail check --baseline main.json --fail-on error --ignore session-created-twice system.log\n"
        "  log show --last 1h --style ndjson --info --debug | uptrail check -");
  }

  int run(Context& context) override {
    const auto code = judge_inputs(context);
    if (!code.ok()) {
      context.talk.error(code.error());
      return exit_code_of(code.error());
    }
    return code.value();
  }

 private:
  // Options win over the project file.
  [[nodiscard]] Result<Policy> policy(const Context& context) const {
    auto project = capture_.project(context);
    UPTRAIL_TRY(project);
    const ProjectFile file = project.value().value_or(ProjectFile{});
    Policy out;
    out.project_file = file.path;
    const std::string& fail_on = fail_on_.empty() ? file.fail_on : fail_on_;
    out.fail_on = parse_fail_on(fail_on).value_or(out.fail_on);
    const std::string& unknown = !could_not_tell_.empty() ? could_not_tell_ : file.could_not_tell;
    out.could_not_tell = allow_unknown_ ? UnknownEnds::pass : parse_unknown_ends(unknown).value_or(out.could_not_tell);
    out.require = require_.empty() ? file.require : require_;
    const std::vector<std::string> known = evidence_names();
    for (const std::string& name : out.require) {
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        Error error = fail(ErrorKind::usage, "no evidence is called \"" + name + "\"");
        const std::string meant = nearest(name, known);
        error.hint = meant.empty() ? "there are app, cfnetwork, daemon, system and store" : "did you mean " + meant + "?";
        return error;
      }
    }
    if (const std::string& path = baseline_.empty() ? file.baseline : baseline_; !path.empty()) {
      const auto text = read_small_file(path, kMaxBaseline);
      UPTRAIL_TRY(text);
      auto baseline = parse_baseline(text.value(), path);
      UPTRAIL_TRY(baseline);
      out.baseline = baseline.take();
    }
    return out;
  }

  // Precedence: 3, 1, 4, 0.
  static int exit_code(const Policy& policy, const Judgement& judgement, bool some_failed) {
    if (some_failed) {
      return kExitUnreadable;
    }
    switch (judgement.verdict) {
      case Verdict::failed:
        return kExitFail;
      case Verdict::passed:
        return kExitOk;
      case Verdict::unknown:
        break;
    }
    if (policy.could_not_tell == UnknownEnds::fail) {
      return kExitFail;
    }
    // What is required is required, whatever else may be unknown.
    return policy.could_not_tell == UnknownEnds::pass && judgement.lacking.empty() ? kExitOk : kExitUnknown;
  }

  Result<int> judge_inputs(Context& context) {
    std::vector<std::string> formats = formats_;
    if (json_ && std::find(formats.begin(), formats.end(), "json") == formats.end()) {
      formats.emplace_back("json");
    }
    const auto outputs = parse_check_outputs(formats, inputs_);
    UPTRAIL_TRY(outputs);
    const auto wanted = policy(context);
    UPTRAIL_TRY(wanted);
    auto opened = open_inputs(inputs_, capture_, context);
    UPTRAIL_TRY(opened);
    if (opened->reader == nullptr) {
      return static_cast<int>(kExitUnreadable);
    }
    const auto data = gather_check(*opened->reader);
    UPTRAIL_TRY(data);
    const Judgement judgement = judge(data.value(), wanted.value());
    const std::vector<const RuleInfo*> rules = analysis::rule_infos();
    const CheckReport report{data.value(), wanted.value(),  judgement,
                             rules,        UPTRAIL_VERSION, exit_code(wanted.value(), judgement, opened->some_failed)};
    for (const CheckOutput& output : outputs.value()) {
      const std::string text = output.format->write(report, context.terminal.style());
      if (output.to_stdout()) {
        context.terminal.out << text;
      } else {
        UPTRAIL_TRY(write_check_output(output.file, text));
      }
    }
    return report.exit_code;
  }

  std::vector<std::string> inputs_;
  CaptureOptions capture_;
  std::vector<std::string> formats_, require_;
  std::string fail_on_, could_not_tell_, baseline_;
  bool json_ = false;
  bool allow_unknown_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_check_verb() { return std::make_unique<CheckVerb>(); }

}  // namespace uptrail::cli
