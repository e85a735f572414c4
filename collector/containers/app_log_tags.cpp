#include "collector/containers/app_log_tags.h"

#include <algorithm>
#include <array>

#include "collector/base/text.h"
#include "collector/containers/header_scan.h"

namespace uptrail {

namespace {

constexpr std::size_t kLongestTag = 160;
constexpr std::size_t kMostTags = 8;

struct LevelWord {
  std::string_view text;
  LogLevel level;
};
constexpr std::array<LevelWord, 20> kLevels = {
    {{"verbose", LogLevel::debug},  {"trace", LogLevel::debug},      {"debug", LogLevel::debug},
     {"info", LogLevel::info},      {"notice", LogLevel::standard},  {"default", LogLevel::standard},
     {"log", LogLevel::standard},   {"warning", LogLevel::standard}, {"warn", LogLevel::standard},
     {"error", LogLevel::error},    {"err", LogLevel::error},        {"severe", LogLevel::fault},
     {"critical", LogLevel::fault}, {"fatal", LogLevel::fault},      {"fault", LogLevel::fault},
     {"alert", LogLevel::fault},    {"emergency", LogLevel::fault},  {"dbg", LogLevel::debug},
     {"inf", LogLevel::info},       {"wrn", LogLevel::standard}}};

std::optional<LogLevel> level_word(std::string_view word) {
  if (word.size() > 9) {
    return std::nullopt;
  }
  const std::string lower = to_lower_ascii(word);
  const auto found = std::find_if(kLevels.begin(), kLevels.end(), [&](const LevelWord& l) { return l.text == lower; });
  return found == kLevels.end() ? std::nullopt : std::optional(found->level);
}

bool is_capitals(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// "Uploader.swift:31"
bool is_place(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::size_t dot = text.find('.');
  return colon != std::string_view::npos && colon + 1 < text.size() && dot != std::string_view::npos && dot > 0 && dot < colon &&
         text.find_first_not_of("0123456789", colon + 1) == std::string_view::npos && text.find(' ') == std::string_view::npos;
}

bool is_thread(std::string_view text) {
  const std::string lower = to_lower_ascii(text.substr(0, kLongestTag));
  return lower == "main" || lower == "background" || lower.starts_with("com.apple.") || lower.starts_with("0x") ||
         contains(lower, "thread") || contains(lower, "queue");
}

// An icon, as SwiftyBeaver and Willow print: one word without ASCII.
bool is_icon(std::string_view word) {
  return !word.empty() && word.size() <= 12 &&
         std::all_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

class Tags {
 public:
  Tags(std::string_view rest, Record& out) : rest_(rest), out_(out) {}
  void run() {
    skip_gap();
    for (std::size_t i = 0; i < kMostTags && (bracketed() || word()); ++i) {
      skip_gap();
    }
    if (!place_seen_) {
      take_call();
    }
    out_.message = rest_;
  }

 private:
  // Blanks, and one mark that stands between columns.
  void skip_gap() {
    blanks();
    for (const std::string_view mark : {"- ", "| ", ": ", "> ", "\xE2\x80\x93 "}) {
      if (rest_.starts_with(mark)) {
        rest_.remove_prefix(mark.size());
        blanks();
        return;
      }
    }
  }
  void blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }
  bool set_level(std::string_view text) {
    const auto level = out_.level == LogLevel::unknown ? level_word(trim(text)) : std::nullopt;
    out_.level = level.value_or(out_.level);
    return level.has_value();
  }
  bool bracketed();
  bool word();
  bool process();
  bool label(std::string_view word);
  void take_call();

  std::string_view rest_;
  Record& out_;
  bool place_seen_ = false;
  bool first_ = true;
};

// "[Debug]", "[main]", "[Uploader.swift:31] start() > ", "<Error>"
bool Tags::bracketed() {
  const char close = rest_.starts_with('[') ? ']' : rest_.starts_with('<') ? '>' : rest_.starts_with('(') ? ')' : '\0';
  if (close == '\0') {
    return false;
  }
  const std::size_t end = rest_.substr(0, kLongestTag).find(close);
  if (end == std::string_view::npos) {
    return false;
  }
  const std::string_view inside = trim(rest_.substr(1, end - 1));
  const std::string_view behind = rest_.substr(end + 1);
  if (set_level(inside)) {
    rest_ = behind;
  } else if (is_place(inside)) {
    place_seen_ = true;
    rest_ = behind;
    const std::string_view line = rest_.substr(0, std::min(kLongestTag, rest_.find('\n')));
    const std::size_t arrow = line.find(" > ");
    const bool is_call = arrow != std::string_view::npos && line.substr(0, arrow).find('(') != std::string_view::npos;
    rest_.remove_prefix(is_call ? arrow + 3 : 0);
  } else if (close == ']' && out_.thread.empty() && is_thread(inside)) {
    out_.thread = inside;
    rest_ = behind;
  } else {
    return false;
  }
  first_ = false;
  return true;
}

bool Tags::word() {
  if (first_ && process()) {
    first_ = false;
    return true;
  }
  const std::size_t end = std::min(rest_.substr(0, kLongestTag).find_first_of(" \t:|\n"), rest_.size());
  const std::string_view word = rest_.substr(0, end);
  const std::string_view behind = rest_.substr(end);
  first_ = false;
  if (is_icon(word)) {
    const Tags before = *this;
    blanks();
    rest_ = behind;
    blanks();
    if (bracketed() || this->word()) {
      return true;
    }
    rest_ = before.rest_;
    return false;
  }
  if (out_.level != LogLevel::unknown || word.empty()) {
    return false;
  }
  // A level in small letters could be the first word of the text, unless a label or a mark follows.
  const bool marked =
      behind.starts_with(" | ") || behind.starts_with(" - ") || behind.starts_with('\t') || behind.starts_with('|');
  if (is_capitals(word) || marked) {
    if (set_level(word)) {
      rest_ = behind.substr(behind.starts_with(':') || behind.starts_with('|') ? 1 : 0);
      return true;
    }
    return false;
  }
  return label(word);
}

// "Shoebox[4711:99] "
bool Tags::process() {
  const std::size_t open = rest_.substr(0, 65).find('[');
  if (open == std::string_view::npos || open == 0 || rest_.substr(0, open).find_first_of(":\t<(") != std::string_view::npos) {
    return false;
  }
  HeaderScan in(rest_.substr(open + 1));
  const auto pid = in.number();
  if (!pid) {
    return false;
  }
  std::string_view thread;
  if (in.eat(':')) {
    thread = in.rest().substr(0, in.rest().find(']'));
    in.skip(thread.size());
  }
  if (thread.size() > 16 || !in.eat(']')) {
    return false;
  }
  in.eat(':');
  if (!in.at_end() && in.peek() != ' ') {
    return false;
  }
  out_.process = rest_.substr(0, open);
  out_.pid = pid;
  out_.thread = thread;
  rest_ = in.rest();
  return true;
}

// swift-log: "info com.example.uploader : [Module] text", "info label: text"
bool Tags::label(std::string_view word) {
  const auto level = level_word(word);
  if (!level || word != to_lower_ascii(word)) {
    return false;
  }
  std::string_view behind = rest_.substr(word.size());
  if (!behind.starts_with(' ')) {
    return false;
  }
  behind.remove_prefix(1);
  const std::string_view line = behind.substr(0, std::min(kLongestTag, behind.find('\n')));
  const std::size_t colon = line.find(':');
  const std::size_t name_end = line.find(' ');
  const bool spaced = name_end != std::string_view::npos && colon == name_end + 1;
  const bool close = colon != std::string_view::npos && name_end == colon + 1;
  if ((!spaced && !close) || colon + 1 >= line.size() || line[colon + 1] != ' ') {
    return false;
  }
  out_.level = *level;
  out_.category = line.substr(0, spaced ? name_end : colon);
  rest_ = behind.substr(colon + 2);
  const std::size_t module = rest_.substr(0, kLongestTag).find("] ");
  if (rest_.starts_with('[') && module != std::string_view::npos && rest_.substr(0, module).find(' ') == std::string_view::npos) {
    rest_.remove_prefix(module + 2);
  }
  return true;
}

// SwiftyBeaver: "Uploader.start():12 - text"
void Tags::take_call() {
  const std::string_view line = rest_.substr(0, std::min(kLongestTag, rest_.find('\n')));
  const std::size_t dash = line.find(" - ");
  if (dash != std::string_view::npos && is_place(line.substr(0, dash))) {
    rest_.remove_prefix(dash + 3);
  }
}

}  // namespace

std::optional<LogLevel> level_of_word(std::string_view word) {
  while (!word.empty() && std::string_view("[(<").find(word.front()) != std::string_view::npos) {
    word.remove_prefix(1);
  }
  while (!word.empty() && std::string_view("])>:|").find(word.back()) != std::string_view::npos) {
    word.remove_suffix(1);
  }
  return level_word(word);
}

bool is_word_before_time(std::string_view word) { return is_icon(word) || word == "|" || level_of_word(word).has_value(); }

void take_log_tags(std::string_view before, std::string_view rest, Record& out) {
  for (const std::string_view word : split(before, ' ')) {
    out.level = level_of_word(word).value_or(out.level);
  }
  Tags(rest, out).run();
}

}  // namespace uptrail
