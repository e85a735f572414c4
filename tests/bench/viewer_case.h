// A big made-up case for the viewer, written straight into a case file: the same rows for the same size.
#pragma once

#include <cstdint>
#include <string>

namespace uptrail::bench {

// `tasks` tasks of one app in 48 sessions, ten events a task, an upload for each, one finding for every fifty tasks. Kept in the
// build folder and made only once. "": it could not be written (the reason goes to stderr).
std::string viewer_case(std::uint32_t tasks);
inline constexpr std::uint32_t kEventsPerTask = 10;
inline constexpr std::uint32_t kViewerSessions = 48;

}  // namespace uptrail::bench
