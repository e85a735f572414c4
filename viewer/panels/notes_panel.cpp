// Notes and bookmarks, what was set aside, and the dialogs that make them.
#include <algorithm>

#include "collector/base/text.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

void draw_note(const UiState& state, const Ui& ui, const Note& note, std::size_t n) {
  const float width = ImGui::GetContentRegionAvail().x;
  const float x_off = ui.theme.px(10);
  const float text_w = width - 2 * x_off - ui.theme.px(26);
  const std::string title = !note.title.empty() ? note.title : "Bookmark";
  const float text_h =
      note.text.empty() ? 0 : flowing_text(nullptr, ui.fonts.body, {0, 0}, text_w, 0, note.text) + ui.theme.px(3);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  Rect rect;
  const float height = ui.theme.px(16) + text_h + ui.fonts.small.size + ui.theme.px(6);
  const Rect close{{at.x + width - ui.theme.px(28), at.y + ui.theme.px(4)},
                   {at.x + width - ui.theme.px(4), at.y + ui.theme.px(28)}};
  const bool over_close = close.contains(ImGui::GetIO().MousePos);
  const bool pressed = list_row(ui, "note-" + std::to_string(n), height, false, rect);
  if (pressed && over_close) {
    ui.act(RemoveNote{n});
  } else if (pressed) {
    ui.act(GoToNote{n});
  }
  ui.mark("note-remove-" + std::to_string(n), close);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  draw_icon(list, Icon::close, close.centre(), ui.theme.px(13), ui.color(over_close ? Color::text : Color::text_muted),
            ui.color(Color::panel));
  float y = at.y + ui.theme.px(8);
  if (!note.text.empty())
    y += flowing_text(&list, ui.fonts.body, {at.x + x_off, y}, text_w, ui.color(Color::text), note.text) + ui.theme.px(3);
  const std::string when = note.t ? clock_text(state, *note.t, 0) + "  " : "";
  text_at(list, ui.fonts.small, at.x + x_off, y + ui.fonts.small.size / 2, ui.color(Color::text_muted),
          elided(ui.fonts.small, when + title, text_w));
  ImGui::Dummy({0, ui.theme.px(2)});
}

void dialog_title(const Ui& ui, const Rect& box, const std::string& title, const std::string& what) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float x = box.min.x + ui.theme.px(28);
  text_at(list, ui.fonts.title, x, box.min.y + ui.theme.px(36), ui.color(Color::text), title);
  text_at(list, ui.fonts.body, x, box.min.y + ui.theme.px(66), ui.color(Color::text_muted),
          elided(ui.fonts.body, what, box.width() - ui.theme.px(56)));
}

// A caption and a field below it. Returns what was done.
FieldDone labelled(const Ui& ui, const Rect& box, float y, const char* id, const char* label, const std::string& text,
                   const FieldLook& look) {
  const float x = box.min.x + ui.theme.px(28);
  text_at(*ImGui::GetWindowDrawList(), ui.fonts.small, x, y + ui.theme.px(8), ui.color(Color::text_muted), label);
  return text_field(ui, id, {{x, y + ui.theme.px(20)}, {box.max.x - ui.theme.px(28), y + ui.theme.px(52)}}, text, look);
}

// Right aligned on the bottom. Returns 1: do it, -1: leave.
int dialog_buttons(const Ui& ui, const Rect& box, const char* id, const char* label, bool possible) {
  const float middle = box.max.y - ui.theme.px(34);
  const float right = box.max.x - ui.theme.px(28);
  const float do_w = button_width(ui, label);
  const float cancel_w = button_width(ui, "Cancel");
  const std::string do_id = std::string(id) + "-do";
  const std::string cancel_id = std::string(id) + "-cancel";
  if (button(ui, do_id.c_str(), label, {right - do_w, middle}, possible ? ButtonLook::primary : ButtonLook::normal) && possible)
    return 1;
  if (button(ui, cancel_id.c_str(), "Cancel", {right - do_w - ui.theme.px(8) - cancel_w, middle}, ButtonLook::quiet)) return -1;
  return 0;
}

}  // namespace

void draw_notes_body(const UiState& state, const Ui& ui) {
  const auto& notes = state.notes.notes;
  for (std::size_t i = 0; i < notes.size(); ++i) draw_note(state, ui, notes[i], i);
  if (notes.empty()) {
    paragraph(ui.fonts.body, ui.color(Color::text_muted),
              "No notes yet. B puts one at what is selected, at the current line, or at the middle of the view. They are kept "
              "beside the "
              "case, which stays as it is.");
  }
}

