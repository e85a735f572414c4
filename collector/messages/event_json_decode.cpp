#include <simdjson.h>

#include <cmath>
#include <cstdint>
#include <string>

#include "collector/base/text.h"
#include "collector/messages/decoder.h"
#include "collector/messages/event_json.h"

namespace uptrail {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::size_t kMaxKeyShown = 64;
constexpr std::size_t kMaxIssues = 20;  // of one line

class EventReader {
 public:
  explicit EventReader(std::vector<Issue>& issues) : issues_(issues) {}

  std::optional<JsonEvent> read(simdjson::dom::object object) {
    if (!read_kind(object)) {
      return std::nullopt;
    }
    const KindInfo& kind = kind_info(out_.event.kind);
    out_.event.observer = kind.observers.empty() ? Observer::app : kind.observers.front();
    for (const auto& [key, value] : object) {
      if (!value.is_null() || key == "error") {
        read_member(key, value);
      }
    }
    check_allowed(kind);
    return std::move(out_);
  }

 private:
  void bad(std::string_view key, std::string_view wanted, std::optional<element> value = std::nullopt) {
    if (issues_.size() >= kMaxIssues) {
      return;
    }
    Issue issue;
    issue.kind = IssueKind::bad_value;
    issue.detail = ellipsize(key, kMaxKeyShown);
    issue.detail += ": ";
    issue.detail += wanted;
    if (value) {
      issue.detail += " expected, found ";
      issue.detail += ellipsize(simdjson::minify(*value), kMaxKeyShown);
    }
    issues_.push_back(std::move(issue));
  }

  bool read_kind(simdjson::dom::object object) {
    element marker;
    const bool marked = object["uptrail"].get(marker) == simdjson::SUCCESS;
    element kind;
    std::string_view name;
    const bool named = object["kind"].get(kind) == simdjson::SUCCESS && kind.get(name) == simdjson::SUCCESS;
    const auto known = named ? kind_from_name(name) : std::nullopt;
    if (!known) {
      if (marked) {
        bad("kind", named ? "no such event kind: " + ellipsize(name, kMaxKeyShown) : "the name of an event kind is missing");
      }
      return false;
    }
    out_.event.kind = *known;
    std::int64_t version = 0;
    if (marked && (marker.get(version) != simdjson::SUCCESS || version != 1)) {
      bad("uptrail", "format version 1", marker);
    }
    return true;
  }

  void read_member(std::string_view key, element value) {
    if (key == "uptrail" || key == "kind" || read_header(key, value)) {
      return;
    }
    if (key == "error") {
      read_error(value);
      return;
    }
    if (const auto field = field_from_name(key)) {
      read_field(*field, key, value);
    }
  }

  bool read_header(std::string_view key, element value) {
    Event& e = out_.event;
    if (key == "t") {
      e.t_src = time_of(key, value);
    } else if (key == "pid") {
      e.pid = integer_of(key, value);
    } else if (key == "device") {
      text_into(e.device, key, value);
    } else if (key == "bundle") {
      text_into(e.bundle, key, value);
    } else if (key == "process") {
      text_into(e.process, key, value);
    } else if (key == "thread") {
      text_into(e.thread, key, value);
    } else if (key == "boot") {
      if (const auto u = uuid_of(key, value)) {
        e.fields.set(Field::boot_uuid, *u);
      }
    } else if (key == "observer") {
      std::string_view name;
      const auto observer = value.get(name) == simdjson::SUCCESS ? observer_from_name(name) : std::nullopt;
      if (observer) {
        e.observer = *observer;
        out_.observer_given = true;
      } else {
        bad(key, "app, cfn, daemon, sys, store, server or tool", value);
      }
    } else {
      return false;
    }
    return true;
  }

  void read_field(Field field, std::string_view key, element value) {
    Fields& fields = out_.event.fields;
    const auto put = [&](auto&& v) {
      if (v) {
        fields.set(field, *std::forward<decltype(v)>(v));
      }
    };
    switch (field_info(field).type) {
      case FieldType::text:
        put(text_of(key, value));
        break;
      case FieldType::integer:
        put(integer_of(key, value));
        break;
      case FieldType::real:
        put(real_of(key, value));
        break;
      case FieldType::boolean:
        put(boolean_of(key, value));
        break;
      case FieldType::uuid:
        put(uuid_of(key, value));
        break;
      case FieldType::time:
        put(time_of(key, value));
        break;
      case FieldType::tasks:
        put(tasks_of(key, value));
        break;
      case FieldType::texts:
        put(texts_of(key, value));
        break;
    }
  }

