// What really happened in a simulated capture: the yardstick of the rules. schemas/truth.schema.json describes its JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/base/ids.h"
#include "collector/base/time.h"
#include "collector/model/finding.h"

namespace uptrail::simulate {

// A finding that would be right. Keys that are empty or missing do not matter: any subject fits.
struct TrueFinding {
  std::string rule;
  Severity severity = Severity::error;  // the gravest that would be right
  std::optional<Uuid> task;
  std::string identifier;  // of the session
  std::string upload;
};

// One thing that was made to go wrong.
struct InjectedFault {
  std::string fault;  // id of its row in the table; the rule that should find it
  TimeNs at;
  TrueFinding finding;
  std::vector<TrueFinding> consequences;  // may be found as well, alone or instead: they fold with it
};

struct TrueTask {
  Uuid uuid;
  std::int64_t id = 0;
  std::string identifier;
  std::string upload;
  TimeNs created;
  std::string end;  // running, succeeded, failed, cancelled
  std::int64_t code = 0;
  std::int64_t status = 0;
  bool told = false;  // didCompleteWithError was called
};

struct Truth {
  std::uint64_t seed = 0;
  TimeNs from, to;
  std::string bundle;
  std::vector<TrueTask> tasks;
  std::vector<InjectedFault> faults;   // in time order
  std::vector<TrueFinding> by_nature;  // things worth a remark that happened without a fault, such as a retry
};

// The truth file: one JSON object, keys in a fixed order.
std::string truth_json(const Truth& truth);

}  // namespace uptrail::simulate
