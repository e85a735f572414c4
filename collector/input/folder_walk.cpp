#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "collector/base/text.h"
#include "collector/input/tree_walk.h"

namespace uptrail::input {

namespace fs = std::filesystem;

namespace {

// Names inside a folder, by their bytes.
Result<std::vector<std::string>> names_in(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator at(path, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  if (error) {
    return fail(ErrorKind::unreadable, "the folder cannot be read: " + error.message(), path);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Status Walker::folder(TreeVisitor& visitor) {
  visitor_ = &visitor;
  format_ = "folder";
  std::string top = root_;
  while (top.size() > 1 && top.back() == '/') {
    top.pop_back();
  }
  // The root itself must be readable; what lies deeper may be passed over.
  const auto names = names_in(top);
  UPTRAIL_TRY(names);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> around;
  walk_folder(top, around);
  return finish();
}

void Walker::walk_folder(const std::string& path, std::vector<std::pair<std::uint64_t, std::uint64_t>>& around) {
  TreeMember member;
  member.path = to_valid_utf8(path);
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    tell(member, TreeTrouble::unreadable, std::string("cannot be looked at: ") + std::strerror(errno));
    return;
  }
  // Links are not followed, yet a folder may be mounted inside itself.
  const std::pair<std::uint64_t, std::uint64_t> id(info.st_dev, info.st_ino);
  if (std::find(around.begin(), around.end(), id) != around.end() || around.size() >= options_.limits.folder_depth) {
    tell(member, TreeTrouble::limit,
         "folders lie inside each other without end, or deeper than " + std::to_string(options_.limits.folder_depth));
    return;
  }
  const auto names = names_in(path);
  if (!names.ok()) {
    tell(member, names.error());
    return;
  }
  around.push_back(id);
  const std::string inside = path == "/" ? path : path + "/";
  for (const std::string& name : *names) {
    if (stopped() || !count_member()) {
      break;
    }
    if (options_.cancelled && options_.cancelled()) {
      interrupted_ = true;
      break;
    }
    walk_folder_entry(inside + name, around);
  }
  around.pop_back();
}

void Walker::walk_folder_entry(const std::string& path, std::vector<std::pair<std::uint64_t, std::uint64_t>>& around) {
  TreeMember member;
  member.path = to_valid_utf8(path);
  std::error_code error;
  const fs::file_status status = fs::symlink_status(path, error);
  if (error) {
    tell(member, TreeTrouble::unreadable, "cannot be looked at: " + error.message());
  } else if (fs::is_symlink(status)) {
    tell(member, TreeTrouble::link, "a link is not followed");
  } else if (fs::is_directory(status)) {
    walk_folder(path, around);
  } else if (!fs::is_regular_file(status)) {
    tell(member, TreeTrouble::special, "a device, a pipe or a socket");
  } else {
    auto file = open_file(path, false);
    if (!file.ok()) {
      tell(member, file.error());
      return;
    }
    member.size = (*file)->size();
    member.modified = (*file)->modified();
    walk_file(member, file.take(), {});
  }
}

}  // namespace uptrail::input
