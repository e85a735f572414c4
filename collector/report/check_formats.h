// The formats of `uptrail check`. One file each; adding one is that file, its section in docs/ci.md, its test, and a line in the
// list. Texts of a capture are untrusted in all of them: no format lets them say more than text.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "collector/report/judgement.h"
#include "collector/report/text_layout.h"

namespace uptrail {

struct CheckFormat {
  std::string_view name;
  std::string (*write)(const CheckReport& report, const TextStyle& style);  // style: of the terminal, for text only
};
std::span<const CheckFormat> check_formats();

std::string check_text(const CheckReport& report, const TextStyle& style);
std::string check_json(const CheckReport& report);
std::string check_junit(const CheckReport& report);     // a test case for each rule; windyroad/Jenkins form
std::string check_sarif(const CheckReport& report);     // SARIF 2.1.0
std::string check_github(const CheckReport& report);    // workflow commands, one a line
std::string check_gitlab(const CheckReport& report);    // Code Quality report
std::string check_markdown(const CheckReport& report);  // a job summary

// The place to show for a finding: that of its first key line, else of its first line.
struct FindingPlace {
  std::string path;        // as the source was given; "": none
  std::uint64_t line = 0;  // from 1; 0: none, as in a store
  std::string row;         // of a store
};
FindingPlace finding_place(const CheckData& data, const Finding& finding);
FindingPlace finding_place(const CheckData& data, const EvidenceRef& ref);

// Is the finding one that makes its cause fail?
bool is_failing(const CheckReport& report, const Finding& finding);
// "error, likely", with ", new" or ", known" when there is a baseline.
std::string grade_of(const CheckReport& report, const Finding& finding);

}  // namespace uptrail
