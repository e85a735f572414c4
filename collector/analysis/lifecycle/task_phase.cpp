#include "collector/analysis/lifecycle/task_phase.h"

namespace uptrail::analysis::lifecycle {

namespace {

using namespace task_phase;
using K = EventKind;
using G = Guard;

constexpr auto kStates = std::to_array<StateInfo>({
    {"unseen", "nothing is known of it"},
    {"created", "not resumed"},
    {"resumed", "by the app or the system"},
    {"waiting", "suspended, or for a connection, the scheduler, the next try"},
    {"transferring", "on a connection"},
    {"response", "the server has answered"},
    {"finished in nsurlsessiond", "the app was not told"},
    {"delivered", "the app was told"},
    {"cancelled", "the end has not come"},
});

constexpr auto kRows = std::to_array<Row>({
    {{unseen}, {K::task_create, K::daemon_task_created, K::daemon_task_enqueued}, G::always, created},
    {{unseen, created, waiting},
     {K::task_resume, K::daemon_task_resumed, K::daemon_task_implicit_resume, K::daemon_task_begin},
     G::always,
     resumed},
    {{unseen, created, resumed, transferring, response},
     {K::task_suspend, K::task_waiting, K::daemon_task_waiting, K::daemon_task_suspended, K::daemon_task_retry},
     G::always,
     waiting},
    {{unseen, created, resumed, waiting, response},
     {K::daemon_task_connection, K::daemon_task_sent, K::task_progress},
     G::always,
     transferring},
    {{unseen, created, resumed, waiting, transferring},
     {K::task_response, K::task_data, K::daemon_task_response},
     G::always,
     response},
    {{unseen, created, resumed, waiting, transferring, response},
     {K::task_cancel, K::daemon_task_cancelled},
     G::always,
     cancelled},
    {{unseen, created, resumed, waiting, transferring, response, cancelled}, {K::daemon_task_finished}, G::final_end, finished},
    {{unseen, created, resumed, transferring, response}, {K::daemon_task_finished}, G::always, waiting},
    {{unseen, created, resumed, waiting, transferring, response, cancelled}, {K::task_cfn_finished}, G::always, finished},
    {{unseen, created, resumed, waiting, transferring, response, finished, cancelled},
     {K::task_did_complete},
     G::always,
     delivered},
    {{unseen}, {}, G::always, resumed, Mark::legal, "any other sign of it: it is older than the capture"},
});

}  // namespace

const Table kTaskPhase{
    "Task, as it is drawn",
    "App and nsurlsessiond log one task side by side. A phase that is reported late changes nothing; pairs that are not listed "
    "keep the phase.",
    kStates, kRows, false};

}  // namespace uptrail::analysis::lifecycle
