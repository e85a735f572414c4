// SARIF 2.1.0 (OASIS). A finding is a result of kind "fail"; a question that stayed open is one of kind "open", which the
// standard has for "could not be determined"; what is gone since the baseline is "absent" only when it is known to be fixed.
#include <map>
#include <nlohmann/json.hpp>

#include "collector/base/text.h"
#include "collector/model/finding_key.h"
#include "collector/report/check_formats.h"

namespace uptrail {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxRelated = 20;

// A relative or absolute path as a URI reference: a colon in its first part would make a scheme of it.
std::string uri_of(std::string_view path) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/!$&'()*+,;=@";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return out;
}

Json message(std::string_view text) { return {{"text", printable(text, true)}}; }

Json location(const FindingPlace& place, const std::string& note) {
  Json physical = {{"artifactLocation", {{"uri", uri_of(place.path)}}}};
  if (place.line > 0) {
    physical["region"] = {{"startLine", place.line}};
  }
  Json out = {{"physicalLocation", std::move(physical)}};
  if (!place.row.empty()) {
    out["logicalLocations"] = Json::array({{{"fullyQualifiedName", printable(place.row)}, {"kind", "row"}}});
  }
  if (!note.empty()) {
    out["message"] = message(note);
  }
  return out;
}

std::string_view level(const Finding& f) {
  if (f.confidence == Confidence::hint || f.severity == Severity::info) {
    return "note";
  }
  return f.severity == Severity::error ? "error" : "warning";
}

// Every rule that a result names, by its id.
class Rules {
 public:
  explicit Rules(std::span<const RuleInfo* const> infos) {
    for (const RuleInfo* info : infos) {
      infos_.emplace(info->id, info);
    }
  }

  std::size_t index(const std::string& id) {
    const auto [it, added] = index_.emplace(id, list_.size());
    if (added) {
      Json rule = {{"id", id}};
      if (const auto info = infos_.find(id); info != infos_.end()) {
        rule["shortDescription"] = message(info->second->title);
        rule["fullDescription"] = message(info->second->summary);
        rule["help"] = message(std::string(info->second->remedy) + " (uptrail explain " + id + ")");
        const Severity usual = info->second->severity;
        rule["defaultConfiguration"] = {{"level", usual == Severity::error     ? "error"
                                                  : usual == Severity::warning ? "warning"
                                                                               : "note"}};
      }
      list_.push_back(std::move(rule));
    }
    return it->second;
  }

  Json take() { return std::move(list_); }

 private:
  std::map<std::string_view, const RuleInfo*> infos_;
  std::map<std::string, std::size_t> index_;
  Json list_ = Json::array();
};

Json result_of(const CheckReport& report, const Finding& f, Rules& rules) {
  const CheckData& data = report.data;
  Json out = {{"ruleId", f.rule}, {"ruleIndex", rules.index(f.rule)}, {"kind", "fail"}, {"level", level(f)}};
  out["message"] = message(f.title + ". " + f.explanation + (f.remedy.empty() ? "" : "\nFix: " + f.remedy));
  if (const FindingPlace place = finding_place(data, f); !place.path.empty()) {
    out["locations"] = Json::array({location(place, {})});
  }
  Json related = Json::array();
  for (const EvidenceRef& ref : f.evidence) {
    if (const FindingPlace place = finding_place(data, ref); !place.path.empty() && related.size() < kMaxRelated) {
      Json item = location(place, ref.note);
      item["id"] = related.size() + 1;
      related.push_back(std::move(item));
    }
  }
  if (!related.empty()) {
    out["relatedLocations"] = std::move(related);
  }
  out["partialFingerprints"] = {{"uptrailKey/v1", key_digest(finding_key(f, data.derived, KeyForm::over_runs))},
                                {"uptrailId/v1", f.fingerprint}};
  const Novelty novelty =
      f.id.value < report.judgement.novelty.size() ? report.judgement.novelty[f.id.value] : Novelty::no_baseline;
  if (novelty != Novelty::no_baseline) {
    out["baselineState"] = novelty == Novelty::fresh ? "new" : "unchanged";
  }
  out["properties"] = {{"confidence", confidence_name(f.confidence)}, {"subject", printable(f.subject.label)}};
  if (const Finding* cause = data.finding(f.folded_into); cause != nullptr) {
    out["properties"]["symptomOf"] = cause->fingerprint;
  }
  return out;
}

Json open_result(const OpenQuestion& q, Rules& rules) {
  const std::string add = q.add.empty() ? std::string() : " Would help: " + q.add + ".";
  return {{"ruleId", q.rule},
          {"ruleIndex", rules.index(q.rule)},
          {"kind", "open"},
          {"level", "none"},
          {"message", message("Could not tell (" + count_of(q.subjects.size(), "subject") + "): " + q.reason + "." + add)}};
}

Json absent_result(const GoneFinding& gone, Rules& rules) {
  return {{"ruleId", gone.finding.rule},
          {"ruleIndex", rules.index(gone.finding.rule)},
          {"kind", "pass"},
          {"level", "none"},
          {"message", message("Fixed since the baseline: " + gone.finding.title)},
          {"partialFingerprints", {{"uptrailKey/v1", gone.finding.key}, {"uptrailId/v1", gone.finding.id}}},
          {"baselineState", "absent"}};
}

Json artifacts(const CheckData& data) {
  Json out = Json::array();
  for (const Source& s : data.sources) {
    Json item = {{"location", {{"uri", uri_of(s.path)}}}, {"roles", Json::array({"analysisTarget"})}};
    if (s.size > 0) {
      item["length"] = s.size;
    }
    item["properties"] = {{"container", s.container}, {"notUnderstood", s.not_understood}};
    out.push_back(std::move(item));
  }
  return out;
}

Json results_of(const CheckReport& report, Rules& rules) {
  Json out = Json::array();
  for (const Finding& f : report.data.derived.findings) {
    out.push_back(result_of(report, f, rules));
  }
  for (const OpenQuestion& q : open_questions(report.data.derived)) {
    out.push_back(open_result(q, rules));
  }
  for (const GoneFinding& gone : report.judgement.gone) {
    if (gone.fixed) {
      out.push_back(absent_result(gone, rules));
    }
  }
  return out;
}

}  // namespace

std::string check_sarif(const CheckReport& report) {
  Rules rules(report.rules);
  Json results = results_of(report, rules);
  Json driver = {{"name", "Uptrail"}, {"semanticVersion", report.version}, {"rules", rules.take()}};
  Json run = {{"tool", {{"driver", std::move(driver)}}},
              {"invocations", Json::array({{{"executionSuccessful", true}, {"exitCode", report.exit_code}}})},
              {"artifacts", artifacts(report.data)},
              {"columnKind", "utf16CodeUnits"},
              {"results", std::move(results)},
              {"properties",
               {{"outcome", outcome_name(report.data.derived.outcome)},
                {"verdict", verdict_name(report.judgement.verdict)},
                {"reason", printable(report.judgement.reason)}}}};
  const Json root = {{"$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"},
                     {"version", "2.1.0"},
                     {"runs", Json::array({std::move(run)})}};
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace uptrail
