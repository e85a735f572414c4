#include <algorithm>
#include <ostream>

#include "collector/cli/inputs.h"
#include "collector/report/check_json.h"
#include "collector/report/check_text.h"

namespace uptrail::cli {

namespace {

class CheckVerb final : public Verb {
 public:
  [[nodiscard]] std::string_view name() const override { return "check"; }
  [[nodiscard]] std::string_view summary() const override { return "Say what went wrong in captures or in a case"; }
  [[nodiscard]] std::string_view usage() const override { return "[options] IN..."; }

  void declare(Options& options) override {
    options.inputs("IN", inputs_, "Captures, task stores, folders and archives, or one case (.uptrail); - is standard input",
                   true);
    options.choice("--format", format_, {"text", "json"}, "How to print");
    options.flag("--json", json_, "The same as --format json");
    options.choice("--fail-on", fail_on_, {"error", "warning", "info", "never"},
                   "Gravity from which a cause fails (default: warning)");
    options.flag("--allow-unknown", allow_unknown_, "COULD NOT TELL ends with 0 instead of 4");
    capture_.declare(options);
    options.examples(
        "  uptrail check system.log\n"
        "  uptrail check --json app.ndjson system.log > check.json\n"
        "  uptrail check --fail-on error --ignore session-created-twice system.log\n"
        "  log show --last 1h --style ndjson --info --debug | uptrail check -");
  }

  int run(Context& context) override {
    auto opened = open_inputs(inputs_, capture_, context);
    if (!opened.ok()) {
      context.talk.error(opened.error());
      return exit_code_of(opened.error());
    }
    if (opened->reader == nullptr) {
      return kExitUnreadable;
    }
    const auto data = gather_check(*opened->reader);
    if (!data.ok()) {
      context.talk.error(data.error());
      return exit_code_of(data.error());
    }
    const bool json = json_ || format_ == "json";
    context.terminal.out << (json ? check_json(data.value()) : check_text(data.value(), context.terminal.style()));
    return exit_code(data.value(), opened->some_failed);
  }

 private:
  [[nodiscard]] bool counts(const Cause& cause) const {
    if (cause.confidence == Confidence::hint || fail_on_ == "never") {
      return false;
    }
    const Severity limit = fail_on_ == "error" ? Severity::error : fail_on_ == "info" ? Severity::info : Severity::warning;
    return cause.severity >= limit;
  }

  // Precedence: 3, 1, 4, 0.
  [[nodiscard]] int exit_code(const CheckData& data, bool some_failed) const {
    const Derived& derived = data.derived;
    if (some_failed) {
      return kExitUnreadable;
    }
    if (std::any_of(derived.causes.begin(), derived.causes.end(), [&](const Cause& c) { return counts(c); })) {
      return kExitFail;
    }
    // A failing case whose causes are below the limit may still lack the evidence for an OK.
    const bool unknown = derived.outcome == Outcome::unknown || (derived.outcome == Outcome::fail && !silent_apps(data).empty());
    return unknown && !allow_unknown_ ? kExitUnknown : kExitOk;
  }

  std::vector<std::string> inputs_;
  CaptureOptions capture_;
  std::string format_ = "text";
  std::string fail_on_ = "warning";
  bool json_ = false;
  bool allow_unknown_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_check_verb() { return std::make_unique<CheckVerb>(); }

}  // namespace uptrail::cli
