#include "viewer/raster/drawn_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/viewer/support/ui_driver.h"
#include "viewer/theme/imgui_compat.h"

namespace uptrail::viewer {
namespace {

class DrawnText : public testing::Test {
 protected:
  std::vector<DrawnGlyph> draw(const std::function<void(ImDrawList&)>& what) {
    ui_.frame();
    new_frame();
    what(*ImGui::GetForegroundDrawList());
    ImGui::Render();
    return drawn_glyphs(*ImGui::GetDrawData(), *ImGui::GetIO().Fonts);
  }
  test::UiDriver ui_;
};

// Two pixels and one step of a float: 1.86 divides by zero here.
TEST_F(DrawnText, a_rounded_box_may_be_hardly_wider_than_two_pixels) {
  draw([](ImDrawList& list) {
    for (float width = 1.99999F; width < 2.00001F; width = std::nextafter(width, 3.0F)) {
      list.AddRectFilled({0, 10}, {width, 20}, IM_COL32_WHITE, 4);
      list.AddRect({0, 30}, {width, 40}, IM_COL32_WHITE, 4);
    }
    EXPECT_GT(list.VtxBuffer.Size, 0);
  });
}

TEST_F(DrawnText, is_read_back_with_its_place) {
  const auto glyphs = draw([](ImDrawList& list) {
    list.AddRectFilled({0, 0}, {500, 500}, IM_COL32(9, 9, 9, 255));
    list.AddText({100, 40}, IM_COL32_WHITE, "What happened…");
    list.AddText({100, 90}, IM_COL32_WHITE, "next");
  });
  const auto at = find_drawn(glyphs, "happened…");
  ASSERT_TRUE(at.has_value());
  EXPECT_GT(at->min.x, 130);
  EXPECT_NEAR(at->min.y, 40, 0.6F);
  EXPECT_EQ(drawn_text(glyphs), "What happened…\nnext\n");
}

TEST_F(DrawnText, may_be_broken_into_lines_but_not_taken_from_two_places) {
  const auto glyphs = draw([](ImDrawList& list) {
    list.AddText({300, 100}, IM_COL32_WHITE, "broken into");
    list.AddText({300 - 1, 100 + ImGui::GetFontSize() * 1.3F}, IM_COL32_WHITE, "two lines");
    list.AddText({600, 300}, IM_COL32_WHITE, "else");
  });
  EXPECT_TRUE(find_drawn(glyphs, "into two"));
  EXPECT_TRUE(find_drawn(glyphs, "broken intotwo lines"));
  EXPECT_FALSE(find_drawn(glyphs, "lines else"));
  EXPECT_FALSE(find_drawn(glyphs, " "));
  EXPECT_FALSE(find_drawn({}, "x"));
}

TEST_F(DrawnText, leaves_out_what_is_clipped_away) {
  const auto glyphs = draw([](ImDrawList& list) {
    list.PushClipRect({0, 0}, {50, 50});
    list.AddText({10, 10}, IM_COL32_WHITE, "in");
    list.AddText({200, 10}, IM_COL32_WHITE, "out");
    list.PopClipRect();
  });
  EXPECT_TRUE(find_drawn(glyphs, "in"));
  EXPECT_FALSE(find_drawn(glyphs, "out"));
}

TEST_F(DrawnText, knows_every_face) {
  ui_.frame();
  for (ImFont* font : ImGui::GetIO().Fonts->Fonts) {
    const auto glyphs = draw([&](ImDrawList& list) {
      const float size = ImGui::GetFontSize() * 1.5F;
      list.AddText(font, size, {20, 20}, IM_COL32_WHITE, "Ünd 0123");
    });
    EXPECT_TRUE(find_drawn(glyphs, "Ünd 0123"));
  }
}

}  // namespace
}  // namespace uptrail::viewer
