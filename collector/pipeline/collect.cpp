#include "collector/pipeline/collect.h"

#include <algorithm>
#include <iterator>

#include "collector/input/identity.h"
#include "collector/pipeline/derive.h"
#include "collector/pipeline/input_book.h"
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
  Result<std::vector<CaseInput>> inputs() override { return reader_.inputs(); }
  Result<std::vector<Contents>> contents() override { return reader_.contents(); }
  Result<Derived> derived() override { return reader_.derived(); }
  Result<Derived> derived_without_tasks() override { return reader_.derived_without_tasks(); }
  Result<std::uint64_t> task_count() override { return reader_.task_count(); }
  Result<std::uint64_t> upload_count() override { return reader_.upload_count(); }
  Result<std::optional<Task>> task(TaskId id) override { return reader_.task(id); }
  Status for_each_task(TaskId first, const std::function<bool(const Task&)>& callback) override {
    return reader_.for_each_task(first, callback);
  }
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
  Status for_each_related(const RelatedQuery& query, const std::function<bool(const RelatedLine&)>& callback) override {
    return reader_.for_each_related(query, callback);
  }

 private:
  std::unique_ptr<CaseWriter> writer_;
  CaseReader& reader_;
};

bool is_default(const analysis::RuleSettings& s) { return s.thresholds.empty() && s.only.empty() && s.ignore.empty(); }

// What is known of an input before it is opened.
struct Planned {
  std::string path;
  std::optional<FileIdentity> identity;
  InputBook::State state = InputBook::State::unknown;
};

// Reads the inputs one after the other and keeps the book.
class AllInputs {
 public:
  AllInputs(CaseWriter& writer, const CollectOptions& options, CollectReport& report, InputBook& book)
      : writer_(writer), options_(options), report_(report), book_(book) {}
  void plan();
  // Tells what the input being read says, with the place among all of them.
  void tell(Progress p) const {
    p.all_done = done_ + p.done;
    p.all_total = total_;
    options_.progress(p);
  }
  // The error is that of an interruption that leaves nothing worth keeping, or of the only inputs there were.
  Status take(IntakeContext& context);

 private:
  Status take_one(IntakeContext& context, const Planned& input);
  Result<std::vector<SourceId>> fresh_since(const std::vector<Source>& before);
  Status added(IntakeContext& context, const Planned& input, const std::vector<Source>& before);
  void stop_at(std::size_t i);

  CaseWriter& writer_;
  const CollectOptions& options_;
  CollectReport& report_;
  InputBook& book_;
  std::vector<Planned> planned_;
  std::uint64_t done_ = 0;
  std::optional<std::uint64_t> total_ = 0;
};

void AllInputs::plan() {
  for (const std::string& path : options_.paths) {
    Planned input{path, identify_file(path), InputBook::State::unknown};
    input.state = book_.state(path, input.identity);
    if (input.state != InputBook::State::unchanged) {
      total_ = total_ && input.identity ? std::optional(*total_ + input.identity->size) : std::nullopt;
    }
    planned_.push_back(std::move(input));
  }
}

Result<std::vector<SourceId>> AllInputs::fresh_since(const std::vector<Source>& before) {
  const auto after = writer_.reader().sources();
  UPTRAIL_TRY(after);
  std::vector<SourceId> fresh;
  for (const Source& source : *after) {
    if (std::none_of(before.begin(), before.end(), [&](const Source& s) { return s.id == source.id; })) {
      fresh.push_back(source.id);
    }
  }
  return fresh;
}

Status AllInputs::added(IntakeContext& context, const Planned& input, const std::vector<Source>& before) {
  auto found = fresh_since(before);
  UPTRAIL_TRY(found);
  std::vector<SourceId> fresh = found.take();
  const auto former = std::find_if(before.begin(), before.end(), [&](const Source& s) { return s.path == input.path; });
  if (input.state == InputBook::State::grown && former != before.end() && fresh.size() == 1) {
    UPTRAIL_TRY(writer_.replace_source(former->id, fresh.front()));
    for (ObserverSeen& seen : context.observers) {
      seen.source = seen.source == fresh.front() ? former->id : seen.source;
    }
    fresh.front() = former->id;
    report_.replaced.push_back(input.path);
  } else if (input.state == InputBook::State::grown || input.state == InputBook::State::changed) {
    report_.changed.push_back(input.path);
  }
  report_.added.insert(report_.added.end(), fresh.begin(), fresh.end());
  return done();
}

Status AllInputs::take_one(IntakeContext& context, const Planned& input) {
  const auto before = writer_.reader().sources();
  UPTRAIL_TRY(before);
  const Result<Taken> taken = take_path(context, input.path);
  if (!taken.ok()) {
    if (taken.error().kind == ErrorKind::interrupted) {
      // Members of a folder or archive that were read to their end stay.
      const auto fresh = fresh_since(*before);
      UPTRAIL_TRY(fresh);
      report_.added.insert(report_.added.end(), fresh->begin(), fresh->end());
    }
    if (taken.error().kind == ErrorKind::interrupted || taken.error().kind == ErrorKind::internal) {
      return taken.error();
    }
    report_.failures.push_back({input.path, taken.error()});
    book_.failed(input.path);
    return done();
  }
  book_.read(input.path, input.identity);
  report_.bytes += input.identity ? input.identity->size : 0;
  if (*taken == Taken::duplicate) {
    report_.duplicates.push_back(input.path);
    return done();
  }
  return added(context, input, *before);
}

