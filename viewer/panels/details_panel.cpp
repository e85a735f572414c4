// The story of what is selected: a finding with its evidence, or a task, upload or session with its facts.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "collector/base/text.h"
#include "viewer/load/names.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/facts.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

void heading(const Ui& ui, Icon icon, ImU32 ink, std::string_view title) {
  const float size = ui.theme.px(18);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  draw_icon(*ImGui::GetWindowDrawList(), icon, {at.x + size / 2, at.y + ui.fonts.heading.size * 0.69F}, size, ink,
            ui.color(Color::panel));
  ImGui::Indent(size + ui.theme.px(9));
  paragraph(ui.fonts.heading, ui.color(Color::text), title);
  ImGui::Unindent(size + ui.theme.px(9));
}

void chips(const UiState& state, const Ui& ui, const Finding& finding) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float middle = at.y + ui.theme.px(11);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float gap = ui.theme.px(6);
  float x = chip(list, ui, at.x, middle, std::string(severity_name(finding.severity)), ui.theme.severity(finding.severity),
                 ui.theme.severity_soft(finding.severity));
  const ImU32 ink = ui.color(Color::text_muted);
  const ImU32 ground = ui.color(Color::raised);
  x = chip(list, ui, x + gap, middle, std::string(confidence_name(finding.confidence)), ink, ground);
  x = chip(list, ui, x + gap, middle, clock_text(state, finding.t, 3), ink, ground);
  const float half = ui.theme.px(10);
  const Rect rule{{x + gap, middle - half}, {x + gap + chip_width(ui, finding.rule), middle + half}};
  ImGui::SetCursorScreenPos(rule.min);
  if (click_area("rule-chip", {rule.width(), rule.height()})) ui.act(ShowDetails{DetailsTab::rule});
  ui.mark("rule-chip", rule);
  chip(list, ui, x + gap, middle, finding.rule, ui.color(ImGui::IsItemHovered() ? Color::accent : Color::text_muted), ground);
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({0, ui.theme.px(24)});
}

// Name, value and threshold side by side.
void numbers(const Ui& ui, const Finding& finding) {
  if (finding.numbers.empty()) return;
  caption(ui, "Numbers");
  float name_w = 0;
  for (const NumberUsed& n : finding.numbers) name_w = std::max(name_w, text_width(ui.fonts.body, n.name));
  name_w = std::min(name_w, ImGui::GetContentRegionAvail().x * 0.5F);
  for (const NumberUsed& n : finding.numbers) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    const float middle = at.y + ui.fonts.body.size / 2;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    text_at(list, ui.fonts.body, at.x, middle, ui.color(Color::text_muted), elided(ui.fonts.body, n.name, name_w));
    float x = at.x + name_w + ui.theme.px(16);
    x = text_at(list, ui.fonts.semibold, x, middle, ui.color(Color::text), number_text(n.value, n.unit));
    if (n.threshold) {
      text_at(list, ui.fonts.body, x + ui.theme.px(10), middle, ui.color(Color::text_faint),
              "threshold " + number_text(*n.threshold, n.unit));
    }
    ImGui::Dummy({width, ui.fonts.body.size});
  }
}

