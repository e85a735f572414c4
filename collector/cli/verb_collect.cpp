#include <algorithm>
#include <filesystem>
#include <ostream>

#include "collector/base/text.h"
#include "collector/cli/inputs.h"

namespace uptrail::cli {

namespace {

namespace fs = std::filesystem;

std::string default_output(const std::string& input) {
  return input == "-" ? std::string("capture.uptrail") : fs::path(input).replace_extension(".uptrail").string();
}

class CollectVerb final : public Verb {
 public:
  [[nodiscard]] std::string_view name() const override { return "collect"; }
  [[nodiscard]] std::string_view summary() const override { return "Put captures into a case file that the viewer opens"; }
  [[nodiscard]] std::string_view usage() const override { return "[options] IN... [-o CASE.uptrail]"; }

  void declare(Options& options) override {
    options.inputs("IN", inputs_, "Captures and task stores; - is standard input", true);
    options.text("-o,--output", output_, "CASE", "The case (default: beside the first input). An existing case is added to");
    options.flag("--fresh", fresh_, "Replace an existing case");
    capture_.declare(options);
    options.examples(
        "  uptrail collect app.ndjson system.log -o trip.uptrail\n"
        "  uptrail collect tasks.sqlite -o trip.uptrail           adds to the same case\n"
        "  uptrail collect --date console.txt=2026-11-18+01:00 console.txt");
  }

  int run(Context& context) override {
    const std::string output = output_.empty() ? default_output(inputs_.front()) : output_;
    const Status allowed = may_write(output);
    if (!allowed.ok()) {
      context.talk.error(allowed.error());
      return exit_code_of(allowed.error());
    }
    const auto settings = capture_.resolve(inputs_, context);
    if (!settings.ok()) {
      context.talk.error(settings.error());
      return exit_code_of(settings.error());
    }
    return collect_into(output, settings.value(), context);
  }

 private:
  // A capture must never be overwritten by a slip of the hand.
  Status may_write(const std::string& output) const {
    std::error_code ignored;
    for (const std::string& input : inputs_) {
      if (input == output || fs::equivalent(input, output, ignored)) {
        return fail(ErrorKind::usage, "the case and an input are the same file", output);
      }
      if (input != "-" && is_case_path(input)) {
        return fail(ErrorKind::usage, "is a case, not a capture", input);
      }
    }
    if (fs::exists(output, ignored) && !is_case_path(output)) {
      Error error = fail(ErrorKind::usage, "exists and is not a case; it is left as it is", output);
      error.hint = "name another file with -o";
      return error;
    }
    return done();
  }

  int collect_into(const std::string& output, const CollectOptions& settings, Context& context) const {
    std::error_code ignored;
    const bool existed = fs::exists(output, ignored);
    auto writer = create_case(output, fresh_ ? CaseMode::fresh : CaseMode::keep);
    if (!writer.ok()) {
      context.talk.error(writer.error());
      return exit_code_of(writer.error());
    }
    const auto report = collect(*writer.value(), settings);
    context.talk.clear_progress();
    if (!report.ok()) {
      context.talk.error(report.error());
      return exit_code_of(report.error());
    }
    const bool some_failed = tell_inputs(report.value(), context);
    const Status told = tell_case(output, writer.value()->reader(), context);
    if (!told.ok()) {
      context.talk.error(told.error());
      return exit_code_of(told.error());
    }
    writer.value().reset();
    if (!existed && report.value().sources.empty()) {
      fs::remove(output, ignored);  // a case of nothing helps nobody
    }
    return some_failed ? kExitUnreadable : kExitOk;
  }

  static Status tell_case(const std::string& output, CaseReader& reader, Context& context) {
    const auto sources = reader.sources();
    UPTRAIL_TRY(sources);
    if (sources.value().empty()) {
      return done();
    }
    const auto events = reader.event_count();
    UPTRAIL_TRY(events);
    const auto derived = reader.derived();
    UPTRAIL_TRY(derived);
    const Derived& d = derived.value();
    context.terminal.out << printable(output) << ": " << count_of(sources.value().size(), "source") << ", "
                         << count_of(events.value(), "event") << ", " << count_of(d.sessions.size(), "session") << ", "
                         << count_of(d.tasks.size(), "task") << ", " << count_of(d.causes.size(), "cause") << "\n";
    return done();
  }

  std::vector<std::string> inputs_;
  CaptureOptions capture_;
  std::string output_;
  bool fresh_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_collect_verb() { return std::make_unique<CollectVerb>(); }

}  // namespace uptrail::cli
