// What became of the members of a folder or an archive that was given as an input. Nothing in it is passed over silently.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace uptrail {

// In the order in which they are told.
enum class MemberFate : std::uint8_t {
  used,
  known,              // used, but the case has its content already
  log_archive,        // of a .logarchive, or a .tracev3 file: another tool makes it readable
  result_bundle,      // of an .xcresult
  instruments_trace,  // of an Instruments .trace
  crash_report,       // .ips
  damaged,
  encrypted,
  unreadable,
  limit,
  unsafe_path,
  unsupported,  // an archive of a kind that is not read
  case_file,    // an Uptrail case
  unrelated,    // perhaps a log, but no line of it is about background transfers
  database,     // SQLite, but no known task store
  picture,
  empty,
  link,
  special,  // device, pipe, socket
  other,    // no log and no store
};
inline constexpr int kMemberFates = static_cast<int>(MemberFate::other) + 1;

std::string_view member_fate_name(MemberFate fate);  // "log-archive"; for files and JSON

struct Contents {
  struct Group {
    MemberFate fate = MemberFate::other;
    std::uint64_t members = 0;
    std::string where;                  // of a log archive, result bundle …: its path; else ""
    std::string detail;                 // more about the first of them; may be ""
    std::string command;                // what makes it readable; may be ""
    std::vector<std::string> examples;  // paths of the first kMaxExamples
  };
  std::string path;           // of the folder or archive, as given
  std::string format;         // "folder", "tar, gzip", …
  std::vector<Group> groups;  // by fate, where

  [[nodiscard]] std::uint64_t members() const;  // of all groups; folders do not count
};
inline constexpr std::size_t kMaxExamples = 10;

// "412 members: 3 used, 398 no log or store, 9 pictures, 1 encrypted"
std::string contents_line(const Contents& contents);

}  // namespace uptrail
