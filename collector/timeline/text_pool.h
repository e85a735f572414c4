// Many short texts in one block of memory: a million labels cost their letters and four bytes each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "collector/base/text.h"

namespace uptrail::timeline {

using TextId = std::uint32_t;  // 0: ""

class TextPool {
 public:
  // A text of its own; the empty text is always 0.
  TextId add(std::string_view text) {
    if (text.empty()) return 0;
    bytes_.append(text);
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    return static_cast<TextId>(ends_.size() - 1);
  }
  // For texts that come again and again: equal texts share one id.
  TextId intern(std::string_view text) {
    if (text.empty()) return 0;
    const auto [at, fresh] = known_.try_emplace(std::string(text), 0);
    if (fresh) at->second = add(text);
    return at->second;
  }
  // Valid until the next add.
  [[nodiscard]] std::string_view operator[](TextId id) const {
    const std::uint32_t from = id == 0 ? 0 : ends_[id - 1];
    return std::string_view(bytes_).substr(from, ends_[id] - from);
  }
  // All texts as they were stored: `ends` of each in `bytes`. False: they do not fit each other, or are not UTF-8; nothing is
  // kept.
  bool assign(std::string bytes, std::vector<std::uint32_t> ends) {
    if (ends.empty() || ends.front() != 0 || ends.back() != bytes.size() || !is_valid_utf8(bytes)) return false;
    for (std::size_t i = 1; i < ends.size(); ++i) {
      if (ends[i] < ends[i - 1] || ends[i] > bytes.size()) return false;
      const bool inside = ends[i] < bytes.size() && (static_cast<unsigned char>(bytes[ends[i]]) & 0xC0U) == 0x80U;
      if (inside) return false;
    }
    bytes_ = std::move(bytes);
    ends_ = std::move(ends);
    known_ = {};
    return true;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] const std::vector<std::uint32_t>& ends() const { return ends_; }
  [[nodiscard]] std::size_t size() const { return ends_.size(); }  // the empty one counts
  // No text is added any more: gives back what only adding needs.
  void seal() {
    known_ = {};
    bytes_.shrink_to_fit();
    ends_.shrink_to_fit();
  }
  [[nodiscard]] std::size_t memory() const { return bytes_.capacity() + ends_.capacity() * sizeof(std::uint32_t); }

 private:
  std::string bytes_;
  std::vector<std::uint32_t> ends_ = {0};
  std::unordered_map<std::string, TextId> known_;
};

}  // namespace uptrail::timeline
