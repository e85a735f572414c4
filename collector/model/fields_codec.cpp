// Fields <-> one flat JSON object. Values take the type of their field on the way back: a UUID written as text returns as UUID.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "collector/base/text.h"
#include "collector/model/event.h"

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
class Decoder {
 public:
  explicit Decoder(std::string_view json) : text_(json) {}

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
  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool eat(char c) {
    blanks();
    if (at_ < text_.size() && text_[at_] == c) {
      ++at_;
      return true;
    }
    return false;
  }
  bool word(std::string_view w) {
    if (text_.substr(at_, w.size()) != w) {
      return false;
    }
    at_ += w.size();
    return true;
  }

  template <class Member>
  bool object(Member member) {
    if (!eat('{')) {
      return false;
    }
    if (eat('}')) {
      return true;
    }
    std::string unescaped;
    do {
      blanks();
      const auto key = view(unescaped);
      if (!key || !eat(':') || !member(*key)) {
        return false;
      }
    } while (eat(','));
    return eat('}');
  }

  static void append_utf8(std::string& out, std::uint32_t c) {
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xC0U | (c >> 6U));
      put(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
      put(0xE0U | (c >> 12U));
      put(0x80U | ((c >> 6U) & 0x3FU));
      put(0x80U | (c & 0x3FU));
    } else {
      put(0xF0U | (c >> 18U));
      put(0x80U | ((c >> 12U) & 0x3FU));
      put(0x80U | ((c >> 6U) & 0x3FU));
      put(0x80U | (c & 0x3FU));
    }
  }

  std::optional<std::uint32_t> hex4() {
    if (text_.size() - at_ < 4) {
      return std::nullopt;
    }
    std::uint32_t v = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = text_[at_++];
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) {
        return std::nullopt;
      }
      v = v * 16 + static_cast<std::uint32_t>(digit);
    }
    return v;
  }

  bool escaped_code(std::string& out) {
    const auto first = hex4();
    if (!first) {
      return false;
    }
    std::uint32_t c = *first;
    if (c >= 0xD800 && c < 0xDC00 && word("\\u")) {
      const auto second = hex4();
      if (!second) {
        return false;
      }
      c = *second >= 0xDC00 && *second < 0xE000 ? 0x10000U + ((c - 0xD800U) << 10U) + (*second - 0xDC00U) : 0xFFFDU;
    }
    append_utf8(out, c >= 0xD800 && c < 0xE000 ? 0xFFFDU : c);
    return true;
  }

  // A string without escapes where it stands; else in `unescaped`.
  std::optional<std::string_view> view(std::string& unescaped) {
    const std::string_view rest = text_.substr(at_);
    std::size_t end = 1;
    while (end < rest.size() && rest[end] != '"' && rest[end] != '\\') {
      ++end;
    }
    if (end < rest.size() && rest[0] == '"' && rest[end] == '"') {
      at_ += end + 1;
      return rest.substr(1, end - 1);
    }
    unescaped.clear();
    return string(unescaped) ? std::optional<std::string_view>(unescaped) : std::nullopt;
  }

  bool string(std::string& out) {
    if (at_ >= text_.size() || text_[at_] != '"') {
      return false;
    }
    ++at_;
    while (at_ < text_.size()) {
      std::size_t plain = at_;
      while (plain < text_.size() && text_[plain] != '"' && text_[plain] != '\\') {
        ++plain;
      }
      out += text_.substr(at_, plain - at_);
      at_ = plain;
      if (at_ < text_.size() && text_[at_++] == '"') {
        return true;
      }
      if (at_ >= text_.size()) {
        return false;
      }
      constexpr std::string_view kFrom = "\"\\/bfnrt";
      constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
      const char escape = text_[at_++];
      if (const auto i = kFrom.find(escape); i != std::string_view::npos) {
        out += kTo[i];
      } else if (escape != 'u' || !escaped_code(out)) {
        return false;
      }
    }
    return false;
  }

  bool number(FieldType type, Value& value) {
    const std::size_t begin = at_;
    const auto of_number = [](char c) {
      return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    };
    while (at_ < text_.size() && of_number(text_[at_])) {
      ++at_;
    }
    const auto digits = text_.substr(begin, at_ - begin);
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

  std::string_view text_;
  std::size_t at_ = 0;
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
