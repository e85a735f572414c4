// Hand-made events and sources for pipeline tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collector/pipeline/identity.h"
#include "collector/pipeline/streams.h"

namespace uptrail::test {

// An app that launches, makes its session and starts one upload.
inline constexpr std::string_view kOneTaskLog =
    R"({"uptrail":1,"kind":"app.launch","t":"2026-11-18T13:00:00Z","bundle":"com.example.a","process":"A","pid":7,"reason":"user","build":"3.2"}
{"uptrail":1,"kind":"session.create","t":"2026-11-18T13:00:01Z","bundle":"com.example.a","process":"A","pid":7,"identifier":"up","object":"O1"}
{"uptrail":1,"kind":"task.create","t":"2026-11-18T13:00:02Z","bundle":"com.example.a","process":"A","pid":7,"identifier":"up","uuid":"AAAC1791-4643-55E1-8948-8299BA07D00A","id":14,"desc":"U1"}
{"uptrail":1,"kind":"task.resume","t":"2026-11-18T13:00:03Z","bundle":"com.example.a","process":"A","pid":7,"identifier":"up","uuid":"AAAC1791-4643-55E1-8948-8299BA07D00A","id":14}
)";

inline Event event(EventKind kind, Observer observer, double seconds_at, std::uint32_t source = 0) {
  Event e;
  e.kind = kind;
  e.observer = observer;
  e.t_src = TimeNs{0} + from_seconds(seconds_at);
  e.source = SourceId{source};
  return e;
}

inline Event with(Event e, Field field, Value value) {
  e.fields.set(field, std::move(value));
  return e;
}

inline Event of_app(Event e, std::string bundle, std::string process = {}, std::optional<std::int64_t> pid = {}) {
  e.bundle = std::move(bundle);
  e.process = std::move(process);
  e.pid = pid;
  return e;
}

inline Event of_task(Event e, std::string_view uuid) { return with(std::move(e), Field::uuid, Uuid::from_name(uuid)); }

inline Source source(std::string path, ClockKind clock, double first, double last) {
  Source s;
  s.path = path;
  s.content_hash = path;
  s.container = "event_ndjson";
  s.clock = clock;
  if (clock != ClockKind::none) {
    s.first = TimeNs{0} + from_seconds(first);
    s.last = TimeNs{0} + from_seconds(last);
  }
  return s;
}

// Numbers the events and runs the pipeline's pure parts over them.
struct Resolved {
  Sightings sightings;
  TimeLine line;
  Identity identity;
  std::string error;
};
inline Resolved resolve(std::vector<Event> events, std::vector<Source> sources,
                        const std::map<std::string, std::string>& dates = {}, const std::vector<ObserverSeen>& observers = {}) {
  Resolved out;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    sources[i].id = SourceId{static_cast<std::uint32_t>(i)};
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i].id = EventId{static_cast<std::int64_t>(i)};
    events[i].seq = i;
    out.sightings.add(events[i]);
  }
  Result<TimeLine> line = make_timeline({sources, out.sightings, observers, {}, dates});
  if (!line.ok()) {
    out.error = line.error().text();
    return out;
  }
  out.line = line.take();
  out.identity = resolve_identity(out.sightings, out.line);
  return out;
}

}  // namespace uptrail::test
