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

const Threshold* threshold_of(const RuleInfo* rule, std::string_view name) {
  for (std::size_t i = 0; rule != nullptr && i < rule->thresholds.size(); ++i) {
    if (rule->thresholds[i].name == name) {
      return &rule->thresholds[i];
    }
  }
  return nullptr;
}

// "callback_wait: 42 s (limit 60 s, default 30 s): the callback comes within …"
std::string number_line(const NumberUsed& n, const RuleInfo* rule) {
  std::string out = printable(n.name) + ": " + number_text(n.value, n.unit);
  const Threshold* known = threshold_of(rule, n.name);
  if (n.threshold) {
    const bool changed = known != nullptr && std::abs(known->value - *n.threshold) > 1e-9;
    out += " (limit " + number_text(*n.threshold, n.unit) +
           (changed ? ", set by --rules; default " + number_text(known->value, n.unit) : std::string()) + ")";
  }
  return known != nullptr && !known->why.empty() ? out + ": " + std::string(known->why) : out;
}

std::string numbers_part(const Finding& finding, const RuleInfo* rule, const TextStyle& style) {
  std::string out;
  for (const NumberUsed& n : finding.numbers) {
    out += paragraph("  ", number_line(n, rule), style.width);
  }
  return out.empty() ? out : "\n" + paint(style, Paint::bold, "Numbers") + "\n" + out;
}

// What the app was known to run in a span: of the subject's process, else of all processes of its app.
DurationNs run_time(const CheckData& data, const Subject& subject, Interval span) {
  DurationNs out;
  for (const ProcessEpoch& epoch : data.derived.epochs) {
    if (subject.epoch.valid() ? epoch.id == subject.epoch : epoch.unit == subject.unit) {
      out = out + epoch.running.measure(span);
    }
  }
  return out;
}

std::string subject_words(const Subject& s) {
  return s.task.valid()      ? "this task"
         : s.object.valid()  ? "this session object"
         : s.session.valid() ? "this session"
         : s.upload.valid()  ? "this upload"
                             : "this process";
}

// "looked for task.did-complete of this task in app.ndjson (app) from 14:01:00 to 14:20:00, 9 min 12 s of run time: 212 of
// others found, none of this task, in 4 031 records"
std::string search_line(const CheckData& data, const Finding& finding, const SearchDone& s) {
  const Stream* stream = data.stream(s.stream);
  const std::string where = stream == nullptr
                                ? std::string("all sources")
                                : short_path(data, stream->source) + " (" + std::string(observer_name(stream->observer)) + ")";
  const std::string whose = subject_words(finding.subject);
  std::string out = "looked for " + std::string(kind_name(s.kind)) + " of " + whose + " in " + where + " from " +
                    clock_text(data, s.span.start, 0) + " to " + clock_text(data, s.span.end, 0);
  if (s.span.start != kTimeMin && s.span.end != kTimeMax) {
    const DurationNs ran = run_time(data, finding.subject, s.span);
    out += " (" + format_duration(s.span.length()) + ", of which the app is known to have run for " + format_duration(ran) + ")";
  }
  return out + ": " + format_count(s.siblings_found) + " of others found, none of " + whose + ", in " + format_count(s.records) +
         (s.records == 1 ? " record" : " records");
}

std::string searched_part(const CheckData& data, const Finding& finding, const TextStyle& style) {
  std::string out;
  for (const SearchDone& s : finding.searched) {
    out += paragraph("  ", search_line(data, finding, s), style.width);
  }
  return out.empty() ? out : "\n" + paint(style, Paint::bold, "Searched") + "\n" + out;
}

std::string rule_part(const RuleInfo* rule, const TextStyle& style) {
  if (rule == nullptr) {
    return {};
  }
  std::string out = "\n" + paint(style, Paint::bold, "The rule") + "\n" + paragraph("  ", rule->summary, style.width);
  return rule->needs.empty() ? out : out + paragraph("  It needs: ", rule->needs, style.width);
}

}  // namespace

std::string finding_text(const CheckData& data, const Finding& finding, const RuleInfo* rule, const TextStyle& style) {
  std::string out = paint(style, Paint::bold, finding_name(finding.id) + "  " + printable(finding.title)) + "\n";
  out += std::string(severity_name(finding.severity)) + ", " + std::string(confidence_name(finding.confidence)) + "; rule " +
         printable(finding.rule) + "; id " + printable(finding.fingerprint);
  out += finding.cause.valid() ? "; cause " + cause_name(finding.cause) + "\n" : "\n";
  out += "\n" + paragraph("", printable(finding.explanation), style.width);
  if (finding.folded_into.valid()) {
    out += paragraph("", "It follows from " + finding_name(finding.folded_into) + ".", style.width);
  }
  out += evidence_part(data, finding, style) + missing_part(data, finding, style) + rule_part(rule, style) +
         numbers_part(finding, rule, style) + searched_part(data, finding, style);
  if (!finding.clears_if.empty()) {
    out += "\n" + paragraph("Would clear it: ", printable(finding.clears_if), style.width);
  }
  if (!finding.remedy.empty()) {
    out += "\n" + paragraph("Fix: ", printable(finding.remedy), style.width);
  }
  return out;
}

}  // namespace uptrail
