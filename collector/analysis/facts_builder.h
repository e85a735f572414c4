// Events -> the compact facts of every unit, with side tables for what does not fit into 64 bytes.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "collector/analysis/event_fact.h"
#include "collector/analysis/facts.h"
#include "collector/analysis/lifecycle/machine.h"
#include "collector/analysis/world.h"

namespace uptrail::analysis {

// Who an event is about, as it was logged.
struct ProcessKey {
  std::string process;              // "": not named
  std::optional<std::int64_t> pid;  // clientPid for the daemon's kinds
  friend auto operator<=>(const ProcessKey&, const ProcessKey&) = default;
};

// capture.begin: what a stream says it records, from `start` until `end` (kTimeMax: no capture.end).
struct Manifest {
  FactIndex fact = kNoFact;
  StreamId stream;
  Interval span;
  KindSet kinds;
  std::vector<std::string> identifiers;  // empty: all sessions
};

// capture.gap: nothing may be concluded about the stream inside.
struct Gap {
  FactIndex fact = kNoFact;
  StreamId stream;
  Interval span;
  std::string reason;
};

// The tasks that session.tasks-answered lists, one list behind the other.
struct Lists {
  // What else names a task whose UUID is not that of a task of the unit.
  struct Names {
    std::uint32_t entry = 0;
    std::optional<Uuid> uuid;
    std::optional<std::int64_t> id;
    StringId desc;
  };
  std::vector<std::pair<FactIndex, std::uint32_t>> begins;  // ascending; where the list of each answer begins
  std::vector<ListedTask> entries;
  std::vector<TaskId> tasks;  // as far as UUIDs tell; the World finds the others by their names
  std::vector<Names> names;   // ascending
  [[nodiscard]] FactIndex answer_with(std::uint32_t entry) const {
    const auto behind = std::partition_point(begins.begin(), begins.end(), [&](const auto& b) { return b.second <= entry; });
    return (behind - 1)->first;
  }
  [[nodiscard]] std::pair<std::size_t, std::size_t> range(FactIndex answered) const {
    const auto it = std::lower_bound(begins.begin(), begins.end(), std::pair(answered, std::uint32_t{0}));
    if (it == begins.end() || it->first != answered) {
      return {0, 0};
    }
    return {it->second, it + 1 == begins.end() ? entries.size() : (it + 1)->second};
  }
};

// What the life-cycle tables make of a unit (lifecycle/). Subjects are positions among the unit's epochs,
// objects and sessions.
struct Lives {
  lifecycle::History processes, objects, wakes;
  std::vector<lifecycle::Break> breaks;
};

// The facts of one unit. Everything refers to positions in `facts`.
struct UnitFacts {
  std::vector<Fact> facts;  // in the order (domain, t, stream, seq)
  std::vector<std::uint32_t> process_of;
  std::vector<ProcessKey> processes;
  std::vector<std::pair<FactIndex, StringId>> object_names;  // ascending; only facts that name a session object
  std::vector<std::pair<FactIndex, StringId>> paths;         // ascending; file.op
  std::vector<std::pair<FactIndex, StringId>> methods;       // ascending; delegate.enter and delegate.exit
  std::vector<std::pair<FactIndex, StringId>> queues;        // the same
  Interner names;
  Lists lists;                                            // session.tasks-answered
  std::vector<std::pair<FactIndex, ObjectInfo>> objects;  // ascending; session.create; texts are those of `names`
  std::vector<std::pair<FactIndex, StringId>> builds;     // ascending; app.launch
  std::vector<Manifest> manifests;
  std::vector<Gap> gaps;
  Lives lives;  // filled by reconstruction
  // Events of the whole case that name neither app nor task nor session. They are blamed on nobody, but each may be the one that
  // somebody misses. Shared by all units; never null once taken.
  std::shared_ptr<const std::vector<Fact>> strangers;
};

class FactsBuilder {
 public:
  // Entities are needed to know how many units there are, which bundle a manifest is limited to, and which tasks are listed. They
  // must outlive it.
  FactsBuilder(std::span<const Unit> units, std::span<const Stream> streams, std::span<const Task> tasks);

  // In the order (domain, t, stream, seq). An event without unit is given to every unit.
  void add(const Event& event, const EventFields& fields);
  std::vector<UnitFacts> take();

 private:
  void add_to(std::size_t unit, const Event& event, const EventFields& fields, bool device);
  void add_capture(UnitFacts& unit, const Unit& about, FactIndex index, const Event& event);
  [[nodiscard]] std::vector<StreamId> spoken_for(const Event& event) const;
  [[nodiscard]] KindSet declared(const Event& event, Observer observer);
  [[nodiscard]] std::uint32_t process_of(std::size_t unit, std::string_view process, std::optional<std::int64_t> pid);
  void put_list(UnitFacts& unit, UnitId id, FactIndex index, const EventFields& fields);
  [[nodiscard]] TaskId task_of(UnitId unit, const Uuid& uuid);
  void put_side_tables(UnitFacts& unit, FactIndex index, const Event& event, const EventFields& fields);

  std::span<const Unit> units_;
  std::span<const Stream> streams_;
  std::span<const Task> tasks_;
  std::vector<std::tuple<UnitId, Uuid, TaskId>> by_uuid_;  // ascending; from the first list on
  std::vector<UnitFacts> out_;
  std::vector<Fact> strangers_;
  std::vector<std::map<ProcessKey, std::uint32_t>> process_ids_;
  struct Recent {
    std::array<std::uint32_t, 4> processes{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX};
    std::size_t next = 0;
  };
  std::vector<Recent> recent_;                  // by unit: whom the last events were about
  std::vector<std::vector<TimeNs>> last_time_;  // by unit and stream; kTimeMin: no event yet
  std::map<std::pair<Observer, std::vector<std::string>>, KindSet> declared_;
};

}  // namespace uptrail::analysis
