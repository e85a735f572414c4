#include <algorithm>
#include <vector>

#include "collector/analysis/rule.h"
#include "collector/analysis/rules/app_thinks_uploading.h"
#include "collector/analysis/rules/auth_challenge_unanswered.h"
#include "collector/analysis/rules/background_launch_failed.h"
#include "collector/analysis/rules/background_refresh_disabled.h"
#include "collector/analysis/rules/callback_after_completion.h"
#include "collector/analysis/rules/callback_for_unknown_task.h"
#include "collector/analysis/rules/cancel_without_terminal.h"
#include "collector/analysis/rules/capture_incomplete.h"
#include "collector/analysis/rules/completed_task_adopted.h"
#include "collector/analysis/rules/completion_handler_called_early.h"
#include "collector/analysis/rules/completion_handler_called_late.h"
#include "collector/analysis/rules/completion_handler_called_twice.h"
#include "collector/analysis/rules/completion_handler_not_called.h"
#include "collector/analysis/rules/completion_handler_off_main_thread.h"
#include "collector/analysis/rules/completion_handler_overwritten.h"
#include "collector/analysis/rules/completion_handler_tied_to_invalidation.h"
#include "collector/analysis/rules/credentials_expired_in_queue.h"
#include "collector/analysis/rules/daemon_connection_lost.h"
#include "collector/analysis/rules/daemon_retry.h"
#include "collector/analysis/rules/data_task_in_background_session.h"
#include "collector/analysis/rules/delegate_blocked_too_long.h"
#include "collector/analysis/rules/delegate_callback_before_state_rebuilt.h"
#include "collector/analysis/rules/delegate_queue_not_serial.h"
#include "collector/analysis/rules/did_become_invalid_missing.h"
#include "collector/analysis/rules/discretionary_demotion.h"
#include "collector/analysis/rules/duplicate_task_for_upload.h"
#include "collector/analysis/rules/exit_zero_in_release.h"
#include "collector/analysis/rules/expected_wake_missing.h"
#include "collector/analysis/rules/file_protection_blocks_upload.h"
#include "collector/analysis/rules/finish_events_without_handle_events.h"
#include "collector/analysis/rules/launch_events_disabled.h"
#include "collector/analysis/rules/orphan_task.h"
#include "collector/analysis/rules/rate_limited_relaunches.h"
#include "collector/analysis/rules/resource_timeout.h"
#include "collector/analysis/rules/resume_on_running_task.h"
#include "collector/analysis/rules/retry_loop.h"
#include "collector/analysis/rules/scene_background_hook_not_called.h"
#include "collector/analysis/rules/session_created_before_first_unlock.h"
#include "collector/analysis/rules/session_created_twice.h"
#include "collector/analysis/rules/session_identifier_in_two_processes.h"
#include "collector/analysis/rules/session_invalidated_on_every_launch.h"
#include "collector/analysis/rules/session_not_recreated_after_relaunch.h"
#include "collector/analysis/rules/session_per_upload.h"
#include "collector/analysis/rules/session_reused_after_invalidation.h"
#include "collector/analysis/rules/session_state_dropped.h"
#include "collector/analysis/rules/shared_container_missing.h"
#include "collector/analysis/rules/shared_session_invalidated.h"
#include "collector/analysis/rules/stalled_no_progress.h"
#include "collector/analysis/rules/success_decided_in_did_receive_data.h"
#include "collector/analysis/rules/suspended_task_never_resumed.h"
#include "collector/analysis/rules/system_cancelled_task.h"
#include "collector/analysis/rules/task_completed_without_callback.h"
#include "collector/analysis/rules/task_created_in_invalidated_session.h"
#include "collector/analysis/rules/task_identifier_collision.h"
#include "collector/analysis/rules/task_implicitly_resumed.h"
#include "collector/analysis/rules/task_lost_on_force_quit.h"
#include "collector/analysis/rules/task_vanished.h"
#include "collector/analysis/rules/temp_file_missing.h"
#include "collector/analysis/rules/terminal_transport_error.h"
#include "collector/analysis/rules/too_many_tasks.h"
#include "collector/analysis/rules/transport_ok_but_http_error.h"
#include "collector/analysis/rules/unbalanced_suspend.h"
#include "collector/analysis/rules/unsupported_task_kind.h"
#include "collector/analysis/rules/untrustworthy_test_environment.h"
#include "collector/analysis/rules/upload_body_empty_or_short.h"
#include "collector/analysis/rules/wake_cut_short.h"
#include "collector/analysis/rules/wake_without_terminal_task.h"

