#include "collector/trace/sqlite_writer.h"

#include <algorithm>
#include <thread>

#include "collector/trace/schema.h"
#include "collector/trace/tables.h"

namespace uptrail::trace {

namespace {
constexpr std::size_t kRowsAtOnce = 32;
constexpr std::string_view kNoStreams = "DELETE FROM streams";

std::optional<std::string> uuid_text(const std::optional<Uuid>& uuid) {
  return uuid ? std::optional(uuid->text()) : std::nullopt;
}

RowQueue::Options queue_options(const std::optional<PartialFile>& file) {
  RowQueue::Options options;
  options.thread = std::thread::hardware_concurrency() > 1;
  if (file) {
    options.now_and_then = [&file] { file->begin_writing(); };
  }
  return options;
}
}  // namespace

SqliteCaseWriter::SqliteCaseWriter(sqlite::Connection db, std::optional<PartialFile> file)
    : file_(std::move(file)), db_(std::move(db)), rows_(queue_options(file_)) {
  db_.set_before_use([this] { return rows_.drain(); });
  reader_ = std::make_unique<SqliteCaseReader>(
      db_, [this] { return fill_assignments(); }, [this] { rows_.resume(); });
}

SqliteCaseWriter::~SqliteCaseWriter() {
  rows_.stop();
  db_.interrupt();
}

Result<std::unique_ptr<CaseWriter>> SqliteCaseWriter::make(sqlite::Connection db, std::optional<PartialFile> file, bool is_new) {
  std::unique_ptr<SqliteCaseWriter> writer(new SqliteCaseWriter(std::move(db), std::move(file)));
  UPTRAIL_TRY(writer->start(is_new));
  return std::unique_ptr<CaseWriter>(std::move(writer));
}

// Nothing here needs to survive a crash: the file is thrown away then. So no journal and no waiting for the disk. The cache keeps
// its default size: rows are appended, and SQLite sorts (events, index entries) faster in small runs than in large ones.
Status SqliteCaseWriter::start(bool is_new) {
  if (is_new) {
    UPTRAIL_TRY(db_.exec("PRAGMA page_size = 16384"));
  }
  UPTRAIL_TRY(
      db_.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
               "PRAGMA secure_delete = OFF"));
  if (is_new) {
    UPTRAIL_TRY(migrate(db_, 0));
    UPTRAIL_TRY(db_.exec("INSERT INTO case_info (only, title, generation, synthetic, tool_version) VALUES (1, '', 0, 0, '')"));
  }
  UPTRAIL_TRY(db_.exec("BEGIN IMMEDIATE"));
  auto indexes = drop_indexes(db_);
  UPTRAIL_TRY(indexes);
  indexes_ = indexes.take();
  UPTRAIL_TRY(load_dictionaries());
  UPTRAIL_TRY(prepare_statements());
  UPTRAIL_TRY(find_next_rows());
  assigned_through_ = next_event_ - 1;
  return done();
}

Status SqliteCaseWriter::load_dictionaries() {
  kinds_.assign(kEventKindCount, -1);
  auto kinds = db_.prepare("SELECT kind_id, name FROM kinds ORDER BY kind_id");
  UPTRAIL_TRY(kinds);
  for (auto more = kinds->step();; more = kinds->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      break;
    }
    if (const auto kind = kind_from_name(kinds->text(1))) {
      kinds_[static_cast<std::size_t>(*kind)] = kinds->integer(0);
    }
  }
  auto strings = db_.prepare("SELECT string_id, text FROM strings ORDER BY string_id");
  UPTRAIL_TRY(strings);
  for (auto more = strings->step();; more = strings->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      return done();
    }
    strings_.emplace(strings->text(1), strings->integer(0));
    next_string_ = strings->integer(0) + 1;
  }
}

Result<sqlite::Statement> SqliteCaseWriter::inserter(const Table& table, bool derived) {
  return db_.prepare(insert_sql(table, derived), true);
}

