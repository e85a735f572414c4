// One suite for each app, one test case for each rule that had something to judge: names stay the same from run to run, so a CI
// server can follow them. "Could not tell" is a skipped test, never a passed one.
#include <algorithm>
#include <map>

#include "collector/base/text.h"
#include "collector/model/system_unit.h"
#include "collector/report/check_formats.h"

namespace uptrail {

namespace {

// XML 1.0 has no control characters, printable() leaves none.
std::string escaped(std::string_view text, bool keep_lines = false) {
  std::string out;
  for (const char c : printable(text, keep_lines)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

enum class Ending : std::uint8_t { passed, failed, skipped };
struct Case {
  std::string name;
  Ending ending = Ending::passed;
  std::string message;  // one line
  std::string body;
};
struct Suite {
  std::string name;
  std::vector<Case> cases;
};

std::string describe(const CheckReport& report, const Finding& f) {
  std::string out = f.title + " (" + grade_of(report, f) + ")\n" + f.explanation + "\n";
  for (const EvidenceRef& ref : f.evidence) {
    const FindingPlace place = finding_place(report.data, ref);
    if (!place.path.empty()) {
      out += "  " + place.path + (place.line > 0 ? ":" + std::to_string(place.line) : ", " + place.row);
      out += (ref.note.empty() ? "" : "  " + ref.note) + "\n";
    }
  }
  return out + (f.remedy.empty() ? "" : "fix: " + f.remedy + "\n");
}

// The questions of a rule about a unit that stayed open, each reason once.
std::string reasons(const CheckData& data, const RuleTally& tally) {
  std::string out;
  std::vector<std::string_view> seen;
  for (const Undetermined& u : data.derived.undetermined) {
    if (u.rule == tally.rule && u.subject.unit == tally.unit && std::find(seen.begin(), seen.end(), u.reason) == seen.end()) {
      seen.emplace_back(u.reason);
      out += (out.empty() ? "" : "; ") + u.reason;
    }
  }
  return out;
}

Case case_of(const CheckReport& report, const RuleTally& tally) {
  Case out{tally.rule, Ending::passed, {}, {}};
  std::size_t found = 0;
  bool failing = false;
  for (const Finding& f : report.data.derived.findings) {
    if (f.rule == tally.rule && f.subject.unit == tally.unit) {
      out.message = found++ == 0 ? f.title : out.message;
      out.body += describe(report, f);
      failing = failing || is_failing(report, f);
    }
  }
  if (failing) {
    out.ending = Ending::failed;
    out.message += found > 1 ? " and " + std::to_string(found - 1) + " more" : "";
  } else if (tally.undetermined > 0) {
    out.ending = Ending::skipped;
    out.message = "could not tell (" + count_of(tally.undetermined, "question") + "): " + reasons(report.data, tally);
  }
  return out;
}

Case evidence_case(const CheckReport& report) {
  const Judgement& j = report.judgement;
  Case out{"evidence", Ending::passed, {}, {}};
  if (j.verdict == Verdict::unknown || !j.lacking.empty()) {
    out.ending = report.policy.could_not_tell == UnknownEnds::fail ? Ending::failed : Ending::skipped;
    out.message = "COULD NOT TELL: " + (j.lacking.empty() ? j.reason : lacking_text(j));
    out.body = report.data.derived.next_step;
  }
  return out;
}

std::string case_xml(const Suite& suite, const Case& c) {
  std::string out = "    <testcase classname=\"" + escaped(suite.name) + "\" name=\"" + escaped(c.name) + "\" time=\"0\"";
  const std::string body = escaped(c.body, true);
  switch (c.ending) {
    case Ending::failed:
      return out + ">\n      <failure type=\"" + escaped(c.name) + "\" message=\"" + escaped(c.message) + "\">" + body +
             "</failure>\n    </testcase>\n";
    case Ending::skipped:
      return out + ">\n      <skipped message=\"" + escaped(c.message) + "\"/>\n" +
             (body.empty() ? "" : "      <system-out>" + body + "</system-out>\n") + "    </testcase>\n";
    case Ending::passed:
      return body.empty() ? out + "/>\n" : out + ">\n      <system-out>" + body + "</system-out>\n    </testcase>\n";
  }
  return out;
}

std::string suite_xml(const Suite& suite) {
  const auto count = [&](Ending e) {
    return std::to_string(std::count_if(suite.cases.begin(), suite.cases.end(), [e](const Case& c) { return c.ending == e; }));
  };
  std::string out = "  <testsuite name=\"" + escaped(suite.name) + "\" tests=\"" + std::to_string(suite.cases.size()) +
                    "\" failures=\"" + count(Ending::failed) + "\" errors=\"0\" skipped=\"" + count(Ending::skipped) +
                    "\" time=\"0\">\n";
  for (const Case& c : suite.cases) {
    out += case_xml(suite, c);
  }
  return out + "  </testsuite>\n";
}

}  // namespace

std::string check_junit(const CheckReport& report) {
  std::vector<Suite> suites = {{"uptrail", {evidence_case(report)}}};
  std::map<UnitId, std::size_t> suite_of;
  for (const RuleTally& tally : report.data.derived.tallies) {
    // Rules that only found nothing to judge say nothing; so do those of the system's own transfers.
    if (tally.fired + tally.cleared + tally.undetermined == 0 || !tally.unit.valid() ||
        is_system_unit(report.data.derived.units[tally.unit.value])) {
      continue;
    }
    const auto [it, added] = suite_of.emplace(tally.unit, suites.size());
    if (added) {
      const Unit& unit = report.data.derived.units[tally.unit.value];
      suites.push_back({"uptrail." + (unit.bundle.empty() ? std::string("device") : unit.bundle), {}});
    }
    suites[it->second].cases.push_back(case_of(report, tally));
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"uptrail check\">\n";
  for (const Suite& suite : suites) {
    out += suite_xml(suite);
  }
  return out + "</testsuites>\n";
}

}  // namespace uptrail
