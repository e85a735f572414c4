// Nothing is open yet: an invitation, how far loading is, or what went wrong and what to do.
#include <algorithm>
#include <cmath>

#include "collector/base/text.h"
#include "viewer/load/names.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/panels.h"

namespace uptrail::viewer {

namespace {

constexpr const char* kWhatToDrop =
    "A log, an .uptrail case, or nsurlsessiond’s tasks.sqlite. Several files at once become one timeline.";
constexpr const char* kHowTo[] = {"uptrail howto device", "uptrail howto simulator", "uptrail howto sysdiagnose",
                                  "uptrail howto instrument"};
constexpr const char* kHowToWhat[] = {"capture from an iPhone", "capture from the simulator", "what a customer can send you",
                                      "the one line that makes callbacks visible"};

void centred(const Ui& ui, const Face& face, Color ink, const Rect& rect, float y, const std::string& text) {
  text_at(*ImGui::GetWindowDrawList(), face, rect.centre().x - text_width(face, text) / 2, y, ui.color(ink), text);
}

constexpr std::size_t kRecentShown = 6;

std::string names_of(const std::vector<std::string>& paths) {
  std::string out;
  for (const std::string& path : paths) out += (out.empty() ? "" : ", ") + file_name(path);
  return out;
}

// Where they are, when they are all in one folder; else how many there are.
std::string folder_of(const std::vector<std::string>& paths) {
  const auto folder = [](const std::string& path) { return path.substr(0, std::min(path.rfind('/'), path.size())); };
  const std::string first = folder(paths.front());
  const bool same = std::all_of(paths.begin(), paths.end(), [&](const std::string& path) { return folder(path) == first; });
  return same ? first : count_of(paths.size(), "file", "files");
}

float recent_height(const UiState& state, const Ui& ui) {
  const std::size_t rows = std::min(state.recent.size(), kRecentShown);
  return rows == 0 ? 0 : ui.theme.px(46) + ui.theme.px(30) * static_cast<float>(rows);
}

// What was opened before; a click opens it again.
void draw_recent(const UiState& state, const Ui& ui, const Rect& box) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float row = ui.theme.px(30);
  const float x = box.min.x + ui.theme.px(40);
  const float width = box.width() - ui.theme.px(80);
  float y = box.max.y - recent_height(state, ui);
  list.AddRectFilled({x, y}, {x + width, y + 1}, ui.color(Color::border));
  text_at(list, ui.fonts.small, x + ui.theme.px(8), y + ui.theme.px(18), ui.color(Color::text_muted), "Open again");
  y += ui.theme.px(32);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGui::SetCursorScreenPos({x, y});
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ImVec4(0, 0, 0, 0));
  ImGui::BeginChild("recent", {width, row * static_cast<float>(kRecentShown)}, 0, ImGuiWindowFlags_NoScrollbar);
  for (std::size_t i = 0; i < std::min(state.recent.size(), kRecentShown); ++i) {
    const auto& paths = state.recent[i];
    Rect rect;
    if (list_row(ui, "recent-" + std::to_string(i), row, false, rect)) ui.act(OpenPaths{paths});
    ImDrawList& rows = *ImGui::GetWindowDrawList();
    const float icon = ui.theme.px(14);
    draw_icon(rows, Icon::file, {rect.min.x + ui.theme.px(8) + icon / 2, rect.centre().y}, icon, ui.color(Color::text_muted),
              ui.color(Color::panel));
    const float from = rect.min.x + ui.theme.px(32);
    const float room = rect.max.x - ui.theme.px(8) - from;
    const float behind = text_at(rows, ui.fonts.body, from, rect.centre().y, ui.color(Color::text),
                                 elided(ui.fonts.body, names_of(paths), room * 0.6F));
    const std::string where = elided_front(ui.fonts.small, folder_of(paths), rect.max.x - behind - ui.theme.px(24));
    text_at(rows, ui.fonts.small, rect.max.x - ui.theme.px(8) - text_width(ui.fonts.small, where), rect.centre().y,
            ui.color(Color::text_muted), where);
  }
  ImGui::EndChild();
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
}

