#include "collector/analysis/rules/stalled_no_progress.h"

#include <algorithm>

#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/analysis/store_facts.h"
#include "collector/model/system_unit.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "stalled-no-progress",
    .title = "Running, network fine, nothing moves",
    .severity = Severity::warning,
    .summary =
        "A task that is running sent nothing and heard nothing for a long time, although nothing was known to be in its way.",
    .needs = "The app's task.progress and did-complete, its life-cycle, and device.network; nsurlsessiond's log for retries.",
    .remedy = "Look at the server's log and timeouts, set isDiscretionary to false, and start transfers in the foreground.",
    .thresholds = {{"T_STALL_FG", 600, "s", "in the foreground: ten request timeouts, which the system retries by itself"},
                   {"T_STALL_100", 300, "s", "in the foreground with the body sent and no response"},
                   {"T_STALL_BG", 21600, "s", "between two lists with equal byte counts: the system may wait for hours"}},
};

// What the task was doing when it was last heard of.
struct Still {
  FactIndex last = kNoFact;    // the last movement
  FactIndex reason = kNoFact;  // why it waits; kNoFact: no reason is known
  std::int64_t sent = -1;
  bool answered = false;           // a response has come
  bool later = false;              // a store says that the system, or the app, lets it begin later
  int by_app = 0, by_network = 0;  // suspends that no resume has undone: the app's lines and CFNetwork's tell of the same calls
  bool by_daemon = false;
  [[nodiscard]] bool suspended() const { return by_app > 0 || by_network > 0 || by_daemon; }
  void count(const World& world, const Fact& fact) {
    int& n = observer_of(world, fact) == Observer::app ? by_app : by_network;
    n = fact.kind == EventKind::task_suspend ? n + 1 : std::max(0, n - 1);
  }
};

bool is_movement(EventKind kind) {
  switch (kind) {
    case EventKind::task_resume:
    case EventKind::task_response:
    case EventKind::task_data:
    case EventKind::task_redirect:
    case EventKind::task_challenge_answered:
    case EventKind::task_delayed_answered:
    case EventKind::task_metrics:
      return true;
    default:
      return moves_in_daemon(kind);
  }
}

bool is_reason(const Fact& fact) {
  return fact.kind == EventKind::daemon_task_waiting || fact.kind == EventKind::task_waiting ||
         fact.kind == EventKind::task_challenge || fact.kind == EventKind::task_delayed_request ||
         (fact.kind == EventKind::daemon_discretionary && fact.has(kShared));
}

Still still_of(const World& world, TaskId task) {
  Still s;
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    const bool progressed = fact.kind == EventKind::task_progress && fact.number != s.sent;
    if (progressed) s.sent = fact.number;
    if (fact.kind == EventKind::task_suspend || fact.kind == EventKind::task_resume) s.count(world, fact);
    if (fact.kind == EventKind::daemon_task_suspended) s.by_daemon = true;
    if (fact.kind == EventKind::daemon_task_resumed) s.by_daemon = false;
    s.later = s.later || fact.has(kDiscretionary) || fact.has(kBeginsLater);
    s.answered = s.answered || fact.kind == EventKind::task_response || fact.kind == EventKind::daemon_task_response;
    if (progressed || is_movement(fact.kind)) {
      s.last = i;
      s.reason = kNoFact;
    } else if (is_reason(fact)) {
      s.reason = i;
    }
  }
  return s;
}

// The resume rate limiter was holding the app's tasks back.
bool is_delayed(const World& world, Interval span, DomainId domain) {
  const auto delays = world.of_kind(EventKind::daemon_delay_set);
  return std::any_of(delays.begin(), delays.end(), [&](FactIndex i) {
    const Fact& fact = world.fact(i);
    return fact.domain != domain || (fact.t < span.end && fact.t + nanoseconds(fact.number) > span.start);
  });
}

// The last word about the network before that time; kNoFact: there was none.
FactIndex network_at(const World& world, TimeNs t, DomainId domain) {
  const auto near = world.within(world.of_kind(EventKind::device_network), {kTimeMin, t});
  const auto last = std::find_if(near.rbegin(), near.rend(),
                                 [&](FactIndex i) { return world.fact(i).domain == domain && world.fact(i).t <= t; });
  return last == near.rend() ? kNoFact : *last;
}

// Any time without network, or with one that the session may not use.
bool network_in_the_way(const World& world, SessionId session, Interval span, DomainId domain) {
  for (const FactIndex i : world.within(world.of_kind(EventKind::device_network), span)) {
    const Fact& fact = world.fact(i);
    if (fact.domain == domain && fact.t > span.start && fact.t < span.end && !fact.has(kShared)) return true;
  }
  const FactIndex before = network_at(world, span.start, domain);
  if (before == kNoFact) return false;
  if (!world.fact(before).has(kShared) || field_is(world, before, Field::constrained, "true")) return true;
  const auto facts = world.of_session(session, EventKind::session_create);
  const bool wifi_only = std::any_of(facts.begin(), facts.end(), [&](FactIndex i) {
    const ObjectInfo* info = world.object_info(i);
    return info != nullptr && info->config.find("cellular=false") != std::string::npos;
  });
  return wifi_only && field_is(world, before, Field::interface, "cellular");
}

