#include "collector/containers/script_values.h"

#include <algorithm>

#include "collector/base/text.h"

namespace uptrail {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// JSON has no "+1", ".5", "1." and "007"; everything else that parse_double takes and that is finite is the same.
bool is_json_number(std::string_view s) {
  if (!parse_double(s) || s.find_first_not_of("+-.0123456789eE") != std::string_view::npos) {
    return false;
  }
  std::string_view digits = s.starts_with('-') ? s.substr(1) : s;
  const bool whole = !digits.empty() && is_digit(digits[0]) && !(digits.size() > 1 && digits[0] == '0' && is_digit(digits[1]));
  const std::size_t dot = digits.find('.');
  return whole && (dot == std::string_view::npos || (dot + 1 < digits.size() && is_digit(digits[dot + 1])));
}

std::optional<std::string> integer(std::string_view value) {
  if (const auto n = parse_int(value)) {
    return std::to_string(*n);
  }
  constexpr double kMost = 9e15;  // below 2^53 every whole double is exact
  const auto real = parse_double(value);
  if (!real || !(*real >= -kMost && *real <= kMost)) {
    return std::nullopt;
  }
  const auto whole = static_cast<std::int64_t>(*real);
  return static_cast<double>(whole) < *real || static_cast<double>(whole) > *real ? std::nullopt
                                                                                  : std::optional(std::to_string(whole));
}

std::optional<std::string> boolean(std::string_view value) {
  if (value == "true" || value == "1" || value == "Y") {
    return "true";
  }
  if (value == "false" || value == "0" || value == "N") {
    return "false";
  }
  return std::nullopt;
}

std::string quoted(std::string_view value) {
  std::string out;
  append_json_string(out, value);
  return out;
}

std::string strings(std::string_view value) {
  if (value.starts_with('[') && value.ends_with(']')) {
    value = value.substr(1, value.size() - 2);
  }
  std::string out = "[";
  for (const std::string_view item : split(value, ',')) {
    if (!trim(item).empty()) {
      out += out.size() > 1 ? "," : "";
      append_json_string(out, trim(item));
    }
  }
  return out + ']';
}

std::optional<std::string> time(std::string_view value, TimeNs start) {
  if (const auto seconds = parse_script_seconds(value)) {
    return std::to_string((start + nanoseconds(*seconds)).ns);
  }
  const auto parsed = parse_iso(value);
  return parsed ? std::optional(std::to_string(parsed->time.ns)) : std::nullopt;
}

}  // namespace

Observer script_observer(EventKind kind) {
  const std::string_view name = kind_name(kind);
  if (name.starts_with("daemon.")) {
    return Observer::daemon;
  }
  if (name.starts_with("store.")) {
    return Observer::store;
  }
  return name.starts_with("server.") ? Observer::server : Observer::app;
}

bool kind_has_field(EventKind kind, Field field) {
  const auto fields = kind_info(kind).fields;
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

std::optional<Field> script_field(EventKind kind, std::string_view key) {
  if (key == "kind") {
    for (const Field field : {Field::task_kind, Field::restore_kind, Field::install_kind, Field::assertion_kind}) {
      if (kind_has_field(kind, field)) {
        return field;
      }
    }
  }
  if (key == "size" && kind_has_field(kind, Field::file_size)) {
    return Field::file_size;
  }
  if (key == "reason" && kind_has_field(kind, Field::reason_key)) {
    return Field::reason_key;
  }
  if (key == "to" && kind_has_field(kind, Field::location)) {
    return Field::location;
  }
  if (key == "error" && kind_has_field(kind, Field::error_code)) {
    return Field::error_code;
  }
  return field_from_name(key);
}

std::optional<std::string> script_value(Field field, std::string_view value, TimeNs start) {
  if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
    value = value.substr(1, value.size() - 2);
  }
  switch (field_info(field).type) {
    case FieldType::text:
      return quoted(value);
    case FieldType::integer:
      return integer(value);
    case FieldType::real:
      return is_json_number(value) ? std::optional(std::string(value)) : std::nullopt;
    case FieldType::boolean:
      return boolean(value);
    case FieldType::uuid: {
      const auto uuid = Uuid::parse(value);
      return quoted((uuid ? *uuid : Uuid::from_name(value)).text());
    }
    case FieldType::time:
      return time(value, start);
    case FieldType::texts:
      return strings(value);
    case FieldType::tasks:
      break;
  }
  return std::nullopt;
}

bool set_script_error(ScriptDraft& draft, Field code_field, std::string_view value) {
  std::string_view domain;
  std::string_view number = value;
  if (value == "nil" || value == "null") {
    number = "0";
  } else if (value.starts_with("POSIX-")) {
    domain = "NSPOSIXErrorDomain";
    number = value.substr(6);
  } else if (const std::size_t colon = value.rfind(':'); colon != std::string_view::npos) {
    domain = value.substr(0, colon);
    number = value.substr(colon + 1);
  } else if (value != "0" && value.starts_with('-')) {
    domain = "NSURLErrorDomain";
  }
  const auto code = integer(number);
  if (!code) {
    return false;
  }
  if (!domain.empty() && kind_has_field(draft.kind, Field::error_domain)) {
    draft.set_text(Field::error_domain, domain);
  }
  draft.set(code_field, *code);
  return true;
}

}  // namespace uptrail
