// GitLab's Code Quality report: one object for each finding that is no symptom of another.
#include <nlohmann/json.hpp>

#include "collector/report/check_formats.h"

namespace uptrail {

namespace {
std::string_view gravity(const Finding& f) {
  if (f.confidence == Confidence::hint || f.severity == Severity::info) {
    return "info";
  }
  return f.severity == Severity::error ? "critical" : "major";
}
}  // namespace

std::string check_gitlab(const CheckReport& report) {
  using Json = nlohmann::ordered_json;
  Json out = Json::array();
  for (const Finding& f : report.data.derived.findings) {
    if (f.folded_into.valid() || (f.rule == "capture-incomplete" && f.severity == Severity::info)) {
      continue;
    }
    const FindingPlace place = finding_place(report.data, f);
    const std::string row = place.row.empty() ? std::string() : " (" + place.row + ")";
    out.push_back({{"description", printable(f.title + row + (f.remedy.empty() ? "" : ". Fix: " + f.remedy))},
                   {"check_name", f.rule},
                   {"fingerprint", f.fingerprint},
                   {"severity", gravity(f)},
                   {"location",
                    {{"path", place.path.empty() ? "capture" : printable(place.path)},
                     {"lines", {{"begin", place.line > 0 ? place.line : 1}}}}}});
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace uptrail
