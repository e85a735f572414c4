// Xcode's console up to version 14, and NSLog before the unified log: date, time, process[pid:thread], a category, text.
#include <algorithm>
#include <string>

#include "collector/containers/builtin.h"
#include "collector/containers/developer_prefix.h"
#include "collector/containers/head_source.h"
#include "collector/containers/sniff.h"
#include "collector/containers/system_front.h"
#include "collector/containers/text_pieces.h"
#include "collector/containers/text_records.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{"xcode", "Xcode console (up to 14), NSLog", 120, ClockKind::absolute, "docs/formats/xcode.md"};

constexpr std::size_t kLongestCategory = 64;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "C12", "C1.1": CFNetwork numbers its connections so.
bool is_connection(std::string_view name) {
  return name.front() == 'C' && name.size() > 1 && name.find_first_not_of("0123456789.", 1) == std::string_view::npos;
}

// A category is one word or words that all begin with a capital; "[TSManager stop]" is a method.
bool is_category(std::string_view name) {
  if (name.empty()) {
    return true;
  }
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool in_word = is_letter(c) || is_ascii_digit(c) || c == '_' || c == '-' || c == '.';
    const bool between = c == ' ' && i + 1 < name.size() && name[i + 1] >= 'A' && name[i + 1] <= 'Z';
    if (!in_word && !between) {
      return false;
    }
  }
  return is_letter(name.front()) && !is_connection(name);
}

// "[category] ", also empty.
void take_category(std::string_view& message, std::string_view& category) {
  const std::size_t end = message.substr(0, kLongestCategory + 2).find(']');
  if (!message.starts_with('[') || end == std::string_view::npos || !is_category(message.substr(1, end - 1))) {
    return;
  }
  const std::string_view rest = message.substr(end + 1);
  if (!rest.empty() && rest.front() != ' ') {
    return;
  }
  category = message.substr(1, end - 1);
  message = rest.substr(rest.empty() ? 0 : 1);
}

class Xcode final : public TextStyle {
 public:
  // `zone`: of the source, for lines that print none; nullopt: no line prints one, all times are as if the clock showed UTC.
  Xcode(bool prints, std::optional<int> zone) : prints_(prints), zone_(zone) {}
  bool parse_header(std::string_view line, Record& out) override;
  void finish(Record& out) override { out.message = first_piece(out.message); }
  [[nodiscard]] bool is_timed(const Record& record) const override { return record.pid.has_value(); }
  [[nodiscard]] bool is_banner(std::string_view) const override { return false; }
  [[nodiscard]] bool begins_header(std::string_view line) const override { return StampReader::begins(line); }

 private:
  bool parse_print(std::string_view line, Record& out);
  void set_time(const Stamp& stamp, Record& out) const;
  bool prints_;
  std::optional<int> zone_;
  StampReader stamps_;
};

// Where a line prints no zone, it is the one of the other lines; where no other line prints one, times stay local.
void Xcode::set_time(const Stamp& stamp, Record& out) const {
  out.time = stamp.time;
  out.zone_offset_minutes = stamp.zone_minutes;
  if (zone_ && !stamp.zone_minutes) {
    out.zone_offset_minutes = zone_;
    out.time = out.time ? std::optional(*out.time - minutes(*zone_)) : std::nullopt;
  } else if (!zone_ && stamp.zone_minutes) {
    out.zone_offset_minutes.reset();
    out.time = out.time ? std::optional(*out.time + minutes(*stamp.zone_minutes)) : std::nullopt;
  }
}

// A line that says itself what it is: a framework's print, event JSON, a message whose header was cut off. Mostly without time.
bool Xcode::parse_print(std::string_view line, Record& out) {
  out.message = line;
  if (const auto rct = take_rct_line(stamps_, out.message)) {
    out.level = rct->prefix.level;
    out.thread = rct->prefix.thread;
    if (rct->stamp) {
      set_time(*rct->stamp, out);
    }
    return true;
  }
  return take_flutter_print(out.message).has_value() || line.starts_with("{\"uptrail\":") ||
         (!line.starts_with(' ') && has_system_front(line));
}

bool Xcode::parse_header(std::string_view line, Record& out) {
  XcodeHeader header;
  if (!read_xcode_header(stamps_, line, header)) {
    return prints_ && parse_print(line, out);
  }
  set_time(header.stamp, out);
  out.process = header.process;
  out.pid = header.pid;
  out.thread = header.thread;
  out.message = header.rest;
  if (const auto rct = take_rct_line(stamps_, out.message)) {
    out.level = rct->prefix.level;
  } else if (!take_flutter_print(out.message)) {
    take_category(out.message, out.category);
  }
  return true;
}

// The first zone in the head.
std::optional<int> zone_of(const HeadSource& source) {
  StampReader stamps;
  for (const std::string_view line : head_lines(source.head(), source.complete(), kSniffBytes)) {
    XcodeHeader header;
    if (read_xcode_header(stamps, line, header) && header.stamp.zone_minutes) {
      return header.stamp.zone_minutes;
    }
  }
  return std::nullopt;
}

class XcodeConsole final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override {
    Xcode style(false, std::nullopt);
    return sniff_text_style(head, complete, style, "date, time and process[pid:thread]");
  }
  Status read(ByteSource& source, RecordSink& sink) const override;
};

Status XcodeConsole::read(ByteSource& source, RecordSink& sink) const {
  HeadSource whole(source);
  UPTRAIL_TRY(whole.fill());
  const auto zone = zone_of(whole);
  if (!zone) {
    sink.clock(ClockKind::floating);
  }
  Xcode style(true, zone);
  return read_text_records(whole, sink, style);
}

}  // namespace

const Container& xcode_container() {
  static const XcodeConsole kContainer;
  return kContainer;
}

}  // namespace uptrail
