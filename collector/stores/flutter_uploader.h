// Results of Flutter's flutter_uploader: one property list to which entries are appended. docs/formats/flutter_uploader.md
#pragma once

#include "collector/stores/store.h"

namespace uptrail {

class FlutterUploader final : public Store {
 public:
  [[nodiscard]] const StoreInfo& info() const override;
  [[nodiscard]] bool may_be(std::string_view head) const override;
  Result<bool> probe(const StoreFiles& files, std::string& why) const override;
  Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const override;
};

}  // namespace uptrail
