#include "collector/analysis/lifecycle/task_daemon.h"

namespace uptrail::analysis::lifecycle {

namespace {

using namespace task_daemon;
using K = EventKind;
using G = Guard;

constexpr auto kStates = std::to_array<StateInfo>({
    {"unseen", "nsurlsessiond has said nothing of it"},
    {"enqueued", "taken over with its body; not resumed"},
    {"waiting", "for a connection, the scheduler, a delay or a begin date; not a stall"},
    {"transferring", "on a connection; progress is not logged"},
    {"cancelled by force-quit", "the end with -999 follows; no wake"},
    {"finished, being delivered", "the app is connected"},
    {"finished, held", "the app is gone: a wake is due when it was the last one"},
    {"acknowledged", "the app's process has the end, not necessarily its delegate"},
    {"gone", "the session was cleaned up"},
});

constexpr In kOver = {unacked, held, acknowledged, gone};
constexpr In kOpen = {unseen, enqueued, waiting, transferring, force_quit};

constexpr auto kRows = std::to_array<Row>({
    {{unseen}, {K::daemon_task_created, K::daemon_task_enqueued}, G::always, enqueued},
    {{enqueued}, {K::daemon_task_created, K::daemon_task_enqueued}, G::always, kSame, Mark::legal, "two lines of one creation"},
    {{waiting, transferring, force_quit, unacked, held, acknowledged, gone},
     {K::daemon_task_created, K::daemon_task_enqueued},
     G::always,
     kSame,
     Mark::impossible,
     "enqueued after something had happened to it"},
    {{unseen, enqueued}, {K::daemon_task_resumed, K::daemon_task_begin}, G::always, waiting},
    {{unseen, enqueued}, {K::daemon_task_implicit_resume}, G::always, waiting, Mark::legal, "task-implicitly-resumed"},
    {{waiting, transferring}, {K::daemon_task_resumed, K::daemon_task_begin, K::daemon_task_implicit_resume}, G::always, waiting},
    {{unseen, enqueued, waiting, transferring}, {K::daemon_task_waiting}, G::always, waiting},
    {{unseen, waiting, transferring}, {K::daemon_task_connection}, G::always, transferring},
    {{enqueued},
     {K::daemon_task_connection, K::daemon_task_sent, K::daemon_task_response},
     G::always,
     transferring,
     Mark::missed,
     "it was resumed unseen"},
    {{unseen, waiting, transferring}, {K::daemon_task_sent, K::daemon_task_response}, G::always, transferring},
    {{unseen, waiting, transferring},
     {K::daemon_task_retry},
     G::always,
     waiting,
     Mark::legal,
     "daemon-retry; the body starts again"},
    {{enqueued}, {K::daemon_task_retry}, G::always, waiting, Mark::missed, "it was resumed unseen"},
    {{unseen, enqueued, force_quit, unacked, held, acknowledged, gone}, {K::daemon_task_suspended}},
    {{waiting, transferring}, {K::daemon_task_suspended}, G::always, waiting},
    {{unseen, enqueued, waiting, transferring, force_quit, unacked, held, acknowledged, gone}, {K::daemon_task_cancelled}},
    {kOpen, {K::daemon_force_quit_noticed}, G::always, force_quit, Mark::legal, "task-lost-on-force-quit"},
    {kOver, {K::daemon_force_quit_noticed}},
    {kOpen, {K::daemon_task_finished}, G::client_gone, held, Mark::legal, "expected-wake-missing when it was the last one"},
    {kOpen, {K::daemon_task_finished}, G::final_end, unacked},
    {kOpen, {K::daemon_task_finished}, G::always, waiting, Mark::legal, "it will be tried again"},
    {kOver, {K::daemon_task_finished}, G::final_end, kSame, Mark::impossible, "finished twice"},
    {kOver, {K::daemon_task_finished}},
    {kOver,
     {K::daemon_task_resumed, K::daemon_task_begin, K::daemon_task_implicit_resume, K::daemon_task_waiting,
      K::daemon_task_connection, K::daemon_task_sent, K::daemon_task_response, K::daemon_task_retry},
     G::always,
     kSame,
     Mark::impossible,
     "goes on after its end"},
    {{held}, {K::daemon_callback_released, K::daemon_client_connected}, G::always, unacked},
    {{unseen, enqueued, waiting, transferring, force_quit, unacked, held},
     {K::daemon_callback_acknowledged},
     G::always,
     acknowledged},
    {{acknowledged, gone}, {K::daemon_callback_acknowledged}},
    {{acknowledged}, {K::daemon_session_cleaned}, G::always, gone},
});

}  // namespace

const Table kTaskDaemon{
    "Task, as nsurlsessiond sees it",
    "One task, known by its UUID, from the moment nsurlsessiond takes it over until the app's process has its end. File uploads "
    "survive the app; data and stream tasks end with it.",
    kStates, kRows, true};

}  // namespace uptrail::analysis::lifecycle
