// The beginning of a source is looked at, then read like the rest: for containers that learn their layout from it.
#pragma once

#include <string>

#include "collector/containers/container.h"

namespace uptrail {

class HeadSource final : public ByteSource {
 public:
  explicit HeadSource(ByteSource& inner) : inner_(inner) {}
  Status fill();  // takes the first kSniffBytes; call it once, before anything else
  [[nodiscard]] std::string_view head() const { return head_; }
  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] std::string_view name() const override { return inner_.name(); }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return inner_.size(); }
  Result<std::size_t> read(std::span<char> into) override;

 private:
  ByteSource& inner_;
  std::string head_;
  std::size_t given_ = 0;
  bool complete_ = false;
};

}  // namespace uptrail
