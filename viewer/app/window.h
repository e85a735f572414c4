// The real window: GLFW and OpenGL 3.3 core.
#pragma once

#include "collector/base/result.h"
#include "viewer/app/options.h"

namespace uptrail::viewer {

// Returns when the user closes the window. Errors: no display, no OpenGL 3.3.
Status run_window(const Options& options);

}  // namespace uptrail::viewer
