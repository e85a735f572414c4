// The last step of a script's expansion: what is recorded (cover, end), manifests, gaps, heartbeats, order.
#pragma once

#include <vector>

#include "collector/containers/script_expander.h"
#include "collector/containers/script_model.h"

namespace uptrail {

ExpandedScript place_script(const Script& script, std::vector<ScriptDraft> drafts, std::vector<Issue> issues);

}  // namespace uptrail
