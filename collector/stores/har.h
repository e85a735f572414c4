// HAR 1.2 ("HTTP Archive"): what a proxy, a browser or a network logger saw of HTTP exchanges. Plain transport facts: it knows no
// session, no task and no app.
#pragma once

#include "collector/stores/store.h"

namespace uptrail {

class Har final : public Store {
 public:
  [[nodiscard]] const StoreInfo& info() const override;
  [[nodiscard]] bool may_be(std::string_view head) const override;
  Result<bool> probe(const StoreFiles& files, std::string& why) const override;
  Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const override;
};

}  // namespace uptrail
