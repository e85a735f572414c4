#include <array>

#include "collector/model/entities.h"
#include "collector/model/finding.h"

namespace uptrail {

namespace {
template <class E, std::size_t N>
std::string_view pick(const std::array<std::string_view, N>& names, E value) {
  return names[static_cast<std::size_t>(value)];
}
}  // namespace

std::string_view placed_by_name(PlacedBy p) {
  constexpr std::array<std::string_view, 5> kNames = {"nothing", "itself", "date", "sync", "tasks"};
  return pick(kNames, p);
}

std::string_view process_state_name(ProcessState s) {
  constexpr std::array<std::string_view, 7> kNames = {"unknown",    "not running", "force-quit", "launching",
                                                      "foreground", "background",  "suspended"};
  return pick(kNames, s);
}

std::string_view object_state_name(ObjectState s) {
  constexpr std::array<std::string_view, 7> kNames = {"unknown", "connecting",   "active", "reconnecting",
                                                      "failed",  "invalidating", "invalid"};
  return pick(kNames, s);
}

std::string_view task_phase_name(TaskPhase p) {
  constexpr std::array<std::string_view, 8> kNames = {
      "created", "resumed", "waiting", "transferring", "response", "finished in daemon", "delivered", "cancelled"};
  return pick(kNames, p);
}

std::string_view upload_outcome_name(UploadOutcome o) {
  constexpr std::array<std::string_view, 6> kNames = {"succeeded", "failed", "cancelled", "running", "affected", "cannot tell"};
  return pick(kNames, o);
}

std::string_view severity_name(Severity s) {
  constexpr std::array<std::string_view, 3> kNames = {"info", "warning", "error"};
  return pick(kNames, s);
}

std::string_view confidence_name(Confidence c) {
  constexpr std::array<std::string_view, 3> kNames = {"hint", "likely", "proven"};
  return pick(kNames, c);
}

std::string_view outcome_name(Outcome o) {
  constexpr std::array<std::string_view, 3> kNames = {"ok", "fail", "unknown"};
  return pick(kNames, o);
}

}  // namespace uptrail
