#include "viewer/panels/commands.h"

#include <algorithm>

#include "collector/base/text.h"
#include "viewer/load/names.h"
#include "viewer/panels/widgets.h"

namespace uptrail::viewer {

namespace {

constexpr Shortcut plain(Key key) { return {key, false, false, 0}; }
constexpr Shortcut ctrl(Key key) { return {key, true, false, 0}; }
constexpr Shortcut ctrl_shift(Key key) { return {key, true, true, 0}; }
constexpr Shortcut typed(char c) { return {Key::escape, false, false, c}; }

constexpr bool kAlways = false;  // needs_case

std::vector<Command> make_commands() {
  return {
      {"go.next", "Go to", "Next cause or finding", plain(Key::n), StepCause{1}, true, true},
      {"go.previous", "Go to", "Previous cause or finding", plain(Key::p), StepCause{-1}, true, true},
      {"go.back", "Go to", "Back, step by step", plain(Key::escape), GoBack{}, kAlways, false, true},
      {"go.search", "Go to", "Search everything", ctrl(Key::f), FocusField{Field::search}, true, false, true},
      {"go.next_hit", "Go to", "Next search result", ctrl(Key::g), StepHit{1}, true, true, true},
      {"go.previous_hit", "Go to", "Previous search result", ctrl_shift(Key::g), StepHit{-1}, true, true, true},
      {"go.uploads", "Go to", "Uploads", plain(Key::one), ShowTab{LeftTab::uploads}},
      {"go.sources", "Go to", "Sources", plain(Key::two), ShowTab{LeftTab::sources}},
      {"go.notes", "Go to", "Notes", plain(Key::four), ShowTab{LeftTab::notes}},
      {"go.rule", "Go to", "The rule's page", plain(Key::r), ShowDetails{DetailsTab::rule}},
      {"go.story", "Go to", "The story of what is selected", plain(Key::e), ShowDetails{DetailsTab::story}},
      {"view.frame", "View", "Frame the selection", plain(Key::f), FrameSelection{}},
      {"view.whole", "View", "Show the whole capture", plain(Key::zero), FrameWhole{}},
      {"view.undo", "View", "Undo the last change of the view", ctrl(Key::z), UndoView{}, true, true},
      {"view.redo", "View", "Redo the change of the view", ctrl_shift(Key::z), RedoView{}, true, true},
      {"filter.focus", "Filter", "Filter by text", typed('/'), FocusField{Field::filter}},
      {"filter.view", "Filter", "Only the visible time", plain(Key::v), FilterToView{}},
      {"filter.clear", "Filter", "Show everything again", plain(Key::x), SetFilter{}},
      {"filter.group", "Filter", "Group by cause or by rule", plain(Key::g), ToggleGrouping{}},
      {"mark.note", "Mark", "Bookmark, or note at what is selected", plain(Key::b), ShowOverlay{Overlay::note}},
      {"mark.not_a_problem", "Mark", "Not a problem…", plain(Key::i), ShowOverlay{Overlay::not_a_problem}},
      {"mark.export", "Mark", "Save what is no problem as a rules file for uptrail check", std::nullopt, ExportIgnored{}},
      {"copy.text", "Copy", "Copy the selection as text", ctrl(Key::c), CopySelection{CopyFormat::text}},
      {"copy.markdown", "Copy", "Copy the selection as Markdown", ctrl_shift(Key::c), CopySelection{CopyFormat::markdown}},
      {"copy.json", "Copy", "Copy the selection as JSON", std::nullopt, CopySelection{CopyFormat::json}},
      {"look.theme", "Look", "Dark or light", plain(Key::t), ToggleTheme{}, kAlways},
      {"look.larger", "Look", "Larger text", ctrl(Key::equal), ScaleText{1}, kAlways, true, true},
      {"look.smaller", "Look", "Smaller text", ctrl(Key::minus), ScaleText{-1}, kAlways, true, true},
      {"look.normal", "Look", "Text at 100 %", ctrl(Key::zero), ScaleText{0}, kAlways, false, true},
      {"app.palette", "Program", "All commands", ctrl(Key::p), ShowOverlay{Overlay::palette}, kAlways, false, true},
      {"app.keys", "Program", "List of keys", typed('?'), ShowOverlay{Overlay::keys}, kAlways},
      {"app.settings", "Program", "Settings", ctrl(Key::comma), ShowOverlay{Overlay::settings}, kAlways, false, true},
      {"app.quit", "Program", "Quit", ctrl(Key::q), Quit{}, kAlways, false, true},
  };
}

bool is_word_start(std::string_view text, std::size_t at) {
  return at == 0 || text[at - 1] == ' ' || text[at - 1] == '-' || text[at - 1] == '/' || text[at - 1] == '.';
}

std::string path_list(const std::vector<std::string>& paths) {
  std::string out;
  for (const std::string& path : paths) out += (out.empty() ? "" : ", ") + file_name(path);
  return out;
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> kAll = make_commands();
  return kAll;
}

const Command* find_command(std::string_view id) {
  const auto& all = commands();
  const auto at = std::find_if(all.begin(), all.end(), [&](const Command& c) { return c.id == id; });
  return at == all.end() ? nullptr : &*at;
}

std::string keys_text(const Command& command) {
  if (!command.keys) return "";
  const Shortcut& s = *command.keys;
  if (s.character != 0) return std::string(1, s.character);
  std::string text = std::string(s.ctrl ? "Ctrl+" : "") + (s.shift ? "Shift+" : "");
  switch (s.key) {
    case Key::escape:
      return text + "Esc";
    case Key::enter:
      return text + "Enter";
    case Key::backspace:
      return text + "Backspace";
    case Key::equal:
      return text + "+";
    default:
      break;
  }
  if (s.key < Key::escape) text += kKeyChars[static_cast<std::size_t>(s.key)];
  return text;
}

const std::vector<Gesture>& gestures() {
  static const std::vector<Gesture> kAll = {{"W  S", "zoom in, out"},           {"A  D", "pan left, right"},
                                            {"wheel", "zoom at the cursor"},    {"Shift+wheel", "pan"},
                                            {"Ctrl+wheel", "scroll the lanes"}, {"drag", "pan and scroll"}};
  return kAll;
}

std::optional<int> fuzzy_score(std::string_view typed, std::string_view title) {
  const std::string want = to_lower_ascii(typed);
  const std::string in = to_lower_ascii(title);
  if (const auto whole = in.find(want); whole != std::string::npos) {
    return 1000 - static_cast<int>(std::min<std::size_t>(whole, 99)) + (is_word_start(in, whole) ? 200 : 0);
  }
  int score = 0;
  std::size_t at = 0;
  for (const char c : want) {
    if (c == ' ') continue;
    const std::size_t found = in.find(c, at);
    if (found == std::string::npos) return std::nullopt;
    if (is_word_start(in, found)) score += 12;
    score -= static_cast<int>(std::min<std::size_t>(found - at, 9));
    at = found + 1;
  }
  return score;
}

std::vector<PaletteEntry> palette_entries(const UiState& state, std::string_view typed) {
  std::vector<PaletteEntry> all;
  for (const Command& c : commands()) {
    if (c.needs_case && !state.data) continue;
    if (c.id == "app.palette") continue;
    all.push_back({std::string(c.title), std::string(c.group), keys_text(c), c.action});
  }
  for (const auto& paths : state.recent) all.push_back({path_list(paths), "Open again", "", OpenPaths{paths}});
  std::vector<std::pair<int, std::size_t>> order;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto score = fuzzy_score(trim(typed), all[i].title);
    const auto with_group = fuzzy_score(trim(typed), all[i].group + " " + all[i].title);
    if (score || with_group) order.emplace_back(-std::max(score.value_or(-1000), with_group.value_or(-1000) - 20), i);
  }
  if (!trim(typed).empty()) std::sort(order.begin(), order.end());
  std::vector<PaletteEntry> out;
  out.reserve(order.size());
  for (const auto& [score, i] : order) out.push_back(std::move(all[i]));
  return out;
}

}  // namespace uptrail::viewer
