#include "collector/stores/store_map.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "collector/base/nearest.h"

namespace uptrail {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 7> kStates = {"queued",    "waiting", "uploading", "paused",
                                                     "succeeded", "failed",  "cancelled"};
constexpr std::array<std::string_view, 4> kKinds = {"upload", "upload-file", "download", "data"};
constexpr std::size_t kMaxName = 200;

constexpr std::array<MapField, 19> kFields = {{{"id", Field::upload_id, MapShape::text, true},
                                               {"taskUUID", Field::uuid, MapShape::uuid, true},
                                               {"taskDescription", Field::desc, MapShape::text, true},
                                               {"session", Field::identifier, MapShape::text},
                                               {"task", Field::id, MapShape::count, true},
                                               {"state", Field::state, MapShape::words, false, kStates},
                                               {"kind", Field::task_kind, MapShape::words, false, kKinds},
                                               {"url", Field::url, MapShape::text},
                                               {"method", Field::method, MapShape::text},
                                               {"file", Field::file, MapShape::text},
                                               {"sent", Field::sent, MapShape::count},
                                               {"expected", Field::expected, MapShape::count},
                                               {"status", Field::status, MapShape::count},
                                               {"error", Field::error, MapShape::text},
                                               {"errorCode", Field::error_code, MapShape::number},
                                               {"errorDomain", Field::error_domain, MapShape::text},
                                               {"retries", Field::retries, MapShape::count},
                                               {"created", Field::created_at, MapShape::time},
                                               {"notBefore", Field::begin_at, MapShape::time}}};

std::string joined(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) {
    out += (out.empty() ? "" : ", ") + std::string(word);
  }
  return out;
}

