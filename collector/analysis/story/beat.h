// One step of a story before it is put into words with its neighbours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/model/event.h"

namespace uptrail::analysis {

enum class Actor : std::uint8_t { app, daemon, cfnetwork, system, server, store, app_store, daemon_store };

struct Beat {
  TimeNs t;
  TimeNs until;  // of folded beats: the last one; else t
  bool timed = true;
  DomainId domain;
  StreamId stream;
  EventKind kind = EventKind::capture_begin;
  TaskId task;
  Actor actor = Actor::app;
  std::string text;    // predicate: "created task 7"
  std::string detail;  // behind the time: " (2.1 MB)"
  std::vector<EventId> events;
  std::uint64_t times = 1;  // folded together
  bool life = false;        // of the process, not of the subject
};

// How the subject is called in a predicate.
struct Names {
  std::string it;       // the task: "it" or "task 7"
  std::string session;  // "the session" or "session photos"
  bool many_tasks = false;
};

// A persisted store: the app's own, nsurlsessiond's, or another one.
Actor store_actor(const Event& event);
// Where and when the event stands, without words.
Beat beat_at(const Event& event);
// What an event says; nullopt: nothing that belongs into a story. Events of other observers than the app's and the daemon's are
// told as theirs.
std::optional<Beat> beat_of(const Event& event, const Names& names);

// For people: "HTTP 500", "NSURLErrorDomain -1005, the connection was lost", "2.1 MB".
std::string error_words(std::string_view domain, std::int64_t code);
std::string size_words(std::int64_t bytes);

}  // namespace uptrail::analysis
