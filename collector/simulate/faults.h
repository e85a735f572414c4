// The faults that can be injected: one function each, one row each.
#pragma once

#include <span>
#include <string_view>

#include "collector/simulate/day.h"

namespace uptrail::simulate {

// Plays the fault out and writes it into the truth. Before: make_ready(). After: any state that make_ready() can mend.
using Inject = void (*)(World& world);
struct Fault {
  std::string_view id;  // of the rule that should find it
  std::string_view summary;
  Severity severity = Severity::error;
  int sessions = 1;  // that the app must have
  Inject inject = nullptr;
};
std::span<const Fault> all_faults();  // by id
const Fault* find_fault(std::string_view id);

// Into the truth. The subject is what is given; the consequences are added to what is returned, valid until the next call.
InjectedFault& note_fault(World& world, std::string_view id, Severity severity, const SimTask* task, const SimSession* session,
                          std::string_view upload = {});
void add_consequence(InjectedFault& fault, std::string_view rule, Severity severity = Severity::error);

// The parts of the table.
std::span<const Fault> session_faults();
std::span<const Fault> wake_faults();
std::span<const Fault> task_faults();
std::span<const Fault> outcome_faults();
std::span<const Fault> call_faults();

}  // namespace uptrail::simulate
