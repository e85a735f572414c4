// What the window shows, and what the user can do to it. Panels read UiState and return Actions; only apply() changes it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "collector/timeline/layout.h"
#include "viewer/load/comparison.h"
#include "viewer/load/filter.h"
#include "viewer/load/load_status.h"
#include "viewer/load/loaded_case.h"
#include "viewer/load/notebook.h"
#include "viewer/load/query_runner.h"
#include "viewer/load/search.h"
#include "viewer/panels/case_lists.h"
#include "viewer/panels/timeline_state.h"
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
struct StepCause {  // through the list of causes; when grouped by rule, of findings
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
  double width = 0;          // of the lanes, pixels
  double now = 0;            // seconds of ImGui::GetTime(): changes close to each other are undone together
  bool scroll_only = false;  // the scale is as it was
};
struct ChooseLanes {
  timeline::LaneChoice choice;
};
// What keys, the palette and the header of the timeline do to its lanes.
enum class LaneStep : std::uint8_t {
  previous,  // selects the lane above, below
  next,
  collapse,      // the family of the selected lane, or opens it
  collapse_all,  // all sessions, or opens everything
  pin,           // the selected lane, or no longer
  hide,          // the selected lane
  show_hidden,
  sort,  // by the next order
  only_findings,
  fold_idle,
  measure  // the selected lane, else what is shown; again: no longer
};
struct DoLanes {
  LaneStep step = LaneStep::next;
};
struct Measure {
  std::optional<Interval> span;  // nullopt: nothing is measured any more
};
// What a finding looked through before it said that something is not there: the stretch on the timeline, its lines in the log.
struct ShowSearched {
  SearchDone search;
};
struct FrameSelection {};
struct FrameWhole {};
struct UndoView {};
struct RedoView {};
struct GoBack {};
struct ToggleTheme {};
struct CancelLoad {};
struct DismissError {};
enum class LeftTab : std::uint8_t { uploads, sources, stores, query, search, notes };
struct ShowTab {
  LeftTab tab = LeftTab::uploads;
};
struct MoveSplitter {
  enum class Which : std::uint8_t { left, causes, timeline, details, query } which = Which::left;
  float share = 0.5F;
};
// What lies over the panels and takes the keys.
enum class Overlay : std::uint8_t { none, keys, palette, settings, not_a_problem, note, compare };
struct ShowOverlay {  // the one that is shown already: closes it
  Overlay overlay = Overlay::none;
};
enum class Field : std::uint8_t { none, palette, filter, search, draft, lanes, query, stores };  // that takes typed text
struct FocusField {
  Field field = Field::none;
};
struct FieldFocused {};  // the wished one has it now
struct SetPaletteText {
  std::string text;
  std::size_t picked = 0;
};
struct OpenPaths {
  std::vector<std::string> paths;
};
struct Quit {};

enum class ZoneChoice : std::uint8_t { device, utc, local };
struct Preferences {
  int text_percent = 100;  // kMinTextPercent … kMaxTextPercent
  ZoneChoice zone = ZoneChoice::device;
  bool twelve_hours = false;
  friend bool operator==(const Preferences&, const Preferences&) = default;
};
inline constexpr int kMinTextPercent = 80;
inline constexpr int kMaxTextPercent = 250;
struct ChangePreferences {
  Preferences to;
};
struct ScaleText {  // by one step up or down; 0: back to 100 %
  int step = 1;
};

// -- search and filter
struct SetFilter {
  Filter to;
};
struct FilterToView {};  // only what lies in the visible time
struct SetSearch {
  std::string text;
};
struct StepHit {
  int step = 1;
};
struct PickHit {
  std::size_t hit = 0;
};
enum class Grouping : std::uint8_t { by_cause, by_rule };
struct Group {
  Grouping by = Grouping::by_cause;
};
struct ToggleGrouping {};
enum class DetailsTab : std::uint8_t { story, rule };
struct ShowDetails {
  DetailsTab tab = DetailsTab::story;
};
// From a raw line to its event; the timeline shows where it is. An invalid id: no longer.
struct ShowEvent {
  EventId event;
};
enum class CopyFormat : std::uint8_t { text, markdown, json };
struct CopySelection {
  CopyFormat format = CopyFormat::text;
};

// -- SQL
enum class QueryPage : std::uint8_t { result, schema, examples, history };
struct SetQuery {
  std::string text;
};
struct UseQuery {  // takes a statement over, with what was typed before in the history of undo
  std::string text;
  bool run = false;
};
struct RunQuery {};
struct CancelQuery {};
struct ShowQueryPage {
  QueryPage page = QueryPage::result;
};
struct UnfoldTable {  // in the schema; the one that is unfolded: folds it
  std::string name;
};
struct PickRow {  // selects what the row stands for
  std::size_t row = 0;
};
struct CopyTable {
  TableFormat format = TableFormat::text;
};
struct ForgetQueries {};  // empties the history

