// The public face of the collector: captures in, a case out.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/analysis/analyse.h"
#include "collector/base/result.h"
#include "collector/messages/decoder.h"
#include "collector/trace/case_file.h"

namespace uptrail {

struct Progress {
  std::string what;        // "reading system.log"
  std::uint64_t done = 0;  // bytes
  std::optional<std::uint64_t> total;
};

struct CollectOptions {
  std::vector<std::string> paths;  // captures and stores; "-" is standard input
  analysis::RuleSettings rules;
  std::shared_ptr<const Catalogue> catalogue;  // nullptr: the built-in one
  std::map<std::string, std::string> dates;    // FILE (as given, or its last part) -> "2026-11-18+01:00": places a floating clock
  std::function<void(const Progress&)> progress;  // may be empty; called at most every 64 KiB
  const std::atomic<bool>* cancel = nullptr;      // set from a signal handler or another thread
};

// One input that could not be used at all. The others are still collected.
struct InputFailure {
  std::string path;
  Error error;
};

struct CollectReport {
  std::vector<Source> sources;          // read now or before
  std::vector<std::string> duplicates;  // paths whose content the case already has
  std::vector<InputFailure> failures;
};

// Reads everything into `writer`, derives, and commits. An error leaves the case as it was. Errors: every input failed (the first
// one's error, with all others in its message's count), a date that cannot be used, interrupted, or the case itself.
//
// Adding to a case re-derives all of it: times, identity and findings of every app. A new source can place clocks, name redacted
// apps and join sessions of any other, so smaller units would have to be compared first to be left alone. Facts (events, lines)
// are never read or written again. When nothing is new (only duplicates, default rules, no dates), nothing is written at all.
Result<CollectReport> collect(CaseWriter& writer, const CollectOptions& options);

// Text as one capture named `name`, in memory: what tests and the rule pages use. The reader is of a committed case.
Result<std::unique_ptr<CaseReader>> collect_text(std::string_view text, const std::string& name,
                                                 const analysis::RuleSettings& settings = {});

// What `uptrail formats FILE` says.
struct FormatAnswer {
  struct Candidate {
    std::string id, title, why;
    std::string match;  // "no", "maybe", "sure"
    int score = 0;
  };
  std::string path;
  std::string chosen;  // container or store id, "uptrail" for a case, "" for nothing
  bool is_store = false;
  bool is_case = false;
  std::vector<Candidate> candidates;  // best first
};
Result<FormatAnswer> explain_format(const std::string& path);

}  // namespace uptrail
