#include "collector/analysis/lifecycle/machine.h"

#include <algorithm>
#include <array>

#include "collector/analysis/lifecycle/app_process.h"
#include "collector/analysis/lifecycle/session_object.h"
#include "collector/analysis/lifecycle/task_client.h"
#include "collector/analysis/lifecycle/task_daemon.h"
#include "collector/analysis/lifecycle/task_phase.h"
#include "collector/analysis/lifecycle/wake.h"

namespace uptrail::analysis::lifecycle {

namespace {

constexpr std::int32_t kNeedsContainer = -995;  // NSURLErrorBackgroundSessionRequiresSharedContainer

bool launched_in_background(Word reason) {
  return reason == Word::bg_urlsession || reason == Word::bg_other || reason == Word::prewarm;
}

bool holds(Guard guard, const Fact& f, const Circumstances& given) {
  switch (guard) {
    case Guard::always:
      return true;
    case Guard::by_user:
      return !launched_in_background(f.word);
    case Guard::in_background:
      return launched_in_background(f.word);
    case Guard::of_the_app:
      return given.of_the_app;
    case Guard::no_container:
      return f.code == kNeedsContainer;
    case Guard::to_finish:
      return f.word != Word::cancel;
    case Guard::shared_session:
    case Guard::final_end:
      return f.has(kShared);
    case Guard::last_resume:
      return given.last_resume;
    case Guard::same_process:
      return given.same_process;
    case Guard::client_gone:
      return given.client_gone && f.has(kShared);
    case Guard::listed_running:
      return given.listed == Word::running;
    case Guard::listed_suspended:
      return given.listed == Word::suspended;
    case Guard::listed_canceling:
      return given.listed == Word::canceling;
    case Guard::listed_completed:
      return given.listed == Word::completed;
    case Guard::not_listed:
      return given.not_listed;
    case Guard::in_time:
      return given.in_time;
  }
  return false;
}

bool names(const Row& row, EventKind kind) { return std::find(row.events.begin(), row.events.end(), kind) != row.events.end(); }

void put(std::vector<EventKind>& kinds, EventKind kind) {
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
    kinds.push_back(kind);
  }
}

}  // namespace

Machine::Machine(const Table& table) : table_(table), named_(kEventKindCount) {
  for (const Row& row : table.rows) {
    for (const EventKind k : row.events) {
      named_[static_cast<std::size_t>(k)] = true;
    }
  }
  offsets_.push_back(0);
  for (std::size_t at = 0; at < table.states.size(); ++at) {
    const auto s = static_cast<State>(at);
    for (std::size_t k = 0; k < kEventKindCount; ++k) {
      const auto kind = static_cast<EventKind>(k);
      const std::size_t before = rows_.size();
      for (const bool any : {false, true}) {
        for (std::size_t r = 0; r < table.rows.size() && (!any || rows_.size() == before); ++r) {
          const Row& row = table.rows[r];
          if (row.from.has(s) && (any ? row.events.empty() : names(row, kind))) {
            rows_.push_back(static_cast<std::uint8_t>(r));
          }
        }
      }
      offsets_.push_back(static_cast<std::uint16_t>(rows_.size()));
    }
  }
}

std::span<const std::uint8_t> Machine::rows_of(State state, EventKind kind) const {
  const std::size_t slot = state * kEventKindCount + static_cast<std::size_t>(kind);
  return std::span(rows_).subspan(offsets_[slot], offsets_[slot + 1] - offsets_[slot]);
}

Step Machine::step(State from, const Fact& fact, const Circumstances& given) const {
  for (const std::uint8_t r : rows_of(from, fact.kind)) {
    const Row& row = table_.rows[r];
    if (holds(row.guard, fact, given)) {
      return {row.to == kSame ? from : row.to, &row, true};
    }
  }
  return {from, nullptr, !table_.strict || from == kUnseen || !named_[static_cast<std::size_t>(fact.kind)]};
}

bool Machine::legal_in(State state, EventKind kind) const {
  const auto rows = rows_of(state, kind);
  return std::any_of(rows.begin(), rows.end(), [&](std::uint8_t r) { return table_.rows[r].mark == Mark::legal; });
}

std::vector<EventKind> Machine::ways(State from, EventKind event) const {
  std::vector<bool> reached(table_.states.size());  // without having passed a state in which the event is legal
  reached[from] = true;
  std::vector<EventKind> out;
  for (bool grown = true; grown;) {
    grown = false;
    for (const Row& row : table_.rows) {
      for (std::size_t at = 0; at < table_.states.size(); ++at) {
        const auto s = static_cast<State>(at);
        if (!reached[s] || !row.from.has(s) || row.to == kSame || row.to == s || row.mark != Mark::legal) {
          continue;
        }
        if (legal_in(row.to, event)) {
          for (const EventKind k : row.events) {
            put(out, k);
          }
        } else if (!reached[row.to]) {
          reached[row.to] = grown = true;
        }
      }
    }
  }
  return out;
}

std::span<const Table* const> tables() {
  static constexpr std::array<const Table*, 6> kTables = {&kAppProcess, &kSessionObject, &kTaskClient,
                                                          &kTaskDaemon, &kWake,          &kTaskPhase};
  return kTables;
}

const Machine& machine_of(const Table& table) {
  static const std::vector<Machine> kMachines = [] {
    std::vector<Machine> all;
    all.reserve(tables().size());
    for (const Table* t : tables()) {
      all.emplace_back(*t);
    }
    return all;
  }();
  return *std::find_if(kMachines.begin(), kMachines.end(), [&](const Machine& m) { return &m.table() == &table; });
}

Runner::Now& Runner::at(std::size_t subject) {
  if (subject >= now_.size()) {
    now_.resize(subject + 1);
  }
  return now_[subject];
}

void Runner::begin(std::size_t subject, State state) { at(subject).state = state; }

Step Runner::take(std::size_t subject, FactIndex at_fact, const Fact& fact, const Circumstances& given, std::uint16_t count) {
  Now& now = at(subject);
  const Step step = machine_.step(now.state, fact, given);
  if (!step.listed || (step.row != nullptr && step.row->mark != Mark::legal)) {
    breaks_.push_back({&machine_.table(), step.row, now.since, at_fact, first_ + static_cast<std::uint32_t>(subject), now.state});
  }
  if (step.to != now.state || count != now.count) {
    changes_.emplace_back(static_cast<std::uint32_t>(subject), Change{at_fact, now.state, step.to, count});
    now = {at_fact, step.to, count};
  }
  return step;
}

History Runner::close(std::size_t subjects) {
  History out;
  out.offsets_.assign(subjects + 1, 0);
  for (const auto& [subject, change] : changes_) {
    ++out.offsets_[subject + 1];
  }
  for (std::size_t s = 0; s < subjects; ++s) {
    out.offsets_[s + 1] += out.offsets_[s];
  }
  out.changes_.resize(changes_.size());
  std::vector<std::uint32_t> next(out.offsets_.begin(), out.offsets_.end() - 1);
  for (const auto& [subject, change] : changes_) {
    out.changes_[next[subject]++] = change;
  }
  changes_ = {};
  now_ = {};
  return out;
}

}  // namespace uptrail::analysis::lifecycle
