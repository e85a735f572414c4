#include "collector/analysis/reconstruct/task_views.h"

#include <algorithm>
#include <map>

#include "collector/analysis/lifecycle/task_client.h"
#include "collector/analysis/lifecycle/task_daemon.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;
using lifecycle::Circumstances;
using lifecycle::State;
namespace client = lifecycle::task_client;
namespace daemon = lifecycle::task_daemon;

// One end that two loggers tell of is told within this time.
constexpr DurationNs kOneEnd = seconds(1);

// Kinds that some row of the table names.
KindSet kinds_of(const lifecycle::Table& table) {
  KindSet out;
  for (const lifecycle::Row& row : table.rows) {
    for (const K kind : row.events) {
      out.set(static_cast<std::size_t>(kind));
    }
  }
  return out;
}

bool is_call(K kind) { return kind == K::task_suspend || kind == K::task_resume; }

class ViewBuilder {
 public:
  ViewBuilder(const UnitFacts& unit, std::span<const TaskId> tasks, std::span<const Stream> streams,
              std::span<const TaskId> listed, std::vector<lifecycle::Break>& breaks)
      : unit_(unit),
        streams_(streams),
        listed_(listed),
        first_(tasks.empty() ? 0 : tasks.front().value),
        count_(tasks.empty() ? 0 : tasks.back().value - first_ + 1),
        of_client_(kinds_of(lifecycle::kTaskClient)),
        of_daemon_(kinds_of(lifecycle::kTaskDaemon)),
        client_(lifecycle::kTaskClient, first_, breaks),
        daemon_(lifecycle::kTaskDaemon, first_, breaks),
        suspended_(count_),
        calls_of_app_(count_),
        on_list_(count_, kNoFact) {}

  TaskViews run() {
    for (const Fact& f : unit_.facts) {
      if (is_call(f.kind) && has(f.task) && is_app(f)) {
        calls_of_app_[f.task.value - first_] = true;
      }
    }
    for (FactIndex i = 0; i < unit_.facts.size(); ++i) {
      const Fact& f = unit_.facts[i];
      if (has(f.task)) {
        take(f.task.value - first_, i, f);
      } else {
        take_other(i, f);
      }
    }
    return {client_.close(count_), daemon_.close(count_)};
  }

 private:
  using Position = std::uint32_t;
  // Tasks of one session that wait for the same thing.
  using Waiting = std::map<SessionId, std::vector<Position>>;

  [[nodiscard]] bool has(TaskId task) const { return task.valid() && task.value >= first_ && task.value - first_ < count_; }
  [[nodiscard]] bool is_app(const Fact& f) const {
    return f.stream.valid() && streams_[f.stream.value].observer == Observer::app;
  }

  void take(Position p, FactIndex i, const Fact& f) {
    const auto kind = static_cast<std::size_t>(f.kind);
    if (of_client_[kind]) {
      take_as_client(p, i, f);
    }
    if (of_daemon_[kind]) {
      take_as_daemon(p, i, f);
    }
  }

  void take_as_client(Position p, FactIndex i, const Fact& f) {
    Circumstances given;
    if (f.kind == K::task_did_complete && client_.state(p) == client::delivered) {
      const Fact& told = unit_.facts[client_.since(p)];
      const bool one_end = told.code == f.code && f.t - told.t <= kOneEnd;
      given.same_process = told.epoch.valid() && told.epoch == f.epoch && !one_end;
    }
    // When app and CFNetwork both log the calls, CFNetwork's are the same calls again.
    if (!is_call(f.kind) || !calls_of_app_[p] || is_app(f)) {
      take_client(p, i, f, given);
    }
  }

  void take_as_daemon(Position p, FactIndex i, const Fact& f) {
    Circumstances given;
    if (f.kind == K::daemon_task_finished) {
      const auto link = gone_.find(f.session);
      given.client_gone = link != gone_.end() && link->second;
    }
    const State before = daemon_.state(p);
    const State now = daemon_.take(p, i, f, given).to;
    if (before == now) {
      return;
    }
    if (before == lifecycle::kUnseen) {
      in_daemon_.push_back(p);
    }
    if (now == daemon::held) {
      held_[f.session].push_back(p);
    } else if (now == daemon::acknowledged) {
      acknowledged_[f.session].push_back(p);
    }
  }

