// BOXURLSessionCache, the directory tree in which Box's Objective-C SDK keeps its background tasks.
// docs/formats/box_session_cache.md
#pragma once

#include "collector/stores/store.h"

namespace uptrail {

class BoxSessionCache final : public Store {
 public:
  [[nodiscard]] const StoreInfo& info() const override;
  [[nodiscard]] bool may_be(std::string_view head) const override;
  [[nodiscard]] std::string_view folder(std::string_view path) const override;
  [[nodiscard]] bool belongs(std::string_view name) const override;
  Result<bool> probe(const StoreFiles& files, std::string& why) const override;
  Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const override;
};

}  // namespace uptrail
