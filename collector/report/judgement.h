// What a pipeline makes of a case: which causes fail it, what is new since a baseline, which evidence it insists on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/report/check_data.h"

namespace uptrail {

enum class FailOn : std::uint8_t { info, warning, error, never };
enum class UnknownEnds : std::uint8_t { fail, report, pass };
std::string_view fail_on_name(FailOn f);
std::string_view unknown_ends_name(UnknownEnds u);
std::optional<FailOn> parse_fail_on(std::string_view word);
std::optional<UnknownEnds> parse_unknown_ends(std::string_view word);

// A finding of an earlier run, as `check --json` printed it.
struct BaselineFinding {
  std::string id;   // of that capture
  std::string key;  // over runs
  std::string rule, bundle, title;
  Severity severity = Severity::warning;
  Confidence confidence = Confidence::likely;
};
struct Baseline {
  std::string path;
  std::vector<BaselineFinding> findings;
};
// A usage error with file and place when `text` is not what `check --json` prints.
Result<Baseline> parse_baseline(std::string_view text, const std::string& path);

struct Policy {
  FailOn fail_on = FailOn::warning;
  UnknownEnds could_not_tell = UnknownEnds::report;
  std::vector<std::string> require;  // app, cfnetwork, daemon, system, store
  std::optional<Baseline> baseline;
  std::string project_file;  // that said some of it; "": none
};

enum class Novelty : std::uint8_t { no_baseline, known, fresh };

// A finding of the baseline that is not found again.
struct GoneFinding {
  BaselineFinding finding;
  bool fixed = false;  // its rule looked, found the like in order, and left no question open
  std::string why;     // not fixed: why nobody knows
};

enum class Verdict : std::uint8_t { passed, failed, unknown };
std::string_view verdict_name(Verdict v);  // "passed", "failed", "unknown"

struct Judgement {
  Verdict verdict = Verdict::unknown;
  std::string reason;                // of unknown, one sentence
  std::vector<bool> failing;         // by cause
  std::vector<Novelty> novelty;      // by finding
  std::vector<GoneFinding> gone;     // in the baseline's order
  std::vector<std::string> lacking;  // of what is required
  std::size_t fresh = 0, known = 0, fixed = 0, not_checked = 0;
};
Judgement judge(const CheckData& data, const Policy& policy);

// "Required evidence is missing: a task store."; "" when nothing is lacking.
std::string lacking_text(const Judgement& judgement);

// The evidence of that name (see Policy::require) is there: an app's completion callbacks, a line of CFNetwork, of nsurlsessiond
// or of the system, a row of a store.
bool has_evidence(const CheckData& data, std::string_view name);
// "an app's callbacks (didCompleteWithError)"
std::string_view evidence_words(std::string_view name);

// What a format writes from; what it refers to lives longer.
struct CheckReport {
  const CheckData& data;
  const Policy& policy;
  const Judgement& judgement;
  std::span<const RuleInfo* const> rules;  // of this build; what a format tells about a rule comes from there
  std::string version;                     // of Uptrail
  int exit_code = 0;
};

}  // namespace uptrail
