// Finds the objects of a JSON array, or of objects one behind the other, without keeping more than one of them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "collector/base/byte_source.h"
#include "collector/model/record.h"

namespace uptrail {

class JsonObjects {
 public:
  enum class What : std::uint8_t {
    object,     // from '{' to its '}'
    damaged,    // an object that is not closed where it must be: a line end inside a string, or the next object begins
    cut_off,    // the input ends inside the object
    too_long,   // an object of more than kMaxRecordBytes; `text` is empty
    other_text  // a line, or its rest, that is neither object nor ',' '[' ']'
  };
  struct Piece {
    What what = What::object;
    std::string_view text;  // kLinePadding bytes behind it are readable; it dies with the next call
    SourceSpan span;
  };

  explicit JsonObjects(ByteSource& source);
  // False at the end or after an error (see status()).
  bool next(Piece& out);
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  bool more();
  bool have(std::size_t bytes);
  void take(char c);
  bool object_begins_here();
  bool find_start();
  bool find_next_object();
  bool finish(What what, Piece& out);
  bool other_text(Piece& out);
  bool object(Piece& out);

  ByteSource& source_;
  std::vector<char> buffer_;
  std::size_t start_ = 0;  // of the piece
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::uint64_t base_ = 0;  // source offset of buffer_[0]
  std::uint64_t line_ = 1;
  std::uint64_t start_line_ = 1;
  std::uint64_t start_offset_ = 0;
  bool long_ = false;  // the piece is too long to be kept
  bool eof_ = false;
  Status status_ = done();
};

}  // namespace uptrail
