// Metadata of TUSKit (uploads by the tus protocol): a folder with one property list an upload. docs/formats/tuskit.md
#pragma once

#include "collector/stores/store.h"

namespace uptrail {

class TusKit final : public Store {
 public:
  [[nodiscard]] const StoreInfo& info() const override;
  [[nodiscard]] bool may_be(std::string_view head) const override;
  Result<bool> probe(const StoreFiles& files, std::string& why) const override;
  Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const override;
};

}  // namespace uptrail
