#include "collector/report/check_formats.h"

#include <algorithm>
#include <array>

namespace uptrail {

std::span<const CheckFormat> check_formats() {
  static constexpr std::array<CheckFormat, 7> kFormats = {{
      {"text", check_text},
      {"json", [](const CheckReport& r, const TextStyle&) { return check_json(r); }},
      {"junit", [](const CheckReport& r, const TextStyle&) { return check_junit(r); }},
      {"sarif", [](const CheckReport& r, const TextStyle&) { return check_sarif(r); }},
      {"github", [](const CheckReport& r, const TextStyle&) { return check_github(r); }},
      {"gitlab", [](const CheckReport& r, const TextStyle&) { return check_gitlab(r); }},
      {"markdown", [](const CheckReport& r, const TextStyle&) { return check_markdown(r); }},
  }};
  return kFormats;
}

FindingPlace finding_place(const CheckData& data, const EvidenceRef& ref) {
  const EvidenceLine* line = data.line(ref.event);
  const Source* source = line == nullptr ? nullptr : data.source(line->source);
  return source == nullptr ? FindingPlace{} : FindingPlace{source->path, line->row.empty() ? line->span.line : 0, line->row};
}

FindingPlace finding_place(const CheckData& data, const Finding& finding) {
  FindingPlace first;
  for (const EvidenceRef& ref : finding.evidence) {
    FindingPlace place = finding_place(data, ref);
    if (!place.path.empty() && ref.key) {
      return place;
    }
    first = first.path.empty() ? std::move(place) : first;
  }
  return first;
}

bool is_failing(const CheckReport& report, const Finding& finding) {
  return finding.cause.valid() && finding.cause.value < report.judgement.failing.size() &&
         report.judgement.failing[finding.cause.value];
}

std::string grade_of(const CheckReport& report, const Finding& finding) {
  const Novelty novelty = finding.id.valid() && finding.id.value < report.judgement.novelty.size()
                              ? report.judgement.novelty[finding.id.value]
                              : Novelty::no_baseline;
  return std::string(severity_name(finding.severity)) + ", " + std::string(confidence_name(finding.confidence)) +
         (novelty == Novelty::fresh   ? ", new"
          : novelty == Novelty::known ? ", known"
                                      : "");
}

}  // namespace uptrail
