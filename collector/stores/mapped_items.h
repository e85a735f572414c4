// The items of a JSON file or a property list that a path leads to, and what they hold. Private to this folder.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "collector/base/ids.h"
#include "collector/base/result.h"
#include "collector/base/time.h"
#include "collector/stores/store.h"
#include "collector/stores/store_map.h"

namespace uptrail {

// What a store holds in one place. monostate: nothing. Foreign: an object, a list, or bytes that are no UUID.
struct Foreign {};
using Cell = std::variant<std::monostate, bool, std::int64_t, double, std::string, Uuid, TimeNs, Foreign>;

// Looks up a dotted path in an item.
using Lookup = std::function<Cell(const std::string& from)>;
// False: no further item is wanted.
using TakeItem = std::function<bool(const std::string& place, const Lookup& lookup)>;

// Errors: too large, no JSON or property list. `damage` gets what could not be read although the rest could.
Status for_each_json_item(const StoreFiles& files, const std::string& path, const TakeItem& take);
Status for_each_plist_item(const StoreFiles& files, const std::string& path, const TakeItem& take, std::string& damage);

}  // namespace uptrail
