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

// How many facts of a stream lie between two others: counted up to every so many facts, so that it takes next to no memory.
class StreamCounts {
 public:
  void build(std::span<const Fact> facts, std::size_t streams) {
    streams_ = streams;
    std::vector<std::uint32_t> now(streams);
    for (std::size_t i = 0; i < facts.size(); ++i) {
      if (i % kStep == 0) {
        up_to_.insert(up_to_.end(), now.begin(), now.end());
      }
      if (facts[i].stream.value < streams) {
        ++now[facts[i].stream.value];
      }
    }
    up_to_.insert(up_to_.end(), now.begin(), now.end());
  }
  // Precondition: the same facts; from <= to.
  [[nodiscard]] std::uint64_t count(std::span<const Fact> facts, StreamId stream, std::size_t from, std::size_t to) const {
    return before(facts, stream, to) - before(facts, stream, from);
  }

 private:
  static constexpr std::size_t kStep = 256;
  [[nodiscard]] std::uint64_t before(std::span<const Fact> facts, StreamId stream, std::size_t i) const {
    const std::size_t known = i / kStep;
    std::uint64_t n = facts.empty() ? 0 : up_to_[known * streams_ + stream.value];
    for (std::size_t k = known * kStep; k < i; ++k) {
      n += facts[k].stream == stream ? 1 : 0;
    }
    return n;
  }
  std::size_t streams_ = 0;
  std::vector<std::uint32_t> up_to_;  // all streams before fact 0, before fact kStep, …
};

}  // namespace uptrail::analysis
