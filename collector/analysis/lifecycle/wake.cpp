#include "collector/analysis/lifecycle/wake.h"

namespace uptrail::analysis::lifecycle {

namespace {

using namespace wake;
using K = EventKind;
using G = Guard;

constexpr auto kStates = std::to_array<StateInfo>({
    {"unseen", "the capture begins here"},
    {"idle", "no wake is under way"},
    {"requested", "nsurlsessiond asked for a launch"},
    {"launched", "the process runs; the session and its tasks are rebuilt"},
    {"handed over", "handleEventsForBackgroundURLSession was called"},
    {"delivering", "callbacks come"},
    {"due", "urlSessionDidFinishEvents was called: the handler is due"},
    {"done", "the handler was called"},
    {"called early", "the handler was called before the events had finished"},
});

constexpr In kIdle = {unseen, idle};
constexpr In kOpen = {handed_over, delivering, due, done, called_early};
constexpr In kPending = {requested, launched};
constexpr In kAll = {unseen, idle, requested, launched, handed_over, delivering, due, done, called_early};
constexpr Kinds kCallbacks = {K::task_progress, K::task_response, K::task_data,    K::task_challenge,
                              K::task_redirect, K::task_waiting,  K::task_metrics, K::task_did_complete};

constexpr auto kRows = std::to_array<Row>({
    {kAll, {K::daemon_wake_requested}, G::always, requested, Mark::legal, "a new wake"},
    {kPending,
     {K::daemon_wake_failed, K::daemon_wake_suppressed},
     G::always,
     idle,
     Mark::legal,
     "background-launch-failed, rate-limited-relaunches"},
    {{unseen, idle, handed_over, delivering, due, done, called_early}, {K::daemon_wake_failed, K::daemon_wake_suppressed}},
    {{requested}, {K::app_launch, K::app_resume, K::daemon_wake_launched}, G::in_time, launched},
    {{requested},
     {K::app_launch, K::app_resume, K::daemon_wake_launched},
     G::always,
     kSame,
     Mark::legal,
     "too late to be the answer: background-launch-failed"},
    {{unseen, idle, launched, handed_over, delivering, due, done, called_early},
     {K::app_launch, K::app_resume, K::daemon_wake_launched}},
    {{unseen, idle},
     {K::wake_handle_events},
     G::always,
     handed_over,
     Mark::legal,
     "without nsurlsessiond's log a wake begins here"},
    {kPending,
     {K::wake_handle_events},
     G::always,
     handed_over,
     Mark::legal,
     "session-not-recreated-after-relaunch, delegate-callback-before-state-rebuilt"},
    {kOpen, {K::wake_handle_events}, G::always, handed_over, Mark::legal, "a new wake: completion-handler-overwritten"},
    {{handed_over}, kCallbacks, G::always, delivering},
    {{unseen, idle, requested, launched, delivering, due, done, called_early}, kCallbacks},
    {{handed_over}, {K::session_did_finish_events}, G::always, due, Mark::legal, "wake-without-terminal-task"},
    {{delivering}, {K::session_did_finish_events}, G::always, due},
    {{called_early}, {K::session_did_finish_events}, G::always, kSame, Mark::legal, "completion-handler-called-early"},
    {{unseen, idle, requested, launched},
     {K::session_did_finish_events},
     G::always,
     kSame,
     Mark::legal,
     "finish-events-without-handle-events"},
    {{due, done}, {K::session_did_finish_events}},
    {{due},
     {K::wake_handler_called},
     G::always,
     done,
     Mark::legal,
     "completion-handler-called-late, completion-handler-off-main-thread"},
    {{handed_over, delivering},
     {K::wake_handler_called},
     G::always,
     called_early,
     Mark::legal,
     "completion-handler-called-early"},
    {{done, called_early}, {K::wake_handler_called}, G::always, kSame, Mark::legal, "completion-handler-called-twice"},
    {{unseen, idle, requested, launched},
     {K::wake_handler_called},
     G::always,
     kSame,
     Mark::legal,
     "completion-handler-called-twice"},
    {kOpen,
     {K::app_suspend, K::app_terminate, K::app_force_quit},
     G::always,
     idle,
     Mark::legal,
     "completion-handler-not-called, wake-cut-short"},
    {{unseen, idle, requested, launched}, {K::app_suspend, K::app_terminate, K::app_force_quit}},
});

}  // namespace

const Table kWake{
    "Wake",
    "The handshake of one session with the system: nsurlsessiond asks for a launch, the app gets its events and a completion "
    "handler, and calls it.",
    kStates, kRows, true};

}  // namespace uptrail::analysis::lifecycle
