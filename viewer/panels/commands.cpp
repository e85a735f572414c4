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
constexpr Shortcut shifted(Key key) { return {key, false, true, 0}; }
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
      {"go.query", "Go to", "SQL over the case", plain(Key::three), ShowTab{LeftTab::query}},
      {"go.notes", "Go to", "Notes", plain(Key::four), ShowTab{LeftTab::notes}},
      {"go.stores", "Go to", "Persisted stores", plain(Key::five), ShowTab{LeftTab::stores}},
      {"go.rule", "Go to", "The rule's page", plain(Key::r), ShowDetails{DetailsTab::rule}},
      {"go.story", "Go to", "The story of what is selected", plain(Key::e), ShowDetails{DetailsTab::story}},
      {"view.frame", "View", "Frame the selection", plain(Key::f), FrameSelection{}},
      {"view.whole", "View", "Show the whole capture", plain(Key::zero), FrameWhole{}},
      {"view.undo", "View", "Undo the last change of the view", ctrl(Key::z), UndoView{}, true, true},
      {"view.redo", "View", "Redo the change of the view", ctrl_shift(Key::z), RedoView{}, true, true},
      {"lane.previous", "Timeline", "Select the lane above", plain(Key::up), DoLanes{LaneStep::previous}, true, true},
      {"lane.next", "Timeline", "Select the lane below", plain(Key::down), DoLanes{LaneStep::next}, true, true},
      {"lane.collapse", "Timeline", "Fold or open the family of the lane", plain(Key::c), DoLanes{LaneStep::collapse}},
      {"lane.collapse_all", "Timeline", "Fold all sessions, or open all", shifted(Key::c), DoLanes{LaneStep::collapse_all}},
      {"lane.pin", "Timeline", "Keep the lane on top, or no longer", plain(Key::k), DoLanes{LaneStep::pin}},
      {"lane.hide", "Timeline", "Hide the lane", plain(Key::h), DoLanes{LaneStep::hide}},
      {"lane.show_hidden", "Timeline", "Show hidden lanes again", shifted(Key::h), DoLanes{LaneStep::show_hidden}},
      {"lane.sort", "Timeline", "Sort lanes by time, duration, severity, size", plain(Key::o), DoLanes{LaneStep::sort}},
      {"lane.findings", "Timeline", "Only lanes with findings", plain(Key::j), DoLanes{LaneStep::only_findings}},
      {"lane.filter", "Timeline", "Filter lanes by name", shifted(Key::f), FocusField{Field::lanes}},
      {"lane.fold_idle", "Timeline", "Fold long idle stretches", plain(Key::y), DoLanes{LaneStep::fold_idle}},
      {"lane.measure", "Timeline", "Measure the lane, or what is shown", plain(Key::m), DoLanes{LaneStep::measure}},
      {"filter.focus", "Filter", "Filter by text", typed('/'), FocusField{Field::filter}},
      {"filter.view", "Filter", "Only the visible time", plain(Key::v), FilterToView{}},
      {"filter.clear", "Filter", "Show everything again", plain(Key::x), SetFilter{}},
      {"filter.group", "Filter", "Group by cause or by rule", plain(Key::g), ToggleGrouping{}},
      {"query.run", "SQL", "Run the statement", ctrl(Key::enter), RunQuery{}, true, false, true},
      {"query.cancel", "SQL", "Cancel the statement", std::nullopt, CancelQuery{}},
      {"query.schema", "SQL", "Tables and columns of the case", std::nullopt, ShowQueryPage{QueryPage::schema}},
      {"query.examples", "SQL", "Example statements", std::nullopt, ShowQueryPage{QueryPage::examples}},
      {"query.history", "SQL", "Statements that were run", std::nullopt, ShowQueryPage{QueryPage::history}},
      {"query.forget", "SQL", "Forget the statements that were run", std::nullopt, ForgetQueries{}},
      {"query.copy_text", "SQL", "Copy the result as text", std::nullopt, CopyTable{TableFormat::text}},
      {"query.copy_csv", "SQL", "Copy the result as CSV", std::nullopt, CopyTable{TableFormat::csv}},
      {"query.copy_json", "SQL", "Copy the result as JSON", std::nullopt, CopyTable{TableFormat::json}},
      {"query.copy_markdown", "SQL", "Copy the result as Markdown", std::nullopt, CopyTable{TableFormat::markdown}},
      {"store.next", "Stores", "Next store", std::nullopt, StepStore{1}},
      {"store.previous", "Stores", "Previous store", std::nullopt, StepStore{-1}},
      {"store.next_row", "Stores", "Next row of the store", plain(Key::period), StepStoreRow{1}, true, true},
      {"store.previous_row", "Stores", "Previous row of the store", plain(Key::comma), StepStoreRow{-1}, true, true},
      {"store.filter", "Stores", "Filter the rows of the store", shifted(Key::five), FocusField{Field::stores}},
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
      {"app.compare", "Program", "Compare with another trace…", ctrl(Key::d), ShowOverlay{Overlay::compare}, true, false, true},
      {"app.compare_end", "Program", "End the comparison", std::nullopt, EndComparison{}},
      {"app.compare_time", "Program", "Compare by first tasks or by the same time", std::nullopt, ShareTime{}},
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
    case Key::up:
      return text + "Up";
    case Key::down:
      return text + "Down";
    default:
      break;
  }
  if (s.key < Key::escape) text += kKeyChars[static_cast<std::size_t>(s.key)];
  return text;
}

const std::vector<Gesture>& gestures() {
  static const std::vector<Gesture> kAll = {{"W  S", "zoom in, out"},           {"A  D", "pan left, right"},
                                            {"wheel", "zoom at the cursor"},    {"Shift+wheel", "pan"},
                                            {"Ctrl+wheel", "scroll the lanes"}, {"drag", "pan and scroll"},
                                            {"Shift+drag", "zoom to the band"}, {"drag ruler", "measure a range"},
                                            {"drag strip", "move the view"}};
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
  for (std::size_t i = 1; i < state.recent.size() && state.data; ++i) {
    all.push_back({path_list(state.recent[i]), "Compare with", "", CompareWith{state.recent[i]}});
  }
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
