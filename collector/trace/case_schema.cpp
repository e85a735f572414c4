// The schema with its comments, for people who type SQL. Names and types come from a database that the migrations made, comments
// from the text of the migrations: neither can be out of date.
#include <algorithm>
#include <map>
#include <span>

#include "collector/base/embedded.h"
#include "collector/base/text.h"
#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"
#include "collector/trace/case_query.h"
#include "collector/trace/schema.h"

namespace uptrail::embedded {
std::span<const EmbeddedFile> trace_migrations();
}  // namespace uptrail::embedded

namespace uptrail {

namespace {

struct Comments {
  std::map<std::string, std::string, std::less<>> of_tables;                                       // and views
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> of_columns;  // by table
};

// "word rest" -> word; moves behind it.
std::string_view next_word(std::string_view& text) {
  text = trim(text);
  const std::size_t end = std::min(text.find_first_of(" (;"), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

// The words behind "--"; "" when there are none.
std::string comment_of(std::string_view line) {
  const std::size_t at = line.find("--");
  return at == std::string_view::npos ? "" : std::string(trim(line.substr(at + 2)));
}

void read_comments(std::string_view sql, Comments& out) {
  std::string above;  // comment lines just before a statement
  std::string table;  // whose columns are being read
  for (const std::string_view line : split(sql, '\n')) {
    std::string_view rest = line;
    if (line.starts_with("--")) {
      above += (above.empty() ? "" : " ") + comment_of(line);
      continue;
    }
    const std::string_view first = next_word(rest);
    if (first.empty()) {
      above.clear();
    } else if (first == "CREATE") {
      const std::string_view what = next_word(rest);
      const std::string name(next_word(rest));
      if (what == "TABLE" || what == "VIEW") out.of_tables[name] = above;
      table = what == "TABLE" ? name : "";
      above.clear();
    } else if (first == "ALTER") {
      next_word(rest);
      const std::string name(next_word(rest));
      next_word(rest);
      next_word(rest);
      const std::string column(next_word(rest));
      out.of_columns[name][column] = comment_of(line);
    } else if (first.starts_with(")")) {
      table.clear();
    } else if (!table.empty()) {
      out.of_columns[table][std::string(first)] = comment_of(line);
    }
  }
}

// A column of a view has the comment of the first table in its statement that has such a column.
std::string view_comment(const Comments& comments, std::string_view statement, const std::string& column) {
  for (std::size_t at = statement.find(" FROM "); at != std::string_view::npos;) {
    std::string_view rest = statement.substr(at + 6);
    const auto table = comments.of_columns.find(next_word(rest));
    if (table != comments.of_columns.end()) {
      if (const auto found = table->second.find(column); found != table->second.end()) return found->second;
    }
    const std::size_t join = statement.find("JOIN ", at + 2);
    at = join == std::string_view::npos ? join : join - 1;
  }
  return "";
}

std::string flat(std::string_view sql) {
  std::string out(sql);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

Result<std::vector<SchemaTable>> read_schema() {
  Comments comments;
  for (const auto& file : embedded::trace_migrations()) read_comments(file.content, comments);
  auto db = sqlite::Connection::open("schema", sqlite::Access::memory);
  UPTRAIL_TRY(db);
  UPTRAIL_TRY(trace::migrate(*db, 0));
  auto rows = db->prepare(
      "SELECT s.name, s.type, s.sql, c.name, lower(c.type) FROM sqlite_schema s, pragma_table_xinfo(s.name) c "
      "WHERE s.type IN ('table', 'view') ORDER BY s.type DESC, s.name, c.cid");
  UPTRAIL_TRY(rows);
  std::vector<SchemaTable> out;
  for (auto row = rows->step();; row = rows->step()) {
    UPTRAIL_TRY(row);
    if (!*row) return out;
    const std::string name(rows->text(0));
    if (out.empty() || out.back().name != name) {
      out.push_back({name, rows->text(1) == "view", comments.of_tables[name], {}});
    }
    SchemaColumn column{std::string(rows->text(3)), std::string(rows->text(4)), ""};
    column.comment =
        out.back().is_view ? view_comment(comments, flat(rows->text(2)), column.name) : comments.of_columns[name][column.name];
    out.back().columns.push_back(std::move(column));
  }
}

}  // namespace

const std::vector<SchemaTable>& case_schema() {
  static const std::vector<SchemaTable> kSchema = [] {
    auto schema = read_schema();
    return schema ? schema.take() : std::vector<SchemaTable>();
  }();
  return kSchema;
}

}  // namespace uptrail