// One line of evidence: when, what part it plays, where it stands; the raw text below. The whole block is a link.
void evidence_row(const UiState& state, const Ui& ui, const EvidenceRef& ref) {
  const EvidenceLine* found = state.data->evidence_of(ref.event);
  if (found == nullptr) return;
  const EvidenceLine& line = *found;
  const float width = ImGui::GetContentRegionAvail().x;
  const float pad = ui.theme.px(8);
  const bool raw = !line.text.empty();
  const float height = pad + ui.fonts.body.size + (raw ? ui.theme.px(5) + ui.fonts.mono.size : 0) + pad;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 end(at.x + width, at.y + height);
  const std::string id = "evidence-" + std::to_string(ref.event.value);
  if (click_area(id.c_str(), {width, height})) ui.act(ShowLine{line.source, line.span.line});
  ui.mark(id, {at, end});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool hovered = ImGui::IsItemHovered();
  list.AddRectFilled(at, end, ui.color(hovered ? Color::card_hover : Color::card), ui.theme.px(4));
  if (ref.key) list.AddRectFilled(at, {at.x + ui.theme.px(3), end.y}, ui.color(Color::accent), ui.theme.px(2));
  const float middle = at.y + pad + ui.fonts.body.size / 2;
  const Source* source = state.data->source(line.source);
  std::string where = source == nullptr ? "" : file_name(source->path);
  if (!line.store_row.empty()) {
    where += " · " + line.store_row;
  } else if (line.span.line > 0) {
    where += ":" + std::to_string(line.span.line);
  }
  const float where_w = std::min(text_width(ui.fonts.small, where), width * 0.45F);
  float x = at.x + pad + ui.theme.px(4);
  if (line.timed) {
    x = text_at(list, ui.fonts.body, x, middle, ui.color(Color::text_muted), clock_text(state, line.t, 3)) + ui.theme.px(10);
  }
  const std::string what = ref.note.empty() ? std::string(kind_name(line.kind)) : ref.note;
  text_at(list, ui.fonts.body, x, middle, ui.color(Color::text),
          elided(ui.fonts.body, what, end.x - pad - where_w - ui.theme.px(10) - x));
  text_at(list, ui.fonts.small, end.x - pad - where_w, middle, ui.color(hovered ? Color::accent : Color::text_faint),
          elided_front(ui.fonts.small, where, where_w));
  if (!raw) return;
  const std::string one_line = line.text.substr(0, std::min(line.text.find('\n'), line.text.size()));
  text_at(list, ui.fonts.mono, at.x + pad + ui.theme.px(4), end.y - pad - ui.fonts.mono.size / 2, ui.color(Color::text_muted),
          elided(ui.fonts.mono, ellipsize(one_line, 600), width - 2 * pad - ui.theme.px(4)));
}

void missing_rows(const UiState& state, const Ui& ui, const Finding& finding) {
  if (finding.missing.empty()) return;
  caption(ui, "Missing");
  for (const MissingEvent& m : finding.missing) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float icon = ui.theme.px(13);
    draw_icon(*ImGui::GetWindowDrawList(), Icon::ghost, {at.x + icon / 2, at.y + ui.fonts.body.size * 0.69F}, icon,
              ui.color(Color::ghost), 0);
    ImGui::Indent(icon + ui.theme.px(8));
    std::string text = std::string(kind_name(m.kind)) + ", due " + clock_text(state, m.due, 3);
    if (!m.note.empty()) text += ": " + m.note;
    paragraph(ui.fonts.body, ui.color(Color::text), text);
    ImGui::Unindent(icon + ui.theme.px(8));
  }
}

// A link to the stretch on the timeline and in the log.
void searched_row(const UiState& state, const Ui& ui, const SearchDone& search, std::size_t number) {
  const float pad = ui.theme.px(8);
  const float height = pad + ui.fonts.body.size + ui.theme.px(5) + ui.fonts.small.size + pad;
  Rect r;
  const auto& shown = state.timeline.searched;
  const bool current = shown && shown->stream == search.stream && shown->kind == search.kind && shown->span == search.span;
  if (list_row(ui, "searched-" + std::to_string(number), height, current, r)) ui.act(ShowSearched{search});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool hovered = ImGui::IsItemHovered();
  if (!hovered && !current) list.AddRectFilled(r.min, r.max, ui.color(Color::card), ui.theme.px(4));
  const float x = r.min.x + pad + ui.theme.px(4);
  const float upper = r.min.y + pad + ui.fonts.body.size / 2;
  const std::string where = search_stream(state, search);
  const float where_w = std::min(text_width(ui.fonts.small, where), r.width() * 0.5F);
  text_at(list, ui.fonts.body, x, upper, ui.color(Color::text),
          elided(ui.fonts.body, kind_name(search.kind), r.max.x - pad - where_w - ui.theme.px(10) - x));
  text_at(list, ui.fonts.small, r.max.x - pad - where_w, upper, ui.color(hovered ? Color::accent : Color::text_faint),
          elided_front(ui.fonts.small, where, where_w));
  text_at(list, ui.fonts.small, x, r.max.y - pad - ui.fonts.small.size / 2, ui.color(Color::text_muted),
          elided(ui.fonts.small, search_extent(state, search), r.max.x - pad - x));
}

