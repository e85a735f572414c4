// Upload files that could not be read: what the rules about missing, locked and failing files share, so that each failure is
// claimed by one of them only.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis::rules {

// Does this number of an error tell that the body file could not be read?
bool is_file_error(std::string_view domain, std::int32_t code);

// file.op events by the file they are about.
class FileOps {
 public:
  explicit FileOps(const World& world);
  // The last failed open, or the last creation, write, move or deletion, of the task's file, known by path, else by upload, that
  // may have happened in the span and that `accept` takes. kNoFact: none.
  using Accept = std::function<bool(FactIndex)>;
  [[nodiscard]] FactIndex last_failed(TaskId task, Interval span, const Accept& accept) const;
  [[nodiscard]] FactIndex last_change(TaskId task, Interval span, const Accept& accept) const;
  [[nodiscard]] FactIndex first_change(TaskId task, Interval span, const Accept& accept) const;
  // Failed opens that belong to no task of the unit.
  [[nodiscard]] std::vector<FactIndex> strays() const;

 private:
  struct Ops {
    std::vector<FactIndex> failed, changes;  // ascending
    void add(const World& world, FactIndex op);
  };
  [[nodiscard]] FactIndex find(TaskId task, std::vector<FactIndex> Ops::*which, Interval span, bool last,
                               const Accept& accept) const;
  const World& world_;
  std::map<std::string, Ops, std::less<>> by_name_;  // last part of the path
  std::map<UploadId, Ops> by_upload_;                // only without a path
};

enum class FileTrouble : std::uint8_t { none, missing, locked, undecided };
struct FileCase {
  FileTrouble trouble = FileTrouble::none;
  FactIndex end = kNoFact;      // the end with an error about the file
  FactIndex op = kNoFact;       // the failed open
  FactIndex gone = kNoFact;     // deleted or moved before the task was made
  FactIndex created = kNoFact;  // task.create
  std::int32_t code = 0;
  std::string domain;
  bool soon = false;  // the end came right after the creation or the resume
};
// after_start: how soon after creation or resume an error tells of a file that was never there.
FileCase file_case(const World& world, const FileOps& ops, TaskId task, DurationNs after_start);
// The last device.lock before that time; kNoFact: the state of the lock is not known.
FactIndex lock_before(const World& world, FactIndex at);

}  // namespace uptrail::analysis::rules
