// What the user wants to see of a case. One filter acts on causes, uploads, the log and the timeline.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "viewer/load/loaded_case.h"

namespace uptrail::viewer {

// A set of the values of a small enum, as bits.
template <class E, std::uint8_t kCount>
struct Choice {
  static constexpr std::uint8_t kAll = static_cast<std::uint8_t>((1U << kCount) - 1U);
  std::uint8_t bits = kAll;
  [[nodiscard]] bool has(E e) const { return ((bits >> static_cast<unsigned>(e)) & 1U) != 0; }
  [[nodiscard]] bool all() const { return bits == kAll; }
  void toggle(E e) { bits = static_cast<std::uint8_t>(bits ^ (1U << static_cast<unsigned>(e))); }
  friend bool operator==(const Choice&, const Choice&) = default;
};

struct Filter {
  std::string text;
  std::string rule;  // "": all
  Choice<Severity, 3> severities;
  Choice<Confidence, 3> confidences;
  Choice<UploadOutcome, 6> outcomes;
  std::optional<UnitId> app;
  std::optional<SessionId> session;
  std::optional<Interval> span;  // normalised time
  [[nodiscard]] bool active() const { return *this != Filter{}; }
  // Something of it says what raw lines to show.
  [[nodiscard]] bool about_lines() const { return !text.empty() || span || app || session; }
  friend bool operator==(const Filter&, const Filter&) = default;
};

// What passes, by id: true is shown.
struct Passing {
  std::vector<bool> findings, causes, uploads, tasks, sessions, units;
  std::uint64_t finding_count = 0, cause_count = 0, upload_count = 0;
};
// Whether tasks have to be read for it that are not in memory; make_passing() with a reader does so, which may take seconds.
bool needs_reading(const LoadedCase& data, const Filter& filter);
Passing make_passing(const LoadedCase& data, const Filter& filter);  // where nothing has to be read
Result<Passing> make_passing(const LoadedCase& data, const Filter& filter, CaseReader& reader);

}  // namespace uptrail::viewer
