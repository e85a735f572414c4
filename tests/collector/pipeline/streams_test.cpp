#include "collector/pipeline/streams.h"

#include <gtest/gtest.h>

#include "tests/collector/pipeline/events.h"

namespace uptrail {
namespace {

using K = EventKind;
using O = Observer;
using test::event;
using test::resolve;
using test::source;

TEST(Streams, one_for_each_observer_open_as_long_as_the_source) {
  const auto r = resolve({event(K::task_resume, O::app, 5), event(K::daemon_task_resumed, O::daemon, 6)},
                         {source("a", ClockKind::absolute, 1, 9)});
  ASSERT_EQ(r.line.streams.size(), 2U);
  EXPECT_EQ(r.line.streams[0].observer, O::app);
  EXPECT_EQ(r.line.streams[1].observer, O::daemon);
  const Interval open{TimeNs{} + seconds(1), TimeNs{} + seconds(9) + nanoseconds(1)};
  EXPECT_EQ(r.line.streams[0].open, open);
  EXPECT_EQ(r.line.streams[1].open, open);
  EXPECT_EQ(r.line.times[0].domain, r.line.times[1].domain);
  EXPECT_FALSE(r.line.streams[0].manifest);
}

TEST(Streams, a_manifest_says_when_its_stream_is_open) {
  Event begin = event(K::capture_begin, O::app, 2);
  begin.fields.set(Field::kinds, std::vector<std::string>{"*"});
  begin.fields.set(Field::lossy, true);
  const auto r = resolve({begin, event(K::capture_end, O::app, 7), event(K::daemon_task_resumed, O::daemon, 6)},
                         {source("a", ClockKind::absolute, 1, 9)});
  EXPECT_EQ(r.line.streams[0].open, (Interval{TimeNs{} + seconds(2), TimeNs{} + seconds(7) + nanoseconds(1)}));
  EXPECT_TRUE(r.line.streams[0].manifest);
  EXPECT_TRUE(r.line.streams[0].lossy);
  EXPECT_FALSE(r.line.streams[1].manifest);
  EXPECT_FALSE(r.line.streams[1].lossy);
}

TEST(Streams, a_new_manifest_after_an_end_keeps_the_stream_open_to_the_last_record) {
  const auto r =
      resolve({event(K::capture_begin, O::app, 2), event(K::capture_end, O::app, 3), event(K::capture_begin, O::app, 5)},
              {source("a", ClockKind::absolute, 1, 9)});
  EXPECT_EQ(r.line.streams[0].open, (Interval{TimeNs{} + seconds(2), TimeNs{} + seconds(9) + nanoseconds(1)}));
}

TEST(Streams, processes_of_a_unified_log_differ_by_five_milliseconds) {
  Source s = source("a", ClockKind::absolute, 1, 9);
  s.container = "log_show_syslog";
  const auto r = resolve({event(K::task_resume, O::cfn, 5)}, {s});
  EXPECT_EQ(r.line.streams[0].uncertainty, milliseconds(5));
}

TEST(Streams, events_without_time_in_a_timed_source_get_a_stream_of_their_own) {
  Event timeless = event(K::task_resume, O::app, 0);
  timeless.t_src.reset();
  const auto r = resolve({event(K::task_resume, O::app, 5), timeless}, {source("a", ClockKind::absolute, 1, 9)});
  ASSERT_EQ(r.line.streams.size(), 2U);
  EXPECT_NE(r.line.times[0].domain, r.line.times[1].domain);
}

TEST(Streams, observers_that_gave_no_event_are_streams_too_and_keep_what_was_seen_of_them) {
  const auto r =
      resolve({event(K::task_resume, O::app, 5)}, {source("a", ClockKind::absolute, 1, 9)}, {}, {{SourceId{0}, O::daemon, true}});
  ASSERT_EQ(r.line.streams.size(), 2U);
  EXPECT_EQ(r.line.streams[1].observer, O::daemon);
  EXPECT_TRUE(r.line.streams[1].redacted);
}

TEST(Streams, a_source_that_reports_losses_is_lossy) {
  Source s = source("a", ClockKind::absolute, 1, 9);
  s.issues.push_back({IssueKind::loss, {}, "records were dropped"});
  const auto r = resolve({event(K::task_resume, O::app, 5)}, {s});
  EXPECT_TRUE(r.line.streams[0].lossy);
}

TEST(Streams, the_order_of_sources_does_not_show) {
  const auto one = resolve({event(K::task_resume, O::app, 5, 0), event(K::daemon_start, O::sys, 5, 1)},
                           {source("a", ClockKind::absolute, 1, 9), source("b", ClockKind::absolute, 1, 9)});
  const auto other = resolve({event(K::daemon_start, O::sys, 5, 0), event(K::task_resume, O::app, 5, 1)},
                             {source("b", ClockKind::absolute, 1, 9), source("a", ClockKind::absolute, 1, 9)});
  EXPECT_EQ(one.line.times[0].stream, other.line.times[1].stream);
  EXPECT_EQ(one.line.times[0].domain, other.line.times[1].domain);
}

}  // namespace
}  // namespace uptrail
