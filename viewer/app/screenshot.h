// One settled picture of the viewer, drawn in memory.
#pragma once

#include "collector/base/result.h"
#include "viewer/app/options.h"

namespace uptrail::viewer {

// Opens the files, waits until they are loaded, and writes the picture. An input that cannot be opened is an error.
Status take_screenshot(const Options& options);

}  // namespace uptrail::viewer
