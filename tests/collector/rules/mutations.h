// Captures made worse on purpose: the expanded lines of a script, cut, thinned, shifted or interrupted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace uptrail::test {

struct ScriptLine {
  std::string text;
  std::string kind;
  std::int64_t t = 0;   // nanoseconds since 1970
  bool daemon = false;  // of nsurlsessiond; else of the app's own log (stores and the server, too, go with the app)
};

class Capture {
 public:
  explicit Capture(std::string_view script);  // expands it
  [[nodiscard]] std::size_t size() const { return events_.size(); }
  [[nodiscard]] const ScriptLine& at(std::size_t i) const { return events_[i]; }
  // Positions worth a cut: every event, but of a row of heartbeats only the first.
  [[nodiscard]] std::vector<std::size_t> positions() const;
  // The process runs and no wake is under way just before event i.
  [[nodiscard]] bool may_sleep_before(std::size_t i) const;

  [[nodiscard]] std::string whole() const;
  [[nodiscard]] std::string without(bool daemon) const;                   // one of the two sources is not there
  [[nodiscard]] std::string only(bool daemon) const;                      // as a file of its own
  [[nodiscard]] std::string shifted(bool daemon, std::int64_t ns) const;  // only that source, its clock moved
  [[nodiscard]] std::string cut_after(std::size_t i) const;               // event i is the last one
  [[nodiscard]] std::string start_at(std::size_t i) const;                // event i is the first one
  [[nodiscard]] std::string gap_before(std::size_t i) const;              // declared, between event i - 1 and i
  [[nodiscard]] std::string lost(std::size_t i) const;                    // event i fell into a declared gap
  [[nodiscard]] std::string slept_before(std::size_t i) const;            // 8 hours of suspension before event i
  // A few events deleted, told twice, swapped in time, or given to another process, as the seed says.
  [[nodiscard]] std::string scrambled(std::uint32_t seed) const;

 private:
  std::string bounded(std::size_t from, std::size_t to, std::int64_t begin, std::int64_t end) const;
  std::string with_gap(std::int64_t from, std::int64_t to, bool daemon, std::size_t skip) const;
  std::string process_line(std::size_t i, std::string_view kind, std::int64_t t) const;
  std::vector<ScriptLine> begins_, events_, ends_;
};

}  // namespace uptrail::test
