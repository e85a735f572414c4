// Two traces one above the other.
#include "viewer/panels/compare_state.h"

#include <gtest/gtest.h>

#include "tests/viewer/support/shown_case.h"
#include "viewer/panels/commands.h"

namespace uptrail::viewer {
namespace {

constexpr DurationNs kLater = minutes(26 * 60);

// The sample a day and two hours later: upload 14 succeeds there, and one upload has another name.
std::shared_ptr<const LoadedCase> later_case() {
  LoadedCase data = *test::sample_case();
  data.paths = {"later/app.ndjson"};
  const auto move = [](TimeNs& t) { t = t + kLater; };
  for (Task& task : data.derived.tasks) {
    for (auto* t : {&task.created, &task.finished_in_daemon, &task.delivered}) {
      if (*t) move(**t);
    }
    move(task.seen.start);
    move(task.seen.end);
    for (TaskPhaseSpan& phase : task.phases) {
      move(phase.span.start);
      move(phase.span.end);
    }
  }
  for (Upload& upload : data.derived.uploads) {
    move(upload.seen.start);
    move(upload.seen.end);
  }
  data.derived.uploads[0].outcome = UploadOutcome::succeeded;
  data.derived.uploads[9].name = "upload 99";
  data.derived.epochs.clear();
  data.derived.objects.clear();
  data.derived.wakes.clear();
  data.derived.findings.clear();
  data.derived.causes.clear();
  data.derived.coverage.clear();
  data.derived.sessions[0].objects.clear();
  data.evidence.clear();
  for (Stream& stream : data.streams) {
    move(stream.open->start);
    move(stream.open->end);
  }
  data.scene = timeline::make_scene(data.info, data.derived, data.streams, {});
  data.detail = timeline::LevelOfDetail(data.scene);
  data.overview = timeline::make_overview(data.scene, {});
  return std::make_shared<const LoadedCase>(std::move(data));
}

class Compare : public test::ShownCase {
 protected:
  void SetUp() override {
    ShownCase::SetUp();
    begin_comparison(later_case(), ui.state);
    ui.frame(4);
  }
  [[nodiscard]] UiState& other() const { return ui.state.compare->other; }
  void expect_in_line() const {
    EXPECT_DOUBLE_EQ(other().scale.ns_per_px(), ui.state.scale.ns_per_px());
    EXPECT_NEAR(static_cast<double>((other().scale.start() - ui.state.scale.start() - ui.state.compare->shift()).ns), 0, 2);
  }
};

TEST_F(Compare, shows_both_whole_at_one_scale_with_the_first_tasks_in_line) {
  EXPECT_EQ(ui.state.compare->starts, kLater);
  EXPECT_EQ(ui.state.selection.upload, UploadId{0}) << "the first difference is told in both details";
  EXPECT_EQ(other().selection.upload, UploadId{0});
  expect_in_line();
  const TimeNs a = first_task_moment(*ui.state.data);
  const TimeNs b = first_task_moment(*other().data);
  EXPECT_NEAR(ui.state.scale.px(a), other().scale.px(b), 0.01);
  EXPECT_TRUE(ui.has("lanes") && ui.has("other-lanes"));
  EXPECT_TRUE(ui.has("first-task") && ui.has("other-first-task"));
  EXPECT_FLOAT_EQ(ui.place("lanes").min.x, ui.place("other-lanes").min.x);
  EXPECT_FLOAT_EQ(ui.place("lanes").max.x, ui.place("other-lanes").max.x);
  EXPECT_LE(ui.place("timeline").max.y, ui.place("other-timeline").min.y);
  EXPECT_FALSE(ui.has("minimap"));
}

TEST_F(Compare, both_zoom_and_pan_together_whichever_is_touched) {
  const double before = ui.state.scale.ns_per_px();
  ui.move(ui.place("lanes").centre());
  ui.wheel(3);
  EXPECT_LT(ui.state.scale.ns_per_px(), before * 0.6);
  expect_in_line();
  const Rect lower = ui.place("other-lanes");
  const double zoomed = ui.state.scale.ns_per_px();
  ui.move(lower.centre());
  const double x = lower.width() / 2;
  const TimeNs under = other().scale.time(x);
  ui.wheel(3);
  EXPECT_LT(ui.state.scale.ns_per_px(), zoomed * 0.6);
  EXPECT_NEAR(static_cast<double>((other().scale.time(x) - under).ns), 0, other().scale.ns_per_px() * 2);
  expect_in_line();
  const TimeNs start = ui.state.scale.start();
  ui.drag(lower.centre(), {lower.centre().x - 200, lower.centre().y});
  EXPECT_GT(ui.state.scale.start(), start);
  expect_in_line();
  ui.ctrl(Key::z);
  expect_in_line();
}

TEST_F(Compare, lists_what_ends_differently_and_a_click_selects_it_in_both) {
  const UploadDifferences& d = ui.state.compare->uploads;
  ASSERT_EQ(d.differ.size(), 1U);
  EXPECT_EQ(d.differ[0].name, "upload 14");
  EXPECT_EQ(d.only_a.size(), 1U);
  EXPECT_EQ(d.only_b.size(), 1U);
  EXPECT_EQ(d.same, 8U);
  ui.click("differ-0");
  ui.frame(2);
  EXPECT_EQ(ui.state.selection.upload, UploadId{0});
  EXPECT_EQ(other().selection.upload, UploadId{0});
  const Interval life = ui.state.data->scene.lanes[ui.state.selection.lane].extent;
  EXPECT_LE(visible().start, life.start);
  EXPECT_GE(visible().end, life.end);
  EXPECT_LT(visible().length().ns, ui.state.data->scene.whole.length().ns);
  expect_in_line();
  ui.click("only-b-0");
  EXPECT_FALSE(ui.state.selection.upload.has_value());
  EXPECT_EQ(other().selection.upload, UploadId{9});
}

TEST_F(Compare, the_second_has_its_own_lanes_and_selection) {
  const Rect row = ui.place("other-lane-5");
  ui.click(ImVec2(row.min.x + 120, row.centre().y));
  EXPECT_EQ(other().selection.lane, 5U);
  EXPECT_NE(ui.state.selection.lane, 5U);
  ui.click("other-timeline-collapse");
  EXPECT_FALSE(other().timeline.choice.collapsed.empty());
  EXPECT_TRUE(ui.state.timeline.choice.collapsed.empty());
}

TEST_F(Compare, the_same_time_can_stand_in_line_instead) {
  Effects effects;
  apply(ShareTime{}, ui.state, effects);
  ui.frame(3);
  EXPECT_EQ(ui.state.compare->shift(), DurationNs{0});
  expect_in_line();
  EXPECT_GE(visible().length(), kLater) << "both captures are in sight";
  ui.key(Key::zero);
  EXPECT_GE(visible().length(), kLater);
}

TEST_F(Compare, ends_with_one_trace_as_it_was) {
  ui.click("end-comparison");
  ui.frame(2);
  EXPECT_EQ(ui.state.compare, nullptr);
  EXPECT_TRUE(ui.has("causes") && ui.has("minimap") && ui.has("log"));
  EXPECT_FALSE(ui.has("other-lanes"));
  EXPECT_TRUE(ui.state.timeline.fold_idle);
  EXPECT_TRUE(ui.effects.end_compare);
}

TEST_F(Compare, another_case_ends_it) {
  ui.show(test::sample_case());
  EXPECT_EQ(ui.state.compare, nullptr);
  EXPECT_EQ(ui.state.timeline.role, TimelineRole::alone);
}

class CompareDialog : public test::ShownCase {};

TEST_F(CompareDialog, offers_recent_files_but_the_open_one) {
  ui.state.recent = {{"/a/open.uptrail"}, {"/a/yesterday.uptrail"}};
  ui.ctrl(Key::d);
  ui.frame(2);
  ASSERT_TRUE(ui.has("compare-0"));
  EXPECT_FALSE(ui.has("compare-1"));
  ui.click("compare-0");
  EXPECT_EQ(ui.effects.compare, std::vector<std::string>{"/a/yesterday.uptrail"});
  EXPECT_EQ(ui.state.overlay, Overlay::none);
}

TEST_F(CompareDialog, the_palette_offers_them_too) {
  ui.state.recent = {{"/a/open.uptrail"}, {"/a/yesterday.uptrail"}};
  const auto entries = palette_entries(ui.state, "compare yesterday");
  ASSERT_FALSE(entries.empty());
  EXPECT_EQ(entries[0].group, "Compare with");
}

TEST_F(Compare, sql_asks_the_one_that_is_chosen) {
  ui.click("compare-to-sql");
  ui.frame(3);
  ASSERT_TRUE(ui.has("compare-sql"));
  EXPECT_EQ(asked_in_sql(ui.state), Asked::first);
  ui.type("SELECT 1");
  ui.effects = {};
  ui.ctrl(Key::enter);
  EXPECT_TRUE(ui.effects.run_query);
  EXPECT_TRUE(ui.state.compare->wanted.empty());
  ui.click("asked-1");
  ui.frame(3);
  EXPECT_EQ(asked_in_sql(ui.state), Asked::second);
  UiState& other = ui.state.compare->other;
  EXPECT_EQ(other.query.text, "SELECT 1") << "it comes along";
  ui.effects = {};
  ui.ctrl(Key::enter);
  EXPECT_FALSE(ui.effects.run_query);
  ASSERT_EQ(ui.state.compare->wanted.size(), 1U);
  EXPECT_TRUE(ui.state.compare->wanted[0].run_query);
  auto answer = std::make_shared<QueryAnswer>();
  answer->number = other.query.number;
  answer->table = {{"task_id"}, {{CellType::integer, false, "2"}}, 1, false, 0};
  show_answer(answer, other, 0);
  ui.frame(3);
  ASSERT_TRUE(ui.has("other-row-0"));
  ui.click("other-row-0");
  ASSERT_LT(other.selection.lane, other.data->scene.lanes.size());
  EXPECT_EQ(other.data->scene.lanes[other.selection.lane].task, TaskId{2});
  ui.click("asked-0");
  ui.frame(3);
  EXPECT_EQ(asked_in_sql(ui.state), Asked::first);
  ui.click("compare-sql-close");
  ui.frame(3);
  EXPECT_FALSE(ui.has("compare-sql"));
}

}  // namespace
}  // namespace uptrail::viewer
