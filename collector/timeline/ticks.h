// Ruler ticks at round times.
#pragma once

#include <string>
#include <vector>

#include "collector/timeline/layout.h"

namespace uptrail::timeline {

// At least `min_px` apart; labels in the given zone. Only ticks inside [0, width].
std::vector<Tick> make_ticks(const TimeScale& scale, double width, AxisKind axis, int zone_offset_minutes, double min_px,
                             bool twelve_hours = false);

std::string twelve_hour_clock(const std::string& clock);  // "14:41:03.250" gives "2:41:03.250 PM"

}  // namespace uptrail::timeline
