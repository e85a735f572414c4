#include "collector/analysis/rules/retry_loop.h"

#include <algorithm>
#include <map>

#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"
#include "collector/model/system_unit.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "retry-loop",
    .title = "Same upload restarts again and again",
    .severity = Severity::warning,
    .summary =
        "The upload is begun again and again, by the system or by the app, and never gets through: battery and data are spent.",
    .needs = "nsurlsessiond's retries, the app's task.progress, or several tasks of one upload with their errors.",
    .remedy =
        "Use a resumable protocol or smaller parts, pause longer from try to try, and look at timeouts of server and proxies.",
    .thresholds = {{"N_RETRY", 5, "", "restarts within T_WINDOW; below that it is normal mobile networking"},
                   {"T_WINDOW", 3600, "s", "in which restarts are counted"},
                   {"N_DROPS", 3, "", "falls of the progress from more than half to almost nothing within T_WINDOW"},
                   {"TIMES_SENT", 3, "", "bytes sent in vain, in multiples of the file's size"}},
};

// Most facts of a sorted list within the window: [first, last] of them.
struct Window {
  std::size_t count = 0;
  std::size_t first = 0;
};

Window densest(const World& world, const std::vector<FactIndex>& facts, DurationNs window) {
  Window best;
  std::size_t from = 0;
  for (std::size_t to = 0; to < facts.size(); ++to) {
    const Fact& last = world.fact(facts[to]);
    while (world.fact(facts[from]).domain != last.domain || last.t - world.fact(facts[from]).t > window) ++from;
    if (to - from + 1 > best.count) best = {to - from + 1, from};
  }
  return best;
}

struct Loop {
  Subject subject;
  std::vector<FactIndex> restarts;  // all of one kind, in order
  std::string what;                 // "restarted by the system"
  std::string threshold;
  double value = 0;
  std::int64_t bytes = 0;  // sent in vain; 0: not known
};

// Coming and going network explains restarts; without knowledge of it nothing else is said than that they were.
bool network_is_to_blame(const Judging& j, const Loop& loop) {
  const World& world = j.world;
  const Fact& first = world.fact(loop.restarts.front());
  const Interval span{first.t, world.fact(loop.restarts.back()).t};
  Scope scope;
  scope.domain = first.domain;
  if (world.cov(EventKind::device_network, scope, span).cov != Cov::yes) return true;
  double changes = 0;
  for (const FactIndex i : world.of_kind(EventKind::device_network)) {
    const Fact& fact = world.fact(i);
    changes += fact.domain == first.domain && span.start <= fact.t && fact.t <= span.end ? 1 : 0;
  }
  return changes >= j.thresholds.value("N_RETRY");
}

void fire(const Judging& j, const Loop& loop) {
  const World& world = j.world;
  const bool network = network_is_to_blame(j, loop);
  Draft draft(j, network ? Severity::info : Severity::warning, Confidence::likely, loop.subject,
              world.fact(loop.restarts.front()).t);
  draft.title(loop.subject.label + " " + loop.what);
  const DurationNs time = world.fact(loop.restarts.back()).t - world.fact(loop.restarts.front()).t;
  draft.explain(capitalised(loop.subject.label) + " was " + loop.what + " in " + format_duration(time) + ".");
  if (loop.bytes > 0) draft.explain(std::to_string(loop.bytes) + " bytes were sent in vain.");
  if (network) draft.explain("The network came and went, or its state is not known: that may explain it.");
  for (std::size_t i = 0; i < loop.restarts.size() && i < kShownEvidence; ++i) {
    draft.evidence(loop.restarts[i], "began again after this", i == 0);
  }
  draft.compared(loop.threshold, loop.value);
  if (loop.bytes > 0) draft.number("bytes sent in vain", static_cast<double>(loop.bytes), "bytes");
  draft.clears_if("Nothing: it is what was logged. A network that comes and goes makes it info.");
  j.verdicts.fired(draft.take());
}

bool judge_retries(const Judging& j, TaskId task) {
  const World& world = j.world;
  const auto retries = pick_of_task(world, task, {}, {EventKind::daemon_task_retry});
  const Window window = densest(world, retries, j.thresholds.duration("T_WINDOW"));
  if (static_cast<double>(window.count) < j.thresholds.value("N_RETRY")) return false;
  Loop loop;
  loop.subject = task_subject(world, task);
  loop.restarts.assign(retries.begin() + static_cast<std::ptrdiff_t>(window.first),
                       retries.begin() + static_cast<std::ptrdiff_t>(window.first + window.count));
  loop.what = "started again " + count_of(window.count, "time") + " by the system";
  loop.threshold = "N_RETRY";
  loop.value = static_cast<double>(window.count);
  fire(j, loop);
  return true;
}

