// What people add to a case: notes, bookmarks, and findings that are no problem. Kept in a small JSON file beside the case, so
// that the case itself stays as it was collected (docs/viewer.md has the format).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/base/time.h"

namespace uptrail::viewer {

// A bookmark is a note without text. Where it hangs: at a finding, at a line, or only at a time.
struct Note {
  std::string text;
  std::string fingerprint;  // of a finding; "": none
  std::string source_hash;  // content hash of the source of the line; "": none
  std::uint64_t line = 0;
  std::optional<TimeNs> t;  // normalised
  std::string title;        // what it hung at, as it was called then
  friend bool operator==(const Note&, const Note&) = default;
};

struct NotAProblem {
  std::string fingerprint;
  std::string rule, title;  // as they were then
  std::string reason;
  std::string expires;  // "2027-01-31": the last day it holds; "": for ever
  friend bool operator==(const NotAProblem&, const NotAProblem&) = default;
};

struct Notebook {
  std::vector<Note> notes;
  std::vector<NotAProblem> not_problems;
  friend bool operator==(const Notebook&, const Notebook&) = default;
  // nullptr: not set aside, or no longer. `today` as in `expires`.
  [[nodiscard]] const NotAProblem* set_aside(const std::string& fingerprint, const std::string& today) const;
};

// Beside the first of the opened paths: "trip.uptrail.notes.json". "" without paths.
std::string notebook_path(const std::vector<std::string>& opened);
Result<Notebook> parse_notebook(const std::string& text);  // unknown keys are left out
std::string notebook_text(const Notebook& notebook);
Result<Notebook> load_notebook(const std::string& path);  // empty when there is no file
// Written beside and renamed, so that the file is whole at any time. Without content a file is removed.
Status save_notebook(const std::string& path, const Notebook& notebook);

// A rules file for `uptrail check --rules FILE`: what is set aside and has not expired.
std::string ignore_file_text(const Notebook& notebook, const std::string& today);
bool is_day(const std::string& text);  // "2027-01-31", and there is such a day
Status write_file(const std::string& path, const std::string& text);

}  // namespace uptrail::viewer
