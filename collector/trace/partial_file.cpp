#include "collector/trace/partial_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace uptrail::trace {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMark = ".partial-";
constexpr int kAttempts = 100;

Error cannot(const std::string& what, const std::string& path) {
  return fail(ErrorKind::unreadable, what + ": " + std::strerror(errno), path);
}

// Companions of a database that was being written.
void remove_with_journals(const std::string& path) {
  for (const char* suffix : {"-journal", "-wal", "-shm", ""}) {
    ::unlink((path + suffix).c_str());
  }
}

void remove_dead(const fs::path& target) {
  const std::string prefix = target.filename().string() + std::string(kMark);
  const fs::path folder = target.parent_path().empty() ? fs::path(".") : target.parent_path();
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const bool ours = name.size() > prefix.size() && name.compare(0, prefix.size(), prefix) == 0 &&
                      name.find_first_not_of("0123456789-", prefix.size()) == std::string::npos;
    if (!ours) {
      continue;
    }
    const int fd = ::open(entry.path().c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
      continue;
    }
    // The lock of a living writer is refused; that of a dead one went with it.
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
      remove_with_journals(entry.path().string());
    }
    ::close(fd);
  }
}

// Between making the file and locking it somebody else's remove_dead may have taken it away.
bool still_there(int fd, const std::string& path) {
  struct stat open_file {};
  struct stat named {};
  return ::fstat(fd, &open_file) == 0 && ::stat(path.c_str(), &named) == 0 && open_file.st_ino == named.st_ino &&
         open_file.st_dev == named.st_dev;
}

Status sync_folder(const std::string& target) {
  const fs::path folder = fs::path(target).parent_path().empty() ? fs::path(".") : fs::path(target).parent_path();
  const int fd = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return cannot("cannot open the folder", folder.string());
  }
  ::fsync(fd);  // some file systems refuse this for folders; the rename itself has happened
  ::close(fd);
  return done();
}

}  // namespace

Result<PartialFile> PartialFile::create(const std::string& target) {
  std::error_code error;
  PartialFile file;
  file.target_ = target;
  if (fs::is_symlink(target, error)) {
    const fs::path followed = fs::weakly_canonical(target, error);
    if (!error) {
      file.target_ = followed.string();
    }
  }
  remove_dead(file.target_);
  for (int n = 0; n < kAttempts; ++n) {
    std::string path = file.target_ + std::string(kMark) + std::to_string(::getpid()) + "-" + std::to_string(n);
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST) {
      continue;
    }
    if (fd < 0) {
      return cannot("cannot create a file here", target);
    }
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0 && still_there(fd, path)) {
      file.path_ = std::move(path);
      file.lock_ = fd;
      return file;
    }
    ::close(fd);
  }
  return fail(ErrorKind::unreadable, "cannot create a file here: too many unfinished ones", target);
}

PartialFile::PartialFile(PartialFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), target_(std::move(other.target_)), lock_(std::exchange(other.lock_, -1)) {}

PartialFile::~PartialFile() {
  if (!path_.empty()) {
    remove_with_journals(path_);
  }
  if (lock_ >= 0) {
    ::close(lock_);
  }
}

void PartialFile::begin_writing() const {
#ifdef __linux__
  ::sync_file_range(lock_, 0, 0, SYNC_FILE_RANGE_WRITE);
#endif
}

Status PartialFile::publish() {
  if (::fsync(lock_) != 0) {
    return cannot("cannot bring the file to the disk", target_);
  }
  if (::rename(path_.c_str(), target_.c_str()) != 0) {
    return cannot("cannot put the finished case in place", target_);
  }
  path_.clear();
  return sync_folder(target_);
}

}  // namespace uptrail::trace
