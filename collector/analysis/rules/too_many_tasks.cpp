#include "collector/analysis/rules/too_many_tasks.h"

#include <algorithm>
#include <map>
#include <vector>

#include "collector/analysis/rules/daemon_stores.h"
#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "too-many-tasks",
    .title = "Too many outstanding tasks",
    .severity = Severity::warning,
    .summary = "Thousands of tasks at once slow the transfer service down, stall enqueueing, and make it skip other sessions.",
    .needs = "The creation and the end of tasks, or nsurlsessiond's own line.",
    .remedy = "Keep a window of some dozen tasks and create the next when one ends; put small files into archives.",
    .thresholds = {{"N_TASKS_INFO", 100, "", "outstanding at once"}, {"N_TASKS_WARN", 1000, "", "outstanding at once"}},
};

// Begin or end of one task. An unseen end keeps the task outstanding, so ends must be recorded.
struct Step {
  TimeNs t;
  int change = 0;
  FactIndex fact = kNoFact;
};

FactIndex first_end(const World& world, TaskId task) {
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (fact.kind == EventKind::task_did_complete || fact.kind == EventKind::task_cfn_finished ||
        (fact.kind == EventKind::daemon_task_finished && fact.has(kShared))) {
      return i;
    }
  }
  return kNoFact;
}

struct Peak {
  std::size_t count = 0;
  FactIndex at = kNoFact;  // the creation that reached it
  TimeNs since;            // the first creation that may count among them
};

// In which the most tasks begin. Stores beside a log have clocks of their own.
DomainId main_domain(const World& world) {
  std::map<DomainId, std::size_t> count;
  for (const TaskId task : world.tasks()) {
    if (const FactIndex first = world.life_of(task).first; first != kNoFact) ++count[world.fact(first).domain];
  }
  const auto most =
      std::max_element(count.begin(), count.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == count.end() ? world.facts().front().domain : most->first;
}

Peak highest(const World& world, DomainId domain) {
  std::vector<Step> steps;
  for (const TaskId task : world.tasks()) {
    const FactIndex first = world.life_of(task).first;
    if (first == kNoFact || world.fact(first).domain != domain) continue;
    steps.push_back({world.fact(first).t, 1, first});
    const FactIndex end = first_end(world, task);
    if (end != kNoFact) steps.push_back({world.fact(end).t, -1, end});
  }
  // Ends first: tasks that follow each other are never outstanding together.
  std::sort(steps.begin(), steps.end(),
            [](const Step& a, const Step& b) { return std::tuple(a.t, a.change, a.fact) < std::tuple(b.t, b.change, b.fact); });
  Peak peak;
  TimeNs since;
  std::int64_t now = 0;
  for (const Step& step : steps) {
    now += step.change;
    if (step.change > 0 && now == 1) since = step.t;
    if (now > static_cast<std::int64_t>(peak.count)) peak = {static_cast<std::size_t>(now), step.fact, since};
  }
  return peak;
}

void fire(const Judging& j, const Peak& peak, FactIndex line) {
  const World& world = j.world;
  const bool many = line != kNoFact || static_cast<double>(peak.count) >= j.thresholds.value("N_TASKS_WARN");
  Draft draft(j, many ? Severity::warning : Severity::info, Confidence::proven, unit_subject(world),
              world.fact(line != kNoFact ? line : peak.at).t);
  draft.title(line != kNoFact ? "The transfer service says that there are too many tasks"
                              : count_of(peak.count, "task") + " outstanding at once");
  draft.explain(count_of(peak.count, "task") + (peak.count == 1 ? " was" : " were") +
                " outstanding at once; the system may skip or delay sessions of this app.");
  draft.evidence(peak.at, "the most tasks were outstanding here").evidence(line, "nsurlsessiond says so", true);
  draft.compared("N_TASKS_INFO", static_cast<double>(peak.count)).compared("N_TASKS_WARN", static_cast<double>(peak.count));
  draft.clears_if("Ends of tasks that are not in the capture.");
  j.verdicts.fired(draft.take());
}

bool ends_recorded(const World& world, DomainId domain, Interval span, CovAnswer& known) {
  for (const EventKind kind : {EventKind::task_did_complete, EventKind::daemon_task_finished}) {
    Scope scope;
    scope.domain = domain;
    known = world.cov(kind, scope, span);
    if (known.cov == Cov::yes) return true;
  }
  return false;
}

// Live rows of one copy of nsurlsessiond's store are outstanding at once.
bool judge_store(const Judging& j) {
  const World& world = j.world;
  const DaemonStores stores(world);
  for (const DaemonStores::Copy& copy : stores.copies()) {
    const auto live =
        std::count_if(copy.rows.begin(), copy.rows.end(), [&](FactIndex i) { return is_live_state(world.fact(i).word); });
    if (static_cast<double>(live) < j.thresholds.value("N_TASKS_INFO")) continue;
    const bool many = static_cast<double>(live) >= j.thresholds.value("N_TASKS_WARN");
    const auto count = static_cast<std::size_t>(live);
    Draft draft(j, many ? Severity::warning : Severity::info, Confidence::likely, unit_subject(world),
                world.fact(copy.snapshot).t);
    draft.title(count_of(count, "task") + " outstanding in nsurlsessiond's store");
    draft.explain("nsurlsessiond's store has " + count_of(count, "task") +
                  " of the app that are running or suspended; the system may skip or delay sessions of this app.");
    draft.evidence(copy.snapshot, "nsurlsessiond's store", true);
    draft.compared("N_TASKS_INFO", static_cast<double>(count)).compared("N_TASKS_WARN", static_cast<double>(count));
    draft.clears_if("A copy of the store with fewer live tasks at that time.");
    j.verdicts.fired(draft.take());
    return true;
  }
  return false;
}

}  // namespace

const RuleInfo& TooManyTasks::info() const { return kInfo; }

void TooManyTasks::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  if (world.facts().empty()) return;
  const auto lines = world.of_kind(EventKind::daemon_too_many_tasks);
  const DomainId domain = main_domain(world);
  const Peak peak = highest(world, domain);
  if (!lines.empty()) {
    fire(j, peak, lines.front());
    return;
  }
  if (peak.at == kNoFact || static_cast<double>(peak.count) < thresholds.value("N_TASKS_INFO")) {
    if (!judge_store(j)) verdicts.cleared(unit_subject(world));
    return;
  }
  CovAnswer known;
  if (ends_recorded(world, domain, {peak.since, world.fact(peak.at).t}, known)) {
    fire(j, peak, kNoFact);
  } else {
    undetermined(j, unit_subject(world), "many tasks were created, but their ends are not recorded", known);
  }
}

}  // namespace uptrail::analysis
