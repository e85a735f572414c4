#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "collector/input/input.h"

namespace uptrail {

namespace {

class FileSource final : public ByteSource {
 public:
  FileSource(int fd, bool owned, std::string name, std::optional<std::uint64_t> size)
      : fd_(fd), owned_(owned), name_(std::move(name)), size_(size) {}
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override {
    if (owned_) {
      ::close(fd_);
    }
  }
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }
  Result<std::size_t> read(std::span<char> into) override {
    if (into.empty()) {
      return std::size_t{0};
    }
    for (;;) {
      const ssize_t got = ::read(fd_, into.data(), into.size());
      if (got >= 0) {
        at_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
      }
      if (errno != EINTR) {
        return fail(ErrorKind::unreadable, std::string("cannot be read: ") + std::strerror(errno), name_, at_);
      }
    }
  }

 private:
  int fd_;
  bool owned_;
  std::string name_;
  std::optional<std::uint64_t> size_;
  std::uint64_t at_ = 0;
};

Error open_error(const std::string& path, int error) {
  Error e = fail(ErrorKind::unreadable, std::string("cannot be opened: ") + std::strerror(error), path);
  if (error == ENOENT || error == ENOTDIR) {
    e.hint = "check the path";
  } else if (error == EACCES || error == EPERM) {
    e.hint = "you may not read this file; copy it or change its permissions";
  }
  return e;
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_input(const std::string& path) {
  if (path == "-") {
    return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(STDIN_FILENO, false, "standard input", std::nullopt));
  }
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return open_error(path, errno);
  }
  struct stat info {};
  if (::fstat(fd, &info) != 0) {
    const int error = errno;
    ::close(fd);
    return open_error(path, error);
  }
  if (S_ISDIR(info.st_mode)) {
    ::close(fd);
    Error e = fail(ErrorKind::unreadable, "is a folder, not a capture", path);
    e.hint = "name the files inside it";
    return e;
  }
  const auto size = S_ISREG(info.st_mode) ? std::optional(static_cast<std::uint64_t>(info.st_size)) : std::nullopt;
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(fd, true, path, size));
}

}  // namespace uptrail
