// nsurlsessiond's tasks.sqlite, as the events of a simulation imply it (docs/formats/nsurlsessiond_tasks.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/model/event.h"

namespace uptrail::simulate {

enum class RowState : std::int8_t { running, suspended, canceling, completed };  // as the store numbers them

// A task that nsurlsessiond knows: from its creation until the app has taken its end.
struct TaskRow {
  Uuid uuid;
  std::int64_t id = 0;
  std::string identifier, bundle, kind, desc, url, method, file;
  TimeNs created;
  RowState state = RowState::suspended;
  std::int64_t sent = 0;
  std::optional<std::int64_t> expected;  // bytes
  std::int64_t code = 0;                 // of its end; 0: no error
  std::string domain;                    // of that error; empty: NSURLErrorDomain
};

// A session that the app has made and not invalidated.
struct SessionRow {
  std::string bundle, identifier;
  std::optional<bool> discretionary, sends_launch_events;  // as the app configured it; nullopt: it did not say
  std::optional<double> resource_timeout;                  // seconds
};

struct TaskStore {
  std::vector<TaskRow> rows;         // by session identifier and taskIdentifier, which are unique
  std::vector<SessionRow> sessions;  // by bundle and identifier, which are unique
  TimeNs written;                    // the last change
  std::size_t nameless = 0;          // tasks without session identifier or number: a row needs both
};

// The store at `end`. Events of all observers, ascending in time, before anything was left out of them.
TaskStore task_store(const std::vector<Event>& events, TimeNs end);

// Makes the file at `path`, which must not exist; its time of modification becomes that of the last change.
Status write_task_store(const std::string& path, const TaskStore& store);

}  // namespace uptrail::simulate
