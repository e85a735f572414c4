#include "collector/stores/mapped_store.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "collector/base/text.h"
#include "collector/plist/document.h"
#include "collector/stores/app_store.h"
#include "collector/stores/mapped_items.h"

namespace uptrail {

namespace {

using sqlite::ColumnType;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

std::optional<std::string> as_text(const Cell& cell) {
  return std::visit(Overloaded{[](bool value) { return std::optional<std::string>(value ? "true" : "false"); },
                               [](std::int64_t value) { return std::optional(std::to_string(value)); },
                               [](const std::string& value) { return std::optional(value); },
                               [](const Uuid& value) { return std::optional(value.text()); },
                               [](const auto&) { return std::optional<std::string>(); }},
                    cell);
}

std::optional<std::int64_t> as_integer(const Cell& cell) {
  constexpr double kExact = 9'007'199'254'740'992;  // 2^53
  if (const auto* value = std::get_if<std::int64_t>(&cell)) {
    return *value;
  }
  if (const auto* value = std::get_if<double>(&cell);
      value != nullptr && std::abs(*value) < kExact && *value == std::floor(*value)) {
    return static_cast<std::int64_t>(*value);
  }
  const auto* text = std::get_if<std::string>(&cell);
  return text == nullptr ? std::nullopt : parse_int(*text);
}

std::optional<Uuid> as_uuid(const Cell& cell) {
  if (const auto* value = std::get_if<Uuid>(&cell)) {
    return *value;
  }
  const auto* text = std::get_if<std::string>(&cell);
  return text == nullptr ? std::nullopt : Uuid::parse(*text);
}

std::optional<TimeNs> as_time(const Cell& cell, const MapColumn& column) {
  if (const auto* value = std::get_if<TimeNs>(&cell)) {
    return *value;
  }
  if (column.unit == MapUnit::iso) {
    const auto* text = std::get_if<std::string>(&cell);
    const auto parsed = text == nullptr ? std::nullopt : parse_iso(*text);
    // A text without a zone says no moment.
    return parsed && parsed->offset_minutes ? std::optional(parsed->time) : std::nullopt;
  }
  constexpr std::array<double, 4> kUnits = {1.0, 1e-3, 1e-6, 1e-9};
  std::optional<double> number;
  if (const auto* value = std::get_if<std::int64_t>(&cell)) {
    number = static_cast<double>(*value);
  } else if (const auto* real = std::get_if<double>(&cell)) {
    number = *real;
  } else if (const auto* text = std::get_if<std::string>(&cell)) {
    number = parse_double(*text);
  }
  return number ? stored_time(*number, column.since_2001 ? Epoch::apple_2001 : Epoch::unix_1970,
                              kUnits[static_cast<std::size_t>(column.unit)])
                : std::nullopt;
}

// What is wrong with the value, in words; nullptr: it was set.
const char* set_value(const MapColumn& column, const Cell& cell, Event& event) {
  const Field field = column.field->field;
  switch (column.field->shape) {
    case MapShape::text:
      if (auto value = as_text(cell)) {
        event.fields.set(field, ellipsize(to_valid_utf8(*value), kMaxStoreText));
        return nullptr;
      }
      return "is no text";
    case MapShape::count:
    case MapShape::number:
      if (const auto value = as_integer(cell)) {
        if (*value >= 0 || column.field->shape == MapShape::number) {
          event.fields.set(field, *value);
        }
        return nullptr;
      }
      return "is no whole number";
    case MapShape::uuid:
      if (const auto value = as_uuid(cell)) {
        event.fields.set(field, *value);
        return nullptr;
      }
      return "is no UUID";
    case MapShape::time:
      if (const auto value = as_time(cell, column)) {
        event.fields.set(field, *value);
        return nullptr;
      }
      return "is no time between 2001 and 2100, as the mapping file says it is stored";
    case MapShape::words:
      break;
  }
  const auto value = as_text(cell);
  const auto word = value ? column.values.find(*value) : column.values.end();
  if (word == column.values.end()) {
    return "has a value that the mapping file does not name";
  }
  event.fields.set(field, word->second);
  return nullptr;
}

std::string_view keyed_by(const StoreMap& map) {
  const auto has = [&](Field field) {
    return std::any_of(map.columns.begin(), map.columns.end(), [&](const MapColumn& c) { return c.field->field == field; });
  };
  return has(Field::uuid)         ? "taskUUID"
         : has(Field::desc)       ? "taskDescription"
         : !has(Field::id)        ? ""
         : has(Field::identifier) ? "session+taskIdentifier"
                                  : "taskIdentifier";
}

void take_item(const StoreMap& map, const std::string& place, const Lookup& lookup, AppStoreBook& book) {
  Event event = book.entry(place);
  bool named = false;
  for (const MapColumn& column : map.columns) {
    const Cell cell = lookup(column.from);
    const auto* text = std::get_if<std::string>(&cell);
    if (std::holds_alternative<std::monostate>(cell) || (text != nullptr && text->empty())) {
      continue;
    }
    if (const char* what = set_value(column, cell, event)) {
      book.note(place, IssueKind::bad_value, column.from + " (" + std::string(column.field->name) + ") " + what);
    }
    named = named || (column.field->is_key && event.fields.has(column.field->field));
  }
  if (!named) {
    book.unusable(place, "nothing in it says which upload or task it is");
    return;
  }
  if (const auto by = keyed_by(map); !by.empty()) {
    event.fields.set(Field::keyed_by, std::string(by));
  }
  book.keep(std::move(event));
}

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    out += c;
    out += c == '"' ? "\"" : "";
  }
  return out + "\"";
}

