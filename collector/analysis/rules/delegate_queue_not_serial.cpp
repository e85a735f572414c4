#include "collector/analysis/rules/delegate_queue_not_serial.h"

#include <algorithm>

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "delegate-queue-not-serial",
    .title = "Delegate queue is not serial",
    .severity = Severity::warning,
    .summary = "On a concurrent delegate queue callbacks overtake each other: data may come after the end of its task.",
    .needs = "session.create with its queue, or delegate.enter and delegate.exit with their queues.",
    .remedy = "Pass nil as delegateQueue, or an OperationQueue with maxConcurrentOperationCount = 1.",
    .thresholds = {},
};

struct Running {
  FactIndex enter = kNoFact;
  std::string queue;
};

void fire(const Judging& j, SessionId session, EpochId epoch, FactIndex create, const std::vector<FactIndex>& pair) {
  const World& world = j.world;
  const FactIndex at = create != kNoFact ? create : pair.back();
  Draft draft(j, Severity::warning, Confidence::proven, session_subject(world, session, epoch), world.fact(at).t);
  const std::string name = session_name(world, session);
  draft.title("Delegate callbacks of " + name + " may run at the same time");
  draft.explain(create != kNoFact
                    ? capitalised(name) +
                          " was created with a concurrent delegate queue; the order of its callbacks is not guaranteed."
                    : "Two delegate callbacks of " + name + " ran at the same time on different threads.");
  draft.evidence(create, "created with a concurrent queue", true);
  for (const FactIndex i : pair) draft.evidence(i, "entered while another callback ran", i == pair.back());
  draft.clears_if("The same thread in both: a nested run loop is legal.");
  j.verdicts.fired(draft.take());
}

// Two open callbacks of one session with different queues or threads; without those names overlapping proves nothing.
bool overlap(const World& world, SessionId session, EpochId epoch, std::vector<FactIndex>& pair, bool& unnamed) {
  std::vector<Running> open;
  for (const FactIndex i : pick_in_epoch(world, epoch, {EventKind::delegate_enter, EventKind::delegate_exit})) {
    const Fact& fact = world.fact(i);
    const SessionId own = fact.task.valid() ? task_of(world, fact.task).session : fact.session;
    if (own != session) continue;
    const std::string queue(world.queue_of(i));
    if (fact.kind == EventKind::delegate_exit) {
      const auto it = std::find_if(open.rbegin(), open.rend(), [&](const Running& r) {
        return r.queue == queue && world.method_of(r.enter) == world.method_of(i);
      });
      if (it != open.rend()) open.erase(std::next(it).base());
      continue;
    }
    for (const Running& other : open) {
      if (!surely_before(world, other.enter, i)) continue;
      if (queue.empty() || other.queue.empty()) {
        unnamed = true;
      } else if (queue != other.queue) {
        pair = {other.enter, i};
        return true;
      }
    }
    open.push_back({i, queue});
  }
  return false;
}

void judge_process(const Judging& j, SessionId session, EpochId epoch) {
  const World& world = j.world;
  for (const FactIndex i : pick_in_session(world, session, epoch, {EventKind::session_create})) {
    const ObjectInfo* info = world.object_info(i);
    if (info != nullptr && info->queue == "concurrent") {
      fire(j, session, epoch, i, {});
      return;
    }
  }
  std::vector<FactIndex> pair;
  bool unnamed = false;
  if (overlap(world, session, epoch, pair, unnamed)) {
    fire(j, session, epoch, kNoFact, pair);
  } else if (unnamed) {
    undetermined(j, session_subject(world, session, epoch), "delegate callbacks overlapped, but their queues are not logged",
                 "log the queue with delegate.enter and delegate.exit");
  } else {
    j.verdicts.cleared({});
  }
}

}  // namespace

const RuleInfo& DelegateQueueNotSerial::info() const { return kInfo; }

void DelegateQueueNotSerial::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const SessionId session : world.sessions()) {
    for (const EpochId epoch : world.epochs_of(session)) judge_process(j, session, epoch);
  }
}

}  // namespace uptrail::analysis
