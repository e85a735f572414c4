// gzip data unpacked while it is read. Unlike an archive library it gives everything up to the point of damage, and checks the
// checksum. Private to this folder.
#pragma once

#include <memory>
#include <string>

#include "collector/base/byte_source.h"

namespace uptrail::input {

class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> packed);
  ~GzipSource() override;
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;
  [[nodiscard]] std::string_view name() const override { return packed_->name(); }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::nullopt; }
  // Errors: malformed (damaged, cut off, something else behind the end), those of the packed source.
  Result<std::size_t> read(std::span<char> into) override;

 private:
  struct State;
  Status fill();
  Status next_stream();
  Status damaged(std::string message) const;

  std::unique_ptr<ByteSource> packed_;
  std::unique_ptr<State> state_;
};

}  // namespace uptrail::input
