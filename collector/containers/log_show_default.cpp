// `log show` and `log stream` in their default style: columns of fixed order, the last one free text.
#include <algorithm>

#include "collector/containers/builtin.h"
#include "collector/containers/header_scan.h"
#include "collector/containers/text_records.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{"log_show_default", "log show, default style", 40, ClockKind::absolute,
                              "docs/formats/log_show_default.md"};

bool is_hex(std::string_view word) {
  return word.size() > 2 && word.starts_with("0x") &&
         word.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
}

// "process: (Library) [subsystem:category] text"
void take_process(std::string_view message, Record& out) {
  const std::string_view line = message.substr(0, message.find('\n'));
  std::size_t end = line.find(": ");
  if (end == std::string_view::npos && line.ends_with(':')) {
    end = line.size() - 1;
  }
  if (end != std::string_view::npos && end > 0) {
    out.process = message.substr(0, end);
    message.remove_prefix(std::min(end + 2, message.size()));
  }
  out.message = message;
  out.library = take_library(out.message);
  take_subsystem(out.message, out.subsystem, out.category);
}

class Default final : public TextStyle {
 public:
  bool parse_header(std::string_view line, Record& out) override;
  void finish(Record& out) override;
  [[nodiscard]] bool is_banner(std::string_view line) const override { return is_log_banner(line); }
  [[nodiscard]] bool begins_header(std::string_view line) const override { return StampReader::begins(line); }

 private:
  StampReader stamps_;
};

bool Default::parse_header(std::string_view line, Record& out) {
  HeaderScan in(line);
  Stamp stamp;
  if (!is_ascii_digit(in.peek()) || !stamps_.date_time(in, stamp) || !stamp.zone_minutes || in.eat_blanks() == 0) {
    return false;
  }
  const std::string_view thread = in.word();
  if (!is_hex(thread) || in.eat_blanks() == 0) {
    return false;
  }
  const std::string_view type = in.word();
  in.eat_blanks();
  if (in.peek() != '0') {
    in.word();  // a type of two words
    in.eat_blanks();
  }
  const std::string_view activity = in.word();
  if (!is_hex(activity) || in.eat_blanks() == 0) {
    return false;
  }
  const auto pid = in.number();
  if (!pid) {
    return false;
  }
  in.eat_blanks();
  HeaderScan ttl = in;
  if (ttl.number() && (ttl.at_end() || ttl.eat_blanks() > 0)) {
    in = ttl;
  }
  out.time = stamp.time;
  out.zone_offset_minutes = stamp.zone_minutes;
  out.thread = thread;
  out.level = level_of(type);
  out.pid = pid;
  out.message = in.rest();
  take_process(in.rest(), out);
  return true;
}

// A copy may be wrapped behind the TTL column: the process then stands in the next line, indented.
void Default::finish(Record& out) {
  if (out.process.empty()) {
    std::string_view rest = out.message;
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    take_process(rest, out);
  }
}

class LogShowDefault final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override {
    Default style;
    return sniff_text_style(head, complete, style, "date, time, zone, thread, type, activity and pid");
  }
  Status read(ByteSource& source, RecordSink& sink) const override {
    Default style;
    return read_text_records(source, sink, style);
  }
  [[nodiscard]] std::unique_ptr<LineJudge> judge(RecordFilter& filter) const override {
    return judge_text_records(std::make_unique<Default>(), filter);
  }
};

}  // namespace

const Container& log_show_default_container() {
  static const LogShowDefault kContainer;
  return kContainer;
}

}  // namespace uptrail
