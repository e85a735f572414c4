// tasks.sqlite: what nsurlsessiond, the daemon that runs background sessions, has written down about every task.
// docs/formats/nsurlsessiond_tasks.md
#pragma once

#include "collector/stores/store.h"

namespace uptrail {

class NsurlsessiondTasks final : public Store {
 public:
  [[nodiscard]] const StoreInfo& info() const override;
  [[nodiscard]] bool may_be(std::string_view head) const override;
  Result<bool> probe(const StoreFiles& files, std::string& why) const override;
  Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const override;
};

}  // namespace uptrail
