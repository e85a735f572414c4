#include "collector/base/time.h"

#include <gtest/gtest.h>

namespace uptrail {
namespace {

TEST(Iso, reads_zones_and_fractions) {
  const auto t = parse_iso("2026-11-18 15:41:03.123456+0100");
  ASSERT_TRUE(t);
  EXPECT_EQ(format_iso(t->time), "2026-11-18T14:41:03.123456Z");
  EXPECT_EQ(t->offset_minutes, 60);
  EXPECT_EQ(parse_iso("2026-11-18T15:41:03+01:00")->time, parse_iso("2026-11-18T14:41:03Z")->time);
  EXPECT_EQ(parse_iso("2026-11-18 15:41:03.5 +0200")->offset_minutes, 120);
  EXPECT_EQ(parse_iso("2026-11-18 15:41:03")->offset_minutes, std::nullopt);
}

TEST(Iso, refuses_what_is_not_a_time) {
  for (const char* bad :
       {"", "2026-11-18", "2026-13-18 15:41:03", "2026-02-29 15:41:03", "2026-11-18 24:41:03", "2026-11-18 15:41:03+1",
        "2026-11-18 15:41:03 x", "2026-11-18 15:41:03.1234567890", "0000-01-01 00:00:00"}) {
    EXPECT_FALSE(parse_iso(bad)) << bad;
  }
}

TEST(Iso, refuses_times_outside_int64) {
  EXPECT_FALSE(parse_iso("2300-01-01 00:00:00Z"));
  EXPECT_FALSE(parse_iso("1600-01-01 00:00:00Z"));
  EXPECT_TRUE(parse_iso("2262-01-01 00:00:00Z"));
}

TEST(Iso, round_trips_through_civil_time) {
  for (const std::int64_t s : {-86'401LL, -1LL, 0LL, 951'782'400LL, 4'102'444'800LL}) {
    const TimeNs t{s * 1'000'000'000};
    EXPECT_EQ(to_time(to_civil(t)), t) << s;
    EXPECT_EQ(parse_iso(format_iso(t, 9))->time, t) << s;
  }
}

TEST(Duration, reads_well) {
  EXPECT_EQ(format_duration(milliseconds(621)), "621 ms");
  EXPECT_EQ(format_duration(milliseconds(2500)), "2.5 s");
  EXPECT_EQ(format_duration(seconds(552)), "9 min 12 s");
  EXPECT_EQ(format_duration(seconds(7500)), "2 h 05 min");
  EXPECT_EQ(format_duration(hours(77)), "3 d 5 h");
  EXPECT_EQ(format_duration(milliseconds(-7)), "-7 ms");
}

TEST(Arithmetic, saturates) {
  EXPECT_EQ(kTimeMax + seconds(1), kTimeMax);
  EXPECT_EQ(kTimeMin - seconds(1), kTimeMin);
  EXPECT_EQ((kTimeMax - kTimeMin).ns, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(from_seconds(1e300).ns, std::numeric_limits<std::int64_t>::max());
}

Interval span(std::int64_t a, std::int64_t b) { return {TimeNs{a}, TimeNs{b}}; }

TEST(IntervalSet, merges_touching_and_overlapping) {
  IntervalSet s;
  s.add(span(10, 20));
  s.add(span(30, 40));
  s.add(span(20, 30));
  ASSERT_EQ(s.intervals().size(), 1U);
  EXPECT_EQ(s.intervals()[0], span(10, 40));
  s.add(span(50, 50));
  EXPECT_EQ(s.intervals().size(), 1U);
}

TEST(IntervalSet, subtracts_and_measures) {
  IntervalSet s;
  s.add(span(0, 100));
  s.subtract(span(40, 60));
  ASSERT_EQ(s.intervals().size(), 2U);
  EXPECT_EQ(s.measure(span(30, 70)).ns, 20);
  EXPECT_TRUE(s.covers(span(0, 40)));
  EXPECT_FALSE(s.covers(span(0, 41)));
  EXPECT_TRUE(s.covers(span(40, 40)));
  EXPECT_FALSE(s.intersects(span(40, 60)));
  EXPECT_TRUE(s.intersects(span(59, 61)));
}

}  // namespace
}  // namespace uptrail
