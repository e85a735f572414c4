// What is known about a selected lane, task or upload, in words. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "viewer/panels/state.h"

namespace uptrail::viewer {

struct Facts {
  std::string title;
  std::string sentence;
  std::vector<std::pair<std::string, std::string>> rows;  // name, value
};

// Of the whole case when nothing is selected.
Facts facts_of(const UiState& state);

// Of the event that was picked in the log; needs one.
Facts facts_of_event(const UiState& state);

std::string number_text(double value, std::string_view unit);  // "0.621 s" gives "621 ms"; "17 bytes"
// What was looked through: "daemon in system.log", and "14:41:02 – 14:51:02 · 212 records, 9 for others".
std::string search_stream(const UiState& state, const SearchDone& search);
std::string search_extent(const UiState& state, const SearchDone& search);

}  // namespace uptrail::viewer
