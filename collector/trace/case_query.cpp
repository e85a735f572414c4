#include "collector/trace/case_query.h"

#include <algorithm>
#include <functional>
#include <set>
#include <span>
#include <utility>

#include "collector/base/nearest.h"
#include "collector/base/text.h"
#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"
#include "collector/trace/sqlite_reader.h"

namespace uptrail {

namespace {

using sqlite::ColumnType;
using sqlite::Connection;
using sqlite::Statement;

std::string hex(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::byte b : bytes) {
    out += kDigits[std::to_integer<unsigned>(b) >> 4U];
    out += kDigits[std::to_integer<unsigned>(b) & 15U];
  }
  return out;
}

QueryCell read_cell(const Statement& row, int column, std::size_t limit) {
  QueryCell cell;
  switch (row.type(column)) {
    case ColumnType::null:
      break;
    case ColumnType::integer:
      cell.type = CellType::integer;
      cell.text = std::to_string(row.integer(column));
      break;
    case ColumnType::real:
      cell.type = CellType::real;
      cell.text = row.text(column);
      break;
    case ColumnType::text: {
      cell.type = CellType::text;
      std::string_view text = row.text(column);
      cell.cut = text.size() > limit;
      if (cell.cut) {
        std::size_t end = limit;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
        text = text.substr(0, end);
      }
      cell.text = to_valid_utf8(text);
      break;
    }
    case ColumnType::blob: {
      cell.type = CellType::blob;
      const auto bytes = row.blob(column);
      cell.cut = bytes.size() > limit / 2;
      cell.text = hex(bytes.first(std::min(bytes.size(), limit / 2)));
      break;
    }
  }
  return cell;
}

// What a name that does not exist was meant to be; "" when nothing is like it.
std::string meant_by(std::string_view message) {
  constexpr std::string_view kNoTable = "no such table: ";
  constexpr std::string_view kNoColumn = "no such column: ";
  const bool table = message.starts_with(kNoTable);
  if (!table && !message.starts_with(kNoColumn)) return "";
  std::string_view name = message.substr(table ? kNoTable.size() : kNoColumn.size());
  name = name.substr(name.rfind('.') + 1);
  std::set<std::string> known;
  for (const SchemaTable& t : case_schema()) {
    if (table) known.insert(t.name);
    for (const SchemaColumn& c : t.columns) {
      if (!table) known.insert(c.name);
    }
  }
  const std::string meant = nearest(name, {known.begin(), known.end()});
  return meant.empty() ? "" : "did you mean " + meant + "?";
}

class SqliteCaseQuery final : public CaseQuery {
 public:
  explicit SqliteCaseQuery(Connection db) : db_(std::move(db)) {}

  Result<QueryTable> run(std::string_view sql, const QueryLimits& limits, QueryWatch& watch) override {
    const std::int64_t before = sqlite::memory_used();
    bool too_much = false;
    const std::function<bool()> guard = [&] {
      too_much = limits.memory > 0 && sqlite::memory_used() - before > limits.memory;
      return too_much || watch.cancel.load(std::memory_order_relaxed);
    };
    db_.set_guard(&guard);
    auto table = read(sql, limits, watch);
    db_.set_guard(nullptr);
    if (!table && too_much) {
      Error error = fail(ErrorKind::limit, "this needs more than " + std::to_string(limits.memory >> 20) + " MiB of memory");
      error.hint = "sort or join fewer rows: add a WHERE";
      return error;
    }
    return table;
  }

 private:
  Result<QueryTable> read(std::string_view sql, const QueryLimits& limits, QueryWatch& watch) {
    auto statement = db_.prepare_typed(sql);
    if (!statement) {
      Error error = statement.error();
      if (error.kind == ErrorKind::usage && error.hint.empty()) error.hint = meant_by(error.message);
      return error;
    }
    QueryTable table;
    const int count = statement->columns();
    for (int c = 0; c < count; ++c) table.columns.push_back(to_valid_utf8(statement->column_name(c)));
    std::size_t bytes = 0;
    while (true) {
      const auto row = statement->step();
      if (!row) return db_.typed_failure(row.error());
      if (!*row) return table;
      if (table.rows >= limits.rows || bytes >= limits.total_bytes) {
        table.more = true;
        return table;
      }
      for (int c = 0; c < count; ++c) {
        table.cells.push_back(read_cell(*statement, c, limits.cell_bytes));
        bytes += table.cells.back().text.size() + sizeof(QueryCell);
        table.cut_cells += table.cells.back().cut ? 1 : 0;
      }
      ++table.rows;
      watch.rows.store(table.rows, std::memory_order_relaxed);
      if (watch.cancel.load(std::memory_order_relaxed)) return fail(ErrorKind::interrupted, "cancelled");
    }
  }

