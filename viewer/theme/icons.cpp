#include "viewer/theme/icons.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>

namespace uptrail::viewer {

namespace {

constexpr float kPi = 3.14159265F;

// Draws in a unit square from -0.5 to 0.5 around the centre.
class Pen {
 public:
  Pen(ImDrawList& list, ImVec2 at, float size, ImU32 ink, ImU32 ground)
      : list_(list), at_(at), size_(size), ink_(ink), ground_(ground) {}
  [[nodiscard]] ImVec2 p(float x, float y) const { return {at_.x + x * size_, at_.y + y * size_}; }
  [[nodiscard]] float w(float width) const { return std::max(1.0F, width * size_); }
  void disc(float radius) const { list_.AddCircleFilled(at_, radius * size_, ink_, steps(radius)); }
  void ring(float radius, float width) const { list_.AddCircle(at_, radius * size_, ink_, steps(radius), w(width)); }
  void line(std::initializer_list<ImVec2> points, float width, ImU32 color) const {
    for (const ImVec2& q : points) list_.PathLineTo(p(q.x, q.y));
    list_.PathStroke(color, 0, w(width));
  }
  void shape(std::initializer_list<ImVec2> points, ImU32 color) const {
    for (const ImVec2& q : points) list_.PathLineTo(p(q.x, q.y));
    list_.PathFillConvex(color);
  }
  // Edges of a circle: as many as are seen.
  [[nodiscard]] int steps(float radius) const { return std::clamp(10 + static_cast<int>(radius * size_), 12, 32); }
  void spot(float x, float y, float radius, ImU32 color) const {
    list_.AddCircleFilled(p(x, y), std::max(0.8F, radius * size_), color, radius * size_ < 3 ? 8 : 16);
  }
  void arc(float x, float y, float radius, float from, float to, float width, ImU32 color) const {
    list_.PathArcTo(p(x, y), radius * size_, from, to, 24);
    list_.PathStroke(color, 0, w(width));
  }
  void cross(float reach, float width, ImU32 color) const {
    line({{-reach, -reach}, {reach, reach}}, width, color);
    line({{-reach, reach}, {reach, -reach}}, width, color);
  }
  void check(float width, ImU32 color) const { line({{-0.22F, 0.01F}, {-0.06F, 0.17F}, {0.23F, -0.16F}}, width, color); }
  [[nodiscard]] ImU32 ink() const { return ink_; }
  [[nodiscard]] ImU32 ground() const { return ground_; }
  [[nodiscard]] ImDrawList& list() const { return list_; }
  [[nodiscard]] float size() const { return size_; }

