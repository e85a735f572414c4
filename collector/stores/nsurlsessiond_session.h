// The property lists that nsurlsessiond keeps for one session, in a folder of its own: configuration, options, tasks (before
// tasks.sqlite), and its copies of bodies. docs/formats/nsurlsessiond_session.md
#pragma once

#include "collector/stores/store.h"

namespace uptrail {

// Gathers: each property list is known by its content; one alone is enough.
class NsurlsessiondSession final : public Store {
 public:
  [[nodiscard]] const StoreInfo& info() const override;
  [[nodiscard]] bool may_be(std::string_view head) const override;
  [[nodiscard]] bool belongs(std::string_view name) const override;
  Result<bool> probe(const StoreFiles& files, std::string& why) const override;
  Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const override;
};

}  // namespace uptrail
