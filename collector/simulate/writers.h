// Simulated events as the files that people have in hand. What a form cannot say is left out, and said.
#pragma once

#include <map>
#include <memory>
#include <set>
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
  std::int64_t thread = 0;  // number of the thread, as logs print it
  std::string library;      // "": the process itself
  std::string subsystem, category;
  std::string message;
};

enum class Lines : std::uint8_t {
  as_device,   // only what a device logs: the app's own events, and lines with a known message
  everything,  // events without a known message, and the manifests, too: as event JSON
};

struct LogLines {
  std::vector<LogLine> lines;
  std::map<EventKind, std::size_t> left_out;  // events that no line tells
  std::set<std::string> not_shown;            // "daemon.task-finished bytesSent": fields that the line does not show
};

// The lines that tell the events: those of CFNetwork, nsurlsessiond and the system are rendered from the message catalogue, and
// each is read back to see what it tells; the app's own events are event JSON from its logger. With `redacted`, nsurlsessiond's
// lines show <private> for bundle and session identifier.
LogLines log_lines(const std::vector<Event>& events, const Catalogue& catalogue, Lines which, bool redacted);

// Names of the forms, for --container.
std::vector<std::string_view> container_names();

struct WriteOptions {
  std::string container = "event";
  Lines lines = Lines::as_device;
  bool redacted = false;
};
struct Written {
  std::string text;
  std::vector<std::string> losses;  // one sentence each: what the events have and the text has not
};
// Events in ascending order of time. Errors: no such form.
Result<Written> write_capture(const std::vector<Event>& events, const Catalogue& catalogue, const WriteOptions& options);

std::string write_ndjson(const std::vector<Event>& events);

}  // namespace uptrail::simulate
