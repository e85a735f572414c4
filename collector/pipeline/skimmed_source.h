// A source without the lines that concern nobody: blocks are read, hashed and skimmed by other threads, and given in order.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "collector/base/byte_source.h"
#include "collector/containers/skim.h"

namespace uptrail {

// How inputs are read. All ways give the same case.
struct ReadingOptions {
  bool skim = true;                                 // false: every record goes through the whole path
  std::size_t least_bytes = std::size_t{4} << 20U;  // smaller inputs are not worth skimming
  std::size_t block_bytes = std::size_t{512} << 10U;
  std::optional<unsigned> threads;  // that read and skim beside the caller's; 0: the caller does it; nullopt: as the machine has
};

// A judge for a thread of its own, with everything that it needs.
struct OwnedJudge {
  std::unique_ptr<RecordFilter> filter;
  std::unique_ptr<LineJudge> judge;
};

class SkimmedSource final : public ByteSource {
 public:
  // `inner` is read by one thread at a time; `make_judge` is called on the caller's thread.
  SkimmedSource(ByteSource& inner, const ReadingOptions& options, const std::function<OwnedJudge()>& make_judge);
  ~SkimmedSource() override;
  SkimmedSource(const SkimmedSource&) = delete;
  SkimmedSource& operator=(const SkimmedSource&) = delete;
  [[nodiscard]] std::string_view name() const override { return inner_.name(); }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return inner_.size(); }
  Result<std::size_t> read(std::span<char> into) override;
  SkippedLines take_skipped() override;

 private:
  struct Block;
  struct Shared;
  bool next_block();
  [[nodiscard]] bool at_run() const;

  ByteSource& inner_;
  std::unique_ptr<Shared> shared_;
  std::unique_ptr<Block> block_;  // being given
  std::size_t run_ = 0;           // of block_
  std::size_t given_ = 0;         // of that run
  bool told_ = false;             // what was left out before that run was said
  Status status_ = done();
};

}  // namespace uptrail