Status SqliteCaseWriter::prepare_statements() {
  const auto set = [this](sqlite::Statement& to, const std::string& sql) -> Status {
    auto statement = db_.prepare(sql, true);
    UPTRAIL_TRY(statement);
    to = statement.take();
    return done();
  };
  const std::string raw_columns = "raw_id, " + std::string(kRawLines.columns);
  const Table raw_rows{kRawLines.name, raw_columns, kRawLines.key};
  for (const std::size_t rows : {std::size_t{1}, kRowsAtOnce}) {
    const bool one = rows == 1;
    UPTRAIL_TRY(set(one ? insert_event_ : insert_events_, insert_sql(kEvents, false, "INSERT", rows)));
    UPTRAIL_TRY(set(one ? insert_assigned_ : insert_all_assigned_, insert_sql(kAssigned, false, "INSERT OR REPLACE", rows)));
    UPTRAIL_TRY(set(one ? insert_raw_ : insert_raws_, insert_sql(raw_rows, false, "INSERT", rows)));
  }
  rows_.combine(insert_event_, insert_events_, kRowsAtOnce);
  rows_.combine(insert_assigned_, insert_all_assigned_, kRowsAtOnce);
  rows_.combine(insert_raw_, insert_raws_, kRowsAtOnce);
  UPTRAIL_TRY(set(insert_related_, insert_sql(kRelated, false)));
  UPTRAIL_TRY(set(insert_string_, "INSERT INTO strings (string_id, text) VALUES (?1, ?2)"));
  return set(insert_kind_, "INSERT INTO kinds (kind_id, name) VALUES (?1, ?2)");
}

Status SqliteCaseWriter::find_next_rows() {
  const auto last = db_.integer("SELECT max(event_id) FROM events");
  UPTRAIL_TRY(last);
  next_event_ = std::max<std::int64_t>(*last, 0) + 1;
  const auto last_raw = db_.integer("SELECT max(raw_id) FROM raw_lines");
  UPTRAIL_TRY(last_raw);
  next_raw_ = std::max<std::int64_t>(*last_raw, 0) + 1;
  return done();
}

Status SqliteCaseWriter::end_facts() {
  UPTRAIL_TRY(usable());
  if (!jobs_added_) {
    for (const auto& index : indexes_) {
      rows_.add_job([this, &index] { return db_.exec(index); });
    }
    rows_.add_job([this] { return write_grid(); });
    jobs_added_ = true;
  }
  rows_.resume();
  return done();
}

Status SqliteCaseWriter::usable() const {
  if (finished_) {
    return fail(ErrorKind::internal, "the case is already committed", db_.shown_path());
  }
  if (failed_) {
    return fail(ErrorKind::internal, "writing the case has failed before", db_.shown_path());
  }
  return done();
}

Status SqliteCaseWriter::keep(Status status) {
  failed_ = failed_ || !status.ok();
  return status;
}

Result<SourceId> SqliteCaseWriter::begin_source(const Source& source) {
  UPTRAIL_TRY(usable());
  // The smallest free id, so that ids stay dense after a source was dropped.
  auto rows = db_.prepare("SELECT source_id FROM sources ORDER BY source_id");
  UPTRAIL_TRY(rows);
  std::int64_t next = 0;
  for (auto more = rows->step();; more = rows->step()) {
    UPTRAIL_TRY(more);
    if (!*more || rows->integer(0) != next) {
      break;
    }
    ++next;
  }
  rows->reset();
  Source stored = source;
  stored.id = SourceId{static_cast<std::uint32_t>(next)};
  stored.content_hash.clear();  // a source is known by its content when it has ended, not while it is being read
  UPTRAIL_TRY(keep(store_source(stored)));
  untouched_ = stored.id;
  return stored.id;
}

