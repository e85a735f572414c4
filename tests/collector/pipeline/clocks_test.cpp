#include "collector/pipeline/clocks.h"

#include <gtest/gtest.h>

#include "tests/collector/pipeline/events.h"

namespace uptrail {
namespace {

using K = EventKind;
using O = Observer;
using test::event;
using test::of_task;
using test::resolve;
using test::source;

constexpr TimeNs kNoon{1'795'003'200'000'000'000};  // 2026-11-18T12:00:00Z

TEST(GivenDate, reads_a_date_with_and_without_zone) {
  const auto with_zone = parse_given_date("2026-11-18+01:00");
  ASSERT_TRUE(with_zone);
  EXPECT_EQ(format_iso(with_zone->midnight, 0), "2026-11-18T00:00:00Z");
  EXPECT_EQ(with_zone->zone_minutes, 60);
  const auto bare = parse_given_date("2026-11-18");
  ASSERT_TRUE(bare);
  EXPECT_FALSE(bare->zone_minutes);
  EXPECT_FALSE(parse_given_date("18.11.2026"));
  EXPECT_FALSE(parse_given_date("2026-13-18"));
}

TEST(OffsetForDate, takes_the_date_as_the_device_showed_it) {
  SourceClock clock;
  clock.kind = ClockKind::floating;
  clock.zone_minutes = 60;
  clock.first = TimeNs{} - minutes(30);  // 00:30 at +01:00
  const auto offset = offset_for_date(clock, *parse_given_date("2026-11-18"));
  ASSERT_TRUE(offset);
  EXPECT_EQ(format_iso(*clock.first + *offset, 0, 60), "2026-11-18T00:30:00+01:00");
}

TEST(OffsetForDate, needs_a_zone_when_the_source_shows_none) {
  SourceClock clock;
  clock.kind = ClockKind::floating;
  clock.first = TimeNs{} + hours(14);
  EXPECT_FALSE(offset_for_date(clock, *parse_given_date("2026-11-18")));
  const auto offset = offset_for_date(clock, *parse_given_date("2026-11-18+01:00"));
  ASSERT_TRUE(offset);
  EXPECT_EQ(format_iso(*clock.first + *offset, 0), "2026-11-18T13:00:00Z");
}

TEST(Clocks, a_floating_clock_stays_alone_and_unplaced_without_evidence) {
  const auto r = resolve({event(K::task_resume, O::app, 10, 0), event(K::daemon_start, O::sys, 10, 1)},
                         {source("a", ClockKind::absolute, 0, 20), source("b", ClockKind::floating, 0, 20)});
  EXPECT_TRUE(r.line.streams[0].placed);
  EXPECT_FALSE(r.line.streams[1].placed);
  EXPECT_NE(r.line.streams[0].domain, r.line.streams[1].domain);
}

TEST(Clocks, a_store_measures_no_clock) {
  for (const O observer : {O::daemon, O::store}) {
    const auto r = resolve(
        {of_task(event(K::daemon_task_created, observer, 1000, 0), "X1"), of_task(event(K::task_create, O::app, 10, 1), "X1")},
        {source("a", ClockKind::absolute, 900, 2000), source("b", ClockKind::floating, 0, 20)});
    EXPECT_EQ(r.line.streams[1].placed, observer == O::daemon);
  }
}

TEST(Clocks, a_date_places_a_floating_clock_but_proves_no_common_order) {
  const auto r = resolve({event(K::task_resume, O::app, 50'400, 0), event(K::task_resume, O::app, 90'000, 1)},
                         {source("app.txt", ClockKind::floating, 50'400, 90'000), source("b", ClockKind::absolute, 0, 20)},
                         {{"app.txt", "2026-11-18+01:00"}});
  ASSERT_EQ(r.error, "");
  EXPECT_EQ(format_iso(r.line.times[0].t, 0), "2026-11-18T13:00:00Z");
  EXPECT_TRUE(r.line.times[0].placed);
  EXPECT_NE(r.line.times[0].domain, r.line.times[1].domain);
}

TEST(Clocks, a_floating_clock_goes_on_past_midnight) {
  const auto r = resolve({event(K::task_resume, O::app, 23 * 3600.0, 0), event(K::task_resume, O::app, 25 * 3600.0, 0)},
                         {source("a", ClockKind::floating, 23 * 3600.0, 25 * 3600.0)}, {{"a", "2026-11-18Z"}});
  EXPECT_EQ(format_iso(r.line.times[1].t, 0), "2026-11-19T01:00:00Z");
}

TEST(Clocks, a_date_for_an_unknown_input_or_without_zone_is_a_usage_error) {
  const std::vector<Event> events = {event(K::task_resume, O::app, 1, 0)};
  EXPECT_NE(resolve(events, {source("a", ClockKind::floating, 0, 1)}, {{"x", "2026-11-18Z"}}).error, "");
  EXPECT_NE(resolve(events, {source("a", ClockKind::floating, 0, 1)}, {{"a", "2026-11-18"}}).error, "");
  EXPECT_NE(resolve(events, {source("a", ClockKind::floating, 0, 1)}, {{"a", "yesterday"}}).error, "");
}

TEST(Clocks, tasks_seen_in_both_files_place_a_floating_clock_and_join_its_domain) {
  const double noon = static_cast<double>(kNoon.ns) / 1e9;
  const auto r = resolve(
      {of_task(event(K::task_resume, O::app, noon, 0), "X1"), of_task(event(K::task_resume, O::app, noon + 60, 0), "X2"),
       of_task(event(K::daemon_task_resumed, O::daemon, 12 * 3600.0 + 0.01, 1), "X1"),
       of_task(event(K::daemon_task_resumed, O::daemon, 12 * 3600.0 + 60.02, 1), "X2")},
      {source("a", ClockKind::absolute, noon, noon + 100), source("b", ClockKind::floating, 12 * 3600.0, 12 * 3600.0 + 100)});
  EXPECT_EQ(r.line.times[0].domain, r.line.times[2].domain);
  EXPECT_TRUE(r.line.times[2].placed);
  EXPECT_EQ(format_iso(r.line.times[2].t, 2),
            "2026-11-18T12:00:00.01Z");  // whole days: the measured milliseconds are no clock error
  EXPECT_EQ(r.line.streams[0].uncertainty, kBetweenFiles);
}

TEST(Clocks, absolute_files_share_a_domain_only_when_their_tasks_agree) {
  const auto at = [](double lag) {
    return resolve({of_task(event(K::task_resume, O::app, 10, 0), "X1"),
                    of_task(event(K::daemon_task_resumed, O::daemon, 10 + lag, 1), "X1")},
                   {source("a", ClockKind::absolute, 0, 20), source("b", ClockKind::absolute, 0, 20)});
  };
  const auto agree = at(1.5);
  EXPECT_EQ(agree.line.times[0].domain, agree.line.times[1].domain);
  const auto disagree = at(3);
  EXPECT_NE(disagree.line.times[0].domain, disagree.line.times[1].domain);
  EXPECT_EQ(disagree.line.streams[0].uncertainty, nanoseconds(0));
  const auto strangers = resolve(
      {of_task(event(K::task_resume, O::app, 10, 0), "X1"), of_task(event(K::daemon_task_resumed, O::daemon, 10, 1), "X2")},
      {source("a", ClockKind::absolute, 0, 20), source("b", ClockKind::absolute, 0, 20)});
  EXPECT_NE(strangers.line.times[0].domain, strangers.line.times[1].domain);
}

TEST(Clocks, a_sync_point_places_a_floating_clock_with_its_uncertainty) {
  Event sync = event(K::clock_sync, O::tool, 1, 0);
  sync.fields.set(Field::offset, 1000.0);
  sync.fields.set(Field::uncertainty, 0.25);
  Event other = event(K::clock_sync, O::tool, 1, 1);
  other.fields.set(Field::offset, 2000.0);
  other.fields.set(Field::uncertainty, 0.5);
  const auto r = resolve({sync, other, event(K::task_resume, O::app, 5, 0)},
                         {source("a", ClockKind::floating, 0, 10), source("b", ClockKind::floating, 0, 10)});
  EXPECT_EQ(r.line.times[2].t, TimeNs{} + seconds(1005));
  EXPECT_TRUE(r.line.times[2].placed);
  EXPECT_EQ(r.line.times[0].domain, r.line.times[1].domain);
  EXPECT_EQ(r.line.streams[r.line.times[2].stream.value].uncertainty, milliseconds(250));
}

TEST(Clocks, a_source_without_times_keeps_its_file_order_and_lets_no_time_pass) {
  Event first = event(K::task_resume, O::app, 0, 0);
  first.t_src.reset();
  Event second = first;
  const auto r = resolve({first, second}, {source("a", ClockKind::none, 0, 0)});
  EXPECT_LT(r.line.times[0].t, r.line.times[1].t);
  EXPECT_LT(r.line.times[1].t - r.line.times[0].t, milliseconds(1));
  EXPECT_FALSE(r.line.streams[0].open);
  EXPECT_FALSE(r.line.streams[0].placed);
}

}  // namespace
}  // namespace uptrail
