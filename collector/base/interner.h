// Text <-> dense id. Ids follow the order of first use, so equal input gives equal ids.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "collector/base/ids.h"

namespace uptrail {

class Interner {
 public:
  // The empty string has no id: StringId{}.
  StringId intern(std::string_view s) {
    if (s.empty()) {
      return {};
    }
    if (const auto it = ids_.find(s); it != ids_.end()) {
      return it->second;
    }
    const StringId id{static_cast<std::uint32_t>(texts_.size())};
    texts_.emplace_back(s);
    ids_.emplace(texts_.back(), id);
    return id;
  }
  [[nodiscard]] StringId find(std::string_view s) const {
    const auto it = ids_.find(s);
    return it == ids_.end() ? StringId{} : it->second;
  }
  // "" for StringId{}. The view lives as long as the interner.
  [[nodiscard]] std::string_view text(StringId id) const {
    return id.valid() && id.value < texts_.size() ? std::string_view(texts_[id.value]) : std::string_view();
  }

 private:
  std::deque<std::string> texts_;  // a deque never moves its elements
  std::unordered_map<std::string_view, StringId> ids_;
};

}  // namespace uptrail
