// Task stores: from a private copy into the case.
#include <algorithm>

#include "collector/pipeline/intake_capture.h"
#include "collector/pipeline/intake_store.h"
#include "collector/pipeline/open_source.h"

namespace uptrail {

namespace {

// Events of a store. Each has one row, kept as a line of its own.
class StoreSink final : public EventSink {
 public:
  StoreSink(IntakeContext& context, Source& source) : context_(context), source_(source) {}
  bool event(Event e) override {
    if (context_.cancelled()) {
      return false;
    }
    e.source = source_.id;
    e.seq = seq_++;
    e.observer = Observer::store;
    if (e.t_src) {
      source_.first = source_.first ? std::min(*source_.first, *e.t_src) : *e.t_src;
      source_.last = source_.last ? std::max(*source_.last, *e.t_src) : *e.t_src;
    }
    const Result<EventId> id = context_.writer.add_event(e);
    if (!id.ok()) {
      status_ = id.error();
      return false;
    }
    e.id = *id;
    context_.sightings.add(e);
    RawLine line;
    line.source = source_.id;
    line.span = e.span;
    line.t_src = e.t_src;
    line.text = e.store_row + (e.store_row.empty() ? "" : ": ") + encode_fields(e.fields);
    line.is_event = true;
    line.event = e.id;
    status_ = context_.writer.add_raw(line);
    return status_.ok();
  }
  void issue(const Issue& issue) override { keep_issue(source_, issue); }
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  IntakeContext& context_;
  Source& source_;
  Status status_ = done();
  std::uint64_t seq_ = 0;
};

Result<Taken> take_store(IntakeContext& context, const Store& store, const StoreFiles& files, const SqliteCopy& copy,
                         const std::string& path, const std::vector<Issue>& issues) {
  Source source;
  source.path = path;
  source.container = store.info().id;
  source.is_store = true;
  source.confidence = 100;
  source.clock = ClockKind::absolute;
  source.content_hash = copy.content_hash;
  source.size = copy.size;
  const Result<SourceId> id = context.writer.begin_source(source);
  if (!id.ok()) {
    return id.error();
  }
  source.id = *id;
  OpenSource open(context, *id);
  StoreSink sink(context, source);
  for (const Issue& issue : issues) {
    keep_issue(source, issue);
  }
  const Result<StoreStats> stats = store.read(files, sink);
  UPTRAIL_TRY(sink.status());
  if (context.cancelled()) {
    return stopped(path);
  }
  if (!stats.ok()) {
    return stats.error();
  }
  const std::uint64_t known = std::min(stats->read, stats->matched + stats->unparsed);
  source.accounting = {stats->read, stats->matched, 0, stats->read - known, stats->unparsed};
  Result<Taken> taken = close_source(context, source, open);
  if (taken.ok()) {
    open.keep();
  }
  return taken;
}

}  // namespace

bool may_be_store(std::string_view head) {
  const auto stores = builtin_stores();
  return std::any_of(stores.begin(), stores.end(), [&](const Store* store) { return store->may_be(head); });
}

Result<Taken> take_sqlite_copy(IntakeContext& context, std::string_view head, const SqliteCopy& copy, const std::string& path,
                               std::vector<Issue> issues) {
  if (copy.hot_journal) {
    issues.push_back({IssueKind::damaged, {}, "a -journal lies beside: a change was under way, and rows may be half changed"});
  }
  const StoreFiles files{path, copy.path, copy.has_wal, copy.modified};
  std::string reasons;
  for (const Store* store : builtin_stores()) {
    std::string why = "its head is not that of the store";
    if (store->may_be(head)) {
      const Result<bool> fits = store->probe(files, why);
      if (!fits.ok()) {
        return fits.error();
      }
      if (*fits) {
        return take_store(context, *store, files, copy, path, issues);
      }
    }
    reasons += (reasons.empty() ? "" : "; ") + std::string(store->info().id) + ": " + why;
  }
  return unreadable(path, "this SQLite database is not a known task store" + (reasons.empty() ? "" : " (" + reasons + ")"),
                    "uptrail formats " + path);
}

Result<Taken> take_sqlite(IntakeContext& context, std::string_view head, const std::string& path) {
  const Result<TempDir> dir = TempDir::make();
  if (!dir.ok()) {
    return dir.error();
  }
  const Result<SqliteCopy> copy = copy_sqlite(path, *dir);
  if (!copy.ok()) {
    return copy.error();
  }
  return take_sqlite_copy(context, head, *copy, path, {});
}

}  // namespace uptrail
