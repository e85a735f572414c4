#include "collector/pipeline/collect.h"

#include "collector/pipeline/derive.h"
#include "collector/pipeline/intake.h"

namespace uptrail {

namespace {

Result<std::shared_ptr<const Catalogue>> catalogue_of(const CollectOptions& options) {
  if (options.catalogue) {
    return options.catalogue;
  }
  return builtin_catalogue();
}

// A committed case in memory, with the writer that holds it.
class OwningReader final : public CaseReader {
 public:
  explicit OwningReader(std::unique_ptr<CaseWriter> writer) : writer_(std::move(writer)), reader_(writer_->reader()) {}
  Result<CaseInfo> info() override { return reader_.info(); }
  Result<std::vector<Source>> sources() override { return reader_.sources(); }
  Result<std::vector<Stream>> streams() override { return reader_.streams(); }
  Result<Derived> derived() override { return reader_.derived(); }
  Status for_each_event(const EventQuery& query, const std::function<bool(const Event&)>& callback) override {
    return reader_.for_each_event(query, callback);
  }
  Result<std::optional<Event>> event(EventId id) override { return reader_.event(id); }
  Result<std::uint64_t> event_count() override { return reader_.event_count(); }
  Result<std::vector<RawLine>> raw_lines(SourceId source, std::uint64_t first_line, std::size_t count) override {
    return reader_.raw_lines(source, first_line, count);
  }
  Result<std::optional<RawLine>> raw_of(EventId event) override { return reader_.raw_of(event); }
  Result<std::uint64_t> raw_line_count(SourceId source) override { return reader_.raw_line_count(source); }

 private:
  std::unique_ptr<CaseWriter> writer_;
  CaseReader& reader_;
};

bool is_default(const analysis::RuleSettings& s) { return s.thresholds.empty() && s.only.empty() && s.ignore.empty(); }

// Reads all inputs. The error is that of an interruption, or of the only inputs there were.
Result<std::size_t> take_all(IntakeContext& context, const CollectOptions& options, CollectReport& report) {
  std::size_t added = 0;
  for (const std::string& path : options.paths) {
    const Result<Taken> taken = take_path(context, path);
    if (!taken.ok()) {
      if (taken.error().kind == ErrorKind::interrupted || taken.error().kind == ErrorKind::internal) {
        return taken.error();
      }
      report.failures.push_back({path, taken.error()});
    } else if (*taken == Taken::duplicate) {
      report.duplicates.push_back(path);
    } else {
      ++added;
    }
  }
  if (added == 0 && report.duplicates.empty()) {
    Error e = report.failures.front().error;
    if (report.failures.size() > 1) {
      e.message += "; none of the " + std::to_string(report.failures.size()) + " inputs can be used";
    }
    return e;
  }
  return added;
}

}  // namespace

Result<CollectReport> collect(CaseWriter& writer, const CollectOptions& options) {
  if (options.paths.empty()) {
    return fail(ErrorKind::usage, "no capture was named");
  }
  const auto catalogue = catalogue_of(options);
  if (!catalogue.ok()) {
    return catalogue.error();
  }
  Decoder decoder(*catalogue);
  IntakeContext context{writer, decoder, options.progress, options.cancel, {}, {}};
  UPTRAIL_TRY(add_sightings(writer.reader(), context.sightings));
  CollectReport report;
  const Result<std::size_t> added = take_all(context, options, report);
  if (!added.ok()) {
    return added.error();
  }
  if (*added > 0 || !options.dates.empty() || !is_default(options.rules)) {
    UPTRAIL_TRY(derive({writer, context.sightings, std::move(context.observers), options.rules, options.dates, options.progress,
                        options.cancel}));
    UPTRAIL_TRY(writer.commit());
  }
  Result<std::vector<Source>> sources = writer.reader().sources();
  if (!sources.ok()) {
    return sources.error();
  }
  report.sources = sources.take();
  return report;
}

Result<std::unique_ptr<CaseReader>> collect_text(std::string_view text, const std::string& name,
                                                 const analysis::RuleSettings& settings) {
  const auto catalogue = builtin_catalogue();
  if (!catalogue.ok()) {
    return catalogue.error();
  }
  Result<std::unique_ptr<CaseWriter>> writer = create_memory_case();
  if (!writer.ok()) {
    return writer.error();
  }
  Decoder decoder(*catalogue);
  const std::function<void(const Progress&)> quiet;
  const std::map<std::string, std::string> no_dates;
  IntakeContext context{**writer, decoder, quiet, nullptr, {}, {}};
  const Result<Taken> taken = take_source(context, std::make_unique<MemorySource>(text, name), name);
  if (!taken.ok()) {
    return taken.error();
  }
  UPTRAIL_TRY(derive({**writer, context.sightings, std::move(context.observers), settings, no_dates, quiet, nullptr}));
  UPTRAIL_TRY((*writer)->commit());
  return std::unique_ptr<CaseReader>(std::make_unique<OwningReader>(writer.take()));
}

}  // namespace uptrail
