#include <array>

#include "collector/stores/nsurlsessiond_tasks.h"
#include "collector/stores/powerlog.h"
#include "collector/stores/store.h"

namespace uptrail {

bool Store::belongs(std::string_view /*name*/) const { return false; }

std::span<const Store* const> builtin_stores() {
  static const NsurlsessiondTasks nsurlsessiond_tasks;
  static const Powerlog powerlog;
  static const std::array<const Store*, 2> kStores = {&nsurlsessiond_tasks, &powerlog};
  return kStores;
}

}  // namespace uptrail
