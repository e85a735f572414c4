#include "collector/analysis/rules/unsupported_task_kind.h"

#include <algorithm>
#include <array>

#include "collector/analysis/rules/task_ends.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "unsupported-task-kind",
    .title = "API that background sessions do not support",
    .severity = Severity::error,
    .summary =
        "Completion handler blocks, async convenience methods, uploads from Data or a stream, per-task delegates, stream and "
        "WebSocket tasks raise an exception in a background session, or end when the app is suspended.",
    .needs = "task.create with kind and completionHandler, task.create-failed, or the crash with its text.",
    .remedy = "Write the body to a file, use uploadTask(with:fromFile:), and take results in the session's delegate.",
    .thresholds = {},
};

constexpr std::array<std::string_view, 4> kUnsupported = {"upload-data", "upload-stream", "stream", "websocket"};
constexpr std::string_view kException = "not supported in background sessions";

void fire_task(const Judging& j, TaskId task, FactIndex create, const std::string& what) {
  const World& world = j.world;
  Draft draft(j, Severity::error, Confidence::proven, task_subject(world, task), world.fact(create).t);
  draft.title(capitalised(task_name(world, task)) + " cannot run in a background session: " + what);
  draft.explain(capitalised(task_name(world, task)) + " was created in " + session_name(world, task_of(world, task).session) +
                " with " + what + ", which background sessions do not support.");
  draft.evidence(create, "created with " + what, true).clears_if("A session.create of the session with background=false.");
  j.verdicts.fired(draft.take());
}

void judge_task(const Judging& j, TaskId task) {
  const World& world = j.world;
  const Task& t = task_of(world, task);
  const auto creates = pick_of_task(world, task, {}, {EventKind::task_create});
  if (creates.empty()) return;
  const FactIndex create = creates.front();
  const bool kind = std::find(kUnsupported.begin(), kUnsupported.end(), t.kind) != kUnsupported.end();
  const bool block = world.fact(create).has(kShared);
  if ((kind || block) && is_background(world, t.session)) {
    const bool handler = field_is(world, create, Field::completion_handler, "true");
    fire_task(j, task, create, kind ? "kind " + t.kind : handler ? "a completion handler" : "a delegate of its own");
  }
}

void judge_refusals(const Judging& j, SessionId session, const std::vector<FactIndex>& refused) {
  const World& world = j.world;
  const FactIndex first = refused.front();
  Draft draft(j, Severity::error, Confidence::proven, session_subject(world, session, world.fact(first).epoch),
              world.fact(first).t);
  const std::string text = world.text_of(first, Field::text);
  draft.title("Tasks refused by " + session_name(world, session) + ": the API is not supported in background sessions");
  draft.explain("CFNetwork refused to create a task in " + session_name(world, session) +
                (text.empty() ? "." : ": " + text + (text.ends_with('.') ? "" : ".")));
  for (std::size_t i = 0; i < refused.size() && i < kShownEvidence; ++i) {
    draft.evidence(refused[i], world.fact(refused[i]).kind == EventKind::app_terminate ? "the app crashed" : "refused", i == 0);
  }
  draft.clears_if("Nothing: it is the exception's own word.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& UnsupportedTaskKind::info() const { return kInfo; }

void UnsupportedTaskKind::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const TaskId task : world.tasks()) judge_task(j, task);
  std::vector<std::pair<SessionId, FactIndex>> refused;
  for (const FactIndex i : world.of_kind(EventKind::task_create_failed)) {
    const Fact& fact = world.fact(i);
    const bool says = fact.word == Word::unsupported || world.text_of(i, Field::text).find(kException) != std::string::npos;
    if (says) {
      refused.emplace_back(fact.session, i);
    } else if (fact.word == Word::none || fact.word == Word::other) {
      undetermined(j, session_subject(world, fact.session, fact.epoch),
                   "a task could not be created, and the reason is not known",
                   "log the exception's text with task.create-failed");
    }
  }
  for (const FactIndex i : world.of_kind(EventKind::app_terminate)) {
    if (world.fact(i).word == Word::crash && world.text_of(i, Field::text).find(kException) != std::string::npos) {
      refused.emplace_back(SessionId{}, i);
    }
  }
  std::stable_sort(refused.begin(), refused.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < refused.size();) {
    std::vector<FactIndex> own;
    const SessionId session = refused[i].first;
    for (; i < refused.size() && refused[i].first == session; ++i) own.push_back(refused[i].second);
    judge_refusals(j, session, own);
  }
}

}  // namespace uptrail::analysis
