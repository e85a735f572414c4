#include "collector/analysis/rules/file_trouble.h"

#include <algorithm>
#include <set>

#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"

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

std::string_view name_of(std::string_view path) {
  path = plain(path);
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

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

FileOps::FileOps(const World& world) : world_(world) {
  for (const FactIndex i : world.of_kind(EventKind::file_op)) {
    const std::string_view path = world.path_of(i);
    if (!path.empty()) {
      by_name_[std::string(name_of(path))].push_back(i);
    } else if (world.fact(i).upload.valid()) {
      by_upload_[world.fact(i).upload].push_back(i);
    }
  }
}

bool FileOps::about(FactIndex op, const Task& task) const { return same_file(world_.path_of(op), task.file); }

std::vector<FactIndex> FileOps::of(TaskId id) const {
  const Task& task = task_of(world_, id);
  std::vector<FactIndex> out;
  if (const auto it = by_name_.find(name_of(task.file)); !task.file.empty() && it != by_name_.end()) {
    std::copy_if(it->second.begin(), it->second.end(), std::back_inserter(out), [&](FactIndex i) { return about(i, task); });
  }
  if (const auto it = by_upload_.find(task.upload); task.upload.valid() && it != by_upload_.end()) {
    out.insert(out.end(), it->second.begin(), it->second.end());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<FactIndex> FileOps::strays() const {
  std::set<std::string_view> names;
  for (const TaskId id : world_.tasks()) names.insert(name_of(task_of(world_, id).file));
  std::vector<FactIndex> out;
  for (const auto& [name, ops] : by_name_) {
    for (const FactIndex i : ops) {
      if (world_.fact(i).word == Word::file_open_failed && !names.contains(name)) out.push_back(i);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

FactIndex lock_before(const World& world, FactIndex at) {
  FactIndex last = kNoFact;
  for (const FactIndex i : world.of_kind(EventKind::device_lock)) {
    if (surely_before(world, i, at)) last = i;
  }
  return last;
}

namespace {

// An operation on the file that concerns this task and not another one with the same file: from its creation to its end.
bool in_life(const World& world, FactIndex op, const FileCase& c) {
  constexpr DurationNs kBefore = seconds(1);
  const Fact& fact = world.fact(op);
  if (c.created != kNoFact && (fact.domain != world.fact(c.created).domain || fact.t < world.fact(c.created).t - kBefore)) {
    return false;
  }
  return c.end == kNoFact || maybe_before(world, op, c.end) || near_in_time(world, op, c.end, kBefore);
}

void find_ops(const World& world, const std::vector<FactIndex>& ops, FileCase& c) {
  for (const FactIndex i : ops) {
    const Fact& fact = world.fact(i);
    if (fact.word == Word::file_open_failed && in_life(world, i, c)) c.op = i;
    if (c.created == kNoFact || !surely_before(world, i, c.created)) continue;
    if (fact.word == Word::file_delete || fact.word == Word::file_move) c.gone = i;
    if (fact.word == Word::file_create || fact.word == Word::file_write) c.gone = kNoFact;
  }
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
  c.created = first_of(world, world.of_task(task), {EventKind::task_create});
  const FactIndex end = end_of_task(world, task);
  if (end != kNoFact && world.fact(end).code != 0) {
    c.domain = error_domain(world, task, end);
    c.code = world.fact(end).code;
    if (is_file_error(c.domain, c.code)) c.end = end;
  }
  find_ops(world, ops.of(task), c);
  if (c.end != kNoFact) {
    c.soon = came_soon(world, task, c, after_start);
    c.trouble = kind_of(world, c);
  } else if (c.op != kNoFact) {
    c.trouble = kind_of(world, c);
  }
  return c;
}

}  // namespace uptrail::analysis::rules
