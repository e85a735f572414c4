// The walk through a folder or an archive, with everything inside it. Private to this folder.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "collector/input/archive_stream.h"
#include "collector/input/input.h"
#include "collector/input/tree.h"

namespace uptrail::input {

class Walker {
 public:
  Walker(const TreeOptions& options, std::string root) : options_(options), root_(std::move(root)) {}

  Status folder(TreeVisitor& visitor);
  Status packed(TreeVisitor& visitor, std::unique_ptr<FileSource> file);
  Status packed(TreeVisitor& visitor, std::unique_ptr<ByteSource> bytes);

  [[nodiscard]] std::uint64_t bytes_read() const { return root_in_; }
  [[nodiscard]] std::uint64_t members() const { return members_; }
  [[nodiscard]] const std::string& format() const { return format_; }

 private:
  class Counted;   // bytes of what lies on disk
  class Unpacked;  // bytes that came out of something: they are held against the limits
  class EntryBytes;

  // How deep a member lies.
  struct Depth {
    std::uint32_t layers = 0;  // archives and compressions around it
    bool is_root = false;      // it is the root, or all that the root holds
  };

  void walk_folder(const std::string& path, std::vector<std::pair<std::uint64_t, std::uint64_t>>& around);
  void walk_folder_entry(const std::string& path, std::vector<std::pair<std::uint64_t, std::uint64_t>>& around);
  void walk_file(const TreeMember& member, std::unique_ptr<FileSource> file, Depth depth);
  void walk_bytes(const TreeMember& member, std::unique_ptr<ByteSource> bytes, Depth depth);
  void walk_compressed(const TreeMember& member, std::unique_ptr<PeekedSource> packed, Packing packing, Depth depth);
  void walk_archive(const TreeMember& member, ByteSource& packed, FileSource* seekable, Packing packing, Depth depth);
  void walk_entry(const TreeMember& archive, const ArchiveEntry& entry, ArchiveStream& stream, Depth depth);

  [[nodiscard]] bool stopped() const { return interrupted_ || exhausted_; }
  bool count_member();
  void give(const TreeMember& member, ByteSource& bytes);
  void tell(const TreeMember& member, TreeTrouble trouble, const std::string& detail);
  void tell(const TreeMember& member, const Error& error);
  void exhaust(std::string why);
  void note_format(std::string_view name, Depth depth);
  Status finish();

  const TreeOptions& options_;
  std::string root_;
  TreeVisitor* visitor_ = nullptr;
  std::uint64_t root_in_ = 0;    // bytes read of what lies on disk
  std::uint64_t total_out_ = 0;  // unpacked
  std::uint64_t members_ = 0;
  std::string format_;
  bool interrupted_ = false;
  bool exhausted_ = false;
  std::string exhausted_why_;
};

// A path of an archive as it is shown: parts joined by "/", without "." and empty ones. nullopt and `why`: it is absolute, leads
// upward, or is longer than `most` bytes. Backslashes separate, as archives made on Windows have them.
std::optional<std::string> safe_path(std::string_view stored, std::size_t most, std::string& why);

}  // namespace uptrail::input
