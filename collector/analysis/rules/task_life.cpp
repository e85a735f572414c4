#include "collector/analysis/rules/task_life.h"

#include <algorithm>
#include <optional>

#include "collector/analysis/rules/task_ends.h"

namespace uptrail::analysis::rules {

namespace {

bool is_sign(EventKind kind) {
  switch (kind) {
    case EventKind::session_create:
    case EventKind::session_exists_warning:
    case EventKind::session_setup_waiting:
    case EventKind::session_setup_ok:
    case EventKind::session_setup_failed:
    case EventKind::session_invalidate:
    case EventKind::session_did_become_invalid:
    case EventKind::session_connection_lost:
    case EventKind::session_connection_restored:
    case EventKind::session_tasks_requested:
    case EventKind::session_tasks_answered:
    case EventKind::session_did_finish_events:
      return true;
    default:
      return false;
  }
}

bool of_the_app(const World& world, const Fact& fact) {
  const Observer observer = observer_of(world, fact);
  return observer == Observer::app || observer == Observer::cfn;
}

bool is_among(EventKind kind, std::initializer_list<EventKind> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool launched_in_background(const ProcessEpoch& epoch) {
  return epoch.launch_reason == "bg-urlsession" || epoch.launch_reason == "bg-other" || epoch.launch_reason == "prewarm";
}

// Behind the last fact at or before t; the facts are of one order domain.
auto upto(const World& world, std::span<const FactIndex> ascending, TimeNs t) {
  return std::partition_point(ascending.begin(), ascending.end(), [&](FactIndex i) { return world.fact(i).t <= t; });
}

// When callbacks began to be held: at a launch in the background, or where nsurlsessiond says so. nullopt: they are not.
std::optional<TimeNs> held_since(const World& world, SessionId session, EpochId epoch) {
  std::optional<TimeNs> since;
  if (launched_in_background(epoch_of(world, epoch))) since = life_begin(world, epoch);
  const auto held = world.of_session(session, EventKind::daemon_callback_held);
  const DomainId domain = epoch_of(world, epoch).domain;
  if (held.empty()) return since;
  if (world.fact(held.front()).domain != domain || world.fact(held.back()).domain != domain) return kTimeMax;
  const auto later = upto(world, held, life_end(world, epoch));
  if (later != held.begin()) since = std::max(since.value_or(kTimeMin), world.fact(*(later - 1)).t);
  return since;
}

}  // namespace

FactIndex first_of(const World& world, std::span<const FactIndex> among, std::initializer_list<EventKind> kinds) {
  const auto it = std::find_if(among.begin(), among.end(), [&](FactIndex i) { return is_among(world.fact(i).kind, kinds); });
  return it == among.end() ? kNoFact : *it;
}

FactIndex first_of(const World& world, TaskId task, std::initializer_list<EventKind> kinds) {
  return has_any(world, task, kinds) ? first_of(world, world.of_task(task), kinds) : kNoFact;
}

FactIndex last_of(const World& world, std::span<const FactIndex> among, std::initializer_list<EventKind> kinds) {
  const auto it = std::find_if(among.rbegin(), among.rend(), [&](FactIndex i) { return is_among(world.fact(i).kind, kinds); });
  return it == among.rend() ? kNoFact : *it;
}

FactIndex start_of(const World& world, TaskId task) {
  return first_of(
      world, world.of_task(task),
      {EventKind::task_resume, EventKind::daemon_task_resumed, EventKind::daemon_task_implicit_resume,
       EventKind::daemon_task_begin, EventKind::daemon_task_connection, EventKind::daemon_task_sent, EventKind::task_progress});
}

bool is_end(const Fact& fact) {
  return fact.kind == EventKind::task_did_complete || fact.kind == EventKind::task_cfn_finished ||
         (fact.kind == EventKind::daemon_task_finished && fact.has(kShared));
}

bool is_belief(const Fact& fact) {
  return fact.kind == EventKind::upload_state || (fact.kind == EventKind::store_entry && fact.also == Word::app);
}

bool was_seen(const World& world, TaskId task) {
  const auto facts = world.of_task(task);
  return std::any_of(facts.begin(), facts.end(), [&](FactIndex i) { return !is_belief(world.fact(i)); });
}

bool in_background_session(const World& world, TaskId task) {
  const SessionId session = task_of(world, task).session;
  if (session.valid()) return is_background(world, session);
  const auto facts = world.of_task(task);
  return std::any_of(facts.begin(), facts.end(), [&](FactIndex i) {
    const EventKind kind = world.fact(i).kind;
    return (kind >= EventKind::daemon_task_created && kind <= EventKind::daemon_task_finished) ||
           kind == EventKind::daemon_callback_acknowledged;
  });
}

std::string error_domain(const World& world, TaskId task, FactIndex end) {
  if (end != kNoFact && world.fact(end).kind == EventKind::task_cfn_finished) return world.text_of(end, Field::error_domain);
  return task_of(world, task).error_domain;
}

bool is_state(const Fact& fact) { return is_belief(fact) && fact.word != Word::none; }

FactIndex last_state_of(const World& world, UploadId upload) {
  FactIndex last = kNoFact;
  for (const FactIndex i : world.of_upload(upload)) {
    if (!is_state(world.fact(i))) continue;
    // A store that repeats what the app has said adds no time at which it is known, and may have another clock.
    const bool repeats =
        world.fact(i).kind == EventKind::store_entry && last != kNoFact && world.fact(last).word == world.fact(i).word;
    if (!repeats) last = i;
  }
  return last;
}

TaskLives task_lives(const World& world) {
  TaskLives out;
  for (const SessionId session : world.sessions()) {
    if (const auto lives = world.lives_of(session); !lives.empty()) out.emplace(session, lives);
  }
  return out;
}

std::span<const TaskLife> lives_in(const TaskLives& lives, SessionId session) {
  const auto it = lives.find(session);
  return it == lives.end() ? std::span<const TaskLife>() : it->second;
}

bool maybe_outstanding(const World& world, const TaskLife& life, FactIndex at) {
  for (const FactIndex end : {life.finished, life.told}) {
    if (end != kNoFact && surely_before(world, end, at)) return false;
  }
  return life.created == kNoFact || life.created == at || maybe_before(world, life.created, at);
}

bool surely_outstanding(const World& world, const TaskLife& life, FactIndex at) {
  if (life.first == kNoFact || life.end() == kNoFact || !surely_before(world, life.first, at)) return false;
  return (life.finished == kNoFact || surely_before(world, at, life.finished)) &&
         (life.told == kNoFact || surely_before(world, at, life.told));
}

bool ended_cancelled(const World& world, const TaskLife& life) {
  for (const FactIndex end : {life.finished, life.told}) {
    if (end == kNoFact) continue;
    const Fact& fact = world.fact(end);
    if (fact.word == Word::cancelled || fact.reason_key >= 0 || (fact.has(kHasCode) && fact.code == kCancelled)) return true;
  }
  return false;
}

FactIndex sign_of_session(const World& world, SessionId session, EpochId epoch) {
  for (const FactIndex i : world.of_session(session, epoch)) {
    const Fact& fact = world.fact(i);
    if (is_sign(fact.kind) && of_the_app(world, fact)) return i;
  }
  return world.first_of_tasks(session, epoch, true);
}

TimeNs deliverable_from(const World& world, SessionId session, EpochId epoch, TimeNs from) {
  const std::optional<TimeNs> since = held_since(world, session, epoch);
  if (!since) return from;
  TimeNs first = kTimeMax;
  const DomainId domain = epoch_of(world, epoch).domain;
  const TimeNs begin = std::max(*since, life_begin(world, epoch));
  const auto consider = [&](std::span<const FactIndex> releases) {
    const auto at = std::partition_point(releases.begin(), releases.end(), [&](FactIndex i) {
      const Fact& fact = world.fact(i);
      return fact.domain < domain || (fact.domain == domain && fact.t < begin);
    });
    const bool mine = at != releases.end() && world.fact(*at).domain == domain && world.fact(*at).t <= life_end(world, epoch);
    if (mine) first = std::min(first, world.fact(*at).t);
  };
  for (const EventKind kind : {EventKind::wake_handle_events, EventKind::app_foreground, EventKind::daemon_callback_released}) {
    consider(world.of_session(session, kind));
  }
  consider(world.of_epoch(epoch, EventKind::app_foreground));
  return first == kTimeMax ? first : std::max(from, first);
}

bool is_live_state(Word listed) { return listed == Word::running || listed == Word::suspended; }

TaskLists::TaskLists(const World& world) : world_(world) {
  for (const FactIndex i : world.of_kind(EventKind::session_tasks_answered)) {
    ListKind kind = ListKind::complete;
    if (!world.fact(i).has(kHasNumber)) {
      kind = ListKind::partial;  // that an answer came, but not which tasks
    } else if (!world.fact(i).has(kShared)) {
      const bool said = field_is(world, i, Field::complete, "false") || field_is(world, i, Field::api, "typed");
      kind = said ? ListKind::partial : ListKind::unsaid;
    }
    if (world.fact(i).session.valid()) lists_[world.fact(i).session].push_back({i, kind});
    const auto tasks = world.listed_tasks(i);
    for (std::size_t k = 0; k < tasks.size() && k < world.listing(i).size(); ++k) {
      if (tasks[k].valid()) with_[tasks[k]].push_back({i, k});
    }
  }
}

const std::vector<TaskList>& TaskLists::of(SessionId session) const {
  static const std::vector<TaskList> kNone;
  const auto it = lists_.find(session);
  return it == lists_.end() ? kNone : it->second;
}

std::span<const TaskList> TaskLists::after(SessionId session, FactIndex fact) const {
  const std::vector<TaskList>& all = of(session);
  if (!world_.one_clock()) return all;
  const TimeNs t = world_.fact(fact).t;
  const auto from =
      std::partition_point(all.begin(), all.end(), [&](const TaskList& list) { return world_.fact(list.answered).t < t; });
  return {from, all.end()};
}

const std::vector<TaskLists::Entry>& TaskLists::with(TaskId task) const {
  static const std::vector<Entry> kNone;
  const auto it = with_.find(task);
  return it == with_.end() ? kNone : it->second;
}

}  // namespace uptrail::analysis::rules