struct Stretch {
  EpochId epoch;
  Interval span;
  DurationNs run;
};

// The longest time in the foreground in which the app ran and the task did not move.
Stretch longest_foreground(const World& world, TimeNs since, DomainId domain) {
  Stretch best;
  for (const EpochId id : world.epochs_in(domain, {since, kTimeMax})) {
    const ProcessEpoch& epoch = epoch_of(world, id);
    const TimeNs end = life_end(world, id);
    for (const ProcessSpan& state : epoch.states) {
      if (state.state != ProcessState::foreground) continue;
      const Interval span{std::max(since, state.span.start), std::min(end, state.span.end)};
      const DurationNs run = span.empty() ? DurationNs{} : world.run_time(id, span);
      if (run > best.run) best = {id, span, run};
    }
  }
  return best;
}

AbsentAnswer silent(const World& world, TaskId task, const Stretch& stretch, EventKind kind, DurationNs limit) {
  const TimeNs start = stretch.span.start;
  World::AbsentQuery query;
  query.kinds = {kind};
  query.match = [start](const Fact& fact) { return fact.t > start; };
  query.among = kind == EventKind::task_progress ? std::span<const FactIndex>() : world.of_task(task);
  query.scope.session = task_of(world, task).session;
  query.scope.epoch = stretch.epoch;
  query.span = stretch.span;
  query.run_from = start;
  query.T = limit;
  return world.absent(query);
}

struct Stall {
  TaskId task;
  Still still;
  Stretch stretch;
  bool full = false;  // the whole body was sent
  std::string_view threshold;
};

void fire(const Judging& j, const Stall& s, const AbsentAnswer& absent, FactIndex network, bool retries_seen) {
  const World& world = j.world;
  const Task& task = task_of(world, s.task);
  const bool sure = retries_seen && network != kNoFact;
  Draft draft(j, Severity::warning, sure ? Confidence::likely : Confidence::hint, task_subject(world, s.task),
              world.fact(s.still.last).t);
  const std::string name = task_name(world, s.task);
  draft.title(name + (s.full ? " stalled at 100 %" : " stalled"));
  std::string how_much = s.full ? "has sent its whole body and got no response" : "has not moved";
  if (!s.full && s.still.sent >= 0 && task.bytes_expected) {
    how_much =
        "has sent " + std::to_string(s.still.sent) + " of " + std::to_string(*task.bytes_expected) + " bytes and not moved";
  }
  draft.explain(capitalised(name) + " " + how_much + " for " + format_duration(s.stretch.run) +
                " in which the app was in the foreground, and nothing is known that it waits for.");
  if (!retries_seen) draft.explain("Whether the system was trying again is not known: its log is not in the capture.");
  if (network == kNoFact) draft.explain("The state of the network was not logged before.");
  draft.evidence(s.still.last, "the last movement", true);
  draft.evidence(network, "network");
  draft.missing(EventKind::task_progress, s.stretch.span.start, s.full ? "a response" : "progress");
  draft.compared(std::string(s.threshold), s.stretch.run.seconds()).rests_on(absent);
  draft.clears_if("A reason to wait: no network, a delay, a discretionary task, an open challenge.");
  j.verdicts.fired(draft.take());
}

void judge_foreground(const Judging& j, const Stall& s) {
  const World& world = j.world;
  const Subject subject = task_subject(world, s.task);
  const DurationNs limit = j.thresholds.duration(s.threshold);
  const DomainId domain = world.fact(s.still.last).domain;
  if (is_delayed(world, s.stretch.span, domain) ||
      network_in_the_way(world, task_of(world, s.task).session, s.stretch.span, domain)) {
    j.verdicts.cleared(subject);
    return;
  }
  AbsentAnswer worst;
  worst.answer = Absent::yes;
  for (const EventKind kind : {EventKind::task_progress, EventKind::task_did_complete, EventKind::task_response}) {
    if (kind == EventKind::task_response && !s.full) continue;
    AbsentAnswer absent = silent(world, s.task, s.stretch, kind, limit);
    if (absent.answer != Absent::yes) {
      if (absent.answer == Absent::unknown) undetermined(j, subject, "cannot see whether the task moved", absent.coverage);
      return;
    }
    if (kind == EventKind::task_progress) worst = std::move(absent);
  }
  const CovAnswer network =
      coverage(world, EventKind::device_network, {}, s.stretch.epoch, s.stretch.span.start, s.stretch.span.end);
  if (network.cov != Cov::yes) {
    undetermined(j, subject, "the task does not move, and whether there was a network is not known", network);
    return;
  }
  Scope scope;
  scope.session = task_of(world, s.task).session;
  scope.domain = domain;
  const bool retries = world.cov(EventKind::daemon_task_retry, scope, s.stretch.span).cov == Cov::yes;
  fire(j, s, worst, network_at(world, s.stretch.span.start, domain), retries);
}

