// Small text helpers without locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace uptrail {

std::string_view trim(std::string_view s);  // blanks, tabs, CR, LF at both ends
std::string to_lower_ascii(std::string_view s);
std::vector<std::string_view> split(std::string_view s, char separator);  // keeps empty parts
bool contains(std::string_view haystack, std::string_view needle);
bool ends_with_ignore_case(std::string_view s, std::string_view suffix);

// The whole text must be the number.
std::optional<std::int64_t> parse_int(std::string_view s);
std::optional<double> parse_double(std::string_view s);

bool is_valid_utf8(std::string_view s);
// Invalid sequences become U+FFFD, one for each maximal bad part; valid text is returned unchanged.
std::string to_valid_utf8(std::string_view s);
// Cuts at a character boundary and appends "…" when longer than `max_bytes`.
std::string ellipsize(std::string_view s, std::size_t max_bytes);

// Appends `s` as a JSON string with quotes; invalid UTF-8 is replaced first.
void append_json_string(std::string& out, std::string_view s);

// "1 task", "12 tasks"
std::string count_of(std::uint64_t n, std::string_view singular, std::string_view plural = {});

}  // namespace uptrail
