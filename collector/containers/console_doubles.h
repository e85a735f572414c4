// Some copies from Console.app hold each line twice, microseconds apart: the second of each is left out and counted.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "collector/containers/container.h"

namespace uptrail {

// Does a record say what one of the last few said, by the same process, at most a millisecond away?
class ConsoleDoubles {
 public:
  // True: a double of one seen before, which is then forgotten, so that a third is a record of its own.
  bool seen(const Record& record);

 private:
  struct Said {
    bool used = false;
    std::int64_t ns = 0;
    std::string process;
    std::string message;
  };
  std::array<Said, 4> last_;
  std::size_t next_ = 0;
};

// Counts records and doubles of the head.
class DoublesProbe final : public RecordSink {
 public:
  bool record(const Record& record) override;
  void issue(const Issue&) override {}
  // Two lines of three are one of a pair: then the copy, not the process, has doubled them.
  [[nodiscard]] bool doubled() const { return doubles_ > 1 && doubles_ * 3 >= records_; }

 private:
  ConsoleDoubles doubles_seen_;
  std::uint64_t records_ = 0;
  std::uint64_t doubles_ = 0;
};

// Passes on what is no double.
class WithoutDoubles final : public RecordSink {
 public:
  explicit WithoutDoubles(RecordSink& inner) : inner_(inner) {}
  bool record(const Record& record) override;
  void issue(const Issue& issue) override { inner_.issue(issue); }
  void clock(ClockKind kind) override { inner_.clock(kind); }
  bool ends_before(const SourceSpan& line) override { return inner_.ends_before(line); }
  void clock_traits(const ClockTraits& traits) override { inner_.clock_traits(traits); }
  void finish();  // says how many there were

 private:
  RecordSink& inner_;
  ConsoleDoubles doubles_seen_;
  SourceSpan first_;
  std::uint64_t doubles_ = 0;
};

}  // namespace uptrail