Status SqliteCaseWriter::store_source(const Source& s) {
  std::string files;
  for (const std::string& file : s.message_files) {
    std::string line = file;
    std::replace(line.begin(), line.end(), '\n', ' ');
    files += (files.empty() ? "" : "\n") + line;
  }
  auto rows = db_.prepare(insert_sql(kSources, false, "INSERT OR REPLACE"));
  UPTRAIL_TRY(rows);
  UPTRAIL_TRY(rows->run(s.id, s.path, s.content_hash, s.size, s.container, s.is_store, s.confidence, clock_kind_name(s.clock),
                        s.zone_offset_minutes, s.accounting.read, s.accounting.matched, s.accounting.related,
                        s.accounting.irrelevant, s.accounting.unparsed, s.first, s.last, s.not_understood, s.issue_count,
                        s.accounting.known, files, s.repeated));
  auto clocks = db_.prepare(insert_sql(kSourceClocks, false, "INSERT OR REPLACE"));
  UPTRAIL_TRY(clocks);
  const SourceClockInfo& c = s.clock_info;
  const auto told = c.told ? std::optional(c.told->ns) : std::nullopt;
  UPTRAIL_TRY(clocks->run(s.id, date_shown_name(c.traits.date), c.traits.precision, c.traits.leap_year, c.traits.common_year,
                          c.step, c.modified, told, placed_by_name(c.placed_by), c.offset, c.uncertainty, c.placed_as,
                          c.suggested_date, c.suggested_why));
  UPTRAIL_TRY(db_.exec("DELETE FROM issues WHERE source_id = " + std::to_string(s.id.value)));
  auto issues = inserter(kIssues, false);
  UPTRAIL_TRY(issues);
  std::int64_t n = 0;
  for (const auto& issue : s.issues) {
    if (n == static_cast<std::int64_t>(kMaxKeptIssues)) {
      break;
    }
    UPTRAIL_TRY(
        issues->run(s.id, n++, issue_kind_name(issue.kind), issue.span.offset, issue.span.length, issue.span.line, issue.detail));
  }
  return done();
}

Status SqliteCaseWriter::end_source(const Source& final_state) {
  UPTRAIL_TRY(usable());
  untouched_.reset();
  return keep(store_source(final_state));
}

Status SqliteCaseWriter::drop_source(SourceId source) {
  UPTRAIL_TRY(usable());
  changed_since_ = jobs_added_;
  const std::string id = std::to_string(source.value);
  if (untouched_ == source) {  // most files of an archive: the tables need not be searched
    untouched_.reset();
    return keep(db_.exec("DELETE FROM sources WHERE source_id = " + id));
  }
  UPTRAIL_TRY(keep(db_.exec("DELETE FROM events_assigned WHERE event_id IN (SELECT event_id FROM events WHERE source_id = " + id +
                            "); DELETE FROM events WHERE source_id = " + id +
                            "; DELETE FROM related_lines WHERE raw_id IN (SELECT raw_id FROM raw_lines WHERE source_id = " + id +
                            "); DELETE FROM raw_lines WHERE source_id = " + id + "; DELETE FROM issues WHERE source_id = " + id +
                            "; DELETE FROM source_clocks WHERE source_id = " + id +
                            "; DELETE FROM streams WHERE source_id = " + id + "; DELETE FROM sources WHERE source_id = " + id)));
  UPTRAIL_TRY(keep(find_next_rows()));
  assigned_through_ = std::min(assigned_through_, next_event_ - 1);
  return done();
}

Status SqliteCaseWriter::replace_source(SourceId former, SourceId by) {
  UPTRAIL_TRY(usable());
  changed_since_ = jobs_added_;
  const std::string old_id = std::to_string(former.value);
  const std::string new_id = std::to_string(by.value);
  UPTRAIL_TRY(keep(db_.exec("DELETE FROM events_assigned WHERE event_id IN (SELECT event_id FROM events WHERE source_id = " +
                            old_id + "); DELETE FROM events WHERE source_id = " + old_id)));
  for (const std::string_view table : {"raw_lines", "issues", "sources"}) {
    UPTRAIL_TRY(keep(db_.exec("DELETE FROM " + std::string(table) + " WHERE source_id = " + old_id)));
  }
  const std::string moved = " SET source_id = " + old_id + " WHERE source_id = " + new_id;
  for (const std::string_view table : {"events", "raw_lines", "issues", "sources"}) {
    UPTRAIL_TRY(keep(db_.exec(std::string("UPDATE ").append(table).append(moved))));
  }
  return done();
}

Result<bool> SqliteCaseWriter::has_content(const std::string& content_hash) {
  if (content_hash.empty()) {
    return false;
  }
  auto rows = db_.prepare("SELECT 1 FROM sources WHERE content_hash = ?1 LIMIT 1");
  UPTRAIL_TRY(rows);
  rows->bind(content_hash);
  return rows->step();
}

