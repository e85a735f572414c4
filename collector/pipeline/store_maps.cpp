#include "collector/pipeline/store_maps.h"

#include "collector/input/input.h"
#include "collector/stores/mapped_store.h"

namespace uptrail {

namespace {
constexpr std::size_t kMaxMapFile = std::size_t{1} << 20U;
}  // namespace

Result<UserStores> load_store_maps(const std::vector<std::string>& paths) {
  UserStores stores;
  for (const std::string& path : paths) {
    const auto text = read_small_file(path, kMaxMapFile);
    UPTRAIL_TRY(text);
    auto map = parse_store_map(*text, path);
    UPTRAIL_TRY(map);
    stores.push_back(std::make_shared<const MappedStore>(map.take()));
  }
  return stores;
}

}  // namespace uptrail
