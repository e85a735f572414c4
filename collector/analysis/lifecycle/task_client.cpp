#include "collector/analysis/lifecycle/task_client.h"

namespace uptrail::analysis::lifecycle {

namespace {

using namespace task_client;
using K = EventKind;
using G = Guard;

constexpr auto kStates = std::to_array<StateInfo>({
    {"unseen", "older than the capture, or known by its name only"},
    {"created", "suspended once, as every new task"},
    {"running", "resumed"},
    {"suspended", "by the app; resumed as often as it was suspended it runs again"},
    {"canceling", "cancel() was called; the end has not come"},
    {"finished", "over in nsurlsessiond; the app was not told"},
    {"delivered", "didCompleteWithError has come"},
    {"lost", "not in a complete list of the session's tasks"},
});

// What the app is told while a task moves.
constexpr Kinds kMoves = {K::task_progress, K::task_response,        K::task_data,    K::task_challenge,
                          K::task_redirect, K::task_delayed_request, K::task_waiting, K::task_metrics};
constexpr Kinds kEnds = {K::daemon_task_finished, K::task_cfn_finished};

constexpr auto kRows = std::to_array<Row>({
    {{unseen}, {K::task_create}, G::always, created},
    {{created}, {K::task_create}, G::always, kSame, Mark::legal, "two lines of one creation"},
    {{running, suspended, canceling, finished, delivered, lost},
     {K::task_create},
     G::always,
     kSame,
     Mark::impossible,
     "created after something had happened to it: a number that is used again, or a misplaced line"},
    {{unseen, created}, {K::task_resume, K::daemon_task_resumed}, G::always, running},
    {{unseen, created, suspended}, {K::daemon_task_implicit_resume}, G::always, running, Mark::legal, "task-implicitly-resumed"},
    {{running, canceling, finished, delivered}, {K::daemon_task_implicit_resume}},
    {{suspended}, {K::task_resume}, G::last_resume, running},
    {{suspended}, {K::task_resume}, G::always, kSame, Mark::legal, "unbalanced-suspend"},
    {{running, canceling, finished, delivered}, {K::task_resume}, G::always, kSame, Mark::legal, "resume-on-running-task"},
    {{running, suspended, canceling, finished, delivered}, {K::daemon_task_resumed}},
    {{unseen, created, running}, {K::task_suspend}, G::always, suspended},
    {{suspended}, {K::task_suspend}, G::always, kSame, Mark::legal, "unbalanced-suspend"},
    {{canceling, finished, delivered}, {K::task_suspend}, G::always, kSame, Mark::legal, "no effect"},
    {{unseen}, kMoves, G::always, running},
    {{created}, kMoves, G::always, running, Mark::missed, "it was resumed unseen"},
    {{running, suspended},
     kMoves,
     G::always,
     kSame,
     Mark::legal,
     "stalled-no-progress, auth-challenge-unanswered; one that is under way may come after a suspend()"},
    {{canceling, finished}, kMoves, G::always, kSame, Mark::legal, "under way, or waiting on the delegate's queue"},
    {{delivered}, kMoves, G::always, kSame, Mark::legal, "callback-after-completion"},
    {{lost}, kMoves, G::always, running, Mark::legal, "it was there after all"},
    {{lost}, {K::task_resume, K::daemon_task_resumed, K::daemon_task_implicit_resume, K::daemon_task_retry}, G::always, running},
    {{lost}, {K::task_suspend}, G::always, suspended},
    {{unseen, created, running, suspended, lost}, {K::task_cancel}, G::always, canceling, Mark::legal, "cancel-without-terminal"},
    {{unseen, created, running, suspended, lost}, {K::daemon_task_cancelled}, G::always, canceling},
    {{canceling, finished, delivered}, {K::task_cancel, K::daemon_task_cancelled}, G::always, kSame, Mark::legal, "no effect"},
    {{unseen}, {K::daemon_task_retry}, G::always, running},
    {{created, running, suspended, canceling}, {K::daemon_task_retry}, G::always, kSame, Mark::legal, "daemon-retry, retry-loop"},
    {{finished, delivered}, {K::daemon_task_retry}, G::always, kSame, Mark::impossible, "tried again after its end"},
    {{unseen, created, running, suspended, canceling, lost},
     {K::daemon_task_finished},
     G::final_end,
     finished,
     Mark::legal,
     "task-completed-without-callback"},
    {{unseen, created, running, suspended, canceling, lost}, {K::task_cfn_finished}, G::always, finished},
    {{unseen, created, running, suspended, canceling, lost},
     {K::daemon_task_finished},
     G::always,
     kSame,
     Mark::legal,
     "it will be tried again"},
    {{finished, delivered}, kEnds, G::always, kSame, Mark::legal, "app and nsurlsessiond tell of one end, in either order"},
    {{unseen, created, running, suspended, canceling, finished, lost},
     {K::task_did_complete},
     G::always,
     delivered,
     Mark::legal,
     "transport-ok-but-http-error, terminal-transport-error, resource-timeout"},
    {{delivered}, {K::task_did_complete}, G::same_process, kSame, Mark::impossible, "completed twice: callback-after-completion"},
    {{delivered}, {K::task_did_complete}, G::always, kSame, Mark::legal, "delivered again to a later process"},
    {{unseen, lost},
     {K::session_tasks_answered},
     G::listed_running,
     running,
     Mark::legal,
     "delegate-callback-before-state-rebuilt"},
    {{unseen, lost}, {K::session_tasks_answered}, G::listed_suspended, suspended, Mark::legal, "suspended-task-never-resumed"},
    {{unseen, created, running, suspended, lost}, {K::session_tasks_answered}, G::listed_canceling, canceling},
    {{unseen, created, running, suspended, canceling, lost},
     {K::session_tasks_answered},
     G::listed_completed,
     finished,
     Mark::legal,
     "completed-task-adopted"},
    {{created, running, suspended, canceling},
     {K::session_tasks_answered},
     G::not_listed,
     lost,
     Mark::legal,
     "task-vanished, session-state-dropped, task-lost-on-force-quit"},
    {{unseen, created, running, suspended, canceling, finished, delivered, lost}, {K::session_tasks_answered}},
    {{unseen, created, running, suspended, canceling, finished, delivered, lost},
     {K::upload_state},
     G::always,
     kSame,
     Mark::legal,
     "completed-task-adopted, app-thinks-uploading"},
});

}  // namespace

const Table kTaskClient{
    "Task, as the app sees it",
    "One task, known by its UUID, from its creation until the app is told of its end; nsurlsessiond's word counts where the app "
    "cannot know.",
    kStates, kRows, true};

}  // namespace uptrail::analysis::lifecycle
