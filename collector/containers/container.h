// A container is a way to write log records into a file. Containers turn bytes into Records and know nothing of what they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/byte_source.h"
#include "collector/base/result.h"
#include "collector/containers/line_prefix.h"
#include "collector/containers/skim.h"
#include "collector/model/record.h"

namespace uptrail {

enum class Match : std::uint8_t { no, maybe, sure };

struct Sniffed {
  Match match = Match::no;
  int score = 0;    // 0..100; `sure` is 90 and more, `maybe` 1..89, `no` 0
  std::string why;  // one sentence, shown by `uptrail formats FILE`
};

struct ContainerInfo {
  std::string_view id;  // fixed: console_copy, log_show_default, log_show_compact, log_show_syslog, log_show_ndjson, …
  std::string_view title;
  int priority = 0;                   // between equal scores the lower wins; unique
  ClockKind clock = ClockKind::none;  // the best it can give
  std::string_view doc;               // "docs/formats/<id>.md"
  ClockTraits traits = {};            // as far as the container knows them beforehand
};

// Receives what a reader finds, in file order.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  // The record's views die when the call returns. False: stop reading (cancelled); read() then returns ErrorKind::interrupted.
  virtual bool record(const Record& record) = 0;
  // Records that the source left out, between the one before and the next. False: as above.
  virtual bool skipped(const SkippedLines& lines) {
    static_cast<void>(lines);
    return true;
  }
  // `pieces` of the source that should have been records but are not (IssueKind::unparsed) count as read and unparsed;
  // banners, column headers, footers and blank lines are not reported at all.
  virtual void issue(const Issue& issue) = 0;
  // Said at most once, before the first record, by a reader whose source has less than ContainerInfo::clock (no zone, no date).
  virtual void clock(ClockKind kind) { static_cast<void>(kind); }
  // Asked about a line that is no record but may_begin_elsewhere() (mixed.h): does another container begin with it? True: the
  // reader gives what is open, reads no further and returns done(). A sink that passes records on passes this on, too.
  virtual bool ends_before(const SourceSpan& line) {
    static_cast<void>(line);
    return false;
  }
  // What reading found out about the clock, at most once, before read() returns; else ContainerInfo::traits hold.
  virtual void clock_traits(const ClockTraits& traits) { static_cast<void>(traits); }
};

// A record longer than this is cut (IssueKind::limit), so that one endless line cannot take all memory.
inline constexpr std::size_t kMaxRecordBytes = 8U << 20U;
// How much of the beginning recognition may look at.
inline constexpr std::size_t kSniffBytes = 64U << 10U;

class Container {
 public:
  virtual ~Container() = default;
  [[nodiscard]] virtual const ContainerInfo& info() const = 0;
  // Pure. `head` is the first kSniffBytes or the whole input (`complete`). Must not depend on a file name.
  [[nodiscard]] virtual Sniffed sniff(std::string_view head, bool complete) const = 0;
  // Reads to the end. A bad record is an issue, not an error; an error means that reading itself failed.
  virtual Status read(ByteSource& source, RecordSink& sink) const = 0;
  // For skimming; nullptr: every line must be read. `filter` must outlive the judge.
  [[nodiscard]] virtual std::unique_ptr<LineJudge> judge(RecordFilter& filter) const {
    static_cast<void>(filter);
    return nullptr;
  }
};

// All containers of this build, by priority. Objects live for ever.
std::span<const Container* const> builtin_containers();

struct Recognition {
  struct Candidate {
    const Container* container = nullptr;
    Sniffed sniffed;
  };
  const Container* chosen = nullptr;  // the first of the candidates; nullptr: nothing fits
  std::vector<Candidate> candidates;  // all of them, best first
  LinePrefix prefix;                  // what stands before the lines; the candidates were asked about the text behind it
};
// Looks behind line prefixes only when no container is sure of the text as it stands.
Recognition recognise(std::string_view head, bool complete, std::span<const Container* const> containers = builtin_containers());

// Reads `source` with `container` behind `prefix`, as recognise() found them.
Status read_records(const Container& container, const LinePrefix& prefix, ByteSource& source, RecordSink& sink);

}  // namespace uptrail
