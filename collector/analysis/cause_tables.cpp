#include "collector/analysis/cause_tables.h"

#include <algorithm>
#include <array>

namespace uptrail::analysis {

namespace {

constexpr auto kFolds = std::to_array<Fold>({
    {"task-lost-on-force-quit", "task-completed-without-callback"},
    {"task-lost-on-force-quit", "task-vanished"},
    {"task-lost-on-force-quit", "expected-wake-missing"},
    {"task-lost-on-force-quit", "launch-events-disabled"},
    {"task-lost-on-force-quit", "terminal-transport-error"},
    {"task-lost-on-force-quit", "app-thinks-uploading"},
    {"background-refresh-disabled", "task-completed-without-callback"},
    {"background-refresh-disabled", "task-vanished"},
    {"background-refresh-disabled", "expected-wake-missing"},
    {"background-refresh-disabled", "launch-events-disabled"},
    {"background-refresh-disabled", "terminal-transport-error"},
    {"background-refresh-disabled", "app-thinks-uploading"},
    {"session-reused-after-invalidation", "session-created-twice"},
    {"session-reused-after-invalidation", "task-created-in-invalidated-session"},
    {"session-reused-after-invalidation", "task-completed-without-callback"},
    {"session-identifier-in-two-processes", "daemon-connection-lost"},
    {"session-identifier-in-two-processes", "task-completed-without-callback"},
    {"session-identifier-in-two-processes", "terminal-transport-error"},
    {"session-not-recreated-after-relaunch", "completion-handler-not-called"},
    {"session-not-recreated-after-relaunch", "task-completed-without-callback"},
    {"session-not-recreated-after-relaunch", "orphan-task"},
    {"delegate-blocked-too-long", "completion-handler-not-called"},
    {"delegate-blocked-too-long", "wake-cut-short"},
    {"delegate-blocked-too-long", "task-completed-without-callback"},
    {"completion-handler-overwritten", "completion-handler-not-called"},
    {"completion-handler-called-early", "wake-cut-short"},
    {"completion-handler-called-early", "completion-handler-called-late"},
    {"completed-task-adopted", "task-completed-without-callback"},
    {"completed-task-adopted", "app-thinks-uploading"},
    {"suspended-task-never-resumed", "app-thinks-uploading"},
    {"suspended-task-never-resumed", "stalled-no-progress"},
    {"unbalanced-suspend", "app-thinks-uploading"},
    {"unbalanced-suspend", "stalled-no-progress"},
    {"rate-limited-relaunches", "stalled-no-progress"},
    {"rate-limited-relaunches", "expected-wake-missing"},
    {"discretionary-demotion", "stalled-no-progress"},
    {"discretionary-demotion", "expected-wake-missing"},
    {"session-state-dropped", "task-vanished"},
    {"session-state-dropped", "app-thinks-uploading"},
    {"task-identifier-collision", "callback-for-unknown-task"},
    {"task-identifier-collision", "callback-after-completion"},
    {"task-identifier-collision", "app-thinks-uploading"},
    {"delegate-callback-before-state-rebuilt", "app-thinks-uploading"},
    {"completion-handler-tied-to-invalidation", "completion-handler-not-called"},
    {"temp-file-missing", "upload-body-empty-or-short"},
    {"temp-file-missing", "terminal-transport-error"},
    {"daemon-connection-lost", "terminal-transport-error"},
    {"data-task-in-background-session", "terminal-transport-error"},
    {"file-protection-blocks-upload", "terminal-transport-error"},
    {"task-vanished", "stalled-no-progress"},
    {"retry-loop", "stalled-no-progress"},
    {"retry-loop", "daemon-retry"},
    {"task-completed-without-callback", "app-thinks-uploading"},
    {"task-vanished", "app-thinks-uploading"},
    {"system-cancelled-task", "app-thinks-uploading"},
    {"resource-timeout", "app-thinks-uploading"},
    {"temp-file-missing", "app-thinks-uploading"},
    {"file-protection-blocks-upload", "app-thinks-uploading"},
    {"success-decided-in-did-receive-data", "app-thinks-uploading"},
    {"transport-ok-but-http-error", "app-thinks-uploading"},
    {"terminal-transport-error", "app-thinks-uploading"},
});

// How a cause is called in a title that begins with the upload: "upload 17 stuck since 14:41:03: …".
struct Phrase {
  std::string_view rule;
  std::string_view text;
};
constexpr auto kPhrases = std::to_array<Phrase>({
    {"completed-task-adopted", "app adopted an already finished task"},
    {"task-completed-without-callback", "the app was never told that it finished"},
    {"session-reused-after-invalidation", "its session was invalidated and created again too early"},
    {"task-lost-on-force-quit", "the user closed the app"},
    {"background-refresh-disabled", "Background App Refresh is off"},
    {"suspended-task-never-resumed", "its task was never resumed"},
    {"session-not-recreated-after-relaunch", "its session was not created again after the relaunch"},
    {"session-identifier-in-two-processes", "its session is in use by another process"},
    {"delegate-blocked-too-long", "a delegate callback blocked the queue"},
    {"session-state-dropped", "its session lost its tasks"},
    {"task-vanished", "its task disappeared"},
    {"system-cancelled-task", "the system cancelled it"},
    {"resource-timeout", "its task ran out of time"},
    {"temp-file-missing", "its file could not be read"},
    {"file-protection-blocks-upload", "its file was locked"},
    {"success-decided-in-did-receive-data", "the app waits for a response body"},
    {"transport-ok-but-http-error", "the server refused it"},
    {"terminal-transport-error", "its task ended with an error"},
    {"delegate-callback-before-state-rebuilt", "its result came before the list of tasks"},
    {"unbalanced-suspend", "its task was suspended more often than resumed"},
    {"task-identifier-collision", "its task has the number of another upload's"},
});
constexpr std::array<std::string_view, 2> kStuck = {"task-completed-without-callback", "app-thinks-uploading"};

}  // namespace

std::span<const Fold> fold_table() { return kFolds; }

std::string_view cause_phrase(std::string_view rule) {
  const auto it = std::find_if(kPhrases.begin(), kPhrases.end(), [&](const Phrase& p) { return p.rule == rule; });
  return it == kPhrases.end() ? std::string_view() : it->text;
}

bool is_stuck(std::string_view rule) { return std::find(kStuck.begin(), kStuck.end(), rule) != kStuck.end(); }

}  // namespace uptrail::analysis
