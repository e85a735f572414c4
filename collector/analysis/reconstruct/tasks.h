// What happened to each task and upload: phases, times, status, error, bytes; and the wakes of each session.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "collector/analysis/facts_builder.h"
#include "collector/model/derived.h"

namespace uptrail::analysis {

// Texts that facts do not keep are put into the entities while the events stream by. Only empty members are filled.
void fill_entity(Derived& derived, const Event& event, const EventFields& fields);

// Fills the tasks and uploads of one unit from its facts. `end_of_capture(domain)`: where spans that are still open end.
class TaskBuilder {
 public:
  TaskBuilder(const UnitFacts& unit, Derived& derived, std::span<const Stream> streams);
  void build(std::span<const TaskId> tasks, std::span<const UploadId> uploads);

 private:
  void choose_domains();
  void take(const Fact& f);
  void take_upload(const Fact& f);
  void values(Task& task, const Fact& f);
  void step(Task& task, const Fact& f);
  void close(Task& task);
  void outcome(Upload& upload);

  const UnitFacts& unit_;
  Derived& derived_;
  std::span<const Stream> streams_;
  struct Open {
    bool chosen = false, any = false;
    bool by_store = false;                        // only a store knows it
    DomainId domain;                              // the one whose time the task's times are in
    lifecycle::State phase = lifecycle::kUnseen;  // of task_phase
    TimeNs since;
    bool acknowledged = false;  // the app's process took the end: nothing is pending in the daemon any more
  };
  struct Up {
    bool chosen = false, any = false;
    DomainId domain;
  };
  std::vector<Open> open_;   // by task id
  std::vector<Up> uploads_;  // by upload id
};

}  // namespace uptrail::analysis
