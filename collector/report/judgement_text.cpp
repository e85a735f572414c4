#include <algorithm>

#include "collector/base/text.h"
#include "collector/report/check_text.h"

namespace uptrail {

namespace {

constexpr std::size_t kShownGone = 10;

std::string verdict_line(const CheckReport& report, const TextStyle& style) {
  const Judgement& j = report.judgement;
  switch (j.verdict) {
    case Verdict::failed:
      return paragraph("Judged: ", "fails (--fail-on " + std::string(fail_on_name(report.policy.fail_on)) + ")", style.width);
    case Verdict::unknown:
      return paragraph("Judged: ", "could not tell. " + printable(j.reason), style.width);
    case Verdict::passed:
      return paragraph("Judged: ", "passes (--fail-on " + std::string(fail_on_name(report.policy.fail_on)) + ")", style.width);
  }
  return {};
}

std::string new_causes(const CheckReport& report) {
  std::string out;
  for (const Cause& cause : report.data.derived.causes) {
    const bool fresh = std::any_of(cause.findings.begin(), cause.findings.end(), [&](FindingId id) {
      return id.value < report.judgement.novelty.size() && report.judgement.novelty[id.value] == Novelty::fresh;
    });
    out += fresh ? (out.empty() ? "" : ", ") + cause_name(cause.id) : std::string();
  }
  return out;
}

std::string baseline_lines(const CheckReport& report, const TextStyle& style) {
  const Judgement& j = report.judgement;
  const std::string fresh = new_causes(report);
  std::string out = paragraph("Baseline: ",
                              printable(report.policy.baseline->path) + ": " + count_of(j.fresh, "new finding") +
                                  (fresh.empty() ? "" : " (in " + fresh + ")") + ", " + std::to_string(j.known) + " known, " +
                                  std::to_string(j.fixed) + " fixed, " + std::to_string(j.not_checked) + " not re-checked",
                              style.width);
  std::size_t shown = 0;
  for (const GoneFinding& gone : j.gone) {
    if (++shown > kShownGone) {
      out += "  and " + std::to_string(j.gone.size() - kShownGone) + " more; all are in --json\n";
      break;
    }
    out += paragraph(gone.fixed ? "  fixed           " : "  not re-checked  ",
                     printable(gone.finding.title) + (gone.why.empty() ? "" : " – " + printable(gone.why)), style.width);
  }
  return out;
}

}  // namespace

std::string judgement_text(const CheckReport& report, const TextStyle& style) {
  const Policy& policy = report.policy;
  std::string out;
  if (!policy.project_file.empty()) {
    out += paragraph("Project: ", printable(policy.project_file), style.width);
  }
  if (policy.baseline) {
    out += baseline_lines(report, style);
  }
  if (!policy.require.empty() || policy.baseline) {
    out += verdict_line(report, style);
  }
  return out;
}

}  // namespace uptrail