void draw_invitation(const UiState& state, const Ui& ui, const Rect& rect) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float width = std::min(rect.width() - ui.theme.px(40), ui.theme.px(640));
  const bool room = rect.height() >= ui.theme.px(330) + recent_height(state, ui);
  const float height = ui.theme.px(330) + (room ? recent_height(state, ui) : 0);
  const ImVec2 c = rect.centre();
  const Rect box{{std::round(c.x - width / 2), std::round(c.y - height / 2)},
                 {std::round(c.x + width / 2), std::round(c.y + height / 2)}};
  list.AddRectFilled(box.min, box.max, ui.color(Color::panel), ui.theme.px(12));
  list.AddRect(box.min, box.max, ui.color(Color::border), ui.theme.px(12), 0, ui.theme.px(1.5F));
  ui.mark("invitation", box);
  const float icon = ui.theme.px(44);
  draw_icon(list, Icon::drop, {c.x, box.min.y + ui.theme.px(58)}, icon, ui.color(Color::accent), ui.color(Color::panel));
  centred(ui, ui.fonts.title, Color::text, rect, box.min.y + ui.theme.px(112), "Drop a capture here");
  centred(ui, ui.fonts.body, Color::text_muted, rect, box.min.y + ui.theme.px(142),
          elided(ui.fonts.body, kWhatToDrop, width - ui.theme.px(40)));
  list.AddRectFilled({box.min.x + ui.theme.px(40), box.min.y + ui.theme.px(176)},
                     {box.max.x - ui.theme.px(40), box.min.y + ui.theme.px(176) + 1}, ui.color(Color::border));
  float y = box.min.y + ui.theme.px(204);
  const float x = box.min.x + ui.theme.px(88);
  for (std::size_t i = 0; i < std::size(kHowTo); ++i) {
    text_at(list, ui.fonts.mono, x, y, ui.color(Color::accent), kHowTo[i]);
    text_at(list, ui.fonts.body, x + ui.theme.px(226), y, ui.color(Color::text_muted), kHowToWhat[i]);
    y += ui.theme.px(27);
  }
  if (room && !state.recent.empty()) draw_recent(state, ui, box);
}

bool text_button(const Ui& ui, const char* id, const char* label, ImVec2 centre) {
  const ImVec2 half(text_width(ui.fonts.semibold, label) / 2 + ui.theme.px(18), ui.theme.px(16));
  const Rect rect{{centre.x - half.x, centre.y - half.y}, {centre.x + half.x, centre.y + half.y}};
  ImGui::SetCursorScreenPos(rect.min);
  const bool pressed = click_area(id, {rect.width(), rect.height()});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(rect.min, rect.max, ui.color(ImGui::IsItemHovered() ? Color::card_hover : Color::raised),
                     ui.size(Size::radius));
  list.AddRect(rect.min, rect.max, ui.color(Color::border), ui.size(Size::radius));
  text_at(list, ui.fonts.semibold, rect.min.x + ui.theme.px(18), centre.y, ui.color(Color::text), label);
  ui.mark(id, rect);
  return pressed;
}

void draw_progress(const UiState& state, const Ui& ui, const Rect& rect) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 c = rect.centre();
  centred(ui, ui.fonts.title, Color::text, rect, c.y - ui.theme.px(52),
          "Opening " + elided(ui.fonts.title, names_of(state.load.paths), ui.theme.px(520)));
  const float half = ui.theme.px(220);
  const float y = c.y - ui.theme.px(14);
  const float height = ui.theme.px(6);
  list.AddRectFilled({c.x - half, y}, {c.x + half, y + height}, ui.color(Color::raised), height / 2);
  const auto share = static_cast<float>(state.load.share.value_or(0.0));
  if (share > 0)
    list.AddRectFilled({c.x - half, y}, {c.x - half + 2 * half * share, y + height}, ui.color(Color::accent), height / 2);
  centred(ui, ui.fonts.body, Color::text_muted, rect, y + ui.theme.px(26), state.load.what);
  if (text_button(ui, "cancel", "Cancel", {c.x, y + ui.theme.px(72)})) ui.act(CancelLoad{});
}

void draw_failure(const UiState& state, const Ui& ui, const Rect& rect) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const Error& error = state.load.error;
  const float width = std::min(rect.width() - ui.theme.px(40), ui.theme.px(640));
  const ImVec2 c = rect.centre();
  const float left = c.x - width / 2;
  const float icon = ui.theme.px(40);
  const float top = c.y - ui.theme.px(130);
  draw_icon(list, Icon::error, {c.x, top}, icon, ui.color(Color::error), ui.color(Color::window));
  centred(ui, ui.fonts.title, Color::text, rect, top + ui.theme.px(48), "This could not be opened");
  ImGui::SetCursorScreenPos({left, top + ui.theme.px(78)});
  ImGui::BeginChild("failure", {width, ui.theme.px(150)}, 0, ImGuiWindowFlags_NoBackground);
  std::string where = error.path;
  if (error.offset) where += ", byte " + std::to_string(*error.offset);
  paragraph(ui.fonts.mono, ui.color(Color::text_muted), where);
  paragraph(ui.fonts.body, ui.color(Color::text), error.message);
  const std::string advice =
      !error.hint.empty() ? error.hint : "Run “uptrail formats FILE” to see what was recognised and why the rest was not.";
  paragraph(ui.fonts.body, ui.color(Color::accent), advice);
  ImGui::EndChild();
  ui.mark("failure", {{left, top}, {left + width, top + ui.theme.px(228)}});
  centred(ui, ui.fonts.body, Color::text_muted, rect, top + ui.theme.px(250), "Drop another file to try again");
}

}  // namespace

void draw_empty(const UiState& state, const Ui& ui, const Rect& rect) {
  switch (state.load.phase) {
    case LoadPhase::loading:
      return draw_progress(state, ui, rect);
    case LoadPhase::failed:
      return draw_failure(state, ui, rect);
    default:
      return draw_invitation(state, ui, rect);
  }
}

}  // namespace uptrail::viewer
