#include "collector/analysis/rules/file_trouble.h"

#include <algorithm>
#include <set>

#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/path_names.h"

namespace uptrail::analysis::rules {

namespace {
constexpr std::int32_t kNotPermitted = 1;  // EPERM
constexpr std::string_view kPosix = "NSPOSIXErrorDomain";
constexpr std::string_view kCocoa = "NSCocoaErrorDomain";

std::string_view plain(std::string_view path) {
  constexpr std::string_view kScheme = "file://";
  if (path.starts_with(kScheme)) path.remove_prefix(kScheme.size());
  return path;
}

std::string_view name_of(std::string_view path) { return last_part(plain(path)); }

// Containers move between installations, and logs shorten paths: one may be the end of the other.
bool same_file(std::string_view a, std::string_view b) {
  a = plain(a);
  b = plain(b);
  if (a.size() < b.size()) std::swap(a, b);
  return !b.empty() && a.ends_with(b) && (a.size() == b.size() || b.front() == '/' || a[a.size() - b.size() - 1] == '/');
}

bool is_locked_open(const Fact& op) { return op.has(kShared); }
}  // namespace

bool is_file_error(std::string_view domain, std::int32_t code) {
  if (domain == kPosix) return code == kNotPermitted || code == 2;
  if (domain == kCocoa) return code == 257 || code == 260;
  return (domain.empty() || domain == "NSURLErrorDomain") && (code == -1100 || code == -1102);
}

void FileOps::Ops::add(const World& world, FactIndex op) {
  const Word word = world.fact(op).word;
  if (word == Word::file_open_failed) failed.push_back(op);
  if (word == Word::file_create || word == Word::file_write || word == Word::file_move || word == Word::file_delete) {
    changes.push_back(op);
  }
}

FileOps::FileOps(const World& world) : world_(world) {
  for (const FactIndex i : world.of_kind(EventKind::file_op)) {
    const std::string_view path = world.path_of(i);
    if (!path.empty()) {
      by_name_[std::string(name_of(path))].add(world, i);
    } else if (world.fact(i).upload.valid()) {
      by_upload_[world.fact(i).upload].add(world, i);
    }
  }
}

FactIndex FileOps::find(TaskId id, std::vector<FactIndex> Ops::*which, Interval span, bool last, const Accept& accept) const {
  const Task& task = task_of(world_, id);
  FactIndex found = kNoFact;
  const auto look = [&](const Ops& ops, auto about) {
    const auto near = world_.within(ops.*which, span);
    const auto fits = [&](FactIndex i) { return about(i) && accept(i); };
    if (last) {
      const auto it = std::find_if(near.rbegin(), near.rend(), fits);
      if (it != near.rend()) found = found == kNoFact ? *it : std::max(found, *it);
    } else {
      const auto it = std::find_if(near.begin(), near.end(), fits);
      if (it != near.end()) found = std::min(found, *it);  // kNoFact is the largest
    }
  };
  if (const auto it = by_name_.find(name_of(task.file)); !task.file.empty() && it != by_name_.end()) {
    look(it->second, [&](FactIndex i) { return same_file(world_.path_of(i), task.file); });
  }
  if (const auto it = by_upload_.find(task.upload); task.upload.valid() && it != by_upload_.end()) {
    look(it->second, [](FactIndex) { return true; });
  }
  return found;
}

FactIndex FileOps::last_failed(TaskId task, Interval span, const Accept& accept) const {
  return find(task, &Ops::failed, span, true, accept);
}

FactIndex FileOps::last_change(TaskId task, Interval span, const Accept& accept) const {
  return find(task, &Ops::changes, span, true, accept);
}

FactIndex FileOps::first_change(TaskId task, Interval span, const Accept& accept) const {
  return find(task, &Ops::changes, span, false, accept);
}

std::vector<FactIndex> FileOps::strays() const {
  std::set<std::string_view> names;
  for (const TaskId id : world_.tasks()) names.insert(name_of(task_of(world_, id).file));
  std::vector<FactIndex> out;
  for (const auto& [name, ops] : by_name_) {
    if (!names.contains(name)) out.insert(out.end(), ops.failed.begin(), ops.failed.end());
  }
  std::sort(out.begin(), out.end());
  return out;
}

FactIndex lock_before(const World& world, FactIndex at) {
  return last_surely_before(world, world.of_kind(EventKind::device_lock), at);
}

namespace {

constexpr DurationNs kAround = seconds(1);

// An operation on the file that concerns this task and not another one with the same file: from its creation to its end.
bool in_life(const World& world, FactIndex op, const FileCase& c) {
  const Fact& fact = world.fact(op);
  if (c.created != kNoFact && (fact.domain != world.fact(c.created).domain || fact.t < world.fact(c.created).t - kAround)) {
    return false;
  }
  return c.end == kNoFact || maybe_before(world, op, c.end) || near_in_time(world, op, c.end, kAround);
}

void find_ops(const World& world, const FileOps& ops, TaskId task, FileCase& c) {
  const Interval life{c.created == kNoFact ? kTimeMin : world.fact(c.created).t - kAround,
                      c.end == kNoFact ? kTimeMax : world.fact(c.end).t + kAround};
  c.op = ops.last_failed(task, life, [&](FactIndex i) { return in_life(world, i, c); });
  if (c.created == kNoFact) return;
  const Interval before{kTimeMin, world.fact(c.created).t};
  const FactIndex change = ops.last_change(task, before, [&](FactIndex i) { return surely_before(world, i, c.created); });
  const Word word = change == kNoFact ? Word::none : world.fact(change).word;
  if (word == Word::file_delete || word == Word::file_move) c.gone = change;
}

// An error "right after" needs its beginning in the capture.
bool came_soon(const World& world, TaskId task, const FileCase& c, DurationNs limit) {
  for (const FactIndex i : world.of_task(task)) {
    const EventKind kind = world.fact(i).kind;
    const bool begin = kind == EventKind::task_create || kind == EventKind::task_resume || kind == EventKind::daemon_task_resumed;
    if (begin && near_in_time(world, i, c.end, limit)) return true;
  }
  return false;
}

bool ended_well(const World& world, TaskId task) {
  const FactIndex end = end_of_task(world, task);
  return end != kNoFact && world.fact(end).code == 0 && world.fact(end).word != Word::cancelled;
}

FileTrouble kind_of(const World& world, const FileCase& c) {
  if (c.op != kNoFact && is_locked_open(world.fact(c.op))) return FileTrouble::locked;
  const bool refused = (c.end != kNoFact && c.domain == kPosix && c.code == kNotPermitted) ||
                       (c.end == kNoFact && c.op != kNoFact && world.fact(c.op).code == kNotPermitted);
  const FactIndex at = c.end != kNoFact ? c.end : c.op;
  if (refused) {
    const FactIndex lock = lock_before(world, at);
    const bool locked = lock != kNoFact && world.fact(lock).has(kShared);
    // A failed open without a sign of data protection is the sandbox's, even on a locked device.
    if (locked && c.op == kNoFact) return FileTrouble::locked;
  }
  if (c.op != kNoFact || c.gone != kNoFact || c.soon) return FileTrouble::missing;
  return FileTrouble::undecided;
}

}  // namespace

FileCase file_case(const World& world, const FileOps& ops, TaskId task, DurationNs after_start) {
  FileCase c;
  if (ended_well(world, task)) return c;  // whatever was said of the file, its body was sent
  c.created = first_of(world, task, {EventKind::task_create});
  const FactIndex end = end_of_task(world, task);
  if (end != kNoFact && world.fact(end).code != 0) {
    c.domain = error_domain(world, task, end);
    c.code = world.fact(end).code;
    if (is_file_error(c.domain, c.code)) c.end = end;
  }
  find_ops(world, ops, task, c);
  if (c.end != kNoFact) {
    c.soon = came_soon(world, task, c, after_start);
    c.trouble = kind_of(world, c);
  } else if (c.op != kNoFact) {
    c.trouble = kind_of(world, c);
  }
  return c;
}

}  // namespace uptrail::analysis::rules