void searched_rows(const UiState& state, const Ui& ui, const Finding& finding) {
  if (finding.searched.empty()) return;
  caption(ui, "What was searched, and is not there");
  for (std::size_t i = 0; i < finding.searched.size(); ++i) searched_row(state, ui, finding.searched[i], i);
}

void remedy_box(const Ui& ui, const Finding& finding) {
  if (finding.remedy.empty()) return;
  ImGui::Dummy({0, ui.theme.px(4)});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float pad = ui.theme.px(10);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const Face& face = ui.fonts.body;
  const float inner = width - 2 * pad;
  const float text_h = flowing_text(nullptr, face, {0, 0}, inner, 0, finding.remedy);
  const float height = pad + ui.fonts.small.size + ui.theme.px(4) + text_h + pad;
  list.AddRectFilled(at, {at.x + width, at.y + height}, ui.color(Color::accent_soft), ui.size(Size::radius));
  text_at(list, ui.fonts.small, at.x + pad, at.y + pad + ui.fonts.small.size / 2, ui.color(Color::accent), "What to do");
  flowing_text(&list, face, {at.x + pad, at.y + pad + ui.fonts.small.size + ui.theme.px(4)}, inner, ui.color(Color::text),
               finding.remedy);
  ImGui::Dummy({width, height});
}

void other_findings(const UiState& state, const Ui& ui, const Finding& shown) {
  const Cause* cause = shown.cause.valid() ? state.data->cause(shown.cause) : nullptr;
  if (cause == nullptr || cause->findings.size() < 2) return;
  caption(ui, "Findings of this cause");
  for (const FindingId id : cause->findings) {
    const Finding* finding = state.data->finding(id);
    if (finding == nullptr) continue;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    const float height = ui.size(Size::row);
    const std::string name = "finding-row-" + std::to_string(id.value);
    if (click_area(name.c_str(), {width, height})) ui.act(SelectFinding{id});
    ui.mark(name, {at, {at.x + width, at.y + height}});
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool current = id == shown.id;
    if (ImGui::IsItemHovered() || current) {
      list.AddRectFilled(at, {at.x + width, at.y + height}, ui.color(current ? Color::card_selected : Color::card_hover),
                         ui.theme.px(4));
    }
    const float middle = at.y + height / 2;
    const float icon = ui.theme.px(13);
    draw_icon(list, icon_of(finding->severity), {at.x + ui.theme.px(6) + icon / 2, middle}, icon,
              ui.theme.severity(finding->severity), ui.color(Color::panel));
    const float x = at.x + ui.theme.px(28);
    text_at(list, ui.fonts.body, x, middle, ui.color(Color::text),
            elided(ui.fonts.body, finding->title, at.x + width - x - ui.theme.px(6)));
  }
}

void draw_finding(const UiState& state, const Ui& ui, const Finding& finding) {
  heading(ui, icon_of(finding.severity), ui.theme.severity(finding.severity), finding.title);
  chips(state, ui, finding);
  paragraph(ui.fonts.body, ui.color(Color::text), finding.explanation);
  remedy_box(ui, finding);
  if (!finding.evidence.empty()) {
    caption(ui, "Evidence");
    for (const EvidenceRef& ref : finding.evidence) evidence_row(state, ui, ref);
  }
  missing_rows(state, ui, finding);
  draw_beliefs(state, ui);
  numbers(ui, finding);
  searched_rows(state, ui, finding);
  if (!finding.clears_if.empty()) {
    caption(ui, "This would clear it");
    paragraph(ui.fonts.body, ui.color(Color::text_muted), finding.clears_if);
  }
  other_findings(state, ui, finding);
}

