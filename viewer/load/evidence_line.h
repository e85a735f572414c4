// One event as the panels tell of it.
#pragma once

#include <string>

#include "collector/model/event.h"

namespace uptrail::viewer {

// One event that a finding rests on, with the line it came from.
struct EvidenceLine {
  EventId event;
  EventKind kind = EventKind::capture_begin;
  Observer observer = Observer::app;
  TimeNs t;            // normalised
  bool timed = false;  // false: the source has no clock
  SourceId source;
  SourceSpan span;
  std::string store_row;  // for store events: table and row; else ""
  std::string text;       // the raw line, valid UTF-8; "": not kept
};

}  // namespace uptrail::viewer
