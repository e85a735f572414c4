// The legal lives of processes, session objects, tasks and wakes as data: rows (state, event, variant) -> next state. One table a
// file; machine.h runs them, docs/lifecycles.md prints them.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "collector/model/event.h"

namespace uptrail::analysis::lifecycle {

using State = std::uint8_t;  // position in Table::states
// In every table: nothing has been seen yet. A capture may begin in the middle, so no event contradicts this state.
inline constexpr State kUnseen = 0;
inline constexpr State kSame = UINT8_MAX;  // a row that keeps the state

// Which variant of an event a row is about. Rows are tried in their order; the first that fits is taken.
enum class Guard : std::uint8_t {
  always,
  by_user,         // app.launch by the user, or for no known reason
  in_background,   // app.launch for a session, a refresh, a prewarm
  of_the_app,      // the process itself emitted the event, surely after what came before
  no_container,    // session.setup-failed with -995
  to_finish,       // session.invalidate that lets tasks finish
  shared_session,  // session.invalidate of URLSession.shared, which does nothing
  last_resume,     // task.resume that balances the last suspend
  same_process,    // task.did-complete in the process that was told already
  final_end,       // daemon.task-finished that will not be tried again
  client_gone,     // the app is not connected to nsurlsessiond
  listed_running,  // session.tasks-answered: the state in which the task is listed
  listed_suspended,
  listed_canceling,
  listed_completed,
  not_listed,  // a complete list without the task
  in_time,     // a launch soon enough after the request to be its answer
};

// How far a row may be believed.
enum class Mark : std::uint8_t {
  legal,
  missed,      // the state is taken over, but an event before it was not seen
  impossible,  // cannot happen: two events are taken for one thing, or one is misplaced. The state is taken over
};

// Up to ten event kinds; none: every kind that no other row of the same state names.
class Kinds {
 public:
  constexpr Kinds(std::initializer_list<EventKind> kinds) {
    for (const EventKind k : kinds) {
      kinds_[count_++] = k;
    }
  }
  [[nodiscard]] constexpr const EventKind* begin() const { return kinds_.data(); }
  [[nodiscard]] constexpr const EventKind* end() const { return kinds_.data() + count_; }
  [[nodiscard]] constexpr bool empty() const { return count_ == 0; }

 private:
  std::array<EventKind, 10> kinds_{};
  std::uint8_t count_ = 0;
};

// A set of states.
class In {
 public:
  constexpr In(std::initializer_list<State> states) {
    for (const State s : states) {
      bits_ = static_cast<std::uint16_t>(bits_ | (1U << s));
    }
  }
  [[nodiscard]] constexpr bool has(State s) const { return (bits_ >> s & 1U) != 0; }

 private:
  std::uint16_t bits_ = 0;
};

struct Row {
  In from;
  Kinds events;
  Guard guard = Guard::always;
  State to = kSame;
  Mark mark = Mark::legal;
  std::string_view note = {};  // for people; names the rules that look at the pair
};

struct StateInfo {
  std::string_view name;  // as it is printed: "running"
  std::string_view what;  // one clause
};

struct Table {
  std::string_view name;  // "Task, as the app sees it"
  std::string_view what;  // for people: one paragraph
  std::span<const StateInfo> states;
  std::span<const Row> rows;
  bool strict = true;  // false: pairs that are not listed mean nothing
};

}  // namespace uptrail::analysis::lifecycle
