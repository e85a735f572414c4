// Runs the tables: where an event leads, whether the pair is in the table, and what happened to each subject of a unit.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "collector/analysis/facts.h"
#include "collector/analysis/lifecycle/table.h"

namespace uptrail::analysis::lifecycle {

// What a guard asks that the fact itself does not say.
struct Circumstances {
  bool of_the_app = false, last_resume = false, same_process = false, client_gone = false, in_time = false, not_listed = false;
  Word listed = Word::none;  // running, suspended, canceling, completed
};

struct Step {
  State to = kUnseen;
  const Row* row = nullptr;  // nullptr: none fits
  bool listed = true;        // false: the table knows the event, but not in this state
};

class Machine {
 public:
  explicit Machine(const Table& table);  // the table must outlive it
  [[nodiscard]] const Table& table() const { return table_; }
  [[nodiscard]] Step step(State from, const Fact& fact, const Circumstances& given) const;
  // Kinds that may lead into a state in which `event` is legal, on whatever way from `from`: each way passes one of them, so that
  // one would have been seen if the pair were no contradiction. Empty: there is no such way.
  [[nodiscard]] std::vector<EventKind> ways(State from, EventKind event) const;

 private:
  [[nodiscard]] std::span<const std::uint8_t> rows_of(State state, EventKind kind) const;
  [[nodiscard]] bool legal_in(State state, EventKind kind) const;

  const Table& table_;
  std::vector<std::uint16_t> offsets_;  // by state and kind
  std::vector<std::uint8_t> rows_;
  std::vector<bool> named_;  // by kind: some row names it
};

const Machine& machine_of(const Table& table);  // compiled once; one of tables()
std::span<const Table* const> tables();         // in the order of docs/lifecycles.md

// One change of a subject's state, by the fact `at`.
struct Change {
  FactIndex at = kNoFact;
  State from = kUnseen;
  State to = kUnseen;
  std::uint16_t count = 0;  // tasks, as the app sees them: how often suspended
};
static_assert(sizeof(Change) == 8);

// A pair that the table does not list, or does not call legal. Whether it contradicts anything depends on order and coverage.
struct Break {
  const Table* table = nullptr;
  const Row* row = nullptr;   // nullptr: not listed
  FactIndex since = kNoFact;  // what set the state
  FactIndex at = kNoFact;
  std::uint32_t subject = 0;  // id of the epoch, object, task or session in the case
  State state = kUnseen;
};

// The changes of all subjects of one life-cycle, ascending in time for each subject.
class History {
 public:
  [[nodiscard]] std::span<const Change> of(std::size_t subject) const {
    if (subject + 1 >= offsets_.size()) {
      return {};
    }
    return std::span(changes_).subspan(offsets_[subject], offsets_[subject + 1] - offsets_[subject]);
  }

 private:
  friend class Runner;
  std::vector<std::uint32_t> offsets_;
  std::vector<Change> changes_;
};

// Takes the facts of a unit through one table, every subject by itself.
class Runner {
 public:
  // `first`: the id of subject 0; `breaks` must outlive it.
  Runner(const Table& table, std::uint32_t first, std::vector<Break>& breaks)
      : machine_(machine_of(table)), first_(first), breaks_(breaks) {}
  [[nodiscard]] State state(std::size_t subject) const { return subject < now_.size() ? now_[subject].state : kUnseen; }
  [[nodiscard]] FactIndex since(std::size_t subject) const { return subject < now_.size() ? now_[subject].since : kNoFact; }
  // Where the fact would lead.
  [[nodiscard]] State preview(std::size_t subject, const Fact& fact, const Circumstances& given) const {
    return machine_.step(state(subject), fact, given).to;
  }
  // A subject that begins in another state than kUnseen.
  void begin(std::size_t subject, State state);
  Step take(std::size_t subject, FactIndex at, const Fact& fact, const Circumstances& given = {}, std::uint16_t count = 0);
  // The changes so far, in order of subjects. Ends the run.
  History close(std::size_t subjects);

 private:
  struct Now {
    FactIndex since = kNoFact;
    State state = kUnseen;
    std::uint16_t count = 0;
  };
  Now& at(std::size_t subject);

  const Machine& machine_;
  std::uint32_t first_;
  std::vector<Break>& breaks_;
  std::vector<Now> now_;
  std::vector<std::pair<std::uint32_t, Change>> changes_;
};

}  // namespace uptrail::analysis::lifecycle
