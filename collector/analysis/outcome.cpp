#include "collector/analysis/outcome.h"

#include <algorithm>

#include "collector/base/path_names.h"
#include "collector/base/text.h"
#include "collector/model/system_unit.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;

bool is_delivered(const World& world, TaskId id) {
  const auto facts = world.of_task(id);
  return std::any_of(facts.begin(), facts.end(), [&](FactIndex i) { return world.fact(i).kind == K::task_did_complete; });
}

// Were the app's callbacks recorded from the task's first event to the end?
CovAnswer callbacks_covered(const World& world, const Task& task, DomainId domain) {
  const Interval life{task.seen.start, std::max(task.seen.end, world.capture_end(domain))};
  // The app's own log may end with the app; whoever is not running is told nothing.
  const AbsentAnswer absent = world.absent({{K::task_did_complete},
                                            [](const Fact&) { return true; },
                                            world.of_task(task.id),
                                            {task.session, {}, domain},
                                            life,
                                            Clock::wall,
                                            life.start,
                                            DurationNs{}});
  return absent.coverage;
}

std::size_t unjudged(const UnitVerdict& v) { return v.uncovered + v.waiting; }

// The unit with the most tasks that cannot be judged; the system's own processes only when no app has any.
const UnitVerdict* worst_of(const Derived& derived, std::span<const UnitVerdict> units) {
  const auto weight = [&](const UnitVerdict& v) { return std::pair(!is_system_unit(derived.units[v.unit.value]), unjudged(v)); };
  const UnitVerdict* worst = nullptr;
  for (const UnitVerdict& v : units) {
    if (unjudged(v) > 0 && (worst == nullptr || weight(v) > weight(*worst))) {
      worst = &v;
    }
  }
  return worst;
}

// Nobody can add a line to a process of the system.
void blame_no_app(Derived& derived, std::span<const UnitVerdict> units, const UnitVerdict& worst) {
  std::size_t tasks = 0;
  std::size_t processes = 0;
  bool apps = false;
  for (const UnitVerdict& v : units) {
    apps = apps || (v.tasks > 0 && !is_system_unit(derived.units[v.unit.value]));
    tasks += unjudged(v);
    processes += unjudged(v) > 0 ? 1 : 0;
  }
  const std::string who =
      derived.units[worst.unit.value].bundle + (processes > 1 ? " and " + std::to_string(processes - 1) + " more" : "");
  if (apps) {
    derived.outcome_reason =
        "The system's own processes (" + who + ") log no callbacks: " + count_of(tasks, "task") + " of theirs cannot be judged.";
    derived.next_step = "Nothing more is needed for your own app.";
  } else {
    derived.outcome_reason =
        "Only the system's own processes (" + who + ") have transfers in this capture, and they log no callbacks.";
    derived.next_step = "Record while your app uploads: uptrail howto device";
  }
}

}  // namespace

UnitVerdict judge_callbacks(const World& world) {
  UnitVerdict v;
  v.unit = world.unit().id;
  const auto callbacks = world.of_kind(K::task_did_complete);
  v.never_logged = std::none_of(callbacks.begin(), callbacks.end(),
                                [&](FactIndex i) { return world.fact(i).task.valid() && !world.fact(i).has(kInferred); });
  for (const TaskId id : world.tasks()) {
    const auto facts = world.of_task(id);
    const Task& task = world.derived().tasks[id.value];
    ++v.tasks;
    if (is_delivered(world, id)) {
      continue;
    }
    const DomainId domain = facts.empty() ? DomainId{} : world.fact(facts.front()).domain;
    const CovAnswer answer = callbacks_covered(world, task, domain);
    if (answer.cov != Cov::yes || (answer.declared_never_logged && v.never_logged)) {
      ++v.uncovered;
      v.reason = v.reason.empty() ? answer.reason : v.reason;
    } else if (task.finished_in_daemon) {
      ++v.waiting;
    }
  }
  return v;
}

namespace {

// A log that was read without a known line may hold just what is missing.
void name_not_understood(Derived& derived, std::span<const Source> sources) {
  std::string names;
  std::string first;
  std::size_t count = 0;
  for (const Source& s : sources) {
    if (s.not_understood && !s.is_store && s.accounting.read > 0) {
      names += (names.empty() ? "" : ", ") + std::string(last_part(s.path, "/\\"));
      first = first.empty() ? s.path : first;
      ++count;
    }
  }
  if (count == 0) {
    return;
  }
  if (count == sources.size()) {
    derived.next_step = "If it is the app's own log, teach its words: uptrail messages draft " + first;
  } else {
    derived.next_step += " Or, if it is the app's own log: uptrail messages draft " + first;
  }
  derived.outcome_reason += " NOT UNDERSTOOD: " + names + ".";
}

}  // namespace

void decide_outcome(Derived& derived, std::span<const UnitVerdict> units, std::span<const Source> sources) {
  derived.outcome_reason.clear();
  derived.next_step.clear();
  const bool failed = std::any_of(derived.causes.begin(), derived.causes.end(), [](const Cause& c) {
    return c.severity >= Severity::warning && c.confidence >= Confidence::likely;
  });
  if (failed) {
    derived.outcome = Outcome::fail;
    return;
  }
  derived.outcome = Outcome::unknown;
  const UnitVerdict* worst = worst_of(derived, units);
  std::size_t tasks = 0;
  for (const UnitVerdict& v : units) {
    tasks += v.tasks;
  }
  if (tasks == 0) {
    const bool nothing = !sources.empty() && std::all_of(sources.begin(), sources.end(), [](const Source& s) {
      return s.not_understood || (s.accounting.read == 0 && !s.is_store);  // a store may be empty
    });
    derived.outcome_reason = nothing ? "No line of the input was understood." : "No background upload task is in this capture.";
    derived.next_step =
        nothing ? "See what was recognised: uptrail formats FILE" : "Record while the app uploads: uptrail howto device";
    name_not_understood(derived, sources);
    return;
  }
  if (worst == nullptr) {
    derived.outcome = Outcome::ok;
    return;
  }
  const Unit& unit = derived.units[worst->unit.value];
  if (is_system_unit(unit)) {
    blame_no_app(derived, units, *worst);
    return;
  }
  const std::string app = !unit.title.empty() ? unit.title : (!unit.bundle.empty() ? unit.bundle : "the app");
  if (worst->never_logged && worst->uncovered > 0) {
    derived.outcome_reason =
        "No didCompleteWithError is logged by " + app + ": " + count_of(worst->uncovered, "task") + " cannot be judged.";
    derived.next_step = "Add one line: uptrail howto instrument";
  } else if (worst->uncovered > 0) {
    derived.outcome_reason = "The callbacks of " + app + " are not fully recorded" +
                             (worst->reason.empty() ? std::string() : " (" + worst->reason + ")") + ": " +
                             count_of(worst->uncovered, "task") + " cannot be judged.";
    derived.next_step = "Record again without gaps, from before the launch: uptrail howto device";
  } else {
    derived.outcome_reason =
        "When the capture ended, " + count_of(worst->waiting, "finished task") + " had not yet been delivered to " + app + ".";
    derived.next_step = "Record until the app has run for 30 s after the last upload.";
  }
  name_not_understood(derived, sources);
}

}  // namespace uptrail::analysis
