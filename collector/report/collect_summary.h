// What `uptrail collect` says at its end: every source with its account, in a table or as JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/report/text_layout.h"
#include "collector/trace/case_file.h"

namespace uptrail {

struct CollectedSource {
  std::string path, container;
  bool is_store = false;
  bool added = false;  // read in this run; false: the case had it
  Accounting accounting;
  std::uint64_t events = 0;
  std::uint64_t size = 0;        // bytes
  std::optional<Interval> span;  // of its records; UTC when placed, else the source's own clock
  bool placed = false;
  std::string clock;  // "absolute", "by --date", "by shared tasks or sync", "not placed", "none"
  bool not_understood = false;
};

// An input of this run that gave no source.
struct CollectedOther {
  std::string path;
  std::string word;    // "unchanged", "duplicate", "failed", "not read"
  std::string detail;  // of a failure
};

struct CollectSummary {
  std::string case_path;
  std::vector<CollectedSource> sources;  // as the case has them
  std::vector<CollectedOther> others;
  std::size_t sessions = 0, tasks = 0, causes = 0;
  std::optional<int> zone_offset_minutes;
  bool complete = true;           // false: inputs of a run that was stopped are not in the case yet
  std::uint64_t bytes_read = 0;   // in this run
  std::optional<double> seconds;  // it took; nullopt: not measured
};

// The sources and counts of a committed case. `dated`: paths whose date the user gave.
Result<CollectSummary> gather_collect(CaseReader& reader, const std::string& case_path, const std::vector<std::string>& dated);

std::string collect_text(const CollectSummary& summary, const TextStyle& style);
std::string collect_json(const CollectSummary& summary);  // schemas/collect.schema.json

// At most `width` columns: the middle is left out, the file name kept as long as possible.
std::string shorten_path(std::string_view path, std::size_t width);
// "740 MB"
std::string format_bytes(std::uint64_t bytes);

}  // namespace uptrail
