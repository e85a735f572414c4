// Which app, session, task and upload every event belongs to.
//
// Keys, strongest first; a weaker key never joins what a stronger one keeps apart:
//   1. the task's UUID        2. the session's UUID       3. bundle + session identifier + taskIdentifier + time of creation
//   4. bundle + taskDescription
// taskIdentifier is unique only inside one session and starts anew: the same number with another UUID, or created once more, is
// another task. What is redacted on one side joins by UUID to what the other side names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "collector/model/entities.h"
#include "collector/pipeline/sightings.h"
#include "collector/pipeline/streams.h"

namespace uptrail {

struct Assigned {
  UnitId unit;  // invalid: concerns the whole device
  SessionId session;
  TaskId task;
  UploadId upload;
};

// What each sighting was assigned to, in four plain lists.
class AssignedList {
 public:
  AssignedList() = default;
  // Of each sighting: its id, or StrongId::kNone. All of one length.
  AssignedList(std::vector<std::uint32_t> units, std::vector<std::uint32_t> sessions, std::vector<std::uint32_t> tasks,
               std::vector<std::uint32_t> uploads)
      : units_(std::move(units)), sessions_(std::move(sessions)), tasks_(std::move(tasks)), uploads_(std::move(uploads)) {}
  [[nodiscard]] Assigned operator[](std::size_t i) const {
    return {UnitId{units_[i]}, SessionId{sessions_[i]}, TaskId{tasks_[i]}, UploadId{uploads_[i]}};
  }
  [[nodiscard]] std::size_t size() const { return units_.size(); }

 private:
  std::vector<std::uint32_t> units_, sessions_, tasks_, uploads_;
};

// Entities carry their keys only; sorted as model/derived.h says. Equal sightings give equal ids, in whatever order they came.
struct Identity {
  AssignedList of;  // of each sighting
  std::vector<Unit> units;
  std::vector<Session> sessions;
  std::vector<Task> tasks;
  std::vector<Upload> uploads;
  std::vector<std::string> builds;  // of each unit, the last one launched; "": unknown
};

Identity resolve_identity(const Sightings& sightings, const TimeLine& line);

}  // namespace uptrail
