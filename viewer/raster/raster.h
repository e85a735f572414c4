// Draws what Dear ImGui asks for into memory: no window, no GL. Pixel centres decide coverage, edges follow the top-left rule
// (so shared edges are blended once), colours are interpolated, textures are sampled bilinearly: what OpenGL 3 does.
#pragma once

#include <imgui.h>

#include <cstdint>

#include "viewer/raster/image.h"

namespace uptrail::viewer {

// The only texture there is: the font atlas as RGBA. Not owned.
struct Texture {
  const std::uint32_t* pixels = nullptr;
  int width = 0;
  int height = 0;
};

// Draws over `target`. Commands with a user callback are skipped.
void rasterise(const ImDrawData& data, const Texture& texture, Image& target);

}  // namespace uptrail::viewer
