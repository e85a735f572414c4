// Events of a case, streamed.
#include <algorithm>
#include <set>

#include "collector/trace/sqlite_reader.h"
#include "collector/trace/tables.h"

namespace uptrail::trace {

namespace {

constexpr std::size_t kMaxCachedStrings = 1U << 20U;
constexpr std::string_view kEventColumns =
    "e.event_id, e.source_id, e.seq, e.kind_id, e.observer, e.inferred, e.t_src_ns, e.span_offset, e.span_length, e.span_line, "
    "e.device_id, e.bundle_id, e.process_id, e.thread_id, e.pattern_id, e.pid, e.fields, e.store_row, e.format_only, "
    "a.stream_id, a.domain_id, "
    "a.t_ns, a.t_unc_ns, a.unit_id, a.session_id, a.task_id, a.upload_id";

// Counts up while it lives.
class Counted {
 public:
  explicit Counted(int& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  int& count_;
};

std::string conditions(const EventQuery& query, const std::unordered_map<std::int64_t, EventKind>& kinds) {
  std::string sql;
  const auto equal = [&](std::string_view column, std::int64_t value) {
    sql += " AND " + std::string(column) + " = " + std::to_string(value);
  };
  if (query.unit) {
    sql += " AND (a.unit_id = " + std::to_string(query.unit->value) + " OR a.unit_id IS NULL)";
  }
  if (query.source) {
    equal("e.source_id", query.source->value);
  }
  if (query.task) {
    equal("a.task_id", query.task->value);
  }
  if (query.session) {
    equal("a.session_id", query.session->value);
  }
  if (query.span) {
    sql += " AND a.t_ns >= " + std::to_string(query.span->start.ns);
    // An interval that ends at kTimeMax is open: nothing lies behind it.
    if (query.span->end != kTimeMax) {
      sql += " AND a.t_ns < " + std::to_string(query.span->end.ns);
    }
  }
  if (!query.kinds.empty()) {
    std::set<std::int64_t> ids;
    for (const auto& [id, kind] : kinds) {
      if (std::find(query.kinds.begin(), query.kinds.end(), kind) != query.kinds.end()) {
        ids.insert(id);
      }
    }
    sql += " AND e.kind_id IN (";
    for (const auto id : ids) {
      sql += (sql.back() == '(' ? "" : ", ") + std::to_string(id);
    }
    sql += ")";
  }
  return sql;
}

}  // namespace

Status SqliteCaseReader::prepare_to_read() {
  if (before_reading_) {
    UPTRAIL_TRY(before_reading_());
  }
  return load_kinds();
}

Status SqliteCaseReader::load_kinds() {
  if (kinds_loaded_) {
    return done();
  }
  auto rows = db_->prepare("SELECT kind_id, name FROM kinds");
  UPTRAIL_TRY(rows);
  for (auto more = rows->step();; more = rows->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      kinds_loaded_ = true;
      return done();
    }
    Row row(*rows);
    const auto id = row.i64();
    const auto name = row.text();
    const auto known = kind_from_name(name);
    if (!known) {
      auto error = fail(ErrorKind::unreadable, "the case holds events of kind '" + name + "', which this program does not know",
                        db_->shown_path());
      error.hint = "update Uptrail, or collect the captures again";
      return error;
    }
    kinds_[id] = *known;
  }
}

Result<const std::string*> SqliteCaseReader::string(std::int64_t id) {
  if (const auto it = strings_.find(id); it != strings_.end()) {
    return &it->second;
  }
  if (!string_query_.prepared()) {
    auto query = db_->prepare("SELECT text FROM strings WHERE string_id = ?1", true);
    UPTRAIL_TRY(query);
    string_query_ = query.take();
  }
  string_query_.bind(id);
  const auto found = string_query_.step();
  UPTRAIL_TRY(found);
  if (!*found) {
    return nullptr;
  }
  if (strings_.size() >= kMaxCachedStrings) {
    strings_.clear();
    last_texts_ = {};
  }
  Row row(string_query_);
  const auto it = strings_.emplace(id, row.text()).first;
  string_query_.reset();
  return &it->second;
}

Status SqliteCaseReader::read_texts(Row& row, Event& out) {
  const std::array<std::string*, 5> texts = {&out.device, &out.bundle, &out.process, &out.thread, &out.pattern};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto id = row.optional_i64();
    if (!id) {
      texts[i]->clear();
      continue;
    }
    LastText& last = last_texts_[i];
    if (last.text == nullptr || last.id != *id) {
      const auto found = string(*id);
      UPTRAIL_TRY(found);
      if (*found == nullptr) {
        return impossible("events");
      }
      last = {*id, *found};
    }
    *texts[i] = *last.text;
  }
  return done();
}