void draw_set_aside(const UiState& state, const Ui& ui) {
  std::vector<const NotAProblem*> here;
  for (const Finding& finding : state.data->derived.findings) {
    if (const NotAProblem* n = state.notes.set_aside(finding.fingerprint, state.today)) here.push_back(n);
  }
  if (here.empty()) return;
  ImGui::Dummy({0, ui.theme.px(6)});
  caption(ui, "Not a problem");
  for (std::size_t i = 0; i < here.size(); ++i) {
    const NotAProblem& n = *here[i];
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    const float back_w = button_width(ui, "Put back");
    const float indent = ui.theme.px(10);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float first = at.y + ui.theme.px(12);
    text_at(list, ui.fonts.body, at.x + indent, first, ui.color(Color::text),
            elided(ui.fonts.body, n.title, width - back_w - 2 * indent));
    text_at(list, ui.fonts.small, at.x + indent, first + ui.theme.px(19), ui.color(Color::text_muted),
            elided(ui.fonts.small, n.reason + (n.expires.empty() ? "" : "  ·  until " + n.expires), width - back_w - 2 * indent));
    const std::string id = "put-back-" + std::to_string(i);
    if (button(ui, id.c_str(), "Put back", {at.x + width - back_w, at.y + ui.theme.px(20)}, ButtonLook::quiet))
      ui.act(PutBack{n.fingerprint});
    ImGui::SetCursorScreenPos(at);
    ImGui::Dummy({width, ui.theme.px(44)});
  }
  const ImVec2 at = ImGui::GetCursorScreenPos();
  if (button(ui, "export-ignored", "Save as a rules file…", {at.x, at.y + ui.theme.px(16)})) ui.act(ExportIgnored{});
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({1, ui.theme.px(36)});
}

void draw_not_a_problem(const UiState& state, const Ui& ui) {
  const Finding* finding = selected_finding(state);
  const Rect box = begin_overlay(ui, "aside", {ui.theme.px(560), ui.theme.px(310)}, 0.35F);
  dialog_title(ui, box, "Not a problem", finding == nullptr ? "" : finding->title);
  const Draft& draft = state.draft;
  const FieldDone reason = labelled(ui, box, box.min.y + ui.theme.px(90), "aside-reason", "Why? Others will read it.", draft.text,
                                    {"Known: app 3.3 mends it", nullptr, state.wants_focus == Field::draft, true});
  const FieldDone expires = labelled(ui, box, box.min.y + ui.theme.px(154), "aside-expires", "Until (empty: for ever)",
                                     draft.expires, {"2027-01-31", nullptr, false, true});
  Draft next = draft;
  if (reason.text) next.text = *reason.text;
  if (expires.text) next.expires = *expires.text;
  if (next != draft) ui.act(SetDraft{next});
  const bool day_ok = draft.expires.empty() || is_day(draft.expires);
  const std::string advice = !day_ok ? "Write the day as 2027-01-31." : draft.text.empty() ? "A reason is needed." : "";
  text_at(*ImGui::GetWindowDrawList(), ui.fonts.small, box.min.x + ui.theme.px(28), box.max.y - ui.theme.px(76),
          ui.color(day_ok ? Color::text_muted : Color::warning), advice);
  const bool possible = day_ok && !draft.text.empty();
  const int done = dialog_buttons(ui, box, "aside", "Set aside", possible);
  if (done > 0 || (possible && (reason.entered || expires.entered))) ui.act(SetAside{});
  if (done < 0) ui.act(ShowOverlay{Overlay::none});
  end_overlay();
}

void draw_note_dialog(const UiState& state, const Ui& ui) {
  const Rect box = begin_overlay(ui, "note", {ui.theme.px(560), ui.theme.px(222)}, 0.35F);
  const Finding* finding = selected_finding(state);
  const std::string where = finding != nullptr   ? finding->title
                            : state.log.line > 0 ? "at line " + std::to_string(state.log.line)
                                                 : std::string("at the middle of the view");
  dialog_title(ui, box, "Note", where);
  const FieldDone text = labelled(ui, box, box.min.y + ui.theme.px(90), "note-text", "Text (empty: a bookmark)", state.draft.text,
                                  {"What should be remembered here?", nullptr, state.wants_focus == Field::draft, true});
  if (text.text) ui.act(SetDraft{{*text.text, ""}});
  const int done = dialog_buttons(ui, box, "note", "Keep", true);
  if (done > 0 || text.entered) ui.act(AddNote{});
  if (done < 0) ui.act(ShowOverlay{Overlay::none});
  end_overlay();
}

}  // namespace uptrail::viewer
