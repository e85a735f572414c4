// What is selected, as text to paste elsewhere. Pure.
#pragma once

#include <string>

#include "viewer/panels/state.h"

namespace uptrail::viewer {

// A finding, a task, upload or session, the current event; the whole case when nothing is selected. Needs a case.
std::string selection_text(const UiState& state, CopyFormat format);

}  // namespace uptrail::viewer
