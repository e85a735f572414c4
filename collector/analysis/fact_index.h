// Which facts belong to which key, as two flat arrays: four bytes a fact, no matter how many keys there are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "collector/analysis/facts.h"

namespace uptrail::analysis {

class FactTable {
 public:
  // Counted in one pass over the facts, filled in a second, so that several tables share the passes. A key is in [0, keys), or
  // any larger number for none. Order inside a key is that of the facts.
  void start(std::size_t keys) { offsets_.assign(keys + 1, 0); }
  void count(std::size_t key) {
    if (key < offsets_.size() - 1) {
      ++offsets_[key + 1];
    }
  }
  void counted() {
    for (std::size_t k = 1; k < offsets_.size(); ++k) {
      offsets_[k] += offsets_[k - 1];
    }
    items_.resize(offsets_.back());
    next_.assign(offsets_.begin(), offsets_.end() - 1);
  }
  void put(std::size_t key, std::size_t fact) {
    if (key < next_.size()) {
      items_[next_[key]++] = static_cast<FactIndex>(fact);
    }
  }
  void filled() { std::vector<std::uint32_t>().swap(next_); }

  template <class KeyOf>
  void build(std::span<const Fact> facts, std::size_t keys, KeyOf key_of) {
    start(keys);
    for (const Fact& f : facts) {
      count(key_of(f));
    }
    counted();
    for (std::size_t i = 0; i < facts.size(); ++i) {
      put(key_of(facts[i]), i);
    }
    filled();
  }
  [[nodiscard]] std::size_t keys() const { return offsets_.empty() ? 0 : offsets_.size() - 1; }
  [[nodiscard]] std::size_t offset(std::size_t key) const { return offsets_[key]; }  // of the first item; precondition: a key
  [[nodiscard]] std::span<const FactIndex> items() const { return items_; }
  [[nodiscard]] std::span<const FactIndex> of(std::size_t key) const {
    if (key >= keys()) {  // any number, the largest too, may stand for none
      return {};
    }
    return std::span<const FactIndex>(items_).subspan(offsets_[key], offsets_[key + 1] - offsets_[key]);
  }

 private:
  std::vector<std::uint32_t> offsets_, next_;
  std::vector<FactIndex> items_;
};

// The facts of each key of a table in parts: those of one kind, those of one process. Parts are found without a look at the
// facts.
template <class Part>
class FactParts {
 public:
  template <class PartOf>
  void build(std::span<const Fact> facts, const FactTable& table, PartOf part_of) {
    items_.resize(table.items().size());
    from_.assign(1, 0);
    std::vector<std::pair<Part, FactIndex>> own;
    for (std::size_t key = 0; key < table.keys(); ++key) {
      own.clear();
      for (const FactIndex i : table.of(key)) {
        own.emplace_back(part_of(facts[i]), i);
      }
      std::sort(own.begin(), own.end());
      const std::size_t first = table.offset(key);
      for (std::size_t k = 0; k < own.size(); ++k) {
        items_[first + k] = own[k].second;
        if (k == 0 || own[k].first != own[k - 1].first) {
          parts_.push_back(own[k].first);
          begins_.push_back(static_cast<std::uint32_t>(first + k));
        }
      }
      from_.push_back(static_cast<std::uint32_t>(parts_.size()));
    }
    begins_.push_back(static_cast<std::uint32_t>(items_.size()));
    parts_.shrink_to_fit();
    begins_.shrink_to_fit();
  }
  // Ascending. Any number that is no key has none.
  [[nodiscard]] std::span<const Part> parts(std::size_t key) const {
    if (from_.empty() || key >= from_.size() - 1) {
      return {};
    }
    return std::span<const Part>(parts_).subspan(from_[key], from_[key + 1] - from_[key]);
  }
  [[nodiscard]] std::span<const FactIndex> of(std::size_t key, Part part) const {
    const auto all = parts(key);
    const auto it = std::lower_bound(all.begin(), all.end(), part);
    if (it == all.end() || *it != part) {
      return {};
    }
    const std::size_t k = from_[key] + static_cast<std::size_t>(it - all.begin());
    return std::span<const FactIndex>(items_).subspan(begins_[k], begins_[k + 1] - begins_[k]);
  }

 private:
  std::vector<FactIndex> items_;
  std::vector<Part> parts_;
  std::vector<std::uint32_t> begins_;  // of each part, and behind the last, in items_
  std::vector<std::uint32_t> from_;    // of each key, and behind the last, in parts_
};

// How many facts of a stream lie between two others: counted up to every so many facts, so that it takes next to no memory.
class StreamCounts {
 public:
  void start(std::size_t streams) {
    now_.assign(streams, 0);
    seen_ = 0;
  }
  void add(StreamId stream) {  // of each fact, in their order
    if (seen_++ % kStep == 0) {
      up_to_.insert(up_to_.end(), now_.begin(), now_.end());
    }
    if (stream.value < now_.size()) {
      ++now_[stream.value];
    }
  }
  void finish() { up_to_.insert(up_to_.end(), now_.begin(), now_.end()); }
  // Precondition: the same facts; from <= to.
  [[nodiscard]] std::uint64_t count(std::span<const Fact> facts, StreamId stream, std::size_t from, std::size_t to) const {
    return before(facts, stream, to) - before(facts, stream, from);
  }

 private:
  static constexpr std::size_t kStep = 256;
  [[nodiscard]] std::uint64_t before(std::span<const Fact> facts, StreamId stream, std::size_t i) const {
    const std::size_t known = i / kStep;
    std::uint64_t n = facts.empty() ? 0 : up_to_[known * now_.size() + stream.value];
    for (std::size_t k = known * kStep; k < i; ++k) {
      n += facts[k].stream == stream ? 1 : 0;
    }
    return n;
  }
  std::vector<std::uint32_t> now_;
  std::size_t seen_ = 0;
  std::vector<std::uint32_t> up_to_;  // all streams before fact 0, before fact kStep, …
};

}  // namespace uptrail::analysis
