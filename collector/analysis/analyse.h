// Events of a case in, everything derived out.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "collector/analysis/rule.h"
#include "collector/base/result.h"
#include "collector/model/derived.h"

namespace uptrail::analysis {

struct RuleSettings {
  std::map<std::string, std::map<std::string, double>> thresholds;  // rule id -> name -> value
  std::vector<std::string> only, ignore;                            // rule ids; ignore: fingerprints of findings, too
  std::map<std::string, Severity> severity;                         // rule id -> instead of what the rule gives
};

// Events with their assigned part set, in the order (domain, t, stream, seq). Called more than once; each call starts anew.
using EventStream = std::function<Status(const std::function<bool(const Event&)>&)>;

struct AnalysisInput {
  EventStream events;                                          // all units
  std::function<Result<std::optional<Event>>(EventId)> event;  // one event, for texts
  std::vector<Source> sources;
  std::vector<Stream> streams;
  // Identity, as the pipeline resolved it. Entities carry their keys (identifier, uuids, desc …); times and states are empty.
  std::vector<Unit> units;
  std::vector<Session> sessions;
  std::vector<Task> tasks;
  std::vector<Upload> uploads;
  RuleSettings settings;
  std::span<const Rule* const> rules;  // usually builtin_rules()
  // Called when a phase begins (facts, epochs, objects, wakes, tasks, coverage, states, spans, world, rules,
  // causes), for each unit anew, and with "" at the end; may be empty.
  std::function<void(std::string_view phase)> entered;
};

// By value: of long captures the entities are many, and they go on into what is derived.
Result<Derived> analyse(AnalysisInput input);

}  // namespace uptrail::analysis
