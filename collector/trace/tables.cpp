#include "collector/trace/tables.h"

#include <algorithm>

namespace uptrail::trace {

std::string insert_sql(const Table& table, bool derived, std::string_view verb) {
  const auto values = std::count(table.columns.begin(), table.columns.end(), ',') + 1 + (derived ? 1 : 0);
  std::string sql(verb);
  sql += " INTO ";
  sql += table.name;
  sql += derived ? " (generation, " : " (";
  sql += table.columns;
  sql += ") VALUES (?1";
  for (auto i = 2; i <= values; ++i) {
    sql += ", ?" + std::to_string(i);
  }
  return sql + ")";
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