Status SqliteCaseReader::read_event(sqlite::Statement& rows, Event& out) {
  Row row(rows);
  out.id = row.id<EventId>();
  out.source = row.id<SourceId>();
  out.seq = row.count<std::uint64_t>();
  const auto kind_id = row.i64();
  const auto observer = row.count<std::uint8_t>();
  out.confidence = row.flag() ? EventConfidence::inferred : EventConfidence::parsed;
  out.t_src = row.optional_time();
  out.span.offset = row.count<std::uint64_t>();
  out.span.length = row.count<std::uint32_t>();
  out.span.line = row.count<std::uint64_t>();
  UPTRAIL_TRY(read_texts(row, out));
  out.pid = row.optional_i64();
  const auto fields = row.view();
  out.fields = {};
  if (undecoded_) {
    undecoded_->assign(fields);
  } else if (!fields.empty()) {
    auto decoded = decode_fields(fields);
    if (!decoded) {
      row.reject();
    } else {
      out.fields = std::move(*decoded);
    }
  }
  out.store_row = row.text();
  out.format_only = row.flag();
  out.stream = row.id<StreamId>();
  out.domain = row.id<DomainId>();
  out.t = row.time();
  out.t_unc = row.duration();
  out.unit = row.id<UnitId>();
  out.session = row.id<SessionId>();
  out.task = row.id<TaskId>();
  out.upload = row.id<UploadId>();
  const auto known = kinds_.find(kind_id);
  if (row.bad() || known == kinds_.end() || observer >= kObserverCount) {
    return impossible("events");
  }
  out.kind = known->second;
  out.observer = static_cast<Observer>(observer);
  return check_event(out);
}

Status SqliteCaseReader::check_event(const Event& event) const {
  if (!bounds_) {
    return done();
  }
  const auto lost = [](auto id, auto count) {
    return id.valid() && static_cast<std::int64_t>(id.value) >= static_cast<std::int64_t>(count);
  };
  if (lost(event.stream, bounds_->streams) || lost(event.domain, bounds_->domains) || lost(event.unit, bounds_->units) ||
      lost(event.session, bounds_->sessions) || lost(event.task, bounds_->tasks) || lost(event.upload, bounds_->uploads)) {
    return impossible("events_assigned");
  }
  return done();
}

Status SqliteCaseReader::run_query(const EventQuery& query, std::string_view domain_condition, std::uint64_t& left, bool& stop,
                                   const TakeEvent& take) {
  std::string sql = "SELECT " + std::string(kEventColumns) +
                    " FROM events_assigned a CROSS JOIN events e ON e.event_id = a.event_id WHERE 1" +
                    std::string(domain_condition) + conditions(query, kinds_) + " ORDER BY " +
                    (in_order_ && !indexed_ ? "a.event_id" : "a.domain_id, a.t_ns, a.stream_id, a.seq, a.event_id");
  if (query.limit != 0) {
    sql += " LIMIT " + std::to_string(left);
  }
  auto rows = db_->prepare(sql);
  UPTRAIL_TRY(rows);
  Event event;
  for (auto more = rows->step();; more = rows->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      return done();
    }
    UPTRAIL_TRY(read_event(*rows, event));
    left -= left > 0 ? 1 : 0;
    if (!take(event)) {
      stop = true;
      return done();
    }
  }
}

Status SqliteCaseReader::for_each_event(const EventQuery& query, const std::function<bool(const Event&)>& callback) {
  return stream_events(query, [&callback](const Event& event) { return callback(event); });
}

Status SqliteCaseReader::stream_events(const EventQuery& query, const TakeEvent& take) {
  UPTRAIL_TRY(prepare_to_read());
  const Counted streaming(streaming_);
  std::vector<std::string> domains = {""};
  if (query.span && indexed_) {
    // One search in the index a domain, instead of a look at every event.
    domains = {" AND a.domain_id IS NULL"};
    const auto all = streams();
    UPTRAIL_TRY(all);
    std::set<std::uint16_t> ids;
    for (const auto& stream : *all) {
      if (stream.domain.valid()) {
        ids.insert(stream.domain.value);
      }
    }
    for (const auto id : ids) {
      domains.push_back(" AND a.domain_id = " + std::to_string(id));
    }
  }
  std::uint64_t left = query.limit;
  bool stop = false;
  for (const auto& domain : domains) {
    UPTRAIL_TRY(run_query(query, domain, left, stop, take));
    if (stop || (query.limit != 0 && left == 0)) {
      break;
    }
  }
  return done();
}

Result<std::optional<Event>> SqliteCaseReader::event(EventId id) {
  UPTRAIL_TRY(prepare_to_read());
  if (!event_query_.prepared()) {
    auto query = db_->prepare("SELECT " + std::string(kEventColumns) +
                                  " FROM events e JOIN events_assigned a ON a.event_id = e.event_id WHERE e.event_id = ?1",
                              true);
    UPTRAIL_TRY(query);
    event_query_ = query.take();
  }
  event_query_.bind(id);
  const auto found = event_query_.step();
  Event event;
  const Status read = found.ok() && *found ? read_event(event_query_, event) : done();
  event_query_.reset();
  if (after_event_ && !streaming()) {
    after_event_();
  }
  UPTRAIL_TRY(found);
  UPTRAIL_TRY(read);
  return *found ? std::optional(std::move(event)) : std::optional<Event>();
}

Result<std::uint64_t> SqliteCaseReader::event_count() {
  // The grid counts every event once; to count ten million rows takes a second.
  const auto gridded = bounds_ ? db_->integer("SELECT coalesce(sum(event_count), 0) FROM grid_counts") : Result<std::int64_t>(0);
  if (gridded && *gridded > 0) {
    return static_cast<std::uint64_t>(*gridded);
  }
  const auto n = db_->integer("SELECT count(*) FROM events");
  UPTRAIL_TRY(n);
  return static_cast<std::uint64_t>(*n);
}

}  // namespace uptrail::trace
