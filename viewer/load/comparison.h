// Two cases side by side: which uploads ended differently, and where their tasks begin.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "viewer/load/loaded_case.h"

namespace uptrail::viewer {

// An upload by its name, and how it ended in each of the two; nullopt: it is not there.
struct UploadPair {
  std::string name;
  std::optional<UploadId> a, b;
};

struct UploadDifferences {
  std::vector<UploadPair> differ;  // in both, with another outcome; in the order of the first case
  std::vector<UploadPair> only_a, only_b;
  std::size_t same = 0;
};

// Uploads are paired by name inside apps of one bundle; of several with one name the first goes with the first, and so on.
UploadDifferences compare_uploads(const LoadedCase& a, const LoadedCase& b);

// The first thing that is known of any task; without tasks where the case begins.
TimeNs first_task_moment(const LoadedCase& data);

}  // namespace uptrail::viewer
