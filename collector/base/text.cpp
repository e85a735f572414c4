#include "collector/base/text.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace uptrail {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Length of the valid UTF-8 sequence at `s[at]`, or 0; `bad` is then the length of the maximal bad part (>= 1).
std::size_t sequence_length(std::string_view s, std::size_t at, std::size_t& bad) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(s[i]); };
  const std::uint8_t b = byte(at);
  bad = 1;
  if (b < 0x80) {
    return 1;
  }
  std::size_t need = 0;
  std::uint8_t lo = 0x80;
  std::uint8_t hi = 0xBF;
  if (b >= 0xC2 && b <= 0xDF) {
    need = 1;
  } else if (b >= 0xE0 && b <= 0xEF) {
    need = 2;
    lo = b == 0xE0 ? 0xA0 : 0x80;
    hi = b == 0xED ? 0x9F : 0xBF;
  } else if (b >= 0xF0 && b <= 0xF4) {
    need = 3;
    lo = b == 0xF0 ? 0x90 : 0x80;
    hi = b == 0xF4 ? 0x8F : 0xBF;
  } else {
    return 0;
  }
  for (std::size_t i = 1; i <= need; ++i) {
    if (at + i >= s.size() || byte(at + i) < lo || byte(at + i) > hi) {
      bad = i;
      return 0;
    }
    lo = 0x80;
    hi = 0xBF;
  }
  return need + 1;
}

// The first byte at or behind `at` that is not ASCII, or the end: most text has none.
std::size_t skip_ascii(std::string_view s, std::size_t at) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  std::uint64_t word = 0;
  for (; at + sizeof word <= s.size(); at += sizeof word) {
    std::memcpy(&word, s.data() + at, sizeof word);
    if ((word & kHighBits) != 0) {
      break;
    }
  }
  while (at < s.size() && static_cast<std::uint8_t>(s[at]) < 0x80) {
    ++at;
  }
  return at;
}

}  // namespace

std::string_view trim(std::string_view s) {
  while (!s.empty() && is_space(s.front())) {
    s.remove_prefix(1);
  }
  while (!s.empty() && is_space(s.back())) {
    s.remove_suffix(1);
  }
  return s;
}

std::string to_lower_ascii(std::string_view s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::vector<std::string_view> split(std::string_view s, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = s.find(separator);
    parts.push_back(s.substr(0, at));
    if (at == std::string_view::npos) {
      return parts;
    }
    s.remove_prefix(at + 1);
  }
}

bool contains(std::string_view haystack, std::string_view needle) { return haystack.find(needle) != std::string_view::npos; }

bool ends_with_ignore_case(std::string_view s, std::string_view suffix) {
  return s.size() >= suffix.size() &&
         std::equal(suffix.begin(), suffix.end(), s.end() - static_cast<std::ptrdiff_t>(suffix.size()),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::optional<std::int64_t> parse_int(std::string_view s) {
  std::int64_t v = 0;
  const auto r = std::from_chars(s.data(), s.data() + s.size(), v);
  if (s.empty() || r.ec != std::errc{} || r.ptr != s.data() + s.size()) {
    return std::nullopt;
  }
  return v;
}

std::optional<double> parse_double(std::string_view s) {
  double v = 0;
  const auto r = std::from_chars(s.data(), s.data() + s.size(), v);
  if (s.empty() || r.ec != std::errc{} || r.ptr != s.data() + s.size()) {
    return std::nullopt;
  }
  return v;
}

bool is_valid_utf8(std::string_view s) {
  std::size_t bad = 0;
  for (std::size_t at = skip_ascii(s, 0); at < s.size(); at = skip_ascii(s, at)) {
    const std::size_t n = sequence_length(s, at, bad);
    if (n == 0) {
      return false;
    }
    at += n;
  }
  return true;
}

std::string to_valid_utf8(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  std::size_t bad = 0;
  for (std::size_t at = 0; at < s.size();) {
    const std::size_t plain = skip_ascii(s, at);
    out.append(s.substr(at, plain - at));
    at = plain;
    if (at == s.size()) {
      break;
    }
    const std::size_t n = sequence_length(s, at, bad);
    if (n == 0) {
      out += "\xEF\xBF\xBD";
      at += bad;
    } else {
      out.append(s.substr(at, n));
      at += n;
    }
  }
  return out;
}

std::string ellipsize(std::string_view s, std::size_t max_bytes) {
  if (s.size() <= max_bytes) {
    return std::string(s);
  }
  std::size_t cut = max_bytes;
  while (cut > 0 && (static_cast<std::uint8_t>(s[cut]) & 0xC0U) == 0x80U) {
    --cut;
  }
  return std::string(s.substr(0, cut)) + "\xE2\x80\xA6";
}

void append_json_string(std::string& out, std::string_view s) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const std::string valid = is_valid_utf8(s) ? std::string() : to_valid_utf8(s);
  const std::string_view text = valid.empty() ? s : std::string_view(valid);
  out += '"';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t from = at;
    while (at < text.size() && text[at] != '"' && text[at] != '\\' && static_cast<std::uint8_t>(text[at]) >= 0x20) {
      ++at;
    }
    out.append(text.substr(from, at - from));
    if (at == text.size()) {
      break;
    }
    const char c = text[at];
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += kHex[static_cast<std::uint8_t>(c) >> 4U];
        out += kHex[static_cast<std::uint8_t>(c) & 15U];
    }
  }
  out += '"';
}

std::string count_of(std::uint64_t n, std::string_view singular, std::string_view plural) {
  std::string out = std::to_string(n) + " ";
  if (n == 1) {
    return out.append(singular);
  }
  return plural.empty() ? out.append(singular).append("s") : out.append(plural);
}

}  // namespace uptrail
