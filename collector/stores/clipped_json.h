// The bytes of a JSON file, read in blocks, with everything in it that costs memory and tells nothing cut down: long strings
// (bodies in base64) end early, bytes that are no UTF-8 and control characters in strings are replaced. So a parser that handles
// one value at a time needs no more memory than its longest short string. Private to this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>

namespace uptrail {

class ClippedJson {
 public:
  // Strings are cut behind about `most` bytes.
  ClippedJson(const std::string& path, std::size_t most);

  // For parsers that take a pair of iterators. All of them stand at the same place of one file; end() is that of any.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = char;
    explicit Iterator(ClippedJson* json) : json_(json) {}
    char operator*() const { return json_->current_; }
    Iterator& operator++() {
      json_->advance();
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.ended() == b.ended(); }

   private:
    [[nodiscard]] bool ended() const { return json_ == nullptr || json_->ended_; }
    ClippedJson* json_;
  };
  [[nodiscard]] Iterator begin() { return Iterator(this); }
  [[nodiscard]] static Iterator end() { return Iterator(nullptr); }

  [[nodiscard]] bool readable() const { return readable_; }
  // In the file; only about, when bytes were replaced.
  [[nodiscard]] std::uint64_t offset() const { return offset_ + at_; }
  [[nodiscard]] std::uint64_t repaired() const { return repaired_; }  // blocks that were no valid UTF-8

 private:
  void advance();
  bool fill();
  bool step(char c);
  bool step_in_string(char c);

  std::ifstream in_;
  std::size_t most_;
  std::string block_, rest_;  // `rest_`: a character whose end is in the next block
  std::size_t at_ = 0;
  char current_ = 0;
  bool ended_ = false, readable_ = true;
  std::uint64_t offset_ = 0, repaired_ = 0;
  // -- of the string that is being read
  bool in_string_ = false, escaped_ = false, dropping_ = false;
  bool after_high_ = false;  // the first half of a surrogate pair stands before
  int hex_left_ = 0;
  unsigned unit_ = 0;
  std::size_t length_ = 0;
};

}  // namespace uptrail
