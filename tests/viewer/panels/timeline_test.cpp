// The timeline under mouse and keys: zooming to a band, measuring, the strip, lanes, and what the filter leaves.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/viewer/support/shown_case.h"

namespace uptrail::viewer {
namespace {

using timeline::LaneKind;

class Timeline : public test::ShownCase {
 protected:
  [[nodiscard]] const timeline::Scene& scene() const { return ui.state.data->scene; }
  [[nodiscard]] std::uint32_t lane_of(LaneKind kind, std::size_t nth = 0) const {
    for (std::uint32_t i = 0; i < scene().lanes.size(); ++i) {
      if (scene().lanes[i].kind == kind && nth-- == 0) return i;
    }
    ADD_FAILURE() << "no such lane";
    return 0;
  }
  [[nodiscard]] bool drawn(std::uint32_t lane) const { return ui.has("lane-" + std::to_string(lane)); }
  [[nodiscard]] Rect row(std::uint32_t lane) const { return ui.place("lane-" + std::to_string(lane)); }
  // Selects by a click beside the name's signs.
  void pick(std::uint32_t lane) { ui.click(ImVec2(row(lane).min.x + 120, row(lane).centre().y)); }
  // A point of the lanes, by time, in the middle of their height.
  [[nodiscard]] ImVec2 at(TimeNs t) const {
    const Rect lanes = ui.place("lanes");
    return {lanes.min.x + static_cast<float>(ui.state.scale.px(t)), lanes.centre().y};
  }
  void whole() {
    ui.key(Key::zero);
    ui.frame(2);
  }
};

TEST_F(Timeline, shift_drag_zooms_to_the_band) {
  whole();
  const TimeNs from = ui.state.data->derived.tasks[2].created.value();
  const TimeNs to = from + minutes(20);
  ui.drag(at(from), at(to), {false, true});
  const double pixel = ui.state.scale.ns_per_px() * 3;
  EXPECT_NEAR(static_cast<double>((visible().start - from).ns), 0, std::max(pixel, 2e10));
  EXPECT_NEAR(static_cast<double>((visible().end - to).ns), 0, std::max(pixel, 2e10));
  ui.ctrl(Key::z);
  EXPECT_GE(visible().length(), scene().seen.length()) << "one undo brings the view from before back";
}

TEST_F(Timeline, a_drag_on_the_ruler_measures_and_esc_ends_it) {
  whole();
  const Interval before = visible();
  const Rect ruler = ui.place("ruler");
  const TimeNs from = ui.state.data->derived.tasks[1].created.value();
  ui.drag({at(from).x, ruler.centre().y}, {at(from + minutes(30)).x, ruler.centre().y});
  ASSERT_TRUE(ui.state.timeline.measured.has_value());
  EXPECT_NEAR(static_cast<double>(ui.state.timeline.measured->length().ns), static_cast<double>(minutes(30).ns), 3e10);
  EXPECT_TRUE(ui.has("measured"));
  EXPECT_EQ(visible(), before) << "measuring moves nothing";
  ui.key(Key::escape);
  EXPECT_FALSE(ui.state.timeline.measured.has_value());
  EXPECT_FALSE(ui.has("measured"));
}

TEST_F(Timeline, m_measures_the_selected_lane_and_stops_measuring) {
  const std::uint32_t task = lane_of(LaneKind::task, 4);
  pick(task);
  ui.key(Key::m);
  EXPECT_EQ(ui.state.timeline.measured, scene().lanes[task].extent);
  ui.key(Key::m);
  EXPECT_FALSE(ui.state.timeline.measured.has_value());
}

TEST_F(Timeline, a_click_in_the_strip_moves_the_view_and_keeps_its_zoom) {
  const double zoom = ui.state.scale.ns_per_px();
  const Rect map = ui.place("minimap");
  ui.click(ImVec2(map.min.x + map.width() * 0.8F, map.centre().y));
  const auto middle = visible().start + nanoseconds(visible().length().ns / 2);
  const auto wanted = scene().whole.start + nanoseconds(scene().whole.length().ns * 8 / 10);
  EXPECT_NEAR(static_cast<double>((middle - wanted).ns), 0, static_cast<double>(scene().whole.length().ns) * 0.01);
  EXPECT_DOUBLE_EQ(ui.state.scale.ns_per_px(), zoom);
  ui.drag({map.min.x + map.width() * 0.8F, map.centre().y}, {map.min.x + map.width() * 0.3F, map.centre().y});
  EXPECT_LT(visible().end, wanted) << "and a drag goes on with it";
}

TEST_F(Timeline, a_lane_is_pinned_by_its_word_and_by_k) {
  whole();
  const std::uint32_t task = lane_of(LaneKind::task, 2);
  const float place = row(task).min.y;
  ui.move(row(task).centre());
  ui.click(ImVec2(row(task).max.x - 26 - 8, row(task).centre().y));
  EXPECT_TRUE(ui.state.timeline.choice.pinned.contains(task));
  ui.frame(2);
  EXPECT_EQ(ui.state.timeline.order->pinned.size(), 1U);
  EXPECT_NE(row(task).min.y, place);
  pick(task);
  ui.key(Key::k);
  EXPECT_FALSE(ui.state.timeline.choice.pinned.contains(task));
}

TEST_F(Timeline, h_hides_the_lane_selects_the_next_and_shift_h_brings_all_back) {
  whole();
  const std::uint32_t task = lane_of(LaneKind::task, 1);
  pick(task);
  ui.key(Key::h);
  ui.frame(2);
  EXPECT_FALSE(drawn(task));
  EXPECT_EQ(ui.state.selection.lane, lane_of(LaneKind::task, 2));
  EXPECT_TRUE(ui.has("timeline-hidden"));
  ui.shift(Key::h);
  ui.frame(2);
  EXPECT_TRUE(drawn(task));
}

TEST_F(Timeline, c_folds_the_family_of_a_task_and_a_click_on_its_triangle_opens_it) {
  whole();
  const std::uint32_t task = lane_of(LaneKind::task);
  const std::uint32_t session = lane_of(LaneKind::session);
  pick(task);
  ui.key(Key::c);
  ui.frame(2);
  EXPECT_FALSE(drawn(task));
  EXPECT_EQ(ui.state.selection.lane, session);
  ui.click(ImVec2(row(session).min.x + 12 + 4, row(session).centre().y));
  ui.frame(2);
  EXPECT_TRUE(drawn(task));
}

TEST_F(Timeline, o_sorts_lanes_and_j_keeps_those_with_findings) {
  whole();
  ui.key(Key::o);
  EXPECT_EQ(ui.state.timeline.choice.sort, timeline::LaneSort::duration);
  ui.key(Key::o);
  ASSERT_EQ(ui.state.timeline.choice.sort, timeline::LaneSort::severity);
  ui.frame(2);
  const std::uint32_t gravest = lane_of(LaneKind::task, 0);  // the stuck one has an error
  EXPECT_EQ(ui.state.timeline.order->rest.row_of(gravest), ui.state.timeline.order->rest.row_of(lane_of(LaneKind::session)) + 1);
  ui.key(Key::j);
  ui.frame(2);
  EXPECT_TRUE(drawn(gravest));
  EXPECT_FALSE(drawn(lane_of(LaneKind::task, 1)));
  ui.click("timeline-problems");
  EXPECT_TRUE(drawn(lane_of(LaneKind::task, 1)));
}

TEST_F(Timeline, arrows_walk_over_the_lanes_and_bring_them_into_sight) {
  whole();
  ui.state.splitters.timeline = 0.3F;
  ui.frame(2);
  pick(lane_of(LaneKind::session));
  for (int i = 0; i < 10; ++i) ui.key(Key::down);
  const std::uint32_t last = lane_of(LaneKind::task, 9);
  EXPECT_EQ(ui.state.selection.lane, last);
  ui.frame(2);
  ASSERT_TRUE(drawn(last));
  EXPECT_LE(row(last).max.y, ui.place("lanes").max.y);
  ui.key(Key::up);
  EXPECT_EQ(ui.state.selection.lane, lane_of(LaneKind::task, 8));
}

TEST_F(Timeline, shift_f_leads_into_the_lane_filter) {
  ui.shift(Key::f);
  ui.frame(3);
  ui.type("upload 17");
  EXPECT_EQ(ui.state.timeline.choice.filter, "upload 17");
  EXPECT_TRUE(drawn(lane_of(LaneKind::task, 3)));
  EXPECT_FALSE(drawn(lane_of(LaneKind::task, 4)));
}

TEST_F(Timeline, what_lies_out_of_sight_is_one_click_away) {
  pick(lane_of(LaneKind::task));
  ui.key(Key::f);
  ui.frame(2);
  const std::uint32_t later = lane_of(LaneKind::task, 7);
  const std::string sign = "beyond-" + std::to_string(later);
  ASSERT_TRUE(ui.has(sign));
  ui.click(sign);
  ui.frame(2);
  EXPECT_EQ(ui.state.selection.lane, later);
  EXPECT_TRUE(visible().contains(scene().lanes[later].extent.start));
  EXPECT_FALSE(ui.has(sign));
}

TEST_F(Timeline, the_filter_dims_lanes_that_do_not_pass_and_their_parents_stay) {
  Filter filter;
  filter.text = "upload 17";
  Effects effects;
  apply(SetFilter{filter}, ui.state, effects);
  EXPECT_TRUE(is_shown(ui.state, lane_of(LaneKind::task, 3)));
  EXPECT_FALSE(is_shown(ui.state, lane_of(LaneKind::task, 4)));
  EXPECT_TRUE(is_shown(ui.state, lane_of(LaneKind::session))) << "something below it passes";
  EXPECT_TRUE(is_shown(ui.state, lane_of(LaneKind::process)));
  filter = {};
  filter.severities.toggle(Severity::error);
  apply(SetFilter{filter}, ui.state, effects);
  EXPECT_FALSE(is_shown(ui.state, lane_of(LaneKind::task, 0))) << "its only finding is an error";
  apply(SetFilter{}, ui.state, effects);
  EXPECT_TRUE(is_shown(ui.state, lane_of(LaneKind::task, 4)));
}

TEST_F(Timeline, dimmed_lanes_are_painted_paler) {
  whole();
  const std::uint32_t task = lane_of(LaneKind::task, 4);
  const timeline::Bar& bar = scene().bars_of(task)[2];  // transferring: the widest
  const int x = static_cast<int>(at(bar.span.start + nanoseconds(bar.span.length().ns / 2)).x);
  const int y = static_cast<int>(row(task).centre().y) + 5;  // below the label
  const auto pixel = [&] {
    const Image image = ui.picture();
    return image.pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(x)];
  };
  const auto bright = pixel();
  Filter filter;
  filter.text = "upload 17";
  Effects effects;
  apply(SetFilter{filter}, ui.state, effects);
  ui.move({-100, -100});
  ui.frame(2);
  const auto dim = pixel();
  const auto blue = [](std::uint32_t c) { return static_cast<int>(c >> 16 & 255U); };
  EXPECT_LT(blue(dim), blue(bright) - 60);
}

TEST_F(Timeline, what_was_searched_leads_to_its_stretch_and_to_its_log) {
  whole();
  ui.key(Key::n);
  ui.key(Key::p);  // the first cause again
  ui.state.splitters.timeline = 0.3F;
  ui.frame(3);
  ui.effects = {};
  ui.click("searched-0");
  ui.frame(2);
  const SearchDone& search = ui.state.data->derived.findings[0].searched[0];
  ASSERT_TRUE(ui.state.timeline.searched.has_value());
  EXPECT_LE(visible().start, search.span.start);
  EXPECT_GE(visible().end, search.span.end);
  EXPECT_TRUE(ui.has("searched"));
  ASSERT_TRUE(ui.effects.request_searched.has_value());
  EXPECT_EQ(ui.effects.request_searched->search.span, search.span);
  EXPECT_EQ(ui.state.log.source, SourceId{0});
  // The worker's answer says where the stretch begins.
  LogPage page = test::sample_page(*ui.state.data);
  page.found_line = 40;
  show_page(page, ui.state);
  EXPECT_EQ(ui.state.log.line, 40U);
  ui.key(Key::escape);
  EXPECT_FALSE(ui.state.timeline.searched.has_value());
  EXPECT_EQ(ui.state.selection.finding, FindingId{0}) << "the finding stays";
}

}  // namespace
}  // namespace uptrail::viewer
