#include "collector/analysis/reconstruct/process_states.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "collector/analysis/lifecycle/app_process.h"
#include "collector/analysis/reconstruct/epochs.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;
using S = ProcessState;

constexpr DurationNs kHeartbeatGap = seconds(6);  // a heartbeat is due every 5 s
constexpr DurationNs kInferredGap = seconds(2);   // without any life-cycle source

S drawn(lifecycle::State state) {
  constexpr std::array kDrawn = {S::unknown,   S::not_running, S::force_quit, S::launching,
                                 S::launching, S::foreground,  S::background, S::suspended};
  return kDrawn[state];
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

  // What was added is let go.
  void finish(lifecycle::Runner& runner, std::size_t subject) {
    launch_ = find_launch();
    states(runner, subject);
    running();
    std::vector<FactIndex>().swap(facts_);
    std::vector<Interval>().swap(stopped_);
    std::vector<Interval>().swap(ran_);
  }

  // The launch that says why, else the first one. kNoFact: none was seen. Known once finished.
  FactIndex told_launch() const { return launch_; }

 private:
  FactIndex find_launch() const {
    FactIndex first = kNoFact;
    for (const FactIndex i : facts_) {
      if (fact(i).kind == K::app_launch) {
        if (word_text(fact(i).word) == epoch_.launch_reason) {
          return i;
        }
        first = first == kNoFact ? i : first;
      }
    }
    return first;
  }
  const Fact& fact(FactIndex i) const { return unit_.facts[i]; }

  // Could `late` have happened before `early`, as far as the two clocks can tell?
  bool unsure(const Fact& early, const Fact& late) const {
    const Stream& a = streams_[early.stream.value];
    const Stream& b = streams_[late.stream.value];
    return a.source != b.source && late.t - early.t <= std::max(a.uncertainty, b.uncertainty);
  }

  void states(lifecycle::Runner& runner, std::size_t subject) {
    namespace states = lifecycle::app_process;
    if (launch_ != kNoFact) {  // whatever comes before is of the launch, too
      runner.begin(subject, states::not_running);
      runner.take(subject, facts_.front(), fact(launch_));
    } else if (epoch_.launch) {
      runner.begin(subject, states::launching);
    }
    S state = drawn(runner.state(subject));
    TimeNs since = epoch_.seen.start;
    const TimeNs end = epoch_.end.value_or(epoch_.seen.end);
    const Fact* suspended = nullptr;
    for (const FactIndex i : facts_) {
      const Fact& f = fact(i);
      if (i == launch_) {
        continue;
      }
      lifecycle::Circumstances given;
      given.of_the_app = is_app_side(f, streams_) && !(suspended != nullptr && unsure(*suspended, f));
      const S next = drawn(runner.take(subject, i, f, given).to);
      suspended = f.kind == K::app_suspend ? &f : suspended;
      if (next != state && f.t < end) {
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
    std::sort(ran_.begin(), ran_.end(), [](const Interval& a, const Interval& b) { return a.start < b.start; });
    for (const Interval& i : ran_) {
      epoch_.running.add(i);
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
        ran_.push_back({it->second, f.t});
      }
      it->second = std::max(it->second, f.t);
    }
  }

  // From a sign of life to the next event, if every way to stop would have been recorded. What is covered as a whole is covered
  // in each of its parts: many stretches are asked about at once, more and more as long as the answer is yes.
  void by_life_cycle() {
    const std::vector<Interval> stretches = after_signs_of_life();
    for (std::size_t from = 0, many = 1; from < stretches.size();) {
      many = std::min(many, stretches.size() - from);
      if (stop_covered({stretches[from].start, stretches[from + many - 1].end})) {
        for (std::size_t k = from; k < from + many; ++k) {
          ran_.push_back(stretches[k]);
        }
        from += many;
        many *= 2;
      } else if (many == 1) {
        ++from;
      } else {
        many = 1;
      }
    }
  }

  std::vector<Interval> after_signs_of_life() const {
    std::vector<Interval> out;
    const TimeNs end = std::min(epoch_.end.value_or(kTimeMax), coverage_.capture_end(epoch_.domain));
    for (std::size_t k = 0; k < facts_.size(); ++k) {
      const Fact& f = fact(facts_[k]);
      if (!revives(f, is_app_side(f, streams_)) || f.kind == K::daemon_client_connected || f.has(kNoTime)) {
        continue;
      }
      const TimeNs to = k + 1 < facts_.size() ? std::min(fact(facts_[k + 1]).t, end) : end;
      if (to > f.t) {
        out.push_back({f.t, to});
      }
    }
    return out;
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
  FactIndex launch_ = kNoFact;
  std::vector<Interval> stopped_, ran_;
};

// A launch although the process of that name before it was never seen to end.
void find_missing_ends(const std::vector<StateBuilder>& builders, const lifecycle::Runner& runner,
                       std::span<const EpochId> epochs, const std::vector<ProcessEpoch>& all,
                       std::vector<lifecycle::Break>& breaks) {
  std::map<std::pair<DomainId, std::string_view>, std::size_t> last;
  for (std::size_t e = 0; e < epochs.size(); ++e) {
    const ProcessEpoch& epoch = all[epochs[e].value];
    const auto [it, only] = last.try_emplace({epoch.domain, epoch.process}, e);
    const std::size_t before = std::exchange(it->second, e);
    const FactIndex launch = builders[e].told_launch();
    if (!only && launch != kNoFact && !all[epochs[before].value].end && runner.state(before) != lifecycle::kUnseen) {
      breaks.push_back(
          {&lifecycle::kAppProcess, nullptr, runner.since(before), launch, epochs[before].value, runner.state(before)});
    }
  }
}

}  // namespace

void build_process_states(UnitFacts& unit, std::span<const Stream> streams, const Coverage& coverage,
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
      continue;
    }
    const auto it = current.find(f.domain);
    if (it == current.end()) {
      continue;
    }
    // Without a process id the daemon means the process that lives.
    const bool lost = f.kind == K::daemon_client_disconnected && !f.has(kDevice);
    const bool ends = (f.kind == K::device_boot || f.kind == K::app_install) && all[it->second.value].end == f.t;
    if (lost || ends) {
      builders[it->second.value - first].add(i);
    }
  }
  lifecycle::Runner runner(lifecycle::kAppProcess, first, unit.lives.breaks);
  for (std::size_t e = 0; e < builders.size(); ++e) {
    builders[e].finish(runner, e);
  }
  find_missing_ends(builders, runner, epochs, all, unit.lives.breaks);
  unit.lives.processes = runner.close(epochs.size());
}

}  // namespace uptrail::analysis