// Two lists, hours apart, with the same number of bytes.
bool judge_lists(const Judging& j, const TaskLists& lists, TaskId task) {
  const World& world = j.world;
  const auto& listed = lists.with(task);
  if (listed.size() < 2) return false;
  const TaskLists::Entry& a = listed[listed.size() - 2];
  const TaskLists::Entry& b = listed.back();
  const ListedTask x = lists.entry(a);
  const ListedTask y = lists.entry(b);
  const Fact& from = world.fact(a.answered);
  const Fact& to = world.fact(b.answered);
  const bool same = x.sent && y.sent && *x.sent == *y.sent && x.state == Word::running && y.state == Word::running;
  const Interval span{from.t, to.t};
  if (!same || from.domain != to.domain || span.length() < j.thresholds.duration("T_STALL_BG")) return false;
  const CovAnswer network = world.cov(EventKind::device_network, {{}, {}, from.domain}, span);
  const bool known = network.cov == Cov::yes && network_at(world, span.start, from.domain) != kNoFact;
  if (!known || is_delayed(world, span, from.domain) ||
      network_in_the_way(world, task_of(world, task).session, span, from.domain)) {
    return false;
  }
  Draft draft(j, Severity::info, Confidence::likely, task_subject(world, task), from.t);
  draft.title(task_name(world, task) + " has not moved in " + format_duration(span.length()));
  draft.explain("Two lists of tasks, " + format_duration(span.length()) + " apart, show the same " + std::to_string(*x.sent) +
                " bytes sent, and the network was there all the time.");
  draft.evidence(a.answered, "listed").evidence(b.answered, "listed again", true).compared("T_STALL_BG", span.length().seconds());
  draft.clears_if("A reason to wait: a delay, a discretionary task, no network.");
  j.verdicts.fired(draft.take());
  return true;
}

bool is_over(const World& world, TaskId task) {
  const auto facts = world.of_task(task);
  return std::any_of(facts.begin(), facts.end(), [&](FactIndex i) {
    const EventKind kind = world.fact(i).kind;
    return is_end(world.fact(i)) || kind == EventKind::task_cancel || kind == EventKind::daemon_task_cancelled;
  });
}

// The session's list no longer has it: it is not running.
bool is_gone(const World& world, const TaskLists& lists, TaskId task, FactIndex last) {
  const auto& all = lists.of(task_of(world, task).session);
  return std::any_of(all.begin(), all.end(), [&](const TaskList& list) {
    if (list.kind == ListKind::partial || !surely_before(world, last, list.answered)) return false;
    const auto listed = world.listed_tasks(list.answered);
    return std::find(listed.begin(), listed.end(), task) == listed.end();
  });
}

void judge_task(const Judging& j, const TaskLists& lists, TaskId task) {
  const World& world = j.world;
  if (is_over(world, task) || !in_background_session(world, task)) return;
  Stall s;
  s.task = task;
  s.still = still_of(world, task);
  if (s.still.last == kNoFact || s.still.reason != kNoFact || s.still.later || s.still.suspended()) return;
  if (start_of(world, task) == kNoFact || is_gone(world, lists, task, s.still.last)) return;
  const Fact& last = world.fact(s.still.last);
  const auto expected = task_of(world, task).bytes_expected;
  s.full = !s.still.answered && expected && *expected > 0 && s.still.sent >= *expected;
  s.threshold = s.full ? "T_STALL_100" : "T_STALL_FG";
  const DurationNs limit = j.thresholds.duration(s.threshold);
  if (world.capture_end(last.domain) - last.t < limit || judge_lists(j, lists, task)) return;
  s.stretch = longest_foreground(world, last.t, last.domain);
  if (s.stretch.run >= limit) {
    judge_foreground(j, s);
    return;
  }
  const bool app = s.stretch.epoch.valid();
  undetermined(j, task_subject(world, task),
               app ? "the app was not long enough in the foreground to see whether the task moves"
                   : "the task's progress is not in the capture: nsurlsessiond logs none, and a suspended app is told none",
               app ? "keep the app in the foreground while recording" : "log didSendBodyData in the app, and its life-cycle");
}

}  // namespace

const RuleInfo& StalledNoProgress::info() const { return kInfo; }

void StalledNoProgress::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  if (is_system_unit(world.unit())) return;
  const Judging j{world, thresholds, verdicts, kInfo};
  const TaskLists lists(world);
  for (const TaskId task : world.tasks()) judge_task(j, lists, task);
}

}  // namespace uptrail::analysis
