// Folders and archives: which of their members matter, and what became of the others. Private to this folder.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "collector/base/file_tree.h"
#include "collector/pipeline/intake.h"

namespace uptrail {

// Recognised with less than this, a member of a folder or an archive is used only when a line of it matters: a sysdiagnose is
// full of texts with times in front.
inline constexpr int kSureMember = 90;

// A folder, or a file that is packed. Errors: as open_input().
Result<bool> is_tree(const std::string& path);
// Reads every member that matters; what became of all of them is appended to context.contents. A single compressed file behaves
// like the file inside. Errors: nothing in it can be used, interrupted, or what the case says.
Result<Taken> take_tree(IntakeContext& context, const std::string& path);
// The same of bytes that come once (standard input).
Result<Taken> take_packed_stream(IntakeContext& context, std::unique_ptr<ByteSource> bytes, const std::string& path);

// Counts what became of members, by fate.
class ContentsNotes {
 public:
  void note(MemberFate fate, const std::string& path, const std::string& detail = {});
  // A recognised member of one of Apple's bundles: the bundle is named, and what else lies in it counts as its own.
  void note_bundle(MemberFate fate, const std::string& path);
  [[nodiscard]] Contents finish(std::string path, std::string format) const;
  static MemberFate fate_of(TreeTrouble trouble);

 private:
  using Groups = std::map<std::pair<MemberFate, std::string>, Contents::Group>;  // by fate, place
  static void add(Groups& groups, MemberFate fate, const std::string& place, const std::string& path, const std::string& detail);
  static void merge(Groups& groups, MemberFate fate, const std::string& place, const Contents::Group& from);

  Groups groups_;
  std::map<std::string, Groups> in_bundles_;   // what lies below a folder with the name of a bundle
  std::map<std::string, MemberFate> bundles_;  // recognised
};

}  // namespace uptrail
