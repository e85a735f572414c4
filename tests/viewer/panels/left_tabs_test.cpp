// The tabs of the lower left panel over sizes of the window and of text.
#include <gtest/gtest.h>

#include "tests/viewer/support/sample_case.h"
#include "tests/viewer/support/ui_driver.h"

namespace uptrail::viewer {
namespace {

struct Wanted {
  const char* name;
  LeftTab tab;
};
constexpr Wanted kWanted[] = {{"Uploads", LeftTab::uploads}, {"Sources", LeftTab::sources}, {"Stores", LeftTab::stores},
                              {"SQL", LeftTab::query},       {"Search", LeftTab::search},   {"Notes", LeftTab::notes}};

void go_to(test::UiDriver& ui, const Wanted& wanted, const std::string& where) {
  const std::string name(wanted.name);
  if (!ui.has("tab-" + name)) {
    ASSERT_TRUE(ui.has("tab-more")) << name << where;
    ui.click("tab-more");
    ui.frame(2);
    ASSERT_TRUE(ui.has("pick-tab-" + name)) << where;
    ui.click("pick-tab-" + name);
  } else {
    ui.click("tab-" + name);
  }
  ui.frame(3);
}

// Written out, or in the list behind "more"; the current one is always written out.
TEST(LeftTabs, each_can_be_read_and_reached_whatever_the_size) {
  for (const int percent : {80, 100, 150, 200, 250}) {
    test::UiDriver ui(ThemeKind::dark, {1600, 1000}, static_cast<float>(percent) / 100);
    ui.show(test::sample_case());
    for (const ImVec2 size : {ImVec2(1024, 640), ImVec2(1600, 1000), ImVec2(2560, 1440)}) {
      for (const float share : {0.25F, 0.17F}) {
        ImGui::GetIO().DisplaySize = size;
        ui.state.splitters.left = share;
        ui.frame(3);
        const std::string where = " in " + std::to_string(static_cast<int>(size.x)) + " at " + std::to_string(percent) + " %";
        for (const Wanted& wanted : kWanted) {
          go_to(ui, wanted, where);
          EXPECT_EQ(ui.state.left_tab, wanted.tab) << where;
          const std::string title = "tab-" + std::string(wanted.name);
          ASSERT_TRUE(ui.has(title)) << where;
          const Rect panel = ui.place("uploads");
          EXPECT_LE(ui.place(title).max.x, panel.max.x) << title << where;
          // What does not find room for its own title is no window to work in.
          const float least = text_width(ui.fonts().body, wanted.name) + text_width(ui.fonts().small, "9 more");
          if (panel.width() > least + 70 * static_cast<float>(percent) / 100) {
            EXPECT_GE(ui.place(title).width() + 1, text_width(ui.fonts().small, wanted.name)) << title << where << ": cut";
          }
        }
        ui.state.left_tab = LeftTab::uploads;
        ui.frame(2);
      }
    }
  }
}

TEST(LeftTabs, at_250_percent_the_first_ones_are_written_out) {
  test::UiDriver ui(ThemeKind::dark, {1600, 1000}, 2.5F);
  ui.show(test::sample_case());
  EXPECT_GE(ui.place("tab-Uploads").width(), text_width(ui.fonts().body, "Uploads"));
  ASSERT_TRUE(ui.has("tab-more"));
  EXPECT_LE(ui.place("tab-more").max.x, ui.place("uploads").max.x);
}

}  // namespace
}  // namespace uptrail::viewer
