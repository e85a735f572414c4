#include "collector/analysis/rules/support.h"

#include <algorithm>
#include <utility>

#include "collector/analysis/upload_label.h"
#include "collector/model/session_identifier.h"

namespace uptrail::analysis::rules {

const ProcessEpoch& epoch_of(const World& world, EpochId id) { return world.derived().epochs[id.value]; }
const Session& session_of(const World& world, SessionId id) { return world.derived().sessions[id.value]; }
const Task& task_of(const World& world, TaskId id) { return world.derived().tasks[id.value]; }

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string capitalised(std::string text) {
  for (const std::string_view word : {"the ", "a ", "session ", "task ", "upload "}) {
    if (text.starts_with(word)) text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text;
}

std::string session_name(const World& world, SessionId id) {
  if (!id.valid() || session_of(world, id).identifier.empty()) return "a session";
  return "session " + quoted(shown_identifier(session_of(world, id).identifier));
}

std::string upload_name(const World& world, UploadId id) { return upload_label(world.derived().uploads[id.value]); }

std::string task_name(const World& world, TaskId id) {
  if (!id.valid()) return "a task";
  const Task& task = task_of(world, id);
  if (task.upload.valid() && !world.derived().uploads[task.upload.value].name.empty()) {
    return upload_name(world, task.upload);
  }
  if (!task.desc.empty()) return "task " + quoted(task.desc);
  if (task.identifier && task.session.valid()) {
    return "task " + std::to_string(*task.identifier) + " of " + session_name(world, task.session);
  }
  return task.uuid ? "task " + task.uuid->text() : "a task";
}

std::string epoch_name(const World& world, EpochId id) {
  if (!id.valid()) return "the app";
  const ProcessEpoch& epoch = epoch_of(world, id);
  std::string name = epoch.process.empty() ? "the app" : epoch.process;
  if (epoch.pid) name += " (pid " + std::to_string(*epoch.pid) + ")";
  return name;
}

Subject unit_subject(const World& world) {
  Subject subject;
  subject.unit = world.unit().id;
  subject.label = world.unit().title.empty() ? "the app" : world.unit().title;
  return subject;
}

Subject epoch_subject(const World& world, EpochId epoch) {
  Subject subject = unit_subject(world);
  subject.epoch = epoch;
  if (epoch.valid()) subject.label = epoch_name(world, epoch);
  return subject;
}

Subject session_subject(const World& world, SessionId session, EpochId epoch) {
  Subject subject = epoch_subject(world, epoch);
  subject.session = session;
  subject.label = session_name(world, session);
  return subject;
}

Subject task_subject(const World& world, TaskId task) {
  Subject subject = unit_subject(world);
  subject.task = task;
  subject.session = task_of(world, task).session;
  subject.upload = task_of(world, task).upload;
  subject.label = task_name(world, task);
  return subject;
}

std::vector<FactIndex> pick(const World& world, std::span<const FactIndex> among, EpochId epoch,
                            std::initializer_list<EventKind> kinds) {
  std::vector<FactIndex> out;
  for (const FactIndex i : among) {
    const Fact& fact = world.fact(i);
    if (epoch.valid() && fact.epoch != epoch) continue;
    if (std::find(kinds.begin(), kinds.end(), fact.kind) != kinds.end()) out.push_back(i);
  }
  return out;
}

bool has_any(const World& world, TaskId task, std::initializer_list<EventKind> kinds) {
  const KindSet& there = world.kinds_of(task);
  return std::any_of(kinds.begin(), kinds.end(), [&](EventKind kind) { return there[static_cast<std::size_t>(kind)]; });
}

std::vector<FactIndex> pick_of_task(const World& world, TaskId task, EpochId epoch, std::initializer_list<EventKind> kinds) {
  return has_any(world, task, kinds) ? pick(world, world.of_task(task), epoch, kinds) : std::vector<FactIndex>();
}

std::vector<FactIndex> pick_in_epoch(const World& world, EpochId epoch, std::initializer_list<EventKind> kinds) {
  std::vector<FactIndex> out;
  for (const EventKind kind : kinds) {
    const auto own = world.of_epoch(epoch, kind);
    const auto middle = static_cast<std::ptrdiff_t>(out.size());
    out.insert(out.end(), own.begin(), own.end());
    std::inplace_merge(out.begin(), out.begin() + middle, out.end());
  }
  return out;
}

std::vector<FactIndex> pick_in_session(const World& world, SessionId session, EpochId epoch,
                                       std::initializer_list<EventKind> kinds) {
  if (epoch.valid()) return pick(world, world.of_session(session, epoch), epoch, kinds);
  std::vector<FactIndex> out;
  for (const EventKind kind : kinds) {
    const auto own = world.of_session(session, kind);
    const auto middle = static_cast<std::ptrdiff_t>(out.size());
    out.insert(out.end(), own.begin(), own.end());
    std::inplace_merge(out.begin(), out.begin() + middle, out.end());
  }
  return out;
}

SessionLife life_of_session(const World& world, SessionId session, EpochId epoch) {
  SessionLife life{epoch, session, {}, {}, {}, {}};
  for (const FactIndex i : world.of_session(session, epoch)) {
    const Fact& fact = world.fact(i);
    const ObjectInfo* info = fact.kind == EventKind::session_create ? world.object_info(i) : nullptr;
    if (info != nullptr && info->background != false) life.creates.push_back(i);
    if (fact.kind == EventKind::session_invalidate && !fact.has(kShared)) life.invalidations.push_back(i);
    if (fact.kind == EventKind::session_did_become_invalid) life.completions.push_back(i);
    if (fact.kind == EventKind::session_exists_warning) life.warnings.push_back(i);
  }
  return life;
}

void for_each_life(const Judging& j, const std::function<void(const SessionLife&)>& judge) {
  for (const SessionId session : j.world.sessions()) {
    const auto epochs = j.world.epochs_of(session);
    if (epochs.empty()) {
      undetermined(j, session_subject(j.world, session, {}), "the app's own calls are not in the capture",
                   std::string(kLoggerAdvice));
    }
    for (const EpochId epoch : epochs) {
      if (session_of(j.world, session).identifier.empty()) {
        undetermined(j, session_subject(j.world, session, epoch), "the identifier of the session is not known",
                     "record with private data enabled");
      } else {
        judge(life_of_session(j.world, session, epoch));
      }
    }
  }
}

ProcessState state_at(const World& world, EpochId epoch, TimeNs t) {
  const auto& states = epoch_of(world, epoch).states;
  const auto it = std::partition_point(states.begin(), states.end(), [t](const ProcessSpan& s) { return s.span.end <= t; });
  return it != states.end() && it->span.contains(t) ? it->state : ProcessState::unknown;
}

FactIndex launch_of(const World& world, EpochId epoch) {
  if (!epoch.valid()) return kNoFact;
  const auto launches = world.of_epoch(epoch, EventKind::app_launch);
  return launches.empty() ? kNoFact : launches.front();
}

FactIndex launch_telling(const World& world, EpochId epoch, Field field) {
  const FactIndex first = launch_of(world, epoch);
  if (first == kNoFact) return kNoFact;
  for (const FactIndex i : world.of_epoch(epoch, EventKind::app_launch)) {
    if (!world.text_of(i, field).empty()) return i;
  }
  return first;
}

std::string object_text(const World& world, FactIndex i) {
  if (const ObjectInfo* info = world.object_info(i)) return std::string(info->object);
  return world.text_of(i, Field::object);
}

bool field_is(const World& world, FactIndex i, Field field, std::string_view value) { return world.text_of(i, field) == value; }

bool is_force_quit(const Fact& fact) {
  return fact.kind == EventKind::app_force_quit || fact.kind == EventKind::daemon_force_quit_noticed;
}

Observer observer_of(const World& world, const Fact& fact) {
  const auto streams = world.streams();
  return fact.stream.value < streams.size() ? streams[fact.stream.value].observer : Observer::tool;
}

bool surely_before(const World& world, FactIndex a, FactIndex b) { return a != b && world.order(a, b) == Order::before; }
bool maybe_before(const World& world, FactIndex a, FactIndex b) { return a != b && world.order(a, b) != Order::after; }

bool maybe_between(const World& world, FactIndex x, FactIndex a, FactIndex b) {
  return maybe_before(world, a, x) && maybe_before(world, x, b);
}

bool any_maybe_between(const World& world, std::span<const FactIndex> xs, FactIndex a, FactIndex b) {
  const auto near = world.within(xs, {world.fact(a).t, world.fact(b).t});
  return std::any_of(near.begin(), near.end(), [&](FactIndex x) { return maybe_between(world, x, a, b); });
}

bool near_in_time(const World& world, FactIndex a, FactIndex b, DurationNs distance) {
  const Fact& x = world.fact(a);
  const Fact& y = world.fact(b);
  const DurationNs apart = x.t < y.t ? y.t - x.t : x.t - y.t;
  return x.domain == y.domain && apart <= distance;
}

FactIndex last_surely_before(const World& world, std::span<const FactIndex> xs, FactIndex b) {
  const auto near = world.within(xs, {kTimeMin, world.fact(b).t});
  const auto last = std::find_if(near.rbegin(), near.rend(), [&](FactIndex x) { return surely_before(world, x, b); });
  return last == near.rend() ? kNoFact : *last;
}

TimeNs life_end(const World& world, EpochId epoch) { return world.life_end(epoch); }

TimeNs seen_end(const World& world, EpochId epoch) {
  const ProcessEpoch& self = epoch_of(world, epoch);
  return std::min(life_end(world, epoch), self.end.value_or(self.seen.end));
}

TimeNs life_begin(const World& world, EpochId epoch) {
  const ProcessEpoch& self = epoch_of(world, epoch);
  return self.launch.value_or(self.seen.start);
}

TimeNs own_begin(const World& world, EpochId epoch) {
  const auto streams = world.streams();
  if (std::none_of(streams.begin(), streams.end(), [](const Stream& s) { return s.observer == Observer::app; })) {
    return life_begin(world, epoch);
  }
  for (const FactIndex i : world.of_epoch(epoch)) {
    const Fact& fact = world.fact(i);
    for (const Stream& stream : world.streams()) {
      if (stream.id != fact.stream || stream.observer != Observer::app) continue;
      if (fact.kind == EventKind::app_launch) return std::max(fact.t, life_begin(world, epoch));
      if (fact.kind != EventKind::capture_begin) return life_begin(world, epoch);
    }
  }
  return life_begin(world, epoch);
}

CovAnswer coverage(const World& world, EventKind kind, SessionId session, EpochId epoch, TimeNs a, TimeNs b) {
  Scope scope;
  scope.session = session;
  scope.epoch = epoch;
  return world.cov(kind, scope, {std::min(a, b), std::max(a, b)});
}

bool covered(const World& world, EventKind kind, SessionId session, EpochId epoch, TimeNs a, TimeNs b) {
  return coverage(world, kind, session, epoch, a, b).cov == Cov::yes;
}

bool same_process(const World& world, EpochId epoch, FactIndex a, FactIndex b) {
  if (epoch_of(world, epoch).pid) return true;
  const TimeNs from = world.fact(a).t;
  const TimeNs to = world.fact(b).t;
  return covered(world, EventKind::app_launch, {}, epoch, from, to) &&
         covered(world, EventKind::app_terminate, {}, epoch, from, to);
}

bool has_wakes(const World& world) { return world.unit().platform != "macos"; }

void undetermined(const Judging& j, Subject subject, std::string reason, std::string add) {
  Undetermined question;
  question.rule = std::string(j.info.id);
  question.reason = std::move(reason);
  question.subject = std::move(subject);
  question.add = std::move(add);
  j.verdicts.undetermined(std::move(question));
}

void undetermined(const Judging& j, Subject subject, std::string_view what, const CovAnswer& coverage) {
  std::string reason(what);
  if (!coverage.reason.empty()) reason += ": " + coverage.reason;
  undetermined(j, std::move(subject), std::move(reason), coverage.add);
}

Draft::Draft(const Judging& j, Severity severity, Confidence confidence, Subject subject, TimeNs t) : j_(j) {
  finding_.rule = std::string(j.info.id);
  finding_.severity = severity;
  finding_.confidence = confidence;
  finding_.subject = std::move(subject);
  finding_.t = t;
  finding_.title = std::string(j.info.title);
  finding_.remedy = std::string(j.info.remedy);
}

Draft& Draft::title(std::string text) {
  finding_.title = std::move(text);
  return *this;
}

Draft& Draft::explain(std::string_view sentence) {
  if (!finding_.explanation.empty()) finding_.explanation += " ";
  finding_.explanation += sentence;
  return *this;
}

Draft& Draft::clears_if(std::string text) {
  finding_.clears_if = std::move(text);
  return *this;
}

Draft& Draft::evidence(FactIndex fact, std::string note, bool key) {
  const bool known = std::any_of(items_.begin(), items_.end(), [&](const Item& item) { return item.fact == fact; });
  if (fact == kNoFact || known) return *this;
  items_.push_back({fact, {j_.world.fact(fact).event, std::move(note), key}});
  return *this;
}

Draft& Draft::missing(EventKind kind, TimeNs due, std::string note) {
  finding_.missing.push_back({kind, due, std::move(note)});
  return *this;
}

Draft& Draft::number(std::string name, double value, std::string unit) {
  finding_.numbers.push_back({std::move(name), value, std::nullopt, std::move(unit)});
  return *this;
}

Draft& Draft::compared(std::string threshold, double value) {
  std::string unit;
  for (const Threshold& known : j_.info.thresholds) {
    if (known.name == threshold) unit = std::string(known.unit);
  }
  const double limit = j_.thresholds.value(threshold);
  finding_.numbers.push_back({std::move(threshold), value, limit, std::move(unit)});
  return *this;
}

Draft& Draft::rests_on(const CovAnswer& coverage) {
  if (coverage.declared_never_logged && !capped_) {
    capped_ = true;
    explain("The kind of event that is missing was declared, never logged: check the call site of the logger.");
  }
  return *this;
}

Draft& Draft::rests_on(const AbsentAnswer& absent) {
  searched(absent.searched);
  return rests_on(absent.coverage);
}

Draft& Draft::searched(const std::vector<SearchDone>& done) {
  for (const SearchDone& search : done) finding_.searched.push_back(j_.world.counted(search));
  return *this;
}

Finding Draft::take() {
  const World& world = j_.world;
  std::stable_sort(items_.begin(), items_.end(), [&](const Item& a, const Item& b) {
    const Fact& x = world.fact(a.fact);
    const Fact& y = world.fact(b.fact);
    return std::pair(x.t, x.event) < std::pair(y.t, y.event);
  });
  bool has_key = false;
  for (Item& item : items_) {
    item.ref.key = item.ref.key && !has_key;
    has_key = has_key || item.ref.key;
    finding_.evidence.push_back(std::move(item.ref));
  }
  if (!has_key && !finding_.evidence.empty()) finding_.evidence.back().key = true;
  if (capped_) finding_.confidence = Confidence::hint;
  return std::move(finding_);
}

}  // namespace uptrail::analysis::rules
