// What tells whether a file is still the one that was read, without reading it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "collector/base/result.h"
#include "collector/base/time.h"

namespace uptrail {

inline constexpr std::uint64_t kIdentityHead = 1U << 20U;  // bytes

struct FileIdentity {
  std::uint64_t size = 0;  // bytes of the file and, when there is one, of its -wal
  TimeNs modified;         // the later of both, UTC
  std::string head_hash;   // XXH3-128 over the first MiB of each
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// nullopt: nothing that can be looked at twice (standard input, a folder, a pipe), or it cannot be read.
std::optional<FileIdentity> identify_file(const std::string& path);

// Does the file begin with the bytes that `before` saw: did it only grow? False when it has a -wal: its bytes move.
bool only_grew(const std::string& path, const FileIdentity& before);

}  // namespace uptrail
