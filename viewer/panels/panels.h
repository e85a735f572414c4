// The panels. Each draws the state into its rectangle of the current window and reports what the user did as actions; none of
// them changes the state or reads a file.
#pragma once

#include "viewer/panels/state.h"
#include "viewer/panels/widgets.h"

namespace uptrail::viewer {

struct Facts;

// All panels, tiled over the whole display, with splitters and keys. Call between NewFrame and Render.
void draw_workspace(const UiState& state, const Ui& ui);

void draw_top_bar(const UiState& state, const Ui& ui, const Rect& rect);
void draw_causes(const UiState& state, const Ui& ui, const Rect& rect);
void draw_uploads(const UiState& state, const Ui& ui, const Rect& rect);  // with sources, search and notes behind tabs
void draw_left_tabs(const UiState& state, const Ui& ui, const Rect& header);
// `shared`: two timelines lie in it, one above the other, and show the cursor's line together.
void draw_timeline(const UiState& state, const Ui& ui, const Rect& rect, const Rect* shared = nullptr);
void draw_details(const UiState& state, const Ui& ui, const Rect& rect);
void draw_log(const UiState& state, const Ui& ui, const Rect& rect);
void draw_filter_bar(const UiState& state, const Ui& ui, const Rect& rect);
void draw_status_bar(const UiState& state, const Ui& ui, const Rect& rect);
// Nothing is open: an invitation, a progress bar, or what went wrong.
void draw_empty(const UiState& state, const Ui& ui, const Rect& rect);
// Two traces: instead of all panels below the top.
void draw_comparison(const UiState& state, const Ui& ui, const Rect& rect);
void draw_compare_dialog(const UiState& state, const Ui& ui);
// Over everything.
void draw_keys_overlay(const Ui& ui);
void draw_palette(const UiState& state, const Ui& ui);
void draw_settings(const UiState& state, const Ui& ui);
void draw_not_a_problem(const UiState& state, const Ui& ui);
void draw_note_dialog(const UiState& state, const Ui& ui);
// Bodies of tabs.
void draw_sources_body(const UiState& state, const Ui& ui);  // the sources with their accounting
void draw_stores_body(const UiState& state, const Ui& ui);   // stores, and what their rows claim
void draw_query_body(const UiState& state, const Ui& ui);
void draw_search_body(const UiState& state, const Ui& ui);
void draw_notes_body(const UiState& state, const Ui& ui);
void draw_rule_body(const UiState& state, const Ui& ui);
// What was set aside, below the causes.
void draw_set_aside(const UiState& state, const Ui& ui);
// Title, sentence, and rows of names and values.
void draw_facts(const Ui& ui, const Facts& facts);
// Who says what of the selected task or upload; nothing when the details are about neither.
void draw_beliefs(const UiState& state, const Ui& ui);
// The event of the current raw line, above the story.
void draw_event_card(const UiState& state, const Ui& ui);

// Keys that work everywhere.
void handle_keys(const UiState& state, const Ui& ui);

}  // namespace uptrail::viewer
