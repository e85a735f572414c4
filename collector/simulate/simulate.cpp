#include "collector/simulate/simulate.h"

#include <algorithm>

#include "collector/simulate/faults.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

Status check(const SimulateOptions& o) {
  const auto range = [](std::string_view what, std::int64_t value, std::int64_t low, std::int64_t high) -> Status {
    if (low <= value && value <= high) {
      return done();
    }
    return fail(ErrorKind::usage, std::string(what) + " must be " + std::to_string(low) + " to " + std::to_string(high));
  };
  UPTRAIL_TRY(range("the number of sessions", o.sessions, 1, kMaxSessions));
  UPTRAIL_TRY(range("the number of tasks", o.tasks, 0, kMaxTasks));
  UPTRAIL_TRY(range("the number of hours", o.hours, 1, kMaxHours));
  for (const std::string& id : o.faults) {
    if (find_fault(id) == nullptr) {
      return fail(ErrorKind::usage, "there is no fault \"" + id + "\"");
    }
  }
  return done();
}

// One step of the day: a number of uploads that go well, or a fault.
struct Step {
  int uploads = 0;
  const Fault* fault = nullptr;
  std::vector<const Fault*> others;  // while it goes on
  [[nodiscard]] bool lasts() const { return fault != nullptr && fault->lasts; }
};

// Those that can go on beside others come last, so that they find one.
void plan_faults(World& world, std::vector<Step>& steps) {
  std::vector<const Fault*> faults;
  for (const std::string& id : world.options.faults) {
    faults.push_back(find_fault(id));
  }
  std::stable_partition(faults.begin(), faults.end(), [](const Fault* f) { return !can_go_beside(*f); });
  std::vector<std::size_t> hosts;
  for (const Fault* fault : faults) {
    if (world.options.overlap && can_go_beside(*fault) && !hosts.empty() && world.random.chance(80)) {
      Step& host = steps[hosts[world.random.below(hosts.size())]];
      if (!host.fault->lasts || fault->beside != Beside::nothing) {
        host.others.push_back(fault);
        continue;
      }
    }
    hosts.push_back(steps.size());
    steps.push_back({0, fault, {}});
  }
}

std::vector<Step> plan_day(World& world) {
  std::vector<Step> steps;
  for (int left = world.options.tasks; left > 0;) {
    const int now = std::min(left, static_cast<int>(world.random.between(1, 4)));
    steps.push_back({now, nullptr, {}});
    left -= now;
  }
  plan_faults(world, steps);
  for (std::size_t i = steps.size(); i > 1; --i) {
    std::swap(steps[i - 1], steps[world.random.below(i)]);
  }
  std::stable_partition(steps.begin(), steps.end(), [](const Step& s) { return !s.lasts(); });
  return steps;
}

void manifest(World& world, K kind, Observer observer) {
  world.log.say(observer, kind).text(F::source, observer_name(observer));
  Event& event = world.log.events().back();
  event.process.clear();
  event.pid.reset();
  event.bundle.clear();
  if (kind == K::capture_begin) {
    std::vector<std::string> kinds;
    for (const K k : kinds_of(observer)) {
      kinds.emplace_back(kind_name(k));
    }
    event.fields.set(F::kinds, std::move(kinds));
    event.fields.set(F::reason, std::string("synthetic"));
  }
}

void write_truth(World& world) {
  Truth& truth = world.truth;
  truth.seed = world.options.seed;
  truth.bundle = world.options.bundle;
  truth.from = world.options.start;
  truth.to = world.clock.now();
  for (const SimTask& t : world.tasks) {
    TrueTask out{t.uuid, t.id, world.sessions[t.session].identifier, t.upload, t.created, "running", t.code, t.status, t.told};
    if (!t.live()) {
      const bool good = t.code == 0 && t.status >= 200 && t.status < 300;
      out.end = good ? "succeeded" : t.cancelled ? "cancelled" : "failed";
    }
    truth.tasks.push_back(std::move(out));
  }
}

}  // namespace

Result<Simulated> simulate(const SimulateOptions& options) {
  const Status ok = check(options);
  if (!ok.ok()) {
    return ok.error();
  }
  SimulateOptions o = options;
  for (const std::string& id : o.faults) {
    o.sessions = std::max(o.sessions, find_fault(id)->sessions);
  }
  World world(o);
  for (const Observer observer : {Observer::cfn, Observer::daemon, Observer::sys}) {
    manifest(world, K::capture_begin, observer);
  }
  const std::vector<Step> steps = plan_day(world);
  world.log.device(K::device_network).with(F::satisfied, true).text(F::interface, "wifi");  // as it is
  const DurationNs length{hours(o.hours).ns / static_cast<std::int64_t>(steps.size() + 1)};
  world.pause(seconds(12), seconds(40));
  for (const Step& step : steps) {
    if (step.fault == nullptr) {
      healthy_episode(world, step.uploads, length);
      continue;
    }
    make_ready(world);
    world.pause(seconds(11), seconds(20));  // not "at launch"
    play(world, *step.fault, step.others);
  }
  make_ready(world);
  world.pause(seconds(60), seconds(90));
  if (steps.empty() || !steps.back().lasts()) {
    leave(world);
    world.pause(seconds(30), seconds(90));
  }
  for (const Observer observer : {Observer::cfn, Observer::daemon, Observer::sys}) {
    manifest(world, K::capture_end, observer);
  }
  write_truth(world);
  return Simulated{std::move(world.log.events()), std::move(world.truth)};
}

std::vector<FaultInfo> fault_list() {
  std::vector<FaultInfo> out;
  for (const Fault& fault : all_faults()) {
    out.push_back({fault.id, fault.summary, fault.severity});
  }
  return out;
}

std::vector<std::string> random_faults(std::uint64_t seed, int count) {
  Random random(seed ^ 0x5eedfa17U);
  std::vector<std::string> all;
  std::vector<std::string> out;
  while (static_cast<int>(out.size()) < count) {
    if (all.empty()) {
      for (const Fault& fault : all_faults()) {
        all.emplace_back(fault.id);
      }
    }
    const std::size_t at = random.below(all.size());
    out.push_back(all[at]);
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return out;
}

}  // namespace uptrail::simulate
