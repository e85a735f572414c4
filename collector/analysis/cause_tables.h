// Which finding explains which other, and how a cause is called in a title.
#pragma once

#include <span>
#include <string_view>

namespace uptrail::analysis {

// `cause` explains `symptom` when both concern the same subject.
struct Fold {
  std::string_view cause;
  std::string_view symptom;
};
std::span<const Fold> fold_table();

// Behind the name of an upload: "upload 17 stuck since 14:41:03: <phrase>". "": the rule has none.
std::string_view cause_phrase(std::string_view rule);
// Findings of the rule say that an upload does not get on.
bool is_stuck(std::string_view rule);

}  // namespace uptrail::analysis