Result<std::int64_t> SqliteCaseWriter::kind_id(EventKind kind) {
  auto& id = kinds_[static_cast<std::size_t>(kind)];
  if (id < 0) {
    const std::int64_t next = std::max<std::int64_t>(*std::max_element(kinds_.begin(), kinds_.end()), -1) + 1;
    UPTRAIL_TRY(append(insert_kind_, next, kind_name(kind)));
    id = next;
    reader_->forget_kinds();
  }
  return id;
}

Result<std::optional<std::int64_t>> SqliteCaseWriter::string_id(std::string_view text) {
  if (text.empty()) {
    return std::optional<std::int64_t>();
  }
  const auto [it, added] = strings_.try_emplace(std::string(text), next_string_);
  if (added) {
    UPTRAIL_TRY(append(insert_string_, next_string_, text));
    ++next_string_;
  }
  return std::optional(it->second);
}

Result<EventId> SqliteCaseWriter::add_event(const Event& event) {
  UPTRAIL_TRY(usable());
  untouched_.reset();
  const EventId id{next_event_};
  UPTRAIL_TRY(keep(insert_event(event, id)));
  ++next_event_;
  if (event.stream.valid() || event.domain.valid() || event.t.ns != 0 || event.unit.valid()) {
    UPTRAIL_TRY(keep(insert_assigned(event, id)));
  } else {
    assignments_missing_ = true;
  }
  return id;
}

Status SqliteCaseWriter::insert_event(const Event& event, EventId id) {
  changed_since_ = jobs_added_;
  const auto kind = kind_id(event.kind);
  UPTRAIL_TRY(kind);
  std::array<std::optional<std::int64_t>, 5> texts;
  const std::array<const std::string*, 5> sources = {&event.device, &event.bundle, &event.process, &event.thread, &event.pattern};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto& last = last_texts_[i];
    if (*sources[i] != last.text) {
      const auto id_of_text = string_id(*sources[i]);
      UPTRAIL_TRY(id_of_text);
      last = {*sources[i], *id_of_text};
    }
    texts[i] = last.id;
  }
  encoded_.clear();
  if (!event.fields.empty()) {
    encode_fields(event.fields, encoded_);
  }
  const auto fields = encoded_.empty() ? std::optional<std::string_view>() : std::optional<std::string_view>(encoded_);
  const auto row = event.store_row.empty() ? std::optional<std::string_view>() : std::optional<std::string_view>(event.store_row);
  return append(insert_event_, id, event.source, event.seq, *kind, static_cast<int>(event.observer),
                event.confidence == EventConfidence::inferred, event.t_src, event.span.offset, event.span.length, event.span.line,
                texts[0], texts[1], texts[2], event.pid, texts[3], texts[4], fields, row, event.format_only);
}

void SqliteCaseWriter::note_place(const Event& event, EventId id) {
  const EventPlace place{event.domain.valid() ? std::int64_t{event.domain.value} : -1, event.t,
                         event.stream.valid() ? std::int64_t{event.stream.value} : -1, event.seq};
  const bool first = id.value == 1;
  const bool next = id.value == in_order_through_ + 1 && last_place_ <= place;
  in_order_through_ = first || next ? id.value : 0;
  assigned_through_ += id.value == assigned_through_ + 1 ? 1 : 0;
  last_place_ = place;
}

Status SqliteCaseWriter::insert_assigned(const Event& event, EventId id) {
  changed_since_ = jobs_added_;
  note_place(event, id);
  return append(insert_assigned_, id, event.stream, event.domain, event.t, event.t_unc, event.seq, event.unit, event.session,
                event.task, event.upload);
}

Status SqliteCaseWriter::assign(const Event& event) {
  UPTRAIL_TRY(usable());
  return keep(insert_assigned(event, event.id));
}

// Every event has its row before events are read: reading walks events_assigned.
Status SqliteCaseWriter::fill_assignments() {
  UPTRAIL_TRY(keep(rows_.drain()));
  if (assignments_missing_ && assigned_through_ < next_event_ - 1) {
    UPTRAIL_TRY(keep(
        db_.exec("INSERT OR IGNORE INTO events_assigned (event_id, t_ns, t_unc_ns, seq) SELECT event_id, 0, 0, seq FROM events "
                 "WHERE event_id > " +
                 std::to_string(assigned_through_) + " ORDER BY event_id")));
    assignments_missing_ = false;
    in_order_through_ = 0;
  }
  assigned_through_ = next_event_ - 1;
  reader_->set_in_order(in_order_through_ > 0 && in_order_through_ == next_event_ - 1);
  return done();
}

