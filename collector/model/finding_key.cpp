#include "collector/model/finding_key.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace uptrail {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr std::size_t kUuid = 36;

// Bytes of a UUID at the beginning of `text`, or 0.
std::size_t uuid_at(std::string_view text) {
  return text.size() >= kUuid && is_hex(text[0]) && Uuid::parse(text.substr(0, kUuid)) ? kUuid : 0;
}

// Bytes of `text` that look like the shape, in which 0 stands for any digit; 0: it does not.
std::size_t shaped(std::string_view text, std::string_view shape) {
  const bool fits = text.size() >= shape.size() && std::equal(shape.begin(), shape.end(), text.begin(),
                                                              [](char s, char c) { return s == '0' ? is_digit(c) : s == c; });
  return fits ? shape.size() : 0;
}

// "14:00", "14:00:01.25Z", "14:00:01+01:00"
std::size_t clock_at(std::string_view text) {
  std::size_t n = shaped(text, "00:00");
  if (n == 0) {
    return 0;
  }
  n += shaped(text.substr(n), ":00");
  if (n < text.size() && text[n] == '.') {
    const auto* end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(n) + 1, text.end(), is_digit);
    n = static_cast<std::size_t>(end - text.begin());
  }
  for (const std::string_view zone : {"Z", "+00:00", "-00:00", "+0000", "-0000"}) {
    if (const std::size_t more = shaped(text.substr(n), zone); more > 0) {
      return n + more;
    }
  }
  return n;
}

// "2026-11-18", with a time behind it or none; 0: no date.
std::size_t date_at(std::string_view text) {
  const std::size_t n = shaped(text, "0000-00-00");
  if (n == 0 || (!text.starts_with("19") && !text.starts_with("20")) || (n < text.size() && is_digit(text[n]))) {
    return 0;
  }
  const bool more = n < text.size() && (text[n] == 'T' || text[n] == ' ' || text[n] == '_');
  const std::size_t clock = more ? clock_at(text.substr(n + 1)) : 0;
  return clock > 0 ? n + 1 + clock : n;
}

// Eight or more hexadecimal digits, a decimal one among them, that are a word.
std::size_t hex_at(std::string_view text) {
  std::size_t n = 0;
  bool digit = false;
  bool letter = false;
  for (; n < text.size() && is_hex(text[n]); ++n) {
    digit = digit || is_digit(text[n]);
    letter = letter || !is_digit(text[n]);
  }
  return n >= 8 && digit && letter && (n == text.size() || !is_word(text[n])) ? n : 0;
}

std::size_t number_at(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  return static_cast<std::size_t>(end - text.begin());
}

// UUIDs differ from run to run; everything else in a name is the app's own.
std::string without_uuids(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t uuid = uuid_at(text);
    out += uuid > 0 ? std::string("<uuid>") : std::string(1, text.front());
    text.remove_prefix(std::max<std::size_t>(uuid, 1));
  }
  return out;
}

}  // namespace

std::string with_placeholders(std::string_view name) {
  struct Kind {
    std::size_t (*length)(std::string_view);
    std::string_view shown;
    bool begins_word;  // only where no letter or digit stands before
  };
  constexpr std::array<Kind, 4> kKinds = {
      {{uuid_at, "<uuid>", true}, {date_at, "<date>", true}, {hex_at, "<hex>", true}, {number_at, "<n>", false}}};
  std::string out;
  for (std::size_t i = 0; i < name.size();) {
    const bool inside = i > 0 && is_word(name[i - 1]);
    std::size_t length = 0;
    for (const Kind& kind : kKinds) {
      length = kind.begins_word && inside ? 0 : kind.length(name.substr(i));
      if (length > 0) {
        out += kind.shown;
        break;
      }
    }
    if (length == 0) {
      out += name[i];
      length = 1;
    }
    i += length;
  }
  return out;
}

std::string finding_key(const Finding& finding, const Derived& derived, KeyForm form) {
  const auto name_of = [form](std::string_view name) {
    return form == KeyForm::one_capture ? without_uuids(name) : with_placeholders(name);
  };
  const Subject& s = finding.subject;
  std::string key = finding.rule + "|";
  if (s.unit.valid()) {
    key += derived.units[s.unit.value].bundle;
  }
  SessionId session = s.session;
  UploadId upload = s.upload;
  std::string name;
  if (s.task.valid()) {
    const Task& t = derived.tasks[s.task.value];
    session = session.valid() ? session : t.session;
    upload = upload.valid() ? upload : t.upload;
    name = t.desc;
  }
  key += "|";
  if (session.valid()) {
    key += name_of(derived.sessions[session.value].identifier);
  }
  key += "|" + name_of(upload.valid() ? derived.uploads[upload.value].name : name);
  return key;
}

std::string key_digest(std::string_view key) {
  std::uint64_t h = 14695981039346656037ULL;
  for (const char c : key) {
    h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out(16, '0');
  for (auto c = out.rbegin(); c != out.rend(); ++c) {
    *c = kHex[h & 15U];
    h >>= 4U;
  }
  return out;
}

}  // namespace uptrail
