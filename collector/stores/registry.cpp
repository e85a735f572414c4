#include <array>

#include "collector/stores/nsurlsessiond_tasks.h"
#include "collector/stores/store.h"

namespace uptrail {

std::span<const Store* const> builtin_stores() {
  static const NsurlsessiondTasks nsurlsessiond_tasks;
  static const std::array<const Store*, 1> kStores = {&nsurlsessiond_tasks};
  return kStores;
}

}  // namespace uptrail
