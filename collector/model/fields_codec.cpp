// Fields <-> one flat JSON object. Values take the type of their field on the way back: a UUID written as text returns as UUID.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "collector/base/text.h"
#include "collector/model/event.h"
#include "collector/model/json_scan.h"

namespace uptrail {

namespace {

constexpr std::size_t kMaxItems = 100'000;  // entries of one list

void append_real(std::string& out, double value) {
  std::array<char, 40> text{};
  for (const int digits : {15, 17}) {
    std::snprintf(text.data(), text.size(), "%.*g", digits, value);
    for (char& c : text) {
      c = c == ',' ? '.' : c;  // whatever the locale is
    }
    if (parse_double(text.data()) == value) {
      break;
    }
  }
  const std::string_view shown = text.data();
  out += shown;
  if (shown.find_first_of(".en") == std::string_view::npos) {
    out += ".0";  // stays a real on the way back
  }
}

// Keys come from our own tables and need no escaping.
void append_key(std::string& out, std::string_view key) {
  out += out.back() == '{' ? "\"" : ",\"";
  out += key;
  out += "\":";
}

void append_integer(std::string& out, std::int64_t value) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  out.append(text.data(), end.ptr);
}

void append_uuid(std::string& out, const Uuid& uuid) {
  out += '"';
  out += uuid.text();
  out += '"';
}

void append_listing(std::string& out, const TaskListing& task) {
  out += '{';
  const auto text = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) {
      append_key(out, key);
      append_json_string(out, value);
    }
  };
  const auto number = [&](std::string_view key, const std::optional<std::int64_t>& value) {
    if (value) {
      append_key(out, key);
      append_integer(out, *value);
    }
  };
  text("uuid", task.uuid ? task.uuid->text() : std::string());
  number("id", task.id);
  text("state", task.state);
  text("desc", task.desc);
  text("url", task.url);
  number("sent", task.sent);
  number("expected", task.expected);
  number("error", task.error_code);
  out += '}';
}

template <class Items, class Append>
void append_list(std::string& out, const Items& items, Append append) {
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) {
      out += ',';
    }
    append(items[i]);
  }
  out += ']';
}

struct Encoder {
  std::string& out;
  void operator()(std::monostate) const { out += "null"; }
  void operator()(bool v) const { out += v ? "true" : "false"; }
  void operator()(std::int64_t v) const { append_integer(out, v); }
  void operator()(double v) const { append_real(out, v); }
  void operator()(const std::string& v) const { append_json_string(out, v); }
  void operator()(const Uuid& v) const { append_uuid(out, v); }
  void operator()(TimeNs v) const { append_integer(out, v.ns); }
  void operator()(const std::vector<std::string>& v) const {
    append_list(out, v, [this](const std::string& s) { append_json_string(out, s); });
  }
  void operator()(const std::vector<TaskListing>& v) const {
    append_list(out, v, [this](const TaskListing& t) { append_listing(out, t); });
  }
};

// Reads exactly what encode_fields writes, and plain JSON of that shape. No recursion: lists hold texts or flat objects only.
class Decoder : private JsonScan {
 public:
  explicit Decoder(std::string_view json) : JsonScan(json) {}

  std::optional<Fields> run() {
    Fields fields;
    const bool good = object([&](std::string_view key) {
      const auto field = field_from_name(key);
      Value value;
      if (!read_value(field ? field_info(*field).type : FieldType::text, value)) {
        return false;
      }
      if (field) {
        fields.set(*field, std::move(value));
      }
      return true;
    });
    blanks();
    return good && at_ == text_.size() ? std::optional(std::move(fields)) : std::nullopt;
  }

 private:
  bool number(FieldType type, Value& value) {
    const std::string_view digits = number_text();
    if (const auto whole = parse_int(digits)) {
      value = type == FieldType::time ? Value(TimeNs{*whole}) : Value(*whole);
      return true;
    }
    const auto real = parse_double(digits);
    if (!real || !std::isfinite(*real)) {
      return false;
    }
    value = *real;
    return true;
  }

  bool read_value(FieldType type, Value& value) {
    blanks();
    if (at_ >= text_.size()) {
      return false;
    }
    switch (text_[at_]) {
      case '"': {
        std::string unescaped;
        const auto s = view(unescaped);
        if (!s) {
          return false;
        }
        const auto uuid = type == FieldType::uuid ? Uuid::parse(*s) : std::nullopt;
        value = uuid ? Value(*uuid) : Value(std::string(*s));
        return true;
      }
      case '[':
        return read_list(type, value);
      case 't':
        value = true;
        return word("true");
      case 'f':
        value = false;
        return word("false");
      case 'n':
        value = std::monostate();
        return word("null");
      default:
        return number(type, value);
    }
  }

  bool read_list(FieldType type, Value& value) {
    std::vector<std::string> texts;
    std::vector<TaskListing> tasks;
    if (!eat('[')) {
      return false;
    }
    if (!eat(']')) {
      do {
        blanks();
        const bool is_object = at_ < text_.size() && text_[at_] == '{';
        if (is_object ? !listing(tasks.emplace_back()) : !string(texts.emplace_back())) {
          return false;
        }
        if (texts.size() + tasks.size() > kMaxItems) {
          return false;
        }
      } while (eat(','));
      if (!eat(']')) {
        return false;
      }
    }
    if (!tasks.empty() && !texts.empty()) {
      return false;
    }
    value = !tasks.empty() || type == FieldType::tasks ? Value(std::move(tasks)) : Value(std::move(texts));
    return true;
  }

  bool listing(TaskListing& task) {
    return object([&](std::string_view key) {
      Value value;
      blanks();
      if (at_ < text_.size() && text_[at_] == '[') {
        return false;  // nothing nested any deeper
      }
      if (!read_value(key == "uuid" ? FieldType::uuid : FieldType::text, value)) {
        return false;
      }
      set_listing(task, key, value);
      return true;
    });
  }

  static void set_listing(TaskListing& task, std::string_view key, Value& value) {
    const auto* whole = std::get_if<std::int64_t>(&value);
    auto* text = std::get_if<std::string>(&value);
    if (whole != nullptr) {
      if (key == "id") {
        task.id = *whole;
      } else if (key == "sent") {
        task.sent = *whole;
      } else if (key == "expected") {
        task.expected = *whole;
      } else if (key == "error") {
        task.error_code = *whole;
      }
    } else if (text != nullptr) {
      if (key == "state") {
        task.state = std::move(*text);
      } else if (key == "desc") {
        task.desc = std::move(*text);
      } else if (key == "url") {
        task.url = std::move(*text);
      }
    } else if (const auto* uuid = std::get_if<Uuid>(&value); uuid != nullptr && key == "uuid") {
      task.uuid = *uuid;
    }
  }
};

}  // namespace

void encode_fields(const Fields& fields, std::string& out) {
  out += '{';
  for (const auto& [field, value] : fields.all()) {
    const auto* real = std::get_if<double>(&value);
    if (real != nullptr && !std::isfinite(*real)) {
      continue;  // JSON has no word for it
    }
    append_key(out, field_name(field));
    std::visit(Encoder{out}, value);
  }
  out += '}';
}

std::string encode_fields(const Fields& fields) {
  std::string out;
  encode_fields(fields, out);
  return out;
}

std::optional<Fields> decode_fields(std::string_view json) { return is_valid_utf8(json) ? Decoder(json).run() : std::nullopt; }

}  // namespace uptrail