// -- persisted stores
struct PickStore {
  std::size_t store = 0;  // of the list
};
struct StepStore {  // to the next or previous one
  int step = 1;
};
struct FilterStore {
  std::string text;
};
struct PickStoreRow {   // selects what the row is about, and shows its fields
  std::size_t row = 0;  // of those that are shown
};
struct StepStoreRow {
  int step = 1;
};
struct StoreScrolled {};  // the table stands where it was asked to
struct ShowWord {         // the event and the line in which a witness said it
  EventId event;
};

// -- notes and what is no problem
// What is typed into a dialog.
struct Draft {
  std::string text;     // the reason, or the note
  std::string expires;  // "2027-01-31"; "": for ever
  friend bool operator==(const Draft&, const Draft&) = default;
};
struct SetDraft {
  Draft to;
};
struct SetAside {};  // the selected finding is no problem, for the reason of the draft
struct PutBack {
  std::string fingerprint;
};
struct AddNote {};  // at what is selected, with the text of the draft
struct RemoveNote {
  std::size_t note = 0;
};
struct GoToNote {
  std::size_t note = 0;
};
struct ExportIgnored {};  // as a rules file beside the case

// -- two traces side by side
struct CompareWith {
  std::vector<std::string> paths;
};
struct EndComparison {};
struct ShareTime {};  // the clock stands in line, or again the first tasks
struct PickPair {     // selects it in both
  UploadPair pair;
};
struct OtherAction;
struct InOther {  // what the user did to the second trace
  std::shared_ptr<const OtherAction> what;
};

using Action =
    std::variant<SelectCause, SelectFinding, SelectUpload, SelectLane, StepCause, ShowLine, LogScrolled, ShowView, ChooseLanes,
                 DoLanes, Measure, ShowSearched, FrameSelection, FrameWhole, UndoView, RedoView, GoBack, ToggleTheme, CancelLoad,
                 DismissError, ShowTab, MoveSplitter, ShowOverlay, FieldFocused, SetPaletteText, OpenPaths, Quit,
                 ChangePreferences, ScaleText, FocusField, SetFilter, FilterToView, SetSearch, StepHit, PickHit, Group,
                 ToggleGrouping, ShowDetails, ShowEvent, CopySelection, SetDraft, SetAside, PutBack, AddNote, RemoveNote,
                 GoToNote, ExportIgnored, CompareWith, EndComparison, ShareTime, PickPair, InOther, SetQuery, UseQuery, RunQuery,
                 CancelQuery, ShowQueryPage, UnfoldTable, PickRow, CopyTable, ForgetQueries, PickStore, StepStore, FilterStore,
                 PickStoreRow, StepStoreRow, StoreScrolled, ShowWord>;
using Actions = std::vector<Action>;
struct OtherAction {
  Action action;
};

// -- what is shown
struct Splitters {
  float left = 0.25F;      // width of the left column, of the window
  float causes = 0.56F;    // height of the causes, of the left column
  float timeline = 0.56F;  // height of the timeline, of the right column
  float details = 0.52F;   // width of the details, of the right column
  float query = 0.5F;      // width of the SQL panel, of the window
};

// The timeline works out a view for itself when it is drawn next, because only it knows its size.
enum class FrameRequest : std::uint8_t {
  none,
  whole,
  selection,
  event,
  searched,
  pair,  // of uploads, in both traces
  lane   // only scrolls to the selected one
};

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

// What was shown before, for going back.
struct History {
  struct Place {
    timeline::TimeScale scale;
    double scroll_y = 0;
  };
  std::vector<Place> past, future;    // of the timeline; the newest last
  std::optional<double> changed_at;   // when the view moved last
  std::vector<Selection> selections;  // the newest last
};

struct SearchView {
  std::string text;
  std::uint64_t number = 0;                    // of the question
  std::shared_ptr<const SearchResult> result;  // nullptr: nothing was asked
  std::optional<std::size_t> picked;
};

struct PaletteView {
  std::string text;
  std::size_t picked = 0;  // row
};

struct Comparison;  // compare_state.h

inline constexpr std::size_t kRememberedQueries = 100;
inline constexpr std::size_t kMaxQueryBytes = 16 << 10;  // longer ones run, but are not remembered

struct QueryView {
  std::string text;
  int revision = 0;          // goes up when the text is replaced by another than the editor's own
  std::uint64_t number = 0;  // of the question
  bool running = false;
  double started = 0;                         // seconds of the clock of frames
  double took = 0;                            // the last one; seconds
  std::uint64_t rows = 0;                     // read so far by the one that is running
  std::shared_ptr<const QueryAnswer> answer;  // of the last question; nullptr: none yet
  std::optional<std::size_t> picked;          // row
  QueryPage page = QueryPage::examples;
  std::string unfolded;              // table of the schema
  std::vector<std::string> history;  // the newest first, each once
};