// Builds the map; the first thing that is wrong is the error.
class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  Result<StoreMap> read(const Json& root) {
    UPTRAIL_TRY(take_keys(root));
    UPTRAIL_TRY(check_place());
    if (map_.columns.empty()) {
      return wrong("fields", "is missing: it says which column is what");
    }
    std::sort(map_.columns.begin(), map_.columns.end(), [](const MapColumn& a, const MapColumn& b) { return a.field < b.field; });
    if (std::none_of(map_.columns.begin(), map_.columns.end(), [](const MapColumn& c) { return c.field->is_key; })) {
      return wrong("fields", "names none of id, taskUUID, taskDescription, task: nothing would say whose row it is");
    }
    return std::move(map_);
  }

 private:
  [[nodiscard]] Error wrong(const std::string& place, const std::string& what) const {
    return fail(ErrorKind::usage, place + ": " + what, path_);
  }
  [[nodiscard]] Error unknown(const std::string& place, const std::string& key, const std::vector<std::string>& known) const {
    Error error = wrong(place, "unknown key \"" + key.substr(0, kMaxName) + "\"");
    const std::string meant = nearest(key, known);
    error.hint = meant.empty() ? "docs/formats/store_map.md has them all" : "did you mean " + meant + "?";
    return error;
  }

  Status text(const std::string& place, const Json& value, std::string& out) const {
    if (!value.is_string() || value.get_ref<const std::string&>().size() > kMaxName) {
      return wrong(place, "is no text of at most " + std::to_string(kMaxName) + " bytes");
    }
    out = value.get<std::string>();
    return done();
  }

  Status take_keys(const Json& root) {
    if (!root.is_object()) {
      return wrong("the file", "is not one JSON object");
    }
    if (const auto version = root.find("uptrail_store_map"); version == root.end() || *version != 1) {
      return wrong("uptrail_store_map", "must be 1");
    }
    for (const auto& [key, value] : root.items()) {
      if (key == "name") {
        UPTRAIL_TRY(text(key, value, map_.name));
      } else if (key == "bundle") {
        UPTRAIL_TRY(text(key, value, map_.bundle));
      } else if (key == "table") {
        UPTRAIL_TRY(text(key, value, map_.table));
      } else if (key == "path") {
        UPTRAIL_TRY(text(key, value, map_.path));
      } else if (key == "format") {
        UPTRAIL_TRY(take_format(value));
      } else if (key == "complete") {
        if (!value.is_boolean()) {
          return wrong(key, "is neither true nor false");
        }
        map_.complete = value.get<bool>();
      } else if (key == "fields") {
        UPTRAIL_TRY(take_fields(value));
      } else if (key != "uptrail_store_map" && key != "$schema") {
        return unknown("the file", key, {"name", "bundle", "table", "path", "format", "complete", "fields"});
      }
    }
    return done();
  }

  Status take_format(const Json& value) {
    std::string format;
    UPTRAIL_TRY(text("format", value, format));
    if (format == "sqlite") {
      map_.format = StoreMap::Format::sqlite;
    } else if (format == "json") {
      map_.format = StoreMap::Format::json;
    } else if (format == "plist") {
      map_.format = StoreMap::Format::plist;
    } else {
      return wrong("format", "\"" + format + "\" is none of sqlite, json, plist");
    }
    has_format_ = true;
    return done();
  }

  Status check_place() const {
    const bool sqlite = map_.format == StoreMap::Format::sqlite;
    if (!has_format_) {
      return wrong("format", "is missing: sqlite, json or plist");
    }
    if (map_.name.empty()) {
      return wrong("name", "is missing: what the store is called");
    }
    if (sqlite == map_.table.empty()) {
      return wrong("table", sqlite ? "is missing: the table that holds the uploads" : "is for SQLite; use path");
    }
    if (sqlite == !map_.path.empty()) {
      return wrong("path",
                   sqlite ? "is for JSON and property lists; use table" : "is missing: where the uploads lie, \"*\" for all");
    }
    return done();
  }

  Status take_fields(const Json& fields) {
    if (!fields.is_object()) {
      return wrong("fields", "is no object");
    }
    for (const auto& [key, value] : fields.items()) {
      const auto it = std::find_if(kFields.begin(), kFields.end(), [&name = key](const MapField& f) { return f.name == name; });
      if (it == kFields.end()) {
        std::vector<std::string> known;
        known.reserve(kFields.size());
        for (const MapField& f : kFields) {
          known.emplace_back(f.name);
        }
        return unknown("fields", key, known);
      }
      UPTRAIL_TRY(take_field(*it, value));
    }
    return done();
  }

  Status take_field(const MapField& field, const Json& value) {
    const std::string place = "fields." + std::string(field.name);
    MapColumn column;
    column.field = &field;
    if (!value.is_object()) {
      UPTRAIL_TRY(text(place, value, column.from));
    } else {
      UPTRAIL_TRY(take_details(place, value, column));
    }
    if (column.from.empty()) {
      return wrong(place, "has no \"from\": the column or key that holds it");
    }
    if (field.shape == MapShape::words && column.values.empty()) {
      for (const std::string_view word : field.words) {
        column.values.emplace(word, word);
      }
    }
    map_.columns.push_back(std::move(column));
    return done();
  }

  Status take_details(const std::string& place, const Json& details, MapColumn& column) {
    const MapShape shape = column.field->shape;
    for (const auto& [key, value] : details.items()) {
      if (key == "from") {
        UPTRAIL_TRY(text(place + ".from", value, column.from));
      } else if (key == "values" && shape == MapShape::words) {
        UPTRAIL_TRY(take_values(place + ".values", value, column));
      } else if (key == "epoch" && shape == MapShape::time) {
        if (value != 1970 && value != 2001) {
          return wrong(place + ".epoch", "is neither 1970 nor 2001");
        }
        column.since_2001 = value == 2001;
      } else if (key == "unit" && shape == MapShape::time) {
        UPTRAIL_TRY(take_unit(place + ".unit", value, column));
      } else {
        return unknown(place, key,
                       shape == MapShape::time    ? std::vector<std::string>{"from", "epoch", "unit"}
                       : shape == MapShape::words ? std::vector<std::string>{"from", "values"}
                                                  : std::vector<std::string>{"from"});
      }
    }
    return done();
  }

  Status take_values(const std::string& place, const Json& values, MapColumn& column) const {
    if (!values.is_object() || values.empty()) {
      return wrong(place, "is no object of stored value → word");
    }
    const auto& words = column.field->words;
    for (const auto& [stored, word] : values.items()) {
      std::string meaning;
      UPTRAIL_TRY(text(place + "." + stored.substr(0, kMaxName), word, meaning));
      if (std::find(words.begin(), words.end(), meaning) == words.end()) {
        return wrong(place + "." + stored.substr(0, kMaxName), "\"" + meaning + "\" is none of " + joined(words));
      }
      column.values.emplace(stored, std::move(meaning));
    }
    return done();
  }

  Status take_unit(const std::string& place, const Json& value, MapColumn& column) const {
    constexpr std::array<std::string_view, 5> kUnits = {"s", "ms", "us", "ns", "iso"};
    std::string unit;
    UPTRAIL_TRY(text(place, value, unit));
    const auto it = std::find(kUnits.begin(), kUnits.end(), unit);
    if (it == kUnits.end()) {
      return wrong(place, "\"" + unit + "\" is none of " + joined(kUnits));
    }
    column.unit = static_cast<MapUnit>(it - kUnits.begin());
    return done();
  }

  const std::string& path_;
  StoreMap map_;
  bool has_format_ = false;
};

}  // namespace

std::span<const MapField> map_fields() { return kFields; }

Result<StoreMap> parse_store_map(std::string_view text, const std::string& shown_path) {
  Json root;
  try {
    root = Json::parse(text);
  } catch (const Json::parse_error& e) {
    return fail(ErrorKind::usage, "the file is no JSON", shown_path, static_cast<std::uint64_t>(e.byte));
  }
  return Reader(shown_path).read(root);
}

}  // namespace uptrail
