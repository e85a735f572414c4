// An app's own store, read as a mapping file says.
#pragma once

#include "collector/stores/store.h"
#include "collector/stores/store_map.h"

namespace uptrail {

class MappedStore final : public Store {
 public:
  explicit MappedStore(StoreMap map);
  MappedStore(const MappedStore&) = delete;
  MappedStore& operator=(const MappedStore&) = delete;
  [[nodiscard]] const StoreInfo& info() const override { return info_; }
  [[nodiscard]] bool may_be(std::string_view head) const override;
  Result<bool> probe(const StoreFiles& files, std::string& why) const override;
  Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const override;

 private:
  StoreMap map_;
  std::string title_, structure_;
  StoreInfo info_;
};

// A file of JSON or a property list that is larger is refused.
inline constexpr std::uint64_t kMaxMappedFile = 64U << 20U;

}  // namespace uptrail
