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

// -- clocks without year ------------------------------------------------------------------------------------------------------

double in_1972(int month, int day, double seconds_of_day) {
  return static_cast<double>(to_time({1972, month, day, 0, 0, 0, 0})->ns) / 1e9 + seconds_of_day;
}

Source yearless(std::string path, double first, double last) {
  Source s = source(std::move(path), ClockKind::floating, first, last);
  s.container = "idevicesyslog";
  s.clock_info.traits = {DateShown::month_day, seconds(1), {}, {}};
  return s;
}

SourceClock yearless_clock(int month, int day, double seconds_of_day) {
  SourceClock c;
  c.kind = ClockKind::floating;
  c.first = TimeNs{} + from_seconds(in_1972(month, day, seconds_of_day));
  c.last = c.first;
  c.traits = {DateShown::month_day, seconds(1), {}, {}};
  return c;
}

std::string place(const SourceClock& clock, std::string_view date) {
  const auto given = parse_given_date(date);
  if (!given) {
    return "no date";
  }
  const auto offset = offset_for_date(clock, *given);
  return offset.ok() ? format_iso(*clock.first + *offset, 0) : offset.error().message;
}

TEST(Yearless, a_year_or_a_date_places_it_and_wrong_ones_say_what_to_write) {
  const SourceClock c = yearless_clock(11, 18, 52'863);
  EXPECT_EQ(place(c, "2026+01:00"), "2026-11-18T13:41:03Z");
  EXPECT_EQ(place(c, "2026-11-18+01:00"), "2026-11-18T13:41:03Z");
  EXPECT_EQ(place(c, "2024Z"), "2024-11-18T14:41:03Z");
  EXPECT_NE(place(c, "2026").find("write 2026+01:00"), std::string::npos) << place(c, "2026");
  EXPECT_NE(place(c, "2026-11-18").find("write 2026-11-18+01:00"), std::string::npos);
  EXPECT_EQ(place(c, "2026-11-19Z"), "the first record is of 18 November, not of 19 November");
  for (const char* bad : {"26", "2026-11", "2026+1", "2026 11", "20261118", "2026-11-18x", "x026"}) {
    EXPECT_EQ(place(c, bad), "no date") << bad;
  }
  SourceClock dateless;
  dateless.kind = ClockKind::floating;
  dateless.first = TimeNs{} + hours(14);
  dateless.traits.date = DateShown::none;
  EXPECT_NE(place(dateless, "2026Z").find("a year does not suffice"), std::string::npos);
}

TEST(Yearless, february_says_which_years_cannot_be) {
  SourceClock leap = yearless_clock(2, 28, 0);
  leap.traits.leap_year = 0;
  EXPECT_EQ(place(leap, "2028Z"), "2028-02-28T00:00:00Z");
  EXPECT_NE(place(leap, "2026Z").find("2026 has no such day"), std::string::npos);
  SourceClock common = yearless_clock(12, 31, 0);
  common.traits.common_year = 1;
  EXPECT_EQ(place(common, "2025Z"), "2025-12-31T00:00:00Z");
  EXPECT_NE(place(common, "2027Z").find("2028"), std::string::npos);
  EXPECT_EQ(place(yearless_clock(2, 29, 0), "2024Z"), "2024-02-29T00:00:00Z");
  EXPECT_NE(place(yearless_clock(2, 29, 0), "2026Z").find("no 29 February"), std::string::npos);
}

TEST(Yearless, shared_tasks_place_it_and_no_duration_inside_it_changes) {
  const double noon = static_cast<double>(kNoon.ns) / 1e9;
  const double there = in_1972(11, 18, 13 * 3600.0);
  const auto r = resolve(
      {of_task(event(K::task_resume, O::app, noon + 0.9, 0), "X1"), of_task(event(K::task_resume, O::app, noon + 60.2, 0), "X2"),
       of_task(event(K::daemon_task_resumed, O::daemon, there, 1), "X1"),
       of_task(event(K::daemon_task_resumed, O::daemon, there + 60, 1), "X2")},
      {source("a", ClockKind::absolute, noon, noon + 100), yearless("b", there, there + 100)});
  ASSERT_EQ(r.error, "");
  EXPECT_EQ(r.line.times[0].domain, r.line.times[2].domain);
  EXPECT_EQ(format_iso(r.line.times[2].t, 0), "2026-11-18T12:00:00Z");
  EXPECT_EQ(r.line.times[3].t - r.line.times[2].t, seconds(60));
  EXPECT_EQ(r.line.clocks[1].placed_by, PlacedBy::tasks);
  EXPECT_EQ(r.line.clocks[1].placed_as, "2026-11-18+01:00");
  EXPECT_EQ(r.line.clocks[0].placed_by, PlacedBy::itself);
  EXPECT_EQ(r.line.clocks[1].uncertainty, kBetweenFiles);
}

TEST(Yearless, tasks_that_disagree_place_nothing) {
  const double there = in_1972(11, 18, 0);
  const auto r =
      resolve({of_task(event(K::task_resume, O::app, 1e9, 0), "X1"), of_task(event(K::task_resume, O::app, 1e9 + 60, 0), "X2"),
               of_task(event(K::daemon_task_resumed, O::daemon, there, 1), "X1"),
               of_task(event(K::daemon_task_resumed, O::daemon, there + 90, 1), "X2")},
              {source("a", ClockKind::absolute, 1e9, 1e9 + 100), yearless("b", there, there + 100)});
  EXPECT_NE(r.line.times[0].domain, r.line.times[2].domain);
  EXPECT_FALSE(r.line.times[2].placed);
  EXPECT_EQ(r.line.clocks[1].placed_by, PlacedBy::nothing);
}

TEST(Clocks, whole_seconds_and_steps_are_never_more_exact_than_they_are) {
  Source alone = yearless("b", in_1972(7, 1, 0), in_1972(7, 1, 10));
  EXPECT_EQ(resolve({event(K::daemon_start, O::sys, in_1972(7, 1, 0), 0)}, {alone}).line.streams[0].uncertainty, seconds(1));
  alone.clock_info.step = hours(1);
  EXPECT_EQ(resolve({event(K::daemon_start, O::sys, in_1972(7, 1, 0), 0)}, {alone}).line.streams[0].uncertainty, hours(1));
  Event sync = event(K::clock_sync, O::tool, in_1972(7, 1, 0), 0);
  sync.fields.set(Field::offset, 1000.0);
  sync.fields.set(Field::uncertainty, 0.25);
  Event other = event(K::clock_sync, O::tool, 1, 1);
  other.fields.set(Field::offset, 2000.0);
  const auto r =
      resolve({sync, other}, {yearless("a", in_1972(7, 1, 0), in_1972(7, 1, 1)), source("b", ClockKind::floating, 0, 10)});
  EXPECT_EQ(r.line.clocks[0].uncertainty, seconds(1));
  EXPECT_EQ(r.line.clocks[0].placed_by, PlacedBy::sync);
}

// For any placing: the offset is one for the whole source, so that nothing inside moves against anything else.
TEST(Clocks, placing_changes_no_duration_inside_a_source) {
  for (const char* date : {"2026+01:00", "2028-06:30", "2026-06-01Z", "2031+14:00"}) {
    std::vector<Event> events(50, event(K::app_heartbeat, O::app, 0, 0));
    for (std::size_t i = 0; i < events.size(); ++i) {
      const auto n = static_cast<double>(i);
      events[i].t_src = TimeNs{} + from_seconds(in_1972(6, 1, n * n * 977 + 0.25 * n));
    }
    const auto r = resolve(events, {yearless("logs/b.log", in_1972(6, 1, 0), in_1972(6, 1, 3e6))}, {{"b.log", date}});
    ASSERT_EQ(r.error, "") << date;
    for (std::size_t i = 1; i < events.size(); ++i) {
      EXPECT_EQ(r.line.times[i].t - r.line.times[0].t, *events[i].t_src - *events[0].t_src);
    }
    EXPECT_EQ(r.line.clocks[0].placed_by, PlacedBy::date);
  }
}

TEST(Clocks, a_date_names_its_source_by_the_last_parts_of_the_path) {
  const std::vector<Event> events = {event(K::task_resume, O::app, 1, 0)};
  for (const char* name : {"system.log", "logs/system.log", "s.tar.gz/logs/system.log"}) {
    EXPECT_EQ(resolve(events, {source("s.tar.gz/logs/system.log", ClockKind::floating, 0, 1)}, {{name, "2026-11-18Z"}}).error,
              "");
  }
  for (const char* name : {"stem.log", "tar.gz", "ogs/system.log"}) {
    EXPECT_NE(resolve(events, {source("s.tar.gz/logs/system.log", ClockKind::floating, 0, 1)}, {{name, "2026-11-18Z"}}).error,
              "");
  }
}

TEST(DateForOffset, gives_back_the_date_that_was_given) {
  SourceClock dateless;
  dateless.kind = ClockKind::floating;
  dateless.first = TimeNs{} + hours(23);
  dateless.last = dateless.first;
  dateless.traits.date = DateShown::none;
  SourceClock zoned = dateless;
  zoned.zone_minutes = 330;
  SourceClock dated = dateless;
  dated.first = kNoon;
  dated.traits.date = DateShown::full;
  for (const auto& clock : {dateless, yearless_clock(11, 18, 80'000), zoned}) {
    for (const char* date : {"2026-11-18+05:30", "2027-11-18+05:30"}) {
      EXPECT_EQ(date_for_offset(clock, *offset_for_date(clock, *parse_given_date(date))), date);
    }
  }
  for (const char* date : {"2026-11-18+01:00", "2026-11-18-08:00", "2026-11-18+00:00", "2026-11-18+12:00"}) {
    EXPECT_EQ(date_for_offset(dateless, *offset_for_date(dateless, *parse_given_date(date))), date);
  }
  EXPECT_EQ(date_for_offset(dated, DurationNs{0} - hours(1)), "2026-11-18+01:00");
  EXPECT_EQ(date_for_offset(dateless, milliseconds(1)), "");
  EXPECT_EQ(date_for_offset(dated, hours(100)), "");
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
