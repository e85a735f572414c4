#include "viewer/raster/raster.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace uptrail::viewer {

namespace {

struct Vertex {
  float x, y, u, v;
  ImU32 col;
};

struct Clip {
  int x0, y0, x1, y1;  // half-open
};

struct Rgba {
  float r, g, b, a;  // 0..255
};

Rgba unpack(ImU32 c) {
  return {static_cast<float>(c & 255U), static_cast<float>(c >> 8 & 255U), static_cast<float>(c >> 16 & 255U),
          static_cast<float>(c >> 24)};
}

std::uint32_t channel(float v) { return static_cast<std::uint32_t>(std::clamp(v, 0.0F, 255.0F) + 0.5F); }

// Source over an opaque destination.
void blend(std::uint32_t& dst, std::uint32_t r, std::uint32_t g, std::uint32_t b, std::uint32_t a) {
  if (a == 0) return;
  if (a >= 255) {
    dst = r | g << 8 | b << 16 | 0xFF000000U;
    return;
  }
  const auto mix = [&](std::uint32_t s, std::uint32_t d) { return (s * a + d * (255 - a) + 127) / 255; };
  dst = mix(r, dst & 255U) | mix(g, dst >> 8 & 255U) << 8 | mix(b, dst >> 16 & 255U) << 16 | 0xFF000000U;
}

class Painter {
 public:
  Painter(const Texture& texture, Image& target) : texture_(texture), target_(target) {}

  void set_clip(Clip clip) { clip_ = clip; }

  void triangle(const Vertex& a, const Vertex& b, const Vertex& c);
  // True when the two triangles are an axis-aligned rectangle of one colour; it is drawn then.
  bool rectangle(const Vertex& a, const Vertex& b, const Vertex& c, const Vertex& d);

 private:
  [[nodiscard]] Rgba sample(float u, float v) const;
  [[nodiscard]] Rgba texel(int x, int y) const;
  std::uint32_t& pixel(int x, int y) {
    return target_.pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(target_.width) + static_cast<std::size_t>(x)];
  }
  void paint(int x, int y, const Rgba& colour, const Rgba& tex) {
    blend(pixel(x, y), channel(colour.r * tex.r / 255), channel(colour.g * tex.g / 255), channel(colour.b * tex.b / 255),
          channel(colour.a * tex.a / 255));
  }
  void fill_span(int y, int x0, int x1, const Rgba& colour);

  const Texture& texture_;
  Image& target_;
  Clip clip_{0, 0, 0, 0};
};

Rgba Painter::texel(int x, int y) const {
  x = std::clamp(x, 0, texture_.width - 1);
  y = std::clamp(y, 0, texture_.height - 1);
  return unpack(
      texture_.pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(texture_.width) + static_cast<std::size_t>(x)]);
}

Rgba Painter::sample(float u, float v) const {
  if (texture_.pixels == nullptr) return {255, 255, 255, 255};
  const float x = u * static_cast<float>(texture_.width) - 0.5F;
  const float y = v * static_cast<float>(texture_.height) - 0.5F;
  const float fx = std::floor(x);
  const float fy = std::floor(y);
  const int ix = static_cast<int>(fx);
  const int iy = static_cast<int>(fy);
  const float wx = x - fx;
  const float wy = y - fy;
  const std::array<Rgba, 4> t = {texel(ix, iy), texel(ix + 1, iy), texel(ix, iy + 1), texel(ix + 1, iy + 1)};
  const std::array<float, 4> w = {(1 - wx) * (1 - wy), wx * (1 - wy), (1 - wx) * wy, wx * wy};
  Rgba out{0, 0, 0, 0};
  for (std::size_t i = 0; i < 4; ++i) {
    out.r += t[i].r * w[i];
    out.g += t[i].g * w[i];
    out.b += t[i].b * w[i];
    out.a += t[i].a * w[i];
  }
  return out;
}

void Painter::fill_span(int y, int x0, int x1, const Rgba& colour) {
  const std::uint32_t r = channel(colour.r);
  const std::uint32_t g = channel(colour.g);
  const std::uint32_t b = channel(colour.b);
  const std::uint32_t a = channel(colour.a);
  for (int x = x0; x < x1; ++x) blend(pixel(x, y), r, g, b, a);
}

