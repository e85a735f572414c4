#include "collector/pipeline/member_kind.h"

#include <algorithm>
#include <array>

#include "collector/base/path_names.h"
#include "collector/base/text.h"

namespace uptrail {

namespace {

using namespace std::string_view_literals;

// A tracev3 file begins with its header chunk: tag 0x1000, sub-tag 0x11, 208 bytes, little-endian.
constexpr std::string_view kTracev3 = "\x00\x10\x00\x00\x11\x00\x00\x00\xD0\x00\x00\x00\x00\x00\x00\x00"sv;
constexpr std::size_t kHeadOfReport = 4096;

constexpr std::array kPictures = {"\x89PNG\r\n\x1A\n"sv, "\xFF\xD8\xFF"sv, "GIF87a"sv, "GIF89a"sv, "II*\0"sv, "MM\0*"sv, "BM"sv};

bool is_picture(std::string_view head) {
  constexpr std::size_t kLeastBitmap = 54;
  if (head.size() > 11 && head.substr(4, 4) == "ftyp" &&
      (head.substr(8, 3) == "hei" || head.substr(8, 3) == "mif" || head.substr(8, 3) == "avi")) {
    return true;
  }
  if (head.starts_with("RIFF") && head.size() > 11 && head.substr(8, 4) == "WEBP") {
    return true;
  }
  return std::any_of(kPictures.begin(), kPictures.end(), [&](std::string_view magic) {
    // "BM" alone may begin a text: four bytes that a bitmap keeps 0 follow its size.
    return head.starts_with(magic) &&
           (magic != "BM" || (head.size() >= kLeastBitmap && head.substr(6, 4) == std::string_view("\0\0\0\0", 4)));
  });
}

bool is_property_list(std::string_view head) {
  return head.starts_with("bplist00") || (head.starts_with("<?xml") && contains(head.substr(0, kHeadOfReport), "<plist"));
}

// A report begins with one line of JSON that says what it reports.
bool is_crash_report(std::string_view head) {
  const std::string_view line = head.substr(0, std::min(head.find('\n'), kHeadOfReport));
  return line.starts_with("{") && contains(line, "\"bug_type\"") && contains(line, "\"incident_id\"");
}

constexpr std::array kBundleEnds = {".logarchive"sv, ".xcresult"sv, ".trace"sv};

std::string_view end_for(MemberFate fate) {
  return fate == MemberFate::log_archive ? kBundleEnds[0] : fate == MemberFate::result_bundle ? kBundleEnds[1] : kBundleEnds[2];
}

std::string_view parent(std::string_view path) {
  const std::size_t at = path.find_last_of('/');
  return at == std::string_view::npos ? std::string_view() : path.substr(0, at);
}

// In single quotes for a shell.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

// The command that unpacks the outermost archive, and the path of what lies in it then.
std::string unpacked(std::string_view path, std::string& inside) {
  const std::size_t at = path.find("!/");
  if (at == std::string_view::npos) {
    inside = path;
    return {};
  }
  inside = path.substr(at + 2);
  const std::string_view archive = path.substr(0, at);
  const bool zip = ends_with_ignore_case(archive, ".zip");
  return std::string(zip ? "unzip " : "tar -xf ") + quoted(archive) + " && ";
}

}  // namespace

std::optional<MemberFate> recognise_other(std::string_view head) {
  if (head.starts_with(kTracev3)) {
    return MemberFate::log_archive;
  }
  if (is_property_list(head)) {
    if (contains(head, "fileBacked2")) {
      return MemberFate::result_bundle;
    }
    if (contains(head, "com.apple.xray.")) {
      return MemberFate::instruments_trace;
    }
    return std::nullopt;
  }
  if (is_crash_report(head)) {
    return MemberFate::crash_report;
  }
  return is_picture(head) ? std::optional(MemberFate::picture) : std::nullopt;
}

std::string_view bundle_prefix(std::string_view path) {
  std::size_t first = std::string_view::npos;
  for (const std::string_view end : kBundleEnds) {
    for (std::size_t at = path.find(end); at != std::string_view::npos; at = path.find(end, at + 1)) {
      const std::size_t behind = at + end.size();
      if (behind < path.size() && path[behind] == '/') {
        first = std::min(first, behind);
        break;
      }
    }
  }
  return first == std::string_view::npos ? std::string_view() : path.substr(0, first);
}

std::string bundle_of(MemberFate fate, std::string_view member) {
  if (fate == MemberFate::crash_report || fate == MemberFate::picture) {
    return {};
  }
  const std::string_view named = bundle_prefix(member);
  if (named.ends_with(end_for(fate))) {
    return std::string(named);
  }
  // Renamed: the folder around. A tracev3 file may lie on its own, away from its archive.
  if (fate != MemberFate::log_archive) {
    return std::string(parent(member));
  }
  constexpr std::array kFolders = {"Persist"sv, "Special"sv, "Signpost"sv, "HighVolume"sv};
  const std::string_view folder = parent(member);
  const std::string_view name = last_part(folder);
  const bool inside = std::find(kFolders.begin(), kFolders.end(), name) != kFolders.end();
  return inside ? std::string(parent(folder)) : std::string(member);
}

Advice advice_for(MemberFate fate, std::string_view path) {
  std::string inside;
  const std::string unpack = unpacked(path, inside);
  const std::string source = quoted(inside);
  switch (fate) {
    case MemberFate::log_archive:
      return {"Apple's binary log; on a Mac its own tool makes text of it (put your bundle identifier for com.example.app)",
              unpack + "log show --archive " + source + " --style ndjson --info --debug --predicate '" +
                  std::string(kLogPredicate) + "' > system.ndjson"};
    case MemberFate::result_bundle:
      return {"a result bundle of Xcode; text logs in it were looked at, and on a Mac Xcode's tool exports the others",
              unpack + "xcrun xcresulttool export diagnostics --path " + source + " --output-path diagnostics"};
    case MemberFate::instruments_trace:
      return {"a recording of Instruments, which keeps no log that is read here; record the log beside it",
              "xcrun simctl spawn booted log stream --level debug --style ndjson --predicate '" + std::string(kLogPredicate) +
                  "' > system.ndjson"};
    case MemberFate::crash_report:
      return {"a crash report says when and why a process ended, and nothing about transfers; read it beside the timeline", {}};
    default:
      return {};
  }
}

}  // namespace uptrail
