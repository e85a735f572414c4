#include "collector/trace/sqlite_reader.h"

#include <algorithm>

#include "collector/base/text.h"
#include "collector/trace/schema.h"
#include "collector/trace/tables.h"

namespace uptrail::trace {

namespace {
constexpr int kClockKinds = 3;
constexpr int kIssueKinds = 10;

Source read_source(Row& row) {
  Source s;
  s.id = row.id<SourceId>();
  s.path = row.text();
  s.content_hash = row.text();
  s.size = row.count<std::uint64_t>();
  s.container = row.text();
  s.is_store = row.flag();
  s.confidence = row.count<int>();
  s.clock = row.named<ClockKind>(clock_kind_name, kClockKinds);
  s.zone_offset_minutes = row.optional_int();
  s.accounting.read = row.count<std::uint64_t>();
  s.accounting.matched = row.count<std::uint64_t>();
  s.accounting.related = row.count<std::uint64_t>();
  s.accounting.irrelevant = row.count<std::uint64_t>();
  s.accounting.unparsed = row.count<std::uint64_t>();
  s.first = row.optional_time();
  s.last = row.optional_time();
  s.not_understood = row.flag();
  s.issue_count = row.count<std::uint64_t>();
  s.accounting.known = row.count<std::uint64_t>();
  const std::string files = row.text();
  for (const std::string_view file : split(files, '\n')) {
    if (!file.empty()) {
      s.message_files.emplace_back(file);
    }
  }
  s.repeated = row.count<std::uint64_t>();
  return s;
}

constexpr int kDateShown = 3;
constexpr int kPlacedBy = 5;

SourceClockInfo read_source_clock(Row& row) {
  SourceClockInfo c;
  c.traits.date = row.named<DateShown>(date_shown_name, kDateShown);
  c.traits.precision = row.duration();
  c.traits.leap_year = row.optional_int();
  c.traits.common_year = row.optional_int();
  c.step = row.duration();
  c.modified = row.optional_time();
  if (const auto told = row.optional_i64()) {
    c.told = DurationNs{*told};
  }
  c.placed_by = row.named<PlacedBy>(placed_by_name, kPlacedBy);
  c.offset = row.duration();
  c.uncertainty = row.duration();
  c.placed_as = row.text();
  c.suggested_date = row.text();
  c.suggested_why = row.text();
  if (c.traits.precision.ns < 1 || c.step.ns < 0 || c.uncertainty.ns < 0) {
    row.reject();
  }
  return c;
}

Stream read_stream(Row& row) {
  Stream s;
  s.id = row.id<StreamId>();
  s.source = row.id<SourceId>();
  s.observer = row.named<Observer>(observer_name, static_cast<int>(kObserverCount));
  s.domain = row.id<DomainId>();
  s.offset = row.time();
  s.uncertainty = row.duration();
  s.placed = row.flag();
  const auto start = row.optional_time();
  const auto end = row.optional_time();
  if (start && end) {
    s.open = Interval{*start, *end};
  }
  s.manifest = row.flag();
  s.lossy = row.flag();
  s.redacted = row.flag();
  return s;
}

}  // namespace

SourceSpan read_span(Row& row) {
  SourceSpan span;
  span.offset = row.count<std::uint64_t>();
  span.length = row.count<std::uint32_t>();
  span.line = row.count<std::uint64_t>();
  return span;
}

Result<std::unique_ptr<SqliteCaseReader>> SqliteCaseReader::of_file(sqlite::Connection db) {
  std::unique_ptr<SqliteCaseReader> reader(new SqliteCaseReader(std::move(db)));
  UPTRAIL_TRY(reader->load_kinds());
  const auto streams = reader->streams();
  UPTRAIL_TRY(streams);
  const auto generation = reader->generation();
  UPTRAIL_TRY(generation);
  Bounds bounds;
  bounds.streams = static_cast<std::uint32_t>(streams->size());
  for (const auto& stream : *streams) {
    bounds.domains = std::max(bounds.domains, stream.domain.valid() ? stream.domain.value + 1 : 0);
  }
  const auto count = [&](const Table& table, std::uint32_t& out) -> Status {
    const auto n = reader->db_->integer("SELECT count(*) FROM " + std::string(table.name) +
                                        " WHERE generation = " + std::to_string(*generation));
    UPTRAIL_TRY(n);
    out = static_cast<std::uint32_t>(*n);
    return done();
  };
  UPTRAIL_TRY(count(kUnits, bounds.units));
  UPTRAIL_TRY(count(kSessions, bounds.sessions));
  // Ids are places in a list, so the last one tells their number; to count a million rows takes as long as to read them.
  const auto ends = [&](const Table& table, std::string_view id, std::uint32_t& out) -> Status {
    const auto n = reader->db_->integer("SELECT coalesce(max(" + std::string(id) + "), -1) + 1 FROM " + std::string(table.name) +
                                        " WHERE generation = " + std::to_string(*generation));
    UPTRAIL_TRY(n);
    out = static_cast<std::uint32_t>(std::clamp<std::int64_t>(*n, 0, UINT32_MAX));
    return done();
  };
  UPTRAIL_TRY(ends(kTasks, "task_id", bounds.tasks));
  UPTRAIL_TRY(ends(kUploads, "upload_id", bounds.uploads));
  reader->bounds_ = bounds;
  return reader;
}

Result<std::unique_ptr<CaseReader>> SqliteCaseReader::another() {
  if (!bounds_ || in_memory()) {
    return std::unique_ptr<CaseReader>();
  }
  auto db = db_->another();
  UPTRAIL_TRY(db);
  UPTRAIL_TRY(verify_schema(*db, kCaseSchemaVersion));  // it may be another file by now
  auto reader = of_file(db.take());
  UPTRAIL_TRY(reader);
  const auto shown = generation();
  UPTRAIL_TRY(shown);
  const auto found = (*reader)->generation();
  UPTRAIL_TRY(found);
  if (*shown != *found) {
    return fail(ErrorKind::malformed, "the case was written anew while it was read", db_->shown_path());
  }
  return std::unique_ptr<CaseReader>(reader.take());
}

Error SqliteCaseReader::impossible(std::string_view table) const {
  return fail(ErrorKind::malformed, "a row of table '" + std::string(table) + "' holds an impossible value", db_->shown_path());
}

Result<std::int64_t> SqliteCaseReader::generation() {
  if (generation_) {
    return *generation_;
  }
  return db_->integer("SELECT generation FROM case_info");
}

Result<CaseInfo> SqliteCaseReader::info() {
  auto rows =
      db_->prepare("SELECT title, synthetic, span_start_ns, span_end_ns, zone_offset_minutes, tool_version FROM case_info");
  UPTRAIL_TRY(rows);
  const auto found = rows->step();
  UPTRAIL_TRY(found);
  const auto current = generation();
  UPTRAIL_TRY(current);
  if (!*found) {
    return impossible("case_info");
  }
  Row row(*rows);
  CaseInfo info;
  info.title = row.text();
  info.generation = *current;
  info.synthetic = row.flag();
  const auto start = row.optional_time();
  const auto end = row.optional_time();
  if (start && end) {
    info.span = Interval{*start, *end};
  }
  info.zone_offset_minutes = row.optional_int();
  info.tool_version = row.text();
  return row.bad() ? Result<CaseInfo>(impossible("case_info")) : Result<CaseInfo>(std::move(info));
}

Status SqliteCaseReader::read_source_clocks(std::map<SourceId, SourceClockInfo>& out) {
  auto rows = db_->prepare(select_sql(kSourceClocks, false));
  UPTRAIL_TRY(rows);
  for (auto more = rows->step();; more = rows->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      return done();
    }
    Row row(*rows);
    const auto id = row.id<SourceId>();
    out[id] = read_source_clock(row);
    if (row.bad() || !id.valid()) {
      return impossible("source_clocks");
    }
  }
}

