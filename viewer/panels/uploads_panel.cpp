// Uploads by outcome, the worst first; behind other tabs what shares their place.
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

using Ids = std::vector<UploadId>;
const Ids& uploads_of(const CaseLists& lists, UploadOutcome outcome) { return lists.uploads[static_cast<std::size_t>(outcome)]; }

// One bar, as wide as the panel, divided by outcome.
void draw_bar(const Ui& ui, const CaseLists& lists) {
  const auto total = static_cast<float>(lists.upload_total);
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.theme.px(8);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float gap = ui.theme.px(2);
  float x = at.x;
  for (const OutcomeLook& look : kOrder) {
    const auto count = static_cast<float>(uploads_of(lists, look.outcome).size());
    if (count == 0) continue;
    const float part = width * count / total;
    list.AddRectFilled({x, at.y}, {std::max(x + 2, x + part - gap), at.y + height}, ui.color(look.ink), ui.theme.px(2));
    x += part;
  }
  ImGui::Dummy({width, height + ui.theme.px(4)});
}

void draw_row(const UiState& state, const Ui& ui, const timeline::UploadView& upload, const OutcomeLook& look) {
  const float height = ui.size(Size::row);
  const float width = ImGui::GetContentRegionAvail().x;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 end(at.x + width, at.y + height);
  const std::string id = "upload-" + std::to_string(upload.id.value);
  if (click_area(id.c_str(), {width, height})) ui.act(SelectUpload{upload.id});
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
  if (!upload.last_state.empty()) facts = "app says " + std::string(upload.last_state) + " · " + facts;
  const float x = at.x + ui.theme.px(28);
  const float room = end.x - ui.theme.px(16) - x;
  // The name goes before what the app says of it.
  const float name_w =
      std::min(text_width(ui.fonts.body, upload.name), std::max(room / 2, room - text_width(ui.fonts.small, facts)));
  facts = elided(ui.fonts.small, facts, room - name_w);
  const float facts_w = text_width(ui.fonts.small, facts);
  text_at(list, ui.fonts.body, x, middle, ui.color(Color::text), elided(ui.fonts.body, upload.name, room - facts_w));
  text_at(list, ui.fonts.small, end.x - ui.theme.px(6) - facts_w, middle, ui.color(Color::text_faint), facts);
}

void draw_uploads_body(const UiState& state, const Ui& ui) {
  if (state.data->upload_count() == 0) {
    paragraph(ui.fonts.body, ui.color(Color::text_muted), "No upload was seen in this capture.");
    return;
  }
  const CaseLists& lists = *state.lists;
  if (lists.upload_total == 0) return paragraph(ui.fonts.body, ui.color(Color::text_muted), "The filter hides all uploads.");
  draw_bar(ui, lists);
  for (const OutcomeLook& look : kOrder) {
    const Ids& uploads = uploads_of(lists, look.outcome);
    if (uploads.empty()) continue;
    caption(ui, std::to_string(uploads.size()) + " " + std::string(upload_outcome_name(look.outcome)));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(uploads.size()), ui.size(Size::row));
    while (clipper.Step()) {
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
        draw_row(state, ui, state.data->upload(uploads[static_cast<std::size_t>(i)]), look);
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
  draw_left_tabs(state, ui, header);
  ImGui::SetCursorScreenPos(below);
  constexpr std::array<const char*, 6> kBodies = {"uploads-body", "sources-body", "stores-body",
                                                  "query-body",   "search-body",  "notes-body"};
  begin_body(ui, kBodies[static_cast<std::size_t>(state.left_tab)]);
  switch (state.left_tab) {
    case LeftTab::uploads:
      draw_uploads_body(state, ui);
      break;
    case LeftTab::sources:
      draw_sources_body(state, ui);
      break;
    case LeftTab::stores:
      draw_stores_body(state, ui);
      break;
    case LeftTab::query:
      draw_query_body(state, ui);
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
