// Uploads by outcome, the worst first; behind the second tab the sources.
#include <algorithm>
#include <array>
#include <vector>

#include "collector/base/text.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

struct OutcomeLook {
  UploadOutcome outcome;
  Icon icon;
  Color ink;
};
constexpr std::array<OutcomeLook, 6> kOrder = {{{UploadOutcome::affected, Icon::error, Color::error},
                                                {UploadOutcome::failed, Icon::failed, Color::warning},
                                                {UploadOutcome::cannot_tell, Icon::unknown, Color::unknown},
                                                {UploadOutcome::running, Icon::running, Color::info},
                                                {UploadOutcome::cancelled, Icon::cancelled, Color::text_faint},
                                                {UploadOutcome::succeeded, Icon::succeeded, Color::ok}}};

std::vector<const Upload*> with_outcome(const UiState& state, UploadOutcome outcome) {
  std::vector<const Upload*> out;
  for (const Upload& upload : state.data->derived.uploads) {
    if (upload.outcome == outcome) out.push_back(&upload);
  }
  return out;
}

// One bar, as wide as the panel, divided by outcome.
void draw_bar(const UiState& state, const Ui& ui) {
  const auto total = static_cast<float>(state.data->derived.uploads.size());
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.theme.px(8);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float gap = ui.theme.px(2);
  float x = at.x;
  for (const OutcomeLook& look : kOrder) {
    const auto count = static_cast<float>(with_outcome(state, look.outcome).size());
    if (count == 0) continue;
    const float part = width * count / total;
    list.AddRectFilled({x, at.y}, {std::max(x + 2, x + part - gap), at.y + height}, ui.color(look.ink), ui.theme.px(2));
    x += part;
  }
  ImGui::Dummy({width, height + ui.theme.px(4)});
}

void draw_row(const UiState& state, const Ui& ui, const Upload& upload, const OutcomeLook& look) {
  const float height = ui.size(Size::row);
  const float width = ImGui::GetContentRegionAvail().x;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 end(at.x + width, at.y + height);
  const std::string id = "upload-" + std::to_string(upload.id.value);
  if (ImGui::InvisibleButton(id.c_str(), {width, height})) ui.act(SelectUpload{upload.id});
  ui.mark(id, {at, end});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool selected = state.selection.upload == upload.id;
  const bool hovered = ImGui::IsItemHovered();
  if (selected || hovered) {
    list.AddRectFilled(at, end, ui.color(selected ? Color::card_selected : Color::card_hover), ui.theme.px(4));
  }
  const float middle = at.y + height / 2;
  const float icon = ui.theme.px(13);
  draw_icon(list, look.icon, {at.x + ui.theme.px(6) + icon / 2, middle}, icon, ui.color(look.ink), ui.color(Color::panel));
  std::string facts = count_of(upload.tasks.size(), "task", "tasks");
  if (!upload.last_state.empty()) facts = "app says " + upload.last_state + " · " + facts;
  const float facts_w = text_width(ui.fonts.small, facts);
  const float x = at.x + ui.theme.px(28);
  text_at(list, ui.fonts.body, x, middle, ui.color(Color::text),
          elided(ui.fonts.body, upload.name, end.x - facts_w - ui.theme.px(16) - x));
  text_at(list, ui.fonts.small, end.x - ui.theme.px(6) - facts_w, middle, ui.color(Color::text_faint), facts);
}

void draw_uploads_body(const UiState& state, const Ui& ui) {
  if (state.data->derived.uploads.empty()) {
    paragraph(ui.fonts.body, ui.color(Color::text_muted), "No upload was seen in this capture.");
    return;
  }
  draw_bar(state, ui);
  for (const OutcomeLook& look : kOrder) {
    const auto uploads = with_outcome(state, look.outcome);
    if (uploads.empty()) continue;
    caption(ui, std::to_string(uploads.size()) + " " + std::string(upload_outcome_name(look.outcome)));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    for (const Upload* upload : uploads) draw_row(state, ui, *upload, look);
    ImGui::PopStyleVar();
  }
}

float draw_tab(const UiState& state, const Ui& ui, const Rect& header, float x, LeftTab tab, const std::string& title,
               std::size_t count) {
  const std::string number = std::to_string(count);
  const float width = text_width(ui.fonts.heading, title) + ui.theme.px(7) + text_width(ui.fonts.small, number);
  const Rect rect{{x, header.min.y}, {x + width, header.max.y}};
  ImGui::SetCursorScreenPos(rect.min);
  if (ImGui::InvisibleButton(title.c_str(), {width, header.height()})) ui.act(ShowTab{tab});
  ui.mark("tab-" + title, rect);
  const bool on = state.left_tab == tab;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float middle = (header.min.y + header.max.y) / 2;
  const ImU32 ink = ui.color(on ? Color::text : (ImGui::IsItemHovered() ? Color::text_muted : Color::text_faint));
  const float behind = text_at(list, ui.fonts.heading, x, middle, ink, title);
  text_at(list, ui.fonts.small, behind + ui.theme.px(7), middle + ui.theme.px(1),
          ui.color(on ? Color::text_muted : Color::text_faint), number);
  if (on) list.AddRectFilled({x, header.max.y - ui.theme.px(2)}, {x + width, header.max.y}, ui.color(Color::accent));
  return x + width + ui.theme.px(20);
}

}  // namespace

void draw_uploads(const UiState& state, const Ui& ui, const Rect& rect) {
  begin_panel(ui, "uploads", rect);
  const Rect header = panel_header(ui, "");
  const ImVec2 below = ImGui::GetCursorScreenPos();
  float x = header.min.x + ui.size(Size::padding);
  x = draw_tab(state, ui, header, x, LeftTab::uploads, "Uploads", state.data->derived.uploads.size());
  draw_tab(state, ui, header, x, LeftTab::sources, "Sources", state.data->sources.size());
  ImGui::SetCursorScreenPos(below);
  begin_body(ui, "uploads-body");
  if (state.left_tab == LeftTab::uploads) {
    draw_uploads_body(state, ui);
  } else {
    draw_sources_body(state, ui);
  }
  end_body();
  end_panel();
}

}  // namespace uptrail::viewer
