#include "collector/analysis/provenance.h"

#include <algorithm>

namespace uptrail::analysis {

namespace {

// Is there an event of the kind among the evidence that a log has shown before?
Result<bool> has_seen(const Finding& finding, EventKind kind, const std::set<EventId>& format_only,
                      const std::function<Result<EventKind>(EventId)>& kind_of) {
  for (const EvidenceRef& ref : finding.evidence) {
    if (format_only.contains(ref.event)) {
      continue;
    }
    const Result<EventKind> found = kind_of(ref.event);
    UPTRAIL_TRY(found);
    if (*found == kind) {
      return true;
    }
  }
  return false;
}

}  // namespace

Status weaken_unseen(std::vector<Finding>& findings, const std::set<EventId>& format_only,
                     const std::function<Result<EventKind>(EventId)>& kind_of) {
  if (format_only.empty()) {
    return done();
  }
  for (Finding& finding : findings) {
    const auto key = std::find_if(finding.evidence.begin(), finding.evidence.end(), [](const EvidenceRef& r) { return r.key; });
    if (finding.confidence != Confidence::proven || key == finding.evidence.end() || !format_only.contains(key->event)) {
      continue;
    }
    const Result<EventKind> kind = kind_of(key->event);
    UPTRAIL_TRY(kind);
    const Result<bool> seen = has_seen(finding, *kind, format_only, kind_of);
    UPTRAIL_TRY(seen);
    if (!*seen) {
      finding.confidence = Confidence::likely;
      finding.explanation += " The line that shows it is known here by its format only; it has not yet been met in a real log.";
    }
  }
  return done();
}

}  // namespace uptrail::analysis
