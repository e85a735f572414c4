// The sink between a container and the case.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "collector/pipeline/clock_watch.h"
#include "collector/pipeline/intake.h"

namespace uptrail {

// Keeps the first issues of a source and counts the others.
void keep_issue(Source& source, const Issue& issue);

class CaptureSink final : public RecordSink {
 public:
  // `source` has its id; accounting, first, last, zone and issues are filled while reading.
  CaptureSink(IntakeContext& context, Source& source, std::optional<std::uint64_t> total_bytes);
  bool record(const Record& record) override;
  bool skipped(const SkippedLines& lines) override;
  void issue(const Issue& issue) override;
  void clock(ClockKind kind) override { source_.clock = kind; }
  void clock_traits(const ClockTraits& traits) override { source_.clock_info.traits = traits; }
  // Why the case refused something; the reader stopped then.
  [[nodiscard]] const Status& status() const { return status_; }
  void finish();  // tells the context which observers were seen, and the source what its clock did

 private:
  bool add_events(const Record& record, bool related);
  [[nodiscard]] RawLine line_of(const Record& record) const;
  bool write_related(const Record& record);
  bool write_line(const RawLine& line);
  void note_observer(const Record& record);
  std::optional<ClockStep> watch_clock(const Record& record);
  void note_time(TimeNs earliest, TimeNs latest);
  bool look_up(std::uint64_t offset);
  void report_progress(std::uint64_t offset);

  struct Held {
    RawLine line;
    bool used = false;
  };

  IntakeContext& context_;
  Source& source_;
  std::optional<std::uint64_t> total_;
  Status status_ = done();
  Decoded decoded_;
  std::uint64_t seq_ = 0;
  EventId first_event_;                     // of the current record
  std::array<Held, kContextLines> before_;  // the last irrelevant records, a ring
  std::size_t next_held_ = 0;
  std::size_t after_left_ = 0;
  std::uint64_t reported_at_ = 0;
  std::uint32_t since_check_ = 0;
  ClockWatch watch_;
  std::uint64_t times_ = 0;    // records with time
  bool whole_seconds_ = true;  // all of them
  struct Observed {
    bool seen = false, redacted = false;
  };
  std::array<Observed, 7> observed_{};
};

}  // namespace uptrail
