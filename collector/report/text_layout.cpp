#include "collector/report/text_layout.h"

#include <algorithm>
#include <array>

#include "collector/base/text.h"

namespace uptrail {

namespace {
bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }
}  // namespace

std::string paint(const TextStyle& style, Paint paint, std::string_view text) {
  constexpr std::array<std::string_view, 7> kCodes = {"", "1", "2", "1;31", "1;33", "1;32", "34"};
  if (!style.colour || paint == Paint::plain) {
    return std::string(text);
  }
  std::string out = "\x1b[";
  out += kCodes[static_cast<std::size_t>(paint)];
  out += 'm';
  out += text;
  out += "\x1b[0m";
  return out;
}

namespace {
// Marks that turn the direction of what follows (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), and U+2028 and U+2029,
// which end a line: with them a name could show itself, or what stands around it, as something else.
bool turns_text(std::string_view character) {
  constexpr std::array<std::string_view, 3> kBefore = {"\xE2\x80", "\xE2\x80", "\xE2\x81"};
  constexpr std::array<std::pair<unsigned char, unsigned char>, 3> kLast = {{{0x8E, 0x8F}, {0xA8, 0xAE}, {0xA6, 0xA9}}};
  for (std::size_t i = 0; i < kLast.size(); ++i) {
    const auto last = static_cast<unsigned char>(character.back());
    if (character.size() == 3 && character.starts_with(kBefore[i]) && last >= kLast[i].first && last <= kLast[i].second) {
      return true;
    }
  }
  return false;
}
}  // namespace

std::string printable(std::string_view text, bool keep_lines) {
  const std::string valid = to_valid_utf8(text);
  std::string out;
  out.reserve(valid.size());
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto c = static_cast<unsigned char>(valid[i]);
    if (c == '\n' && keep_lines) {
      out += '\n';
    } else if (c == '\t' || c == '\n' || c == '\r') {
      out += ' ';
    } else if (c < 0x20 || c == 0x7F) {
      out += "\xEF\xBF\xBD";
    } else if (c == 0xC2 && i + 1 < valid.size() && static_cast<unsigned char>(valid[i + 1]) < 0xA0) {
      out += "\xEF\xBF\xBD";  // C1 controls
      ++i;
    } else if (c == 0xE2 && turns_text(std::string_view(valid).substr(i, 3))) {
      out += "\xEF\xBF\xBD";
      i += 2;
    } else {
      out += valid[i];
    }
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string pad_right(std::string_view text, std::size_t width) {
  const std::size_t have = display_width(text);
  return std::string(text) + std::string(width > have ? width - have : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const std::size_t have = display_width(text);
  return std::string(width > have ? width - have : 0, ' ') + std::string(text);
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  std::size_t used = 0;
  for (const std::string_view word : split(text, ' ')) {
    if (word.empty()) {
      continue;
    }
    const std::size_t need = display_width(word);
    if (!line.empty() && used + 1 + need > width) {
      lines.push_back(std::move(line));
      line.clear();
      used = 0;
    }
    if (!line.empty()) {
      line += ' ';
      ++used;
    }
    line += word;
    used += need;
  }
  if (!line.empty() || lines.empty()) {
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string paragraph(std::string_view first, std::string_view text, std::size_t width) {
  const std::size_t indent = display_width(first);
  const std::size_t usable = std::max<std::size_t>(width, 40);
  std::string out;
  for (const std::string& line : wrap(text, usable > indent + 20 ? usable - indent : 20)) {
    out += out.empty() ? std::string(first) : std::string(indent, ' ');
    out += line;
    out += '\n';
  }
  return out;
}

std::string format_date(TimeNs utc, int offset_minutes) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime c = to_civil(utc + minutes(offset_minutes));
  const auto month = static_cast<std::size_t>(std::clamp(c.month, 1, 12) - 1);
  return std::to_string(c.day) + " " + std::string(kMonths[month]) + " " + std::to_string(c.year);
}

std::string format_span(const Interval& span, std::optional<int> offset_minutes) {
  const int offset = offset_minutes.value_or(0);
  // The clock stops at minutes when the whole span is longer than that.
  const bool fine = span.length() < minutes(2);
  const auto clock = [&](TimeNs t) { return format_clock(t, 0, offset).substr(0, fine ? 8 : 5); };
  const std::string first_day = format_date(span.start, offset);
  const std::string last_day = format_date(span.end, offset);
  std::string out = first_day + " " + clock(span.start);
  if (span.end > span.start) {
    out += first_day == last_day ? "–" + clock(span.end) : " – " + last_day + " " + clock(span.end);
  }
  if (!offset_minutes) {
    return out + " UTC";
  }
  const std::string iso = format_iso(span.start, 0, offset);
  return out + " " + (offset == 0 ? "UTC" : iso.substr(iso.size() - 6));
}

std::string format_count(std::uint64_t n) {
  std::string digits = std::to_string(n);
  if (digits.size() > 4) {
    for (std::size_t at = digits.size() - 3; at < digits.size() && at > 0; at = at > 3 ? at - 3 : 0) {
      digits.insert(at, " ");
    }
  }
  return digits;
}

}  // namespace uptrail
