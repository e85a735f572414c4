// A folder or an archive, walked through: what it holds comes one after the other, as bytes that stream.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collector/base/byte_source.h"
#include "collector/base/time.h"

namespace uptrail {

// Walking stops at these, so that a hostile or broken input costs bounded time, memory and disk.
struct TreeLimits {
  std::uint64_t total_bytes = 64ULL << 30U;  // unpacked, every layer counted
  std::uint64_t ratio = 400;                 // unpacked bytes for each byte read of the file on disk …
  std::uint64_t ratio_free = 256ULL << 20U;  // … looked at when one member or layer has given more than this
  std::uint64_t members = 1'000'000;         // files, folders, links
  std::uint64_t spool_bytes = 4ULL << 30U;   // one member that must lie on disk to be read (a store)
  std::uint32_t depth = 8;                   // archives and compressions inside each other
  std::uint32_t folder_depth = 64;           // folders inside each other, on disk
  std::size_t path_bytes = 4096;             // of one name inside an archive
};

struct TreeMember {
  std::string path;                   // as shown: "folder/sub/a.log", "x.tar.gz!/sub/a.log"; valid UTF-8, without "." and ".."
  std::optional<std::uint64_t> size;  // unpacked; nullopt: known at its end only
  std::optional<TimeNs> modified;
  bool modified_is_local = false;  // written without zone; the zone of this computer was assumed
};

// Why the walk gives no bytes for something.
enum class TreeTrouble : std::uint8_t {
  link,         // symbolic or hard link: never followed
  special,      // device, pipe, socket
  unsafe_path,  // leads out of the archive, is absolute or has no end
  encrypted,
  unreadable,   // the operating system says no
  damaged,      // the rest of an archive cannot be read; what came before was given
  limit,        // a limit of TreeLimits; what came before was given
  unsupported,  // an archive of a kind that is not read
};

class TreeVisitor {
 public:
  virtual ~TreeVisitor() = default;
  // `bytes` lives until the call returns; what is not read is skipped cheaply. Its read() may fail in the middle: malformed
  // (damage), limit, unreadable; what came before is good. False: stop walking.
  virtual bool file(const TreeMember& member, ByteSource& bytes) = 0;
  virtual void trouble(const TreeMember& member, TreeTrouble trouble, const std::string& detail) = 0;
};

class FileTree {
 public:
  struct Place {
    std::uint64_t done = 0;              // bytes read of what lies on disk
    std::optional<std::uint64_t> total;  // nullopt: unknown (a folder, a pipe)
  };
  virtual ~FileTree() = default;
  // Folders in the order of their names' bytes, archives in the order in which they are stored. Once. Errors: interrupted (a
  // visitor or the caller said stop); or the root itself cannot be read at all.
  virtual Status walk(TreeVisitor& visitor) = 0;
  [[nodiscard]] virtual Place place() const = 0;
  [[nodiscard]] virtual std::string_view format() const = 0;  // "folder", "tar, gzip", "zip"; after walk()
  [[nodiscard]] virtual std::uint64_t members() const = 0;    // files, folders, links met so far, in every layer
};

}  // namespace uptrail
