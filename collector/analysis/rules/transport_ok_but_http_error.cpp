#include "collector/analysis/rules/transport_ok_but_http_error.h"

#include <algorithm>

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "transport-ok-but-http-error",
    .title = "Transport succeeded, but the server refused",
    .severity = Severity::error,
    .summary =
        "didCompleteWithError(nil) only means that the transport worked; the server's refusal is in the response's status.",
    .needs =
        "task.did-complete without error, an HTTP status (task.response, daemon.task-response, or with the completion), and "
        "upload.state for what the app made of it.",
    .remedy =
        "In urlSession(_:task:didCompleteWithError:) check the error and the status code of task.response; count the upload as "
        "done only when both are good.",
    .thresholds = {{"T_REBUILD", 5, "s", "time for the app to change its upload's state after the completion"},
                   {"T_RACE", 0.05, "s", "the app's state line and the callback's line may swap when they are closer than this"},
                   {"OK_FROM", 200, "", "lowest status that counts as success"},
                   {"OK_TO", 299, "", "highest status that counts as success"},
                   {"OK_ALSO", 0, "", "one more status that counts as success (308 for resumable uploads); 0: none"}},
};

enum class Report : std::uint8_t { succeeded, failed, retried, none, pending, unseen };

struct Case {
  TaskId task;
  FactIndex completed = kNoFact;  // did-complete(nil)
  FactIndex response = kNoFact;   // the fact that has the last status
  int status = 0;
  FactIndex report = kNoFact;  // upload.state or the new task
  Report said = Report::none;
  CovAnswer coverage;
};

// The last status that was seen: of the completion itself, else of the app's last response, else of the daemon's.
void find_status(const World& world, Case& c) {
  FactIndex app = kNoFact;
  FactIndex daemon = kNoFact;
  for (const FactIndex i : world.of_task(c.task)) {
    const Fact& fact = world.fact(i);
    if (fact.status < 200) continue;  // none, or informational
    if (fact.kind == EventKind::task_response || fact.kind == EventKind::task_cfn_finished) app = i;
    if (fact.kind == EventKind::daemon_task_response) daemon = i;
  }
  if (c.completed != kNoFact && world.fact(c.completed).status >= 200) {
    c.response = c.completed;
  } else {
    c.response = app != kNoFact ? app : daemon;
  }
  if (c.response != kNoFact) c.status = world.fact(c.response).status;
}

bool is_ok(const Judging& j, int status) {
  return (status >= j.thresholds.value("OK_FROM") && status <= j.thresholds.value("OK_TO")) ||
         status == j.thresholds.value("OK_ALSO");
}

// Wall time, or the time the app could use, whichever is shorter.
DurationNs time_between(const World& world, const Fact& from, TimeNs to) {
  const DurationNs wall = to - from.t;
  if (!from.epoch.valid()) return wall;
  const CovAnswer known = coverage(world, EventKind::app_suspend, {}, from.epoch, from.t, to);
  return known.cov == Cov::yes ? std::min(wall, world.run_time(from.epoch, {from.t, to})) : wall;
}

// What the app made of it: its last word within T_REBUILD, or a new task for the same upload at any later time.
void find_report(const Judging& j, Case& c) {
  const World& world = j.world;
  const Fact& done = world.fact(c.completed);
  const UploadId upload = task_of(world, c.task).upload;
  if (!upload.valid()) {
    c.said = Report::unseen;
    return;
  }
  const DurationNs limit = j.thresholds.duration("T_REBUILD");
  const TimeNs earliest = done.t - j.thresholds.duration("T_RACE");
  for (const FactIndex i : world.of_upload(upload)) {
    const Fact& fact = world.fact(i);
    if (fact.domain != done.domain || fact.t < earliest) continue;
    if (fact.kind == EventKind::task_create && fact.task != c.task && surely_before(world, c.completed, i)) {
      c.said = Report::retried;
      c.report = i;
      return;
    }
    if (fact.kind != EventKind::upload_state || (fact.t > done.t && time_between(world, done, fact.t) > limit)) continue;
    if (fact.word != Word::succeeded && fact.word != Word::failed) continue;
    c.said = fact.word == Word::succeeded ? Report::succeeded : Report::failed;
    c.report = i;
  }
  if (c.said != Report::none) return;
  const TimeNs due = done.t + limit;
  if (world.capture_end(done.domain) < due) {
    c.said = Report::pending;
    return;
  }
  c.coverage = coverage(world, EventKind::upload_state, done.session, done.epoch, done.t, due);
  if (c.coverage.cov != Cov::yes) c.said = Report::unseen;
}

