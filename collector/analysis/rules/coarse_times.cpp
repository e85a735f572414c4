#include "collector/analysis/rules/coarse_times.h"

#include <algorithm>
#include <array>

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis::rules {

// The clock of such a log is uncertain by a second at least, and all its times are whole; elsewhere two whole seconds are chance.
DurationNs coarseness(const World& world, FactIndex a, FactIndex b) {
  const auto whole = [&](FactIndex i) {
    const Fact& fact = world.fact(i);
    if (!fact.stream.valid() || fact.has(kNoTime)) return false;
    const Stream& stream = world.streams()[fact.stream.value];
    return stream.uncertainty >= seconds(1) && (fact.t.ns - stream.offset.ns) % seconds(1).ns == 0;
  };
  const std::array both = {a, b};
  return std::all_of(both.begin(), both.end(), whole) ? seconds(1) : DurationNs{};
}

bool maybe_near_in_time(const World& world, FactIndex a, FactIndex b, DurationNs distance) {
  return near_in_time(world, a, b, distance + coarseness(world, a, b));
}

}  // namespace uptrail::analysis::rules
