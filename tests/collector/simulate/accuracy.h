// Simulated captures against the rules: what was injected, what was found, what was said falsely.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "collector/model/derived.h"
#include "collector/simulate/simulate.h"

namespace uptrail::test {

struct AccuracyRow {
  Severity severity = Severity::info;  // the gravest injected
  std::uint64_t injected = 0;
  std::uint64_t found = 0;   // by the rule itself
  std::uint64_t folded = 0;  // by another finding on that subject, which the truth names as a consequence
  std::uint64_t missed = 0;
  std::uint64_t wrong = 0;  // findings of the rule, warning or error, that the truth contradicts
};

struct Accuracy {
  std::map<std::string, AccuracyRow> rows;  // by rule
  std::uint64_t captures = 0, events = 0, findings = 0;
  std::uint64_t right = 0;              // warnings and errors that the truth allows
  std::vector<std::string> complaints;  // the first kMaxComplaints: seed, what was missed or wrong

  [[nodiscard]] std::uint64_t injected() const;  // faults that deserve a warning or an error
  [[nodiscard]] std::uint64_t missed() const;
  [[nodiscard]] std::uint64_t wrong() const;
  [[nodiscard]] std::string table() const;
};
inline constexpr std::size_t kMaxComplaints = 40;

// As if the captures of `more` had been counted after those of `into`.
void add(Accuracy& into, const Accuracy& more);

// Counts one judged capture. `recall` false: misses are not counted (the capture was degraded).
void count_capture(Accuracy& into, const simulate::Truth& truth, const Derived& derived, bool recall);

// What a capture may lack, or how it is written.
enum class Spoil : std::uint8_t {
  nothing,
  no_app,
  no_cfn,
  no_daemon,
  no_system,
  cut,       // ends somewhere
  gap,       // a declared gap somewhere
  redacted,  // nsurlsessiond names neither bundle nor session
  skewed,    // the system's log is 1.5 s ahead of the app's
  far_off,   // … 90 s
  as_log,    // log show --style syslog, without the system's manifests
};
inline constexpr std::size_t kSpoils = 11;
std::string_view spoil_name(Spoil spoil);

// Simulates, spoils, collects in memory, counts. Where and what is spoiled follows from the seed. Misses count only in a capture
// that is not spoiled. Returns what went wrong with the pipeline itself, or "".
std::string try_capture(Accuracy& into, const simulate::SimulateOptions& options, Spoil spoil = Spoil::nothing);

}  // namespace uptrail::test
