// A log line cut into words, and each word into what stays and what varies. Private to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collector/messages/pattern.h"

namespace uptrail::draft {

struct Piece {
  bool variable = false;
  bool any = false;  // variable: "<private>" or "(null)", which every type takes
  CaptureType type = CaptureType::word;
  std::string text;  // literal: the text
};

// What stands between two blanks; quoted text and a printed NSError may hold blanks.
struct Word {
  std::string gap;  // the blanks before it
  std::vector<Piece> pieces;
  [[nodiscard]] std::string skeleton() const;  // literals, and a mark for each variable
  [[nodiscard]] std::string form() const;      // the same with the types
};

inline constexpr std::size_t kMaxWords = 32;  // of a line; what follows is one piece of type `rest`

// Numbers, UUIDs, addresses, times, URLs, paths, file names, bundle identifiers, quoted text and printed errors vary. The line
// has no line end.
// It must be valid UTF-8: the bytes FE and FF, which it cannot hold then, are used as marks.
std::vector<Word> cut(std::string_view line);

// Does the word tell two lines apart that look alike, as "failed" and "finished" do? Such words never become variables.
bool tells_apart(const Word& word);

}  // namespace uptrail::draft
