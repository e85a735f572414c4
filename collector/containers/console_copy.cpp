// Lines copied from Console.app: type, time, process, (library,) message between tabs. No date, no pid.
#include <algorithm>
#include <string>

#include "collector/base/text.h"
#include "collector/containers/builtin.h"
#include "collector/containers/console_doubles.h"
#include "collector/containers/console_layout.h"
#include "collector/containers/head_source.h"
#include "collector/containers/sniff.h"
#include "collector/containers/text_records.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{"console_copy",      "copy from Console.app",        70,
                              ClockKind::floating, "docs/formats/console_copy.md", {DateShown::none, nanoseconds(1000), {}, {}}};

class TimeFirst final : public TextStyle {
 public:
  explicit TimeFirst(std::size_t extra) : extra_(extra) {}
  bool parse_header(std::string_view line, Record& out) override;
  void finish(Record& out) override { out.time = days_.place(*out.time); }
  [[nodiscard]] bool is_banner(std::string_view) const override { return false; }
  [[nodiscard]] bool begins_header(std::string_view line) const override {
    const std::size_t tab = line.find('\t');
    return tab != std::string_view::npos && level_of(line.substr(0, tab)) != LogLevel::unknown;
  }

 private:
  std::size_t extra_;
  ConsoleDays days_;
};

bool TimeFirst::parse_header(std::string_view line, Record& out) {
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos || tab + 1 >= line.size() || !is_ascii_digit(line[tab + 1])) {
    return false;
  }
  const std::size_t end = line.find('\t', tab + 1);
  const auto time = end == std::string_view::npos ? std::nullopt : console_time(line.substr(tab + 1, end - tab - 1));
  const std::string_view type = line.substr(0, tab);
  if (!time || !is_console_type(type) || !take_console_columns(line.substr(end + 1), extra_, out)) {
    return false;
  }
  out.time = TimeNs{time->utc_ns};
  out.zone_offset_minutes = time->zone_minutes;
  out.level = level_of(type);
  return true;
}

class ConsoleCopy final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override;
  Status read(ByteSource& source, RecordSink& sink) const override;
};

Sniffed ConsoleCopy::sniff(std::string_view head, bool complete) const {
  const ConsoleLayout layout = console_layout(head, complete);
  if (layout.starts == 0) {
    return sniffed_no("no line has type, time of day with zone and process between tabs");
  }
  const std::string found = count_of(layout.starts, "line") + (layout.starts == 1 ? " has" : " have") +
                            " type, process and time of day with zone between tabs, the time " +
                            (layout.time_last ? "last" : "second");
  if (layout.before > layout.starts) {
    return sniffed(60, found + ", but more lines stand before the first");
  }
  return sniffed(std::min<int>(98, 93 + static_cast<int>(layout.starts)), found);
}

Status read_layout(ByteSource& source, RecordSink& sink, const ConsoleLayout& layout) {
  if (layout.time_last) {
    return read_console_time_last(source, sink, layout);
  }
  TimeFirst style(layout.extra);
  return read_text_records(source, sink, style);
}

Status ConsoleCopy::read(ByteSource& source, RecordSink& sink) const {
  HeadSource whole(source);
  UPTRAIL_TRY(whole.fill());
  const ConsoleLayout layout = console_layout(whole.head(), whole.complete());
  MemorySource head(whole.head());
  DoublesProbe probe;
  static_cast<void>(read_layout(head, probe, layout));  // it stops the reader when it has seen enough
  if (!probe.doubled()) {
    return read_layout(whole, sink, layout);
  }
  WithoutDoubles single(sink);
  UPTRAIL_TRY(read_layout(whole, single, layout));
  single.finish();
  return done();
}

}  // namespace

const Container& console_copy_container() {
  static const ConsoleCopy kContainer;
  return kContainer;
}

}  // namespace uptrail