bool Painter::rectangle(const Vertex& a, const Vertex& b, const Vertex& c, const Vertex& d) {
  const bool axes = a.y == b.y && b.x == c.x && c.y == d.y && d.x == a.x;
  if (!axes || a.col != b.col || a.col != c.col || a.col != d.col) return false;
  const float left = std::min(a.x, c.x);
  const float right = std::max(a.x, c.x);
  const float top = std::min(a.y, c.y);
  const float bottom = std::max(a.y, c.y);
  const int x0 = std::max(clip_.x0, static_cast<int>(std::ceil(std::max(left, -1e6F) - 0.5F)));
  const int x1 = std::min(clip_.x1, static_cast<int>(std::ceil(std::min(right, 1e6F) - 0.5F)));
  const int y0 = std::max(clip_.y0, static_cast<int>(std::ceil(std::max(top, -1e6F) - 0.5F)));
  const int y1 = std::min(clip_.y1, static_cast<int>(std::ceil(std::min(bottom, 1e6F) - 0.5F)));
  const Rgba colour = unpack(a.col);
  if (a.u == c.u && a.v == c.v) {
    const Rgba t = sample(a.u, a.v);
    const Rgba flat{colour.r * t.r / 255, colour.g * t.g / 255, colour.b * t.b / 255, colour.a * t.a / 255};
    for (int y = y0; y < y1; ++y) fill_span(y, x0, x1, flat);
    return true;
  }
  if (a.x == c.x || a.y == c.y) return true;
  const float du = (c.u - a.u) / (c.x - a.x);
  const float dv = (c.v - a.v) / (c.y - a.y);
  for (int y = y0; y < y1; ++y) {
    const float v = a.v + (static_cast<float>(y) + 0.5F - a.y) * dv;
    for (int x = x0; x < x1; ++x) paint(x, y, colour, sample(a.u + (static_cast<float>(x) + 0.5F - a.x) * du, v));
  }
  return true;
}

// Vertices are snapped to 1/256 pixel, so that the edge functions are exact and neighbours agree about every pixel.
void Painter::triangle(const Vertex& va, const Vertex& vb, const Vertex& vc) {
  static constexpr double kLimit = 1e6;  // a coordinate beyond this is off any screen; keeps the products inside int64
  const auto fix = [](float v) { return std::llround(std::clamp(static_cast<double>(v), -kLimit, kLimit) * 256.0); };
  struct P {
    long long x, y;
  };
  std::array<P, 3> p = {P{fix(va.x), fix(va.y)}, P{fix(vb.x), fix(vb.y)}, P{fix(vc.x), fix(vc.y)}};
  std::array<const Vertex*, 3> v = {&va, &vb, &vc};
  long long area = (p[1].x - p[0].x) * (p[2].y - p[0].y) - (p[2].x - p[0].x) * (p[1].y - p[0].y);
  if (area == 0) return;
  if (area < 0) {
    std::swap(p[1], p[2]);
    std::swap(v[1], v[2]);
    area = -area;
  }
  const auto [min_x, max_x] = std::minmax({p[0].x, p[1].x, p[2].x});
  const auto [min_y, max_y] = std::minmax({p[0].y, p[1].y, p[2].y});
  const int x0 = std::max<int>(clip_.x0, static_cast<int>(min_x >> 8));
  const int x1 = std::min<int>(clip_.x1, static_cast<int>((max_x >> 8) + 1));
  const int y0 = std::max<int>(clip_.y0, static_cast<int>(min_y >> 8));
  const int y1 = std::min<int>(clip_.y1, static_cast<int>((max_y >> 8) + 1));

  std::array<Rgba, 3> col = {unpack(v[0]->col), unpack(v[1]->col), unpack(v[2]->col)};
  const bool flat_uv = v[0]->u == v[1]->u && v[1]->u == v[2]->u && v[0]->v == v[1]->v && v[1]->v == v[2]->v;
  const Rgba one = flat_uv ? sample(v[0]->u, v[0]->v) : Rgba{};
  std::array<long long, 3> bias{};
  for (std::size_t i = 0; i < 3; ++i) {  // edge i runs opposite to vertex i
    const P& from = p[(i + 1) % 3];
    const P& to = p[(i + 2) % 3];
    const bool top_left = to.y < from.y || (to.y == from.y && to.x > from.x);
    bias[i] = top_left ? 0 : -1;
  }
  const double inverse = 1.0 / static_cast<double>(area);
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) {
      const P at{static_cast<long long>(x) * 256 + 128, static_cast<long long>(y) * 256 + 128};
      std::array<float, 3> w{};
      bool inside = true;
      for (std::size_t i = 0; i < 3 && inside; ++i) {
        const P& from = p[(i + 1) % 3];
        const P& to = p[(i + 2) % 3];
        const long long e = (to.x - from.x) * (at.y - from.y) - (to.y - from.y) * (at.x - from.x);
        inside = e + bias[i] >= 0;
        w[i] = static_cast<float>(static_cast<double>(e) * inverse);
      }
      if (!inside) continue;
      const Rgba colour{w[0] * col[0].r + w[1] * col[1].r + w[2] * col[2].r, w[0] * col[0].g + w[1] * col[1].g + w[2] * col[2].g,
                        w[0] * col[0].b + w[1] * col[1].b + w[2] * col[2].b, w[0] * col[0].a + w[1] * col[1].a + w[2] * col[2].a};
      paint(x, y, colour,
            flat_uv ? one
                    : sample(w[0] * v[0]->u + w[1] * v[1]->u + w[2] * v[2]->u, w[0] * v[0]->v + w[1] * v[1]->v + w[2] * v[2]->v));
    }
  }
}

