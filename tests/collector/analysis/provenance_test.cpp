#include "collector/analysis/provenance.h"

#include <gtest/gtest.h>

namespace uptrail::analysis {
namespace {

Finding proven(std::vector<EvidenceRef> evidence) {
  Finding f;
  f.confidence = Confidence::proven;
  f.evidence = std::move(evidence);
  return f;
}

// Events 1 to 3 are ends of a task in the daemon, all others a wake.
Result<EventKind> kind_of(EventId id) {
  return id.value <= 3 ? EventKind::daemon_task_finished : EventKind::daemon_wake_requested;
}

Confidence judged(Finding finding, const std::set<EventId>& format_only) {
  std::vector<Finding> findings = {std::move(finding)};
  EXPECT_TRUE(weaken_unseen(findings, format_only, kind_of).ok());
  EXPECT_EQ(findings[0].confidence == Confidence::likely, findings[0].explanation.find("format only") != std::string::npos);
  return findings[0].confidence;
}

const EvidenceRef kKey{EventId{1}, "end", true};

TEST(Provenance, a_decisive_line_that_no_log_has_shown_proves_nothing) {
  EXPECT_EQ(judged(proven({kKey, {EventId{5}, "wake"}}), {EventId{1}}), Confidence::likely);
  EXPECT_EQ(judged(proven({kKey, {EventId{2}, "end"}}), {EventId{1}, EventId{2}}), Confidence::likely);
}

TEST(Provenance, a_seen_line_for_the_same_step_keeps_the_proof) {
  EXPECT_EQ(judged(proven({kKey, {EventId{2}, "end"}}), {EventId{1}}), Confidence::proven);
}

TEST(Provenance, other_lines_do_not_count) {
  EXPECT_EQ(judged(proven({kKey, {EventId{5}, "wake"}}), {EventId{5}, EventId{9}}), Confidence::proven);
  EXPECT_EQ(judged(proven({kKey}), {}), Confidence::proven);
}

TEST(Provenance, what_is_only_likely_stays_as_it_is) {
  Finding hint = proven({kKey});
  hint.confidence = Confidence::hint;
  std::vector<Finding> findings = {hint};
  EXPECT_TRUE(weaken_unseen(findings, {EventId{1}}, kind_of).ok());
  EXPECT_EQ(findings[0].confidence, Confidence::hint);
  EXPECT_TRUE(findings[0].explanation.empty());
}

}  // namespace
}  // namespace uptrail::analysis
