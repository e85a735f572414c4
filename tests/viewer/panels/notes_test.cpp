// Notes and what is set aside, by real clicks and keys.
#include <gtest/gtest.h>

#include "tests/viewer/support/shown_case.h"

namespace uptrail::viewer {
namespace {

class Notes : public test::ShownCase {
 protected:
  void SetUp() override {
    ShownCase::SetUp();
    ui.state.today = "2026-11-21";
    ui.frame();
  }
};

TEST_F(Notes, not_a_problem_takes_a_reason_and_hides_the_cause_until_it_is_put_back) {
  ui.click("details-aside");
  ASSERT_TRUE(ui.has("aside-box"));
  ui.frame(3);
  ui.key(Key::enter);
  EXPECT_TRUE(ui.state.notes.not_problems.empty()) << "without a reason nothing is set aside";
  ui.click("aside-reason");
  ui.type("known, 3.3 mends it");
  ui.click("aside-do");
  ASSERT_EQ(ui.state.notes.not_problems.size(), 1U);
  EXPECT_EQ(ui.state.notes.not_problems[0].reason, "known, 3.3 mends it");
  EXPECT_EQ(ui.state.notes.not_problems[0].fingerprint, ui.state.data->derived.findings[0].fingerprint);
  EXPECT_TRUE(ui.effects.save_notes);
  EXPECT_FALSE(ui.has("cause-0"));
  EXPECT_EQ(ui.state.selection.cause, CauseId{1}) << "the next one is selected";
  ui.click("put-back-0");
  EXPECT_TRUE(ui.has("cause-0"));
}

TEST_F(Notes, what_has_expired_is_a_problem_again) {
  ui.state.notes.not_problems = {{ui.state.data->derived.findings[1].fingerprint, "r", "t", "why", "2026-11-21"}};
  EXPECT_EQ(shown_causes(ui.state).size(), 2U);
  ui.state.today = "2026-11-22";
  EXPECT_EQ(shown_causes(ui.state).size(), 3U);
}

TEST_F(Notes, a_day_that_is_none_is_refused) {
  ui.key(Key::i);
  ui.frame(3);
  ui.type("because");
  ui.click("aside-expires");
  ui.type("soon");
  ui.click("aside-do");
  EXPECT_TRUE(ui.state.notes.not_problems.empty());
  EXPECT_EQ(ui.state.overlay, Overlay::not_a_problem);
}

TEST_F(Notes, b_puts_a_note_at_the_selected_finding_and_it_leads_back) {
  ui.key(Key::b);
  ui.frame(3);
  ui.type("ask Kim");
  ui.key(Key::enter);
  ASSERT_EQ(ui.state.notes.notes.size(), 1U);
  EXPECT_EQ(ui.state.notes.notes[0].text, "ask Kim");
  EXPECT_EQ(ui.state.left_tab, LeftTab::notes);
  ui.key(Key::n);
  ui.click("note-0");
  EXPECT_EQ(ui.state.selection.finding, FindingId{0});
  ui.click("note-remove-0");
  EXPECT_TRUE(ui.state.notes.notes.empty());
}

TEST_F(Notes, without_a_finding_it_hangs_at_the_current_line) {
  ui.key(Key::escape);
  ASSERT_EQ(ui.state.selection, Selection{});
  ui.key(Key::b);
  ui.frame(2);
  ui.key(Key::enter);
  ASSERT_EQ(ui.state.notes.notes.size(), 1U);
  EXPECT_EQ(ui.state.notes.notes[0].line, 131U);
}

TEST_F(Notes, the_dialog_takes_the_keys_and_esc_leaves_it) {
  ui.key(Key::b);
  ui.frame(2);
  ui.key(Key::t);
  EXPECT_EQ(ui.state.theme, ThemeKind::dark);
  ui.key(Key::escape);
  EXPECT_EQ(ui.state.overlay, Overlay::none);
  EXPECT_TRUE(ui.state.notes.notes.empty());
}

}  // namespace
}  // namespace uptrail::viewer
