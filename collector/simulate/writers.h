// Simulated events as the files that people have in hand. A writer leaves out what its form cannot say: logs have no manifests,
// and hold only what some message pattern tells.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/messages/decoder.h"
#include "collector/model/event.h"

namespace uptrail::simulate {

// One line of a unified log.
struct LogLine {
  TimeNs t;
  std::string process;
  std::int64_t pid = 0;
  std::string library;  // "": the process itself
  std::string subsystem, category;
  std::string message;
};

// The lines that the device would log for the events, rendered from the message catalogue; the app's own events are event JSON
// from its logger. With `redacted`, nsurlsessiond's lines show <private> for bundle and session identifier.
std::vector<LogLine> log_lines(const std::vector<Event>& events, const Catalogue& catalogue, bool redacted);

// Names of the forms, for --container.
std::vector<std::string_view> container_names();
// Errors: no such form.
Result<std::string> write_capture(const std::vector<Event>& events, std::string_view container, const Catalogue& catalogue,
                                  bool redacted);

std::string write_ndjson(const std::vector<Event>& events);

}  // namespace uptrail::simulate
