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
#include "collector/pipeline/skimmed_source.h"
#include "collector/trace/case_file.h"

namespace uptrail {

class Store;

struct Progress {
  std::string what;        // "reading system.log"
  std::uint64_t done = 0;  // bytes of this input
  std::optional<std::uint64_t> total;
  std::uint64_t all_done = 0;                             // bytes of all inputs to be read
  std::optional<std::uint64_t> all_total = std::nullopt;  // not known beforehand
};

struct CollectOptions {
  std::vector<std::string> paths;  // captures, stores, folders, archives; "-" is standard input
  analysis::RuleSettings rules;
  std::shared_ptr<const Catalogue> catalogue;        // nullptr: the built-in one
  std::vector<std::string> message_files;            // that `catalogue` has beside the built-in ones; kept with each source
  std::vector<std::shared_ptr<const Store>> stores;  // beside the built-in ones, and asked before them (store_maps.h)
  std::map<std::string, std::string> dates;  // FILE (as given, or its last part) -> "2026-11-18+01:00": places a floating clock
  std::function<void(const Progress&)> progress;  // may be empty; called at most every 64 KiB
  const std::atomic<bool>* cancel = nullptr;      // set from a signal handler or another thread
  // When stopped, inputs that were read to their end are committed and the others noted as not read, instead of an error.
  bool keep_when_stopped = false;
  ReadingOptions reading;
};

// One input that could not be used at all. The others are still collected.
struct InputFailure {
  std::string path;
  Error error;
};

struct CollectReport {
  std::vector<Source> sources;          // read now or before
  std::vector<std::string> duplicates;  // paths whose content the case already has
  std::vector<std::string> unchanged;   // not opened again: name, size, time and first MiB are those of an input read before
  std::vector<std::string> replaced;    // grown since they were read: their former source is gone
  std::vector<std::string> changed;     // another content than before under the same name: both are in the case
  std::vector<std::string> unread;      // the run was stopped before them
  std::vector<SourceId> added;          // sources read now
  std::uint64_t bytes = 0;              // of the inputs that were read
  bool stopped = false;
  std::vector<Contents> contents;  // what became of the members of folders and archives that were read now
  std::vector<InputFailure> failures;
  // Of CollectOptions::stores, those that no input was; known when every input was read.
  std::vector<std::shared_ptr<const Store>> stores_unused;
};

// Reads everything into `writer`, derives, and commits. An error leaves the case as it was. Errors: every input failed (the first
// one's error, with all others in its message's count), a date that cannot be used, interrupted, or the case itself.
//
// Adding to a case re-derives all of it: times, identity and findings of every app. A new source can place clocks, name redacted
// apps and join sessions of any other, so smaller units would have to be compared first to be left alone. Facts (events, lines)
// are never read or written again. When nothing is new (only duplicates, default rules, no dates), nothing is written at all.
//
// Inputs that were read before are known by name, size, time of modification and first MiB, and are not read again. One that only
// grew replaces its former source; one whose beginning is another is added beside it, since nothing must be lost silently.
Result<CollectReport> collect(CaseWriter& writer, const CollectOptions& options);

// Texts as captures of one case, in memory: what tests, the rule pages and the accuracy bench use. The reader is of a committed
// case.
struct NamedText {
  std::string name;
  std::string_view text;
};
Result<std::unique_ptr<CaseReader>> collect_texts(const std::vector<NamedText>& texts,
                                                  const analysis::RuleSettings& settings = {});
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
  // Of a folder or an archive: what its members were recognised as, the first kMaxListed of them. `contents` counts all; there
  // "used" means: would be read.
  struct Member {
    std::string path;
    std::string chosen;  // container or store id, or what else it is
    std::string why;
    int score = 0;
  };
  std::vector<Member> members;
  std::optional<Contents> contents;
};
inline constexpr std::size_t kMaxListed = 1000;
Result<FormatAnswer> explain_format(const std::string& path);

}  // namespace uptrail
