// Looking for a text whatever the case of its letters. Only ASCII letters are folded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace uptrail::viewer {

class TextMatch {
 public:
  explicit TextMatch(std::string_view wanted);
  [[nodiscard]] bool empty() const { return wanted_.empty(); }  // then everything matches
  // Where it begins; npos: not in there.
  [[nodiscard]] std::size_t find(std::string_view in) const;
  [[nodiscard]] bool in(std::string_view text) const { return find(text) != std::string_view::npos; }
  [[nodiscard]] std::size_t size() const { return wanted_.size(); }

 private:
  std::string wanted_;  // folded
};

}  // namespace uptrail::viewer
