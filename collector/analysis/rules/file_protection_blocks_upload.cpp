#include "collector/analysis/rules/file_protection_blocks_upload.h"

#include "collector/analysis/rules/file_trouble.h"
#include "collector/model/system_unit.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "file-protection-blocks-upload",
    .title = "File locked by data protection",
    .severity = Severity::error,
    .summary =
        "The body file has complete data protection: while the device is locked nsurlsessiond cannot read it, and the task "
        "fails.",
    .needs = "The line about data protection, or the task's end with POSIX error 1 and the state of the lock.",
    .remedy = "Give body files the protection completeUntilFirstUserAuthentication.",
    .thresholds = {{"T_SOON", 5, "s", "an error about the file this soon after the start: it was never readable"}},
};

void fire(const Judging& j, TaskId task, const FileCase& c) {
  const World& world = j.world;
  const bool line = c.op != kNoFact;
  const FactIndex at = c.end != kNoFact ? c.end : c.op;
  Draft draft(j, Severity::error, line ? Confidence::proven : Confidence::likely, task_subject(world, task), world.fact(at).t);
  const std::string name = task_name(world, task);
  const std::string file = task_of(world, task).file.empty() ? "its file" : quoted(task_of(world, task).file);
  draft.title(name + " blocked by data protection of " + file);
  draft.explain(capitalised(name) + " could not read " + file + ": it is protected while the device is locked.");
  draft.evidence(c.op, "data protection refused the file", line);
  if (const FactIndex lock = lock_before(world, at); lock != kNoFact) {
    draft.evidence(lock, world.fact(lock).has(kShared) ? "the device was locked" : "the device was unlocked");
  }
  draft.evidence(c.end, "ended with POSIX error 1", !line);
  if (c.end != kNoFact) draft.number("error code", c.code);
  draft.clears_if(line ? "Nothing: it is the system's own line." : "The device was unlocked, or the sandbox refused the file.");
  j.verdicts.fired(draft.take());
}

void judge_task(const Judging& j, const FileOps& ops, TaskId task) {
  const World& world = j.world;
  const FileCase c = file_case(world, ops, task, j.thresholds.duration("T_SOON"));
  if (c.trouble == FileTrouble::locked) {
    fire(j, task, c);
    return;
  }
  const bool refused = c.end != kNoFact && c.code == 1 && c.domain == "NSPOSIXErrorDomain" && c.op == kNoFact;
  if (refused && c.trouble == FileTrouble::undecided && lock_before(world, c.end) == kNoFact) {
    undetermined(j, task_subject(world, task), "the file was refused, and whether the device was locked is not recorded",
                 "log device.lock in the app");
  }
}

void judge_stray(const Judging& j, FactIndex op) {
  const World& world = j.world;
  const Fact& fact = world.fact(op);
  if (!fact.has(kShared)) return;
  Draft draft(j, Severity::error, Confidence::proven, epoch_subject(world, fact.epoch), fact.t);
  draft.title("Data protection refused a file: " + quoted(world.path_of(op)));
  draft.explain("The file is protected while the device is locked. No task in the capture names it.");
  draft.evidence(op, "data protection refused the file", true).clears_if("Nothing: it is the system's own line.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& FileProtectionBlocksUpload::info() const { return kInfo; }

void FileProtectionBlocksUpload::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  if (is_system_unit(world.unit())) return;
  const Judging j{world, thresholds, verdicts, kInfo};
  const FileOps ops(world);
  for (const TaskId task : world.tasks()) judge_task(j, ops, task);
  for (const FactIndex i : ops.strays()) judge_stray(j, i);
}

}  // namespace uptrail::analysis