// Names of a mapping as a table; the names live in the map, the quoted ones here.
struct MappedTable {
  explicit MappedTable(const StoreMap& map) {
    for (const MapColumn& column : map.columns) {
      names.push_back(column.from);
      sql.push_back(quoted(column.from));
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      wanted.push_back({names[i], sql[i]});
    }
    spec = {map.table, names, wanted, ""};
  }
  std::vector<std::string_view> names;
  std::vector<std::string> sql;
  std::vector<WantedColumn> wanted;
  TableSpec spec;
};

Cell cell_of(TableRow& row, int column) {
  switch (row.type(column)) {
    case ColumnType::null:
      return {};
    case ColumnType::integer: {
      const auto value = row.integer(column);
      return value ? Cell(*value) : Cell();
    }
    case ColumnType::real: {
      const auto value = row.real(column);
      return value ? Cell(*value) : Cell();
    }
    case ColumnType::text: {
      auto value = row.text(column);
      return value ? Cell(std::move(*value)) : Cell();
    }
    case ColumnType::blob:
      break;
  }
  const auto bytes = row.blob(column);
  Uuid uuid;
  if (bytes.size() != uuid.bytes.size()) {
    return Foreign{};
  }
  std::transform(bytes.begin(), bytes.end(), uuid.bytes.begin(), [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  return uuid;
}

Status read_sqlite(const StoreMap& map, const StoreFiles& files, AppStoreBook& book) {
  const MappedTable table(map);
  auto db = open_app_store(files, table.spec, "not the store of the mapping file");
  UPTRAIL_TRY(db);
  look_at_file(book);
  return read_table(*db, table.spec, book, [&](TableRow& row) {
    const Lookup lookup = [&](const std::string& from) {
      const auto it = std::find(table.names.begin(), table.names.end(), from);
      return cell_of(row, static_cast<int>(it - table.names.begin()));
    };
    take_item(map, row.name(), lookup, book);
  });
}

Status read_items(const StoreMap& map, const StoreFiles& files, AppStoreBook& book) {
  const TakeItem take = [&](const std::string& place, const Lookup& lookup) {
    if (book.full() || book.stopped()) {
      return false;
    }
    take_item(map, place, lookup, book);
    return true;
  };
  if (map.format == StoreMap::Format::json) {
    return for_each_json_item(files, map.path, take);
  }
  std::string damage;
  UPTRAIL_TRY(for_each_plist_item(files, map.path, take, damage));
  if (!damage.empty()) {
    book.broken(IssueKind::damaged, std::move(damage));
  }
  return done();
}

// The path leads somewhere, and the first item there has what the mapping file says names it.
Result<bool> probe_items(const StoreMap& map, const StoreFiles& files, std::string& why) {
  bool any = false;
  bool named = false;
  const TakeItem take = [&](const std::string& /*place*/, const Lookup& lookup) {
    any = true;
    named = std::any_of(map.columns.begin(), map.columns.end(), [&](const MapColumn& column) {
      return column.field->is_key && !std::holds_alternative<std::monostate>(lookup(column.from));
    });
    return !named;
  };
  std::string damage;
  const Status walked = map.format == StoreMap::Format::json ? for_each_json_item(files, map.path, take)
                                                             : for_each_plist_item(files, map.path, take, damage);
  if (!walked.ok()) {
    why = walked.error().message;
    return false;
  }
  why = named ? "has what the mapping file names under " + map.path
        : any ? "no item under " + map.path + " has what names an upload"
              : "nothing lies under " + map.path;
  return named;
}

}  // namespace

MappedStore::MappedStore(StoreMap map) : map_(std::move(map)), title_(map_.name + " (by a mapping file)") {
  structure_ = map_.format == StoreMap::Format::sqlite ? "table " + map_.table + "(" : "items under " + map_.path + " (";
  for (const MapColumn& column : map_.columns) {
    structure_ += (structure_.back() == '(' ? "" : ", ") + column.from;
  }
  structure_ += ")";
  info_.id = "store_map";
  info_.title = title_;
  info_.doc = "docs/formats/store_map.md";
  info_.requires_structure = structure_;
}

bool MappedStore::may_be(std::string_view head) const {
  switch (map_.format) {
    case StoreMap::Format::sqlite:
      return is_sqlite_head(head);
    case StoreMap::Format::plist:
      return plist::form_of(head) != plist::Form::none;
    case StoreMap::Format::json:
      break;
  }
  const auto first = head.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (head[first] == '{' || head[first] == '[');
}

Result<bool> MappedStore::probe(const StoreFiles& files, std::string& why) const {
  if (map_.format != StoreMap::Format::sqlite) {
    return probe_items(map_, files, why);
  }
  const MappedTable table(map_);
  return uptrail::probe_table(info_, files, table.spec, why);
}

Result<StoreStats> MappedStore::read(const StoreFiles& files, EventSink& sink) const {
  AppStoreBook book(info_, files, sink);
  book.set_bundle(map_.bundle);
  UPTRAIL_TRY(map_.format == StoreMap::Format::sqlite ? read_sqlite(map_, files, book) : read_items(map_, files, book));
  book.tell_snapshot(map_.format == StoreMap::Format::sqlite ? map_.table : map_.path, map_.complete);
  return book.stats();
}

}  // namespace uptrail
