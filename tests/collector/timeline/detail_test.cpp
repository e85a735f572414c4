// Merging and folding lose nothing, and neither depends on how the scene came to be.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "collector/timeline/layout.h"
#include "collector/timeline/overview.h"

namespace uptrail::timeline {
namespace {

TimeNs at(double s) { return TimeNs{from_seconds(s).ns}; }

Metrics metrics() {
  Metrics m;
  m.text_width = [](std::string_view s) { return 7.0 * static_cast<double>(s.size()); };
  return m;
}

constexpr std::uint32_t kBars = 20'000;
constexpr double kSpan = 10'000;  // seconds

// One heading with two families: a lane full of bars and marks of all sorts, and tasks.
Scene crowded(unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> place(0, kSpan);
  std::exponential_distribution<double> length(0.3);
  Scene s;
  s.lanes.resize(4);
  for (std::uint32_t i = 0; i < 4; ++i) s.lanes[i].end = i + 1;
  s.lanes[0].kind = LaneKind::app;
  s.lanes[0].end = 4;
  s.lanes[1].kind = LaneKind::session;
  s.lanes[1].parent = 0;
  s.lanes[1].depth = 1;
  s.lanes[1].end = 4;
  for (const std::uint32_t i : {2U, 3U}) {
    s.lanes[i].parent = 1;
    s.lanes[i].depth = 2;
    s.lanes[i].label = s.texts.add(i == 2 ? "upload 2" : "upload 3");
    s.lanes[i].extent = {at(0), at(i == 2 ? 10 : 4000)};
  }
  const BarStyle styles[] = {BarStyle::task_created, BarStyle::task_transferring, BarStyle::task_finished,
                             BarStyle::session_failed};
  for (std::uint32_t i = 0; i < kBars; ++i) {
    const double start = place(random);
    const BarStyle style = styles[random() % 97 == 0 ? 3 : random() % 3];
    s.bars.push_back({{at(start), at(start + length(random) * 0.5 + 1e-6)}, 1, 0, style, false});
    Mark mark;
    mark.t = at(start);
    mark.lane = 1;
    if (random() % 200 == 0) {
      mark.style = MarkStyle::finding;
      mark.severity = static_cast<Severity>(random() % 3);
    }
    s.marks.push_back(mark);
  }
  std::sort(s.bars.begin(), s.bars.end(), [](const Bar& a, const Bar& b) { return a.span.start < b.span.start; });
  std::sort(s.marks.begin(), s.marks.end(), [](const Mark& a, const Mark& b) { return a.t < b.t; });
  s.whole = s.seen = {at(0), at(kSpan)};
  return s;
}

Layout laid_out(const Scene& s, const View& view, bool detailed) {
  const LaneOrder order = make_order(s, {});
  const LevelOfDetail detail(s);
  return make_layout(Picture{s, order.rest, order.folded, detailed ? &detail : nullptr}, view, metrics());
}

class Zooms : public testing::TestWithParam<double> {};

TEST_P(Zooms, no_bar_is_lost_and_the_gravest_wins_its_pixel) {
  const Scene s = crowded(3);
  const View view{TimeScale::fit({at(1000), at(1000 + kSpan / GetParam())}, 1000), 1000, 400, 0};
  const Layout layout = laid_out(s, view, true);
  for (const Bar& bar : s.bars) {
    const double x0 = view.scale.px(bar.span.start);
    const double x1 = view.scale.px(bar.span.end);
    if (x0 < 1 || x1 > 999) continue;
    int best = -1;
    for (const PlacedBar& placed : layout.bars) {
      if (placed.box.x0 <= std::floor(x0) + 1 && placed.box.x1 >= std::floor(x0)) best = std::max(best, gravity(placed.style));
    }
    EXPECT_GE(best, gravity(bar.style)) << "a bar at pixel " << x0 << " is not drawn";
    if (HasFailure()) return;
  }
}

TEST_P(Zooms, summaries_change_nothing_that_is_seen) {
  const Scene s = crowded(5);
  const View view{TimeScale::fit({at(1000), at(1000 + kSpan / GetParam())}, 1000), 1000, 400, 0};
  const Layout quick = laid_out(s, view, true);
  const Layout plain = laid_out(s, view, false);
  ASSERT_EQ(quick.bars.size(), plain.bars.size());
  for (std::size_t i = 0; i < quick.bars.size(); ++i) {
    EXPECT_EQ(quick.bars[i].bar, plain.bars[i].bar);
    EXPECT_EQ(quick.bars[i].box.x0, plain.bars[i].box.x0);
    EXPECT_EQ(quick.bars[i].merged, plain.bars[i].merged);
  }
  ASSERT_EQ(quick.marks.size(), plain.marks.size());
  for (std::size_t i = 0; i < quick.marks.size(); ++i) EXPECT_EQ(quick.marks[i].mark, plain.marks[i].mark);
}

INSTANTIATE_TEST_SUITE_P(Timeline, Zooms, testing::Values(1.2, 10.0, 300.0));

TEST(Detail, what_is_placed_is_bounded_by_pixels) {
  const Scene s = crowded(9);
  const Layout layout = laid_out(s, {TimeScale::fit(s.whole, 500), 500, 400, 0}, true);
  EXPECT_LE(layout.bars.size(), 2 * 510U);
  EXPECT_LE(layout.marks.size(), 60U);
}

TEST(LaneOrder, folds_sorts_filters_pins_and_hides) {
  const Scene s = crowded(1);
  LaneChoice choice;
  EXPECT_EQ(make_order(s, choice).rest.size(), 4U);
  choice.sort = LaneSort::duration;
  EXPECT_EQ(make_order(s, choice).rest.lane(2), 3U);
  choice.collapsed = {1};
  const LaneOrder folded = make_order(s, choice);
  EXPECT_EQ(folded.rest.size(), 2U);
  ASSERT_TRUE(folded.folded.contains(1));
  EXPECT_EQ(folded.folded.at(1).starts.size(), 2U);
  EXPECT_FALSE(folded.folded.at(1).marks.empty());
  choice = {};
  choice.filter = "LOAD 3";
  EXPECT_EQ(make_order(s, choice).rest.size(), 3U);  // with those above it
  EXPECT_EQ(make_order(s, choice).left_out, 1U);
  choice = {};
  choice.hidden = {2};
  choice.pinned = {3};
  const LaneOrder pinned = make_order(s, choice);
  EXPECT_EQ(pinned.rest.size(), 3U);
  ASSERT_EQ(pinned.pinned.size(), 1U);
  EXPECT_EQ(pinned.pinned.lane(0), 3U);
}

TEST(LaneRows, find_rows_by_place) {
  Scene s;
  s.lanes.resize(5000);
  for (std::uint32_t i = 0; i < s.lanes.size(); ++i) {
    s.lanes[i].end = i + 1;
    s.lanes[i].kind = i % 7 == 0 ? LaneKind::session : LaneKind::task;
  }
  const LaneRows rows = make_order(s, {}).rest;
  const Metrics m = metrics();
  double y = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    EXPECT_DOUBLE_EQ(rows.top(row, m), y);
    EXPECT_EQ(rows.row_at(y + 1, m), row);
    y += rows.height(row, m) + m.gap;
  }
  EXPECT_DOUBLE_EQ(rows.content(m), y);
  EXPECT_EQ(rows.row_at(y, m), rows.size());
}

TEST(Overview, counts_what_lies_in_a_range) {
  const Scene s = crowded(2);
  const Overview overview = make_overview(s, {});
  EXPECT_EQ(count_in(s, overview, {at(0), at(5)}).tasks, 2U);
  EXPECT_EQ(count_in(s, overview, {at(20), at(30)}).tasks, 1U);
  EXPECT_EQ(count_in(s, overview, {at(4100), at(4200)}).tasks, 0U);
  const auto findings = count_in(s, overview, {at(0), at(kSpan + 1)}).findings;
  EXPECT_EQ(findings, overview.findings.size());
  std::uint64_t in_columns = 0;
  for (const Column& c : make_columns(s, overview, TimeMap(), 200)) in_columns += c.findings;
  EXPECT_EQ(in_columns, findings);
}

}  // namespace
}  // namespace uptrail::timeline
