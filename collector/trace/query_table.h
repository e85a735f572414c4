// The answer to a statement in SQL, and how it is written down.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace uptrail {

enum class CellType : std::uint8_t { null, integer, real, text, blob };

struct QueryCell {
  CellType type = CellType::null;
  bool cut = false;  // only the beginning was kept
  std::string text;  // valid UTF-8; numbers in decimal, blobs as hex digits
};

struct QueryTable {
  std::vector<std::string> columns;  // valid UTF-8; names may repeat
  std::vector<QueryCell> cells;      // row by row
  std::size_t rows = 0;
  bool more = false;  // there were more rows than are kept
  std::size_t cut_cells = 0;

  [[nodiscard]] const QueryCell& at(std::size_t row, std::size_t column) const { return cells[row * columns.size() + column]; }
};

enum class TableFormat : std::uint8_t { text, csv, json, markdown };

// All rows that are kept. text: columns padded with blanks; csv: RFC 4180 with a header, NULL is empty; json: a list of objects,
// numbers as numbers, a repeated name of a column gets "_2"; markdown: a pipe table.
std::string table_text(const QueryTable& table, TableFormat format);

}  // namespace uptrail
