#include "collector/analysis/reconstruct/epochs.h"

#include <algorithm>
#include <map>

namespace uptrail::analysis {

namespace {

using K = EventKind;

// A line of a process that has ended may be logged a little later than its end.
constexpr DurationNs kLateLine = seconds(2);
// Two reports of one launch or one end, by the app and by the system.
constexpr DurationNs kSameReport = seconds(10);

enum class Role : std::uint8_t { none, launch, end, force_quit, all_end, about };

Role role_of(const Fact& f, Observer observer, const ProcessKey& who) {
  switch (f.kind) {
    case K::app_launch:
      return Role::launch;
    case K::app_terminate:
      return Role::end;
    case K::app_force_quit:
    case K::daemon_force_quit_noticed:
      return Role::force_quit;
    case K::app_install:
      return Role::all_end;
    case K::app_refresh_setting:
    case K::capture_begin:
    case K::capture_end:
    case K::capture_gap:
    case K::clock_step:
    case K::clock_sync:
      return Role::none;
    case K::daemon_client_connected:
    case K::daemon_client_disconnected:
    case K::daemon_session_created:
    case K::daemon_session_reconnected:
    case K::daemon_session_refused:
      return f.number != 0 ? Role::about : Role::none;
    default:
      break;
  }
  if (observer == Observer::app || observer == Observer::cfn) {
    return Role::about;
  }
  // The system's word on a process it does not name concerns the one that lives.
  const bool life_cycle = f.kind >= K::app_launch && f.kind <= K::app_debugger;
  const bool named = who.pid.has_value() || !who.process.empty();
  return (life_cycle && named) || f.kind == K::app_suspend || f.kind == K::app_resume || f.kind == K::wake_never_called_warning
             ? Role::about
             : Role::none;
}

class EpochBuilder {
 public:
  EpochBuilder(UnitFacts& unit, UnitId id, std::span<const Stream> streams, std::vector<ProcessEpoch>& all)
      : unit_(unit), id_(id), streams_(streams), all_(all) {}

  std::vector<EpochId> run() {
    DomainId domain;
    for (FactIndex i = 0; i < unit_.facts.size(); ++i) {
      Fact& f = unit_.facts[i];
      if (f.domain != domain) {
        domain = f.domain;
        live_.clear();
        by_pid_.clear();
        by_name_.clear();
        last_ = {};
        last_who_ = nullptr;
      }
      take(i, f);
    }
    attach_manifests();
    return made_;
  }

 private:
  static constexpr std::string_view kForceQuit = "force-quit";

  void take(FactIndex i, Fact& f) {
    if (f.kind == K::device_boot) {
      end_all(f.t, word_text(Word::reboot));
    }
    if (f.has(kDevice) || !f.stream.valid()) {
      return;
    }
    const ProcessKey& who = unit_.processes[unit_.process_of[i]];
    switch (role_of(f, streams_[f.stream.value].observer, who)) {
      case Role::none:
        break;
      case Role::launch:
        launch(i, f, who);
        break;
      case Role::end:
        end_one(f, who);
        break;
      case Role::force_quit:
        force_quit(f, who);
        break;
      case Role::all_end:
        end_all(f.t, word_text(Word::system));
        break;
      case Role::about:
        attach(f, is_last(who, f.t) ? last_ : find_or_create(f, who));
        break;
    }
  }

  ProcessEpoch& at(EpochId e) { return all_[e.value]; }

  EpochId create(const Fact& f, const ProcessKey& who) {
    const EpochId e{static_cast<std::uint32_t>(all_.size())};
    ProcessEpoch epoch;
    epoch.id = e;
    epoch.unit = id_;
    epoch.process = who.process;
    epoch.pid = who.pid;
    epoch.domain = f.domain;
    epoch.seen = {f.t, f.t + nanoseconds(1)};
    all_.push_back(std::move(epoch));
    made_.push_back(e);
    // A new process of the same name: the old one is gone, though nobody saw how.
    std::erase_if(live_,
                  [&](EpochId old) { return at(old).process == who.process || at(old).process.empty() || who.process.empty(); });
    live_.push_back(e);
    remember(e, who);
    return e;
  }

