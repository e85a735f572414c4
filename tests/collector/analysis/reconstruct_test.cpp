#include <gtest/gtest.h>

#include "tests/collector/analysis/bench_events.h"

namespace uptrail::analysis::test {
namespace {

using K = EventKind;
const Uuid kX1 = Uuid::from_name("X1");

TEST(Epochs, a_new_pid_is_a_new_process_even_when_no_launch_was_seen) {
  Capture c;
  c.add(0, K::app_launch, {{Field::reason, "user"}});
  c.add(1, K::app_foreground);
  c.pid(101);
  c.add(50, K::app_heartbeat);
  c.end(60);
  const Stage s(c);
  ASSERT_EQ(s.derived().epochs.size(), 2U);
  EXPECT_EQ(s.epoch(0).launch, at(0));
  EXPECT_EQ(s.epoch(0).launch_reason, "user");
  EXPECT_FALSE(s.epoch(0).end);
  EXPECT_FALSE(s.epoch(1).launch);
}

}  // namespace
}  // namespace uptrail::analysis::test
