// Events and what was derived from them -> one paragraph about an upload, a task, a session or a wake. What is said to be
// missing follows the rules of evidence: "never" only where the coverage is full, else "was not seen" or "cannot be told".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collector/analysis/story/beat.h"
#include "collector/model/derived.h"
#include "collector/model/story.h"

namespace uptrail::analysis {

// The few kinds that a storyteller needs of a whole unit: process, session, wake, manifest. Without those of tasks.
std::span<const EventKind> story_context_kinds();

struct StoryInput {
  const Derived& derived;
  std::span<const Source> sources;
  std::span<const Stream> streams;
  std::optional<int> zone_offset_minutes;
};

class Storyteller {
 public:
  // `context`: events of story_context_kinds() of one unit in the order of the case. Everything referred to must outlive this.
  Storyteller(const StoryInput& input, UnitId unit, std::vector<Event> context);

  // `own`: all events of the tasks of the subject, in the order of the case. Ids must be of this unit.
  [[nodiscard]] Story upload(UploadId id, std::span<const Event> own) const;
  [[nodiscard]] Story task(TaskId id, std::span<const Event> own) const;
  [[nodiscard]] Story session(SessionId id) const;
  // `own`: the events of the wake's session while it lasted.
  [[nodiscard]] Story wake(std::size_t index, std::span<const Event> own) const;

 private:
  struct Scope;  // whose beats are collected
  [[nodiscard]] Story about_tasks(Story story, const Scope& scope, std::span<const Event> own) const;
  [[nodiscard]] std::vector<Beat> own_beats(const Scope& scope, std::span<const Event> own) const;
  void add_context(const Scope& scope, std::vector<Beat>& beats) const;
  [[nodiscard]] std::optional<Beat> listing_beat(const Event& answer, const Scope& scope, const Beat* ended) const;
  [[nodiscard]] bool is_placed(StreamId stream) const;
  void bring_stores_home(std::vector<Beat>& beats) const;
  [[nodiscard]] std::optional<Beat> absence_beat(const Event& snapshot, const Scope& scope) const;
  [[nodiscard]] std::string state_at(TimeNs t, DomainId domain) const;
  [[nodiscard]] std::vector<FindingId> findings_of(const Scope& scope) const;
  [[nodiscard]] Clause task_counts(SessionId id) const;
  [[nodiscard]] Clause said_by_identifier(SessionId id) const;

  StoryInput in_;
  UnitId unit_;
  std::vector<Event> context_;
};

}  // namespace uptrail::analysis
