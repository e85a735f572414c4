// Big made-up cases for the analysis: one simulated capture, repeated day after day, with its own tasks, uploads and processes
// each day. Nothing is kept but the first day: events are made anew whenever they are asked for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "collector/analysis/analyse.h"

namespace uptrail::bench {

// How the events of a case spread over its subjects.
struct Shape {
  std::string name;
  int sessions = 1;           // of one day
  int tasks = 50;             // uploads of one day, at least
  int hours = 8;              // length of the day's use
  bool same_sessions = true;  // every day has the sessions of the first; false: new ones each day
  int faults = 0;             // injected into the first day, and so into each
};

class BigCase {
 public:
  // About `events` of them, in whole days. Ends the program when the simulator refuses.
  BigCase(const Shape& shape, std::uint64_t events);
  ~BigCase();
  BigCase(const BigCase&) = delete;
  BigCase& operator=(const BigCase&) = delete;

  [[nodiscard]] std::uint64_t tasks() const;
  [[nodiscard]] std::uint64_t sessions() const;
  [[nodiscard]] std::uint64_t texts_read() const;  // how often single events were asked for so far
  // The case as analyse() wants it, without rules. Valid as long as this.
  [[nodiscard]] analysis::AnalysisInput input();

 private:
  struct Day;
  std::unique_ptr<Day> day_;
};

}  // namespace uptrail::bench