std::string said_text(Report said) {
  switch (said) {
    case Report::succeeded:
      return "the app recorded the upload as succeeded";
    case Report::failed:
      return "the app recorded the upload as failed, as it should";
    case Report::retried:
      return "the app started a new task for the upload, as it should";
    case Report::none:
      return "the app recorded neither success nor failure";
    case Report::pending:
    case Report::unseen:
      return "what the app recorded is not in the capture";
  }
  return {};
}

void fire(const Judging& j, const Case& c) {
  const World& world = j.world;
  const bool handled = c.said == Report::failed || c.said == Report::retried;
  const Severity severity = c.said == Report::succeeded ? Severity::error : (handled ? Severity::info : Severity::warning);
  Draft draft(j, severity, Confidence::proven, task_subject(world, c.task), world.fact(c.completed).t);
  const std::string name = task_name(world, c.task);
  const std::string status = "HTTP " + std::to_string(c.status);
  draft.title(name + (c.said == Report::succeeded ? " counted as a success in spite of " + status
                      : handled                   ? " refused with " + status
                                                  : " completed without error in spite of " + status));
  draft.explain("The server answered " + status + " for " + name + "; didCompleteWithError reports no error, and " +
                said_text(c.said) + ".");
  draft.evidence(c.response, "status " + std::to_string(c.status), true).evidence(c.completed, "completed without error");
  draft.evidence(c.report, c.said == Report::retried ? "a new task for the same upload" : "what the app made of it");
  draft.number("status", c.status).compared("OK_FROM", c.status).compared("OK_TO", c.status);
  if (c.report != kNoFact) {
    draft.compared("T_REBUILD", (world.fact(c.report).t - world.fact(c.completed).t).seconds());
  }
  draft.clears_if("A later response with a good status for the same task.");
  j.verdicts.fired(draft.take());
}

FactIndex first_clean_completion(const World& world, TaskId task) {
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (fact.kind == EventKind::task_did_complete && fact.has(kHasCode) && fact.code == 0) return i;
  }
  return kNoFact;
}

// Finished with success as far as the system is concerned: without did-complete only this rule's question stays open.
bool finished_clean(const World& world, TaskId task) {
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    const bool end =
        (fact.kind == EventKind::daemon_task_finished && fact.has(kShared)) || fact.kind == EventKind::task_cfn_finished;
    if (end && fact.code == 0 && fact.word != Word::cancelled) return true;
  }
  return false;
}

void judge_task(const Judging& j, TaskId task) {
  const World& world = j.world;
  Case c;
  c.task = task;
  c.completed = first_clean_completion(world, task);
  if (c.completed == kNoFact && !finished_clean(world, task)) return;  // not finished, or with an error: nothing to ask
  find_status(world, c);
  if (c.response == kNoFact) {
    undetermined(j, task_subject(world, task), "the HTTP status of the finished task is not in the capture",
                 "log the status code of task.response in didCompleteWithError");
  } else if (is_ok(j, c.status)) {
    j.verdicts.cleared({});
  } else if (c.completed == kNoFact) {
    undetermined(j, task_subject(world, task), "the server refused, but didCompleteWithError of the task is not in the capture",
                 "log didCompleteWithError in the app");
  } else {
    find_report(j, c);
    if (c.said == Report::pending) {
      undetermined(j, task_subject(world, task),
                   "the server refused, but the capture ends too soon to see what the app made of it", "capture longer");
    } else {
      fire(j, c);
    }
  }
}

}  // namespace

const RuleInfo& TransportOkButHttpError::info() const { return kInfo; }

void TransportOkButHttpError::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const TaskId task : world.tasks()) judge_task(j, task);
}

}  // namespace uptrail::analysis