Result<std::vector<Source>> SqliteCaseReader::sources() {
  std::vector<Source> out;
  auto rows = db_->prepare(select_sql(kSources, false));
  UPTRAIL_TRY(rows);
  auto issues =
      db_->prepare("SELECT kind, span_offset, span_length, span_line, detail FROM issues WHERE source_id = ?1 ORDER BY n LIMIT " +
                   std::to_string(kMaxKeptIssues));
  UPTRAIL_TRY(issues);
  std::map<SourceId, SourceClockInfo> clocks;
  UPTRAIL_TRY(read_source_clocks(clocks));
  for (auto more = rows->step();; more = rows->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      return out;
    }
    Row row(*rows);
    Source source = read_source(row);
    if (const auto clock = clocks.find(source.id); clock != clocks.end()) {
      source.clock_info = std::move(clock->second);
    }
    issues->bind(source.id);
    for (auto next = issues->step();; next = issues->step()) {
      UPTRAIL_TRY(next);
      if (!*next) {
        break;
      }
      Row issue_row(*issues);
      Issue issue;
      issue.kind = issue_row.named<IssueKind>(issue_kind_name, kIssueKinds);
      issue.span = read_span(issue_row);
      issue.detail = issue_row.text();
      if (issue_row.bad()) {
        return impossible("issues");
      }
      source.issues.push_back(std::move(issue));
    }
    if (row.bad() || !source.id.valid()) {
      return impossible("sources");
    }
    out.push_back(std::move(source));
  }
}

