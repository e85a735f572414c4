// Where bytes come from: a file, standard input, an archive member, a buffer in a test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "collector/base/result.h"

namespace uptrail {

// Sequential, read once. Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;              // for messages; never used to recognise a format
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;  // nullopt: unknown (a pipe)
  // Fills the front of `into` and returns how much; 0 only at the end.
  virtual Result<std::size_t> read(std::span<char> into) = 0;
};

// A buffer as a source. `chunk` limits one read, so that tests can prove that chunking does not matter.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes, std::string name = "memory", std::size_t chunk = SIZE_MAX)
      : bytes_(bytes), name_(std::move(name)), chunk_(chunk) {}
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return bytes_.size(); }
  Result<std::size_t> read(std::span<char> into) override;

 private:
  std::string_view bytes_;  // not owned
  std::string name_;
  std::size_t chunk_;
  std::size_t at_ = 0;
};

}  // namespace uptrail
