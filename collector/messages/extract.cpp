// From a match to an event.
#include <algorithm>

#include "collector/base/text.h"
#include "collector/messages/catalogue.h"

namespace uptrail {

namespace {

std::string_view piece(const Captured& c, std::string_view text) { return text.substr(c.offset, c.length); }

// The number behind `key` in the text.
std::optional<std::int64_t> number_after(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view rest = text.substr(at + key.size());
  const std::size_t begin = rest.substr(0, 1) == "-" ? 1 : 0;
  const std::size_t end = std::min(rest.find_first_not_of("0123456789", begin), rest.size());
  return parse_int(rest.substr(0, end));
}

// "Error Domain=D Code=N "…" UserInfo={…}"; "(null)" is success. Text of the app may follow in other lines, behind "} [N]".
void take_error(Event& e, std::string_view text) {
  const Field code_field = has_field(e.kind, Field::error_code) ? Field::error_code : Field::code;
  const auto set_code = [&](std::int64_t code) {
    if (has_field(e.kind, code_field)) {
      e.fields.set(code_field, code);
    }
  };
  if (text.substr(0, 6) == "(null)") {
    set_code(0);
    return;
  }
  constexpr std::string_view kDomain = "Error Domain=";
  if (text.substr(0, kDomain.size()) != kDomain) {
    return;
  }
  const std::size_t domain_end = std::min(text.find_first_of(" \n", kDomain.size()), text.size());
  const std::string_view domain = text.substr(kDomain.size(), domain_end - kDomain.size());
  if (has_field(e.kind, Field::error_domain) && redacted_length(domain) == 0) {
    e.fields.set(Field::error_domain, std::string(domain));
  }
  if (const auto code = number_after(text, " Code=")) {
    set_code(*code);
  }
  const std::string_view own = text.substr(0, text.find("} ["));
  if (const auto reason = number_after(own, "NSURLErrorBackgroundTaskCancelledReasonKey=");
      reason && has_field(e.kind, Field::reason_key)) {
    e.fields.set(Field::reason_key, *reason);
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
  if (redacted_length(text) == text.size()) {
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
  if (match.subject.kind != Subject::none) {
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