  // null: no error; a number: a code of NSURLErrorDomain; an object; text only for kinds whose `error` is text.
  void read_error(element value) {
    Fields& fields = out_.event.fields;
    simdjson::dom::object object;
    if (value.is_null()) {
      fields.set(Field::error_code, std::int64_t{0});
    } else if (value.is_string() && kind_has(Field::error)) {
      read_field(Field::error, "error", value);
    } else if (value.get(object) == simdjson::SUCCESS) {
      for (const auto& [key, part] : object) {
        if (part.is_null()) {
          continue;
        }
        if (key == "domain") {
          read_field(Field::error_domain, "error.domain", part);
        } else if (key == "code") {
          read_field(Field::error_code, "error.code", part);
        } else if (key == "reason") {
          read_field(Field::reason_key, "error.reason", part);
        }
      }
    } else if (value.is_number()) {
      if (const auto code = integer_of("error", value)) {
        fields.set(Field::error_code, *code);
        if (*code != 0) {
          fields.set(Field::error_domain, std::string("NSURLErrorDomain"));
        }
      }
    } else {
      bad("error", "null, a number or an object", value);
    }
  }

  bool kind_has(Field field) const {
    for (const Field f : kind_info(out_.event.kind).fields) {
      if (f == field) {
        return true;
      }
    }
    return false;
  }

  // A value outside the list is kept and said: a newer writer may know more.
  void check_allowed(const KindInfo& kind) {
    for (const AllowedValues& a : kind.allowed) {
      const std::string_view text = out_.event.fields.text(a.field);
      bool known = text.empty();
      for (const std::string_view v : a.values) {
        known = known || v == text;
      }
      if (!known) {
        bad(field_name(a.field), "unknown value " + ellipsize(text, kMaxKeyShown) + " of " + std::string(kind.name));
      }
    }
  }

  std::optional<std::string> text_of(std::string_view key, element value) {
    std::string_view s;
    if (value.get(s) != simdjson::SUCCESS) {
      bad(key, "text", value);
      return std::nullopt;
    }
    return std::string(s);
  }

  void text_into(std::string& out, std::string_view key, element value) {
    if (auto s = text_of(key, value)) {
      out = std::move(*s);
    }
  }

  std::optional<std::int64_t> integer_of(std::string_view key, element value) {
    std::int64_t i = 0;
    if (value.get(i) == simdjson::SUCCESS) {
      return i;
    }
    double d = 0;
    if (value.type() == element_type::DOUBLE && value.get(d) == simdjson::SUCCESS && std::floor(d) == d && std::abs(d) < 9e15) {
      return static_cast<std::int64_t>(d);
    }
    bad(key, "a 64-bit integer", value);
    return std::nullopt;
  }

  std::optional<double> real_of(std::string_view key, element value) {
    double d = 0;
    if (value.is_number() && value.get(d) == simdjson::SUCCESS) {
      return d;
    }
    bad(key, "a number", value);
    return std::nullopt;
  }

  std::optional<bool> boolean_of(std::string_view key, element value) {
    bool b = false;
    if (value.get(b) == simdjson::SUCCESS) {
      return b;
    }
    bad(key, "true or false", value);
    return std::nullopt;
  }

  std::optional<Uuid> uuid_of(std::string_view key, element value) {
    std::string_view s;
    if (value.get(s) == simdjson::SUCCESS) {
      if (const auto u = Uuid::parse(s)) {
        return u;
      }
    }
    bad(key, "a UUID", value);
    return std::nullopt;
  }

  std::optional<TimeNs> time_of(std::string_view key, element value) {
    std::int64_t ns = 0;
    if (value.get(ns) == simdjson::SUCCESS) {
      return TimeNs{ns};
    }
    std::string_view s;
    if (value.get(s) == simdjson::SUCCESS) {
      if (const auto parsed = parse_iso(s)) {
        if (!parsed->offset_minutes) {
          bad(key, "the time names no zone and is taken as UTC");
        }
        return parsed->time;
      }
    }
    bad(key, "a time within 64 bits (nanoseconds or ISO 8601)", value);
    return std::nullopt;
  }

  std::optional<std::vector<std::string>> texts_of(std::string_view key, element value) {
    std::vector<std::string> out;
    std::string_view one;
    simdjson::dom::array array;
    if (value.get(one) == simdjson::SUCCESS) {
      out.emplace_back(one);
      return out;
    }
    if (value.get(array) != simdjson::SUCCESS) {
      bad(key, "a list of texts", value);
      return std::nullopt;
    }
    for (const element item : array) {
      if (auto s = text_of(key, item)) {
        out.push_back(std::move(*s));
      }
    }
    return out;
  }

