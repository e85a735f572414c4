#include "collector/input/identity.h"

#include <sys/stat.h>

#include <algorithm>
#include <vector>

#include "collector/base/byte_source.h"
#include "collector/input/digest.h"
#include "collector/input/file_source.h"
#include "collector/input/input.h"

namespace uptrail {

namespace {

// Adds the first `bytes` of a file; false when they are not there.
bool add_head(const std::string& path, std::uint64_t bytes, Digest& digest) {
  auto source = open_input(path);
  if (!source.ok()) {
    return false;
  }
  std::vector<char> buffer(64U << 10U);
  while (bytes > 0) {
    const auto got =
        (*source)->read(std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, buffer.size()))));
    if (!got.ok() || *got == 0) {
      return false;
    }
    digest.add(std::string_view(buffer.data(), *got));
    bytes -= *got;
  }
  return true;
}

bool regular(const std::string& path, struct stat& info) { return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode); }

}  // namespace

std::optional<FileIdentity> identify_file(const std::string& path) {
  struct stat info {};
  if (path == "-" || !regular(path, info)) {
    return std::nullopt;
  }
  FileIdentity out;
  Digest digest;
  const auto add = [&](const std::string& file) {
    const auto size = static_cast<std::uint64_t>(info.st_size);
    out.size += size;
    out.modified = std::max(out.modified, input::modified_of(info));
    return add_head(file, std::min(size, kIdentityHead), digest);
  };
  if (!add(path)) {
    return std::nullopt;
  }
  if (const std::string wal = path + "-wal"; regular(wal, info) && !add(wal)) {
    return std::nullopt;
  }
  out.head_hash = digest.hex();
  return out;
}

bool only_grew(const std::string& path, const FileIdentity& before) {
  struct stat info {};
  if (!regular(path, info) || static_cast<std::uint64_t>(info.st_size) <= before.size || before.size == 0) {
    return false;
  }
  if (struct stat wal{}; regular(path + "-wal", wal)) {
    return false;
  }
  Digest digest;
  return add_head(path, std::min(before.size, kIdentityHead), digest) && digest.hex() == before.head_hash;
}

}  // namespace uptrail
