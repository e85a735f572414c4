#include <ostream>

#include "collector/cli/inputs.h"
#include "collector/report/compare.h"

namespace uptrail::cli {

namespace {

class CompareVerb final : public Verb {
 public:
  [[nodiscard]] std::string_view name() const override { return "compare"; }
  [[nodiscard]] std::string_view summary() const override { return "What became of uploads and findings between two captures"; }
  [[nodiscard]] std::string_view usage() const override { return "[options] A B"; }

  void declare(Options& options) override {
    options.inputs("A B", inputs_, "Two captures or cases: before a change, and after it. A folder or an archive counts as one",
                   true);
    options.flag("--json", json_, "Print JSON (schemas/compare.schema.json)");
    capture_.declare(options);
    options.examples(
        "  uptrail compare before.uptrail after.uptrail\n"
        "  uptrail compare run-41/ run-42/\n"
        "  uptrail compare --json main.tar.gz branch.tar.gz > compare.json");
  }

  int run(Context& context) override {
    if (inputs_.size() != 2) {
      context.talk.error(
          "two captures are compared (uptrail compare --help); of several files make a case first: uptrail collect");
      return kExitUsage;
    }
    const auto code = compare(context);
    if (!code.ok()) {
      context.talk.error(code.error());
      return exit_code_of(code.error());
    }
    return code.value();
  }

 private:
  Result<CheckData> gather(const std::string& path, Context& context, bool& some_failed) const {
    // A case keeps its judgement; the options are for the other one, then.
    auto opened = open_inputs({path}, is_case_path(path) ? CaptureOptions() : capture_, context);
    UPTRAIL_TRY(opened);
    some_failed = some_failed || opened->some_failed;
    if (opened->reader == nullptr) {
      return fail(ErrorKind::unreadable, "nothing of it could be read", path);
    }
    return gather_check(*opened->reader);
  }

  Result<int> compare(Context& context) const {
    bool some_failed = false;
    const auto a = gather(inputs_[0], context, some_failed);
    UPTRAIL_TRY(a);
    const auto b = gather(inputs_[1], context, some_failed);
    UPTRAIL_TRY(b);
    const CaseComparison compared = compare_cases(a.value(), b.value());
    const ComparedNames names{inputs_[0], inputs_[1]};
    context.terminal.out << (json_ ? compare_json(compared, names) : compare_text(compared, names, context.terminal.style()));
    return static_cast<int>(some_failed ? kExitUnreadable : kExitOk);
  }

  std::vector<std::string> inputs_;
  CaptureOptions capture_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_compare_verb() { return std::make_unique<CompareVerb>(); }

}  // namespace uptrail::cli
