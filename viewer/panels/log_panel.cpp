// Raw lines of one source around the current one, as they stand in the file.
#include <algorithm>
#include <set>

#include "collector/base/text.h"
#include "viewer/load/names.h"
#include "viewer/load/text_match.h"
#include "viewer/panels/panels.h"

namespace uptrail::viewer {

namespace {

constexpr std::size_t kMaxShownBytes = 4000;  // of one line; the rest is in the file

std::set<std::uint64_t> evidence_lines(const UiState& state) {
  std::set<std::uint64_t> out;
  const Finding* finding = selected_finding(state);
  if (finding == nullptr) return out;
  for (const EvidenceRef& ref : finding->evidence) {
    const EvidenceLine* at = state.data->evidence_of(ref.event);
    if (at != nullptr && at->source == state.log.source) out.insert(at->span.line);
  }
  return out;
}

std::optional<Interval> looked_through(const UiState& state) {
  const auto& searched = state.timeline.searched;
  const Source* source = state.data->source(state.log.source);
  if (!searched || source == nullptr) return std::nullopt;
  for (const Stream& s : state.data->streams) {
    if (s.id != searched->stream || s.source != source->id) continue;
    const DurationNs offset = source->clock_info.offset;
    return Interval{searched->span.start - offset, searched->span.end == kTimeMax ? kTimeMax : searched->span.end - offset};
  }
  return std::nullopt;
}

// A record of several lines is shown as one.
std::string shown(const std::string& text) {
  std::string out = ellipsize(text, kMaxShownBytes);
  std::replace(out.begin(), out.end(), '\n', ' ');
  std::replace(out.begin(), out.end(), '\t', ' ');
  return out;
}

struct LogRows {
  const UiState& state;
  const Ui& ui;
  std::set<std::uint64_t> evidence;
  float row = 0;
  float gutter = 0;
  TextMatch searched{""};
  std::optional<Interval> looked_through{};  // on the source's clock: what a finding searched, while that is shown

  // What is searched for, on a coloured ground.
  void mark_matches(ImDrawList& list, float x, float middle, const std::string& text) const {
    if (searched.empty()) return;
    const std::string_view all(text);
    for (std::size_t from = 0; from < all.size();) {
      const std::size_t at = searched.find(all.substr(from));
      if (at == std::string_view::npos) return;
      const float left = x + text_width(ui.fonts.mono, all.substr(0, from + at));
      const float right = left + text_width(ui.fonts.mono, all.substr(from + at, searched.size()));
      list.AddRectFilled({left, middle - row * 0.4F}, {right, middle + row * 0.4F},
                         faded(ui.color(Color::log_current_edge), 0.35F));
      from += at + searched.size();
    }
  }

