// Lines that tell no event, with what they name.
#include "collector/trace/sqlite_reader.h"

namespace uptrail::trace {

namespace {

// Values are UUIDs and numbers of our own types: nothing of a text from outside gets into the SQL.
std::string condition(const RelatedQuery& query) {
  std::string out;
  const auto either = [&out](const std::string& part) { out += (out.empty() ? " WHERE (" : " OR (") + part + ")"; };
  if (query.task) {
    either("k.task_uuid = '" + query.task->text() + "'");
  }
  for (const Uuid& session : query.sessions) {
    either("k.session_uuid = '" + session.text() + "'" +
           (query.number ? " AND k.task_uuid IS NULL AND k.task_number = " + std::to_string(*query.number) : ""));
  }
  return out;
}

}  // namespace

Status SqliteCaseReader::for_each_related(const RelatedQuery& query, const std::function<bool(const RelatedLine&)>& callback) {
  std::string sql =
      "SELECT r.source_id, r.span_offset, r.span_length, r.span_line, r.t_src_ns, r.text, k.observer, k.known, k.task_uuid, "
      "k.session_uuid, k.task_number FROM related_lines k JOIN raw_lines r ON r.raw_id = k.raw_id" +
      condition(query) + " ORDER BY k.raw_id";
  if (query.limit != 0) {
    sql += " LIMIT " + std::to_string(query.limit);
  }
  auto rows = db_->prepare(sql);
  UPTRAIL_TRY(rows);
  for (auto more = rows->step();; more = rows->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      return done();
    }
    Row row(*rows);
    RelatedLine related;
    related.line.source = row.id<SourceId>();
    related.line.span = read_span(row);
    related.line.t_src = row.optional_time();
    related.line.text = row.text();
    const auto observer = row.count<std::uint8_t>();
    related.known = row.flag();
    related.about.task = row.optional_uuid();
    related.about.session = row.optional_uuid();
    related.about.number = row.optional_i64();
    if (row.bad() || observer >= kObserverCount) {
      return impossible("related_lines");
    }
    related.observer = static_cast<Observer>(observer);
    if (!callback(related)) {
      return done();
    }
  }
}

}  // namespace uptrail::trace