 private:
  ImDrawList& list_;
  ImVec2 at_;
  float size_;
  ImU32 ink_, ground_;
};

void draw_error(const Pen& pen) {  // octagon: not only the colour tells it from a warning
  std::array<ImVec2, 8> points{};
  for (std::size_t i = 0; i < points.size(); ++i) {
    const float angle = kPi / 8 + static_cast<float>(i) * kPi / 4;
    points[i] = pen.p(0.52F * std::cos(angle), 0.52F * std::sin(angle));
    pen.list().PathLineTo(points[i]);
  }
  pen.list().PathFillConvex(pen.ink());
  pen.line({{0, -0.25F}, {0, 0.06F}}, 0.12F, pen.ground());
  pen.spot(0, 0.24F, 0.075F, pen.ground());
}

void draw_warning(const Pen& pen) {
  pen.shape({{0, -0.48F}, {0.54F, 0.46F}, {-0.54F, 0.46F}}, pen.ink());
  pen.line({{0, -0.16F}, {0, 0.13F}}, 0.11F, pen.ground());
  pen.spot(0, 0.29F, 0.07F, pen.ground());
}

void draw_info(const Pen& pen) {
  pen.disc(0.5F);
  pen.spot(0, -0.22F, 0.08F, pen.ground());
  pen.line({{0, -0.05F}, {0, 0.27F}}, 0.12F, pen.ground());
}

void draw_unknown(const Pen& pen) {
  pen.disc(0.5F);
  pen.arc(0, -0.1F, 0.15F, -kPi, kPi * 0.28F, 0.11F, pen.ground());
  pen.line({{0.07F, 0.0F}, {0, 0.07F}, {0, 0.14F}}, 0.11F, pen.ground());
  pen.spot(0, 0.29F, 0.07F, pen.ground());
}

void draw_ghost(const Pen& pen) {
  for (int i = 0; i < 6; ++i) {
    const float from = static_cast<float>(i) * kPi / 3;
    pen.arc(0, 0, 0.42F, from, from + kPi / 4.6F, 0.11F, pen.ink());
  }
}

void draw_store(const Pen& pen) {  // a drum
  for (const float y : {-0.3F, 0.0F, 0.3F}) {
    pen.arc(0, y - 0.1F, 0.36F, 0.12F * kPi, 0.88F * kPi, 0.1F, pen.ink());
  }
  pen.arc(0, -0.08F, 0.36F, -0.88F * kPi, -0.12F * kPi, 0.1F, pen.ink());
}

void draw_drop(const Pen& pen) {
  pen.line({{0, -0.42F}, {0, 0.14F}}, 0.07F, pen.ink());
  pen.line({{-0.2F, -0.05F}, {0, 0.16F}, {0.2F, -0.05F}}, 0.07F, pen.ink());
  pen.line({{-0.42F, 0.14F}, {-0.42F, 0.42F}, {0.42F, 0.42F}, {0.42F, 0.14F}}, 0.07F, pen.ink());
}

void draw_file(const Pen& pen) {
  pen.line({{-0.32F, -0.45F}, {0.1F, -0.45F}, {0.34F, -0.2F}, {0.34F, 0.45F}, {-0.32F, 0.45F}, {-0.32F, -0.45F}}, 0.08F,
           pen.ink());
  pen.line({{0.1F, -0.45F}, {0.1F, -0.2F}, {0.34F, -0.2F}}, 0.08F, pen.ink());
}

void draw_sun(const Pen& pen) {
  pen.disc(0.2F);
  for (int i = 0; i < 8; ++i) {
    const float c = std::cos(static_cast<float>(i) * kPi / 4);
    const float s = std::sin(static_cast<float>(i) * kPi / 4);
    pen.line({{0.31F * c, 0.31F * s}, {0.45F * c, 0.45F * s}}, 0.09F, pen.ink());
  }
}

void draw_moon(const Pen& pen) {
  pen.disc(0.38F);
  pen.spot(0.17F, -0.14F, 0.31F, pen.ground());
}

// An arrow that goes up and leaves a trail of steps.
void draw_logo(const Pen& pen) {
  pen.line({{-0.45F, 0.36F}, {-0.12F, 0.36F}, {-0.12F, 0.1F}, {0.18F, 0.1F}, {0.18F, -0.38F}}, 0.13F, pen.ink());
  pen.line({{-0.08F, -0.14F}, {0.18F, -0.42F}, {0.44F, -0.14F}}, 0.13F, pen.ink());
}

void draw_mark(const Pen& pen, Icon icon) {
  switch (icon) {
    case Icon::launch:
      return pen.shape({{-0.28F, -0.4F}, {0.42F, 0}, {-0.28F, 0.4F}}, pen.ink());
    case Icon::terminate:
      return pen.shape({{-0.32F, -0.32F}, {0.32F, -0.32F}, {0.32F, 0.32F}, {-0.32F, 0.32F}}, pen.ink());
    case Icon::force_quit:
    case Icon::close:
      return pen.cross(0.32F, 0.15F, pen.ink());
    case Icon::invalidate:
      pen.ring(0.4F, 0.11F);
      return pen.line({{-0.28F, 0.28F}, {0.28F, -0.28F}}, 0.11F, pen.ink());
    case Icon::http_error:
    case Icon::failed:
      pen.disc(0.46F);
      return pen.cross(0.18F, 0.11F, pen.ground());
    case Icon::disagree:  // "is not"
      pen.disc(0.48F);
      pen.line({{-0.24F, -0.12F}, {0.24F, -0.12F}}, 0.1F, pen.ground());
      pen.line({{-0.24F, 0.12F}, {0.24F, 0.12F}}, 0.1F, pen.ground());
      return pen.line({{-0.13F, 0.31F}, {0.13F, -0.31F}}, 0.1F, pen.ground());
    case Icon::ok:
    case Icon::succeeded:
      pen.disc(0.48F);
      return pen.check(0.12F, pen.ground());
    case Icon::running:
      pen.ring(0.4F, 0.1F);
      return pen.spot(0, 0, 0.17F, pen.ink());
    case Icon::cancelled:
      pen.ring(0.4F, 0.1F);
      return pen.line({{-0.2F, 0}, {0.2F, 0}}, 0.1F, pen.ink());
    case Icon::chevron:
      return pen.line({{-0.12F, -0.26F}, {0.14F, 0}, {-0.12F, 0.26F}}, 0.11F, pen.ink());
    default:
      return pen.disc(0.24F);
  }
}

}  // namespace

void draw_icon(ImDrawList& list, Icon icon, ImVec2 at, float size, ImU32 ink, ImU32 ground) {
  // What is clipped away costs no vertices.
  const ImVec2 min = list.GetClipRectMin();
  const ImVec2 max = list.GetClipRectMax();
  if (at.x + size < min.x || at.x - size > max.x || at.y + size < min.y || at.y - size > max.y) return;
  const Pen pen(list, at, size, ink, ground);
  switch (icon) {
    case Icon::error:
      return draw_error(pen);
    case Icon::warning:
      return draw_warning(pen);
    case Icon::info:
      return draw_info(pen);
    case Icon::unknown:
      return draw_unknown(pen);
    case Icon::ghost:
      return draw_ghost(pen);
    case Icon::store:
      return draw_store(pen);
    case Icon::drop:
      return draw_drop(pen);
    case Icon::file:
      return draw_file(pen);
    case Icon::sun:
      return draw_sun(pen);
    case Icon::moon:
      return draw_moon(pen);
    case Icon::logo:
      return draw_logo(pen);
    default:
      return draw_mark(pen, icon);
  }
}

Icon icon_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return Icon::error;
    case Severity::warning:
      return Icon::warning;
    case Severity::info:
      break;
  }
  return Icon::info;
}

}  // namespace uptrail::viewer
