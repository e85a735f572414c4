// What the window shows, and what the user can do to it. Panels read UiState and return Actions; only apply() changes it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "collector/timeline/layout.h"
#include "viewer/load/load_status.h"
#include "viewer/load/loaded_case.h"
#include "viewer/theme/theme.h"

namespace uptrail::viewer {

// -- what the user did
struct SelectCause {
  CauseId cause;
};
struct SelectFinding {
  FindingId finding;
};
struct SelectUpload {
  UploadId upload;
};
struct SelectLane {
  std::uint32_t lane = timeline::kNoLane;
};
struct StepCause {
  int step = 1;
};
struct ShowLine {  // in the log panel
  SourceId source;
  std::uint64_t line = 0;
};
struct LogScrolled {};  // the log stands where it was asked to
struct ShowView {
  timeline::TimeScale scale;
  double scroll_y = 0;
};
struct FrameSelection {};
struct FrameWhole {};
struct GoBack {};
struct ToggleTheme {};
struct ToggleHelp {};
struct CancelLoad {};
struct DismissError {};
enum class LeftTab : std::uint8_t { uploads, sources };
struct ShowTab {
  LeftTab tab = LeftTab::uploads;
};
struct MoveSplitter {
  enum class Which : std::uint8_t { left, causes, timeline, details } which = Which::left;
  float share = 0.5F;
};

using Action =
    std::variant<SelectCause, SelectFinding, SelectUpload, SelectLane, StepCause, ShowLine, LogScrolled, ShowView, FrameSelection,
                 FrameWhole, GoBack, ToggleTheme, ToggleHelp, CancelLoad, DismissError, ShowTab, MoveSplitter>;
using Actions = std::vector<Action>;

// -- what is shown
struct Splitters {
  float left = 0.25F;      // width of the left column, of the window
  float causes = 0.56F;    // height of the causes, of the left column
  float timeline = 0.56F;  // height of the timeline, of the right column
  float details = 0.52F;   // width of the details, of the right column
};

// The timeline works out a view for itself when it is drawn next, because only it knows its size.
enum class FrameRequest : std::uint8_t { none, whole, selection };

struct LogView {
  SourceId source;
  std::uint64_t line = 0;  // the current line; 0: none
  bool scroll_to = false;  // bring it into sight when it is drawn next
  bool requested = false;  // a page is on its way
  std::optional<LogPage> page;
};

struct Selection {
  std::optional<CauseId> cause;
  std::optional<FindingId> finding;
  std::optional<UploadId> upload;
  std::uint32_t lane = timeline::kNoLane;
  friend bool operator==(const Selection&, const Selection&) = default;
};

struct UiState {
  std::shared_ptr<const LoadedCase> data;  // nullptr: nothing is open
  LoadStatus load;
  bool error_dismissed = false;
  Selection selection;
  timeline::TimeScale scale;
  double scroll_y = 0;
  FrameRequest frame = FrameRequest::none;
  LogView log;
  LeftTab left_tab = LeftTab::uploads;
  Splitters splitters;
  ThemeKind theme = ThemeKind::dark;
  bool help = false;
};

// What the outside has to do after an action.
struct Effects {
  bool cancel_load = false;
  std::optional<ShowLine> request_log;
};

void apply(const Action& action, UiState& state, Effects& effects);

// A new case: selects its gravest cause and frames it; without causes the whole.
void show_case(std::shared_ptr<const LoadedCase> data, UiState& state, Effects& effects);
void show_page(LogPage page, UiState& state);

// The finding the details panel is about: the selected one, or the main one of the selected cause.
const Finding* selected_finding(const UiState& state);
// Where the log should stand for a finding: its key line, else its first one. nullopt: no line was kept.
std::optional<ShowLine> line_of(const LoadedCase& data, const Finding& finding);

}  // namespace uptrail::viewer
