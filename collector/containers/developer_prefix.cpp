#include "collector/containers/developer_prefix.h"

#include <algorithm>
#include <array>

namespace uptrail {

namespace {

constexpr std::size_t kLongestProcess = 64;
constexpr std::size_t kLongestThread = 16;
constexpr std::size_t kLongestTag = 160;  // "[tid:NSOperationQueue 0x1c0624fc0 (QOS: UTILITY)]", "[File.m:362]"

struct LevelName {
  std::string_view text;
  LogLevel level;
};

// What stands in the brackets at the front of `text`, which is taken off; nullopt: no brackets.
std::optional<std::string_view> take_brackets(std::string_view& text) {
  if (!text.starts_with('[')) {
    return std::nullopt;
  }
  const std::size_t end = text.substr(0, kLongestTag).find_first_of("]\n", 1);
  if (end == std::string_view::npos || text[end] != ']') {
    return std::nullopt;
  }
  const std::string_view inside = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  return inside;
}

// `log show --style compact` prints "Df Shoebox[4711:998b3a]".
bool is_compact(std::string_view rest) { return is_compact_type(rest.substr(0, 2)) && rest.substr(2, 1) == " "; }

bool is_process(std::string_view name) {
  return !name.empty() && name.size() <= kLongestProcess && name.front() != ' ' && name.back() != ' ' &&
         name.find_first_of("\"\t") == std::string_view::npos && name.find("  ") == std::string_view::npos &&
         name.find(": ") == std::string_view::npos;
}

}  // namespace

bool read_xcode_header(StampReader& stamps, std::string_view line, XcodeHeader& out) {
  HeaderScan in(line);
  if (!is_ascii_digit(in.peek()) || !stamps.date_time(in, out.stamp) || !in.eat(' ')) {
    return false;
  }
  const std::string_view rest = in.rest();
  const std::size_t open = rest.substr(0, kLongestProcess + 1).find('[');
  if (open == std::string_view::npos || !is_process(rest.substr(0, open)) || (!out.stamp.zone_minutes && is_compact(rest))) {
    return false;
  }
  in.skip(open + 1);
  const auto pid = in.number();
  const bool colon = in.eat(':');
  const std::string_view thread = in.rest().substr(0, in.rest().find(']'));
  if (!pid || !colon || thread.empty() || thread.size() > kLongestThread ||
      thread.find_first_not_of("0123456789abcdefx") != std::string_view::npos) {
    return false;
  }
  in.skip(thread.size());
  if (!in.eat(']') || !(in.at_end() || in.eat(' '))) {
    return false;
  }
  out.process = rest.substr(0, open);
  out.pid = *pid;
  out.thread = thread;
  out.rest = in.rest();
  return true;
}

bool has_xcode_header(std::string_view line) {
  StampReader stamps;
  XcodeHeader header;
  return read_xcode_header(stamps, line, header);
}

std::optional<RctPrefix> take_rct_prefix(std::string_view& message) {
  constexpr std::array<LevelName, 6> kLevels = {{{"trace", LogLevel::debug},
                                                 {"log", LogLevel::standard},
                                                 {"info", LogLevel::info},
                                                 {"warn", LogLevel::standard},
                                                 {"error", LogLevel::error},
                                                 {"fatal", LogLevel::fault}}};
  std::string_view rest = message;
  const auto level = take_brackets(rest);
  const auto known = std::find_if(kLevels.begin(), kLevels.end(), [&](const LevelName& n) { return level && n.text == *level; });
  if (known == kLevels.end()) {
    return std::nullopt;
  }
  const auto thread = take_brackets(rest);
  if (!thread || !thread->starts_with("tid:")) {
    return std::nullopt;
  }
  std::string_view behind = rest;
  if (const auto place = take_brackets(behind)) {
    const std::size_t colon = place->rfind(':');
    const bool is_place = colon != std::string_view::npos && colon + 1 < place->size() &&
                          place->find_first_not_of("0123456789", colon + 1) == std::string_view::npos && place->find('.') < colon;
    rest = is_place ? behind : rest;
  }
  rest.remove_prefix(rest.starts_with(' ') ? 1 : 0);
  message = rest;
  return RctPrefix{known->level, thread->substr(4)};
}

std::optional<RctLine> take_rct_line(StampReader& stamps, std::string_view& line) {
  RctLine out;
  HeaderScan in(line);
  if (is_ascii_digit(in.peek())) {
    Stamp stamp;
    if (!stamps.date_time(in, stamp) || !in.eat(' ')) {
      return std::nullopt;
    }
    out.stamp = stamp;
  }
  std::string_view rest = in.rest();
  const auto prefix = take_rct_prefix(rest);
  if (!prefix) {
    return std::nullopt;
  }
  out.prefix = *prefix;
  line = rest;
  return out;
}

std::optional<FlutterPrefix> take_flutter_print(std::string_view& message) {
  constexpr std::array<std::string_view, 2> kPlain = {"flutter:", "[log]"};
  for (const std::string_view prefix : kPlain) {
    if (message.starts_with(prefix) && (message.size() == prefix.size() || message[prefix.size()] == ' ')) {
      message.remove_prefix(std::min(message.size(), prefix.size() + 1));
      return FlutterPrefix{};
    }
  }
  constexpr std::array<LevelName, 6> kLetters = {{{"V", LogLevel::debug},
                                                  {"D", LogLevel::debug},
                                                  {"I", LogLevel::info},
                                                  {"W", LogLevel::standard},
                                                  {"E", LogLevel::error},
                                                  {"F", LogLevel::fault}}};
  constexpr std::string_view kTag = "/flutter";
  const auto known =
      std::find_if(kLetters.begin(), kLetters.end(), [&](const LevelName& n) { return message.substr(0, 1) == n.text; });
  if (known == kLetters.end() || message.substr(1, kTag.size()) != kTag) {
    return std::nullopt;
  }
  HeaderScan in(message.substr(1 + kTag.size()));
  in.eat_blanks();
  if (!in.eat('(')) {
    return std::nullopt;
  }
  in.eat_blanks();
  const auto pid = in.number();
  if (!pid || !in.eat(')') || !in.eat(':')) {
    return std::nullopt;
  }
  in.eat(' ');
  message = in.rest();
  return FlutterPrefix{known->level, pid};
}

}  // namespace uptrail
