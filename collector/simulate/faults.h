// The faults that can be injected: one function each, one row each.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "collector/simulate/day.h"

namespace uptrail::simulate {

// Plays the fault out and writes it into the truth. Before: make_ready(). After: any state that make_ready() can mend.
using Inject = void (*)(World& world);
// What else may go on while a fault does.
enum class Beside : std::uint8_t {
  nothing,
  others,  // it stays in the foreground and in its own session: others may go on around it
  all,     // … and bears others in its own session
};
struct Fault {
  std::string_view id;  // of the rule that should find it
  std::string_view summary;
  Severity severity = Severity::error;
  int sessions = 1;  // that the app must have
  Inject inject = nullptr;
  Beside beside = Beside::nothing;
  bool lasts = false;  // it goes on to the end of the capture, which somebody ends with the app in the foreground
};
std::span<const Fault> all_faults();  // by id
const Fault* find_fault(std::string_view id);
bool can_go_beside(const Fault& fault);
// Plays `fault`, with the `others` while it goes on where they can; those that cannot are played behind it.
void play(World& world, const Fault& fault, const std::vector<const Fault*>& others);

// Into the truth. The subject is what is given; the consequences are added to what is returned, valid until the next call.
InjectedFault& note_fault(World& world, std::string_view id, Severity severity, const SimTask* task, const SimSession* session,
                          std::string_view upload = {});
void add_consequence(InjectedFault& fault, std::string_view rule, Severity severity = Severity::error);

// What the faults share.
std::size_t any(World& world);  // a session for the fault: free, or one whose faults bear it
// The same, but without a task of which nobody will ever hear; a new session when there is none.
std::size_t clean(World& world);
Transfer held();                     // it stays where it is until somebody calls Daemon::end
SimTask& held_upload(World& world);  // started, and seen for some seconds
SimTask& held_upload(World& world, std::size_t session);
// An upload that ends well while the app sleeps; `gone`: its process has been ended meanwhile.
SimTask& end_asleep(World& world, std::size_t session, bool gone);
SimTask& end_asleep(World& world, std::size_t session, bool gone, const Transfer& plan);
// A wake that goes well, with the app in the foreground before and after: else nobody could know that this app logs its parts.
void good_wake(World& world, std::size_t session);
void sleep_and_die(World& world);
void end_process(World& world);  // if the app sleeps: what comes next has a process of its own
void invalidate(World& world, SimSession& session, std::string_view mode);
// The end of an invalidation, and a new object behind it: later parts of the day need one.
void become_invalid(World& world, std::size_t session);

// An extension of the app starts, with the app's logger in it.
struct Extension {
  std::string process, bundle, object;
  std::int64_t pid = 0;
  Said say(World& world, EventKind kind, Observer observer) const;
};
Extension start_extension(World& world);

// The parts of the table.
std::span<const Fault> session_faults();
std::span<const Fault> wake_faults();
std::span<const Fault> task_faults();
std::span<const Fault> outcome_faults();
std::span<const Fault> call_faults();
std::span<const Fault> state_faults();
std::span<const Fault> transfer_faults();
std::span<const Fault> relaunch_faults();
std::span<const Fault> invalidation_faults();

}  // namespace uptrail::simulate
