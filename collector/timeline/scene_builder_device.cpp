// The lanes above the app: the device, nsurlsessiond, connections.
#include <algorithm>
#include <cmath>

#include "collector/timeline/scene_builder.h"

namespace uptrail::timeline {

bool SceneBuilder::has_event(std::initializer_list<EventKind> kinds) const {
  return std::any_of(events_.begin(), events_.end(),
                     [&](const Event& e) { return std::find(kinds.begin(), kinds.end(), e.kind) != kinds.end(); });
}

// Ends what was so and begins what is so from now on; nullopt: nothing worth a bar.
void SceneBuilder::turn(std::uint32_t lane, State& state, TimeNs t, std::optional<BarStyle> next, std::string_view label) {
  const TextId text = scene_.texts.intern(label);
  if (state.since && next && state.style == *next && state.label == text) return;
  if (state.since) add_bar(lane, {*state.since, t}, state.style, state.label);
  state.since.reset();
  if (next) state = {t, *next, text};
}

void SceneBuilder::add_device() {
  using K = EventKind;
  if (!has_event({K::device_boot, K::device_first_unlock, K::device_lock, K::device_network, K::device_power, K::daemon_start,
                  K::daemon_exit})) {
    return;
  }
  const auto named =
      std::find_if(derived_.units.begin(), derived_.units.end(), [](const Unit& unit) { return !unit.device.empty(); });
  const std::uint32_t heading = add_lane(LaneKind::device, kNoLane, named == derived_.units.end() ? "Device" : named->device, "");
  if (has_event({K::device_network})) add_network(heading);
  if (has_event({K::device_power})) add_power(heading);
  if (has_event({K::device_lock, K::device_boot, K::device_first_unlock})) add_lock(heading);
  if (has_event({K::daemon_start, K::daemon_exit})) add_daemon(heading);
}

void SceneBuilder::add_network(std::uint32_t parent) {
  const std::uint32_t lane = add_lane(LaneKind::device, parent, "network", "");
  State state;
  for (const Event& e : events_) {
    if (e.kind != EventKind::device_network) continue;
    note_clock(lane, e.stream);
    const bool up = e.fields.boolean(Field::satisfied).value_or(true);
    turn(lane, state, e.t, up ? BarStyle::device_online : BarStyle::device_offline,
         up ? e.fields.text(Field::interface) : std::string_view());
  }
  turn(lane, state, kTimeMax, std::nullopt);
}

void SceneBuilder::add_power(std::uint32_t parent) {
  const std::uint32_t lane = add_lane(LaneKind::device, parent, "power", "");
  State state;
  bool charging = false;
  bool low = false;
  for (const Event& e : events_) {
    if (e.kind != EventKind::device_power) continue;
    note_clock(lane, e.stream);
    charging = e.fields.boolean(Field::charging).value_or(charging);
    low = e.fields.boolean(Field::low_power).value_or(low);
    std::optional<BarStyle> next;
    if (charging) next = BarStyle::device_charging;
    if (low) next = BarStyle::device_low_power;
    turn(lane, state, e.t, next);
    if (const auto level = e.fields.real(Field::level)) {
      add_mark(lane, e.t, MarkStyle::other, "battery " + std::to_string(std::lround(std::clamp(*level, 0.0, 1.0) * 100)) + " %");
    }
  }
  turn(lane, state, kTimeMax, std::nullopt);
}

void SceneBuilder::add_lock(std::uint32_t parent) {
  const std::uint32_t lane = add_lane(LaneKind::device, parent, "lock", "and boot");
  State state;
  for (const Event& e : events_) {
    if (e.kind == EventKind::device_boot) {
      turn(lane, state, e.t, std::nullopt);
      add_mark(lane, e.t, MarkStyle::launch, "the device started");
    } else if (e.kind == EventKind::device_first_unlock) {
      turn(lane, state, e.t, std::nullopt);
      add_mark(lane, e.t, MarkStyle::other, "first unlock after the start");
    } else if (e.kind == EventKind::device_lock) {
      note_clock(lane, e.stream);
      const bool locked = e.fields.boolean(Field::locked).value_or(false);
      turn(lane, state, e.t, locked ? std::optional(BarStyle::device_locked) : std::nullopt);
    }
  }
  turn(lane, state, kTimeMax, std::nullopt);
}

void SceneBuilder::add_daemon(std::uint32_t parent) {
  const std::uint32_t lane = add_lane(LaneKind::daemon, parent, "nsurlsessiond", "process");
  State state;
  for (const Event& e : events_) {
    if (e.kind == EventKind::daemon_start || e.kind == EventKind::daemon_exit) note_clock(lane, e.stream);
    if (e.kind == EventKind::daemon_start) {
      turn(lane, state, e.t, std::nullopt);
      turn(lane, state, e.t, BarStyle::daemon_running);
      add_mark(lane, e.t, MarkStyle::launch, "nsurlsessiond started");
    } else if (e.kind == EventKind::daemon_exit) {
      turn(lane, state, e.t, std::nullopt);
      add_mark(lane, e.t, MarkStyle::terminate, "nsurlsessiond ended");
    }
  }
  turn(lane, state, kTimeMax, std::nullopt);
}

// The session's connection to nsurlsessiond, as CFNetwork and the daemon tell it.
void SceneBuilder::add_connection(const Session& session, std::uint32_t parent) {
  std::uint32_t lane = kNoLane;
  State state;
  for (const Event& e : events_) {
    if (e.session != session.id) continue;
    std::optional<BarStyle> next;
    switch (e.kind) {
      case EventKind::session_setup_ok:
      case EventKind::daemon_client_connected:
      case EventKind::session_connection_restored:
        next = BarStyle::connection_up;
        break;
      case EventKind::session_connection_lost:
        next = BarStyle::connection_lost;
        break;
      case EventKind::daemon_client_disconnected:
        break;
      default:
        continue;
    }
    if (lane == kNoLane) lane = add_lane(LaneKind::connection, parent, "connection", "to nsurlsessiond");
    note_clock(lane, e.stream);
    turn(lane, state, e.t, next);
  }
  if (lane == kNoLane) return;
  // The end of the last life of the process ends its connection, too.
  TimeNs end = kTimeMax;
  for (const ObjectId id : session.objects) {
    const SessionObject& o = derived_.objects[id.value];
    if (o.epoch.valid()) end = life_end(o.epoch);
  }
  turn(lane, state, state.since && end < *state.since ? kTimeMax : end, std::nullopt);
}

}  // namespace uptrail::timeline
