// What a rule sees: the facts of one unit, the entities rebuilt from them, and the evidence algebra. Read-only.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/analysis/facts.h"
#include "collector/analysis/life_of_task.h"
#include "collector/analysis/lifecycle/machine.h"
#include "collector/model/derived.h"

namespace uptrail::analysis {

enum class Cov : std::uint8_t { yes, partial, no };
enum class Absent : std::uint8_t { yes, no, unknown, pending };
enum class Clock : std::uint8_t { run, wall };
enum class Order : std::uint8_t { before, after, unordered };

// Whose coverage is asked: the session narrows manifests with scopeIdentifiers, the epoch narrows "demonstrated".
struct Scope {
  SessionId session;
  EpochId epoch;
  DomainId domain;  // whose time the span is in; needed only when there is no epoch and the case has several order domains
};

struct CovAnswer {
  Cov cov = Cov::no;
  bool declared_never_logged = false;  // caps every finding that rests on it at `hint`
  std::string reason;                  // for partial and no: why, without times ("a gap", "the app's callbacks are not logged")
  std::string add;                     // the smallest thing that would help
};

// The highest confidence of a finding that rests on the absence of something asked about with this coverage.
constexpr Confidence capped(Confidence wanted, const CovAnswer& coverage) {
  return coverage.declared_never_logged ? Confidence::hint : wanted;
}

struct AbsentAnswer {
  Absent answer = Absent::unknown;
  FactIndex found = kNoFact;  // for `no`: the event that is there
  CovAnswer coverage;
  DurationNs waited;                 // run or wall time that was available
  std::vector<SearchDone> searched;  // not counted yet: World::counted()
};

// Extra data of rare facts: texts and lists that rules compare. Texts live as long as the facts.
struct ObjectInfo {  // session.create
  std::string_view object, delegate;
  std::string_view queue;   // main, serial, concurrent, nil; "": not logged
  std::string_view config;  // canonical text of the configuration values that were logged
  std::optional<bool> sends_launch_events;
  std::optional<bool> background;
};

// One entry of session.tasks-answered.
struct ListedTask {
  Word state = Word::none;           // running, suspended, canceling, completed
  std::optional<std::int64_t> sent;  // bytes
};

class World {
 public:
  explicit World(std::span<const Fact> facts) : facts_(facts) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  virtual ~World() = default;

  // -- entities of this unit (ids are positions in the case-wide Derived)
  [[nodiscard]] virtual const Unit& unit() const = 0;
  [[nodiscard]] virtual const Derived& derived() const = 0;  // entities filled; findings empty
  [[nodiscard]] virtual std::span<const EpochId> epochs() const = 0;
  [[nodiscard]] virtual std::span<const SessionId> sessions() const = 0;
  [[nodiscard]] virtual std::span<const ObjectId> objects() const = 0;
  [[nodiscard]] virtual std::span<const TaskId> tasks() const = 0;
  [[nodiscard]] virtual std::span<const UploadId> uploads() const = 0;
  [[nodiscard]] virtual std::span<const Stream> streams() const = 0;

  // -- facts, in the order (domain, t, stream, seq)
  [[nodiscard]] std::span<const Fact> facts() const { return facts_; }
  [[nodiscard]] const Fact& fact(FactIndex i) const { return facts_[i]; }
  [[nodiscard]] virtual std::span<const FactIndex> of_task(TaskId id) const = 0;
  [[nodiscard]] virtual std::span<const FactIndex> of_session(SessionId id) const = 0;  // its tasks' facts are not in it
  [[nodiscard]] virtual std::span<const FactIndex> of_session(SessionId id, EventKind kind) const = 0;
  [[nodiscard]] virtual std::span<const FactIndex> of_session(SessionId id, EpochId epoch) const = 0;  // in one process
  [[nodiscard]] virtual std::span<const FactIndex> of_object(ObjectId id) const = 0;
  [[nodiscard]] virtual std::span<const FactIndex> of_epoch(EpochId id) const = 0;
  [[nodiscard]] virtual std::span<const FactIndex> of_epoch(EpochId id, EventKind kind) const = 0;
  [[nodiscard]] virtual std::span<const FactIndex> of_upload(UploadId id) const = 0;
  [[nodiscard]] virtual std::span<const FactIndex> of_kind(EventKind kind) const = 0;
  // Does a creation of the session say that it is not a background one?
  [[nodiscard]] virtual bool said_foreground(SessionId id) const = 0;
  // The first fact of any of the session's tasks in the process, the app's belief (upload.state) apart; `own`: which the process
  // itself logged about the task, file.op apart, too. kNoFact: none.
  [[nodiscard]] virtual FactIndex first_of_tasks(SessionId id, EpochId epoch, bool own) const = 0;
  // Epochs for which first_of_tasks(id, epoch, false) is a fact; ascending.
  [[nodiscard]] virtual std::vector<EpochId> epochs_of_tasks(SessionId id) const = 0;
  [[nodiscard]] virtual std::span<const TaskId> tasks_of(SessionId id) const = 0;
  [[nodiscard]] virtual std::span<const TaskLife> lives_of(SessionId id) const = 0;  // of its tasks, in their order
  [[nodiscard]] virtual TaskLife life_of(TaskId id) const = 0;
  // Kinds of the task's facts: most questions are about something that did not happen to it.
  [[nodiscard]] virtual const KindSet& kinds_of(TaskId id) const = 0;
  // Epochs that left facts of the session, its tasks' apart; ascending.
  [[nodiscard]] virtual std::span<const EpochId> epochs_of(SessionId id) const = 0;
  // The times at which a fact may have happened, against any other: its own, less and more than clocks may differ.
  [[nodiscard]] virtual Interval around(FactIndex i) const = 0;
  // One order domain, and every fact has a time.
  [[nodiscard]] virtual bool one_clock() const = 0;
  // The part of an ascending list in which every fact lies that may have happened in the span, as far as the clocks can tell;
  // others may be in it, too. What rules look for around some moment costs no more in a long capture than in a short one.
  [[nodiscard]] virtual std::span<const FactIndex> within(std::span<const FactIndex> list, Interval span) const = 0;
  [[nodiscard]] virtual std::span<const ListedTask> listing(FactIndex tasks_answered) const = 0;
  [[nodiscard]] virtual std::span<const TaskId> listed_tasks(FactIndex tasks_answered) const = 0;  // same length as listing()
  [[nodiscard]] virtual const ObjectInfo* object_info(FactIndex session_create) const = 0;
  [[nodiscard]] virtual std::string_view path_of(FactIndex file_op) const = 0;          // "": not logged
  [[nodiscard]] virtual std::string_view method_of(FactIndex delegate_call) const = 0;  // enter, exit; "": not logged
  [[nodiscard]] virtual std::string_view queue_of(FactIndex delegate_call) const = 0;
  // Any text field of the event behind the fact, from the case (slow: use for messages, not for decisions in loops).
  [[nodiscard]] virtual std::string text_of(FactIndex i, Field field) const = 0;

