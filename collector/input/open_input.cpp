#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "collector/input/file_source.h"
#include "collector/input/input.h"

namespace uptrail {

namespace input {

namespace {

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

TimeNs modified_of(const struct stat& info) {
#ifdef __APPLE__
  const auto& t = info.st_mtimespec;
#else
  const auto& t = info.st_mtim;
#endif
  return TimeNs{0} + seconds(t.tv_sec) + nanoseconds(t.tv_nsec);
}

FileSource::~FileSource() {
  if (owned_) {
    ::close(fd_);
  }
}

Result<std::size_t> FileSource::read(std::span<char> into) {
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

Result<std::string> FileSource::head(std::size_t bytes) {
  std::string out(bytes, '\0');
  std::size_t have = 0;
  while (have < bytes) {
    const ssize_t got = ::pread(fd_, out.data() + have, bytes - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return fail(ErrorKind::unreadable, std::string("cannot be read: ") + std::strerror(errno), name_, have);
    }
    if (got == 0) {
      break;
    }
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return out;
}

Status FileSource::seek(std::uint64_t to) {
  if (::lseek(fd_, static_cast<off_t>(to), SEEK_SET) < 0) {
    return fail(ErrorKind::unreadable, std::string("cannot be read there: ") + std::strerror(errno), name_, to);
  }
  at_ = to;
  return done();
}

Result<std::unique_ptr<FileSource>> open_file(const std::string& path, bool follow) {
  // Without O_NONBLOCK opening a pipe would wait for its writer.
  const int flags = O_RDONLY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW | O_NONBLOCK);
  const int fd = ::open(path.c_str(), flags);
  if (fd < 0) {
    return open_error(path, errno);
  }
  struct stat info {};
  if (::fstat(fd, &info) != 0) {
    const int error = errno;
    ::close(fd);
    return open_error(path, error);
  }
  if (S_ISDIR(info.st_mode) || (!follow && !S_ISREG(info.st_mode))) {
    ::close(fd);
    Error e = fail(ErrorKind::unreadable, S_ISDIR(info.st_mode) ? "is a folder, not a capture" : "is not a regular file", path);
    e.hint = "name the files inside it";
    return e;
  }
  const auto size = S_ISREG(info.st_mode) ? std::optional(static_cast<std::uint64_t>(info.st_size)) : std::nullopt;
  return std::make_unique<FileSource>(fd, true, path, FileSource::Facts{size, modified_of(info)});
}

}  // namespace input

Result<std::unique_ptr<ByteSource>> open_input(const std::string& path) {
  if (path == "-") {
    return std::unique_ptr<ByteSource>(
        std::make_unique<input::FileSource>(STDIN_FILENO, false, "standard input", input::FileSource::Facts{}));
  }
  auto file = input::open_file(path);
  if (!file) {
    return file.error();
  }
  return std::unique_ptr<ByteSource>(file.take());
}

}  // namespace uptrail
