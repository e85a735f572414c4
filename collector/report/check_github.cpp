// GitHub's workflow commands: an annotation for each cause, and one for COULD NOT TELL. A line break or a comma in a capture's
// text would begin another command or another property, so they are written as GitHub asks for.
#include "collector/report/check_formats.h"

namespace uptrail {

namespace {

std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : printable(text, true)) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\n':
        out += "%0A";
        break;
      case ':':
        out += property ? "%3A" : ":";
        break;
      case ',':
        out += property ? "%2C" : ",";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// An error is what fails: the job's colour and its annotations shall agree.
std::string_view command(const CheckReport& report, const Cause& cause) {
  if (cause.severity == Severity::info || cause.confidence == Confidence::hint) {
    return "notice";
  }
  const bool failing = cause.id.value < report.judgement.failing.size() && report.judgement.failing[cause.id.value];
  return failing ? "error" : "warning";
}

}  // namespace

std::string check_github(const CheckReport& report) {
  std::string out;
  for (const Cause& cause : report.data.derived.causes) {
    const Finding* main = report.data.finding(cause.main);
    if (main == nullptr || (main->rule == "capture-incomplete" && cause.severity == Severity::info)) {
      continue;
    }
    const FindingPlace place = finding_place(report.data, *main);
    std::string properties;
    if (!place.path.empty()) {
      properties += "file=" + escaped(place.path, true) + ",";
    }
    if (place.line > 0) {
      properties += "line=" + std::to_string(place.line) + ",";
    }
    properties += "title=" + escaped("Uptrail: " + main->rule + " (" + grade_of(report, *main) + ")", true);
    out += "::" + std::string(command(report, cause)) + " " + properties + "::" +
           escaped(cause.title + "\n" + main->explanation + (main->remedy.empty() ? "" : "\nfix: " + main->remedy), false) + "\n";
  }
  const Judgement& j = report.judgement;
  if (j.verdict == Verdict::unknown) {
    const bool fails = report.policy.could_not_tell == UnknownEnds::fail;
    const bool passes = report.policy.could_not_tell == UnknownEnds::pass && j.lacking.empty();
    out += std::string(fails    ? "::error"
                       : passes ? "::notice"
                                : "::warning") +
           " title=Uptrail%3A could not tell::" +
           escaped(j.reason + (report.data.derived.next_step.empty() ? "" : "\n" + report.data.derived.next_step), false) + "\n";
  }
  return out;
}

}  // namespace uptrail
