// The whole program behind main().
#pragma once

namespace uptrail::viewer {

// Exit codes: 0 done, 2 usage, 3 unreadable input or no display, 70 internal error.
int run(int argc, const char* const* argv);

}  // namespace uptrail::viewer
