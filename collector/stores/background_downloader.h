// Task records of Flutter's background_downloader: a folder with one JSON file a task. docs/formats/background_downloader.md
#pragma once

#include "collector/stores/store.h"

namespace uptrail {

class BackgroundDownloader final : public Store {
 public:
  [[nodiscard]] const StoreInfo& info() const override;
  [[nodiscard]] bool may_be(std::string_view head) const override;
  Result<bool> probe(const StoreFiles& files, std::string& why) const override;
  Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const override;
};

}  // namespace uptrail
