#include "collector/trace/query_table.h"

#include <algorithm>
#include <set>

#include "collector/base/text.h"

namespace uptrail {

namespace {

constexpr std::size_t kMaxPadding = 60;  // characters; one long cell does not widen all rows

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text;
}

std::string shown(const QueryCell& cell) {
  const std::string text = cell.type == CellType::null   ? "NULL"
                           : cell.type == CellType::blob ? "x'" + cell.text + "'"
                                                         : cell.text;
  return one_line(text) + (cell.cut ? "…" : "");
}

bool is_number(const QueryCell& cell) { return cell.type == CellType::integer || cell.type == CellType::real; }

std::string padded_text(const QueryTable& table) {
  const std::size_t count = table.columns.size();
  std::vector<std::size_t> widths;
  for (const std::string& name : table.columns) widths.push_back(characters(name));
  for (std::size_t i = 0; i < table.cells.size(); ++i) {
    widths[i % count] = std::max(widths[i % count], std::min(characters(shown(table.cells[i])), kMaxPadding));
  }
  std::string out;
  const auto add = [&](std::size_t column, const std::string& text, bool right) {
    const std::size_t width = characters(text);
    const std::string pad(widths[column] > width ? widths[column] - width : 0, ' ');
    const bool last = column + 1 == count;
    out += right ? pad + text : last ? text : text + pad;
    out += last ? "\n" : "  ";
  };
  for (std::size_t c = 0; c < count; ++c) add(c, one_line(table.columns[c]), false);
  for (std::size_t c = 0; c < count; ++c) add(c, std::string(widths[c], '-'), false);
  for (std::size_t i = 0; i < table.cells.size(); ++i) add(i % count, shown(table.cells[i]), is_number(table.cells[i]));
  return out;
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string csv(const QueryTable& table) {
  const std::size_t count = table.columns.size();
  std::string out;
  for (std::size_t c = 0; c < count; ++c) out += (c > 0 ? "," : "") + csv_field(table.columns[c]);
  out += "\r\n";
  for (std::size_t i = 0; i < table.cells.size(); ++i) {
    out += (i % count > 0 ? "," : "") + csv_field(table.cells[i].text);
    if (i % count + 1 == count) out += "\r\n";
  }
  return out;
}

std::vector<std::string> unique_names(const std::vector<std::string>& names) {
  std::set<std::string> used;
  std::vector<std::string> out;
  for (const std::string& name : names) {
    std::string unique = name;
    for (int n = 2; !used.insert(unique).second; ++n) unique = name + "_" + std::to_string(n);
    out.push_back(std::move(unique));
  }
  return out;
}

void append_json_value(std::string& out, const QueryCell& cell) {
  if (cell.type == CellType::null) {
    out += "null";
  } else if (cell.type == CellType::integer ||
             (cell.type == CellType::real && parse_double(cell.text) && !contains(cell.text, "Inf"))) {
    out += cell.text;
  } else {
    append_json_string(out, cell.text);
  }
}

std::string json(const QueryTable& table) {
  const std::vector<std::string> names = unique_names(table.columns);
  std::string out = "[";
  for (std::size_t row = 0; row < table.rows; ++row) {
    out += row > 0 ? ",\n {" : "\n {";
    for (std::size_t c = 0; c < names.size(); ++c) {
      if (c > 0) out += ", ";
      append_json_string(out, names[c]);
      out += ": ";
      append_json_value(out, table.at(row, c));
    }
    out += "}";
  }
  return out + (table.rows > 0 ? "\n]\n" : "]\n");
}

std::string pipe_field(const std::string& text) {
  std::string out;
  for (const char c : one_line(text)) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string markdown(const QueryTable& table) {
  const std::size_t count = table.columns.size();
  std::string out = "|";
  std::string rule = "|";
  for (std::size_t c = 0; c < count; ++c) {
    out += " " + pipe_field(table.columns[c]) + " |";
    rule += table.rows > 0 && is_number(table.at(0, c)) ? "---:|" : "---|";
  }
  out += "\n" + rule + "\n";
  for (std::size_t i = 0; i < table.cells.size(); ++i) {
    out += (i % count == 0 ? "| " : " ") + pipe_field(shown(table.cells[i])) + " |";
    if (i % count + 1 == count) out += "\n";
  }
  return out;
}

}  // namespace

std::string table_text(const QueryTable& table, TableFormat format) {
  switch (format) {
    case TableFormat::text:
      return padded_text(table);
    case TableFormat::csv:
      return csv(table);
    case TableFormat::json:
      return json(table);
    case TableFormat::markdown:
      break;
  }
  return markdown(table);
}

}  // namespace uptrail
