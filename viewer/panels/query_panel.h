// The parts of the SQL panel. Private to this folder.
#pragma once

#include "viewer/panels/panels.h"

namespace uptrail::viewer {

// Each fills the rest of the body.
void draw_query_result(const UiState& state, const Ui& ui);
void draw_query_schema(const UiState& state, const Ui& ui);
void draw_query_examples(const Ui& ui);
void draw_query_history(const UiState& state, const Ui& ui);

// A cell as the table shows it: on one line, moments as the user's clock shows them.
std::string cell_text(const UiState& state, const std::string& column, const QueryCell& cell);

}  // namespace uptrail::viewer
