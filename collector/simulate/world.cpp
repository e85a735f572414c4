#include "collector/simulate/world.h"

#include <algorithm>

namespace uptrail::simulate {

World::World(const SimulateOptions& o) : options(o), random(o.seed), clock(o.start), log(clock, random, o.bundle, o.process) {
  for (int i = 0; i < o.sessions; ++i) {
    SimSession session;
    session.identifier = i == 0 ? "photos" : "photos-" + std::to_string(i + 1);
    session.uuid = random.uuid();
    sessions.push_back(std::move(session));
  }
  build = std::to_string(random.between(100, 900));
}

std::vector<std::string> World::app_kinds() {
  std::vector<std::string> out;
  for (const EventKind kind : kinds_of(Observer::app)) {
    out.emplace_back(kind_name(kind));
  }
  return out;
}

void World::set_online(bool on) {
  online = on;
  log.device(EventKind::device_network).with(Field::satisfied, on).text(Field::interface, on ? "wifi" : "other");
  daemon.network_changed();
}

bool World::all_told() const {
  return std::all_of(tasks.begin(), tasks.end(),
                     [](const SimTask& t) { return t.told || t.lost || (t.live() && (!t.resumed || t.plan.manual)); });
}

void World::finish_all(DurationNs most) {
  const TimeNs last = clock.now() + most;
  while (!all_told() && clock.now() < last) {
    clock.run_for(seconds(10));
  }
}

}  // namespace uptrail::simulate
