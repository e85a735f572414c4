// The table of commands, and what comes from it: keys, the list of keys, the palette.
#include "viewer/panels/commands.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/support/files.h"
#include "tests/viewer/support/shown_case.h"

namespace uptrail::viewer {
namespace {

class Commands : public test::ShownCase {};

TEST(CommandTable, has_unique_ids_and_keys) {
  std::set<std::string_view> ids;
  std::map<std::string, std::string_view> keys;
  for (const Command& command : commands()) {
    EXPECT_TRUE(ids.insert(command.id).second) << command.id;
    EXPECT_FALSE(command.title.empty()) << command.id;
    const std::string text = keys_text(command);
    if (text.empty()) continue;
    EXPECT_TRUE(keys.emplace(text, command.id).second) << text << " of " << command.id << " and " << keys[text];
  }
}

TEST(CommandTable, no_key_is_one_that_the_timeline_holds_down) {
  for (const Command& command : commands()) {
    const std::string text = keys_text(command);
    for (const char* held : {"W", "A", "S", "D"}) EXPECT_NE(text, held) << command.id;
  }
}

TEST(CommandTable, writes_keys_as_people_know_them) {
  EXPECT_EQ(keys_text(*find_command("app.palette")), "Ctrl+P");
  EXPECT_EQ(keys_text(*find_command("view.redo")), "Ctrl+Shift+Z");
  EXPECT_EQ(keys_text(*find_command("go.back")), "Esc");
  EXPECT_EQ(keys_text(*find_command("app.keys")), "?");
  EXPECT_EQ(find_command("no.such"), nullptr);
}

TEST(CommandTable, is_the_one_in_the_docs) {
  const std::string page = test::read_file(test::source_path("docs/viewer.md"));
  for (const Command& command : commands()) {
    const std::string row =
        "| " + keys_text(command) + " | " + std::string(command.title) + " | `" + std::string(command.id) + "` |";
    EXPECT_NE(page.find("\n" + row + "\n"), std::string::npos) << "docs/viewer.md lacks the row\n" << row;
  }
}

TEST(FuzzyScore, prefers_whole_words_and_needs_the_letters_in_order) {
  EXPECT_GT(fuzzy_score("frame", "Frame the selection"), fuzzy_score("frame", "Show the fine rambling example"));
  EXPECT_GT(fuzzy_score("fts", "Frame the selection"), fuzzy_score("fts", "Left of the status"));
  EXPECT_TRUE(fuzzy_score("sw", "Show the whole capture").has_value());
  EXPECT_FALSE(fuzzy_score("wohs", "Show").has_value());
  EXPECT_TRUE(fuzzy_score("", "anything").has_value());
}

TEST_F(Commands, the_list_of_keys_opens_by_the_mark_and_closes_by_esc) {
  ui.character('?');
  EXPECT_TRUE(ui.has("help-box"));
  ui.key(Key::escape);
  EXPECT_FALSE(ui.has("help-box"));
  EXPECT_EQ(ui.state.selection.cause, CauseId{0}) << "the first Esc only closes the list";
}

TEST_F(Commands, the_palette_finds_a_command_by_some_letters_and_runs_it) {
  ui.ctrl(Key::p);
  ASSERT_EQ(ui.state.overlay, Overlay::palette);
  ui.frame(3);
  ui.type("dark or");
  EXPECT_EQ(ui.state.palette.text, "dark or");
  ui.key(Key::enter);
  EXPECT_EQ(ui.state.theme, ThemeKind::light);
  EXPECT_EQ(ui.state.overlay, Overlay::none);
}

TEST_F(Commands, the_palette_is_walked_by_arrows_and_by_the_mouse) {
  ui.ctrl(Key::p);
  ui.frame(3);
  ui.key(Key::down);
  EXPECT_EQ(ui.state.palette.picked, 1U);
  ui.key(Key::up);
  ui.key(Key::up);
  EXPECT_EQ(ui.state.palette.picked, palette_entries(ui.state, "").size() - 1) << "around the end";
  ui.type("sources");
  ui.click("palette-0");
  EXPECT_EQ(ui.state.left_tab, LeftTab::sources);
}

TEST_F(Commands, typing_in_the_palette_presses_no_other_key) {
  ui.ctrl(Key::p);
  ui.frame(3);
  const ThemeKind theme = ui.state.theme;
  ui.key(Key::t);
  EXPECT_EQ(ui.state.theme, theme);
  ui.click(ImVec2(5, 900));
  EXPECT_EQ(ui.state.overlay, Overlay::none) << "a click beside it closes it";
}

TEST_F(Commands, recent_files_are_in_the_palette) {
  ui.state.recent = {{"/a/trip.uptrail"}, {"/a/app.log", "/a/system.log"}};
  const auto entries = palette_entries(ui.state, "app.log");
  ASSERT_FALSE(entries.empty());
  EXPECT_EQ(entries[0].title, "app.log, system.log");
  ui.ctrl(Key::p);
  ui.frame(3);
  ui.type("trip");
  ui.key(Key::enter);
  EXPECT_EQ(ui.effects.open, std::vector<std::string>{"/a/trip.uptrail"});
}

TEST_F(Commands, ctrl_z_undoes_a_zoom_and_ctrl_shift_z_does_it_again) {
  const Interval before = visible();
  const Rect lanes = ui.place("lanes");
  ui.move(lanes.centre());
  ui.wheel(2);
  ui.wheel(2);
  const Interval zoomed = visible();
  ASSERT_LT(zoomed.length().ns, before.length().ns);
  ui.ctrl(Key::z);
  EXPECT_EQ(visible(), before) << "steps close to each other are one change";
  ui.key(Key::z, {true, true});
  EXPECT_EQ(visible(), zoomed);
  ui.frame(60);
  ui.wheel(2);
  ui.ctrl(Key::z);
  EXPECT_EQ(visible(), zoomed) << "a later step is a change of its own";
}

TEST_F(Commands, esc_goes_back_through_what_was_selected) {
  ui.key(Key::n);
  ui.click("upload-3");
  ASSERT_EQ(ui.state.selection.upload, UploadId{3});
  ui.key(Key::escape);
  EXPECT_EQ(ui.state.selection.cause, CauseId{1});
  ui.key(Key::escape);
  EXPECT_EQ(ui.state.selection.cause, CauseId{0});
  ui.key(Key::escape);
  EXPECT_EQ(ui.state.selection, Selection{});
}

TEST_F(Commands, settings_change_size_zone_and_clock) {
  ui.ctrl(Key::comma);
  ASSERT_TRUE(ui.has("settings-box"));
  ui.click("text-larger");
  EXPECT_EQ(ui.state.preferences.text_percent, 110);
  ui.click("set-zone-1");
  EXPECT_EQ(ui.state.preferences.zone, ZoneChoice::utc);
  ui.click("set-clock-1");
  EXPECT_TRUE(ui.state.preferences.twelve_hours);
  ui.click("set-theme-1");
  EXPECT_EQ(ui.state.theme, ThemeKind::light);
  ui.click("settings-done");
  EXPECT_FALSE(ui.has("settings-box"));
}

TEST_F(Commands, text_size_stays_between_its_limits) {
  for (int i = 0; i < 20; ++i) ui.ctrl(Key::equal);
  EXPECT_EQ(ui.state.preferences.text_percent, kMaxTextPercent);
  for (int i = 0; i < 20; ++i) ui.ctrl(Key::minus);
  EXPECT_EQ(ui.state.preferences.text_percent, kMinTextPercent);
  ui.ctrl(Key::zero);
  EXPECT_EQ(ui.state.preferences.text_percent, 100);
}

}  // namespace
}  // namespace uptrail::viewer
