// `log show --style syslog`.
#include "collector/containers/builtin.h"
#include "collector/containers/header_scan.h"
#include "collector/containers/text_records.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{"log_show_syslog", "log show --style syslog", 30, ClockKind::absolute,
                              "docs/formats/log_show_syslog.md"};

class Syslog final : public TextStyle {
 public:
  bool parse_header(std::string_view line, Record& out) override;
  [[nodiscard]] bool is_banner(std::string_view line) const override { return is_log_banner(line); }
  [[nodiscard]] bool begins_header(std::string_view line) const override { return StampReader::begins(line); }

 private:
  StampReader stamps_;
};

bool Syslog::parse_header(std::string_view line, Record& out) {
  HeaderScan in(line);
  Stamp stamp;
  if (!is_ascii_digit(in.peek()) || !stamps_.date_time(in, stamp) || !stamp.zone_minutes || in.eat_blanks() == 0) {
    return false;
  }
  if (in.word().empty() || in.eat_blanks() != 1) {  // the host
    return false;
  }
  const std::string_view rest = in.rest();
  const std::size_t open = rest.find('[');
  if (open == std::string_view::npos || open == 0) {
    return false;
  }
  in.skip(open + 1);
  const auto pid = in.number();
  if (!pid || !in.eat(']') || !in.eat(':')) {
    return false;
  }
  in.eat(' ');
  out.time = stamp.time;
  out.zone_offset_minutes = stamp.zone_minutes;
  out.process = rest.substr(0, open);
  out.pid = pid;
  out.message = in.rest();
  out.library = take_library(out.message);
  take_subsystem(out.message, out.subsystem, out.category);
  return true;
}

class LogShowSyslog final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override {
    Syslog style;
    return sniff_text_style(head, complete, style, "date, time, zone, host and process[pid]:");
  }
  Status read(ByteSource& source, RecordSink& sink) const override {
    Syslog style;
    return read_text_records(source, sink, style);
  }
  [[nodiscard]] std::unique_ptr<LineJudge> judge(RecordFilter& filter) const override {
    return judge_text_records(std::make_unique<Syslog>(), filter);
  }
};

}  // namespace

const Container& log_show_syslog_container() {
  static const LogShowSyslog kContainer;
  return kContainer;
}

}  // namespace uptrail
