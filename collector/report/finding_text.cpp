#include "collector/report/finding_text.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "collector/base/text.h"
#include "collector/report/check_text.h"

namespace uptrail {

namespace {

constexpr std::size_t kMaxRawBytes = 2000;

std::string number_text(double v, const std::string& unit) {
  std::array<char, 64> buf{};
  std::snprintf(buf.data(), buf.size(), std::floor(v) == v && std::abs(v) < 1e15 ? "%.0f" : "%.3f", v);
  return std::string(buf.data()) + (unit.empty() ? "" : " " + unit);
}

// Without date and zone only the clock can be told, and no "+01:00".
std::string clock_text(const CheckData& data, TimeNs t, int digits) {
  return t == kTimeMax   ? "the end"
         : t == kTimeMin ? "the beginning"
                         : format_clock(t, digits, data.info.zone_offset_minutes.value_or(0));
}

std::string evidence_part(const CheckData& data, const Finding& finding, const TextStyle& style) {
  std::string out;
  for (const EvidenceRef& ref : finding.evidence) {
    const EvidenceLine* line = data.line(ref.event);
    if (line == nullptr) {
      continue;
    }
    const std::string note = ref.note.empty() ? std::string(kind_name(line->kind)) : printable(ref.note);
    out += "  " + clock_text(data, line->t, 3) + "  " + paint(style, Paint::blue, place_of(data, *line)) + "  " + note + "\n";
    if (!line->text.empty()) {
      const std::string text = printable(ellipsize(line->text, kMaxRawBytes), true);
      for (const std::string_view part : split(text, '\n')) {
        out += paint(style, Paint::dim, "    | " + std::string(part)) + "\n";
      }
    }
  }
  return out.empty() ? out : "\n" + paint(style, Paint::bold, "Evidence") + "\n" + out;
}

std::string missing_part(const CheckData& data, const Finding& finding, const TextStyle& style) {
  std::string out;
  for (const MissingEvent& m : finding.missing) {
    out += paragraph("  " + clock_text(data, m.due, 3) + "  ",
                     std::string(kind_name(m.kind)) + (m.note.empty() ? "" : ": " + printable(m.note)), style.width);
  }
  return out.empty() ? out : "\n" + paint(style, Paint::bold, "Missing, and when it was due") + "\n" + out;
}

std::string numbers_part(const Finding& finding, const TextStyle& style) {
  std::string out;
  for (const NumberUsed& n : finding.numbers) {
    out += paragraph("  ",
                     printable(n.name) + " " + number_text(n.value, n.unit) +
                         (n.threshold ? " (limit " + number_text(*n.threshold, n.unit) + ")" : ""),
                     style.width);
  }
  return out.empty() ? out : "\n" + paint(style, Paint::bold, "Numbers") + "\n" + out;
}

std::string searched_part(const CheckData& data, const Finding& finding, const TextStyle& style) {
  std::string out;
  for (const SearchDone& s : finding.searched) {
    const Stream* stream = data.stream(s.stream);
    const std::string where = stream == nullptr
                                  ? std::string("all sources")
                                  : short_path(data, stream->source) + " (" + std::string(observer_name(stream->observer)) + ")";
    out += paragraph("  ",
                     std::string(kind_name(s.kind)) + " in " + where + ", " + clock_text(data, s.span.start, 0) + " to " +
                         clock_text(data, s.span.end, 0) + ": none for this subject, " + format_count(s.siblings_found) +
                         " for others, in " + format_count(s.records) + (s.records == 1 ? " record" : " records"),
                     style.width);
  }
  return out.empty() ? out : "\n" + paint(style, Paint::bold, "Searched") + "\n" + out;
}

}  // namespace

std::string finding_text(const CheckData& data, const Finding& finding, const TextStyle& style) {
  std::string out = paint(style, Paint::bold, finding_name(finding.id) + "  " + printable(finding.title)) + "\n";
  out += std::string(severity_name(finding.severity)) + ", " + std::string(confidence_name(finding.confidence)) + "; rule " +
         printable(finding.rule) + "; id " + printable(finding.fingerprint);
  out += finding.cause.valid() ? "; cause " + cause_name(finding.cause) + "\n" : "\n";
  out += "\n" + paragraph("", printable(finding.explanation), style.width);
  if (finding.folded_into.valid()) {
    out += paragraph("", "It follows from " + finding_name(finding.folded_into) + ".", style.width);
  }
  out += evidence_part(data, finding, style) + missing_part(data, finding, style) + numbers_part(finding, style) +
         searched_part(data, finding, style);
  if (!finding.clears_if.empty()) {
    out += "\n" + paragraph("Would clear it: ", printable(finding.clears_if), style.width);
  }
  if (!finding.remedy.empty()) {
    out += "\n" + paragraph("Fix: ", printable(finding.remedy), style.width);
  }
  return out;
}

}  // namespace uptrail
