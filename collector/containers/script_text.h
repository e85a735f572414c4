// The text side of the event script: lines, words, settings. What the events mean is in script_expander.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/time.h"
#include "collector/containers/event_script.h"
#include "collector/model/event_kinds.h"
#include "collector/model/record.h"

namespace uptrail {

inline constexpr std::size_t kMaxScriptBytes = 4U << 20U;
inline constexpr std::size_t kMaxScriptEvents = 150'000;   // heartbeats included
inline constexpr std::size_t kMaxScriptJson = 64U << 20U;  // bytes of all fields
inline constexpr std::size_t kMaxScriptProcesses = 64;
inline constexpr std::size_t kMaxScriptDirectives = 1000;  // gaps, and kinds in "cover:"

// `12.5 task.create X1 kind=upload-file`, `1 repeat n=3 @task X$ U$`. Views point into the script's text.
struct ScriptLine {
  std::int64_t at_ns = 0;  // after the script's start
  std::int64_t repeat = 1;
  std::vector<std::string_view> words;  // kind or macro first
  SourceSpan span;
  std::string_view text;
};

// What one observer's source records.
struct ScriptCover {
  bool recorded = true;
  bool redacted = false;            // no identifiers, no bundle
  std::vector<std::string> only;    // kinds or "app.*"; empty: all
  std::vector<std::string> except;  // kinds or "app.*"
  [[nodiscard]] bool records(EventKind kind) const;
  [[nodiscard]] bool narrowed() const { return !only.empty() || !except.empty(); }
};

struct ScriptGap {
  std::optional<Observer> observer;  // nullopt: all
  std::int64_t from_ns = 0, to_ns = 0;
  SourceSpan span;
  std::string_view text;
};

struct Script {
  TimeNs start;
  std::optional<std::int64_t> end_ns;
  std::string bundle = "com.example.app";
  ScriptCover cover[kObserverCount];
  std::vector<ScriptGap> gaps;
  std::vector<ScriptLine> lines;
  std::vector<Issue> issues;
};

// Keeps views into `text`.
Script parse_script(std::string_view text);

// "5.25" as nanoseconds; nullopt unless it is a number from 0 to a thousand years.
std::optional<std::int64_t> parse_script_seconds(std::string_view text);
// Blank-separated words; "…" and […] keep their blanks.
std::vector<std::string_view> script_words(std::string_view line);

}  // namespace uptrail
