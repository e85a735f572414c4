#include "collector/containers/script_text.h"

#include <algorithm>
#include <cmath>

#include "collector/base/text.h"

namespace uptrail {

namespace {

bool is_directive(std::string_view line, std::string_view name) {
  return line.starts_with(name) && line.size() > name.size() && line[name.size()] == ':';
}

bool kind_matches(std::string_view pattern, std::string_view kind) {
  if (pattern.ends_with('*')) {
    return kind.starts_with(pattern.substr(0, pattern.size() - 1));
  }
  return pattern == kind;
}

bool is_kind_pattern(std::string_view pattern) {
  if (!pattern.ends_with(".*")) {
    return pattern == "*" || kind_from_name(pattern).has_value();
  }
  for (std::size_t i = 0; i < kEventKindCount; ++i) {
    if (kind_matches(pattern, kind_name(static_cast<EventKind>(i)))) {
      return true;
    }
  }
  return false;
}

// Reads a script line by line into `script_`.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { script_.start = *to_time({2026, 1, 1, 0, 0, 0, 0}); }
  Script take();

 private:
  void line(std::string_view line);
  void directive(std::string_view value, std::string_view name);
  void cover(std::string_view value);
  std::string cover_clause(std::string_view clause, Observer& at, std::vector<std::string>*& list);
  void gap(std::string_view value);
  void event(std::string_view line);
  void bad(std::string detail) { script_.issues.push_back({IssueKind::unparsed, span_, std::move(detail)}); }

  std::string_view text_;
  Script script_;
  SourceSpan span_;
  bool named_ = false;
  bool ended_ = false;
};

Script Parser::take() {
  std::size_t at = text_.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  for (std::uint64_t number = 1; at < text_.size() && !ended_; ++number) {
    const std::size_t end = std::min(text_.find('\n', at), text_.size());
    std::string_view whole = text_.substr(at, end - at);
    if (whole.ends_with('\r')) {
      whole.remove_suffix(1);
    }
    span_ = {at, static_cast<std::uint32_t>(whole.size()), number};
    line(trim(whole));
    at = end + 1;
  }
  return std::move(script_);
}

void Parser::line(std::string_view line) {
  constexpr std::string_view kDirectives[] = {"start", "end", "bundle", "cover", "gap"};
  if (line.empty() || line.starts_with('#') || line.starts_with("```")) {
    return;
  }
  if (is_directive(line, "fire") || is_directive(line, "not") || is_directive(line, "undet")) {
    return;
  }
  if (line.starts_with("===")) {
    if (named_ || !script_.lines.empty()) {
      span_.length = static_cast<std::uint32_t>(text_.size() - span_.offset);
      bad("a second script begins here; a file holds one");
      ended_ = true;
    }
    named_ = true;
    return;
  }
  for (const std::string_view name : kDirectives) {
    if (is_directive(line, name)) {
      directive(trim(line.substr(name.size() + 1)), name);
      return;
    }
  }
  event(line);
}

void Parser::directive(std::string_view value, std::string_view name) {
  if (name == "cover") {
    cover(value);
  } else if (name == "gap") {
    gap(value);
  } else if (name == "bundle") {
    script_.bundle = value;
  } else if (name == "end") {
    script_.end_ns = parse_script_seconds(value);
    if (!script_.end_ns) {
      bad("expected a number of seconds after \"end:\"");
    }
  } else if (const auto start = parse_iso(value)) {
    script_.start = start->time;
  } else {
    bad("expected an ISO 8601 time after \"start:\"");
  }
}

// "daemon only, identifiers <private>", "app except task.data,task.progress", "app app.*,session.*"
void Parser::cover(std::string_view value) {
  Observer at = Observer::daemon;
  std::vector<std::string>* list = nullptr;
  for (const std::string_view clause : split(value, ',')) {
    if (std::string problem = cover_clause(trim(clause), at, list); !problem.empty()) {
      bad(std::move(problem));
      return;
    }
  }
}

std::string Parser::cover_clause(std::string_view clause, Observer& at, std::vector<std::string>*& list) {
  auto words = script_words(clause);
  if (words.empty()) {
    return "expected an observer or an event kind in \"cover:\"";
  }
  if (words[0] == "identifiers") {
    script_.cover[static_cast<std::size_t>(at)].redacted = true;
    return {};
  }
  std::size_t next = 0;
  if (const auto observer = observer_from_name(words[0])) {
    at = *observer;
    ScriptCover& cover = script_.cover[static_cast<std::size_t>(at)];
    next = 1;
    if (next < words.size() && words[next] == "only") {
      for (ScriptCover& other : script_.cover) {
        other.recorded = &other == &cover;
      }
      ++next;
    }
    list = &cover.only;
    if (next < words.size() && words[next] == "except") {
      list = &cover.except;
      ++next;
    }
  }
  for (; next < words.size(); ++next) {
    if (list == nullptr || !is_kind_pattern(words[next])) {
      return "expected an observer or an event kind in \"cover:\", found \"" + std::string(words[next]) + '"';
    }
    if (list->size() >= kMaxScriptDirectives) {
      return "there are more than " + std::to_string(kMaxScriptDirectives) + " kinds in \"cover:\"";
    }
    list->emplace_back(words[next]);
  }
  return {};
}

void Parser::gap(std::string_view value) {
  auto words = script_words(value);
  ScriptGap gap;
  if (words.size() == 3) {
    gap.observer = observer_from_name(words[0]);
    words.erase(words.begin());
  }
  const auto from = words.size() == 2 ? parse_script_seconds(words[0]) : std::nullopt;
  const auto to = words.size() == 2 ? parse_script_seconds(words[1]) : std::nullopt;
  if (!from || !to || *to < *from) {
    bad("expected \"gap: FROM TO\" or \"gap: OBSERVER FROM TO\" in seconds");
    return;
  }
  if (script_.gaps.size() >= kMaxScriptDirectives) {
    bad("there are more than " + std::to_string(kMaxScriptDirectives) + " gaps");
    return;
  }
  gap.from_ns = *from;
  gap.to_ns = *to;
  gap.span = span_;
  gap.text = text_.substr(span_.offset, span_.length);
  script_.gaps.push_back(gap);
}

void Parser::event(std::string_view line) {
  auto words = script_words(line);
  const auto at = parse_script_seconds(words[0]);
  if (!at) {
    bad("expected seconds and an event, a directive or a comment");
    return;
  }
  ScriptLine out;
  out.at_ns = *at;
  out.span = span_;
  out.text = text_.substr(span_.offset, span_.length);
  words.erase(words.begin());
  if (!words.empty() && words[0] == "repeat") {
    const auto n = words.size() > 1 && words[1].starts_with("n=") ? parse_int(words[1].substr(2)) : std::nullopt;
    if (!n || *n < 1 || *n > static_cast<std::int64_t>(kMaxScriptEvents)) {
      bad("expected \"repeat n=COUNT\" with a count from 1 to " + std::to_string(kMaxScriptEvents));
      return;
    }
    out.repeat = *n;
    words.erase(words.begin(), words.begin() + 2);
  }
  if (words.empty()) {
    bad("expected an event kind or a macro after the time");
    return;
  }
  out.words = std::move(words);
  script_.lines.push_back(std::move(out));
}

std::vector<std::string_view> items(std::string_view value) {
  std::vector<std::string_view> out;
  for (const std::string_view part : split(value, ',')) {
    const std::string_view item = trim(part);
    if (!item.empty() && item != "-") {
      out.push_back(item);
    }
  }
  return out;
}

}  // namespace

