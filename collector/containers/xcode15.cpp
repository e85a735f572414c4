// Xcode's console from version 15 on, with metadata shown: the message first, its data in a line below.
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

constexpr ContainerInfo kInfo{"xcode15", "Xcode console (15 and later) with metadata", 130, ClockKind::absolute,
                              "docs/formats/xcode15.md"};

class Xcode15 final : public LooseStyle {
 public:
  explicit Xcode15(RecordSink& sink) : sink_(sink) {}
  [[nodiscard]] bool starts(std::string_view) const override { return false; }
  [[nodiscard]] bool ends(std::string_view line) const override { return is_xcode_metadata(line); }
  void parse(std::string_view end, Record& out) override;
  [[nodiscard]] std::string_view lonely_end() const override {
    return "this is the metadata of a message that is not in this file";
  }

 private:
  RecordSink& sink_;
  StampReader stamps_;
};

void Xcode15::parse(std::string_view end, Record& out) {
  const auto found = end.empty() ? std::nullopt : read_xcode_metadata(stamps_, end);
  if (!found) {
    return;
  }
  if (found->bad_stamp || (found->stamp && !found->stamp->time)) {
    sink_.issue({IssueKind::clock, out.span, "the timestamp below this message is no time"});
  }
  if (found->stamp) {
    out.time = found->stamp->time;
    out.zone_offset_minutes = found->stamp->zone_minutes;
  }
  out.level = found->level;
  out.process = found->process;
  out.pid = found->pid;
  out.thread = found->thread;
  out.library = found->library;
  out.subsystem = found->subsystem;
  out.category = found->category;
}

class Xcode15Console final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override;
  Status read(ByteSource& source, RecordSink& sink) const override;
};

Sniffed Xcode15Console::sniff(std::string_view head, bool complete) const {
  StampReader stamps;
  std::size_t found = 0;
  std::size_t timed = 0;
  std::size_t others = 0;
  for (const std::string_view line : head_lines(head, complete, 400)) {
    if (const auto metadata = read_xcode_metadata(stamps, line)) {
      ++found;
      timed += metadata->stamp ? 1U : 0U;
    } else if (has_xcode_header(line)) {
      ++others;
    }
  }
  if (found == 0) {
    return sniffed_no("no line is \"Timestamp: … | Subsystem: …\" or other metadata of Xcode 15");
  }
  const std::string what =
      count_of(found, "line") + (found == 1 ? " is" : " are") + " metadata as Xcode 15 prints below a message";
  if (others > found) {
    return sniffed(60, what + ", but more lines have date, time and process[pid:thread]");
  }
  if (timed == 0 && found == 1) {
    return sniffed(60, what + ", but without a time");
  }
  return sniffed(std::min<int>(98, 93 + static_cast<int>(found)), what);
}

// What the time stamps of the head are worth.
ClockKind clock_of(const HeadSource& source) {
  StampReader stamps;
  ClockKind best = ClockKind::none;
  for (const std::string_view line : head_lines(source.head(), source.complete(), kSniffBytes)) {
    const auto metadata = read_xcode_metadata(stamps, line);
    if (metadata && metadata->stamp) {
      best = metadata->stamp->zone_minutes ? ClockKind::absolute : ClockKind::floating;
      break;
    }
  }
  return best;
}

Status Xcode15Console::read(ByteSource& source, RecordSink& sink) const {
  HeadSource whole(source);
  UPTRAIL_TRY(whole.fill());
  if (const ClockKind clock = clock_of(whole); clock != kInfo.clock) {
    sink.clock(clock);
  }
  Xcode15 style(sink);
  return read_loose_text(whole, sink, style);
}

}  // namespace

const Container& xcode15_container() {
  static const Xcode15Console kContainer;
  return kContainer;
}

}  // namespace uptrail
