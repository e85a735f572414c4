#include "collector/simulate/degrade.h"

#include <algorithm>
#include <set>
#include <string>

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

bool of_system(const Event& e) { return e.observer == Observer::daemon || e.observer == Observer::sys; }

void sort_by_time(std::vector<Event>& events) {
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.t_src < b.t_src; });
}

}  // namespace

void keep_observers(std::vector<Event>& events, const std::vector<Observer>& kept) {
  std::erase_if(events, [&](const Event& e) { return std::find(kept.begin(), kept.end(), e.observer) == kept.end(); });
}

void cut(std::vector<Event>& events, TimeNs end) {
  std::erase_if(events, [&](const Event& e) { return e.t_src && *e.t_src >= end; });
}

void add_gap(std::vector<Event>& events, TimeNs from, TimeNs to) {
  std::set<Observer> silent;
  std::vector<Event> begins;
  std::erase_if(events, [&](const Event& e) {
    const bool recorded = e.observer != Observer::store;  // a store is copied, not recorded
    const bool inside = recorded && e.t_src && from <= *e.t_src && *e.t_src < to;
    return inside && e.kind != K::capture_begin && e.kind != K::capture_end;
  });
  for (const Event& e : events) {
    if (e.observer != Observer::store && silent.insert(e.observer).second) {
      Event gap;
      gap.kind = K::capture_gap;
      gap.observer = e.observer;
      gap.t_src = to;
      gap.fields.set(F::source, std::string(observer_name(e.observer)));
      gap.fields.set(F::from, from);
      gap.fields.set(F::to, to);
      gap.fields.set(F::reason, std::string("dropped"));
      begins.push_back(std::move(gap));
    }
  }
  events.insert(events.end(), begins.begin(), begins.end());
  sort_by_time(events);
}

void skew(std::vector<Event>& events, DurationNs by) {
  for (Event& e : events) {
    if (of_system(e) && e.t_src) {
      e.t_src = *e.t_src + by;
    }
  }
  sort_by_time(events);
}

void redact(std::vector<Event>& events) {
  for (Event& e : events) {
    if (e.observer != Observer::daemon) {
      continue;
    }
    if (e.kind == K::capture_begin) {
      e.fields.set(F::redacted, true);
      continue;
    }
    e.bundle.clear();
    e.fields.set(F::identifier, Value());
  }
}

Split split_by_log(const std::vector<Event>& events) {
  Split out;
  for (const Event& e : events) {
    (of_system(e) ? out.system : out.app).push_back(e);
  }
  return out;
}

}  // namespace uptrail::simulate
