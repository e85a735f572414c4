// `log show --style syslog`.
#include <string>

#include "collector/containers/builtin.h"
#include "collector/containers/header_scan.h"
#include "collector/containers/prefix_memo.h"
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
  [[nodiscard]] StampReader& stamps() { return stamps_; }

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

// Judges lines whose header repeats, but for its time, one that was read before, by their text alone; the others in full.
class SyslogJudge final : public LineJudge {
 public:
  explicit SyslogJudge(RecordFilter& filter) : filter_(filter) {}
  std::optional<DullLine> dull(std::string_view line) override {
    DullLine out;
    if (dull_like_before(line, out)) {
      return out;
    }
    Record record;
    if (!style_.parse_header(line, record) || !record.time) {
      return std::nullopt;
    }
    learn(line, record);
    if (filter_.may_matter(record)) {
      return std::nullopt;
    }
    return DullLine{*record.time, record.zone_offset_minutes};
  }

 private:
  bool dull_like_before(std::string_view line, DullLine& out);
  void learn(std::string_view line, const Record& record);
  void take_tags(std::string_view& message);
  // Precondition: a time of the usual length stands there.
  [[nodiscard]] bool has_host(std::string_view line) const {
    return !host_.empty() && line.size() >= kZoneAt + host_.size() &&
           equal_bytes(line.data() + kZoneAt, host_.data(), host_.size());
  }
  static constexpr std::size_t kZoneAt = StampReader::kUsualSize - 5;

  RecordFilter& filter_;
  Syslog style_;
  std::string host_;      // with the zone before it and the blanks around it, behind a time of the usual length
  PrefixMemo processes_;  // "wifid[45]: ", of those that the filter judges by the text
  PrefixMemo tags_;       // "(WiFiPolicy) [com.apple.WiFiPolicy:] "
};

bool SyslogJudge::dull_like_before(std::string_view line, DullLine& out) {
  HeaderScan in(line);
  Stamp stamp;
  if (!style_.stamps().like_the_last(in, stamp) || !has_host(line)) {
    return false;
  }
  in = HeaderScan(line.substr(kZoneAt + host_.size()));
  const std::size_t process = processes_.find(in.rest(), [](std::size_t) { return true; });
  if (process == 0) {
    return false;
  }
  in.skip(process);
  std::string_view message = in.rest();
  take_tags(message);
  if (filter_.text_may_matter(message)) {
    return false;
  }
  out = {*stamp.time, stamp.zone_minutes};
  return true;
}

// As parse_header() does. A kept one counts when it would be read alike whatever follows: nothing may follow that could belong to
// it.
void SyslogJudge::take_tags(std::string_view& message) {
  if (!message.starts_with('(') && !message.starts_with('[')) {
    return;
  }
  const auto ends_here = [message](std::size_t length) { return message.substr(length, 1) != "["; };
  if (const std::size_t known = tags_.find(message, ends_here); known != 0) {
    message.remove_prefix(known);
    return;
  }
  const std::string_view whole = message;
  std::string_view subsystem;
  std::string_view category;
  take_library(message);
  take_subsystem(message, subsystem, category);
  const std::string_view taken = whole.substr(0, whole.size() - message.size());
  if (taken.ends_with(' ')) {
    tags_.keep(taken);
  }
}

void SyslogJudge::learn(std::string_view line, const Record& record) {
  const auto process = static_cast<std::size_t>(record.process.data() - line.data());
  const std::size_t close = line.find(']', process + record.process.size());
  if (!style_.stamps().last_was_usual() || line.substr(close, 3) != "]: " || !filter_.judges_by_text(record.process)) {
    return;
  }
  host_ = line.substr(kZoneAt, process - kZoneAt);
  processes_.keep(line.substr(process, close + 3 - process));
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
    return std::make_unique<SyslogJudge>(filter);
  }
};

}  // namespace

const Container& log_show_syslog_container() {
  static const LogShowSyslog kContainer;
  return kContainer;
}

}  // namespace uptrail
