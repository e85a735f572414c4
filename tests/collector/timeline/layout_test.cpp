#include "collector/timeline/layout.h"

#include <gtest/gtest.h>

namespace uptrail::timeline {
namespace {

TimeNs at(double s) { return TimeNs{from_seconds(s).ns}; }

Metrics metrics() {
  Metrics m;
  m.text_width = [](std::string_view s) { return 7.0 * static_cast<double>(s.size()); };
  return m;
}

Scene two_lanes() {
  Scene s;
  s.lanes.resize(2);
  s.whole = {at(0), at(100)};
  s.axis = AxisKind::relative;
  return s;
}

View view(double start, double end, double width = 1000) { return {TimeScale::fit({at(start), at(end)}, width), width, 400, 0}; }

TEST(TimeScale, zoom_keeps_time_under_cursor) {
  const TimeScale scale = TimeScale::fit({at(0), at(100)}, 1000);
  for (const double px : {0.0, 123.0, 999.0}) {
    for (const double factor : {1.25, 8.0, 0.5}) {
      const TimeScale zoomed = scale.zoomed(px, factor, {at(0), at(100)}, 1000);
      EXPECT_NEAR(static_cast<double>(zoomed.time(px).ns), static_cast<double>(scale.time(px).ns), 1e6);
      EXPECT_DOUBLE_EQ(zoomed.ns_per_px(), scale.ns_per_px() / factor);
    }
  }
}

TEST(TimeScale, stops_zooming_at_its_limits) {
  TimeScale scale = TimeScale::fit({at(0), at(100)}, 1000);
  for (int i = 0; i < 200; ++i) {
    scale = scale.zoomed(500, 2, {at(0), at(100)}, 1000);
  }
  EXPECT_DOUBLE_EQ(scale.ns_per_px(), 10);
  for (int i = 0; i < 200; ++i) {
    scale = scale.zoomed(500, 0.5, {at(0), at(100)}, 1000);
  }
  EXPECT_DOUBLE_EQ(scale.ns_per_px(), 2e9);
}

TEST(TimeScale, panning_never_loses_the_capture) {
  const Interval whole{at(0), at(100)};
  const TimeScale scale = TimeScale::fit(whole, 1000);
  EXPECT_NEAR(scale.panned(1e6, whole, 1000).px(whole.start), 900, 1e-6);
  EXPECT_NEAR(scale.panned(-1e6, whole, 1000).px(whole.end), 100, 1e-6);
  EXPECT_NEAR(scale.panned(50, whole, 1000).px(whole.start), 50, 1e-6);
}

TEST(TimeScale, is_exact_far_from_1970) {
  const TimeNs t{1'795'000'000'123'456'789};
  const TimeScale scale(t, 10);
  EXPECT_DOUBLE_EQ(scale.px(t + nanoseconds(50)), 5);
}

TEST(Layout, merges_bars_narrower_than_a_pixel) {
  Scene s = two_lanes();
  for (int i = 0; i < 1000; ++i) {
    s.bars.push_back({{at(50 + i * 1e-5), at(50 + i * 1e-5 + 1e-6)}, 0, 0, BarStyle::task_created, false});
  }
  const Layout l = make_layout(s, view(0, 100), metrics());
  ASSERT_LE(l.bars.size(), 3U);
  std::uint32_t total = 0;
  for (const PlacedBar& b : l.bars) {
    EXPECT_GE(b.box.x1 - b.box.x0, 1);
    total += b.merged;
  }
  EXPECT_EQ(total, 1000U);
}

TEST(Layout, draws_only_what_is_visible) {
  Scene s = two_lanes();
  s.bars = {{{at(0), at(10)}, 0, 0, BarStyle::wake, false}, {{at(0), at(100)}, 1, 0, BarStyle::task_waiting, true}};
  const Layout l = make_layout(s, view(50, 60), metrics());
  ASSERT_EQ(l.bars.size(), 1U);
  EXPECT_EQ(l.bars[0].bar, 1U);
  EXPECT_GE(l.bars[0].box.x0, -8);
  EXPECT_LE(l.bars[0].box.x1, 1008);
  View scrolled = view(0, 100);
  scrolled.scroll_y = 30;
  EXPECT_EQ(make_layout(s, scrolled, metrics()).lanes.size(), 1U);
}

TEST(Layout, labels_a_bar_only_when_the_text_fits) {
  Scene s = two_lanes();
  s.bars = {{{at(0), at(50)}, 0, 0, BarStyle::task_waiting, false}, {{at(0), at(4)}, 1, 0, BarStyle::task_waiting, false}};
  const Layout l = make_layout(s, view(0, 100), metrics());
  EXPECT_EQ(l.bars[0].label, "waiting");
  EXPECT_EQ(l.bars[1].label, "");
}

TEST(Layout, groups_marks_and_shows_the_gravest) {
  Scene s = two_lanes();
  const auto mark = [](double t, std::optional<Severity> severity) {
    Mark m;
    m.t = at(t);
    m.severity = severity;
    m.style = severity ? MarkStyle::finding : MarkStyle::other;
    return m;
  };
  s.marks = {mark(50, std::nullopt), mark(50.1, Severity::error), mark(50.2, Severity::warning), mark(80, std::nullopt)};
  const Layout l = make_layout(s, view(0, 100), metrics());
  ASSERT_EQ(l.marks.size(), 2U);
  EXPECT_EQ(l.marks[0].mark, 1U);
  EXPECT_EQ(l.marks[0].grouped, 3U);
  EXPECT_EQ(hit_test(l, metrics(), l.marks[0].x, l.marks[0].y).mark, 1U);
}

TEST(Layout, ghost_labels_never_cover_other_things) {
  Scene s = two_lanes();
  s.ghosts = {{0, at(50), FindingId{0}, s.texts.add("didCompleteWithError")}};
  EXPECT_GT(make_layout(s, view(0, 100), metrics()).ghosts[0].label_x, 500);
  s.bars = {{{at(55), at(60)}, 0, 0, BarStyle::task_waiting, false}};
  EXPECT_LT(make_layout(s, view(0, 100), metrics()).ghosts[0].label_x, 500);
  s.bars = {{{at(0), at(100)}, 0, 0, BarStyle::task_waiting, false}};
  EXPECT_EQ(make_layout(s, view(0, 100), metrics()).ghosts[0].label, "");
}

TEST(Ticks, are_round_and_apart) {
  Scene s = two_lanes();
  s.axis = AxisKind::utc;
  s.zone_offset_minutes = 60;
  const TimeNs start = parse_iso("2026-11-18T13:00:00Z")->time;
  for (const double span : {0.001, 1.0, 60.0, 3600.0, 86'400.0, 30 * 86'400.0}) {
    View v{TimeScale::fit({start, start + from_seconds(span)}, 1000), 1000, 400, 0};
    const Layout l = make_layout(s, v, metrics());
    ASSERT_GE(l.ticks.size(), 1U) << span;
    for (std::size_t i = 1; i < l.ticks.size(); ++i) {
      EXPECT_GE(l.ticks[i].x - l.ticks[i - 1].x, 109.9) << span;
      EXPECT_TRUE(l.ticks[i].label != l.ticks[i - 1].label || !l.ticks[i].date.empty()) << span << " " << l.ticks[i].label;
    }
    EXPECT_FALSE(l.ticks[0].date.empty());
  }
  View v{TimeScale::fit({start, start + seconds(3600)}, 1000), 1000, 400, 0};
  EXPECT_EQ(make_layout(s, v, metrics()).ticks[0].label, "14:00");
}

TEST(Scroll, shows_the_lane_and_stays_inside) {
  Scene s;
  s.lanes.resize(100);
  for (std::uint32_t i = 0; i < 100; ++i) s.lanes[i].end = i + 1;
  const LaneRows rows = make_order(s, {}).rest;
  View v = view(0, 100);
  const Metrics m = metrics();
  EXPECT_EQ(scroll_to_lane(rows, v, m, 0), 0);
  v.scroll_y = scroll_to_lane(rows, v, m, 50);
  EXPECT_GT(v.scroll_y, 0);
  EXPECT_EQ(scroll_to_lane(rows, v, m, 50), v.scroll_y);
  EXPECT_NEAR(scroll_to_lane(rows, v, m, 99), 100 * 24 - 400, 1e-9);
  v.height = 395;
  const double scroll = scroll_to_lane(rows, v, m, 60);
  EXPECT_DOUBLE_EQ(scroll, rows.top(rows.row_at(scroll, m), m)) << "the upper edge cuts no row";
}

TEST(Layout, says_where_a_task_out_of_sight_lies) {
  Scene s = two_lanes();
  s.lanes[0].extent = {at(10), at(20)};
  s.lanes[1].extent = {at(80), at(90)};
  const Layout l = make_layout(s, view(40, 60), metrics());
  ASSERT_EQ(l.beyond.size(), 2U);
  EXPECT_TRUE(l.beyond[0].before);
  EXPECT_FALSE(l.beyond[1].before);
  EXPECT_TRUE(hit_test(l, metrics(), 3, l.beyond[0].box.y0 + 5).beyond);
  EXPECT_FALSE(hit_test(l, metrics(), 500, l.beyond[0].box.y0 + 5).beyond);
  EXPECT_TRUE(make_layout(s, view(0, 100), metrics()).beyond.empty());
  EXPECT_EQ(make_layout(s, view(15, 60), metrics()).beyond.size(), 1U) << "a part in sight is enough";
}

TEST(Layout, shows_how_far_a_doubtful_clock_may_be_off) {
  Scene s = two_lanes();
  s.bars = {{{at(30), at(50)}, 1, 0, BarStyle::device_online, false}};
  s.clocks = {{1, seconds(5), false}};
  const Layout l = make_layout(s, view(0, 100), metrics());
  ASSERT_EQ(l.whiskers.size(), 1U);
  EXPECT_NEAR(l.whiskers[0].x0, 250, 1e-6);
  EXPECT_NEAR(l.whiskers[0].x1, 350, 1e-6);
  s.clocks = {{1, {}, true}};
  EXPECT_TRUE(make_layout(s, view(0, 100), metrics()).whiskers.empty()) << "nobody knows how far";
}

// A faint mark neither hides a real one nor is counted with it.
TEST(Layout, faint_marks_give_way) {
  Scene s = two_lanes();
  for (const auto& [t, style] : {std::pair(50.0, MarkStyle::related), std::pair(50.1, MarkStyle::failed),
                                 std::pair(50.2, MarkStyle::related), std::pair(90.0, MarkStyle::related)}) {
    Mark m;
    m.t = at(t);
    m.style = style;
    s.marks.push_back(m);
  }
  const Layout layout = make_layout(s, view(0, 100), metrics());
  ASSERT_EQ(layout.marks.size(), 2U);
  EXPECT_EQ(layout.marks[0].mark, 1U);
  EXPECT_EQ(layout.marks[0].grouped, 1U);
  EXPECT_EQ(layout.marks[1].mark, 3U);
}

}  // namespace
}  // namespace uptrail::timeline
