#include "collector/analysis/rules/launch_events_disabled.h"

#include <algorithm>
#include <map>

#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "launch-events-disabled",
    .title = "sessionSendsLaunchEvents is false",
    .severity = Severity::info,
    .summary =
        "With sessionSendsLaunchEvents = false the system neither resumes nor launches the app for the session: finished uploads "
        "wait until the user opens it.",
    .needs =
        "session.create with its configuration, nsurlsessiond's line, or its store; for the severity the ends of tasks in "
        "nsurlsessiond and "
        "in the app, and its life-cycle.",
    .remedy = "Set sessionSendsLaunchEvents to true, which is the default, unless the results may wait.",
    .thresholds = {{"T_UNACKED", 1800, "s", "a result that waited longer is one that a user misses"}},
};

constexpr std::size_t kMostLines = 100;  // nsurlsessiond repeats itself, and each takes a look into the case

// Who says that launch events are off.
struct Setting {
  FactIndex off = kNoFact;  // session.create with false, nsurlsessiond's line, or its store
  bool known = false;       // some creation logged the value
};

Setting setting_of(const World& world, SessionId session) {
  Setting setting;
  std::size_t looked = 0;
  for (const FactIndex i : world.of_session(session)) {
    const Fact& fact = world.fact(i);
    if (fact.kind == EventKind::session_create) {
      const ObjectInfo* info = world.object_info(i);
      if (info == nullptr || !info->sends_launch_events) continue;
      setting.known = true;
      if (!*info->sends_launch_events && setting.off == kNoFact) setting.off = i;
    } else if (fact.kind == EventKind::daemon_wake_suppressed && setting.off == kNoFact && looked < kMostLines) {
      ++looked;
      if (!field_is(world, i, Field::reason, "launch-events-disabled")) continue;
      setting.known = true;
      setting.off = i;
    } else if (fact.kind == EventKind::store_session && looked < kMostLines) {
      ++looked;
      const std::string said = world.text_of(i, Field::sends_launch_events);
      setting.known = setting.known || !said.empty();
      if (said == "false" && setting.off == kNoFact) setting.off = i;
    }
  }
  return setting;
}

// When the app was suspended, or there was no process: positively known.
class Sleep {
 public:
  explicit Sleep(const World& world) {
    std::map<DomainId, std::vector<Interval>> awake;
    for (const EpochId id : world.epochs()) {
      const ProcessEpoch& epoch = epoch_of(world, id);
      std::vector<Interval>& spans = awake[epoch.domain];
      const TimeNs end = epoch.end.value_or(kTimeMax);
      TimeNs from = epoch.seen.start;
      const auto [known, first] = known_from_.try_emplace(epoch.domain, from);
      known->second = std::min(known->second, from);
      for (const ProcessSpan& s : epoch.states) {
        if (s.state != ProcessState::suspended) continue;
        spans.push_back({from, std::min(end, s.span.start)});
        from = std::max(from, s.span.end);
      }
      spans.push_back({from, end});
    }
    for (auto& [domain, spans] : awake) {
      std::sort(spans.begin(), spans.end(), [](const Interval& a, const Interval& b) { return a.start < b.start; });
      for (const Interval& span : spans) awake_[domain].add(span);
    }
  }
  [[nodiscard]] bool at(DomainId domain, TimeNs t) const {
    const auto known = known_from_.find(domain);
    if (known == known_from_.end() || t < known->second) return false;
    return !awake_.at(domain).intersects({t, t + nanoseconds(1)});
  }

 private:
  std::map<DomainId, TimeNs> known_from_;  // the first sign of any process
  std::map<DomainId, IntervalSet> awake_;  // or perhaps awake
};

struct Waited {
  const TaskLife* life = nullptr;
  DurationNs time;
  bool delivered = false;
};

// Results that waited too long while the app slept.
std::vector<Waited> waited_results(const Judging& j, const Sleep& sleep, SessionId session, std::span<const TaskLife> lives,
                                   CovAnswer& unclear) {
  const World& world = j.world;
  std::vector<Waited> out;
  for (const TaskLife& life : lives) {
    if (life.finished == kNoFact || ended_cancelled(world, life)) continue;
    const Fact& finished = world.fact(life.finished);
    const bool delivered = life.told != kNoFact;
    if (delivered && world.fact(life.told).domain != finished.domain) continue;
    const TimeNs until = delivered ? world.fact(life.told).t : world.capture_end(finished.domain);
    if (until - finished.t <= j.thresholds.duration("T_UNACKED") || !sleep.at(finished.domain, finished.t)) continue;
    if (!delivered) {
      Scope scope;
      scope.session = session;
      scope.domain = finished.domain;
      CovAnswer cov = world.cov(EventKind::task_did_complete, scope, {finished.t, until});
      if (cov.cov != Cov::yes) {
        unclear = std::move(cov);
        continue;
      }
    }
    out.push_back({&life, until - finished.t, delivered});
  }
  return out;
}

std::string_view words_of(EventKind kind) {
  return kind == EventKind::session_create  ? "created with sessionSendsLaunchEvents = false"
         : kind == EventKind::store_session ? "nsurlsessiond's store: the session has sessionSendsLaunchEvents = false"
                                            : "nsurlsessiond: no wake, launch events are off";
}

void fire(const Judging& j, SessionId session, const Setting& setting, const std::vector<Waited>& waited) {
  const World& world = j.world;
  const Fact& off = world.fact(setting.off);
  Draft draft(j, waited.empty() ? Severity::info : Severity::warning, Confidence::proven,
              session_subject(world, session, off.epoch), off.t);
  const std::string name = session_name(world, session);
  draft.title("Launch events are off for " + name);
  draft.explain("The app asked not to be woken for " + name + ".");
  draft.evidence(setting.off, std::string(words_of(off.kind)), true);
  DurationNs longest;
  for (std::size_t i = 0; i < waited.size(); ++i) {
    longest = std::max(longest, waited[i].time);
    if (i >= kShownEvidence) continue;
    draft.evidence(waited[i].life->finished, "finished").evidence(waited[i].life->told, "delivered only here");
  }
  if (!waited.empty()) {
    draft.explain(count_of(waited.size(), "result") + " waited, the longest for " + format_duration(longest) + ".");
    draft.compared("T_UNACKED", longest.seconds()).number("results that waited", static_cast<double>(waited.size()));
  }
  draft.clears_if("A session.create of that session with sessionSendsLaunchEvents = true.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& LaunchEventsDisabled::info() const { return kInfo; }

void LaunchEventsDisabled::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  if (!has_wakes(world)) {
    verdicts.not_applicable(unit_subject(world));
    return;
  }
  const TaskLives lives = task_lives(world);
  const Sleep sleep(world);
  for (const SessionId session : world.sessions()) {
    const Setting setting = setting_of(world, session);
    const Subject subject = session_subject(world, session, {});
    if (setting.known && setting.off == kNoFact) {
      verdicts.cleared(subject);
      continue;
    }
    CovAnswer unclear;
    const std::vector<Waited> waited = waited_results(j, sleep, session, lives_in(lives, session), unclear);
    if (setting.off != kNoFact) {
      if (is_background(world, session)) fire(j, session, setting, waited);
    } else if (!waited.empty() && pick_in_session(world, session, {}, {EventKind::daemon_wake_requested}).empty()) {
      undetermined(j, subject, "results waited for the app, but the session's sessionSendsLaunchEvents is not known",
                   "log sendsLaunchEvents in session.create");
    } else {
      verdicts.cleared(subject);
    }
  }
}

}  // namespace uptrail::analysis
