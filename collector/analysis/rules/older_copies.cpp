#include "collector/analysis/rules/older_copies.h"

#include <algorithm>

#include "collector/analysis/rules/daemon_stores.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"

namespace uptrail::analysis {

namespace {

using namespace rules;

constexpr DurationNs kLate = seconds(60);  // an end is written into the store long before
constexpr std::size_t kNamed = 3;

// The end of the task that its row does not know; kNoFact: none.
FactIndex unknown_end(const World& world, FactIndex row) {
  const Fact& fact = world.fact(row);
  if (!fact.task.valid() || !is_live_state(fact.word)) return kNoFact;
  const FactIndex end = world.life_of(fact.task).end();
  if (end == kNoFact) return kNoFact;
  const auto later = later_by(world, end, row);
  return later && *later >= kLate ? end : kNoFact;
}

}  // namespace

std::vector<Contradiction> older_copies(const World& world) {
  std::vector<Contradiction> out;
  const DaemonStores stores(world);
  for (const DaemonStores::Copy& copy : stores.copies()) {
    Contradiction found;
    std::size_t count = 0;
    for (const FactIndex row : copy.rows) {
      const FactIndex end = unknown_end(world, row);
      if (end == kNoFact || ++count > kNamed) continue;
      found.evidence.push_back({world.fact(end).event, "the task's end", false});
      found.evidence.push_back({world.fact(row).event,
                                "nsurlsessiond's store still has it as " + std::string(word_text(world.fact(row).word)), false});
    }
    if (count == 0) continue;
    found.text =
        "nsurlsessiond's store still has " + count_of(count, "task") +
        " as live that had ended before it was last written: " + "the copy is older than its time says, or its -wal is missing.";
    out.push_back(std::move(found));
  }
  return out;
}

}  // namespace uptrail::analysis