Result<std::vector<Stream>> SqliteCaseReader::streams() {
  const auto source_limit = db_->integer("SELECT coalesce(max(source_id), -1) + 1 FROM sources");
  UPTRAIL_TRY(source_limit);
  std::vector<Stream> out;
  auto rows = db_->prepare(select_sql(kStreams, false));
  UPTRAIL_TRY(rows);
  for (auto more = rows->step();; more = rows->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      return out;
    }
    Row row(*rows);
    Stream stream = read_stream(row);
    if (row.bad() || stream.id.value != out.size() || static_cast<std::int64_t>(stream.source.value) >= *source_limit) {
      return impossible("streams");
    }
    out.push_back(stream);
  }
}

Result<std::vector<CaseInput>> SqliteCaseReader::inputs() {
  std::vector<CaseInput> out;
  auto rows = db_->prepare(select_sql(kInputs, false));
  UPTRAIL_TRY(rows);
  for (auto more = rows->step();; more = rows->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      return out;
    }
    Row row(*rows);
    CaseInput input;
    input.path = row.text();
    input.size = row.count<std::uint64_t>();
    input.modified = row.time();
    input.head_hash = row.text();
    input.done = row.flag();
    if (row.bad()) {
      return impossible("inputs");
    }
    out.push_back(std::move(input));
  }
}

Result<EventGrid> SqliteCaseReader::event_grid() {
  EventGrid grid;
  // -1 stands for "none" here, since a primary key cannot hold NULL.
  auto domains = db_->prepare("SELECT nullif(domain_id, -1), start_ns, cell_ns FROM grids ORDER BY domain_id");
  UPTRAIL_TRY(domains);
  for (auto more = domains->step();; more = domains->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      break;
    }
    Row row(*domains);
    EventGrid::Domain domain;
    domain.domain = row.id<DomainId>();
    domain.start = row.time();
    domain.cell = row.duration();
    if (row.bad() || domain.cell.ns <= 0) {
      return impossible("grids");
    }
    grid.domains.push_back(domain);
  }
  auto counts = db_->prepare(
      "SELECT nullif(domain_id, -1), nullif(unit_id, -1), nullif(stream_id, -1), cell, event_count FROM grid_counts "
      "ORDER BY domain_id, unit_id, stream_id, cell");
  UPTRAIL_TRY(counts);
  for (auto more = counts->step();; more = counts->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      return grid;
    }
    Row row(*counts);
    EventGrid::Count count;
    count.domain = row.id<DomainId>();
    count.unit = row.id<UnitId>();
    count.stream = row.id<StreamId>();
    count.cell = row.count<std::uint32_t>();
    count.events = row.count<std::uint64_t>();
    const bool lost = bounds_ && ((count.unit.valid() && count.unit.value >= bounds_->units) ||
                                  (count.stream.valid() && count.stream.value >= bounds_->streams));
    if (row.bad() || lost || count.cell >= kGridCells || count.events == 0) {
      return impossible("grid_counts");
    }
    grid.counts.push_back(count);
  }
}

