// Filter, grouping, search results, and the way between a finding and its raw lines.
#include <gtest/gtest.h>

#include "tests/viewer/support/shown_case.h"
#include "viewer/panels/copy.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {
namespace {

class Find : public test::ShownCase {
 protected:
  // As the worker would answer.
  void answer(std::int64_t event) {
    const EvidenceLine& line = ui.state.data->evidence.at(EventId{event});
    EventShown shown = test::shown_event(line);
    shown.text = line.text;
    show_event(shown, ui.state, ui.effects);
    ui.frame(3);
  }
};

TEST_F(Find, slash_leads_into_the_filter_and_text_hides_what_does_not_match) {
  ui.character('/');
  ui.frame(3);
  ui.type("invalidation");
  EXPECT_EQ(ui.state.filter.text, "invalidation");
  EXPECT_FALSE(ui.has("cause-0"));
  EXPECT_TRUE(ui.has("cause-1"));
  ui.key(Key::escape);
  EXPECT_EQ(ui.state.filter.text, "invalidation") << "Esc leaves the field, not the text";
  EXPECT_EQ(ui.state.selection.cause, CauseId{0});
}

TEST_F(Find, severities_are_picked_from_a_list) {
  ui.click("filter-Severity");
  ui.click("pick-error");
  EXPECT_FALSE(ui.state.filter.severities.has(Severity::error));
  EXPECT_FALSE(ui.has("cause-0"));
  EXPECT_TRUE(ui.has("cause-2"));
  ui.click("pick-error");
  EXPECT_FALSE(ui.state.filter.active());
  EXPECT_TRUE(ui.has("cause-0"));
}

TEST_F(Find, a_rule_is_picked_and_everything_comes_back_by_x) {
  ui.click("filter-Rule");
  ui.click("pick-completion-handler-not-called");
  EXPECT_EQ(shown_causes(ui.state), std::vector<CauseId>{CauseId{2}});
  ui.key(Key::x);
  EXPECT_EQ(shown_causes(ui.state).size(), 3U);
}

TEST_F(Find, states_filter_uploads_and_their_causes) {
  ui.state.filter = {};
  ui.click("filter-State");
  for (const char* name : {"pick-succeeded", "pick-failed", "pick-running", "pick-cancelled", "pick-affected"}) ui.click(name);
  EXPECT_TRUE(ui.has("upload-9"));
  EXPECT_FALSE(ui.has("upload-0"));
  EXPECT_TRUE(shown_causes(ui.state).empty());
}

TEST_F(Find, v_keeps_only_the_visible_time) {
  ui.click("cause-2");
  ui.key(Key::v);
  ASSERT_TRUE(ui.state.filter.span.has_value());
  EXPECT_EQ(*ui.state.filter.span, visible());
  EXPECT_EQ(shown_causes(ui.state), std::vector<CauseId>{CauseId{2}});
  EXPECT_TRUE(ui.effects.ask_log_again) << "the log shows only that time, too";
}

TEST_F(Find, n_walks_through_what_the_filter_leaves) {
  Filter filter;
  filter.severities.bits = 1U << static_cast<unsigned>(Severity::warning);
  Effects effects;
  apply(SetFilter{filter}, ui.state, effects);
  ui.frame(2);
  ui.key(Key::n);
  EXPECT_EQ(ui.state.selection.cause, CauseId{2});
  ui.key(Key::n);
  EXPECT_EQ(ui.state.selection.cause, CauseId{2});
}

TEST_F(Find, grouped_by_rule_n_walks_through_findings) {
  ui.key(Key::g);
  ASSERT_EQ(ui.state.grouping, Grouping::by_rule);
  EXPECT_TRUE(ui.has("rule-finding-3")) << "folded findings are listed, too";
  ui.click("rule-finding-3");
  EXPECT_EQ(ui.state.selection.finding, FindingId{3});
  const auto order = findings_by_rule(ui.state);
  const auto at = std::find(order.begin(), order.end(), FindingId{3});
  ui.key(Key::n);
  EXPECT_EQ(ui.state.selection.finding, at + 1 == order.end() ? order.front() : *(at + 1));
  ui.click("tab-Causes");
  EXPECT_EQ(ui.state.grouping, Grouping::by_cause);
}

TEST_F(Find, ctrl_f_asks_for_what_is_typed_and_results_lead_to_their_places) {
  ui.ctrl(Key::f);
  EXPECT_EQ(ui.state.left_tab, LeftTab::search);
  ui.frame(3);
  ui.type("upload 17");
  EXPECT_EQ(ui.state.search.text, "upload 17");
  EXPECT_TRUE(ui.effects.search);
  auto result = std::make_shared<SearchResult>();
  result->number = ui.state.search.number;
  result->text = ui.state.search.text;
  result->done = true;
  SearchHit upload;
  upload.kind = HitKind::upload;
  upload.upload = UploadId{3};
  upload.title = "upload 17";
  SearchHit line;
  line.source = SourceId{0};
  line.line = 251;
  line.event = EventId{21};
  line.title = "a line";
  result->hits = {upload, line};
  show_found(result, ui.state);
  ui.frame(2);
  ui.key(Key::enter);
  EXPECT_EQ(ui.state.selection.upload, UploadId{3});
  ui.ctrl(Key::g);
  EXPECT_EQ(ui.state.log.line, 251U);
  EXPECT_EQ(ui.effects.request_event, EventId{21});
  ui.click("hit-0");
  EXPECT_EQ(ui.state.search.picked, 0U);
}

TEST_F(Find, an_answer_to_an_older_question_is_dropped) {
  auto old = std::make_shared<SearchResult>();
  old->number = ui.state.search.number;
  Effects effects;
  apply(SetSearch{"x"}, ui.state, effects);
  show_found(old, ui.state);
  EXPECT_EQ(ui.state.search.result, nullptr);
}

TEST_F(Find, a_raw_line_leads_to_its_event_on_the_timeline_and_back_to_its_finding) {
  ui.key(Key::zero);
  ui.click("cause-0");
  ui.click("evidence-10");  // the second click: the line is in sight
  ui.frame(3);
  ASSERT_TRUE(ui.has("log-120"));
  ui.click("log-120");
  EXPECT_EQ(ui.effects.request_event, EventId{10});
  answer(10);
  ASSERT_TRUE(ui.state.event.has_value());
  EXPECT_TRUE(visible().contains(ui.state.event->event.t));
  EXPECT_EQ(ui.state.data->scene.lanes[ui.state.selection.lane].task, TaskId{0});
  ui.click("event-finding-3");
  EXPECT_EQ(ui.state.selection.finding, FindingId{3});
  EXPECT_FALSE(ui.state.event.has_value());
}

TEST_F(Find, an_event_out_of_sight_is_brought_into_view_at_the_same_zoom) {
  ui.click("cause-0");
  const double scale = ui.state.scale.ns_per_px();
  answer(30);
  EXPECT_TRUE(visible().contains(ui.state.event->event.t));
  EXPECT_EQ(ui.state.scale.ns_per_px(), scale);
  ui.ctrl(Key::z);
  EXPECT_FALSE(visible().contains(ui.state.event->event.t));
}

TEST_F(Find, the_page_of_the_rule_stands_behind_its_chip) {
  ui.click("rule-chip");
  EXPECT_EQ(ui.state.details_tab, DetailsTab::rule);
  ui.key(Key::e);
  EXPECT_EQ(ui.state.details_tab, DetailsTab::story);
}

TEST_F(Find, copies_the_selection_as_text_markdown_and_json) {
  ui.ctrl(Key::c);
  ASSERT_TRUE(ui.effects.clipboard.has_value());
  EXPECT_NE(ui.effects.clipboard->find("Upload 14 stuck"), std::string::npos);
  EXPECT_NE(ui.effects.clipboard->find("(app.ndjson:131)"), std::string::npos) << *ui.effects.clipboard;
  ui.key(Key::c, {true, true});
  EXPECT_TRUE(ui.effects.clipboard->starts_with("### Upload 14 stuck"));
  const std::string json = selection_text(ui.state, CopyFormat::json);
  EXPECT_TRUE(json.starts_with("{\"finding\": \"00000000000000a0\"")) << json;
  ui.click("upload-3");
  EXPECT_TRUE(selection_text(ui.state, CopyFormat::text).starts_with("upload 17\n"));
}

TEST_F(Find, times_follow_the_zone_and_the_clock_of_the_settings) {
  const TimeNs t = ui.state.data->derived.findings[1].t;  // 11:47:06 UTC
  EXPECT_EQ(clock_text(ui.state, t, 0), "12:47:06");
  ui.state.preferences.zone = ZoneChoice::utc;
  EXPECT_EQ(clock_text(ui.state, t, 0), "11:47:06");
  ui.state.preferences.zone = ZoneChoice::local;
  ui.state.local_zone_minutes = 150;
  ui.state.preferences.twelve_hours = true;
  EXPECT_EQ(clock_text(ui.state, t, 0), "2:17:06 PM");
}

}  // namespace
}  // namespace uptrail::viewer
