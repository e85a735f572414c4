// Looking for a text whatever the case of its letters. Only ASCII letters are folded.
#pragma once

#include <cstddef>
#include <string_view>

namespace uptrail {

// Where `lowered`, which has no capital ASCII letters, begins in the text; npos: not in there. An empty one begins at 0.
std::size_t find_ignore_case(std::string_view text, std::string_view lowered);

}  // namespace uptrail