  Connection db_;
};

}  // namespace

Result<std::shared_ptr<CaseQuery>> trace::SqliteCaseReader::query() {
  auto db = db_->another();
  UPTRAIL_TRY(db);
  UPTRAIL_TRY(db->allow_only_reading());
  return std::shared_ptr<CaseQuery>(std::make_shared<SqliteCaseQuery>(db.take()));
}

const std::vector<QueryExample>& query_examples() {
  static const std::vector<QueryExample> kExamples = {
      {"Causes with the event that shows each first",
       "SELECT c.cause_id, c.severity, c.title, e.event_id, v.kind, v.source_id, v.span_line\n"
       "FROM v_causes c\n"
       "JOIN v_evidence e ON e.finding_id = c.main_finding_id AND e.is_key = 1\n"
       "JOIN v_events v ON v.event_id = e.event_id\n"
       "ORDER BY c.cause_id"},
      {"Tasks that ended in nsurlsessiond and were never delivered to the app",
       "SELECT task_id, description, session, created_ns, finished_in_daemon_ns, status\n"
       "FROM v_tasks\n"
       "WHERE finished_in_daemon_ns IS NOT NULL AND delivered_ns IS NULL\n"
       "ORDER BY finished_in_daemon_ns"},
      {"How long each task waited for its callback",
       "SELECT task_id, description, finished_in_daemon_ns, delivered_ns,\n"
       "       (delivered_ns - finished_in_daemon_ns) / 1e9 AS seconds\n"
       "FROM v_tasks\n"
       "WHERE delivered_ns IS NOT NULL AND finished_in_daemon_ns IS NOT NULL\n"
       "ORDER BY seconds DESC"},
      {"What happened to one task",
       "SELECT event_id, t_ns, observer, kind, process, fields, source_id, span_line\n"
       "FROM v_events\n"
       "WHERE task_id = (SELECT task_id FROM v_findings WHERE task_id IS NOT NULL ORDER BY finding_id LIMIT 1)\n"
       "ORDER BY t_ns, event_id"},
      {"Uploads by outcome", "SELECT outcome, count(*) AS uploads\nFROM v_uploads\nGROUP BY outcome\nORDER BY uploads DESC"},
      {"Wakes whose completion handler was not seen",
       "SELECT wake_id, session_id, requested_ns, handle_events_ns, did_finish_events_ns\n"
       "FROM v_wakes\n"
       "WHERE handle_events_ns IS NOT NULL AND handler_called_ns IS NULL"},
      {"Events by kind and observer",
       "SELECT kind, observer, count(*) AS events, min(t_ns) AS first_ns, max(t_ns) AS last_ns\n"
       "FROM v_events\nGROUP BY kind, observer\nORDER BY events DESC"},
      {"A field of the events",
       "SELECT event_id, t_ns, kind, json_extract(fields, '$.status') AS status\n"
       "FROM v_events\nWHERE json_extract(fields, '$.status') IS NOT NULL\nORDER BY t_ns"},
      {"Raw lines that hold a text",
       "SELECT source_id, span_line, event_id, text\nFROM raw_lines\nWHERE text LIKE '%error%'\nORDER BY source_id, span_line"},
      {"Lines that nothing understood",
       "SELECT source_id, span_line, task_uuid, text\nFROM v_related_lines\nWHERE known = 0\nORDER BY source_id, span_line"},
      {"Sources with their accounting",
       "SELECT source_id, path, container, records_read, records_matched, records_related, records_irrelevant, records_unparsed\n"
       "FROM v_sources\nORDER BY source_id"},
  };
  return kExamples;
}

std::string first_rows_of(std::string_view table) { return "SELECT *\nFROM " + std::string(table) + "\nLIMIT 200"; }

TextPlace place_of(std::string_view text, std::size_t offset) {
  TextPlace place;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++place.line;
      place.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++place.column;
    }
  }
  return place;
}

}  // namespace uptrail