  void take_client(Position p, FactIndex i, const Fact& f, Circumstances given) {
    const State before = client_.state(p);
    std::uint16_t& n = suspended_[p];
    given.last_resume = n <= 1;
    const State now = client_.preview(p, f, given);
    if (now == client::created) {
      n = 1;
    } else if (now == client::suspended && f.kind == K::task_suspend) {
      n = static_cast<std::uint16_t>(before == client::created ? 2 : std::min<int>(n + 1, UINT16_MAX));
    } else if (now == client::suspended && f.kind == K::task_resume) {
      --n;
    } else if (now == client::suspended) {
      n = std::max<std::uint16_t>(n, 1);
    } else {
      n = 0;
    }
    client_.take(p, i, f, given, n);
    const bool alive = now == client::created || now == client::running || now == client::suspended || now == client::canceling;
    const bool was =
        before == client::created || before == client::running || before == client::suspended || before == client::canceling;
    if (alive && !was && f.session.valid()) {
      alive_[f.session].push_back(p);
    }
  }

  void take_other(FactIndex i, const Fact& f) {
    switch (f.kind) {
      case K::session_tasks_requested:
        requested_[f.session] = i;
        break;
      case K::session_tasks_answered:
        take_list(i, f);
        break;
      case K::daemon_client_connected:
      case K::daemon_client_disconnected:
        gone_[f.session] = f.kind == K::daemon_client_disconnected;
        [[fallthrough]];
      case K::daemon_callback_released:
        if (f.kind != K::daemon_client_disconnected) {
          move_on(held_, daemon::held, i, f);
        }
        break;
      case K::daemon_session_cleaned:
        move_on(acknowledged_, daemon::acknowledged, i, f);
        break;
      case K::daemon_force_quit_noticed:
        for (const Position p : in_daemon_) {
          daemon_.take(p, i, f);
        }
        in_daemon_.clear();  // what the daemon knew is over; it begins anew
        break;
      default:
        break;
    }
  }

  void move_on(Waiting& waiting, State state, FactIndex i, const Fact& f) {
    const auto it = waiting.find(f.session);
    if (!f.session.valid() || it == waiting.end()) {
      return;
    }
    for (const Position p : it->second) {
      if (daemon_.state(p) == state) {
        daemon_.take(p, i, f);
      }
    }
    waiting.erase(it);
  }

  void take_list(FactIndex i, const Fact& f) {
    const auto [from, to] = unit_.lists.range(i);
    for (std::size_t k = from; k < to; ++k) {
      if (has(listed_[k])) {
        const Position p = listed_[k].value - first_;
        on_list_[p] = i;
        Circumstances given;
        given.listed = unit_.lists.entries[k].state;
        take_client(p, i, f, given);
      }
    }
    if (f.has(kShared) && f.has(kHasNumber)) {
      lose_others(i, f);
    }
  }

  // Of the tasks that were there when the list was asked for, those that it does not name.
  void lose_others(FactIndex i, const Fact& f) {
    const auto alive = alive_.find(f.session);
    if (alive == alive_.end()) {
      return;
    }
    const auto asked = requested_.find(f.session);
    const FactIndex until = asked == requested_.end() ? i : asked->second;
    std::erase_if(alive->second, [&](Position p) {
      const State state = client_.state(p);
      const bool over = state == client::finished || state == client::delivered || state == client::lost;
      const FactIndex since = client_.since(p);
      if (over || on_list_[p] == i || since == kNoFact || since >= until || unit_.facts[since].domain != f.domain) {
        return over;
      }
      Circumstances given;
      given.not_listed = true;
      take_client(p, i, f, given);
      return true;
    });
  }

  const UnitFacts& unit_;
  std::span<const Stream> streams_;
  std::span<const TaskId> listed_;
  std::uint32_t first_, count_;
  KindSet of_client_, of_daemon_;
  lifecycle::Runner client_, daemon_;
  std::vector<std::uint16_t> suspended_;  // how often, by the app
  std::vector<bool> calls_of_app_;        // suspend() and resume() are logged by the app itself
  std::vector<FactIndex> on_list_;        // the last list that named it
  std::map<SessionId, bool> gone_;        // the app is not connected
  std::map<SessionId, FactIndex> requested_;
  std::vector<Position> in_daemon_;  // since the last force-quit
  Waiting alive_, held_, acknowledged_;
};

}  // namespace

TaskViews build_task_views(const UnitFacts& unit, std::span<const TaskId> tasks, std::span<const Stream> streams,
                           std::span<const TaskId> listed, std::vector<lifecycle::Break>& breaks) {
  return ViewBuilder(unit, tasks, streams, listed, breaks).run();
}

}  // namespace uptrail::analysis
