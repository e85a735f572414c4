// One typed observation, immutable once written. Which kinds and fields exist: schemas/event_kinds.json, docs/events.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "collector/base/ids.h"
#include "collector/base/time.h"
#include "collector/model/event_kinds.h"
#include "collector/model/record.h"

namespace uptrail {

// One entry of session.tasks-answered. Missing values are nullopt or empty.
struct TaskListing {
  std::optional<Uuid> uuid;
  std::optional<std::int64_t> id;
  std::string state;  // running, suspended, canceling, completed
  std::string desc;
  std::string url;
  std::optional<std::int64_t> sent;
  std::optional<std::int64_t> expected;
  std::optional<std::int64_t> error_code;
  friend bool operator==(const TaskListing&, const TaskListing&) = default;
};

using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, Uuid, TimeNs, std::vector<std::string>,
                           std::vector<TaskListing>>;

// Sorted by Field; at most one value a field.
class Fields {
 public:
  void set(Field field, Value value);  // replaces; monostate removes
  [[nodiscard]] const Value* find(Field field) const;
  [[nodiscard]] bool has(Field field) const { return find(field) != nullptr; }
  // Each gives nullopt / "" / nullptr when the field is missing or of another type. integer() accepts a whole double.
  [[nodiscard]] std::optional<std::int64_t> integer(Field field) const;
  [[nodiscard]] std::optional<double> real(Field field) const;  // integers count as reals
  [[nodiscard]] std::optional<bool> boolean(Field field) const;
  [[nodiscard]] std::string_view text(Field field) const;
  [[nodiscard]] std::optional<Uuid> uuid(Field field) const;
  [[nodiscard]] std::optional<TimeNs> time(Field field) const;
  [[nodiscard]] const std::vector<std::string>* texts(Field field) const;
  [[nodiscard]] const std::vector<TaskListing>* tasks(Field field) const;
  [[nodiscard]] const std::vector<std::pair<Field, Value>>& all() const { return items_; }
  [[nodiscard]] bool empty() const { return items_.empty(); }
  friend bool operator==(const Fields&, const Fields&) = default;

 private:
  std::vector<std::pair<Field, Value>> items_;
};

// Fields as one flat JSON object, and back: the form the case file keeps. decode is bounded and safe on hostile text; unknown
// fields are dropped, a malformed text gives nullopt.
std::string encode_fields(const Fields& fields);
void encode_fields(const Fields& fields, std::string& out);  // appends
std::optional<Fields> decode_fields(std::string_view json);

enum class EventConfidence : std::uint8_t { parsed, inferred };

struct Event {
  // -- facts, set where the event is made (messages, stores)
  EventKind kind = EventKind::capture_begin;
  Observer observer = Observer::app;
  EventConfidence confidence = EventConfidence::parsed;
  bool format_only = false;     // its message is known as a format string only, never seen in a log
  std::optional<TimeNs> t_src;  // on the source's clock; nullopt: the source has no clock
  SourceSpan span;
  std::string device;               // as the source names it; "": not named
  std::string bundle;               // "": not named; "<private>" never appears here, redacted means ""
  std::string process;              // process the event is about (the app), not the one that logged it, when they differ
  std::optional<std::int64_t> pid;  // of that process
  std::string thread;
  std::string pattern;  // id of the message pattern, "event-json", or "store:<id>"
  Fields fields;
  std::string store_row;  // for store events: table and row, "session_tasks rowid 7"

  // -- assigned by the pipeline
  EventId id;             // row in the case
  std::uint64_t seq = 0;  // order inside its source
  SourceId source;
  StreamId stream;
  DomainId domain;
  TimeNs t;          // normalised; meaningful only when the domain is placed or inside one domain
  DurationNs t_unc;  // plus or minus, inside its domain
  UnitId unit;       // invalid: concerns the device (all units)
  SessionId session;
  TaskId task;
  UploadId upload;
};

}  // namespace uptrail
