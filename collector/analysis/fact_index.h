// Which facts belong to which key, as two flat arrays: four bytes a fact, no matter how many keys there are.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "collector/analysis/facts.h"

namespace uptrail::analysis {

class FactTable {
 public:
  // key_of(fact) gives the key in [0, keys), or any larger number for none. Order inside a key is the order of the facts.
  template <class KeyOf>
  void build(std::span<const Fact> facts, std::size_t keys, KeyOf key_of) {
    offsets_.assign(keys + 1, 0);
    for (const Fact& f : facts) {
      if (const std::size_t k = key_of(f); k < keys) {
        ++offsets_[k + 1];
      }
    }
    for (std::size_t k = 0; k < keys; ++k) {
      offsets_[k + 1] += offsets_[k];
    }
    items_.resize(offsets_[keys]);
    std::vector<std::uint32_t> next(offsets_.begin(), offsets_.end() - 1);
    for (std::size_t i = 0; i < facts.size(); ++i) {
      if (const std::size_t k = key_of(facts[i]); k < keys) {
        items_[next[k]++] = static_cast<FactIndex>(i);
      }
    }
  }
  [[nodiscard]] std::size_t offset(std::size_t key) const { return offsets_[key]; }  // of the first item; precondition: a key
  [[nodiscard]] std::span<const FactIndex> items() const { return items_; }
  [[nodiscard]] std::span<const FactIndex> of(std::size_t key) const {
    if (offsets_.empty() || key >= offsets_.size() - 1) {  // any number, the largest too, may stand for none
      return {};
    }
    return std::span<const FactIndex>(items_).subspan(offsets_[key], offsets_[key + 1] - offsets_[key]);
  }

 private:
  std::vector<std::uint32_t> offsets_;
  std::vector<FactIndex> items_;
};

}  // namespace uptrail::analysis
