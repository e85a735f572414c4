// The whole window, driven without a window.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/viewer/support/shown_case.h"

namespace uptrail::viewer {
namespace {

using test::UiDriver;

class Workspace : public test::ShownCase {};

TEST_F(Workspace, opens_with_the_gravest_cause_selected_and_framed) {
  EXPECT_EQ(ui.state.selection.cause, CauseId{0});
  const Finding& finding = ui.state.data->derived.findings[0];
  EXPECT_TRUE(visible().contains(finding.t));
  EXPECT_LT(visible().length().ns, ui.state.data->scene.whole.length().ns / 2);
  EXPECT_EQ(ui.state.log.line, 131U);
}

TEST_F(Workspace, clicking_a_cause_selects_and_frames_it) {
  ui.click("cause-2");
  EXPECT_EQ(ui.state.selection.cause, CauseId{2});
  EXPECT_EQ(ui.state.selection.finding, FindingId{2});
  const Finding& finding = ui.state.data->derived.findings[2];
  EXPECT_TRUE(visible().contains(finding.t));
  EXPECT_TRUE(visible().contains(finding.missing[0].due));
  EXPECT_FALSE(visible().contains(ui.state.data->derived.findings[0].t));
}

TEST_F(Workspace, n_and_p_walk_through_the_causes_and_around) {
  ui.key(Key::n);
  EXPECT_EQ(ui.state.selection.cause, CauseId{1});
  ui.key(Key::n);
  EXPECT_EQ(ui.state.selection.cause, CauseId{2});
  ui.key(Key::n);
  EXPECT_EQ(ui.state.selection.cause, CauseId{0});
  ui.key(Key::p);
  EXPECT_EQ(ui.state.selection.cause, CauseId{2});
}

TEST_F(Workspace, wheel_zooms_and_keeps_the_time_under_the_cursor) {
  const Rect lanes = ui.place("lanes");
  const ImVec2 at(lanes.min.x + lanes.width() * 0.3F, lanes.centre().y);
  const double x = at.x - lanes.min.x;
  ui.move(at);
  const TimeNs before = ui.state.scale.time(x);
  const double scale = ui.state.scale.ns_per_px();
  ui.wheel(3);
  EXPECT_LT(ui.state.scale.ns_per_px(), scale * 0.6);
  EXPECT_LT(std::abs((ui.state.scale.time(x) - before).ns), static_cast<std::int64_t>(ui.state.scale.ns_per_px()) + 1);
  ui.wheel(-3);
  EXPECT_NEAR(ui.state.scale.ns_per_px(), scale, scale * 1e-3);
}

TEST_F(Workspace, dragging_pans_with_the_hand) {
  const Rect lanes = ui.place("lanes");
  const ImVec2 from(lanes.min.x + 600, lanes.min.y + 40);
  const TimeNs under = ui.state.scale.time(600);
  ui.drag(from, {from.x - 200, from.y});
  EXPECT_NEAR(static_cast<double>((ui.state.scale.time(400) - under).ns), 0, ui.state.scale.ns_per_px() * 6);
  EXPECT_EQ(ui.state.selection.cause, CauseId{0}) << "a drag is not a click";
}

TEST_F(Workspace, zero_shows_the_whole_and_f_the_selection_again) {
  const Interval framed = visible();
  ui.key(Key::zero);
  EXPECT_GE(visible().length().ns, ui.state.data->scene.whole.length().ns - 1'000'000'000);
  ui.key(Key::f);
  EXPECT_NEAR(static_cast<double>(visible().start.ns), static_cast<double>(framed.start.ns), ui.state.scale.ns_per_px());
}

TEST_F(Workspace, clicking_evidence_scrolls_the_log_to_its_line) {
  ui.click("evidence-10");
  EXPECT_EQ(ui.state.log.line, 120U);
  ui.frame(3);
  ASSERT_TRUE(ui.has("log-120"));
  const Rect log = ui.place("log");
  EXPECT_TRUE(log.contains(ui.place("log-120").min));
  EXPECT_FALSE(ui.state.log.scroll_to);
}

TEST_F(Workspace, evidence_outside_the_page_asks_for_another_page) {
  ui.state.log.page->lines.resize(50);
  ui.effects = {};
  ui.click("evidence-10");
  ASSERT_TRUE(ui.effects.request_log.has_value());
  EXPECT_EQ(ui.effects.request_log->line, 120U);
  EXPECT_TRUE(ui.state.log.requested);
}

TEST_F(Workspace, clicking_a_finding_mark_selects_the_finding) {
  ui.key(Key::zero);
  ui.click("finding-1");
  EXPECT_EQ(ui.state.selection.finding, FindingId{1});
  EXPECT_EQ(ui.state.selection.cause, CauseId{1});
}

TEST_F(Workspace, clicking_a_ghost_selects_the_finding_that_misses_it) {
  ui.key(Key::n);
  ui.key(Key::zero);
  ASSERT_EQ(ui.state.selection.finding, FindingId{1});
  ui.click("ghost-0");
  EXPECT_EQ(ui.state.selection.finding, ui.state.data->scene.ghosts[0].finding);
  EXPECT_NE(ui.state.selection.finding, FindingId{1});
}

TEST_F(Workspace, a_folded_finding_can_be_opened_from_its_cause) {
  ui.state.splitters.timeline = 0.15F;
  ui.frame(2);
  ui.click("finding-row-3");
  EXPECT_EQ(ui.state.selection.finding, FindingId{3});
  EXPECT_EQ(ui.state.selection.cause, CauseId{0});
  EXPECT_NE(ui.state.selection.lane, timeline::kNoLane);
}

TEST_F(Workspace, clicking_an_upload_selects_its_lane) {
  ui.click("upload-3");
  EXPECT_EQ(ui.state.selection.upload, UploadId{3});
  ASSERT_NE(ui.state.selection.lane, timeline::kNoLane);
  EXPECT_EQ(ui.state.data->scene.lanes[ui.state.selection.lane].upload, UploadId{3});
  EXPECT_FALSE(ui.state.selection.cause.has_value());
}

TEST_F(Workspace, escape_drops_the_selection_and_then_shows_the_whole) {
  ui.key(Key::escape);
  EXPECT_EQ(ui.state.selection, Selection{});
  ui.key(Key::escape);
  EXPECT_GE(visible().length().ns, ui.state.data->scene.whole.length().ns - 1'000'000'000);
}

TEST_F(Workspace, splitters_follow_the_mouse_and_stop_before_a_panel_vanishes) {
  const Rect bar = ui.place("split-left");
  ui.drag(bar.centre(), {bar.centre().x + 120, bar.centre().y});
  EXPECT_NEAR(ui.place("split-left").centre().x, bar.centre().x + 120, 3);
  ui.drag(ui.place("split-left").centre(), {-500, bar.centre().y});
  EXPECT_GE(ui.place("causes").width(), 150);
}

TEST_F(Workspace, a_splitter_that_is_dragged_in_a_window_without_room_stays) {
  const float before = ui.state.splitters.causes;
  apply(MoveSplitter{MoveSplitter::Which::causes, std::numeric_limits<float>::quiet_NaN()}, ui.state, ui.effects);
  EXPECT_EQ(ui.state.splitters.causes, before);
}

TEST_F(Workspace, panels_tile_the_window_without_overlap) {
  const char* const names[] = {"top", "causes", "uploads", "timeline", "details", "log"};
  for (const char* a : names) {
    for (const char* b : names) {
      if (std::string(a) == b) continue;
      const Rect r = ui.place(a);
      const Rect s = ui.place(b);
      const bool apart = r.max.x <= s.min.x || s.max.x <= r.min.x || r.max.y <= s.min.y || s.max.y <= r.min.y;
      EXPECT_TRUE(apart) << a << " and " << b;
    }
  }
}

TEST_F(Workspace, the_sources_stand_behind_their_tab) {
  ui.click("tab-Sources");
  EXPECT_EQ(ui.state.left_tab, LeftTab::sources);
  EXPECT_TRUE(ui.has("source-1"));
}

TEST_F(Workspace, t_switches_the_theme) {
  ui.key(Key::t);
  EXPECT_EQ(ui.state.theme, ThemeKind::light);
}

TEST_F(Workspace, survives_a_tiny_window) {
  ImGui::GetIO().DisplaySize = {320, 240};
  ui.frame(3);
  ImGui::GetIO().DisplaySize = {1600, 1000};
  ui.frame(3);
  EXPECT_TRUE(ui.has("timeline"));
}

TEST(WorkspaceStates, without_a_case_it_invites_to_drop_one) {
  UiDriver ui;
  ui.frame(2);
  EXPECT_TRUE(ui.has("invitation"));
  EXPECT_FALSE(ui.has("timeline"));
}

TEST(WorkspaceStates, what_was_opened_before_stands_below_the_invitation) {
  UiDriver ui;
  ui.state.recent = {{"/a/trip.uptrail"}, {"/a/app.log", "/b/system.log"}};
  ui.frame(2);
  EXPECT_TRUE(ui.place("invitation").contains(ui.place("recent-1").min));
  ui.click("recent-1");
  EXPECT_EQ(ui.effects.open, (std::vector<std::string>{"/a/app.log", "/b/system.log"}));
  ImGui::GetIO().DisplaySize = {600, 400};
  ui.frame(2);
  EXPECT_FALSE(ui.has("recent-0")) << "not where there is no room";
}

TEST(WorkspaceStates, loading_can_be_cancelled) {
  UiDriver ui;
  ui.state.load = {LoadPhase::loading, {"system.log"}, "reading system.log", 0.4, {}};
  ui.frame(2);
  EXPECT_FALSE(ui.has("invitation"));
  ui.click("cancel");
  EXPECT_TRUE(ui.effects.cancel_load);
}

TEST(WorkspaceStates, a_failure_is_shown_where_the_case_would_be) {
  UiDriver ui;
  ui.state.load.phase = LoadPhase::failed;
  ui.state.load.error = fail(ErrorKind::unreadable, "the file is not a capture Uptrail knows", "junk.bin", 12);
  ui.frame(2);
  EXPECT_TRUE(ui.has("failure"));
}

TEST(WorkspaceStates, a_case_without_causes_says_what_is_missing) {
  UiDriver ui;
  ui.show(test::uninstrumented_case());
  EXPECT_FALSE(ui.state.selection.cause.has_value());
  EXPECT_FALSE(ui.has("cause-0"));
  EXPECT_TRUE(ui.has("timeline"));
  ui.key(Key::n);
  EXPECT_EQ(ui.state.selection, Selection{});
}

TEST(WorkspaceStates, draws_the_same_picture_twice) {
  const auto draw = [] {
    UiDriver ui;
    ui.show(test::sample_case());
    show_page(test::sample_page(*ui.state.data), ui.state);
    ui.frame(4);
    return ui.picture().pixels;
  };
  EXPECT_EQ(draw(), draw());
}

}  // namespace
}  // namespace uptrail::viewer
