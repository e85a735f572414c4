// What captures lack in practice: sources that nobody recorded, a log that ends too early, gaps, another clock, redaction.
#pragma once

#include <optional>
#include <vector>

#include "collector/model/event.h"

namespace uptrail::simulate {

// Each keeps the order of time.
void keep_observers(std::vector<Event>& events, const std::vector<Observer>& kept);
// Nothing at or after `end`, as when the recording was stopped then: no capture.end either.
void cut(std::vector<Event>& events, TimeNs end);
// Nothing in [from, to), and each observer that had something to say says so: capture.gap.
void add_gap(std::vector<Event>& events, TimeNs from, TimeNs to);
// nsurlsessiond and the system print a clock that is ahead of the app's by this.
void skew(std::vector<Event>& events, DurationNs by);
// nsurlsessiond's events name neither bundle nor session identifier.
void redact(std::vector<Event>& events);

// The events that the app's own log would hold, and those of the system's log: what --split writes.
struct Split {
  std::vector<Event> app, system;
};
Split split_by_log(const std::vector<Event>& events);

}  // namespace uptrail::simulate
