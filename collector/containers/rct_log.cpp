// React Native's own log: "[info][tid:main][File.m:362] text", with or without date and time before it.
#include <algorithm>
#include <string>

#include "collector/base/text.h"
#include "collector/containers/builtin.h"
#include "collector/containers/developer_prefix.h"
#include "collector/containers/head_source.h"
#include "collector/containers/loose_text.h"
#include "collector/containers/sniff.h"
#include "collector/containers/xcode_metadata.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{"rct_log", "React Native log (RCTLog)", 140, ClockKind::floating, "docs/formats/rct_log.md"};

class RctStyle final : public LooseStyle {
 public:
  explicit RctStyle(RecordSink& sink) : sink_(sink) {}
  [[nodiscard]] bool starts(std::string_view line) const override {
    StampReader stamps;
    return !line.empty() && (line.front() == '[' || is_ascii_digit(line.front())) && take_rct_line(stamps, line).has_value();
  }
  void parse(std::string_view end, Record& out) override;

 private:
  RecordSink& sink_;
  StampReader stamps_;
};

void RctStyle::parse(std::string_view, Record& out) {
  const auto front = take_rct_line(stamps_, out.message);
  if (!front) {
    return;
  }
  out.level = front->prefix.level;
  out.thread = front->prefix.thread;
  if (!front->stamp) {
    return;
  }
  out.time = front->stamp->time;
  if (!out.time) {
    sink_.issue({IssueKind::clock, out.span, "the time is no day of the calendar or leaves 64 bits"});
  } else if (front->stamp->zone_minutes) {
    out.time = *out.time + minutes(*front->stamp->zone_minutes);  // the other lines show none
  }
}

struct RctSeen {
  std::size_t lines = 0, timed = 0, others = 0;
};

RctSeen look(std::string_view head, bool complete) {
  StampReader stamps;
  RctSeen seen;
  for (std::string_view line : head_lines(head, complete, 400)) {
    const bool other = has_xcode_header(line) || is_xcode_metadata(line);
    if (const auto front = take_rct_line(stamps, line)) {
      ++seen.lines;
      seen.timed += front->stamp ? 1U : 0U;
    } else if (other) {
      ++seen.others;
    }
  }
  return seen;
}

class RctLog final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override {
    const RctSeen seen = look(head, complete);
    if (seen.lines == 0) {
      return sniffed_no("no line begins with \"[level][tid:…]\"");
    }
    const std::string what =
        count_of(seen.lines, "line") + (seen.lines == 1 ? " begins" : " begin") + " with \"[level][tid:…]\" of React Native";
    return seen.others > 0 ? sniffed(55, what + ", but other lines have headers of Xcode")
                           : sniffed(std::min<int>(98, 93 + static_cast<int>(seen.lines)), what);
  }
  Status read(ByteSource& source, RecordSink& sink) const override {
    HeadSource whole(source);
    UPTRAIL_TRY(whole.fill());
    if (look(whole.head(), whole.complete()).timed == 0) {
      sink.clock(ClockKind::none);
    }
    RctStyle style(sink);
    return read_loose_text(whole, sink, style);
  }
};

}  // namespace

const Container& rct_log_container() {
  static const RctLog kContainer;
  return kContainer;
}

}  // namespace uptrail