// Progress that falls back to the beginning: the body is sent anew.
bool judge_drops(const Judging& j, TaskId task) {
  const World& world = j.world;
  const auto size = task_of(world, task).bytes_expected;
  if (!size || *size <= 0) return false;
  constexpr std::int64_t kHalf = 2;
  constexpr std::int64_t kAlmostNothing = 20;
  std::vector<FactIndex> drops;
  std::int64_t peak = 0;
  std::int64_t bytes = 0;
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (fact.kind != EventKind::task_progress) continue;
    if (peak > *size / kHalf && fact.number < *size / kAlmostNothing) {
      drops.push_back(i);
      bytes += peak;
      peak = 0;
    }
    peak = std::max(peak, fact.number);
  }
  const Window window = densest(world, drops, j.thresholds.duration("T_WINDOW"));
  const bool often = static_cast<double>(window.count) >= j.thresholds.value("N_DROPS");
  const double times = static_cast<double>(bytes) / static_cast<double>(*size);
  if (drops.empty() || (!often && times < j.thresholds.value("TIMES_SENT"))) return false;
  Loop loop;
  loop.subject = task_subject(world, task);
  loop.restarts = drops;
  loop.what = "started again from the beginning " + count_of(drops.size(), "time");
  loop.threshold = often ? "N_DROPS" : "TIMES_SENT";
  loop.value = often ? static_cast<double>(window.count) : times;
  loop.bytes = bytes;
  fire(j, loop);
  return true;
}

// One try of the upload that ended with an error.
struct Try {
  FactIndex created = kNoFact;
  FactIndex end = kNoFact;
  std::int32_t code = 0;
};

std::vector<Try> failed_tries(const World& world, const Upload& upload) {
  std::vector<Try> out;
  for (const TaskId task : upload.tasks) {
    const FactIndex created = first_of(world, task, {EventKind::task_create});
    const FactIndex end = end_of_task(world, task);
    if (created == kNoFact || end == kNoFact || !in_background_session(world, task)) continue;
    const Fact& fact = world.fact(end);
    if (fact.has(kHasCode) && fact.code != 0 && fact.code != kCancelled) out.push_back({created, end, fact.code});
  }
  std::sort(out.begin(), out.end(), [](const Try& a, const Try& b) { return a.created < b.created; });
  return out;
}

// Tries that follow one another with the same error. Parts of one upload overlap; they are no tries.
void judge_tries(const Judging& j, UploadId id) {
  const World& world = j.world;
  const Upload& upload = world.derived().uploads[id.value];
  if (static_cast<double>(upload.tasks.size()) < j.thresholds.value("N_RETRY")) return;
  std::map<std::int32_t, std::vector<FactIndex>> ends;
  std::map<std::int32_t, FactIndex> last;
  for (const Try& t : failed_tries(world, upload)) {
    const auto before = last.find(t.code);
    if (before != last.end() && !maybe_before(world, before->second, t.created)) continue;
    ends[t.code].push_back(t.end);
    last[t.code] = t.end;
  }
  for (const auto& [code, facts] : ends) {
    const Window window = densest(world, facts, j.thresholds.duration("T_WINDOW"));
    if (static_cast<double>(window.count) < j.thresholds.value("N_RETRY")) continue;
    Loop loop;
    loop.subject = task_subject(world, upload.tasks.front());
    loop.subject.task = {};
    loop.subject.label = upload_name(world, id);
    loop.restarts.assign(facts.begin() + static_cast<std::ptrdiff_t>(window.first),
                         facts.begin() + static_cast<std::ptrdiff_t>(window.first + window.count));
    loop.what = "tried " + count_of(window.count, "time") + " by the app, always ending with " + std::to_string(code);
    loop.threshold = "N_RETRY";
    loop.value = static_cast<double>(window.count);
    fire(j, loop);
    return;
  }
}

}  // namespace

const RuleInfo& RetryLoop::info() const { return kInfo; }

void RetryLoop::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  if (is_system_unit(world.unit())) return;
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const TaskId task : world.tasks()) {
    if (!judge_retries(j, task)) judge_drops(j, task);
  }
  for (const UploadId upload : world.uploads()) judge_tries(j, upload);
}

}  // namespace uptrail::analysis
