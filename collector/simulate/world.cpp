#include "collector/simulate/world.h"

#include <algorithm>

namespace uptrail::simulate {

World::World(const SimulateOptions& o) : options(o), random(o.seed), clock(o.start), log(clock, random, o.bundle, o.process) {
  for (int i = 0; i < o.sessions; ++i) {
    add_session(i == 0 ? "photos" : "photos-" + std::to_string(i + 1));
  }
  build = std::to_string(random.between(100, 900));
}

std::size_t World::add_session(const std::string& identifier) {
  SimSession& session = sessions.emplace_back();
  session.identifier = identifier;
  session.uuid = random.uuid();
  return sessions.size() - 1;
}

void World::linger(DurationNs low, DurationNs high) {
  pause(low, high);
  while (!meanwhile.empty() && app.state() == AppState::foreground && random.chance(60)) {
    const auto next = std::move(meanwhile.back());
    meanwhile.pop_back();
    next();
    pause(low, high);
  }
}

void World::read_app_store() {
  log.store(EventKind::store_snapshot)
      .text(Field::store, "app")
      .with(Field::complete, true)
      .with(Field::taken_at, clock.now())
      .with(Field::count, static_cast<std::int64_t>(app.records.size()));
  for (const auto& [upload, record] : app.records) {
    Said said = log.store(EventKind::store_entry);
    said.text(Field::store, "app").text(Field::upload_id, upload).text(Field::state, record.state);
    said.text(Field::identifier, sessions[record.session].identifier).text(Field::keyed_by, "uuid");
    if (record.task) {
      said.with(Field::uuid, *record.task);
    }
  }
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
