// What facts that come from persisted stores hold besides what facts.h says of all: the store of store.session stands in
// Fact::also, as that of store.entry does; and these flags.
#pragma once

#include <cstdint>

namespace uptrail::analysis {

inline constexpr std::uint8_t kDiscretionary = 64;  // store.entry, daemon.task-finished, -retry: the task is discretionary
inline constexpr std::uint8_t kBeginsLater = 128;   // store.entry: the app set an earliestBeginDate

}  // namespace uptrail::analysis
