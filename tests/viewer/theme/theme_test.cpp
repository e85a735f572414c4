#include "viewer/theme/theme.h"

#include <gtest/gtest.h>

#include <array>
#include <initializer_list>

#include "viewer/theme/fonts.h"

namespace uptrail::viewer {
namespace {

const std::array kThemes = {ThemeKind::dark, ThemeKind::light};

TEST(Theme, every_text_colour_is_readable_on_every_ground) {
  for (const ThemeKind kind : kThemes) {
    const Theme theme(kind, 1);
    for (const Color text :
         {Color::text, Color::text_muted, Color::text_faint, Color::accent, Color::error, Color::warning, Color::info, Color::ok,
          Color::unknown, Color::ghost, Color::log_event, Color::log_context, Color::log_line_number}) {
      for (const Color ground : {Color::window, Color::panel, Color::card, Color::card_hover, Color::card_selected, Color::raised,
                                 Color::field, Color::accent_soft, Color::log_current, Color::log_evidence}) {
        EXPECT_GE(contrast(theme.color(text), theme.color(ground)), kReadable)
            << theme_name(kind) << " text " << static_cast<int>(text) << " on " << static_cast<int>(ground);
      }
    }
  }
}

TEST(Theme, labels_are_readable_on_every_bar) {
  for (const ThemeKind kind : kThemes) {
    const Theme theme(kind, 1);
    for (int style = 0; style <= static_cast<int>(timeline::BarStyle::upload_life); ++style) {
      const ImU32 bar = theme.bar(static_cast<timeline::BarStyle>(style));
      EXPECT_GE(contrast(theme.ink_on(bar), bar), kReadable) << theme_name(kind) << " bar " << style;
    }
  }
}

struct Pair {
  Color ink, ground;
};

TEST(Theme, words_on_badges_buttons_and_chips_are_readable) {
  constexpr std::array<Pair, 10> kPairs = {{{Color::badge_text, Color::badge_error},
                                            {Color::badge_text, Color::badge_ok},
                                            {Color::badge_text, Color::badge_unknown},
                                            {Color::badge_text, Color::splitter_hover},
                                            {Color::error, Color::error_soft},
                                            {Color::warning, Color::warning_soft},
                                            {Color::info, Color::info_soft},
                                            {Color::ok, Color::ok_soft},
                                            {Color::unknown, Color::unknown_soft},
                                            {Color::text, Color::accent_soft}}};
  for (const ThemeKind kind : kThemes) {
    const Theme theme(kind, 1);
    for (const Pair& pair : kPairs) {
      EXPECT_GE(contrast(theme.color(pair.ink), theme.color(pair.ground)), kReadable)
          << theme_name(kind) << " " << static_cast<int>(pair.ink) << " on " << static_cast<int>(pair.ground);
    }
    for (const Color ground : {Color::splitter_hover, Color::log_current_edge}) {
      EXPECT_GE(contrast(theme.ink_on(theme.color(ground)), theme.color(ground)), kReadable) << theme_name(kind);
    }
  }
}

TEST(Theme, names_of_lanes_are_readable_whatever_lies_over_them) {
  for (const ThemeKind kind : kThemes) {
    const Theme theme(kind, 1);
    for (const Color base : {Color::panel, Color::lane_app}) {
      for (const Color over :
           {Color::lane_odd, Color::lane_hover, Color::lane_selected, Color::hatch_ground, Color::frame_band}) {
        const ImU32 ground = laid_over(theme.color(over), theme.color(base));
        for (const Color ink : {Color::text, Color::text_muted, Color::text_faint}) {
          EXPECT_GE(contrast(theme.color(ink), ground), kReadable)
              << theme_name(kind) << " " << static_cast<int>(ink) << " on " << static_cast<int>(over);
        }
      }
    }
  }
}

TEST(Theme, a_colour_over_another_is_mixed_by_its_opacity) {
  EXPECT_EQ(laid_over(IM_COL32(255, 0, 0, 255), IM_COL32(0, 0, 255, 255)), IM_COL32(255, 0, 0, 255));
  EXPECT_EQ(laid_over(IM_COL32(255, 0, 0, 0), IM_COL32(0, 0, 255, 255)), IM_COL32(0, 0, 255, 255));
  EXPECT_EQ(laid_over(IM_COL32(255, 255, 255, 51), IM_COL32(0, 0, 0, 255)), IM_COL32(51, 51, 51, 255));
}

TEST(Theme, bar_colours_stand_in_the_order_of_bar_styles) {
  const Theme theme(ThemeKind::dark, 1);
  EXPECT_EQ(theme.bar(timeline::BarStyle::wake), theme.color(Color::bar_wake));
  EXPECT_EQ(theme.bar(timeline::BarStyle::task_transferring), theme.color(Color::bar_task_transferring));
  EXPECT_EQ(theme.bar(timeline::BarStyle::device_locked), theme.color(Color::bar_device_locked));
}

TEST(Theme, sizes_follow_the_scale_in_whole_pixels) {
  EXPECT_EQ(Theme(ThemeKind::dark, 2).size(Size::lane), 48);
  EXPECT_EQ(Theme(ThemeKind::dark, 1.25F).size(Size::body_font), 18);
}

TEST(Theme, names_go_both_ways) {
  for (const ThemeKind kind : kThemes) EXPECT_EQ(theme_from_name(theme_name(kind)), kind);
  EXPECT_FALSE(theme_from_name("pink"));
}

class FontTest : public testing::Test {
 protected:
  void SetUp() override {
    context_ = ImGui::CreateContext();
    fonts = load_fonts(*ImGui::GetIO().Fonts, 1, 1);
    unsigned char* pixels = nullptr;
    int width = 0;
    int height = 0;
    ImGui::GetIO().Fonts->GetTexDataAsRGBA32(&pixels, &width, &height);
  }
  void TearDown() override { ImGui::DestroyContext(context_); }
  static float width(const Face& face, const char* text) { return face.font->CalcTextSizeA(face.size, 1e9F, 0, text).x; }
  Fonts fonts;

 private:
  ImGuiContext* context_ = nullptr;
};

TEST_F(FontTest, digits_are_equally_wide) {
  for (const Face& face : {fonts.body, fonts.small, fonts.semibold}) {
    EXPECT_NEAR(width(face, "1111111111"), width(face, "0000000000"), 1.0F);
    EXPECT_NEAR(width(face, "4444444444"), width(face, "0000000000"), 1.0F);
  }
}

#if IMGUI_VERSION_NUM < 19200
TEST_F(FontTest, has_the_signs_our_texts_use) {
  for (const Face& face : {fonts.body, fonts.small, fonts.semibold, fonts.heading, fonts.title, fonts.mono}) {
    for (const ImWchar sign : std::initializer_list<ImWchar>{0x2026, 0x2013, 0x2014, 0x2192, 0x00D7, 0x2713, 0x201C, 0x201D,
                                                             0x2019, 0x00B7, 0x2212, 0x2265, 0xFFFD}) {
      EXPECT_NE(face.font->FindGlyphNoFallback(sign), nullptr) << std::hex << sign;
    }
  }
}
#endif

}  // namespace
}  // namespace uptrail::viewer
