// A file descriptor as a source. Private to this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "collector/base/byte_source.h"
#include "collector/base/time.h"

struct stat;

namespace uptrail::input {

TimeNs modified_of(const struct stat& info);

class FileSource final : public ByteSource {
 public:
  struct Facts {
    std::optional<std::uint64_t> size;  // nullopt: not a regular file
    TimeNs modified;
  };
  FileSource(int fd, bool owned, std::string name, Facts facts) : fd_(fd), owned_(owned), name_(std::move(name)), facts_(facts) {}
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override;

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return facts_.size; }
  [[nodiscard]] std::optional<TimeNs> modified() const override {
    return facts_.size ? std::optional(facts_.modified) : std::nullopt;
  }
  Result<std::size_t> read(std::span<char> into) override;

  // For regular files only. The first bytes, without moving.
  Result<std::string> head(std::size_t bytes);
  // Where the next read() begins; beyond the end is allowed.
  Status seek(std::uint64_t to);
  [[nodiscard]] std::uint64_t at() const { return at_; }
  [[nodiscard]] bool seekable() const { return facts_.size.has_value(); }

 private:
  int fd_;
  bool owned_;
  std::string name_;
  Facts facts_;
  std::uint64_t at_ = 0;
};

// Errors as open_input() says; a folder is one. With `follow` false a symbolic link is an error, and nothing but a regular file
// is opened.
Result<std::unique_ptr<FileSource>> open_file(const std::string& path, bool follow = true);

}  // namespace uptrail::input
