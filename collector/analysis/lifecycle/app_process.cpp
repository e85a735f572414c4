#include "collector/analysis/lifecycle/app_process.h"

namespace uptrail::analysis::lifecycle {

namespace {

using namespace app_process;
using K = EventKind;
using G = Guard;

constexpr auto kStates = std::to_array<StateInfo>({
    {"unseen", "the capture begins in the middle of the process"},
    {"not running", "before the launch, or after an end that leaves the tasks alive"},
    {"force-quit", "ended by the user in the app switcher: the system has cancelled the tasks"},
    {"launching", "by the user, or for no known reason"},
    {"launching in the background", "for a session, a refresh, or as a prewarm"},
    {"foreground", "on screen"},
    {"background", "running, not on screen"},
    {"suspended", "in memory, not running"},
});

constexpr In kAlive = {launching, launching_back, foreground, background, suspended};

constexpr auto kRows = std::to_array<Row>({
    {{unseen, not_running}, {K::app_launch}, G::by_user, launching},
    {{unseen, not_running}, {K::app_launch}, G::in_background, launching_back},
    {{force_quit}, {K::app_launch}, G::by_user, launching, Mark::legal, "the user takes the force-quit back"},
    {{force_quit},
     {K::app_launch},
     G::in_background,
     launching_back,
     Mark::impossible,
     "the system does not launch an app that the user has closed: it was no force-quit"},
    {kAlive, {K::app_launch}, G::always, kSame, Mark::legal, "one launch told twice; a launch of its own begins a new process"},
    {{launching, launching_back, unseen, suspended, background}, {K::app_foreground}, G::always, foreground},
    {{foreground}, {K::app_foreground}, G::always, kSame, Mark::legal, "several hooks tell of it"},
    {{launching, launching_back, unseen, suspended, foreground},
     {K::app_background},
     G::always,
     background,
     Mark::legal,
     "scene-background-hook-not-called"},
    {{background}, {K::app_background}, G::always, kSame, Mark::legal, "several hooks tell of it"},
    {{launching, launching_back, suspended}, {K::wake_handle_events}, G::always, background, Mark::legal, "see the wake"},
    {{foreground, background, unseen},
     {K::wake_handle_events},
     G::always,
     kSame,
     Mark::legal,
     "the user may open the app during a wake"},
    {{launching, launching_back, foreground, background, unseen},
     {K::app_suspend},
     G::always,
     suspended,
     Mark::legal,
     "completion-handler-not-called, wake-cut-short"},
    {{suspended, unseen}, {K::app_resume}, G::always, background},
    {kAlive, {K::app_terminate}, G::always, not_running, Mark::legal, "exit-zero-in-release, wake-cut-short; the tasks survive"},
    {{unseen}, {K::app_terminate}, G::always, not_running},
    {{not_running, force_quit}, {K::app_terminate}, G::always, kSame, Mark::legal, "one end told twice"},
    {kAlive, {K::app_force_quit, K::daemon_force_quit_noticed}, G::always, force_quit, Mark::legal, "task-lost-on-force-quit"},
    {{unseen, not_running}, {K::app_force_quit, K::daemon_force_quit_noticed}, G::always, force_quit},
    {{force_quit}, {K::app_force_quit, K::daemon_force_quit_noticed}, G::always, kSame, Mark::legal, "one end told twice"},
    {kAlive, {K::device_boot}, G::always, not_running, Mark::legal, "the tasks survive; wakes wait for the first unlock"},
    {{unseen, not_running}, {K::device_boot}, G::always, not_running},
    {{force_quit}, {K::device_boot}},
    {kAlive, {K::app_install}, G::always, not_running, Mark::legal, "session-state-dropped"},
    {{unseen, not_running}, {K::app_install}, G::always, not_running},
    {{force_quit}, {K::app_install}},
    {{suspended}, {}, G::of_the_app, background, Mark::legal, "it runs again, though nobody said so"},
});

}  // namespace

const Table kAppProcess{
    "App process",
    "One process, from its launch to its end. The end of one and the launch of the next are told apart by process id, name and "
    "time.",
    kStates, kRows, true};

}  // namespace uptrail::analysis::lifecycle
