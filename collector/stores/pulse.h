// Pulse, the network logger that some apps ship: its document (a SQLite file with the compressed database inside) and its
// database, as it lies in the directory form and in the ZIP form. docs/formats/pulse.md
#pragma once

#include "collector/stores/store.h"

namespace uptrail {

class Pulse final : public Store {
 public:
  [[nodiscard]] const StoreInfo& info() const override;
  [[nodiscard]] bool may_be(std::string_view head) const override;
  Result<bool> probe(const StoreFiles& files, std::string& why) const override;
  Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const override;
};

}  // namespace uptrail
