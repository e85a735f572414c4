#include "collector/analysis/rules/upload_body_empty_or_short.h"

#include <optional>

#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "upload-body-empty-or-short",
    .title = "Fewer bytes were sent than the file has",
    .severity = Severity::error,
    .summary = "The server accepted the upload, but the body was empty or cut off: what is stored there is not the file.",
    .needs = "task.create with fileSize, the bytes sent at the end (or the server's receipt), and a good status.",
    .remedy =
        "Make the file URL with URL(fileURLWithPath:), finish and close the file before the task is made, and let the server "
        "compare the length.",
    .thresholds = {{"OK_FROM", 200, "", "first status that counts as success"},
                   {"OK_TO", 299, "", "last status that counts as success"}},
};

struct Bodies {
  FactIndex created = kNoFact;
  FactIndex end = kNoFact;
  FactIndex receipt = kNoFact;
  std::int64_t size = 0;
  std::optional<std::int64_t> sent, received;
};

// What the server counted for the upload's only task.
void find_receipt(const World& world, TaskId task, Bodies& b) {
  const UploadId upload = task_of(world, task).upload;
  if (!upload.valid() || world.derived().uploads[upload.value].tasks.size() != 1) return;
  for (const FactIndex i : world.of_upload(upload)) {
    const Fact& fact = world.fact(i);
    if (fact.kind != EventKind::server_receipt || !fact.has(kHasNumber)) continue;
    b.receipt = i;
    b.received = std::max(b.received.value_or(0), fact.number);
  }
}

void fire(const Judging& j, TaskId task, const Bodies& b, bool by_server) {
  const World& world = j.world;
  const std::int64_t sent = by_server ? *b.received : *b.sent;
  Draft draft(j, Severity::error, Confidence::proven, task_subject(world, task), world.fact(b.end).t);
  const std::string name = task_name(world, task);
  const std::string bytes = std::to_string(sent) + " of " + std::to_string(b.size) + " bytes";
  draft.title(name + (sent == 0 ? " sent with an empty body" : " sent short: " + bytes));
  draft.explain((by_server ? "The server received " : "The task sent ") + bytes + " of the file of " + name +
                ", and it ended without error.");
  draft.evidence(b.created, "the file has " + std::to_string(b.size) + " bytes")
      .evidence(b.end, "ended without error", !by_server);
  draft.evidence(b.receipt, "received by the server", by_server);
  draft.number("bytes sent", static_cast<double>(sent), "bytes").number("file size", static_cast<double>(b.size), "bytes");
  draft.clears_if("A later task that sends the whole file, or a file that has that many bytes.");
  j.verdicts.fired(draft.take());
}

bool is_good(const Judging& j, TaskId task, FactIndex end) {
  const World& world = j.world;
  const int status =
      world.fact(end).status != 0 ? world.fact(end).status : static_cast<int>(task_of(world, task).status.value_or(0));
  return world.fact(end).has(kHasCode) && world.fact(end).code == 0 && status >= j.thresholds.value("OK_FROM") &&
         status <= j.thresholds.value("OK_TO");
}

void judge_task(const Judging& j, TaskId task) {
  const World& world = j.world;
  const Task& t = task_of(world, task);
  Bodies b;
  b.end = told_end(world, task);
  if (b.end == kNoFact || !is_good(j, task, b.end) || (!t.kind.empty() && t.kind != "upload-file")) return;
  b.created = first_of(world, task, {EventKind::task_create});
  // Without a kind it may be a download, whose body is empty.
  const bool upload = t.kind == "upload-file" || !t.file.empty();
  if (!upload) return;
  if (b.created == kNoFact || !world.fact(b.created).has(kHasNumber)) {
    undetermined(j, task_subject(world, task), "the size of the file is not logged", "log fileSize with task.create");
    return;
  }
  b.size = world.fact(b.created).number;
  if (world.fact(b.end).has(kHasNumber)) b.sent = std::max(world.fact(b.end).number, t.bytes_sent.value_or(0));
  find_receipt(world, task, b);
  if (b.size <= 0) return;
  const bool tried_again = first_of(world, task, {EventKind::daemon_task_retry}) != kNoFact;
  const bool received_less = b.received && *b.received < b.size;
  const bool sent_less = b.sent && *b.sent < b.size && !(b.received && *b.received >= b.size);
  if (!b.sent && !b.received) {
    undetermined(j, task_subject(world, task), "the number of bytes sent is not logged",
                 "log countOfBytesSent in didCompleteWithError");
  } else if (sent_less && !received_less && world.fact(b.end).epoch != world.fact(b.created).epoch) {
    undetermined(j, task_subject(world, task),
                 "the end was told to another process than the one that made the task, whose count may be old",
                 "let the server report the length it received");
  } else if (sent_less && !received_less && *b.sent > 0 && tried_again) {
    undetermined(j, task_subject(world, task), "the task was tried again, and the bytes of all tries are not known",
                 "let the server report the length it received");
  } else if (sent_less || received_less) {
    fire(j, task, b, received_less);
  } else {
    j.verdicts.cleared({});
  }
}

}  // namespace

const RuleInfo& UploadBodyEmptyOrShort::info() const { return kInfo; }

void UploadBodyEmptyOrShort::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const TaskId task : world.tasks()) judge_task(j, task);
}

}  // namespace uptrail::analysis
