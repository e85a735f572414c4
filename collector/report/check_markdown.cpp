// For a job's summary page: the verdict, a table of causes, each with its evidence to unfold, and what could not be told.
#include <algorithm>

#include "collector/base/text.h"
#include "collector/report/check_formats.h"

namespace uptrail {

namespace {

constexpr std::size_t kShownQuestions = 10;

// Entities that Markdown and HTML know. Mentions and addresses are looked for in what is shown, so they are broken for good: by a
// blank without width.
void append_safe(std::string& out, std::string_view text, std::size_t i) {
  switch (text[i]) {
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '&':
      out += "&amp;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '@':
      out += "@&#8203;";
      break;
    case '/':
      out += i > 0 && text[i - 1] == ':' ? "&#8203;/" : "/";
      break;
    default:
      out += text[i];
  }
}

// A capture's text inside of HTML, where Markdown is not looked for.
std::string html(std::string_view text) {
  const std::string shown = printable(text);
  std::string out;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    append_safe(out, shown, i);
  }
  return out;
}

// A capture's text as plain text: no markup, no HTML, no cell's or line's end. What would begin a list or a heading does so only
// in front.
std::string plain(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_[]|~$";
  constexpr std::string_view kInFront = "#-+=";
  const std::string shown = printable(text);
  const std::size_t digits = std::min(shown.find_first_not_of("0123456789"), shown.size());
  std::string out;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const bool begins = (i == 0 && kInFront.find(shown[i]) != std::string_view::npos) ||
                        (i == digits && i > 0 && (shown[i] == '.' || shown[i] == ')'));
    out += begins || kMarkup.find(shown[i]) != std::string_view::npos ? "\\" : "";
    append_safe(out, shown, i);
  }
  return out;
}

std::string headline(const CheckReport& report) {
  const Derived& d = report.data.derived;
  const auto affected =
      std::count_if(d.uploads.begin(), d.uploads.end(), [](const Upload& u) { return u.outcome == UploadOutcome::affected; });
  const auto causes = std::count_if(report.judgement.failing.begin(), report.judgement.failing.end(), [](bool f) { return f; });
  std::string out = "## Uptrail: ";
  switch (report.judgement.verdict) {
    case Verdict::failed:
      out += "❌ failed – " + count_of(static_cast<std::size_t>(causes), "cause");
      break;
    case Verdict::unknown:
      out += "❔ could not tell";
      break;
    case Verdict::passed:
      out += "✅ passed";
      break;
  }
  out += d.uploads.empty() ? "" : ", " + std::to_string(affected) + " of " + count_of(d.uploads.size(), "upload") + " affected";
  out += "\n\n";
  if (report.judgement.verdict == Verdict::unknown) {
    out += plain(report.judgement.reason) + (d.next_step.empty() ? "" : " " + plain(d.next_step)) + "\n\n";
  }
  return out;
}

std::string facts(const CheckReport& report) {
  const CheckData& data = report.data;
  std::string out = plain(data.info.title);
  if (data.info.span) {
    out += (out.empty() ? "" : ", ") + plain(format_span(*data.info.span, data.info.zone_offset_minutes));
  }
  out += data.info.synthetic ? " (synthetic)" : "";
  out += out.empty() ? "" : "\n\n";
  std::string evidence;
  for (const std::string_view name : {"app", "cfnetwork", "daemon", "system", "store"}) {
    evidence += (evidence.empty() ? "" : ", ") + std::string(name) + (has_evidence(data, name) ? " yes" : " **no**");
  }
  return out + "Evidence: " + evidence + "\n\n";
}

std::string place_text(const FindingPlace& place) {
  return plain(place.path + (place.line > 0 ? ":" + std::to_string(place.line) : place.row.empty() ? "" : ", " + place.row));
}

std::string cause_text(const CheckReport& report, const Cause& cause, const Finding& main) {
  const bool failing = cause.id.value < report.judgement.failing.size() && report.judgement.failing[cause.id.value];
  std::string out = "<details" + std::string(failing ? " open" : "") + "><summary><b>" + cause_name(cause.id) + "</b> " +
                    html(cause.title) + " <i>(" + html(main.rule) + ", " + grade_of(report, main) + ")</i></summary>\n\n" +
                    plain(main.explanation) + "\n\n";
  for (const EvidenceRef& ref : main.evidence) {
    const FindingPlace place = finding_place(report.data, ref);
    if (!place.path.empty()) {
      out += "- " + place_text(place) + (ref.note.empty() ? "" : " – " + plain(ref.note)) + "\n";
    }
  }
  out += main.evidence.empty() ? "" : "\n";
  out += main.remedy.empty() ? "" : "**Fix:** " + plain(main.remedy) + "\n\n";
  return out + "</details>\n";
}

std::string causes(const CheckReport& report) {
  std::string out;
  for (const Cause& cause : report.data.derived.causes) {
    const Finding* main = report.data.finding(cause.main);
    if (main != nullptr && !(main->rule == "capture-incomplete" && cause.severity == Severity::info)) {
      out += cause_text(report, cause, *main);
    }
  }
  return out.empty() ? out : out + "\n";
}

std::string baseline(const CheckReport& report) {
  if (!report.policy.baseline) {
    return {};
  }
  const Judgement& j = report.judgement;
  std::string out = "### Since the baseline\n\n" + std::to_string(j.fresh) + " new, " + std::to_string(j.known) + " known, " +
                    std::to_string(j.fixed) + " fixed, " + std::to_string(j.not_checked) + " not checked again\n\n";
  for (const GoneFinding& gone : j.gone) {
    out += std::string("- ") + (gone.fixed ? "fixed" : "not checked again") + ": " + plain(gone.finding.title) +
           (gone.why.empty() ? "" : " – " + plain(gone.why)) + "\n";
  }
  return out + (j.gone.empty() ? "" : "\n");
}

std::string questions(const CheckReport& report) {
  std::vector<OpenQuestion> open = open_questions(report.data.derived);
  if (open.empty()) {
    return {};
  }
  std::stable_sort(open.begin(), open.end(),
                   [](const OpenQuestion& a, const OpenQuestion& b) { return a.subjects.size() > b.subjects.size(); });
  std::string out = "<details><summary>What could not be told (" + count_of(open.size(), "question") +
                    ")</summary>\n\n| rule | of | why |\n|---|---|---|\n";
  for (std::size_t i = 0; i < std::min(open.size(), kShownQuestions); ++i) {
    out += "| " + plain(open[i].rule) + " | " + std::to_string(open[i].subjects.size()) + " | " + plain(open[i].reason) + " |\n";
  }
  if (open.size() > kShownQuestions) {
    out += "\nand " + std::to_string(open.size() - kShownQuestions) + " more\n";
  }
  return out + "\n</details>\n";
}

}  // namespace

std::string check_markdown(const CheckReport& report) {
  return headline(report) + facts(report) + causes(report) + baseline(report) + questions(report);
}

}  // namespace uptrail
