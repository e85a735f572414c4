#include "collector/pipeline/store_titles.h"

#include "collector/stores/store.h"

namespace uptrail {

std::string store_title(std::string_view id) {
  for (const Store* store : builtin_stores()) {
    if (store->info().id == id) return std::string(store->info().title);
  }
  return id == "store_map" ? "the app's own store, read with a mapping file" : std::string(id);
}

}  // namespace uptrail
