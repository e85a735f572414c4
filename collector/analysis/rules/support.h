// What the rules share: names for people, order questions over facts, and the building of findings.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/analysis/rule.h"

namespace uptrail::analysis::rules {

// The arguments of Rule::judge, handed on to its parts.
struct Judging {
  const World& world;
  const Thresholds& thresholds;
  Verdicts& verdicts;
  const RuleInfo& info;
};

// -- entities
const ProcessEpoch& epoch_of(const World& world, EpochId id);  // precondition: valid
const Session& session_of(const World& world, SessionId id);
const Task& task_of(const World& world, TaskId id);
// session "up"; "a session" when its identifier is unknown.
std::string session_name(const World& world, SessionId id);
// upload 17; the app's own name when that begins with the word already.
std::string upload_name(const World& world, UploadId id);
// upload 17 | task "photo-3" | task 4 of session "up" | task A1B2C3D4-… | a task
std::string task_name(const World& world, TaskId id);
// The app process in words: Shoebox (pid 123).
std::string epoch_name(const World& world, EpochId id);
std::string quoted(std::string_view text);
// For the beginning of a sentence: our own words only, names of the app stay as they are.
std::string capitalised(std::string text);

Subject session_subject(const World& world, SessionId session, EpochId epoch);
Subject task_subject(const World& world, TaskId task);
Subject epoch_subject(const World& world, EpochId epoch);
Subject unit_subject(const World& world);

// -- facts
// Facts of the given kinds that belong to `epoch` (an invalid epoch: of any), in the order they were given.
std::vector<FactIndex> pick(const World& world, std::span<const FactIndex> among, EpochId epoch,
                            std::initializer_list<EventKind> kinds);
// The same, of one task.
std::vector<FactIndex> pick_of_task(const World& world, TaskId task, EpochId epoch, std::initializer_list<EventKind> kinds);
bool has_any(const World& world, TaskId task, std::initializer_list<EventKind> kinds);
// The same, of all that one process, or one session (in one process, or in any), left.
std::vector<FactIndex> pick_in_epoch(const World& world, EpochId epoch, std::initializer_list<EventKind> kinds);
std::vector<FactIndex> pick_in_session(const World& world, SessionId session, EpochId epoch,
                                       std::initializer_list<EventKind> kinds);
// All that was logged about the creation and end of one session in one process. Background sessions only; calls on the shared
// session are left out.
struct SessionLife {
  EpochId epoch;
  SessionId session;
  std::vector<FactIndex> creates, invalidations, completions, warnings;  // completions: did-become-invalid
};
SessionLife life_of_session(const World& world, SessionId session, EpochId epoch);
// Calls `judge` for every session in every process it is seen in. A session without process, or without identifier (it may be
// several), is undetermined.
void for_each_life(const Judging& j, const std::function<void(const SessionLife&)>& judge);
ProcessState state_at(const World& world, EpochId epoch, TimeNs t);  // unknown outside its states
FactIndex launch_of(const World& world, EpochId epoch);              // kNoFact: the start of the process is not in the capture
// The launch as the observer saw it who tells the field: the system reports launches, too, without the build.
FactIndex launch_telling(const World& world, EpochId epoch, Field field);
// The object's address or name as logged with this fact; "" when it was not.
std::string object_text(const World& world, FactIndex i);
bool field_is(const World& world, FactIndex i, Field field, std::string_view value);
bool is_force_quit(const Fact& fact);                        // the kinds that tell of one
Observer observer_of(const World& world, const Fact& fact);  // on whose word it rests

// -- order: "surely" holds in both orders of unordered events, "maybe" in at least one
bool surely_before(const World& world, FactIndex a, FactIndex b);
bool maybe_before(const World& world, FactIndex a, FactIndex b);
bool maybe_between(const World& world, FactIndex x, FactIndex a, FactIndex b);  // a, x, b
bool any_maybe_between(const World& world, std::span<const FactIndex> xs, FactIndex a, FactIndex b);
bool near_in_time(const World& world, FactIndex a, FactIndex b, DurationNs distance);  // same domain, and closer than that
FactIndex last_surely_before(const World& world, std::span<const FactIndex> xs, FactIndex b);  // kNoFact: none

// -- time and coverage
// When the process ended, or the next one of the same name began, or the capture of its events stopped.
TimeNs life_end(const World& world, EpochId epoch);
// When it ended, or where its evidence stops: up to there a quiet verdict speaks.
TimeNs seen_end(const World& world, EpochId epoch);
// When it was launched; when that is not in the capture, where its evidence begins.
TimeNs life_begin(const World& world, EpochId epoch);
// Where the app's own log of that process begins, when its first word is the launch: nothing of the app lies before. Else
// life_begin.
TimeNs own_begin(const World& world, EpochId epoch);
// Of [a, b], whichever is the earlier.
CovAnswer coverage(const World& world, EventKind kind, SessionId session, EpochId epoch, TimeNs a, TimeNs b);
bool covered(const World& world, EventKind kind, SessionId session, EpochId epoch, TimeNs a, TimeNs b);
// Two facts of one epoch are of one process: its pid is known, or launches and terminations are recorded between them.
bool same_process(const World& world, EpochId epoch, FactIndex a, FactIndex b);
// Platforms on which the system does not launch apps for session events.
bool has_wakes(const World& world);

// -- verdicts
inline constexpr std::string_view kLoggerAdvice = "add the in-app logger: uptrail howto instrument";
inline constexpr std::size_t kShownEvidence = 10;  // of many equal events
void undetermined(const Judging& j, Subject subject, std::string reason, std::string add);
// `what` cannot be seen, because of the coverage's reason.
void undetermined(const Judging& j, Subject subject, std::string_view what, const CovAnswer& coverage);

// A finding being written. Sorting, capping and the choice of a key line happen in take().
class Draft {
 public:
  Draft(const Judging& j, Severity severity, Confidence confidence, Subject subject, TimeNs t);
  Draft& title(std::string text);
  Draft& explain(std::string_view sentence);  // added to the explanation, with a blank between
  Draft& clears_if(std::string text);
  Draft& evidence(FactIndex fact, std::string note, bool key = false);  // kNoFact and repeated facts are ignored
  Draft& missing(EventKind kind, TimeNs due, std::string note);
  Draft& number(std::string name, double value, std::string unit = "");
  Draft& compared(std::string threshold, double value);  // with the value of that threshold, and its unit
  Draft& rests_on(const CovAnswer& coverage);            // absence of a kind that was declared, never logged: hint
  Draft& rests_on(const AbsentAnswer& absent);           // the same, and notes what was searched
  Draft& searched(const std::vector<SearchDone>& done);
  Finding take();

 private:
  struct Item {
    FactIndex fact = kNoFact;
    EvidenceRef ref;
  };
  const Judging& j_;
  Finding finding_;
  std::vector<Item> items_;
  bool capped_ = false;
};

}  // namespace uptrail::analysis::rules
