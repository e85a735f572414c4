// nsurlsessiond's own store as rules may use it: each copy speaks of one moment, its last change, and of no other. A row is a
// claim of that moment. That a row is missing says something only of a copy that was read completely and that knows the app.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis::rules {

class DaemonStores {
 public:
  explicit DaemonStores(const World& world);

  struct Copy {
    FactIndex snapshot = kNoFact;
    bool complete = false;                  // no row, and no later change (-wal), is missing
    bool knows_app = false;                 // it has a row of one of the app's tasks or sessions: it is of this device
    std::vector<FactIndex> rows, sessions;  // ascending
    using Number = std::pair<SessionId, std::int64_t>;
    std::set<Number> numbers;  // session and taskIdentifier of the rows
    std::set<Number> unnamed;  // of those without a UUID
  };
  [[nodiscard]] std::span<const Copy> copies() const { return copies_; }  // in time order
  // The task's row in that copy; kNoFact: it has none.
  [[nodiscard]] FactIndex row(const Copy& copy, TaskId task) const;
  // It has a row of the task, or one that may be the task's: what has no UUID is told apart by nothing but its number.
  [[nodiscard]] bool may_have(const Copy& copy, TaskId task) const;
  // The task's rows in all copies, ascending.
  [[nodiscard]] std::span<const FactIndex> rows_of(TaskId task) const;
  // Another app of the case has a session of that name: the store's rows have no place for both, so one may have replaced the
  // other.
  [[nodiscard]] bool shared_name(SessionId session) const { return shared_names_.contains(session); }

 private:
  void find_shared_names();
  void add(FactIndex row, const std::map<StreamId, std::vector<std::size_t>>& of_stream);

  const World& world_;
  std::vector<Copy> copies_;
  std::map<TaskId, std::vector<FactIndex>> rows_;
  std::set<SessionId> shared_names_;
};

// A row of nsurlsessiond's store about a task.
bool is_daemon_row(const Fact& fact);

// A store's time is that of a file: of the device's clock as the log's times are, but nothing shows how well they agree. Times of
// different order domains, both on the UTC axis, are compared with this much to spare.
inline constexpr DurationNs kFileClock = seconds(120);
// How much later b is than a, at least. nullopt: it is not surely later.
std::optional<DurationNs> later_by(const World& world, FactIndex a, FactIndex b);
// What is to spare between a time of the fact and one of that domain.
DurationNs spare_between(const World& world, FactIndex fact, DomainId domain);

}  // namespace uptrail::analysis::rules
