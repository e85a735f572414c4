// Which app, session, task and upload every event belongs to.
//
// Keys, strongest first; a weaker key never joins what a stronger one keeps apart:
//   1. the task's UUID        2. the session's UUID       3. bundle + session identifier + taskIdentifier + time of creation
//   4. bundle + taskDescription
// taskIdentifier is unique only inside one session and starts anew: the same number with another UUID, or created once more, is
// another task. What is redacted on one side joins by UUID to what the other side names.
#pragma once

#include <span>
#include <string>
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

// Entities carry their keys only; sorted as model/derived.h says. Equal sightings give equal ids, in whatever order they came.
struct Identity {
  std::vector<Assigned> of;  // of each sighting
  std::vector<Unit> units;
  std::vector<Session> sessions;
  std::vector<Task> tasks;
  std::vector<Upload> uploads;
  std::vector<std::string> builds;  // of each unit, the last one launched; "": unknown
};

Identity resolve_identity(const Sightings& sightings, const TimeLine& line);

}  // namespace uptrail