void draw_command(Painter& painter, const ImDrawData& data, const ImDrawList& list, const ImDrawCmd& command) {
  const ImVec2 origin = data.DisplayPos;
  const ImVec2 scale = data.FramebufferScale;
  const auto vertex = [&](unsigned index) {
    const ImDrawIdx i = list.IdxBuffer[static_cast<int>(command.IdxOffset + index)];
    const ImDrawVert& v = list.VtxBuffer[static_cast<int>(command.VtxOffset + i)];
    return Vertex{(v.pos.x - origin.x) * scale.x, (v.pos.y - origin.y) * scale.y, v.uv.x, v.uv.y, v.col};
  };
  const auto same = [&](unsigned i, unsigned j) {
    return list.IdxBuffer[static_cast<int>(command.IdxOffset + i)] == list.IdxBuffer[static_cast<int>(command.IdxOffset + j)];
  };
  for (unsigned i = 0; i + 2 < command.ElemCount; i += 3) {
    const Vertex a = vertex(i);
    const Vertex b = vertex(i + 1);
    const Vertex c = vertex(i + 2);
    if (i + 5 < command.ElemCount && same(i, i + 3) && same(i + 2, i + 4) && painter.rectangle(a, b, c, vertex(i + 5))) {
      i += 3;
      continue;
    }
    painter.triangle(a, b, c);
  }
}

}  // namespace

void rasterise(const ImDrawData& data, const Texture& texture, Image& target) {
  Painter painter(texture, target);
  for (int n = 0; n < data.CmdListsCount; ++n) {
    const ImDrawList& list = *data.CmdLists[n];
    for (const ImDrawCmd& command : list.CmdBuffer) {
      if (command.UserCallback != nullptr) continue;
      const auto edge = [](float v, int limit) { return static_cast<int>(std::clamp(v, 0.0F, static_cast<float>(limit))); };
      const Clip clip{edge((command.ClipRect.x - data.DisplayPos.x) * data.FramebufferScale.x, target.width),
                      edge((command.ClipRect.y - data.DisplayPos.y) * data.FramebufferScale.y, target.height),
                      edge((command.ClipRect.z - data.DisplayPos.x) * data.FramebufferScale.x, target.width),
                      edge((command.ClipRect.w - data.DisplayPos.y) * data.FramebufferScale.y, target.height)};
      if (clip.x0 >= clip.x1 || clip.y0 >= clip.y1) continue;
      painter.set_clip(clip);
      draw_command(painter, data, list, command);
    }
  }
}

}  // namespace uptrail::viewer
