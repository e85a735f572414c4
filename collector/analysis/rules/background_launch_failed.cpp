#include "collector/analysis/rules/background_launch_failed.h"

#include <algorithm>
#include <map>

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "background-launch-failed",
    .title = "The system tried to launch the app and failed",
    .severity = Severity::warning,
    .summary = "nsurlsessiond asked for the app because its transfers had ended, and the app was not launched: results wait.",
    .needs = "nsurlsessiond's log; launches and resumes of the app.",
    .remedy = "Look for a crash or a hang at launch; the app must be up within seconds when it is launched in the background.",
    .thresholds = {{"T_LAUNCHED", 60, "s", "a launch or resume answers the request within seconds"},
                   {"N_ERROR", 2, "", "so many failures are an error"}},
};

// Failures of one session; an invalid session: the lines name only the app.
using Failures = std::map<SessionId, std::vector<FactIndex>>;

bool being_installed(const Judging& j, FactIndex failed) {
  const auto installs = j.world.of_kind(EventKind::app_install);
  return std::any_of(installs.begin(), installs.end(),
                     [&](FactIndex i) { return near_in_time(j.world, i, failed, j.thresholds.duration("T_LAUNCHED")); });
}

void fire(const Judging& j, SessionId session, const std::vector<FactIndex>& failed, const AbsentAnswer* absent) {
  const World& world = j.world;
  const bool often = static_cast<double>(failed.size()) >= j.thresholds.value("N_ERROR");
  Draft draft(j, often ? Severity::error : Severity::warning, absent == nullptr ? Confidence::proven : Confidence::likely,
              session_subject(world, session, {}), world.fact(failed.front()).t);
  const std::string error = absent == nullptr ? world.text_of(failed.back(), Field::error) : "";
  draft.title(absent == nullptr ? "Launch for " + session_name(world, session) + " failed" + (error.empty() ? "" : ": " + error)
                                : "Launch for " + session_name(world, session) + " was requested and did not happen");
  draft.explain(absent == nullptr ? "nsurlsessiond could not launch or open the app for its finished transfers."
                                  : "nsurlsessiond asked for the app, and neither a launch nor a resume followed.");
  for (std::size_t i = 0; i < failed.size() && i < kShownEvidence; ++i) {
    draft.evidence(failed[i], absent == nullptr ? "the launch failed" : "the launch was requested", i == 0);
  }
  draft.compared("N_ERROR", static_cast<double>(failed.size()));
  if (absent != nullptr) {
    draft.compared("T_LAUNCHED", absent->waited.seconds()).rests_on(*absent);
    draft.missing(EventKind::app_launch, world.fact(failed.front()).t + j.thresholds.duration("T_LAUNCHED"),
                  "the app is launched or resumed");
  }
  draft.clears_if("A launch or resume of the app right after the request.");
  j.verdicts.fired(draft.take());
}

AbsentAnswer no_launch(const Judging& j, FactIndex request) {
  const World& world = j.world;
  const Fact& asked = world.fact(request);
  World::AbsentQuery query;
  query.kinds = {EventKind::app_launch,
                 EventKind::app_resume,
                 EventKind::app_foreground,
                 EventKind::wake_handle_events,
                 EventKind::daemon_wake_launched,
                 EventKind::daemon_wake_failed,
                 EventKind::daemon_wake_suppressed};
  query.match = [](const Fact&) { return true; };
  std::vector<FactIndex> near;
  for (const EventKind kind : query.kinds) {
    const auto all = world.within(world.of_kind(kind), {asked.t, asked.t + j.thresholds.duration("T_LAUNCHED")});
    near.insert(near.end(), all.begin(), all.end());
  }
  std::sort(near.begin(), near.end());
  query.among = near;
  query.scope.session = asked.session;
  query.scope.domain = asked.domain;
  query.span = {asked.t, asked.t + j.thresholds.duration("T_LAUNCHED")};
  query.clock = Clock::wall;
  query.T = j.thresholds.duration("T_LAUNCHED");
  AbsentAnswer answer = world.absent(query);
  // Both ways of coming up must be recorded; one witness is not enough here.
  for (const EventKind kind : {EventKind::app_launch, EventKind::app_resume}) {
    if (answer.answer != Absent::yes) break;
    Scope scope = query.scope;
    scope.session = {};
    const CovAnswer known = world.cov(kind, scope, query.span);
    if (known.cov != Cov::yes) {
      answer.answer = Absent::unknown;
      answer.coverage = known;
    }
  }
  return answer;
}

void judge_request(const Judging& j, FactIndex request) {
  const Subject subject = session_subject(j.world, j.world.fact(request).session, {});
  const AbsentAnswer absent = no_launch(j, request);
  if (absent.answer == Absent::yes && !being_installed(j, request)) {
    fire(j, j.world.fact(request).session, {request}, &absent);
  } else if (absent.answer == Absent::unknown) {
    undetermined(j, subject, "cannot see whether the app was launched for its finished transfers", absent.coverage);
  } else if (absent.answer == Absent::pending) {
    undetermined(j, subject, "the capture ends too soon after the launch was requested", "capture longer");
  } else {
    j.verdicts.cleared(subject);
  }
}

}  // namespace

const RuleInfo& BackgroundLaunchFailed::info() const { return kInfo; }

void BackgroundLaunchFailed::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  if (!has_wakes(world)) return;
  Failures failures;
  for (const FactIndex i : world.of_kind(EventKind::daemon_wake_failed)) {
    if (!being_installed(j, i)) failures[world.fact(i).session].push_back(i);
  }
  for (const auto& [session, failed] : failures) fire(j, session, failed, nullptr);
  for (const FactIndex i : world.of_kind(EventKind::daemon_wake_requested)) judge_request(j, i);
}

}  // namespace uptrail::analysis
