// Text for people: width, wrapping, colour. Log text is untrusted, so nothing from a case reaches a terminal unfiltered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/time.h"

namespace uptrail {

struct TextStyle {
  bool colour = false;
  std::size_t width = 100;  // columns; at least 40 are used
};

enum class Paint : std::uint8_t { plain, bold, dim, red, yellow, green, blue };
std::string paint(const TextStyle& style, Paint paint, std::string_view text);

// Valid UTF-8 without control characters: a log line cannot move the cursor, recolour the terminal or turn the direction of text.
// Tabs become blanks; line feeds stay only with `keep_lines`.
std::string printable(std::string_view text, bool keep_lines = false);

// Columns that `text` takes, one for each character (no combining or wide ones are expected in our own texts).
std::size_t display_width(std::string_view text);
std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

// Breaks at blanks so that no line is wider than `width`; a longer word stands alone. Never empty.
std::vector<std::string> wrap(std::string_view text, std::size_t width);
// `first` + text, later lines indented by the width of `first`; every line ends with '\n'.
std::string paragraph(std::string_view first, std::string_view text, std::size_t width);

// "18 Nov 2026"
std::string format_date(TimeNs utc, int offset_minutes);
// "18 Nov 2026 14:00–17:45 +01:00"; with two dates when the days differ; "UTC" when no zone is known.
std::string format_span(const Interval& span, std::optional<int> offset_minutes);
// "12 034": thousands apart.
std::string format_count(std::uint64_t n);

}  // namespace uptrail
