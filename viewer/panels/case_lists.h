// What panels list of a case, worked out when the case or the filter changes and not with every frame: there may be a million
// uploads.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "collector/model/derived.h"

namespace uptrail::viewer {

struct UiState;

struct CaseLists {
  struct Question {  // that the capture leaves open, with how often
    std::string rule, reason, add;
    std::uint64_t count = 0;
  };
  std::string verdict;  // the line on top
  // Uploads that the filter leaves, by outcome as UploadOutcome counts.
  std::array<std::vector<UploadId>, 6> uploads;
  std::size_t upload_total = 0;
  std::vector<Question> questions;  // by rule, reason
};

// Of the case that is shown and its filter.
std::shared_ptr<const CaseLists> make_lists(const UiState& state);

}  // namespace uptrail::viewer
