#include "collector/analysis/rules/temp_file_missing.h"

#include "collector/analysis/rules/file_trouble.h"
#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/model/system_unit.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "temp-file-missing",
    .title = "Upload file missing or unreadable",
    .severity = Severity::error,
    .summary = "The body file was gone, or could not be read, when the task was made or taken over: nothing can be sent.",
    .needs = "The task's end with its error, task.create with its file, and file.op.",
    .remedy =
        "Copy the body into a file of the app's own (or its group's) container, keep its path relative to that, and delete it "
        "only after the task's end.",
    .thresholds = {{"T_SOON", 5, "s", "an error about the file this soon after creation or resume: it was never there"}},
};

std::string file_name(const World& world, TaskId task, FactIndex op) {
  if (!task_of(world, task).file.empty()) return quoted(task_of(world, task).file);
  return op != kNoFact && !world.path_of(op).empty() ? quoted(world.path_of(op)) : "its file";
}

std::string error_text(const FileCase& c) { return (c.domain.empty() ? "error" : c.domain) + " " + std::to_string(c.code); }

void fire(const Judging& j, TaskId task, const FileCase& c) {
  const World& world = j.world;
  const bool proven = c.op != kNoFact || c.gone != kNoFact;
  const FactIndex key = c.op != kNoFact ? c.op : (c.gone != kNoFact ? c.gone : c.end);
  const FactIndex at = c.end != kNoFact ? c.end : key;
  Draft draft(j, Severity::error, proven ? Confidence::proven : Confidence::likely, task_subject(world, task), world.fact(at).t);
  const std::string name = task_name(world, task);
  draft.title(name + " has no readable file: " + file_name(world, task, c.op));
  draft.explain(file_name(world, task, c.op) + " could not be read for " + name + ".");
  if (c.gone != kNoFact) {
    draft.explain("It was deleted or moved before the task was made, and not written again.");
    draft.evidence(c.gone, "deleted or moved", key == c.gone);
  }
  draft.evidence(c.created, "the task was made");
  if (c.op != kNoFact) {
    const Fact& op = world.fact(c.op);
    draft.evidence(c.op, op.has(kHasCode) ? "could not be opened, errno " + std::to_string(op.code) : "could not be opened",
                   true);
    if (op.has(kHasCode)) draft.number("errno", op.code);
  }
  if (c.end != kNoFact) {
    draft.explain("The task ended with " + error_text(c) + ".").evidence(c.end, "ended with " + error_text(c), key == c.end);
    if (c.created != kNoFact && world.fact(c.created).domain == world.fact(c.end).domain) {
      draft.compared("T_SOON", (world.fact(c.end).t - world.fact(c.created).t).seconds());
    }
  }
  draft.clears_if("A successful end of the task.");
  j.verdicts.fired(draft.take());
}

// Resume data refers to the file itself: it must stay as it is until the end.
void judge_resumed(const Judging& j, const FileOps& ops, TaskId task) {
  const World& world = j.world;
  const FactIndex end = end_of_task(world, task);
  const FactIndex created = first_of(world, task, {EventKind::task_create});
  if (created == kNoFact || (end != kNoFact && world.fact(end).code == 0)) return;
  const auto touched = [&](FactIndex i) {
    return world.fact(i).word != Word::file_create && surely_before(world, created, i) &&
           (end == kNoFact || surely_before(world, i, end));
  };
  const Interval life{world.fact(created).t, end == kNoFact ? kTimeMax : world.fact(end).t};
  const FactIndex i = ops.first_change(task, life, touched);
  if (i == kNoFact) return;
  Draft draft(j, Severity::error, Confidence::proven, task_subject(world, task), world.fact(i).t);
  draft.title(task_name(world, task) + " continues from a file that was changed under it");
  draft.explain("A task made from resume data reads the original file, which was deleted, moved or written before its end.");
  draft.evidence(created, "made from resume data").evidence(i, "the file was changed", true).evidence(end, "ended");
  draft.clears_if("A successful end of the task.");
  j.verdicts.fired(draft.take());
}

void judge_task(const Judging& j, const FileOps& ops, TaskId task) {
  const World& world = j.world;
  if (task_of(world, task).kind == "upload-resume") judge_resumed(j, ops, task);
  const FileCase c = file_case(world, ops, task, j.thresholds.duration("T_SOON"));
  if (c.trouble == FileTrouble::missing) {
    fire(j, task, c);
  } else if (c.trouble == FileTrouble::undecided) {
    undetermined(j, task_subject(world, task),
                 "the task ended with an error about its file, and what happened to the file is not logged",
                 "log file.op in the app, or nsurlsessiond's lines");
  }
}

void judge_refused(const Judging& j, FactIndex failed) {
  const World& world = j.world;
  const Fact& fact = world.fact(failed);
  Subject subject = session_subject(world, fact.session, fact.epoch);
  subject.upload = fact.upload;
  if (fact.upload.valid()) subject.label = upload_name(world, fact.upload);
  const std::string text = world.text_of(failed, Field::text);
  Draft draft(j, Severity::error, Confidence::proven, subject, fact.t);
  draft.title(subject.label + ": a task was refused because of its file");
  draft.explain("The task could not be made because its file could not be read" + (text.empty() ? "." : ": " + text + "."));
  draft.evidence(failed, "refused", true).clears_if("Nothing: it is the system's own word.");
  j.verdicts.fired(draft.take());
}

// A failed open of a file that no task of the app names: it may be the body of one, and may have been tried again.
void judge_stray(const Judging& j, FactIndex op) {
  const World& world = j.world;
  const Fact& fact = world.fact(op);
  if (fact.has(kShared)) return;
  Draft draft(j, Severity::warning, Confidence::hint, epoch_subject(world, fact.epoch), fact.t);
  draft.title("A file could not be opened for a transfer: " + quoted(world.path_of(op)));
  draft.explain("No task in the capture names the file: it may be the body of an upload, or have been tried again with success.");
  draft.evidence(op, "could not be opened", true).clears_if("A task that sends the file.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& TempFileMissing::info() const { return kInfo; }

void TempFileMissing::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  if (is_system_unit(world.unit())) return;
  const Judging j{world, thresholds, verdicts, kInfo};
  const FileOps ops(world);
  for (const TaskId task : world.tasks()) judge_task(j, ops, task);
  for (const FactIndex i : world.of_kind(EventKind::task_create_failed)) {
    if (world.fact(i).word == Word::file) judge_refused(j, i);
  }
  for (const FactIndex i : ops.strays()) judge_stray(j, i);
}

}  // namespace uptrail::analysis
