// What every container must hold for any bytes: it reads to the end, chunking changes nothing, its spans lie in the input.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "collector/containers/container.h"

namespace uptrail::fuzz {

class CountingSink final : public RecordSink {
 public:
  explicit CountingSink(std::size_t size) : size_(size) {}
  bool record(const Record& record) override {
    add(record.span);
    for (const std::string_view text :
         {record.process, record.thread, record.library, record.subsystem, record.category, record.message, record.raw}) {
      for (const char c : text) {
        sum_ = sum_ * 31 + static_cast<unsigned char>(c);
      }
    }
    sum_ = sum_ * 31 + (record.time ? static_cast<std::uint64_t>(record.time->ns) : 1U);
    return true;
  }
  void issue(const Issue& issue) override { add(issue.span); }
  [[nodiscard]] std::uint64_t sum() const { return sum_; }

 private:
  void add(const SourceSpan& span) {
    if (span.offset > size_ || span.length > size_ - span.offset) {
      std::abort();
    }
    sum_ = (sum_ * 31 + span.offset) * 31 + span.length;
  }
  std::size_t size_;
  std::uint64_t sum_ = 0;
};

inline int read_container(std::string_view id, const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const Container* container : builtin_containers()) {
    if (container->info().id != id) {
      continue;
    }
    for (const bool complete : {true, false}) {
      const Sniffed sniffed = container->sniff(bytes, complete);
      if (sniffed.why.empty() || (sniffed.match == Match::sure) != (sniffed.score >= 90)) {
        std::abort();
      }
    }
    std::uint64_t sums[2] = {};
    const std::size_t chunks[2] = {SIZE_MAX, size > 0 ? 1U + data[0] % 64U : 1U};
    for (int i = 0; i < 2; ++i) {
      MemorySource source(bytes, "fuzz", chunks[i]);
      CountingSink sink(size);
      if (!container->read(source, sink)) {
        std::abort();
      }
      sums[i] = sink.sum();
    }
    if (sums[0] != sums[1]) {
      std::abort();
    }
    return 0;
  }
  std::abort();
}

}  // namespace uptrail::fuzz
