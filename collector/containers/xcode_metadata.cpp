#include "collector/containers/xcode_metadata.h"

#include <algorithm>
#include <array>

#include "collector/base/text.h"

namespace uptrail {

namespace {

constexpr std::size_t kLongest = 2048;  // of such a line

enum class Label : std::uint8_t { type, timestamp, process, library, subsystem, category, pid, tid, pid_tid, other };
struct LabelName {
  std::string_view text;
  Label label;
};
constexpr std::array<LabelName, 13> kLabels = {{{"Type", Label::type},
                                                {"Timestamp", Label::timestamp},
                                                {"Process", Label::process},
                                                {"Library", Label::library},
                                                {"Subsystem", Label::subsystem},
                                                {"Category", Label::category},
                                                {"PID", Label::pid},
                                                {"TID", Label::tid},
                                                {"Thread", Label::tid},
                                                {"PID:TID", Label::pid_tid},
                                                {"Process ID", Label::pid},
                                                {"Thread ID", Label::tid},
                                                {"Activity", Label::other}}};

// "Label: value" at the front of `part`; the longest label that fits counts.
std::optional<Label> take_label(std::string_view part, std::string_view& value) {
  std::optional<Label> found;
  std::size_t best = 0;
  for (const LabelName& name : kLabels) {
    const std::size_t n = name.text.size();
    if (part.starts_with(name.text) && part.substr(n).starts_with(':') && n > best &&
        (part.size() == n + 1 || part[n + 1] == ' ')) {
      found = name.label;
      best = n;
      value = trim(part.substr(n + 1));
    }
  }
  return found;
}

std::optional<std::int64_t> number(std::string_view text) {
  HeaderScan in(text);
  const auto n = in.number();
  return in.at_end() ? n : std::nullopt;
}

void take_value(StampReader& stamps, Label label, std::string_view value, XcodeMetadata& out) {
  switch (label) {
    case Label::type:
      out.level = level_of(value);
      break;
    case Label::timestamp: {
      HeaderScan in(value);
      Stamp stamp;
      if (stamps.date_time(in, stamp) && in.at_end()) {
        out.stamp = stamp;
      } else {
        out.bad_stamp = true;
      }
      break;
    }
    case Label::process:
      out.process = value;
      break;
    case Label::library:
      out.library = value;
      break;
    case Label::subsystem:
      out.subsystem = value;
      break;
    case Label::category:
      out.category = value;
      break;
    case Label::pid:
      out.pid = number(value);
      break;
    case Label::tid:
      out.thread = value;
      break;
    case Label::pid_tid:
      out.pid = number(value.substr(0, value.find(':')));
      out.thread = value.substr(std::min(value.size(), value.find(':') + 1));
      break;
    case Label::other:
      break;
  }
}

}  // namespace

std::optional<XcodeMetadata> read_xcode_metadata(StampReader& stamps, std::string_view line) {
  if (line.size() > kLongest) {
    return std::nullopt;
  }
  std::string_view rest = trim(line);
  if (rest.empty() || std::string_view("TPLSCA").find(rest.front()) == std::string_view::npos) {
    return std::nullopt;
  }
  XcodeMetadata out;
  std::size_t fields = 0;
  while (!rest.empty()) {
    const std::size_t bar = std::min(rest.find(" | "), rest.size());
    std::string_view value;
    const auto label = take_label(trim(rest.substr(0, bar)), value);
    if (!label) {
      return std::nullopt;
    }
    ++fields;
    take_value(stamps, *label, value, out);
    rest.remove_prefix(std::min(rest.size(), bar + 3));
  }
  // One field alone could be anybody's text, except the time.
  return fields >= 2 || out.stamp ? std::optional(out) : std::nullopt;
}

bool is_xcode_metadata(std::string_view line) {
  StampReader stamps;
  return read_xcode_metadata(stamps, line).has_value();
}

}  // namespace uptrail
