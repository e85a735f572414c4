// A second trace below the first one: its own lanes and selection, the same view.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "viewer/load/comparison.h"
#include "viewer/panels/state.h"

namespace uptrail::viewer {

struct Comparison {
  UiState other;  // the second trace, as it would be alone; its scale follows the first one's
  UploadDifferences uploads;
  DurationNs starts;       // from the first task of the first trace to that of the second
  bool same_time = false;  // the clock stands in line, else the first tasks do
  bool folded_before = true;
  std::optional<UploadPair> picked;
  std::vector<Effects> wanted;  // what the outside has to do for the second trace

  // A moment of the second trace stands where the first trace has this much less.
  [[nodiscard]] DurationNs shift() const { return same_time ? DurationNs{0} : starts; }
};

// Puts the case below the one that is shown. Idle time is not folded while two are compared: one scale holds for both.
void begin_comparison(std::shared_ptr<const LoadedCase> other, UiState& state);
void end_comparison(UiState& state);
// The second trace shows what the first one does. Called after every action.
void follow(UiState& state);
// Which of the two the SQL panel asks; nullopt: it is not shown.
enum class Asked : std::uint8_t { first, second };
std::optional<Asked> asked_in_sql(const UiState& state);
// A command of the SQL panel while it asks the second trace.
bool goes_to_other(const UiState& state, const Action& action);
// Both show dates, so that the same time means something.
bool can_share_time(const UiState& state);
// The lanes of the pair that was picked, in the time of the first trace; nullopt: neither has one.
std::optional<Interval> picked_span(const UiState& state);

}  // namespace uptrail::viewer