bool ScriptCover::records(EventKind kind) const {
  const std::string_view name = kind_name(kind);
  const auto hit = [&](const std::string& pattern) { return kind_matches(pattern, name); };
  if (!recorded || std::any_of(except.begin(), except.end(), hit)) {
    return false;
  }
  return only.empty() || std::any_of(only.begin(), only.end(), hit);
}

Script parse_script(std::string_view text) { return Parser(text).take(); }

std::optional<std::int64_t> parse_script_seconds(std::string_view text) {
  constexpr double kMost = 3e10;
  const auto seconds = parse_double(text);
  // Not "x > kMost": a NaN must be refused, too.
  if (!seconds || !(*seconds >= 0 && *seconds <= kMost) || from_seconds(*seconds).ns == kTimeMax.ns) {
    return std::nullopt;
  }
  return from_seconds(*seconds).ns;
}

std::vector<std::string_view> script_words(std::string_view line) {
  std::vector<std::string_view> out;
  std::size_t at = 0;
  while (at < line.size()) {
    at = line.find_first_not_of(" \t", at);
    if (at == std::string_view::npos) {
      break;
    }
    const std::size_t start = at;
    bool quoted = false;
    bool listed = false;
    for (; at < line.size() && (quoted || listed || (line[at] != ' ' && line[at] != '\t')); ++at) {
      quoted = quoted != (line[at] == '"');
      listed = !quoted && (line[at] == '[' || (listed && line[at] != ']'));
    }
    out.push_back(line.substr(start, at - start));
  }
  return out;
}

ScriptExpectation parse_script_expectations(std::string_view text) {
  ScriptExpectation out;
  for (const std::string_view raw : split(text, '\n')) {
    const std::string_view line = trim(raw);
    if (is_directive(line, "fire")) {
      for (const std::string_view item : items(line.substr(5))) {
        const std::size_t slash = item.find('/');
        const auto severity = slash == std::string_view::npos ? std::string_view() : item.substr(slash + 1);
        out.fire.push_back({std::string(item.substr(0, slash)), std::string(severity)});
      }
    } else if (is_directive(line, "not")) {
      for (const std::string_view item : items(line.substr(4))) {
        out.not_.emplace_back(item);
      }
    } else if (is_directive(line, "undet")) {
      for (const std::string_view item : items(line.substr(6))) {
        out.undet.emplace_back(item);
      }
    }
  }
  return out;
}

}  // namespace uptrail
