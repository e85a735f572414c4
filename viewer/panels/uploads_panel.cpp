// Uploads by outcome, the worst first; behind the second tab the sources.
#include <algorithm>
#include <array>
#include <vector>

#include "collector/base/text.h"
#include "viewer/panels/controls.h"
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
    if (upload.outcome == outcome && is_shown(state, upload)) out.push_back(&upload);
  }
  return out;
}

// One bar, as wide as the panel, divided by outcome.
void draw_bar(const UiState& state, const Ui& ui) {
  const auto& uploads = state.data->derived.uploads;
  const auto total =
      static_cast<float>(std::count_if(uploads.begin(), uploads.end(), [&](const Upload& u) { return is_shown(state, u); }));
  if (total == 0) return paragraph(ui.fonts.body, ui.color(Color::text_muted), "The filter hides all uploads.");
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
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(uploads.size()), ui.size(Size::row));
    while (clipper.Step()) {
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
        draw_row(state, ui, *uploads[static_cast<std::size_t>(i)], look);
    }
    clipper.End();
    ImGui::PopStyleVar();
  }
}

}  // namespace

void draw_uploads(const UiState& state, const Ui& ui, const Rect& rect) {
  begin_panel(ui, "uploads", rect);
  const Rect header = panel_header(ui, "");
  const ImVec2 below = ImGui::GetCursorScreenPos();
  float x = header.min.x + ui.size(Size::padding);
  const auto show_tab = [&](LeftTab which, const char* title, std::size_t count) {
    if (tab(ui, header, x, title, count > 0 ? std::to_string(count) : std::string(), state.left_tab == which))
      ui.act(ShowTab{which});
  };
  show_tab(LeftTab::uploads, "Uploads", state.data->derived.uploads.size());
  show_tab(LeftTab::sources, "Sources", state.data->sources.size());
  show_tab(LeftTab::search, "Search", state.search.result ? state.search.result->hits.size() : 0);
  show_tab(LeftTab::notes, "Notes", state.notes.notes.size());
  ImGui::SetCursorScreenPos(below);
  constexpr std::array<const char*, 4> kBodies = {"uploads-body", "sources-body", "search-body", "notes-body"};
  begin_body(ui, kBodies[static_cast<std::size_t>(state.left_tab)]);
  switch (state.left_tab) {
    case LeftTab::uploads:
      draw_uploads_body(state, ui);
      break;
    case LeftTab::sources:
      draw_sources_body(state, ui);
      break;
    case LeftTab::search:
      draw_search_body(state, ui);
      break;
    case LeftTab::notes:
      draw_notes_body(state, ui);
      break;
  }
  end_body();
  end_panel();
}

}  // namespace uptrail::viewer
