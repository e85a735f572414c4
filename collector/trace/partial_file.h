// A file that is written beside its final place and appears there only when it is whole. Private to this folder.
#pragma once

#include <string>

#include "collector/base/result.h"

namespace uptrail::trace {

class PartialFile {
 public:
  // Creates "<target>.partial-<pid>-<n>", empty, and removes such files of processes that no longer live. A target that is a
  // symbolic link is followed.
  static Result<PartialFile> create(const std::string& target);
  PartialFile(PartialFile&& other) noexcept;
  PartialFile& operator=(PartialFile&&) = delete;
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  ~PartialFile();  // removes the file unless publish() succeeded

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& target() const { return target_; }
  // Lets the system begin to bring the bytes to the disk, so that publish() finds less to wait for. May be called by any thread.
  void begin_writing() const;
  // Brings the bytes to the disk and renames the file over the target.
  Status publish();

 private:
  PartialFile() = default;
  std::string path_;  // "" after publish
  std::string target_;
  int lock_ = -1;  // open while we live: a lock on it tells the file from a dead one's
};

}  // namespace uptrail::trace
