#include "collector/analysis/rules/auth_challenge_unanswered.h"

#include <algorithm>
#include <array>

#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/analysis/rules/wakes_seen.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "auth-challenge-unanswered",
    .title = "Challenge not answered",
    .severity = Severity::error,
    .summary =
        "A delegate got an authentication challenge and never called its completion handler: the task waits until it times out.",
    .needs = "task.challenge, task.challenge-answered, and the app's life-cycle.",
    .remedy = "Call the completion handler of every challenge exactly once; .performDefaultHandling where nothing else is meant.",
    .thresholds = {{"T_CB", 30, "s", "run time in which a challenge is answered"}},
};

// Whatever the task does after the challenge, it got an answer.
bool went_on(EventKind kind) {
  switch (kind) {
    case EventKind::task_challenge_answered:
    case EventKind::task_response:
    case EventKind::task_data:
    case EventKind::task_redirect:
    case EventKind::task_progress:
    case EventKind::task_cancel:
    case EventKind::daemon_task_sent:
    case EventKind::daemon_task_response:
    case EventKind::daemon_task_connection:
    case EventKind::daemon_task_retry:
    case EventKind::daemon_task_cancelled:
      return true;
    default:
      return false;
  }
}

FactIndex open_challenge(const World& world, TaskId task) {
  FactIndex open = kNoFact;
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (fact.kind == EventKind::task_challenge) open = i;
    if (open != kNoFact && (went_on(fact.kind) || is_end(fact)) && maybe_before(world, open, i)) open = kNoFact;
  }
  return open;
}

// A person may be asked for a password or a certificate, for as long as it takes.
bool may_ask_the_user(std::string_view method) {
  constexpr std::array<std::string_view, 6> kAutomatic = {"servertrust", "nsurlauthenticationmethodservertrust",
                                                          "oauth",       "bearer",
                                                          "negotiate",   "nsurlauthenticationmethodnegotiate"};
  const std::string lower = to_lower_ascii(method);
  return std::find(kAutomatic.begin(), kAutomatic.end(), lower) == kAutomatic.end();
}

void judge_task(const Judging& j, TaskId task) {
  const World& world = j.world;
  const FactIndex open = open_challenge(world, task);
  if (open == kNoFact || !in_background_session(world, task)) return;
  const Fact& challenge = world.fact(open);
  const Subject subject = task_subject(world, task);
  if (!challenge.epoch.valid()) {
    undetermined(j, subject, "the process that got the challenge is not known", std::string(kLoggerAdvice));
    return;
  }
  World::AbsentQuery query;
  query.kinds = {EventKind::task_challenge_answered};
  query.match = [t = challenge.t](const Fact& fact) { return fact.t >= t; };
  query.among = world.of_task(task);
  query.scope.session = task_of(world, task).session;
  query.scope.epoch = challenge.epoch;
  query.span = {challenge.t, life_end(world, challenge.epoch)};
  query.run_from = challenge.t;
  query.T = j.thresholds.duration("T_CB");
  const AbsentAnswer absent = world.absent(query);
  if (absent.answer == Absent::unknown) {
    undetermined(j, subject, "cannot see whether the challenge was answered", absent.coverage);
    return;
  }
  if (absent.answer != Absent::yes) {
    undetermined(j, subject, "the capture, or the process, ended too soon after the challenge",
                 "capture 30 s longer with the app running");
    return;
  }
  const std::string method = world.text_of(open, Field::method);
  if (may_ask_the_user(method) && in_foreground(world, challenge.epoch, challenge.t)) {
    undetermined(j, subject, "the app was in the foreground, and may be asking the user", "log task.challenge-answered");
    return;
  }
  Draft draft(j, Severity::error, Confidence::likely, subject, challenge.t);
  const std::string name = task_name(world, task);
  draft.title(name + " waits: its challenge was not answered");
  draft.explain("The " + (method.empty() ? std::string() : method + " ") + "challenge of " + name + " was not answered in " +
                format_duration(absent.waited) + " of run time; the task waits until it times out.");
  draft.evidence(open, "the challenge", true)
      .missing(EventKind::task_challenge_answered, challenge.t, "an answer to the challenge");
  draft.compared("T_CB", absent.waited.seconds()).rests_on(absent);
  draft.clears_if("An answer to the challenge, or any later sign of the transfer.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& AuthChallengeUnanswered::info() const { return kInfo; }

void AuthChallengeUnanswered::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  if (world.of_kind(EventKind::task_challenge).empty()) return;
  for (const TaskId task : world.tasks()) judge_task(j, task);
}

}  // namespace uptrail::analysis
