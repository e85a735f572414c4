#include <algorithm>
#include <vector>

#include "collector/analysis/rule.h"
#include "collector/analysis/rules/capture_incomplete.h"
#include "collector/analysis/rules/completed_task_adopted.h"
#include "collector/analysis/rules/completion_handler_called_twice.h"
#include "collector/analysis/rules/completion_handler_not_called.h"
#include "collector/analysis/rules/session_created_twice.h"
#include "collector/analysis/rules/session_reused_after_invalidation.h"
#include "collector/analysis/rules/shared_session_invalidated.h"
#include "collector/analysis/rules/task_completed_without_callback.h"
#include "collector/analysis/rules/task_created_in_invalidated_session.h"
#include "collector/analysis/rules/task_lost_on_force_quit.h"
#include "collector/analysis/rules/transport_ok_but_http_error.h"

namespace uptrail::analysis {

// One line a rule, sorted by id.
std::span<const Rule* const> builtin_rules() {
  static const CompletedTaskAdopted kCompletedTaskAdopted;
  static const CompletionHandlerCalledTwice kCompletionHandlerCalledTwice;
  static const CompletionHandlerNotCalled kCompletionHandlerNotCalled;
  static const SessionCreatedTwice kSessionCreatedTwice;
  static const SessionReusedAfterInvalidation kSessionReusedAfterInvalidation;
  static const SharedSessionInvalidated kSharedSessionInvalidated;
  static const TaskCompletedWithoutCallback kTaskCompletedWithoutCallback;
  static const TaskCreatedInInvalidatedSession kTaskCreatedInInvalidatedSession;
  static const TaskLostOnForceQuit kTaskLostOnForceQuit;
  static const TransportOkButHttpError kTransportOkButHttpError;
  static const std::vector<const Rule*> kRules = {
      &kCompletedTaskAdopted,         &kCompletionHandlerCalledTwice,    &kCompletionHandlerNotCalled,
      &kSessionCreatedTwice,          &kSessionReusedAfterInvalidation,  &kSharedSessionInvalidated,
      &kTaskCompletedWithoutCallback, &kTaskCreatedInInvalidatedSession, &kTaskLostOnForceQuit,
      &kTransportOkButHttpError,
  };
  return kRules;
}

std::vector<const RuleInfo*> rule_infos() {
  std::vector<const RuleInfo*> out = {&capture_incomplete_info()};
  for (const Rule* rule : builtin_rules()) {
    out.push_back(&rule->info());
  }
  std::sort(out.begin(), out.end(), [](const RuleInfo* a, const RuleInfo* b) { return a->id < b->id; });
  return out;
}

}  // namespace uptrail::analysis
