// The panels. Each draws the state into its rectangle of the current window and reports what the user did as actions; none of
// them changes the state or reads a file.
#pragma once

#include "viewer/panels/state.h"
#include "viewer/panels/widgets.h"

namespace uptrail::viewer {

// All panels, tiled over the whole display, with splitters and keys. Call between NewFrame and Render.
void draw_workspace(const UiState& state, const Ui& ui);

void draw_top_bar(const UiState& state, const Ui& ui, const Rect& rect);
void draw_causes(const UiState& state, const Ui& ui, const Rect& rect);
void draw_uploads(const UiState& state, const Ui& ui, const Rect& rect);  // with the sources behind a tab
void draw_timeline(const UiState& state, const Ui& ui, const Rect& rect);
void draw_details(const UiState& state, const Ui& ui, const Rect& rect);
void draw_log(const UiState& state, const Ui& ui, const Rect& rect);
void draw_status_bar(const UiState& state, const Ui& ui, const Rect& rect);
// Nothing is open: an invitation, a progress bar, or what went wrong.
void draw_empty(const UiState& state, const Ui& ui, const Rect& rect);
void draw_help(const Ui& ui, const Rect& rect);
// The list of sources with their accounting; the body of the second tab.
void draw_sources_body(const UiState& state, const Ui& ui);

// Keys that work everywhere.
void handle_keys(const UiState& state, const Ui& ui);

}  // namespace uptrail::viewer