namespace uptrail::analysis {

// One line a rule, sorted by id.
std::span<const Rule* const> builtin_rules() {
  static const AppThinksUploading kAppThinksUploading;
  static const AuthChallengeUnanswered kAuthChallengeUnanswered;
  static const BackgroundLaunchFailed kBackgroundLaunchFailed;
  static const BackgroundRefreshDisabled kBackgroundRefreshDisabled;
  static const CallbackAfterCompletion kCallbackAfterCompletion;
  static const CallbackForUnknownTask kCallbackForUnknownTask;
  static const CancelWithoutTerminal kCancelWithoutTerminal;
  static const CompletedTaskAdopted kCompletedTaskAdopted;
  static const CompletionHandlerCalledEarly kCompletionHandlerCalledEarly;
  static const CompletionHandlerCalledLate kCompletionHandlerCalledLate;
  static const CompletionHandlerCalledTwice kCompletionHandlerCalledTwice;
  static const CompletionHandlerNotCalled kCompletionHandlerNotCalled;
  static const CompletionHandlerOffMainThread kCompletionHandlerOffMainThread;
  static const CompletionHandlerOverwritten kCompletionHandlerOverwritten;
  static const CompletionHandlerTiedToInvalidation kCompletionHandlerTiedToInvalidation;
  static const CredentialsExpiredInQueue kCredentialsExpiredInQueue;
  static const DaemonConnectionLost kDaemonConnectionLost;
  static const DaemonRetry kDaemonRetry;
  static const DataTaskInBackgroundSession kDataTaskInBackgroundSession;
  static const DelegateBlockedTooLong kDelegateBlockedTooLong;
  static const DelegateCallbackBeforeStateRebuilt kDelegateCallbackBeforeStateRebuilt;
  static const DelegateQueueNotSerial kDelegateQueueNotSerial;
  static const DidBecomeInvalidMissing kDidBecomeInvalidMissing;
  static const DiscretionaryDemotion kDiscretionaryDemotion;
  static const DuplicateTaskForUpload kDuplicateTaskForUpload;
  static const ExitZeroInRelease kExitZeroInRelease;
  static const ExpectedWakeMissing kExpectedWakeMissing;
  static const FileProtectionBlocksUpload kFileProtectionBlocksUpload;
  static const FinishEventsWithoutHandleEvents kFinishEventsWithoutHandleEvents;
  static const LaunchEventsDisabled kLaunchEventsDisabled;
  static const OrphanTask kOrphanTask;
  static const RateLimitedRelaunches kRateLimitedRelaunches;
  static const ResourceTimeout kResourceTimeout;
  static const ResumeOnRunningTask kResumeOnRunningTask;
  static const RetryLoop kRetryLoop;
  static const SceneBackgroundHookNotCalled kSceneBackgroundHookNotCalled;
  static const SessionCreatedBeforeFirstUnlock kSessionCreatedBeforeFirstUnlock;
  static const SessionCreatedTwice kSessionCreatedTwice;
  static const SessionIdentifierInTwoProcesses kSessionIdentifierInTwoProcesses;
  static const SessionInvalidatedOnEveryLaunch kSessionInvalidatedOnEveryLaunch;
  static const SessionNotRecreatedAfterRelaunch kSessionNotRecreatedAfterRelaunch;
  static const SessionPerUpload kSessionPerUpload;
  static const SessionReusedAfterInvalidation kSessionReusedAfterInvalidation;
  static const SessionStateDropped kSessionStateDropped;
  static const SharedContainerMissing kSharedContainerMissing;
  static const SharedSessionInvalidated kSharedSessionInvalidated;
  static const StalledNoProgress kStalledNoProgress;
  static const SuccessDecidedInDidReceiveData kSuccessDecidedInDidReceiveData;
  static const SuspendedTaskNeverResumed kSuspendedTaskNeverResumed;
  static const SystemCancelledTask kSystemCancelledTask;
  static const TaskCompletedWithoutCallback kTaskCompletedWithoutCallback;
  static const TaskCreatedInInvalidatedSession kTaskCreatedInInvalidatedSession;
  static const TaskIdentifierCollision kTaskIdentifierCollision;
  static const TaskImplicitlyResumed kTaskImplicitlyResumed;
  static const TaskLostOnForceQuit kTaskLostOnForceQuit;
  static const TaskVanished kTaskVanished;
  static const TempFileMissing kTempFileMissing;
  static const TerminalTransportError kTerminalTransportError;
  static const TooManyTasks kTooManyTasks;
  static const TransportOkButHttpError kTransportOkButHttpError;
  static const UnbalancedSuspend kUnbalancedSuspend;
  static const UnsupportedTaskKind kUnsupportedTaskKind;
  static const UntrustworthyTestEnvironment kUntrustworthyTestEnvironment;
  static const UploadBodyEmptyOrShort kUploadBodyEmptyOrShort;
  static const WakeCutShort kWakeCutShort;
  static const WakeWithoutTerminalTask kWakeWithoutTerminalTask;
  static const std::vector<const Rule*> kRules = {
      &kAppThinksUploading,
      &kAuthChallengeUnanswered,
      &kBackgroundLaunchFailed,
      &kBackgroundRefreshDisabled,
      &kCallbackAfterCompletion,
      &kCallbackForUnknownTask,
      &kCancelWithoutTerminal,
      &kCompletedTaskAdopted,
      &kCompletionHandlerCalledEarly,
      &kCompletionHandlerCalledLate,
      &kCompletionHandlerCalledTwice,
      &kCompletionHandlerNotCalled,
      &kCompletionHandlerOffMainThread,
      &kCompletionHandlerOverwritten,
      &kCompletionHandlerTiedToInvalidation,
      &kCredentialsExpiredInQueue,
      &kDaemonConnectionLost,
      &kDaemonRetry,
      &kDataTaskInBackgroundSession,
      &kDelegateBlockedTooLong,
      &kDelegateCallbackBeforeStateRebuilt,
      &kDelegateQueueNotSerial,
      &kDidBecomeInvalidMissing,
      &kDiscretionaryDemotion,
      &kDuplicateTaskForUpload,
      &kExitZeroInRelease,
      &kExpectedWakeMissing,
      &kFileProtectionBlocksUpload,
      &kFinishEventsWithoutHandleEvents,
      &kLaunchEventsDisabled,
      &kOrphanTask,
      &kRateLimitedRelaunches,
      &kResourceTimeout,
      &kResumeOnRunningTask,
      &kRetryLoop,
      &kSceneBackgroundHookNotCalled,
      &kSessionCreatedBeforeFirstUnlock,
      &kSessionCreatedTwice,
      &kSessionIdentifierInTwoProcesses,
      &kSessionInvalidatedOnEveryLaunch,
      &kSessionNotRecreatedAfterRelaunch,
      &kSessionPerUpload,
      &kSessionReusedAfterInvalidation,
      &kSessionStateDropped,
      &kSharedContainerMissing,
      &kSharedSessionInvalidated,
      &kStalledNoProgress,
      &kSuccessDecidedInDidReceiveData,
      &kSuspendedTaskNeverResumed,
      &kSystemCancelledTask,
      &kTaskCompletedWithoutCallback,
      &kTaskCreatedInInvalidatedSession,
      &kTaskIdentifierCollision,
      &kTaskImplicitlyResumed,
      &kTaskLostOnForceQuit,
      &kTaskVanished,
      &kTempFileMissing,
      &kTerminalTransportError,
      &kTooManyTasks,
      &kTransportOkButHttpError,
      &kUnbalancedSuspend,
      &kUnsupportedTaskKind,
      &kUntrustworthyTestEnvironment,
      &kUploadBodyEmptyOrShort,
      &kWakeCutShort,
      &kWakeWithoutTerminalTask,
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
