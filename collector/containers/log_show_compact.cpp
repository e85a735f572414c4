// `log show --style compact`: milliseconds, no zone, a type of two columns, process[pid:thread].
#include <algorithm>
#include <array>

#include "collector/containers/builtin.h"
#include "collector/containers/header_scan.h"
#include "collector/containers/text_records.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{
    "log_show_compact",  "log show --style compact",         50,
    ClockKind::floating, "docs/formats/log_show_compact.md", {DateShown::full, milliseconds(1), {}, {}}};

struct CompactType {
  std::string_view text;
  LogLevel level;
};
constexpr std::array<CompactType, 6> kTypes = {{{"Df", LogLevel::standard},
                                                {"E ", LogLevel::error},
                                                {"I ", LogLevel::info},
                                                {"Db", LogLevel::debug},
                                                {"F ", LogLevel::fault},
                                                {"D ", LogLevel::debug}}};

// Activities, signposts and what later systems print have no level.
LogLevel compact_level(std::string_view type) {
  const auto known = std::find_if(kTypes.begin(), kTypes.end(), [&](const CompactType& t) { return t.text == type; });
  return known == kTypes.end() ? LogLevel::unknown : known->level;
}

class Compact final : public TextStyle {
 public:
  bool parse_header(std::string_view line, Record& out) override;
  [[nodiscard]] bool is_banner(std::string_view line) const override { return is_log_banner(line); }
  [[nodiscard]] bool begins_header(std::string_view line) const override { return StampReader::begins(line); }

 private:
  StampReader stamps_;
};

bool Compact::parse_header(std::string_view line, Record& out) {
  HeaderScan in(line);
  Stamp stamp;
  if (!is_ascii_digit(in.peek()) || !stamps_.date_time(in, stamp) || stamp.zone_minutes || !in.eat(' ')) {
    return false;
  }
  const std::string_view type = in.rest().substr(0, 2);
  in.skip(2);
  if (!is_compact_type(type) || !in.eat(' ')) {
    return false;
  }
  const std::string_view rest = in.rest();
  const std::size_t open = rest.find('[');
  if (open == std::string_view::npos || open == 0) {
    return false;
  }
  in.skip(open + 1);
  const auto pid = in.number();
  const bool colon = in.eat(':');
  const std::string_view thread = in.rest().substr(0, in.rest().find(']'));
  if (!pid || !colon || thread.empty() || thread.size() > 16 ||
      thread.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    return false;
  }
  in.skip(thread.size());
  if (!in.eat(']')) {
    return false;
  }
  in.eat(' ');
  out.time = stamp.time;
  out.level = compact_level(type);
  out.process = rest.substr(0, open);
  out.pid = pid;
  out.thread = thread;
  out.message = in.rest();
  out.library = take_library(out.message);
  take_subsystem(out.message, out.subsystem, out.category);
  return true;
}

class LogShowCompact final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override {
    Compact style;
    return sniff_text_style(head, complete, style, "date, time without zone, a two-column type and process[pid:thread]");
  }
  Status read(ByteSource& source, RecordSink& sink) const override {
    Compact style;
    return read_text_records(source, sink, style);
  }
};

}  // namespace

const Container& log_show_compact_container() {
  static const LogShowCompact kContainer;
  return kContainer;
}

}  // namespace uptrail
