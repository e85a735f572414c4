// What became of the members of folders and archives, for people.
#pragma once

#include <string>

#include "collector/model/contents.h"
#include "collector/report/text_layout.h"

namespace uptrail {

// The path with its format, a line that counts, and a line or more for what deserves a word: Apple's bundles with the command
// that makes them readable, damage, limits. Ends with '\n'.
std::string contents_text(const Contents& contents, const TextStyle& style);

}  // namespace uptrail
