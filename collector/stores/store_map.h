// A mapping file: how to read an app's own store, which nobody else knows (docs/formats/store_map.md,
// schemas/store_map.schema.json).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/model/event.h"

namespace uptrail {

// How a value becomes the value of a field.
enum class MapShape : std::uint8_t { text, count, number, uuid, time, words };

struct MapField {
  std::string_view name;  // in the mapping file: "taskDescription"
  Field field;
  MapShape shape;
  bool is_key = false;                        // names the upload or its task
  std::span<const std::string_view> words{};  // shape words: what is allowed
};
std::span<const MapField> map_fields();

enum class MapUnit : std::uint8_t { s, ms, us, ns, iso };

struct MapColumn {
  const MapField* field = nullptr;            // of map_fields()
  std::string from;                           // column, or dotted path in an item; "$key": its key in the dictionary around it
  std::map<std::string, std::string> values;  // stored text → word
  bool since_2001 = false;
  MapUnit unit = MapUnit::s;
};

struct StoreMap {
  enum class Format : std::uint8_t { sqlite, json, plist };
  std::string name;  // for people
  Format format = Format::sqlite;
  std::string table;   // SQLite
  std::string path;    // JSON, plist: where the uploads lie; each "*" stands for every item or entry
  std::string bundle;  // "": not said
  bool complete = false;
  std::vector<MapColumn> columns;  // in the order of map_fields()
};

// Errors are ErrorKind::usage, with the file and the place in it: "fields.state.values: …".
Result<StoreMap> parse_store_map(std::string_view text, const std::string& shown_path);

}  // namespace uptrail