  std::optional<std::vector<TaskListing>> tasks_of(std::string_view key, element value) {
    simdjson::dom::array array;
    if (value.get(array) != simdjson::SUCCESS) {
      bad(key, "a list of tasks", value);
      return std::nullopt;
    }
    std::vector<TaskListing> out;
    for (const element item : array) {
      simdjson::dom::object object;
      if (item.get(object) == simdjson::SUCCESS) {
        out.push_back(listing_of(object));
      } else {
        bad(key, "an object for each task", item);
      }
    }
    return out;
  }

  TaskListing listing_of(simdjson::dom::object object) {
    TaskListing t;
    for (const auto& [key, value] : object) {
      if (key == "error" && value.is_null()) {
        t.error_code = 0;
      }
      if (value.is_null()) {
        continue;
      }
      if (key == "uuid") {
        t.uuid = uuid_of("tasks.uuid", value);
      } else if (key == "id") {
        t.id = integer_of("tasks.id", value);
      } else if (key == "state") {
        text_into(t.state, "tasks.state", value);
      } else if (key == "desc") {
        text_into(t.desc, "tasks.desc", value);
      } else if (key == "url") {
        text_into(t.url, "tasks.url", value);
      } else if (key == "sent") {
        t.sent = integer_of("tasks.sent", value);
      } else if (key == "expected") {
        t.expected = integer_of("tasks.expected", value);
      } else if (key == "errorCode" || key == "error") {
        element code = value;
        if (value.is_object() && value["code"].get(code) != simdjson::SUCCESS) {
          continue;
        }
        t.error_code = integer_of("tasks.errorCode", code);
      }
    }
    return t;
  }

  std::vector<Issue>& issues_;
  JsonEvent out_;
};

simdjson::dom::parser& parser() {
  thread_local simdjson::dom::parser instance;
  return instance;
}

simdjson::error_code parse_once(std::string_view line, element& root) {
  if (line.empty()) {
    return simdjson::EMPTY;  // simdjson would copy from a null pointer
  }
  return parser().parse(line.data(), line.size()).get(root);
}

// `repaired` must outlive `root`.
simdjson::error_code parse(std::string_view line, std::string& repaired, element& root, std::vector<Issue>& issues) {
  auto error = parse_once(line, root);
  if (error == simdjson::UTF8_ERROR) {
    repaired = to_valid_utf8(line);
    issues.push_back({IssueKind::invalid_utf8, {}, "the event is not valid UTF-8; bad bytes are replaced"});
    error = parse_once(repaired, root);
  }
  if (error == simdjson::NUMBER_ERROR) {
    repaired = quote_unholdable_numbers(repaired.empty() ? line : std::string_view(repaired));
    error = parse_once(repaired, root);
  }
  return error;
}

}  // namespace

std::optional<JsonEvent> decode_json_event(std::string_view line, const element* parsed, std::vector<Issue>& issues) {
  simdjson::dom::object known;
  if (parsed != nullptr && parsed->get(known) == simdjson::SUCCESS) {
    return EventReader(issues).read(known);
  }
  line = trim(line);
  std::string repaired;
  element root;
  auto error = parse(line, repaired, root, issues);
  // Text of other writers may have been joined to the event as continuation lines.
  if (const std::size_t end = line.find('\n'); error != simdjson::SUCCESS && end != std::string_view::npos) {
    repaired.clear();
    error = parse(trim(line.substr(0, end)), repaired, root, issues);
  }
  if (error != simdjson::SUCCESS) {
    if (was_meant_as_event(line)) {
      const bool cut = line.empty() || line.back() != '}';
      issues.push_back({cut ? IssueKind::truncated : IssueKind::bad_value,
                        {},
                        std::string("event JSON is ") + (cut ? "cut off" : "malformed") + ": " + simdjson::error_message(error)});
    }
    return std::nullopt;
  }
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return EventReader(issues).read(object);
}

std::optional<Event> decode_event_json(std::string_view line, std::vector<Issue>& issues) {
  auto decoded = decode_json_event(line, nullptr, issues);
  if (!decoded) {
    return std::nullopt;
  }
  decoded->event.pattern = "event-json";
  return std::move(decoded->event);
}

}  // namespace uptrail
