#include "collector/analysis/reconstruct/process_states.h"

#include <algorithm>
#include <array>
#include <map>

#include "collector/analysis/reconstruct/epochs.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;
using S = ProcessState;

constexpr DurationNs kHeartbeatGap = seconds(6);  // a heartbeat is due every 5 s
constexpr DurationNs kInferredGap = seconds(2);   // without any life-cycle source

// The legal life-cycle of a process. Pairs that are not listed keep the state.
struct Transition {
  S from;
  K event;
  S to;
};
constexpr auto kTransitions = std::to_array<Transition>({
    {S::launching, K::app_foreground, S::foreground},
    {S::launching, K::app_background, S::background},
    {S::launching, K::wake_handle_events, S::background},
    {S::launching, K::app_suspend, S::suspended},
    {S::foreground, K::app_background, S::background},
    {S::foreground, K::app_suspend, S::suspended},
    {S::background, K::app_foreground, S::foreground},
    {S::background, K::app_suspend, S::suspended},
    {S::suspended, K::app_resume, S::background},
    {S::suspended, K::wake_handle_events, S::background},
    {S::suspended, K::app_foreground, S::foreground},
    {S::suspended, K::app_background, S::background},
    {S::unknown, K::app_foreground, S::foreground},
    {S::unknown, K::app_background, S::background},
    {S::unknown, K::app_suspend, S::suspended},
    {S::unknown, K::app_resume, S::background},
});

S next_state(S state, const Fact& f, bool app_side) {
  for (const Transition& t : kTransitions) {
    if (t.from == state && t.event == f.kind) {
      return t.to;
    }
  }
  // A suspended process emits nothing: it was resumed, though nobody said so.
  return state == S::suspended && app_side ? S::background : state;
}

// What is known to stop a process, though it may live on.
bool stops(const Fact& f) {
  return f.kind == K::app_suspend || f.kind == K::app_terminate || f.kind == K::app_force_quit ||
         f.kind == K::daemon_client_disconnected || f.kind == K::daemon_force_quit_noticed;
}
bool revives(const Fact& f, bool app_side) {
  return app_side || f.kind == K::app_resume || f.kind == K::app_foreground || f.kind == K::app_launch ||
         f.kind == K::daemon_client_connected;
}

class StateBuilder {
 public:
  StateBuilder(const UnitFacts& unit, std::span<const Stream> streams, const Coverage& coverage, ProcessEpoch& epoch)
      : unit_(unit), streams_(streams), coverage_(coverage), epoch_(epoch) {}

  void add(FactIndex i) { facts_.push_back(i); }

  void finish() {
    states();
    running();
  }

 private:
  const Fact& fact(FactIndex i) const { return unit_.facts[i]; }

  // Could `late` have happened before `early`, as far as the two clocks can tell?
  bool unsure(const Fact& early, const Fact& late) const {
    const Stream& a = streams_[early.stream.value];
    const Stream& b = streams_[late.stream.value];
    return a.source != b.source && late.t - early.t <= std::max(a.uncertainty, b.uncertainty);
  }

  void states() {
    S state = epoch_.launch ? S::launching : S::unknown;
    TimeNs since = epoch_.seen.start;
    const TimeNs end = epoch_.end.value_or(epoch_.seen.end);
    const Fact* suspended = nullptr;
    for (const FactIndex i : facts_) {
      const Fact& f = fact(i);
      if (f.t >= end) {
        break;
      }
      const bool app_side = is_app_side(f, streams_) && !(suspended != nullptr && unsure(*suspended, f));
      const S next = next_state(state, f, app_side);
      suspended = f.kind == K::app_suspend ? &f : suspended;
      if (next != state) {
        push_state(since, f.t, state);
        since = f.t;
        state = next;
      }
    }
    push_state(since, end, state);
  }

  void push_state(TimeNs from, TimeNs to, S state) {
    if (from < to) {
      epoch_.states.push_back({{from, to}, state});
    }
  }

  void running() {
    collect_stops();
    const bool heartbeats =
        std::any_of(facts_.begin(), facts_.end(), [&](FactIndex i) { return fact(i).kind == K::app_heartbeat; });
    if (heartbeats) {
      between_signs_of_life(kHeartbeatGap);
    } else {
      between_signs_of_life(kInferredGap - nanoseconds(1));
      by_life_cycle();
    }
    for (const Interval& i : stopped_) {
      epoch_.running.subtract(i);
    }
    epoch_.running.subtract({kTimeMin, epoch_.launch.value_or(epoch_.seen.start)});
    if (epoch_.end) {
      epoch_.running.subtract({*epoch_.end, kTimeMax});
    }
  }