Status SqliteCaseWriter::add_raw(const RawLine& line) {
  UPTRAIL_TRY(usable());
  untouched_.reset();
  UPTRAIL_TRY(keep(append(insert_raw_, next_raw_, line.source, line.span.offset, line.span.length, line.span.line, line.t_src,
                          line.text, line.is_event, line.event)));
  ++next_raw_;
  return done();
}

Status SqliteCaseWriter::add_related(const RelatedLine& line) {
  UPTRAIL_TRY(add_raw(line.line));
  return keep(append(insert_related_, next_raw_ - 1, static_cast<int>(line.observer), line.known, uuid_text(line.about.task),
                     uuid_text(line.about.session), line.about.number));
}

Status SqliteCaseWriter::set_streams(const std::vector<Stream>& streams) {
  UPTRAIL_TRY(usable());
  UPTRAIL_TRY(keep(db_.exec(std::string(kNoStreams))));
  auto rows = inserter(kStreams, false);
  UPTRAIL_TRY(rows);
  for (const auto& s : streams) {
    const auto start = s.open ? std::optional(s.open->start) : std::nullopt;
    const auto end = s.open ? std::optional(s.open->end) : std::nullopt;
    UPTRAIL_TRY(keep(rows->run(s.id, s.source, observer_name(s.observer), s.domain, s.offset, s.uncertainty, s.placed, start, end,
                               s.manifest, s.lossy, s.redacted)));
  }
  return done();
}

Status SqliteCaseWriter::set_inputs(const std::vector<CaseInput>& inputs) {
  UPTRAIL_TRY(usable());
  UPTRAIL_TRY(keep(db_.exec("DELETE FROM inputs")));
  auto rows = inserter(kInputs, false);
  UPTRAIL_TRY(rows);
  for (const auto& input : inputs) {
    UPTRAIL_TRY(keep(rows->run(input.path, input.size, input.modified, input.head_hash, input.done)));
  }
  return done();
}

Status SqliteCaseWriter::set_info(const CaseInfo& info) {
  UPTRAIL_TRY(usable());
  auto rows = db_.prepare(
      "UPDATE case_info SET title = ?1, synthetic = ?2, span_start_ns = ?3, span_end_ns = ?4, zone_offset_minutes = ?5, "
      "tool_version = ?6");
  UPTRAIL_TRY(rows);
  const auto start = info.span ? std::optional(info.span->start) : std::nullopt;
  const auto end = info.span ? std::optional(info.span->end) : std::nullopt;
  return keep(rows->run(info.title, info.synthetic, start, end, info.zone_offset_minutes, info.tool_version));
}

Status SqliteCaseWriter::commit() {
  UPTRAIL_TRY(usable());
  auto status = keep(finish());
  finished_ = status.ok();
  return status;
}

Status SqliteCaseWriter::finish() {
  UPTRAIL_TRY(fill_assignments());
  UPTRAIL_TRY(end_facts());
  UPTRAIL_TRY(rows_.finish());
  if (changed_since_) {
    UPTRAIL_TRY(write_grid());
  }
  if (new_generation_) {
    UPTRAIL_TRY(db_.exec("UPDATE case_info SET generation = " + std::to_string(*new_generation_)));
    UPTRAIL_TRY(drop_other_generations(*new_generation_));
  }
  UPTRAIL_TRY(db_.exec("COMMIT"));
  if (file_) {
    // Leaves nothing behind but the file itself, and lets others read it while we still hold it open.
    UPTRAIL_TRY(db_.exec("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT count(*) FROM case_info"));
    UPTRAIL_TRY(file_->publish());
  }
  reader_->set_indexed(true);
  return done();
}

Status SqliteCaseWriter::drop_other_generations(std::int64_t generation) {
  for (const Table* table : kDerivedTables) {
    UPTRAIL_TRY(db_.exec("DELETE FROM " + std::string(table->name) + " WHERE generation <> " + std::to_string(generation)));
  }
  return done();
}

}  // namespace uptrail::trace