Result<std::vector<RawLine>> SqliteCaseReader::read_raw(sqlite::Statement& rows) {
  std::vector<RawLine> out;
  for (auto more = rows.step();; more = rows.step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      return out;
    }
    Row row(rows);
    RawLine line;
    line.source = row.id<SourceId>();
    line.span = read_span(row);
    line.t_src = row.optional_time();
    line.text = row.text();
    line.is_event = row.flag();
    line.event = row.id<EventId>();
    if (row.bad()) {
      return impossible("raw_lines");
    }
    out.push_back(std::move(line));
  }
}

Result<std::vector<RawLine>> SqliteCaseReader::raw_lines(SourceId source, std::uint64_t first_line, std::size_t count) {
  const std::string columns(kRawLines.columns);
  // Without lines the row counts: its place among the stored lines of the source, from 0.
  auto rows = db_->prepare("SELECT " + columns +
                           " FROM raw_lines WHERE source_id = ?1 AND span_line > 0 AND span_line >= ?2 "
                           "ORDER BY span_line, span_offset, raw_id LIMIT ?3");
  UPTRAIL_TRY(rows);
  rows->bind(source, first_line, static_cast<std::uint64_t>(count));
  auto lines = read_raw(*rows);
  UPTRAIL_TRY(lines);
  if (!lines->empty()) {
    return lines;
  }
  auto unnumbered = db_->prepare("SELECT " + columns +
                                 " FROM raw_lines WHERE source_id = ?1 AND span_line = 0 "
                                 "ORDER BY span_offset, raw_id LIMIT ?3 OFFSET ?2");
  UPTRAIL_TRY(unnumbered);
  unnumbered->bind(source, first_line, static_cast<std::uint64_t>(count));
  return read_raw(*unnumbered);
}

Result<std::optional<RawLine>> SqliteCaseReader::raw_of(EventId event) {
  // By place, not by event_id: several events may come from one line. Rows of stores have no place of their own.
  auto rows = db_->prepare(
      "SELECT r.source_id, r.span_offset, r.span_length, r.span_line, r.t_src_ns, r.text, r.is_event, r.event_id FROM events e "
      "JOIN raw_lines r ON r.source_id = e.source_id AND r.span_line = e.span_line AND r.span_offset = e.span_offset "
      "WHERE e.event_id = ?1 AND (e.store_row IS NULL OR r.event_id = e.event_id) ORDER BY r.raw_id LIMIT 1");
  UPTRAIL_TRY(rows);
  rows->bind(event);
  auto lines = read_raw(*rows);
  UPTRAIL_TRY(lines);
  return lines->empty() ? std::optional<RawLine>() : std::optional(std::move(lines->front()));
}

Result<std::uint64_t> SqliteCaseReader::raw_line_count(SourceId source) {
  auto rows = db_->prepare("SELECT count(*) FROM raw_lines WHERE source_id = ?1");
  UPTRAIL_TRY(rows);
  rows->bind(source);
  const auto row = rows->step();
  UPTRAIL_TRY(row);
  return static_cast<std::uint64_t>(rows->integer(0));
}

}  // namespace uptrail::trace