// What can be done with the selection, right aligned in the header as far as there is room: keys do the same.
void draw_buttons(const UiState& state, const Ui& ui, const Rect& header, float left) {
  const float middle = (header.min.y + header.max.y) / 2;
  float right = header.max.x - ui.theme.px(6);
  right -= button_width(ui, "Copy");
  if (right < left) return;
  if (button(ui, "details-copy", "Copy", {right, middle}, ButtonLook::quiet)) ImGui::OpenPopup("copy-popup");
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.theme.px(6), ui.theme.px(6)));
  ImGui::SetNextWindowPos({right, header.max.y});
  if (ImGui::BeginPopup("copy-popup", ImGuiWindowFlags_NoMove)) {
    constexpr std::array<std::pair<const char*, CopyFormat>, 3> kFormats = {
        {{"as text", CopyFormat::text}, {"as Markdown", CopyFormat::markdown}, {"as JSON", CopyFormat::json}}};
    for (const auto& [label, format] : kFormats) {
      const ImVec2 at = ImGui::GetCursorScreenPos();
      if (button(ui, label, label, {at.x, at.y + ui.theme.px(14)}, ButtonLook::quiet)) {
        ui.act(CopySelection{format});
        ImGui::CloseCurrentPopup();
      }
      ImGui::SetCursorScreenPos(at);
      ImGui::Dummy({ui.theme.px(120), ui.theme.px(28)});
    }
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar();
  const float note_w = button_width(ui, "Note");
  if (right - note_w < left) return;
  if (button(ui, "details-note", "Note", {right - note_w, middle}, ButtonLook::quiet)) ui.act(ShowOverlay{Overlay::note});
  right -= note_w;
  const float aside_w = button_width(ui, "Not a problem…");
  if (selected_finding(state) == nullptr || right - aside_w < left) return;
  if (button(ui, "details-aside", "Not a problem…", {right - aside_w, middle}, ButtonLook::quiet)) {
    ui.act(ShowOverlay{Overlay::not_a_problem});
  }
}

}  // namespace

void draw_facts(const Ui& ui, const Facts& facts) {
  if (!facts.title.empty()) paragraph(ui.fonts.heading, ui.color(Color::text), facts.title);
  if (!facts.sentence.empty()) paragraph(ui.fonts.body, ui.color(Color::text), facts.sentence);
  ImGui::Dummy({0, ui.theme.px(4)});
  float name_w = 0;
  for (const auto& [name, value] : facts.rows) name_w = std::max(name_w, text_width(ui.fonts.body, name));
  for (const auto& [name, value] : facts.rows) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    text_at(*ImGui::GetWindowDrawList(), ui.fonts.body, at.x, at.y + ui.fonts.body.size * 0.69F, ui.color(Color::text_muted),
            name);
    ImGui::Indent(name_w + ui.theme.px(18));
    paragraph(ui.fonts.body, ui.color(Color::text), value);
    ImGui::Unindent(name_w + ui.theme.px(18));
  }
}

void draw_details(const UiState& state, const Ui& ui, const Rect& rect) {
  begin_panel(ui, "details", rect);
  const Rect header = panel_header(ui, "");
  const ImVec2 below = ImGui::GetCursorScreenPos();
  float x = header.min.x + ui.size(Size::padding);
  const bool rule = state.details_tab == DetailsTab::rule;
  if (tab(ui, header, x, "Details", "", !rule)) ui.act(ShowDetails{DetailsTab::story});
  if (tab(ui, header, x, "Rule", "", rule)) ui.act(ShowDetails{DetailsTab::rule});
  if (ui.side.empty()) draw_buttons(state, ui, header, x);
  ImGui::SetCursorScreenPos(below);
  const Finding* finding = selected_finding(state);
  // Its own id for each thing shown, so that each keeps its own scroll position and a new one begins at its top.
  std::string id = finding != nullptr ? "details-f" + std::to_string(finding->id.value)
                                      : "details-l" + std::to_string(state.selection.lane) + "-" +
                                            std::to_string(state.selection.upload.value_or(UploadId{}).value);
  if (state.event) id += "-e" + std::to_string(state.event->event.id.value);
  begin_body(ui, (id + (rule ? "-rule" : "")).c_str());
  if (rule) {
    draw_rule_body(state, ui);
  } else {
    if (state.event) draw_event_card(state, ui);
    if (finding != nullptr) {
      draw_finding(state, ui, *finding);
    } else {
      Facts facts = facts_of(state);
      draw_facts(ui, {facts.title, facts.sentence, {}});
      draw_beliefs(state, ui);
      draw_facts(ui, {"", "", std::move(facts.rows)});
    }
  }
  end_body();
  end_panel();
}

}  // namespace uptrail::viewer
