// From a match to an event.
#include <algorithm>

#include "collector/base/text.h"
#include "collector/messages/catalogue.h"
#include "collector/messages/nserror.h"
#include "collector/messages/redaction.h"

namespace uptrail {

namespace {

std::string_view piece(const Captured& c, std::string_view text) { return text.substr(c.offset, c.length); }

// A printed error, or "(null)", which is success. Text of the app may follow in other lines; it is not the error's.
void take_error(Event& e, std::string_view text) {
  const Field code_field = has_field(e.kind, Field::error_code) ? Field::error_code : Field::code;
  const auto set = [&e](Field field, Value value) {
    if (has_field(e.kind, field)) {
      e.fields.set(field, std::move(value));
    }
  };
  if (text.starts_with("(null)")) {
    set(code_field, std::int64_t{0});
    return;
  }
  const auto error = parse_nserror(text);
  if (!error) {
    return;
  }
  if (!error->domain.empty()) {
    set(Field::error_domain, std::string(error->domain));
  }
  if (error->code) {
    set(code_field, *error->code);
  }
  if (error->cancelled_reason) {
    set(Field::reason_key, *error->cancelled_reason);
  }
}

Value value_of_type(FieldType type, CaptureType capture, std::string_view text) {
  switch (type) {
    case FieldType::text:
      return std::string(text);
    case FieldType::integer:
      if (const auto i = parse_int(text); i && (capture != CaptureType::status || *i > 0)) {
        return *i;
      }
      return std::monostate{};
    case FieldType::real:
      if (const auto d = parse_double(text)) {
        return *d;
      }
      return std::monostate{};
    case FieldType::boolean:
      return text == "Y" || text == "1";
    case FieldType::uuid:
      if (const auto u = Uuid::parse(text)) {
        return *u;
      }
      return std::monostate{};
    case FieldType::time:
    case FieldType::tasks:
    case FieldType::texts:
      break;
  }
  return std::monostate{};
}

void take_capture(Event& e, const CompiledPattern::Node& node, std::string_view text) {
  if (node.type == CaptureType::error) {
    take_error(e, text);
  }
  if (is_redacted(text)) {
    return;
  }
  if (node.text == "bundle") {
    e.bundle = text;
  } else if (node.text == "process") {
    e.process = text;
  } else if (node.text == "pid") {
    e.pid = parse_int(text);
  } else if (const auto field = field_from_name(node.text)) {
    e.fields.set(*field, value_of_type(field_info(*field).type, node.type, text));
  }
}

void take_subject(Event& e, const SubjectMatch& subject, const std::vector<Field>& unset) {
  const auto set = [&](Field field, Value value) {
    if (has_field(e.kind, field) && std::find(unset.begin(), unset.end(), field) == unset.end()) {
      e.fields.set(field, std::move(value));
    }
  };
  if (subject.session) {
    set(Field::session_uuid, *subject.session);
  }
  if (subject.task) {
    set(Field::uuid, *subject.task);
  }
  if (subject.number) {
    set(Field::id, *subject.number);
  }
}

}  // namespace

bool has_field(EventKind kind, Field field) {
  const auto fields = kind_info(kind).fields;
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

Event event_of(const MessageMatch& match, std::string_view text) {
  const MessagePattern& p = *match.pattern;
  Event e;
  e.kind = *p.kind;
  e.observer = p.observer;
  e.confidence = p.confidence;
  e.format_only = p.provenance == Provenance::format;
  e.pattern = p.id;
  take_subject(e, match.subject, p.unset);
  for (const Captured& c : match.captures) {
    const CompiledPattern::Node& node = match.compiled->nodes()[c.node];
    if (node.kind == CompiledPattern::NodeKind::capture) {
      take_capture(e, node, piece(c, text));
    }
  }
  for (const auto& [field, value] : p.constants.all()) {
    e.fields.set(field, value);
  }
  if (!e.pid) {
    e.pid = e.fields.integer(Field::client_pid);
  }
  return e;
}

PatternValues values_of(const MessageMatch& match, std::string_view text) {
  PatternValues out;
  if (match.subject.kind != SubjectForm::none) {
    out["subject"] = text.substr(0, match.subject.end);
  }
  for (const Captured& c : match.captures) {
    const CompiledPattern::Node& node = match.compiled->nodes()[c.node];
    if (node.kind == CompiledPattern::NodeKind::capture) {
      out[node.text] = piece(c, text);
    } else {
      out["?" + std::to_string(node.number)] = "";
    }
  }
  return out;
}

}  // namespace uptrail
