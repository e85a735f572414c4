#include "collector/analysis/rules/rate_limited_relaunches.h"

#include <algorithm>

#include "collector/analysis/rules/wakes_seen.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "rate-limited-relaunches",
    .title = "Background starts delayed by the resume rate limiter",
    .severity = Severity::warning,
    .summary =
        "Each wake raises the delay of tasks that are created in the background: 60 s, then doubling, until the app comes to the "
        "foreground. Chains of one upload after the other get slower and slower.",
    .needs = "nsurlsessiond's daemon.delay-set; else wakes and the tasks created in them.",
    .remedy = "Create all tasks at once, in the foreground; use fewer, larger transfers and one session.",
    .thresholds = {{"D_RATE", 120, "s", "the limiter starts at 60 s and doubles: from here on it has begun to double"},
                   {"N_CHAIN", 3, "", "wakes that each create a task, for a hint without nsurlsessiond's log"},
                   {"T_CHAIN", 600, "s", "in which those wakes happen"},
                   {"R_GROWTH", 1.7, "", "how much each start waits longer than the one before"}},
};

// Delays from one foreground or reset to the next.
struct Chain {
  std::vector<FactIndex> delays;
  DurationNs longest;
};

bool anywhere_foreground(const World& world, DomainId domain, TimeNs t) {
  const auto epochs = world.one_clock() ? world.epochs_in(domain, {t, t + nanoseconds(1)}) : world.epochs();
  return std::any_of(epochs.begin(), epochs.end(), [&](EpochId e) { return in_foreground(world, e, t); });
}

std::vector<Chain> chains(const World& world) {
  std::vector<FactIndex> marks;
  for (const EventKind kind : {EventKind::daemon_delay_set, EventKind::daemon_delay_reset, EventKind::app_foreground}) {
    const auto all = world.of_kind(kind);
    marks.insert(marks.end(), all.begin(), all.end());
  }
  std::sort(marks.begin(), marks.end());  // facts are in time order
  std::vector<Chain> out(1);
  for (const FactIndex i : marks) {
    const Fact& fact = world.fact(i);
    if (fact.kind != EventKind::daemon_delay_set) {
      if (!out.back().delays.empty()) out.emplace_back();
    } else if (!anywhere_foreground(world, fact.domain, fact.t)) {
      out.back().delays.push_back(i);
      out.back().longest = std::max(out.back().longest, DurationNs{fact.number});
    }
  }
  return out;
}

void fire_chain(const Judging& j, const Chain& chain) {
  const World& world = j.world;
  FactIndex worst = chain.delays.front();
  for (const FactIndex i : chain.delays) {
    if (world.fact(i).number > world.fact(worst).number) worst = i;
  }
  Draft draft(j, Severity::warning, Confidence::proven, unit_subject(world), world.fact(worst).t);
  draft.title("Background starts are delayed by " + format_duration(chain.longest));
  std::size_t wakes = 0;
  for (const WakeSeen& wake : all_wakes(world)) {
    const bool before = maybe_before(world, wake.events, worst);
    if (!before) continue;
    ++wakes;
    if (wakes <= kShownEvidence) draft.evidence(wake.events, "a wake");
  }
  draft.explain("iOS delays tasks that this app creates in the background by " + format_duration(chain.longest) +
                (wakes > 0 ? ", after " + count_of(wakes, "wake") : "") + "; the delay doubles with each wake.");
  for (std::size_t i = 0; i < chain.delays.size() && i < kShownEvidence; ++i) {
    draft.evidence(chain.delays[i], "delay set", chain.delays[i] == worst);
  }
  draft.evidence(worst, "delay set", true).compared("D_RATE", chain.longest.seconds());
  draft.clears_if("A daemon.delay-reset, or the app in the foreground, before tasks were created.");
  j.verdicts.fired(draft.take());
}

// A task created in a wake, and when something first happened to it.
struct Start {
  FactIndex created = kNoFact;
  DurationNs waited;
};

std::vector<Start> starts_in_wakes(const World& world) {
  std::vector<Start> out;
  for (const FactIndex i : world.of_kind(EventKind::task_create)) {
    const Fact& fact = world.fact(i);
    if (!fact.task.valid() || !fact.epoch.valid() || anywhere_foreground(world, fact.domain, fact.t)) continue;
    for (const FactIndex k : world.of_task(fact.task)) {
      const EventKind kind = world.fact(k).kind;
      const bool moves = kind == EventKind::task_progress || kind == EventKind::task_response ||
                         kind == EventKind::task_did_complete || kind == EventKind::server_receipt;
      if (moves && surely_before(world, i, k)) {
        out.push_back({i, world.fact(k).t - fact.t});
        break;
      }
    }
  }
  return out;
}

// Without nsurlsessiond's log: wakes in a row, each start waiting markedly longer than the one before.
void judge_growth(const Judging& j) {
  const World& world = j.world;
  const std::vector<WakeSeen> wakes = all_wakes(world);
  const std::vector<Start> starts = starts_in_wakes(world);
  const auto needed = static_cast<std::size_t>(std::max(2.0, j.thresholds.value("N_CHAIN")));
  if (wakes.size() < needed || starts.size() < needed) {
    if (!wakes.empty() && !starts.empty()) {
      undetermined(j, unit_subject(world), "nsurlsessiond's delays are not recorded", "record the system's log");
    }
    return;
  }
  for (std::size_t k = 0; k + needed <= starts.size(); ++k) {
    bool grows =
        world.fact(starts[k + needed - 1].created).t - world.fact(starts[k].created).t <= j.thresholds.duration("T_CHAIN");
    for (std::size_t n = k + 1; n < k + needed; ++n) {
      grows = grows && starts[n].waited.seconds() >= j.thresholds.value("R_GROWTH") * starts[n - 1].waited.seconds();
    }
    if (!grows) continue;
    Draft draft(j, Severity::warning, Confidence::hint, unit_subject(world), world.fact(starts[k].created).t);
    draft.title("Tasks created in wakes start later and later");
    draft.explain("Each of " + count_of(needed, "task") +
                  " created in the background waited markedly longer than the one before.");
    for (std::size_t n = k; n < k + needed && n < k + kShownEvidence; ++n) {
      draft.evidence(starts[n].created, "waited " + format_duration(starts[n].waited), n == k);
    }
    draft.compared("N_CHAIN", static_cast<double>(needed)).clears_if("nsurlsessiond's log without a daemon.delay-set.");
    j.verdicts.fired(draft.take());
    return;
  }
  undetermined(j, unit_subject(world), "nsurlsessiond's delays are not recorded", "record the system's log");
}

}  // namespace

const RuleInfo& RateLimitedRelaunches::info() const { return kInfo; }

void RateLimitedRelaunches::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  if (!has_wakes(world)) return;
  bool fired = false;
  for (const Chain& chain : chains(world)) {
    if (chain.longest < j.thresholds.duration("D_RATE")) continue;
    fire_chain(j, chain);
    fired = true;
  }
  if (fired) return;
  if (!world.of_kind(EventKind::daemon_delay_set).empty()) {
    verdicts.cleared(unit_subject(world));
    return;
  }
  Scope scope;
  if (!world.facts().empty()) scope.domain = world.facts().front().domain;
  const Interval all{world.capture_begin(scope.domain), world.capture_end(scope.domain)};
  if (world.cov(EventKind::daemon_delay_set, scope, all).cov == Cov::yes) {
    verdicts.cleared(unit_subject(world));
  } else {
    judge_growth(j);
  }
}

}  // namespace uptrail::analysis
