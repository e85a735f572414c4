// How tasks ended: what the rules about outcomes share.
#pragma once

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis::rules {

inline constexpr std::int32_t kCancelled = -999;       // NSURLErrorCancelled
inline constexpr std::int32_t kDisconnected = -997;    // NSURLErrorBackgroundSessionWasDisconnected
inline constexpr std::int32_t kInUse = -996;           // NSURLErrorBackgroundSessionInUseByAnotherProcess
inline constexpr std::int32_t kNeedsContainer = -995;  // NSURLErrorBackgroundSessionRequiresSharedContainer
inline constexpr std::int32_t kTimedOut = -1001;       // NSURLErrorTimedOut

// The first end of the task: as the app was told, else as CFNetwork in the app, else as nsurlsessiond. kNoFact: none seen.
FactIndex end_of_task(const World& world, TaskId task);
// The end as the app was told (did-complete), with CFNetwork's line in its place. kNoFact: none seen.
FactIndex told_end(const World& world, TaskId task);
// Did the process hear nothing of the task's end from `from` on? T_CB of run time counts from `run_from` on.
AbsentAnswer absent_callback(const Judging& j, TaskId task, EpochId epoch, TimeNs from, TimeNs run_from);
// NSURLErrorBackgroundTaskCancelledReasonKey of any of the task's ends; -1: none.
int cancelled_reason(const World& world, TaskId task, FactIndex& where);
// Did the app cancel it itself, or invalidate its session?
bool cancelled_by_app(const World& world, TaskId task);
// The system cancelled it and only the app's own error could say why.
bool reason_unseen(const World& world, TaskId task);
// Does the session belong to background transfers? By its identifier, unless a creation says otherwise.
bool is_background(const World& world, SessionId session);

}  // namespace uptrail::analysis::rules
