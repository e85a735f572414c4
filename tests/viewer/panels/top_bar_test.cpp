// The top bar over sizes of the window and of text.
#include <gtest/gtest.h>

#include "tests/viewer/support/sample_case.h"
#include "tests/viewer/support/ui_driver.h"

namespace uptrail::viewer {
namespace {

TEST(TopBar, evidence_never_lies_over_the_verdict) {
  bool in_full = false;
  bool counted = false;
  for (const int percent : {80, 100, 150, 200, 250}) {
    test::UiDriver ui(ThemeKind::dark, {1600, 1000}, static_cast<float>(percent) / 100);
    ui.show(test::sample_case());
    for (const ImVec2 size : {ImVec2(1024, 640), ImVec2(1280, 800), ImVec2(1600, 1000), ImVec2(2560, 1440)}) {
      ImGui::GetIO().DisplaySize = size;
      ui.frame(3);
      const std::string where = " in " + std::to_string(static_cast<int>(size.x)) + " at " + std::to_string(percent) + " %";
      ASSERT_TRUE(ui.has("badge")) << where;
      if (!ui.has("evidence")) continue;  // not even the count has room
      EXPECT_GE(ui.place("evidence").min.x, ui.place("badge").max.x) << where;
      const float named = text_width(ui.fonts().small, "app callbacks") * 2;
      (ui.place("evidence").width() > named ? in_full : counted) = true;
    }
  }
  EXPECT_TRUE(in_full);
  EXPECT_TRUE(counted);
}

}  // namespace
}  // namespace uptrail::viewer