  // Stretches in which the process was suspended or dead, or in which the daemon had lost it.
  void collect_stops() {
    const Fact* stop = nullptr;
    for (const FactIndex i : facts_) {
      const Fact& f = fact(i);
      if (stops(f)) {
        stop = stop == nullptr ? &f : stop;
      } else if (stop != nullptr && revives(f, is_app_side(f, streams_)) && !unsure(*stop, f)) {
        stopped_.push_back({stop->t, f.t});
        stop = nullptr;
      }
    }
    if (stop != nullptr) {
      stopped_.push_back({stop->t, kTimeMax});
    }
  }

  // Two signs of life of one source close together: the process ran in between.
  void between_signs_of_life(DurationNs gap) {
    std::map<SourceId, TimeNs> last;
    for (const FactIndex i : facts_) {
      const Fact& f = fact(i);
      if (!is_app_side(f, streams_) || f.has(kNoTime)) {
        continue;
      }
      const auto [it, first] = last.try_emplace(streams_[f.stream.value].source, f.t);
      if (!first && f.t - it->second <= gap) {
        epoch_.running.add({it->second, f.t});
      }
      it->second = std::max(it->second, f.t);
    }
  }

  // From a sign of life to the next event, if every way to stop would have been recorded.
  void by_life_cycle() {
    const TimeNs end = std::min(epoch_.end.value_or(kTimeMax), coverage_.capture_end(epoch_.domain));
    for (std::size_t k = 0; k < facts_.size(); ++k) {
      const Fact& f = fact(facts_[k]);
      if (!revives(f, is_app_side(f, streams_)) || f.kind == K::daemon_client_connected || f.has(kNoTime)) {
        continue;
      }
      const TimeNs to = k + 1 < facts_.size() ? std::min(fact(facts_[k + 1]).t, end) : end;
      if (to > f.t && stop_covered({f.t, to})) {
        epoch_.running.add({f.t, to});
      }
    }
  }

  bool stop_covered(Interval span) const {
    constexpr std::array kStops = {K::app_suspend, K::app_background, K::app_terminate, K::app_force_quit};
    return std::all_of(kStops.begin(), kStops.end(), [&](K kind) {
      const CovAnswer a = coverage_.cov(kind, {{}, epoch_.id, epoch_.domain}, span);
      // A process cannot log its own suspension: a declaration that never once came true proves nothing.
      return a.cov == Cov::yes && !(kind == K::app_suspend && a.declared_never_logged);
    });
  }

  const UnitFacts& unit_;
  std::span<const Stream> streams_;
  const Coverage& coverage_;
  ProcessEpoch& epoch_;
  std::vector<FactIndex> facts_;
  std::vector<Interval> stopped_;
};

}  // namespace

void build_process_states(const UnitFacts& unit, std::span<const Stream> streams, const Coverage& coverage,
                          std::span<const EpochId> epochs, std::vector<ProcessEpoch>& all) {
  if (epochs.empty()) {
    return;
  }
  const std::uint32_t first = epochs.front().value;  // the ids of one unit are consecutive
  std::vector<StateBuilder> builders;
  builders.reserve(epochs.size());
  for (const EpochId id : epochs) {
    builders.emplace_back(unit, streams, coverage, all[id.value]);
  }
  std::map<DomainId, EpochId> current;
  for (FactIndex i = 0; i < unit.facts.size(); ++i) {
    const Fact& f = unit.facts[i];
    if (f.epoch.valid() && f.kind != K::capture_begin) {
      builders[f.epoch.value - first].add(i);
      current[f.domain] = f.epoch;
    } else if (f.kind == K::daemon_client_disconnected && !f.has(kDevice)) {
      // Without a process id the daemon means the process that lives.
      if (const auto it = current.find(f.domain); it != current.end()) {
        builders[it->second.value - first].add(i);
      }
    }
  }
  for (StateBuilder& b : builders) {
    b.finish();
  }
}

}  // namespace uptrail::analysis
