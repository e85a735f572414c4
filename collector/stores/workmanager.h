// androidx.work.workdb: what Android's WorkManager remembers of the work that an app gave it. docs/formats/workmanager.md
#pragma once

#include "collector/stores/store.h"

namespace uptrail {

class WorkManager final : public Store {
 public:
  [[nodiscard]] const StoreInfo& info() const override;
  [[nodiscard]] bool may_be(std::string_view head) const override;
  Result<bool> probe(const StoreFiles& files, std::string& why) const override;
  Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const override;
};

}  // namespace uptrail
