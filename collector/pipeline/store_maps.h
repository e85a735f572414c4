// Mapping files for apps' own stores (docs/formats/store_map.md).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/stores/store.h"

namespace uptrail {

using UserStores = std::vector<std::shared_ptr<const Store>>;

// One reader for each file, in their order. Errors name the file, the place in it and the cause.
Result<UserStores> load_store_maps(const std::vector<std::string>& paths);

}  // namespace uptrail
