// GTMSessionFetcher's list of live sessions, in the preferences of an app. docs/formats/gtm_session_fetcher.md
#pragma once

#include "collector/stores/store.h"

namespace uptrail {

class GtmSessionFetcher final : public Store {
 public:
  [[nodiscard]] const StoreInfo& info() const override;
  [[nodiscard]] bool may_be(std::string_view head) const override;
  Result<bool> probe(const StoreFiles& files, std::string& why) const override;
  Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const override;
};

}  // namespace uptrail