struct StoresView {
  std::optional<std::size_t> store;  // of the list; nullopt: none was looked at yet
  std::string text;                  // rows that hold it
  std::uint64_t number = 0;          // of the question
  bool asked = false;                // its answer is on its way
  std::shared_ptr<const StoreAnswer> answer;
  std::optional<std::size_t> picked;  // of the rows that are shown
  bool scroll_to = false;             // bring it into sight when it is drawn next
};

struct UiState {
  std::shared_ptr<const LoadedCase> data;  // nullptr: nothing is open
  LoadStatus load;
  bool error_dismissed = false;
  Selection selection;
  timeline::TimeScale scale;
  double scroll_y = 0;
  FrameRequest frame = FrameRequest::none;
  History history;
  TimelineState timeline;
  LogView log;
  LeftTab left_tab = LeftTab::uploads;
  Splitters splitters;
  ThemeKind theme = ThemeKind::dark;
  Preferences preferences;
  int local_zone_minutes = 0;  // of this computer, at the time of the case
  Overlay overlay = Overlay::none;
  Field wants_focus = Field::none;
  PaletteView palette;
  Draft draft;
  // One filter for all panels. `passing` is its outcome by id; nullptr: everything passes.
  Filter filter;
  std::shared_ptr<const Passing> passing;
  std::shared_ptr<const CaseLists> lists;  // of the case and the filter; nullptr: no case
  double view_width = 0;                   // of the lanes of the timeline, pixels
  Grouping grouping = Grouping::by_cause;
  DetailsTab details_tab = DetailsTab::story;
  SearchView search;
  QueryView query;
  StoresView stores;
  std::optional<EventShown> event;       // of the line that was picked in the log
  std::optional<EventId> wants_line_of;  // this event's line shall be shown in the log when the event is there
  Notebook notes;
  std::string today;    // "2026-11-21", for what expires
  std::string message;  // what the last action came to; "": nothing to say
  bool message_bad = false;
  std::shared_ptr<Comparison> compare;           // nullptr: one trace is shown
  LoadStatus compare_load;                       // of the second trace
  std::vector<std::vector<std::string>> recent;  // what was opened, the newest first
};

// What the outside has to do after an action.
struct Effects {
  bool cancel_load = false;
  std::optional<ShowLine> request_log;
  std::optional<ShowSearched> request_searched;  // the page of the log where its stretch begins
  std::vector<std::string> open;                 // not empty: these paths
  std::vector<std::string> compare;              // not empty: put these below
  bool end_compare = false;
  bool quit = false;
  bool ask_log_again = false;  // the filter changed
  bool search = false;         // state.search is a new question
  bool sift = false;           // state.filter needs tasks that have to be read
  std::optional<EventId> request_event;
  bool save_notes = false;
  bool export_ignored = false;
  std::optional<std::string> clipboard;
  bool run_query = false;  // state.query is a new question
  bool cancel_query = false;
  bool save_queries = false;  // their history changed
  bool ask_store = false;     // state.stores is a new question
};

void apply(const Action& action, UiState& state, Effects& effects);

// A new case: selects its gravest cause and frames it; without causes the whole.
void show_case(std::shared_ptr<const LoadedCase> data, UiState& state, Effects& effects);
void show_page(LogPage page, UiState& state);
void show_event(EventShown event, UiState& state, Effects& effects);
void show_passing(std::shared_ptr<const Passing> passing, UiState& state);  // the answer to `sift`
void show_found(std::shared_ptr<const SearchResult> found, UiState& state);
void show_answer(std::shared_ptr<const QueryAnswer> answer, UiState& state, double now);  // now: seconds of the clock of frames
void show_store(std::shared_ptr<const StoreAnswer> answer, UiState& state);
// Puts a statement on top of a history; blanks at its ends do not count.
void remember_query(std::string_view sql, std::vector<std::string>& history);

// What the filter and the notes leave to show, in the order of the lists.
bool is_shown(const UiState& state, const Finding& finding);
bool is_shown(const UiState& state, const Cause& cause);
bool is_shown(const UiState& state, UploadId upload);
std::vector<CauseId> shown_causes(const UiState& state);
std::vector<FindingId> findings_by_rule(const UiState& state);  // gravest rule first; inside a rule by time

// Only that lane, with its upload; kNoLane: nothing.
void select_lane(std::uint32_t lane, UiState& state);
// The view is about to be another one.
void remember_view(UiState& state);

// The finding the details panel is about: the selected one, or the main one of the selected cause.
const Finding* selected_finding(const UiState& state);
// Where the log should stand for a finding: its key line, else its first one. nullopt: no line was kept.
std::optional<ShowLine> line_of(const LoadedCase& data, const Finding& finding);

}  // namespace uptrail::viewer
