// Folders, archives and compressed files behind FileTree (docs/formats/archives.md).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "collector/base/file_tree.h"
#include "collector/base/result.h"

namespace uptrail {

// How many first bytes looks_packed() wants.
inline constexpr std::size_t kPackedHeadBytes = 512;
// True when the bytes begin an archive or a compressed file that open_tree() opens, or one that it names as unsupported.
bool looks_packed(std::string_view head);
// True when the bytes are one compressed file, not an archive: its tree may still turn out to be a tar.
bool looks_compressed(std::string_view head);

struct TreeOptions {
  TreeLimits limits;
  std::function<bool()> cancelled;  // may be empty; asked often
};

// A folder, or a file that looks packed. The path itself may be a symbolic link. Errors as open_input().
Result<std::unique_ptr<FileTree>> open_tree(const std::string& path, TreeOptions options);
// A packed stream that cannot be opened again (standard input). `name` is shown.
std::unique_ptr<FileTree> stream_tree(std::unique_ptr<ByteSource> bytes, std::string name, TreeOptions options);

// A private copy of a member, for readers that need a file.
struct Spooled {
  std::uint64_t size = 0;
  std::string content_hash;  // XXH3-128, hex
};
// Copies `bytes` to the new file `to`. Errors: those of `bytes`, a full disk, ErrorKind::limit beyond `most`; the file is
// removed then.
Result<Spooled> spool(ByteSource& bytes, const std::string& to, std::uint64_t most);

}  // namespace uptrail
