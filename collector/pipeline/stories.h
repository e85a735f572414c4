// Stories of a case: which ones, and the events that each needs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/model/derived.h"
#include "collector/model/story.h"
#include "collector/trace/case_file.h"

namespace uptrail {

// Nothing set: uploads and tasks without an upload, those with findings first, then sessions with findings of their own, then the
// other uploads and tasks. Sessions when there is no task at all.
struct StoryQuery {
  std::string upload{};               // the app's id, in any case of the letters
  std::string task{};                 // taskIdentifier, at least four digits of the UUID, or taskDescription
  std::string session{};              // identifier
  std::optional<std::size_t> wake{};  // counted from 1
  std::optional<StoryKind> all_of{};
};

// Errors: nothing in the case is called so (ErrorKind::usage, with what there is), or the case itself.
Result<std::vector<Story>> tell_stories(CaseReader& reader, const StoryQuery& query);

}  // namespace uptrail