void AllInputs::stop_at(std::size_t i) {
  report_.stopped = true;
  for (; i < planned_.size(); ++i) {
    if (planned_[i].state == InputBook::State::unchanged) {
      report_.unchanged.push_back(planned_[i].path);
      continue;
    }
    report_.unread.push_back(planned_[i].path);
    if (planned_[i].path != "-") {
      book_.not_read(planned_[i].path);
    }
  }
}

Status AllInputs::take(IntakeContext& context) {
  for (std::size_t i = 0; i < planned_.size(); ++i) {
    const Planned& input = planned_[i];
    if (input.state == InputBook::State::unchanged) {
      report_.unchanged.push_back(input.path);
      continue;
    }
    const Status status = take_one(context, input);
    if (!status.ok() && status.error().kind == ErrorKind::interrupted && options_.keep_when_stopped && !report_.added.empty()) {
      stop_at(i);
      return done();
    }
    UPTRAIL_TRY(status);
    done_ += input.identity ? input.identity->size : 0;
  }
  if (report_.added.empty() && report_.duplicates.empty() && report_.unchanged.empty() && !report_.failures.empty()) {
    Error e = report_.failures.front().error;
    if (report_.failures.size() > 1) {
      e.message += "; none of the " + std::to_string(report_.failures.size()) + " inputs can be used";
    }
    return e;
  }
  return done();
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
  Result<InputBook> book = InputBook::of(writer.reader());
  if (!book.ok()) {
    return book.error();
  }
  CollectReport report;
  AllInputs inputs(writer, options, report, *book);
  inputs.plan();
  const std::function<void(const Progress&)> tell =
      options.progress ? [&inputs](const Progress& p) { inputs.tell(p); } : std::function<void(const Progress&)>();
  IntakeContext context{writer, decoder, tell, options.cancel, {}, {}, options.message_files};
  context.catalogue = *catalogue;
  context.reading = options.reading;
  context.stores = options.stores;
  UPTRAIL_TRY(add_sightings(writer.reader(), context.sightings));
  UPTRAIL_TRY(inputs.take(context));
  if (report.unchanged.empty() && report.unread.empty() && !report.stopped) {
    std::copy_if(options.stores.begin(), options.stores.end(), std::back_inserter(report.stores_unused), [&](const auto& store) {
      return std::find(context.stores_used.begin(), context.stores_used.end(), store.get()) == context.stores_used.end();
    });
  }
  const bool judge_anew = !options.dates.empty() || !is_default(options.rules);
  if (!report.replaced.empty()) {
    context.sightings = Sightings();
    UPTRAIL_TRY(add_sightings(writer.reader(), context.sightings));
  }
  if (!report.added.empty() || judge_anew) {
    // With everything read, deriving is worth its moment: a first signal no longer stops it, a second one ends the process.
    const std::atomic<bool>* cancel = options.keep_when_stopped ? nullptr : options.cancel;
    UPTRAIL_TRY(derive({writer, std::move(context.sightings), std::move(context.observers), options.rules, options.dates,
                        options.progress, cancel}));
  }
  if (!report.added.empty() || judge_anew || book->worth_writing()) {
    for (const Contents& contents : context.contents) {
      UPTRAIL_TRY(writer.set_contents(contents));
    }
    UPTRAIL_TRY(writer.set_inputs(book->all()));
    UPTRAIL_TRY(writer.commit());
  }
  Result<std::vector<Source>> sources = writer.reader().sources();
  if (!sources.ok()) {
    return sources.error();
  }
  report.sources = sources.take();
  report.contents = std::move(context.contents);
  return report;
}

Result<std::unique_ptr<CaseReader>> collect_texts(const std::vector<NamedText>& texts, const analysis::RuleSettings& settings) {
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
  IntakeContext context{**writer, decoder, quiet, nullptr, {}, {}, {}};
  for (const auto& [name, text] : texts) {
    const Result<Taken> taken = take_source(context, std::make_unique<MemorySource>(text, name), name);
    if (!taken.ok()) {
      return taken.error();
    }
  }
  UPTRAIL_TRY(derive({**writer, std::move(context.sightings), std::move(context.observers), settings, no_dates, quiet, nullptr}));
  UPTRAIL_TRY((*writer)->commit());
  return std::unique_ptr<CaseReader>(std::make_unique<OwningReader>(writer.take()));
}

Result<std::unique_ptr<CaseReader>> collect_text(std::string_view text, const std::string& name,
                                                 const analysis::RuleSettings& settings) {
  return collect_texts({{name, text}}, settings);
}

}  // namespace uptrail
