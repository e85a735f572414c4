// A made-up device: one app, CFNetwork in it, nsurlsessiond, the system, the network and a user. It knows nothing of the
// analysis; it shares the event vocabulary and the message catalogue with it, so that captures go through the whole pipeline.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/model/event.h"
#include "collector/simulate/truth.h"

namespace uptrail::simulate {

struct SimulateOptions {
  std::uint64_t seed = 1;
  int sessions = 1;                 // 1 … kMaxSessions
  int tasks = 6;                    // uploads that go well, at least
  int hours = 4;                    // how long the user's day is, about
  std::vector<std::string> faults;  // rows of the table, in any order; each is injected once
  bool overlap = false;             // faults that can happen while another one goes on do
  TimeNs start{1'780'308'000'000'000'000};
  std::string bundle = "com.example.shoebox";
  std::string process = "Shoebox";
};
inline constexpr int kMaxSessions = 20;
inline constexpr int kMaxTasks = 100'000;
inline constexpr int kMaxHours = 24 * 366;

struct Simulated {
  std::vector<Event> events;  // of all observers, ascending in t_src; capture.begin and capture.end included
  Truth truth;
};

// Same options, same capture, on every machine. Errors: a fault that does not exist, a number out of range.
Result<Simulated> simulate(const SimulateOptions& options);

// The faults that can be injected, by name.
struct FaultInfo {
  std::string_view id;
  std::string_view summary;  // what the app, the user or the system does
  Severity severity = Severity::error;
};
std::vector<FaultInfo> fault_list();
// `count` of them, drawn by the seed; no fault twice unless there are more than faults.
std::vector<std::string> random_faults(std::uint64_t seed, int count);

}  // namespace uptrail::simulate
