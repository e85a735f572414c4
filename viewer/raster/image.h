// An RGBA picture in memory, and as PNG.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collector/base/result.h"

namespace uptrail::viewer {

// Rows from the top; one pixel is R | G << 8 | B << 16 | A << 24, as Dear ImGui packs colours.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint32_t> pixels;

  Image() = default;
  Image(int w, int h, std::uint32_t fill)
      : width(w), height(h), pixels(static_cast<std::size_t>(w) * static_cast<std::size_t>(h), fill) {}
  [[nodiscard]] std::uint32_t at(int x, int y) const {
    return pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
};

// The part of it that lies in the rectangle; may be empty.
Image cropped(const Image& image, int x, int y, int width, int height);

// The file appears whole or not at all. Errors: an empty picture, a path that cannot be written.
Status write_png(const Image& image, const std::string& path);

}  // namespace uptrail::viewer
