#include "collector/analysis/lifecycle/session_object.h"

namespace uptrail::analysis::lifecycle {

namespace {

using namespace session_object;
using K = EventKind;
using G = Guard;

constexpr auto kStates = std::to_array<StateInfo>({
    {"unseen", "older than the capture"},
    {"absent", "not created in this process"},
    {"connecting", "created; nsurlsessiond has not answered yet"},
    {"active", "connected"},
    {"reconnecting", "the connection to nsurlsessiond was lost"},
    {"failed", "nsurlsessiond refused it"},
    {"invalidating, tasks finish", "finishTasksAndInvalidate() was called"},
    {"invalidating, tasks cancelled", "invalidateAndCancel() was called"},
    {"invalid", "didBecomeInvalid has arrived, or it could never be used"},
});

constexpr In kLive = {connecting, active, reconnecting, failed};
constexpr In kClosing = {finishing, cancelling};
constexpr Kinds kCallbacks = {K::task_progress,        K::task_response,         K::task_data,     K::task_challenge,
                              K::task_delayed_request, K::task_delayed_answered, K::task_redirect, K::task_waiting,
                              K::task_metrics,         K::task_did_complete};

constexpr auto kRows = std::to_array<Row>({
    {{unseen, absent},
     {K::session_create},
     G::always,
     connecting,
     Mark::legal,
     "shared-container-missing, launch-events-disabled, session-per-upload, delegate-queue-not-serial"},
    {kLive, {K::session_create}, G::always, kSame, Mark::legal, "session-created-twice"},
    {kClosing, {K::session_create}, G::always, kSame, Mark::legal, "session-reused-after-invalidation"},
    {{unseen, connecting, active, reconnecting, failed},
     {K::session_setup_failed},
     G::no_container,
     invalid,
     Mark::legal,
     "shared-container-missing"},
    {{invalid}, {K::session_setup_failed}},
    {{unseen, connecting},
     {K::session_setup_failed},
     G::always,
     failed,
     Mark::legal,
     "session-identifier-in-two-processes, daemon-connection-lost"},
    {{active, reconnecting, failed, finishing, cancelling}, {K::session_setup_failed}},
    {{unseen, connecting, reconnecting}, {K::session_setup_ok}, G::always, active},
    {{active, failed, finishing, cancelling, invalid}, {K::session_setup_ok}, G::always, kSame, Mark::legal, "late"},
    {{unseen, connecting}, kCallbacks, G::always, active},
    {{active, reconnecting, failed, finishing, cancelling},
     kCallbacks,
     G::always,
     kSame,
     Mark::legal,
     "legal until didBecomeInvalid"},
    {{invalid}, kCallbacks, G::always, kSame, Mark::legal, "callback-after-completion"},
    {{unseen, connecting, active, reconnecting, failed},
     {K::task_create},
     G::always,
     kSame,
     Mark::legal,
     "unsupported-task-kind, data-task-in-background-session, duplicate-task-for-upload, too-many-tasks"},
    {{finishing, cancelling, invalid}, {K::task_create}, G::always, kSame, Mark::legal, "task-created-in-invalidated-session"},
    {{unseen, connecting, active}, {K::session_connection_lost}, G::always, reconnecting},
    {{reconnecting, failed, finishing, cancelling, invalid}, {K::session_connection_lost}},
    {{unseen, reconnecting}, {K::session_connection_restored}, G::always, active, Mark::legal, "daemon-connection-lost"},
    {{connecting, failed, finishing, cancelling, invalid}, {K::session_connection_restored}},
    {{unseen, absent, connecting, active, reconnecting, failed, finishing, cancelling, invalid},
     {K::session_invalidate},
     G::shared_session,
     kSame,
     Mark::legal,
     "shared-session-invalidated"},
    {{unseen, connecting, active, reconnecting, failed}, {K::session_invalidate}, G::to_finish, finishing},
    {{unseen, connecting, active, reconnecting, failed}, {K::session_invalidate}, G::always, cancelling},
    {{finishing, cancelling, invalid}, {K::session_invalidate}, G::always, kSame, Mark::legal, "no effect"},
    {{unseen, finishing, cancelling},
     {K::session_did_become_invalid},
     G::always,
     invalid,
     Mark::legal,
     "did-become-invalid-missing when the process stops before"},
    {kLive, {K::session_did_become_invalid}, G::always, invalid, Mark::legal, "without a call, when the system gives it up"},
    {{invalid}, {K::session_did_become_invalid}},
});

}  // namespace

const Table kSessionObject{
    "Session object",
    "One URLSession object in one process; it ends with the process. While it is invalidating, creating a session with the same "
    "identifier hands back the same object; afterwards a new one.",
    kStates, kRows, true};

}  // namespace uptrail::analysis::lifecycle
