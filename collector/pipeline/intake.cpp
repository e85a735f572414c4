#include "collector/pipeline/intake.h"

#include <algorithm>

#include "collector/input/input.h"
#include "collector/pipeline/intake_capture.h"

namespace uptrail {

namespace {

constexpr std::string_view kSqliteMagic("SQLite format 3\0", 16);

Error unreadable(const std::string& path, std::string message, std::string hint = {}) {
  Error e = fail(ErrorKind::unreadable, std::move(message), path);
  e.hint = std::move(hint);
  return e;
}

Error stopped(const std::string& path) { return fail(ErrorKind::interrupted, "reading was stopped", path); }

// Writes nothing on its own: the source is dropped again unless keep() was called.
class OpenSource {
 public:
  OpenSource(IntakeContext& context, SourceId id)
      : context_(context), id_(id), mark_(context.sightings.mark()), observers_(context.observers.size()) {}
  OpenSource(const OpenSource&) = delete;
  OpenSource& operator=(const OpenSource&) = delete;
  ~OpenSource() {
    if (!kept_) {
      (void)drop();
    }
  }
  void keep() { kept_ = true; }
  Status drop() {
    kept_ = true;
    context_.sightings.rewind(mark_);
    context_.observers.resize(observers_);
    return context_.writer.drop_source(id_);
  }

 private:
  IntakeContext& context_;
  SourceId id_;
  Sightings::Mark mark_;
  std::size_t observers_;
  bool kept_ = false;
};

Result<Taken> close_source(IntakeContext& context, Source& source, OpenSource& open) {
  const Accounting& a = source.accounting;
  source.not_understood = a.matched + a.related + a.irrelevant > 0 && a.matched + a.related == 0;
  const Result<bool> known = context.writer.has_content(source.content_hash);
  if (!known.ok()) {
    return known.error();
  }
  if (*known) {
    UPTRAIL_TRY(open.drop());
    return Taken::duplicate;
  }
  UPTRAIL_TRY(context.writer.end_source(source));
  open.keep();
  return Taken::added;
}

Result<Taken> take_container(IntakeContext& context, PeekedSource& peeked, const Recognition& found, const std::string& path) {
  const Container& container = *found.chosen;
  Source source;
  source.path = path;
  source.container = container.info().id;
  source.confidence = found.candidates.front().sniffed.score;
  source.clock = container.info().clock;
  const Result<SourceId> id = context.writer.begin_source(source);
  if (!id.ok()) {
    return id.error();
  }
  source.id = *id;
  OpenSource open(context, *id);
  HashingSource hashing(peeked);
  CaptureSink sink(context, source, peeked.size());
  const Status read = read_records(container, found.prefix, hashing, sink);
  UPTRAIL_TRY(sink.status());
  if (context.cancelled()) {
    return stopped(path);
  }
  UPTRAIL_TRY(read);
  UPTRAIL_TRY(hashing.drain());
  source.content_hash = hashing.hex_digest();
  source.size = hashing.bytes_read();
  sink.finish();
  return close_source(context, source, open);
}

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
                         const std::string& path) {
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
  return close_source(context, source, open);
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
  const StoreFiles files{path, copy->path, copy->has_wal, copy->modified};
  std::string reasons;
  for (const Store* store : builtin_stores()) {
    std::string why = "its head is not that of the store";
    if (store->may_be(head)) {
      const Result<bool> fits = store->probe(files, why);
      if (!fits.ok()) {
        return fits.error();
      }
      if (*fits) {
        return take_store(context, *store, files, *copy, path);
      }
    }
    reasons += (reasons.empty() ? "" : "; ") + std::string(store->info().id) + ": " + why;
  }
  return unreadable(path, "this SQLite database is not a known task store" + (reasons.empty() ? "" : " (" + reasons + ")"),
                    "uptrail formats " + path);
}

}  // namespace

bool looks_like_sqlite(std::string_view head) { return head.starts_with(kSqliteMagic); }

Result<Taken> take_source(IntakeContext& context, std::unique_ptr<ByteSource> source, const std::string& path) {
  Result<std::unique_ptr<PeekedSource>> peeked = PeekedSource::make(std::move(source), kSniffBytes);
  if (!peeked.ok()) {
    return peeked.error();
  }
  const std::string_view head = (*peeked)->head();
  if (head.empty()) {
    return unreadable(path, "the input is empty", "uptrail howto");
  }
  if (looks_like_case(head)) {
    return unreadable(path, "this is a case, not a capture; a case cannot be added to another",
                      "open it alone: uptrail check " + path);
  }
  if (looks_like_sqlite(head)) {
    if (path == "-") {
      return unreadable(path, "a task store cannot be read from standard input, because its -wal file belongs to it",
                        "name the file");
    }
    return take_sqlite(context, std::string(head), path);
  }
  const Recognition recognition = recognise(head, (*peeked)->head_is_all());
  if (recognition.chosen == nullptr) {
    return unreadable(path, "no known format: nothing in it looks like a log record", "uptrail formats " + path);
  }
  return take_container(context, **peeked, recognition, path);
}

Result<Taken> take_path(IntakeContext& context, const std::string& path) {
  if (context.cancelled()) {
    return stopped(path);
  }
  Result<std::unique_ptr<ByteSource>> input = open_input(path);
  if (!input.ok()) {
    return input.error();
  }
  return take_source(context, input.take(), path);
}

}  // namespace uptrail
