#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include "collector/input/digest.h"
#include "collector/input/input.h"
#include "collector/input/tree.h"

namespace uptrail {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kCopyBytes = 256U << 10U;

Error no_copy(const std::string& to) {
  Error e = fail(ErrorKind::unreadable, std::string("no private copy can be made: ") + std::strerror(errno), to);
  e.hint = "is the disk of the temporary folder full?";
  return e;
}

Status write_all(int fd, std::string_view bytes, const std::string& to) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return no_copy(to);
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return done();
}

Status copy_bytes(ByteSource& bytes, int fd, const std::string& to, std::uint64_t most, Spooled& out) {
  std::vector<char> buffer(kCopyBytes);
  Digest digest;
  for (;;) {
    const auto got = bytes.read(buffer);
    if (!got) {
      return got.error();
    }
    if (*got == 0) {
      out.content_hash = digest.hex();
      return done();
    }
    if (out.size + *got > most) {
      return fail(ErrorKind::limit, "larger than " + std::to_string(most) + " bytes: no private copy is made of it",
                  std::string(bytes.name()));
    }
    const std::string_view block(buffer.data(), *got);
    digest.add(block);
    out.size += *got;
    UPTRAIL_TRY(write_all(fd, block, to));
  }
}

}  // namespace

Result<Spooled> spool(ByteSource& bytes, const std::string& to, std::uint64_t most) {
  const int fd = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    return no_copy(to);
  }
  Spooled out;
  Status status = copy_bytes(bytes, fd, to, most, out);
  if (::close(fd) != 0 && status.ok()) {
    status = no_copy(to);
  }
  if (!status.ok()) {
    ::unlink(to.c_str());
    return status.error();
  }
  return out;
}

Result<TempDir> TempDir::make() {
  std::error_code error;
  fs::path base = fs::temp_directory_path(error);
  if (error) {
    base = "/tmp";
  }
  std::string pattern = (base / "uptrail-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    Error e = fail(ErrorKind::unreadable, std::string("cannot make a temporary folder: ") + std::strerror(errno), base.string());
    e.hint = "set TMPDIR to a folder you may write to";
    return e;
  }
  TempDir out;
  out.path_ = std::move(pattern);
  return out;
}

TempDir::TempDir(TempDir&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TempDir::~TempDir() {
  if (!path_.empty()) {
    std::error_code ignored;  // a destructor has nobody to tell
    fs::remove_all(path_, ignored);
  }
}

}  // namespace uptrail
