// Two captures, before and after a change: what became of each upload, and of each finding.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collector/report/judgement.h"
#include "collector/report/text_layout.h"

namespace uptrail {

// An upload of one of the two, or the same one of both.
struct ComparedUpload {
  std::string name, bundle;  // of A; of B when only B has it
  struct Side {
    UploadOutcome outcome = UploadOutcome::cannot_tell;
    // From the creation of its first task to the last end that is known of one; nullopt: one of them is not known.
    std::optional<DurationNs> duration;
    std::string label;  // its own name there
  };
  std::optional<Side> a, b;
  [[nodiscard]] bool ends_alike() const { return a && b && a->outcome == b->outcome; }
};

struct CaseComparison {
  std::vector<ComparedUpload> uploads;  // in the order of A, then those that only B has
  std::vector<const Finding*> fresh;    // of B, not in A; they live as long as B's data
  std::vector<const Finding*> same;     // of B
  std::vector<GoneFinding> gone;        // of A, not in B: fixed, or not re-checked with the reason
};

// Uploads are paired inside apps of one bundle: by name, then those left over by name with its numbers, dates and UUIDs as
// placeholders, in order of first sight. Findings as `check --baseline` compares them.
CaseComparison compare_cases(const CheckData& a, const CheckData& b);

// The findings of a case as another one is held against them.
Baseline baseline_of(const CheckData& data, const std::string& name);

// What the two are called.
struct ComparedNames {
  std::string a, b;
};
std::string compare_text(const CaseComparison& compared, const ComparedNames& names, const TextStyle& style);
std::string compare_json(const CaseComparison& compared, const ComparedNames& names);  // schemas/compare.schema.json

}  // namespace uptrail
