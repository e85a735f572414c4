// powerlog_*.PLSQL: the power log of a device. Its table of background transfers is nsurlsessiond's own account of every task,
// with history, and every sysdiagnose has it. docs/formats/powerlog.md
#pragma once

#include "collector/stores/store.h"

namespace uptrail {

// Events are of their own time, in the order of the rows; there is no snapshot.
class Powerlog final : public Store {
 public:
  [[nodiscard]] const StoreInfo& info() const override;
  [[nodiscard]] bool may_be(std::string_view head) const override;
  Result<bool> probe(const StoreFiles& files, std::string& why) const override;
  Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const override;
};

}  // namespace uptrail
