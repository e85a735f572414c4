// How each action changes the state. Private to this folder: everybody else calls apply().
#pragma once

#include "viewer/panels/state.h"

namespace uptrail::viewer {

// One call operator for each action.
class Applier {
 public:
  Applier(UiState& state, Effects& effects) : state_(state), effects_(effects) {}
  // -- state.cpp: what is selected and seen
  void operator()(const SelectCause& a);
  void operator()(const SelectFinding& a);
  void operator()(const SelectUpload& a);
  void operator()(const SelectLane& a);
  void operator()(const StepCause& a);
  void operator()(const ShowLine& a);
  void operator()(const LogScrolled& a);
  void operator()(const ShowView& a);
  void operator()(const ChooseLanes& a);
  void operator()(const DoLanes& a);  // apply_lanes.cpp
  void operator()(const Measure& a);
  void operator()(const ShowSearched& a);
  void operator()(const FrameSelection& a);
  void operator()(const FrameWhole& a);
  void operator()(const UndoView& a);
  void operator()(const RedoView& a);
  void operator()(const GoBack& a);
  // -- apply_tools.cpp: everything around it
  void operator()(const ToggleTheme& a);
  void operator()(const CancelLoad& a);
  void operator()(const DismissError& a);
  void operator()(const ShowTab& a);
  void operator()(const MoveSplitter& a);
  void operator()(const ShowOverlay& a);
  void operator()(const FieldFocused& a);
  void operator()(const SetPaletteText& a);
  void operator()(const OpenPaths& a);
  void operator()(const Quit& a);
  void operator()(const ChangePreferences& a);
  void operator()(const ScaleText& a);
  void operator()(const FocusField& a);
  void operator()(const Group& a);
  void operator()(const ToggleGrouping& a);
  void operator()(const ShowDetails& a);
  void operator()(const CopySelection& a);
  // -- apply_find.cpp: search and filter
  void operator()(const SetFilter& a);
  void operator()(const FilterToView& a);
  void operator()(const SetSearch& a);
  void operator()(const StepHit& a);
  void operator()(const PickHit& a);
  void operator()(const ShowEvent& a);
  // -- apply_query.cpp
  void operator()(const SetQuery& a);
  void operator()(const UseQuery& a);
  void operator()(const RunQuery& a);
  void operator()(const CancelQuery& a);
  void operator()(const ShowQueryPage& a);
  void operator()(const UnfoldTable& a);
  void operator()(const PickRow& a);
  void operator()(const CopyTable& a);
  void operator()(const ForgetQueries& a);
  // -- apply_stores.cpp
  void operator()(const PickStore& a);
  void operator()(const StepStore& a);
  void operator()(const FilterStore& a);
  void operator()(const PickStoreRow& a);
  void operator()(const StepStoreRow& a);
  void operator()(const StoreScrolled& a);
  void operator()(const ShowWord& a);
  // -- apply_notes.cpp
  void operator()(const SetDraft& a);
  void operator()(const SetAside& a);
  void operator()(const PutBack& a);
  void operator()(const AddNote& a);
  void operator()(const RemoveNote& a);
  void operator()(const GoToNote& a);
  void operator()(const ExportIgnored& a);

  // -- apply_compare.cpp
  void operator()(const CompareWith& a);
  void operator()(const EndComparison& a);
  void operator()(const ShareTime& a);
  void operator()(const PickPair& a);
  void operator()(const InOther& a);

 private:
  void remember();                                    // selection and view, before both change
  void show_subject(TaskId task, SessionId session);  // one of them: its lane

  UiState& state_;
  Effects& effects_;
};

// A line in the log panel, from its page or from the worker.
void show_line(const ShowLine& line, UiState& state, Effects& effects);

}  // namespace uptrail::viewer