  void remember(EpochId e, const ProcessKey& who) {
    if (who.pid) {
      by_pid_[*who.pid] = e;
      at(e).pid = who.pid;
    }
    if (!who.process.empty()) {
      by_name_[who.process] = e;
      if (at(e).process.empty()) {
        at(e).process = who.process;
      }
    }
    last_ = e;
    last_who_ = &who;
  }

  // Most lines are of the process of the line before: nothing has to be looked up, and nothing is learnt.
  bool is_last(const ProcessKey& who, TimeNs t) {
    return &who == last_who_ && (who.pid || !who.process.empty()) && usable(last_, t);
  }

  bool usable(EpochId e, TimeNs t) { return e.valid() && (!at(e).end || t <= *at(e).end + kLateLine); }
  bool alive(EpochId e) const { return std::find(live_.begin(), live_.end(), e) != live_.end(); }
  EpochId named_epoch(const std::string& process) const {
    const auto it = by_name_.find(process);
    return it == by_name_.end() ? EpochId{} : it->second;
  }

  // The epoch that the process key means at this time; invalid: none known.
  EpochId find(const ProcessKey& who, TimeNs t) {
    if (who.pid) {
      if (const auto it = by_pid_.find(*who.pid); it != by_pid_.end()) {
        return usable(it->second, t) ? it->second : EpochId{};
      }
      // The id of a process known by name only, or only by its launch, may be learnt later; a different id is a different
      // process.
      const EpochId named = who.process.empty() ? EpochId{} : named_epoch(who.process);
      for (const EpochId e : {named, live_.size() == 1 ? live_.front() : EpochId{}}) {
        if (e.valid() && alive(e) && !at(e).pid && (e == named || who.process.empty() || at(e).process.empty())) {
          return e;
        }
      }
      return {};
    }
    if (!who.process.empty()) {
      if (const EpochId e = named_epoch(who.process); usable(e, t)) {
        return e;
      }
      return live_.size() == 1 && at(live_.front()).process.empty() ? live_.front() : EpochId{};
    }
    if (!live_.empty()) {
      return live_.back();
    }
    return usable(last_, t) ? last_ : EpochId{};
  }

  EpochId find_or_create(const Fact& f, const ProcessKey& who) {
    const EpochId e = find(who, f.t);
    if (!e.valid()) {
      return create(f, who);
    }
    remember(e, who);
    return e;
  }

  void attach(Fact& f, EpochId e) {
    f.epoch = e;
    ProcessEpoch& epoch = at(e);
    epoch.seen.start = std::min(epoch.seen.start, f.t);
    epoch.seen.end = std::max(epoch.seen.end, f.t + nanoseconds(1));
  }

  void launch(FactIndex i, Fact& f, const ProcessKey& who) {
    EpochId e = find(who, f.t);
    if (e.valid()) {
      const ProcessEpoch& old = at(e);
      const bool same_pid = who.pid && old.pid == who.pid;
      const TimeNs since = old.launch.value_or(old.seen.start);
      const bool other_stream = old.launch && launch_stream_[e] != f.stream;
      e = !old.end && f.t <= since + kSameReport && (same_pid || other_stream) ? e : EpochId{};
    }
    if (!e.valid()) {
      e = create(f, who);
    } else {
      remember(e, who);
    }
    attach(f, e);
    launch_stream_.try_emplace(e, f.stream);
    ProcessEpoch& epoch = at(e);
    epoch.launch = std::min(epoch.launch.value_or(f.t), epoch.seen.start);
    if (epoch.launch_reason.empty() || epoch.launch_reason == word_text(Word::unknown)) {
      epoch.launch_reason = word_text(f.word);
    }
    const auto build = std::lower_bound(unit_.builds.begin(), unit_.builds.end(), std::pair(i, StringId{0}));
    if (build != unit_.builds.end() && build->first == i) {
      epoch.build = unit_.names.text(build->second);
    }
  }

  void finish(EpochId e, TimeNs t, std::string_view cause) {
    ProcessEpoch& epoch = at(e);
    if (!epoch.end) {
      epoch.end = std::max(t, epoch.seen.start);
      epoch.end_cause = cause;
    } else if (cause == kForceQuit || epoch.end_cause.empty() || epoch.end_cause == word_text(Word::unknown)) {
      epoch.end_cause = cause;
    }
    std::erase(live_, e);
  }

