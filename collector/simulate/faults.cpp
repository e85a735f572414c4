#include "collector/simulate/faults.h"

#include <algorithm>
#include <array>
#include <vector>

namespace uptrail::simulate {

std::span<const Fault> all_faults() {
  static const std::vector<Fault> kAll = [] {
    std::vector<Fault> out;
    for (const auto part : {session_faults(), wake_faults(), task_faults(), outcome_faults(), call_faults()}) {
      out.insert(out.end(), part.begin(), part.end());
    }
    std::sort(out.begin(), out.end(), [](const Fault& a, const Fault& b) { return a.id < b.id; });
    return out;
  }();
  return kAll;
}

const Fault* find_fault(std::string_view id) {
  for (const Fault& fault : all_faults()) {
    if (fault.id == id) {
      return &fault;
    }
  }
  return nullptr;
}

InjectedFault& note_fault(World& world, std::string_view id, Severity severity, const SimTask* task, const SimSession* session,
                          std::string_view upload) {
  InjectedFault& fault = world.truth.faults.emplace_back();
  fault.fault = id;
  fault.at = world.clock.now();
  fault.finding.rule = id;
  fault.finding.severity = severity;
  if (task != nullptr) {
    fault.finding.task = task->uuid;
    fault.finding.upload = task->upload;
    session = session == nullptr ? &world.sessions[task->session] : session;
  }
  if (session != nullptr) {
    fault.finding.identifier = session->identifier;
  }
  if (!upload.empty()) {
    fault.finding.upload = upload;
  }
  return fault;
}

void add_consequence(InjectedFault& fault, std::string_view rule, Severity severity) {
  TrueFinding finding = fault.finding;
  finding.rule = rule;
  finding.severity = severity;
  fault.consequences.push_back(std::move(finding));
}

}  // namespace uptrail::simulate
