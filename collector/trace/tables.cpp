#include "collector/trace/tables.h"

#include <algorithm>

namespace uptrail::trace {

std::string insert_sql(const Table& table, bool derived, std::string_view verb, std::size_t rows) {
  const auto values = std::count(table.columns.begin(), table.columns.end(), ',') + 1 + (derived ? 1 : 0);
  std::string sql(verb);
  sql += " INTO ";
  sql += table.name;
  sql += derived ? " (generation, " : " (";
  sql += table.columns;
  sql += ") VALUES ";
  std::size_t variable = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    for (auto i = 0; i < values; ++i) {
      sql += i > 0 ? ", ?" : row > 0 ? ", (?" : "(?";
      sql += std::to_string(++variable);
    }
    sql += ')';
  }
  return sql;
}

std::string select_sql(const Table& table, bool derived) {
  std::string sql = "SELECT ";
  sql += table.columns;
  sql += " FROM ";
  sql += table.name;
  sql += derived ? " WHERE generation = ?1 ORDER BY " : " ORDER BY ";
  sql += table.key;
  return sql;
}

}  // namespace uptrail::trace