  // Both the app and the system may report one end; a second report within a few seconds is the same end.
  EpochId ended_lately(const ProcessKey& who, TimeNs t) {
    EpochId e = last_;
    if (who.pid) {
      const auto it = by_pid_.find(*who.pid);
      e = it == by_pid_.end() ? EpochId{} : it->second;
    }
    return e.valid() && at(e).end && t <= *at(e).end + kSameReport ? e : EpochId{};
  }

  void end_one(Fact& f, const ProcessKey& who) {
    EpochId e = find(who, f.t);
    if (!e.valid() || at(e).end) {
      e = ended_lately(who, f.t);
    }
    if (!e.valid()) {
      e = find_or_create(f, who);
    }
    attach(f, e);
    finish(e, f.t, word_text(f.word));
  }

  void force_quit(Fact& f, const ProcessKey& who) {
    const bool named = f.kind == K::app_force_quit && (who.pid || !who.process.empty());
    EpochId e = named ? find(who, f.t) : EpochId{};
    if (!e.valid() && live_.size() == 1) {
      e = live_.front();
    }
    if (!e.valid()) {
      e = ended_lately(named ? who : ProcessKey{}, f.t);
    }
    if (e.valid()) {
      attach(f, e);
      finish(e, f.t, kForceQuit);
      return;
    }
    end_all(f.t, kForceQuit);
  }

  void end_all(TimeNs t, std::string_view cause) {
    for (const EpochId e : std::vector<EpochId>(live_)) {
      finish(e, t, cause);
    }
  }

  // A manifest belongs to the process that wrote it, which may log it before anything else.
  void attach_manifests() {
    std::map<std::int64_t, std::vector<EpochId>> of_pid;
    for (const EpochId e : made_) {
      if (at(e).pid) {
        of_pid[*at(e).pid].push_back(e);
      }
    }
    for (const Manifest& m : unit_.manifests) {
      const ProcessKey& who = unit_.processes[unit_.process_of[m.fact]];
      Fact& f = unit_.facts[m.fact];
      const auto own = who.pid ? of_pid.find(*who.pid) : of_pid.end();
      for (const EpochId e : own != of_pid.end() ? own->second : std::vector<EpochId>()) {
        const ProcessEpoch& epoch = at(e);
        if (who.pid && epoch.pid == who.pid && epoch.domain == f.domain && f.t + kSameReport >= epoch.seen.start &&
            f.t <= epoch.end.value_or(epoch.seen.end)) {
          f.epoch = e;
        }
      }
    }
  }

  UnitFacts& unit_;
  UnitId id_;
  std::span<const Stream> streams_;
  std::vector<ProcessEpoch>& all_;
  std::vector<EpochId> made_;
  std::vector<EpochId> live_;  // at most one a process name; the newest last
  std::map<std::int64_t, EpochId> by_pid_;
  std::map<std::string, EpochId> by_name_;
  std::map<EpochId, StreamId> launch_stream_;
  EpochId last_;
  const ProcessKey* last_who_ = nullptr;  // who was meant by it
};

}  // namespace

bool is_app_side(const Fact& fact, std::span<const Stream> streams) {
  if (fact.has(kDevice) || fact.has(kInferred) || !fact.stream.valid()) {
    return false;
  }
  const Observer o = streams[fact.stream.value].observer;
  if (o != Observer::app && o != Observer::cfn) {
    return false;
  }
  switch (fact.kind) {  // what a process can only be told about, not do
    case K::app_suspend:
    case K::app_terminate:
    case K::app_force_quit:
    case K::app_install:
    case K::capture_begin:
    case K::capture_end:
    case K::capture_gap:
    case K::wake_never_called_warning:
      return false;
    default:
      return true;
  }
}

std::vector<EpochId> build_epochs(UnitFacts& unit, UnitId id, std::span<const Stream> streams, std::vector<ProcessEpoch>& all) {
  return EpochBuilder(unit, id, streams, all).run();
}

}  // namespace uptrail::analysis
