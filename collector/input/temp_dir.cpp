#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include "collector/input/digest.h"
#include "collector/input/input.h"

namespace uptrail {

namespace fs = std::filesystem;

namespace {

TimeNs modified_of(const struct stat& info) {
#ifdef __APPLE__
  const auto& t = info.st_mtimespec;
#else
  const auto& t = info.st_mtim;
#endif
  return TimeNs{0} + seconds(t.tv_sec) + nanoseconds(t.tv_nsec);
}

Result<bool> exists(const std::string& path) {
  std::error_code error;
  const bool there = fs::exists(path, error);
  if (error) {
    return fail(ErrorKind::unreadable, "cannot be looked at: " + error.message(), path);
  }
  return there;
}

// Appends one file's facts to `copy`, its bytes to `digest` and to the new file `to`.
Status copy_file(const std::string& from, const std::string& to, SqliteCopy& copy, Digest& digest) {
  auto source = open_input(from);
  if (!source) {
    return source.error();
  }
  struct stat info {};
  if (::stat(from.c_str(), &info) == 0) {
    copy.modified = std::max(copy.modified, modified_of(info));
  }
  const int out = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (out < 0) {
    return fail(ErrorKind::unreadable, std::string("no private copy can be made: ") + std::strerror(errno), to);
  }
  std::vector<char> buffer(256U << 10U);
  Status status = done();
  for (;;) {
    const auto got = (*source)->read(buffer);
    if (!got) {
      status = got.error();
      break;
    }
    if (*got == 0) {
      break;
    }
    digest.add(std::string_view(buffer.data(), *got));
    copy.size += *got;
    std::size_t written = 0;
    while (written < *got) {
      const ssize_t n = ::write(out, buffer.data() + written, *got - written);
      if (n < 0 && errno == EINTR) {
        continue;
      }
      if (n <= 0) {
        break;
      }
      written += static_cast<std::size_t>(n);
    }
    if (written < *got) {
      Error e = fail(ErrorKind::unreadable, std::string("no private copy can be made: ") + std::strerror(errno), to);
      e.hint = "is the disk of the temporary folder full?";
      status = e;
      break;
    }
  }
  ::close(out);
  return status;
}

}  // namespace

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

Result<SqliteCopy> copy_sqlite(const std::string& path, const TempDir& dir) {
  SqliteCopy copy;
  copy.modified = kTimeMin;
  for (int n = 1;; ++n) {
    copy.path = dir.path() + "/copy" + std::to_string(n) + ".sqlite";
    const auto taken = exists(copy.path);
    if (!taken) {
      return taken.error();
    }
    if (!*taken) {
      break;
    }
  }
  Digest digest;
  UPTRAIL_TRY(copy_file(path, copy.path, copy, digest));
  const auto wal = exists(path + "-wal");
  if (!wal) {
    return wal.error();
  }
  if (*wal) {
    UPTRAIL_TRY(copy_file(path + "-wal", copy.path + "-wal", copy, digest));
    copy.has_wal = true;
  }
  copy.content_hash = digest.hex();
  return copy;
}

}  // namespace uptrail
