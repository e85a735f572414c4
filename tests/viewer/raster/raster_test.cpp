#include "viewer/raster/raster.h"

#include <gtest/gtest.h>

#include <array>

namespace uptrail::viewer {
namespace {

constexpr std::uint32_t kBlack = 0xFF000000U;
constexpr ImU32 kRed = IM_COL32(255, 0, 0, 255);

// A draw list made by hand, so that nothing but the rasteriser is tested.
class Sheet {
 public:
  Sheet(int w, int h) : size_(static_cast<float>(w), static_cast<float>(h)), image(w, h, kBlack) {
    clip_ = {0, 0, size_.x, size_.y};
  }
  void clip(ImVec4 rect) { clip_ = rect; }
  void quad(ImVec2 a, ImVec2 b, ImU32 col, ImVec2 uv0 = {0, 0}, ImVec2 uv1 = {0, 0}) {
    const int base = list_.VtxBuffer.Size;
    add({a.x, a.y}, uv0, col);
    add({b.x, a.y}, {uv1.x, uv0.y}, col);
    add({b.x, b.y}, uv1, col);
    add({a.x, b.y}, {uv0.x, uv1.y}, col);
    indices({base, base + 1, base + 2, base, base + 2, base + 3});
  }
  void triangle(std::array<ImVec2, 3> p, std::array<ImU32, 3> col) {
    const int base = list_.VtxBuffer.Size;
    for (std::size_t i = 0; i < 3; ++i) add(p[i], {0, 0}, col[i]);
    indices({base, base + 1, base + 2});
  }
  const Image& render(const Texture& texture) {
    ImDrawData data;
    data.Valid = true;
    data.DisplaySize = size_;
    data.FramebufferScale = ImVec2(1, 1);
#if IMGUI_VERSION_NUM >= 18981
    data.CmdLists.push_back(&list_);
    data.CmdListsCount = 1;
    rasterise(data, texture, image);
    data.CmdLists.clear();
#else
    std::array<ImDrawList*, 1> lists = {&list_};
    data.CmdLists = lists.data();
    data.CmdListsCount = 1;
    rasterise(data, texture, image);
#endif
    return image;
  }

 private:
  void add(ImVec2 pos, ImVec2 uv, ImU32 col) {
    ImDrawVert v;
    v.pos = pos;
    v.uv = uv;
    v.col = col;
    list_.VtxBuffer.push_back(v);
  }
  void indices(std::initializer_list<int> list) {
    ImDrawCmd command;
    command.ClipRect = clip_;
    command.IdxOffset = static_cast<unsigned>(list_.IdxBuffer.Size);
    command.ElemCount = static_cast<unsigned>(list.size());
    for (const int i : list) list_.IdxBuffer.push_back(static_cast<ImDrawIdx>(i));
    list_.CmdBuffer.push_back(command);
  }
  ImVec2 size_;
  ImVec4 clip_;
  ImDrawList list_{nullptr};

 public:
  Image image;
};

const std::array<std::uint32_t, 1> kWhiteTexel = {0xFFFFFFFFU};
const Texture kWhite{kWhiteTexel.data(), 1, 1};

int count(const Image& image, std::uint32_t colour) {
  return static_cast<int>(std::count(image.pixels.begin(), image.pixels.end(), colour));
}

TEST(Raster, fills_exactly_the_pixels_whose_centre_is_inside) {
  Sheet sheet(8, 8);
  sheet.quad({2, 3}, {5, 5}, kRed);
  const Image& image = sheet.render(kWhite);
  EXPECT_EQ(count(image, kRed), 6);
  EXPECT_EQ(image.at(2, 3), kRed);
  EXPECT_EQ(image.at(4, 4), kRed);
  EXPECT_EQ(image.at(5, 4), kBlack);
  EXPECT_EQ(image.at(4, 5), kBlack);
}

TEST(Raster, half_pixel_edges_round_the_same_way_on_both_sides) {
  Sheet sheet(8, 1);
  sheet.quad({0, 0}, {2.5F, 1}, kRed);
  sheet.quad({2.5F, 0}, {8, 1}, IM_COL32(0, 255, 0, 255));
  const Image& image = sheet.render(kWhite);
  EXPECT_EQ(count(image, kRed), 2);
  EXPECT_EQ(count(image, IM_COL32(0, 255, 0, 255)), 6);
}

TEST(Raster, keeps_to_the_clip_rectangle) {
  Sheet sheet(8, 8);
  sheet.clip({1, 1, 3, 3});
  sheet.quad({0, 0}, {8, 8}, kRed);
  sheet.triangle({ImVec2{0, 0}, {8, 0}, {0, 8}}, {kRed, kRed, kRed});
  EXPECT_EQ(count(sheet.render(kWhite), kRed), 4);
}

TEST(Raster, blends_half_transparent_over_the_background) {
  Sheet sheet(2, 2);
  sheet.quad({0, 0}, {2, 2}, IM_COL32(255, 255, 255, 128));
  EXPECT_EQ(sheet.render(kWhite).at(0, 0), IM_COL32(128, 128, 128, 255));
}

// A fan of triangles around a point: with any gap or double hit a pixel would differ.
TEST(Raster, triangles_that_share_edges_blend_every_pixel_once) {
  Sheet sheet(40, 40);
  const ImU32 half = IM_COL32(255, 255, 255, 128);
  const ImVec2 centre{19.3F, 20.7F};
  const std::array<ImVec2, 5> ring = {ImVec2{0, 0}, {40, 0}, {40, 40}, {0, 40}, {0, 0}};
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) sheet.triangle({centre, ring[i], ring[i + 1]}, {half, half, half});
  EXPECT_EQ(count(sheet.render(kWhite), IM_COL32(128, 128, 128, 255)), 1600);
}

TEST(Raster, interpolates_vertex_alpha_for_soft_edges) {
  Sheet sheet(16, 4);
  const ImU32 clear = IM_COL32(255, 255, 255, 0);
  const ImU32 full = IM_COL32(255, 255, 255, 255);
  sheet.triangle({ImVec2{0, 0}, {16, 0}, {0, 4}}, {clear, full, clear});
  const Image& image = sheet.render(kWhite);
  EXPECT_LT(image.at(1, 0) & 255U, image.at(6, 0) & 255U);
  EXPECT_LT(image.at(6, 0) & 255U, image.at(12, 0) & 255U);
}

TEST(Raster, takes_coverage_from_the_texture) {
  const std::array<std::uint32_t, 4> texels = {0x00FFFFFFU, 0xFFFFFFFFU, 0xFFFFFFFFU, 0x00FFFFFFU};
  Sheet sheet(2, 2);
  sheet.quad({0, 0}, {2, 2}, kRed, {0, 0}, {1, 1});
  const Image& image = sheet.render({texels.data(), 2, 2});
  EXPECT_EQ(image.at(0, 0), kBlack);
  EXPECT_EQ(image.at(1, 0), kRed);
  EXPECT_EQ(image.at(0, 1), kRed);
  EXPECT_EQ(image.at(1, 1), kBlack);
}

TEST(Raster, survives_coordinates_far_off_screen) {
  Sheet sheet(4, 4);
  sheet.quad({-1e30F, -1e30F}, {1e30F, 1e30F}, kRed);
  sheet.triangle({ImVec2{-1e20F, 0}, {1e20F, 1}, {3, 1e25F}}, {kRed, kRed, kRed});
  EXPECT_EQ(count(sheet.render(kWhite), kRed), 16);
}

}  // namespace
}  // namespace uptrail::viewer
