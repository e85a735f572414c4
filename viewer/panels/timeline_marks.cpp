// What stands in front of the bars of the timeline: marks, ghosts, arrows, and how uncertain a time is.
#include <array>
#include <utility>

#include "viewer/panels/timeline_canvas.h"

namespace uptrail::viewer {

namespace {

using timeline::Layout;
using timeline::MarkStyle;

std::string badge_text(std::uint32_t grouped) { return grouped > 99 ? "99+" : std::to_string(grouped); }

Icon icon_for(const timeline::Mark& m) {
  switch (m.style) {
    case MarkStyle::finding:
      return icon_of(m.severity.value_or(Severity::info));
    case MarkStyle::launch:
      return Icon::launch;
    case MarkStyle::terminate:
      return Icon::terminate;
    case MarkStyle::force_quit:
      return Icon::force_quit;
    case MarkStyle::invalidate:
      return Icon::invalidate;
    case MarkStyle::http_error:
      return Icon::http_error;
    case MarkStyle::succeeded:
      return Icon::succeeded;
    case MarkStyle::failed:
      return Icon::failed;
    case MarkStyle::store:
      return Icon::store;
    case MarkStyle::disagreement:
      return Icon::disagree;
    case MarkStyle::other:
    case MarkStyle::related:
      break;
  }
  return Icon::dot;
}

}  // namespace

float badge_width(const Ui& ui, std::uint32_t grouped) {
  return grouped < 2 ? 0 : text_width(ui.fonts.small, badge_text(grouped)) + ui.theme.px(13);
}

void MarkPainter::paint(const Layout& layout) {
  for (const auto& w : layout.whiskers) whisker(w);
  for (const auto& a : layout.arrows) arrow(a);
  for (const auto& b : layout.beyond) beyond(b);
  for (const auto& g : layout.ghosts) ghost(g);
  for (const auto& lane : layout.lanes) badges(layout, lane.marks);
  for (const auto& m : layout.marks) mark(m);
  for (const auto& lane : layout.lanes) {
    for (std::uint32_t i = lane.ghosts.from; i < lane.ghosts.to; ++i) ghost_chip(layout.ghosts[i], lane, layout);
  }
}

// The time may be off by as much as this: |---|
void MarkPainter::whisker(const timeline::PlacedWhisker& w) {
  const ImU32 ink = ui_.color(Color::text_muted);
  const float y = std::round(y_of(w.y));
  const float arm = ui_.theme.px(4);
  list_.AddRectFilled({x_of(w.x0), y}, {x_of(w.x1), y + 1}, ink);
  for (const double x : {w.x0, w.x1}) list_.AddRectFilled({x_of(x), y - arm}, {x_of(x) + 1, y + arm + 1}, ink);
}

void MarkPainter::arrow(const timeline::PlacedArrow& a) {
  const ImVec2 from(x_of(a.x0), y_of(a.y0));
  const ImVec2 to(x_of(a.x1), y_of(a.y1));
  const ImU32 ink = ui_.color(Color::arrow);
  const float bend = std::clamp((to.y - from.y) * 0.5F, -ui_.theme.px(40), ui_.theme.px(40));
  list_.AddBezierCubic(from, {from.x, from.y + bend}, {to.x, to.y - bend}, to, ink, std::max(1.0F, ui_.theme.px(1.3F)), 24);
  const float head = ui_.theme.px(4);
  const float way = to.y >= from.y ? -1.0F : 1.0F;
  list_.AddTriangleFilled(to, {to.x - head, to.y + way * head * 1.6F}, {to.x + head, to.y + way * head * 1.6F}, ink);
  list_.AddCircleFilled(from, ui_.theme.px(2.2F), ink, 10);
}

void MarkPainter::ghost(const timeline::PlacedGhost& placed) {
  const Rect r = rect_of(placed.box);
  const ImU32 ink = faded(ui_.color(Color::ghost), is_out(scene_.ghosts[placed.ghost].finding) ? 0.35F : 1.0F);
  const ImU32 ground = ui_.color(Color::panel);
  list_.AddCircleFilled(r.centre(), r.width() / 2 + ui_.theme.px(2), ground, 28);
  draw_icon(list_, Icon::ghost, r.centre(), r.width() * 1.05F, ink, 0);
  if (ui_.places != nullptr) ui_.mark("ghost-" + std::to_string(placed.ghost), r);
  if (!placed.label.empty()) text_at(list_, ui_.fonts.small, x_of(placed.label_x), r.centre().y, ink, placed.label);
}

// Where the layout found no free place for the label: what the selected finding misses is named all the same, hollow, on a
// ground of its own, beside the marks that may stand on the ghost.
void MarkPainter::ghost_chip(const timeline::PlacedGhost& placed, const timeline::PlacedLane& lane, const Layout& layout) {
  const timeline::Ghost& g = scene_.ghosts[placed.ghost];
  const Finding* finding = selected_finding(state_);
  if (!placed.label.empty() || finding == nullptr || finding->id != g.finding) return;
  const Rect r = rect_of(placed.box);
  const float middle = r.centre().y;
  const float reach = ui_.size(Size::mark) * 0.5F + ui_.theme.px(8);
  float left = r.min.x - ui_.theme.px(4);
  float right = r.max.x + ui_.theme.px(4);
  bool covered = false;
  for (std::uint32_t i = lane.marks.from; i < lane.marks.to; ++i) {
    const float x = x_of(layout.marks[i].x);
    if (x + reach < r.min.x || x - reach > r.max.x) continue;
    covered = true;
    left = std::min(left, x - reach);
    right = std::max(right, x + reach + badge_width(ui_, layout.marks[i].grouped));
  }
  const float icon = covered ? ui_.theme.px(17) : 0;
  const float width = chip_width(ui_, scene_.text(g.label)) + icon;
  const float x = std::round(right + width < area_.max.x ? right : left - width);
  const float half = ui_.theme.px(9);
  const ImU32 ink = ui_.color(Color::ghost);
  list_.AddRectFilled({x, middle - half}, {x + width, middle + half}, ui_.color(Color::panel), ui_.theme.px(4));
  list_.AddRect({x, middle - half}, {x + width, middle + half}, ink, ui_.theme.px(4));
  if (covered) draw_icon(list_, Icon::ghost, {x + ui_.theme.px(14), middle}, ui_.theme.px(11), ink, 0);
  text_at(list_, ui_.fonts.small, x + ui_.theme.px(7) + icon, middle, ink, scene_.text(g.label));
}

ImU32 MarkPainter::ink_for(const timeline::Mark& m) const {
  switch (m.style) {
    case MarkStyle::finding:
      return ui_.theme.severity(m.severity.value_or(Severity::info));
    case MarkStyle::force_quit:
    case MarkStyle::failed:
      return ui_.color(Color::error);
    case MarkStyle::http_error:
    case MarkStyle::invalidate:
    case MarkStyle::disagreement:
      return ui_.color(Color::warning);
    case MarkStyle::succeeded:
      return ui_.color(Color::ok);
    case MarkStyle::related:
      return ui_.color(Color::text_faint);
    default:
      return ui_.color(Color::text_muted);
  }
}

bool MarkPainter::is_chosen(const timeline::Mark& m) const {
  const Finding* finding = selected_finding(state_);
  return m.style == MarkStyle::finding && finding != nullptr && finding->id == m.finding;
}

bool MarkPainter::is_out(FindingId id) const {
  const Finding* finding = state_.data->finding(id);
  return finding != nullptr && !is_shown(state_, *finding);
}

void MarkPainter::mark(const timeline::PlacedMark& placed) {
  const timeline::Mark& m = scene_.marks[placed.mark];
  const ImVec2 at(std::round(x_of(placed.x)), std::round(y_of(placed.y)));
  const bool finding = m.style == MarkStyle::finding;
  const bool faint = m.style == MarkStyle::related;
  const float size = ui_.size(Size::mark) * (finding ? 1.0F : faint ? 0.4F : 0.86F);
  const ImU32 ground = ui_.color(Color::panel);
  // A rim in the colour of the ground keeps marks apart from the bars below them.
  if (!faint && (finding || m.style != MarkStyle::other))
    list_.AddCircleFilled(at, size * 0.5F + ui_.theme.px(2.5F), ground, size < 20 ? 16 : 24);
  if (is_chosen(m)) list_.AddCircle(at, size * 0.5F + ui_.theme.px(4), ui_.color(Color::accent), 28, ui_.theme.px(1.6F));
  const float opacity = finding && is_out(m.finding) ? 0.35F : 1.0F;
  draw_icon(list_, icon_for(m), at, size, faded(ink_for(m), opacity), ground);
  const Rect box{{at.x - size / 2, at.y - size / 2}, {at.x + size / 2, at.y + size / 2}};
  if (finding && ui_.places != nullptr) ui_.mark("finding-" + std::to_string(m.finding.value), box);
}

// On a ground of their own, so that they are read on any bar; right of the mark, else left of it, where no other mark or badge
// stands. Without room there is none: half a number is worse.
void MarkPainter::badges(const Layout& layout, timeline::Range marks) {
  const float size = ui_.size(Size::mark);
  const float half = ui_.theme.px(7.5F);
  float taken = -1e9F;  // by marks and badges so far
  for (std::uint32_t i = marks.from; i < marks.to; ++i) {
    const timeline::PlacedMark& placed = layout.marks[i];
    const timeline::Mark& m = scene_.marks[placed.mark];
    const float reach = size * (m.style == MarkStyle::other ? 0.28F : 0.5F) + ui_.theme.px(is_chosen(m) ? 5.0F : 3.0F);
    const float at = std::round(x_of(placed.x));
    const float before = std::exchange(taken, at + reach);
    if (placed.grouped < 2 || m.style == MarkStyle::related) continue;
    const float width = badge_width(ui_, placed.grouped) - ui_.theme.px(3);
    const float next = i + 1 < marks.to ? x_of(layout.marks[i + 1].x) - size * 0.5F - ui_.theme.px(3) : 1e9F;
    float x = std::round(at + reach);
    if (x + width > next) x = std::round(at - reach - width);
    if (x < at && x < before) continue;
    if (x > at) taken = x + width;
    const float middle = std::round(y_of(placed.y));
    list_.AddRectFilled({x, middle - half}, {x + width, middle + half}, ui_.color(Color::panel), half);
    list_.AddRect({x, middle - half}, {x + width, middle + half}, ui_.color(Color::border), half);
    text_at(list_, ui_.fonts.small, x + ui_.theme.px(5), middle, ui_.color(Color::text), badge_text(placed.grouped));
    if (ui_.places != nullptr) ui_.mark("badge-" + std::to_string(placed.mark), {{x, middle - half}, {x + width, middle + half}});
  }
}

// What the lane shows lies before or behind the view.
void MarkPainter::beyond(const timeline::PlacedBeyond& placed) {
  const Rect r = rect_of(placed.box);
  const ImVec2 at = r.centre();
  const float w = ui_.theme.px(3);
  const float h = ui_.theme.px(4.5F);
  const float way = placed.before ? -1.0F : 1.0F;
  const bool hovered = r.contains(ImGui::GetIO().MousePos);
  const std::array<ImVec2, 3> points = {ImVec2(at.x - way * w / 2, at.y - h), ImVec2(at.x + way * w, at.y),
                                        ImVec2(at.x - way * w / 2, at.y + h)};
  list_.AddPolyline(points.data(), static_cast<int>(points.size()), ui_.color(hovered ? Color::accent : Color::text_faint), 0,
                    std::max(1.0F, ui_.theme.px(1.5F)));
  if (ui_.places != nullptr) ui_.mark("beyond-" + std::to_string(placed.lane), r);
}

}  // namespace uptrail::viewer
