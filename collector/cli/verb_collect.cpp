#include <algorithm>
#include <filesystem>
#include <optional>
#include <ostream>

#include "collector/base/text.h"
#include "collector/cli/globs.h"
#include "collector/cli/inputs.h"
#include "collector/report/collect_summary.h"
#include "collector/report/contents_text.h"

namespace uptrail::cli {

namespace {

namespace fs = std::filesystem;

// Beside the input: "trip.log", "trip.tar.gz" and the folder "trip/" give "trip.uptrail".
std::string default_output(const std::string& input) {
  if (input == "-") {
    return "capture.uptrail";
  }
  std::error_code ignored;
  if (fs::is_directory(input, ignored)) {
    const fs::path folder = fs::weakly_canonical(input, ignored);
    return folder.has_filename() ? folder.string() + ".uptrail" : std::string("capture.uptrail");
  }
  fs::path path(input);
  const fs::path inner = path.stem();
  if (inner.extension() == ".tar") {
    path.replace_filename(inner);
  }
  return path.replace_extension(".uptrail").string();
}

class CollectVerb final : public Verb {
 public:
  [[nodiscard]] std::string_view name() const override { return "collect"; }
  [[nodiscard]] std::string_view summary() const override { return "Put captures into a case file that the viewer opens"; }
  [[nodiscard]] std::string_view usage() const override { return "[options] IN... [-o CASE.uptrail]"; }

  void declare(Options& options) override {
    options.inputs("IN", inputs_, "Captures, task stores, folders and archives of them; - is standard input", true);
    options.text("-o,--output", output_, "CASE", "The case (default: beside the first input). An existing case is added to");
    options.flag("--fresh", fresh_, "Replace an existing case");
    options.flag("--json", json_, "Print the summary as JSON");
    capture_.declare(options);
    options.examples(
        "  uptrail collect app.ndjson system.log -o trip.uptrail\n"
        "  uptrail collect tasks.sqlite -o trip.uptrail           adds to the same case\n"
        "  uptrail collect --date console.txt=2026-11-18+01:00 console.txt");
  }

  int run(Context& context) override {
    const auto expanded = expand_globs(inputs_);
    if (!expanded.ok()) {
      context.talk.error(expanded.error());
      return kExitUsage;
    }
    inputs_ = expanded.value();
    const std::string output = output_.empty() ? default_output(inputs_.front()) : output_;
    const Status allowed = may_write(output);
    if (!allowed.ok()) {
      context.talk.error(allowed.error());
      return exit_code_of(allowed.error());
    }
    auto settings = capture_.resolve(inputs_, context);
    if (!settings.ok()) {
      context.talk.error(settings.error());
      return exit_code_of(settings.error());
    }
    settings.value().keep_when_stopped = true;
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
    const auto now = [&] { return context.terminal.now ? context.terminal.now() : DurationNs{}; };
    const DurationNs began = now();
    const auto report = collect(*writer.value(), settings);
    context.talk.clear_progress();
    if (!report.ok()) {
      context.talk.error(report.error());
      if (report.error().kind == ErrorKind::interrupted) {
        context.talk.note(existed ? output + " is as it was" : "no case was written");
      }
      return exit_code_of(report.error());
    }
    const bool some_failed = tell_inputs(report.value(), context);
    if (report.value().sources.empty()) {
      writer.value().reset();
      if (!existed) {
        fs::remove(output, ignored);  // a case of nothing helps nobody
      }
      return kExitUnreadable;
    }
    for (const Contents& contents : report.value().contents) {
      context.terminal.out << contents_text(contents, context.terminal.style());
    }
    const auto elapsed = context.terminal.now ? std::optional((now() - began).seconds()) : std::nullopt;
    const Status told = tell_case(output, writer.value()->reader(), report.value(), elapsed, context);
    if (!told.ok()) {
      context.talk.error(told.error());
      return exit_code_of(told.error());
    }
    if (report.value().stopped) {
      context.talk.warn("stopped: what was read to its end is kept in " + output + "; " +
                        count_of(report.value().unread.size(), "input") + " not read. The same command again reads the rest");
      return kExitInterrupted;
    }
    return some_failed ? kExitUnreadable : kExitOk;
  }

  Status tell_case(const std::string& output, CaseReader& reader, const CollectReport& report, std::optional<double> elapsed,
                   Context& context) const {
    std::vector<std::string> dated;
    for (const std::string& date : capture_.dates) {
      dated.push_back(date.substr(0, date.rfind('=')));
    }
    auto summary = gather_collect(reader, output, dated);
    UPTRAIL_TRY(summary);
    const auto inputs = reader.inputs();
    UPTRAIL_TRY(inputs);
    summary->complete = std::all_of(inputs->begin(), inputs->end(), [](const CaseInput& input) { return input.done; });
    summary->bytes_read = report.bytes;
    summary->seconds = elapsed;
    for (const SourceId id : report.added) {
      if (id.value < summary->sources.size()) {
        summary->sources[id.value].added = true;
      }
    }
    const auto add = [&](const std::vector<std::string>& paths, const char* word) {
      for (const std::string& path : paths) {
        summary->others.push_back({path, word, {}});
      }
    };
    add(report.unchanged, "unchanged");
    add(report.duplicates, "duplicate");
    for (const InputFailure& failure : report.failures) {
      summary->others.push_back({failure.path, "failed", failure.error.message});
    }
    add(report.unread, "not read");
    constexpr std::size_t kWidest = 160;
    context.terminal.out << (json_ ? collect_json(*summary) : collect_text(*summary, context.terminal.style(kWidest)));
    return done();
  }

  std::vector<std::string> inputs_;
  CaptureOptions capture_;
  std::string output_;
  bool fresh_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_collect_verb() { return std::make_unique<CollectVerb>(); }

}  // namespace uptrail::cli
