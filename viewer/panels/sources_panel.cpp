// Every source with what was read of it: read = matched + related + irrelevant + unparsed.
#include "collector/base/text.h"
#include "viewer/load/names.h"
#include "viewer/panels/panels.h"

namespace uptrail::viewer {

namespace {

std::string grouped(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, "\xC2\xA0");  // no-break blank
  return digits;
}

void draw_accounting(const Ui& ui, const Accounting& a) {
  paragraph(ui.fonts.small, ui.color(Color::text_muted),
            grouped(a.read) + " records read: " + grouped(a.matched) + " matched, " + grouped(a.related) + " related" +
                (a.related > a.known ? " (" + grouped(a.related - a.known) + " not understood), " : ", ") +
                grouped(a.irrelevant) + " irrelevant, " + grouped(a.unparsed) + " unparsed");
}

void draw_source(const Ui& ui, const Source& source) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const std::string id = "source-" + std::to_string(source.id.value);
  const float height = ui.size(Size::row);
  if (click_area(id.c_str(), {width, height})) ui.act(ShowLine{source.id, 0});
  ui.mark(id, {at, {at.x + width, at.y + height}});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (ImGui::IsItemHovered()) {
    list.AddRectFilled(at, {at.x + width, at.y + height}, ui.color(Color::card_hover), ui.theme.px(4));
    ImGui::SetTooltip("%s", source.path.c_str());
  }
  const float middle = at.y + height / 2;
  const float icon = ui.theme.px(14);
  draw_icon(list, source.is_store ? Icon::store : Icon::file, {at.x + ui.theme.px(4) + icon / 2, middle}, icon,
            ui.color(Color::text_muted), ui.color(Color::panel));
  const float chip_w = chip_width(ui, source.container);
  const float x = at.x + ui.theme.px(26);
  text_at(list, ui.fonts.semibold, x, middle, ui.color(Color::text),
          elided_front(ui.fonts.semibold, file_name(source.path), at.x + width - chip_w - ui.theme.px(10) - x));
  chip(list, ui, at.x + width - chip_w, middle, source.container, ui.color(Color::text_muted), ui.color(Color::raised));
  ImGui::Indent(ui.theme.px(26));
  if (source.not_understood) {
    paragraph(ui.fonts.small, ui.color(Color::warning),
              "NOT UNDERSTOOD: records were read, but no line means anything to Uptrail" +
                  std::string(source.is_store ? "" : ". Your app's log? uptrail messages draft " + file_name(source.path)));
  }
  draw_accounting(ui, source.accounting);
  if (source.issue_count > 0) {
    paragraph(ui.fonts.small, ui.color(Color::warning),
              count_of(source.issue_count, "thing", "things") +
                  " lost or doubtful; first: " + (source.issues.empty() ? std::string() : source.issues.front().detail));
  }
  ImGui::Unindent(ui.theme.px(26));
  ImGui::Dummy({0, ui.theme.px(4)});
}

}  // namespace

void draw_sources_body(const UiState& state, const Ui& ui) {
  for (const Source& source : state.data->sources) draw_source(ui, source);
  for (const UnusedInput& input : state.data->unused) {
    paragraph(ui.fonts.semibold, ui.color(Color::error), file_name(input.path) + " was not used");
    paragraph(ui.fonts.small, ui.color(Color::text_muted), input.error.text());
  }
  if (state.data->sources.empty()) paragraph(ui.fonts.body, ui.color(Color::text_muted), "This case has no source.");
}

}  // namespace uptrail::viewer
