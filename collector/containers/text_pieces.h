// What one call printed: splits lines without headers into messages. A message is a line with the lines that its open brackets
// and quotes hold (a printed NSError or dictionary), and lines that are indented below it or only close something.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace uptrail {

struct TextPiece {
  std::size_t offset = 0;  // of the first line, in the block
  std::size_t length = 0;  // without the last line's end
  std::size_t line = 0;    // of the first line, counted from 0
};

// Every line that is not blank is in exactly one piece; blank lines stand in a piece only when brackets around them are open.
// Brackets that are never closed hold nothing. Linear in the size of `block`.
std::vector<TextPiece> split_pieces(std::string_view block);
// The first message of `text`.
std::string_view first_piece(std::string_view text);

}  // namespace uptrail