  void draw(const RawLine& line, bool gap_above) const {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float left = ImGui::GetWindowPos().x;
    const float right = left + ImGui::GetWindowWidth();
    const float middle = at.y + row / 2;
    const std::string text = shown(line.text);
    const float width = gutter + text_width(ui.fonts.mono, text) + ui.theme.px(20);
    const std::string id = "log-" + std::to_string(line.span.line);
    if (click_area(id.c_str(), {std::max(width, right - at.x), row})) {
      ui.act(ShowLine{line.source, line.span.line});
      ui.act(ShowEvent{line.is_event ? line.event : EventId{}});
    }
    const bool current = line.span.line == state.log.line && line.span.line > 0;
    const bool proof = evidence.contains(line.span.line);
    if (current || proof) {
      list.AddRectFilled({left, at.y}, {right, at.y + row}, ui.color(current ? Color::log_current : Color::log_evidence));
    } else if (ImGui::IsItemHovered()) {
      list.AddRectFilled({left, at.y}, {right, at.y + row}, ui.color(Color::lane_hover));
    }
    const bool looked = looked_through && line.t_src && looked_through->contains(*line.t_src);
    if (current || looked) {
      list.AddRectFilled({left, at.y}, {left + ui.theme.px(3), at.y + row},
                         ui.color(current ? Color::log_current_edge : Color::accent));
    }
    if (gap_above) list.AddRectFilled({left, at.y}, {right, at.y + 1}, ui.color(Color::border));
    ui.mark(id, {{left, at.y}, {right, at.y + row}});
    mark_matches(list, at.x + gutter, middle, text);
    const std::string number = line.span.line > 0 ? std::to_string(line.span.line) : "";
    text_at(list, ui.fonts.mono, at.x + gutter - ui.theme.px(12) - text_width(ui.fonts.mono, number), middle,
            ui.color(current ? Color::log_current_edge : Color::log_line_number), number);
    text_at(list, ui.fonts.mono, at.x + gutter, middle,
            ui.color(line.is_event || current || proof ? Color::log_event : Color::log_context), text);
  }
};

void more_row(const Ui& ui, const char* id, const char* text, float row, ShowLine target) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = std::max(1.0F, ImGui::GetWindowWidth());
  if (click_area(id, {width, row})) ui.act(target);
  ui.mark(id, {at, {at.x + width, at.y + row}});
  text_at(*ImGui::GetWindowDrawList(), ui.fonts.small, at.x + ui.size(Size::padding), at.y + row / 2,
          ui.color(ImGui::IsItemHovered() ? Color::accent : Color::text_muted), text);
}

void draw_rows(const UiState& state, const Ui& ui, const LogPage& page) {
  LogRows rows{state, ui, evidence_lines(state), ui.fonts.mono.size + ui.theme.px(7), 0, TextMatch(""), std::nullopt};
  rows.searched = TextMatch(state.search.text);
  rows.looked_through = looked_through(state);
  rows.gutter = ui.theme.px(22) + text_width(ui.fonts.mono, std::to_string(page.lines.back().span.line));
  const float top = page.at_start ? 0 : rows.row;
  if (!page.at_start)
    more_row(ui, "log-earlier", "Earlier lines…", rows.row,
             {page.source, std::max<std::uint64_t>(page.lines.front().span.line, 2) - 1});
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(page.lines.size()), rows.row);
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const bool gap = at > 0 && page.lines[at].span.line > page.lines[at - 1].span.line + 1;
      rows.draw(page.lines[at], gap);
    }
  }
  clipper.End();
  if (!page.at_end) more_row(ui, "log-later", "Later lines…", rows.row, {page.source, page.lines.back().span.line + 1});
  if (!state.log.scroll_to) return;
  const auto at = std::lower_bound(page.lines.begin(), page.lines.end(), state.log.line,
                                   [](const RawLine& line, std::uint64_t number) { return line.span.line < number; });
  const float y = top + static_cast<float>(at - page.lines.begin()) * rows.row;
  ImGui::SetScrollY(std::max(0.0F, y - ImGui::GetWindowHeight() * 0.4F));
  ImGui::SetScrollX(0);
  ui.act(LogScrolled{});
}

}  // namespace

void draw_log(const UiState& state, const Ui& ui, const Rect& rect) {
  begin_panel(ui, "log", rect);
  const Source* source = state.data->source(state.log.source);
  std::string note;
  if (source != nullptr)
    note = file_name(source->path) + (state.log.line > 0 ? "  ·  line " + std::to_string(state.log.line) : "");
  if (state.log.page && state.log.page->filtered) note += "  ·  only lines that pass the filter";
  if (state.log.page && !state.log.page->problem.empty()) note = state.log.page->problem;
  panel_header(ui, "Log", note);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ImVec4(0, 0, 0, 0));
  ImGui::BeginChild("log-body", {0, 0}, 0, ImGuiWindowFlags_HorizontalScrollbar);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
  if (state.log.page && !state.log.page->lines.empty()) {
    draw_rows(state, ui, *state.log.page);
  } else {
    ImGui::SetCursorPos({ui.size(Size::padding), ui.size(Size::gap)});
    const char* text = state.log.requested ? "Reading…" : "Pick a line of evidence to see it in its log.";
    paragraph(
        ui.fonts.body, ui.color(Color::text_muted),
        state.log.page ? (state.log.page->filtered ? "No line passes the filter." : "No line of this source was kept.") : text);
  }
  ImGui::EndChild();
  end_panel();
}

}  // namespace uptrail::viewer
