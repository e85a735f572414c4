#include "collector/pipeline/clock_watch.h"

#include <gtest/gtest.h>

#include "collector/pipeline/suggest_date.h"

namespace uptrail {
namespace {

TimeNs at(std::string_view local) { return parse_iso("2026-10-25T" + std::string(local))->time; }

// The steps that are seen between two times, in words.
std::string between(std::string_view a, std::string_view b) {
  ClockWatch watch;
  EXPECT_FALSE(watch.step(at(a)));
  const auto step = watch.step(at(b));
  return !step
             ? ""
             : (step->doubtful ? "doubtful " : "order ") + format_duration(step->moved) + " " + format_duration(watch.longest());
}

TEST(ClockWatch, notices_summer_time_in_both_directions) {
  EXPECT_EQ(between("02:59:59", "02:00:00"), "doubtful -59 min 59 s 59 min 59 s");
  EXPECT_EQ(between("02:30:00", "01:30:01"), "doubtful -59 min 59 s 59 min 59 s");
  EXPECT_EQ(between("01:59:59", "03:00:00"), "doubtful 1 h 00 min 1 h 00 min");
}

TEST(ClockWatch, takes_pauses_and_late_lines_for_what_they_are) {
  EXPECT_EQ(between("01:59:59", "02:00:00"), "");
  EXPECT_EQ(between("01:30:00", "02:30:00"), "");
  EXPECT_EQ(between("01:59:59", "04:00:00"), "");
  EXPECT_EQ(between("01:59:40", "03:00:00"), "");
  EXPECT_EQ(between("02:00:05", "02:00:03"), "");
  EXPECT_EQ(between("02:20:00", "02:00:00"), "");
}

TEST(ClockWatch, does_not_doubt_the_days_of_lines_in_another_order) {
  ClockWatch watch;
  EXPECT_FALSE(watch.step(at("12:00:00")));
  const auto step = watch.step(at("12:00:00") - hours(24 * 7));
  ASSERT_TRUE(step);
  EXPECT_FALSE(step->doubtful);
  EXPECT_EQ(watch.longest(), nanoseconds(0));
}

TEST(ClockWatch, believes_dated_texts_that_agree) {
  ClockWatch watch;
  watch.read(TimeNs{} + hours(14), "expires 2026-11-20T08:07:31Z");  // not written at that moment
  watch.read(TimeNs{} + hours(14), "no date, 20, 2026-1, 2026-11-18T14:00:00");
  EXPECT_FALSE(watch.told());
  watch.read(TimeNs{} + hours(14), "now: 2026-11-18 13:00:01 +0000");
  ASSERT_TRUE(watch.told());
  EXPECT_EQ(format_iso(TimeNs{} + hours(14) + *watch.told(), 0), "2026-11-18T13:00:00Z");
  watch.read(TimeNs{} + hours(15), "2026-11-19T14:00:00.5+00:00");
  EXPECT_FALSE(watch.told());  // one against one
}

// -- suggestions --------------------------------------------------------------------------------------------------------------

SourceClock clock(DateShown shown, TimeNs first, DurationNs length, std::optional<int> zone = {}) {
  SourceClock c;
  c.kind = ClockKind::floating;
  c.zone_minutes = zone;
  c.first = first;
  c.last = first + length;
  c.traits.date = shown;
  return c;
}

PlacedSource other(std::string_view from, DurationNs length, std::optional<int> zone) {
  const TimeNs start = parse_iso(from)->time;
  return {"system.log", {start, start + length}, zone};
}

constexpr DurationNs kTwoHours = hours(2);

TEST(SuggestDate, takes_the_day_of_another_source) {
  const std::vector<PlacedSource> others = {other("2026-11-18T13:00:00Z", kTwoHours, 60)};
  const TimeNs november = *to_time({1972, 11, 18, 14, 30, 0, 0});
  EXPECT_EQ(suggest_date(clock(DateShown::month_day, november, kTwoHours), {}, others).date, "2026-11-18+01:00");
  EXPECT_EQ(suggest_date(clock(DateShown::none, TimeNs{} + hours(14), kTwoHours), {}, others).date, "2026-11-18+01:00");
  EXPECT_EQ(suggest_date(clock(DateShown::none, TimeNs{} + hours(13), kTwoHours, 60), {}, others).date, "2026-11-18+01:00");
  const auto dated = suggest_date(clock(DateShown::full, *to_time({2026, 11, 18, 14, 0, 0, 0}), kTwoHours), {}, others);
  EXPECT_EQ(dated.date, "2026-11-18+01:00");
  EXPECT_NE(dated.why.find("system.log"), std::string::npos);
}

TEST(SuggestDate, does_not_guess_between_days) {
  const std::vector<PlacedSource> week = {other("2026-11-18T13:00:00Z", hours(24 * 7), 60)};
  EXPECT_EQ(suggest_date(clock(DateShown::none, TimeNs{} + hours(14), kTwoHours), {}, week).date, "");
  const TimeNs july = *to_time({1972, 7, 1, 14, 30, 0, 0});
  EXPECT_EQ(suggest_date(clock(DateShown::month_day, july, kTwoHours), {}, week).date, "");
}

TEST(SuggestDate, falls_back_to_the_change_of_the_file_and_says_when_the_zone_is_missing) {
  SourceClockInfo info;
  info.modified = parse_iso("2026-11-18T20:00:00Z")->time;
  const TimeNs november = *to_time({1972, 11, 18, 14, 30, 0, 0});
  const TimeNs december = *to_time({1972, 12, 24, 14, 30, 0, 0});
  EXPECT_EQ(suggest_date(clock(DateShown::month_day, november, kTwoHours), info, {}).date, "2026-11-18+HH:MM");
  EXPECT_EQ(suggest_date(clock(DateShown::month_day, december, kTwoHours), info, {}).date, "2025-12-24+HH:MM");
  EXPECT_EQ(suggest_date(clock(DateShown::none, TimeNs{} + hours(14), kTwoHours, 0), info, {}).date, "2026-11-18+00:00");
  EXPECT_EQ(suggest_date(clock(DateShown::none, TimeNs{} + hours(21), kTwoHours, 0), info, {}).date, "2026-11-17+00:00");
  EXPECT_EQ(suggest_date(clock(DateShown::full, parse_iso("2026-11-18T14:00:00")->time, kTwoHours), info, {}).date,
            "2026-11-18+HH:MM");
}

TEST(SuggestDate, trusts_the_messages_of_the_source_most) {
  SourceClockInfo info;
  info.modified = parse_iso("2027-01-01T00:00:00Z")->time;
  const SourceClock c = clock(DateShown::none, TimeNs{} + hours(14), kTwoHours);
  info.told = *offset_for_date(c, *parse_given_date("2026-11-18-08:00"));
  const auto found = suggest_date(c, info, {});
  EXPECT_EQ(found.date, "2026-11-18-08:00");
  EXPECT_FALSE(found.why.empty());
  SourceClock absolute = c;
  absolute.kind = ClockKind::absolute;
  EXPECT_EQ(suggest_date(absolute, info, {}).date, "");
}

}  // namespace
}  // namespace uptrail
