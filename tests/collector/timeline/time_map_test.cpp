#include "collector/timeline/time_map.h"

#include <gtest/gtest.h>

#include <random>

#include "collector/timeline/layout.h"

namespace uptrail::timeline {
namespace {

constexpr TimeNs kStart{1'795'000'000'123'456'789};
TimeNs at(double minute) { return kStart + from_seconds(minute * 60); }

// 24 hours with two nights in them, folded to 4 and 7 minutes.
TimeMap two_nights() { return TimeMap({{{at(60), at(300)}, minutes(4)}, {{at(700), at(1200)}, minutes(7)}}); }

TEST(TimeMap, without_folds_changes_nothing) {
  const TimeMap map;
  EXPECT_EQ(map.to_axis(at(17)), at(17));
  EXPECT_EQ(map.to_time(at(17)), at(17));
}

TEST(TimeMap, is_monotone_and_invertible_everywhere) {
  const TimeMap map = two_nights();
  std::mt19937_64 random(7);
  std::uniform_int_distribution<std::int64_t> ns(at(-60).ns, at(1440).ns);
  for (int n = 0; n < 20'000; ++n) {
    const TimeNs a{ns(random)};
    const TimeNs b{ns(random)};
    EXPECT_EQ(map.to_axis(a) <= map.to_axis(b), a <= b || map.to_axis(a) == map.to_axis(b));
    EXPECT_EQ(map.to_axis(map.to_time(a)), a) << "place " << a.ns;
    const bool folded = Interval{at(60), at(300)}.contains(a) || Interval{at(700), at(1200)}.contains(a);
    if (!folded) {
      EXPECT_EQ(map.to_time(map.to_axis(a)), a);
    } else {
      // Within what one nanosecond of the axis stands for.
      EXPECT_LE(std::abs((map.to_time(map.to_axis(a)) - a).ns), 80);
    }
  }
}

TEST(TimeMap, takes_only_what_is_folded_from_the_axis) {
  const TimeMap map = two_nights();
  EXPECT_EQ(map.to_axis(at(300)) - map.to_axis(at(60)), minutes(4));
  EXPECT_EQ(map.to_axis(at(1440)) - map.to_axis(at(0)), minutes(1440 - 240 - 500 + 4 + 7));
  EXPECT_EQ(map.folds().size(), 2U);
  EXPECT_EQ(map.folds()[1].span, (Interval{at(700), at(1200)}));
}

TEST(TimeMap, zoom_over_folds_keeps_the_time_under_the_cursor) {
  const Interval whole{at(0), at(1440)};
  const TimeScale scale = TimeScale::fit(whole, 1000, std::make_shared<const TimeMap>(two_nights()));
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> px(0, 1000);
  std::uniform_real_distribution<double> factor(0.3, 9);
  for (int n = 0; n < 2000; ++n) {
    const double x = px(random);
    const TimeScale zoomed = scale.zoomed(x, factor(random), whole, 1000);
    EXPECT_NEAR(zoomed.px(scale.time(x)), x, 1e-3);
    EXPECT_NEAR(static_cast<double>(zoomed.time(x).ns), static_cast<double>(scale.time(x).ns), 1e3);
  }
}

TEST(TimeMap, finds_the_nights_and_leaves_the_days) {
  std::vector<TimeNs> moments;
  for (int day = 0; day < 3; ++day) {
    for (int minute = 0; minute < 300; minute += 7) moments.push_back(at(day * 1440 + minute));
  }
  const auto folds = find_folds(moments, {at(-1), at(2 * 1440 + 300)});
  ASSERT_EQ(folds.size(), 2U);
  EXPECT_EQ(folds[0].span, (Interval{at(294) + seconds(30), at(1440) - seconds(30)}));
  EXPECT_LT(folds[0].shown, minutes(60));
  // The order of the moments does not matter.
  std::shuffle(moments.begin(), moments.end(), std::mt19937_64(3));
  EXPECT_EQ(find_folds(moments, {at(-1), at(2 * 1440 + 300)}), folds);
}

TEST(TimeMap, folds_nothing_where_nothing_is_long) {
  std::vector<TimeNs> moments;
  for (int minute = 0; minute < 300; minute += 20) moments.push_back(at(minute));
  EXPECT_TRUE(find_folds(moments, {at(0), at(300)}).empty());
  EXPECT_TRUE(find_folds({}, {at(0), at(10)}).empty());
}

TEST(Ticks, leave_folds_out_and_stay_apart) {
  Scene s;
  s.whole = {at(0), at(1440)};
  Metrics m;
  m.text_width = [](std::string_view text) { return 7.0 * static_cast<double>(text.size()); };
  const View view{TimeScale::fit(s.whole, 1400, std::make_shared<const TimeMap>(two_nights())), 1400, 100, 0};
  const Layout layout = make_layout(s, view, m);
  ASSERT_GE(layout.ticks.size(), 6U);
  for (std::size_t i = 1; i < layout.ticks.size(); ++i)
    EXPECT_GE(layout.ticks[i].x - layout.ticks[i - 1].x, m.min_tick_px * 0.59);
  ASSERT_EQ(layout.folds.size(), 2U);
  for (const Tick& tick : layout.ticks) {
    for (const PlacedFold& fold : layout.folds) EXPECT_FALSE(tick.x > fold.x0 && tick.x < fold.x1) << tick.label;
  }
}

}  // namespace
}  // namespace uptrail::timeline
