// Logs that show whole seconds: what lies close together has no measurable distance.
#include <gtest/gtest.h>

#include "tests/collector/rules/scenario_support.h"

namespace uptrail::test {
namespace {

Judged in_whole_seconds(std::string_view script) { return judge(as_container(script, "idevicesyslog")); }

}  // namespace

// 6 ms that cross the turn of a second.
TEST(CoarseTimes, a_callback_a_second_after_the_end_may_have_swapped_with_it) {
  const std::string script =
      "=== t\n0 @fg\n1 @task X1 U1\n9 @fin X1 200\n10.995 task.did-complete X1 error=nil status=200\n11.001 task.data X1\n"
      "11.1 upload.state U1 succeeded\n";
  EXPECT_EQ(judge(script).find("callback-after-completion"), nullptr);
  EXPECT_EQ(in_whole_seconds(script).find("callback-after-completion"), nullptr);
}

TEST(CoarseTimes, a_callback_three_seconds_after_the_end_came_after_it) {
  const std::string script =
      "=== t\n0 @fg\n1 @task X1 U1\n9 @fin X1 200\n10 task.did-complete X1 error=nil status=200\n13 task.data X1\n"
      "13.1 upload.state U1 succeeded\n";
  EXPECT_NE(in_whole_seconds(script).find("callback-after-completion"), nullptr);
}

TEST(CoarseTimes, a_task_made_a_second_after_the_invalidation_may_have_raced_it) {
  const std::string script =
      "=== t\n0 @fg\n5.999 session.invalidate object=O1 mode=cancel\n6.001 task.create X1 kind=upload-file desc=U1 object=O1\n";
  EXPECT_EQ(judge(script).find("task-created-in-invalidated-session"), nullptr);
  EXPECT_EQ(in_whole_seconds(script).find("task-created-in-invalidated-session"), nullptr);
}

TEST(CoarseTimes, cannot_tell_whether_events_came_after_the_call_of_the_handler) {
  const std::string script =
      "=== t\n0 @fg\n1 @task X1 U1\n5 @sleep\n60 @fin X1 200\n60.1 @wakeresume\n60.2 wake.handler-called identifier=up\n"
      "60.4 @cb X1 200\n60.5 upload.state U1 succeeded\n60.6 session.did-finish-events\n";
  EXPECT_NE(judge(script).find("completion-handler-called-early"), nullptr);
  const Judged coarse = in_whole_seconds(script);
  EXPECT_EQ(coarse.find("completion-handler-called-early"), nullptr);
  EXPECT_TRUE(coarse.is_undetermined("completion-handler-called-early")) << coarse.text();
}

// The log ends with the moment of its last line.
TEST(CoarseTimes, what_is_recorded_at_the_end_is_inside_the_capture) {
  const Judged j = judge("=== t\nend: 65\n0 @fg\n1 @task X1 U1\n20 @done X1 U1\n");
  EXPECT_TRUE(j.undetermined.empty()) << j.text();
}

}  // namespace uptrail::test