  // -- life-cycles (docs/lifecycles.md): the changes of a state, in order; none: it stayed unseen. They follow the times as they
  // are logged; whoever blames somebody asks order(), too.
  [[nodiscard]] virtual std::span<const lifecycle::Change> changes_of(EpochId process) const = 0;
  [[nodiscard]] virtual std::span<const lifecycle::Change> changes_of(ObjectId object) const = 0;
  [[nodiscard]] virtual std::span<const lifecycle::Change> changes_of(SessionId wakes) const = 0;
  [[nodiscard]] virtual std::span<const lifecycle::Change> client_changes(TaskId id) const = 0;  // as the app sees the task
  [[nodiscard]] virtual std::span<const lifecycle::Change> daemon_changes(TaskId id) const = 0;  // as nsurlsessiond sees it
  // Pairs of state and event that the tables do not call legal, unjudged.
  [[nodiscard]] virtual std::span<const lifecycle::Break> breaks() const = 0;

  // -- evidence algebra (docs/architecture.md, "Evidence")
  [[nodiscard]] virtual CovAnswer cov(EventKind kind, Scope scope, Interval span) const = 0;
  // For keeping answers: the session, when its coverage of the kind may be another than that of other sessions, else none.
  [[nodiscard]] virtual SessionId told_apart(EventKind kind, SessionId session) const = 0;
  // Any of `kinds` that `match` accepts, in [span.start - eps, span.end + eps]. T: how much run or wall time must have passed.
  // For Clock::run the epoch of `scope` gives the run time, counted from `run_from`; without an epoch all epochs of the unit do.
  // The kinds are alternative witnesses of one fact: it is enough that one of them is covered. A span that reaches beyond the end
  // of the app's own log is cut there, unless the process is known to have lived on; what has passed until then counts. Events of
  // the kinds that could not be attributed to any task or session make the answer `unknown`: one of them may be the one.
  struct AbsentQuery {
    std::vector<EventKind> kinds;
    std::function<bool(const Fact&)> match;
    std::span<const FactIndex> among;  // where to look: of_task(...), of_session(...), …
    Scope scope;
    Interval span;
    Clock clock = Clock::run;
    TimeNs run_from;
    DurationNs T;
  };
  [[nodiscard]] virtual AbsentAnswer absent(const AbsentQuery& query) const = 0;
  // What a search of an answer went through: for what is told to people.
  [[nodiscard]] virtual SearchDone counted(SearchDone search) const = 0;
  // When the process ended, or the next one of the same name began, or the capture of its events stopped.
  [[nodiscard]] virtual TimeNs life_end(EpochId epoch) const = 0;
  // Epochs of the order domain, ascending, among which are all that were seen, or may have lived, in the span; others may be,
  // too.
  [[nodiscard]] virtual std::span<const EpochId> epochs_in(DomainId domain, Interval span) const = 0;
  // Seconds in which the process of the epoch was known to be running. Unknown stretches count 0.
  [[nodiscard]] virtual DurationNs run_time(EpochId epoch, Interval span) const = 0;
  // The kind is recorded over the span by a stream that the app does not write, and was seen there: an app can log neither its
  // own suspension nor most of its ends.
  [[nodiscard]] virtual bool told_by_system(EventKind kind, Scope scope, Interval span) const = 0;
  // Strict order, honouring domains, clock uncertainty and file order inside one source.
  [[nodiscard]] virtual Order order(FactIndex a, FactIndex b) const = 0;
  [[nodiscard]] virtual TimeNs capture_end(DomainId domain) const = 0;
  [[nodiscard]] virtual TimeNs capture_begin(DomainId domain) const = 0;

 private:
  std::span<const Fact> facts_;  // every rule looks at every fact: no virtual call
};

}  // namespace uptrail::analysis
