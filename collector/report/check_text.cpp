#include "collector/report/check_text.h"

#include <algorithm>
#include <array>
#include <set>

#include "collector/base/path_names.h"
#include "collector/base/text.h"
#include "collector/report/check_formats.h"

namespace uptrail {

namespace {

constexpr std::size_t kLabel = 5;  // "see  ", "fix  "
constexpr std::size_t kShownEvidence = 4;
constexpr std::size_t kShownGaps = 2;
constexpr std::size_t kShownQuestions = 5;

// The capture's own shortcomings are told once, by the outcome and by the open questions; `explain` has them in full.
bool is_about_capture(const CheckData& data, const Cause& cause) {
  const Finding* main = data.finding(cause.main);
  return main != nullptr && main->rule == "capture-incomplete" && cause.severity == Severity::info;
}

// -- first line --------------------------------------------------------------------------------------------------------------

std::string severities(const CheckData& data) {
  std::array<std::size_t, 3> count{};
  std::size_t hints = 0;
  for (const Cause& c : data.derived.causes) {
    if (is_about_capture(data, c)) {
      continue;
    }
    if (c.confidence == Confidence::hint) {
      ++hints;
    } else {
      ++count[static_cast<std::size_t>(c.severity)];
    }
  }
  std::string out;
  const auto add = [&](std::size_t n, std::string_view word, std::string_view plural) {
    if (n > 0) {
      out += (out.empty() ? "" : ", ") + count_of(n, word, plural);
    }
  };
  add(count[static_cast<std::size_t>(Severity::error)], "error", "errors");
  add(count[static_cast<std::size_t>(Severity::warning)], "warning", "warnings");
  add(count[static_cast<std::size_t>(Severity::info)], "note", "notes");
  add(hints, "hint", "hints");
  return out;
}

std::size_t affected_uploads(const Derived& derived) {
  std::set<UploadId> affected;
  for (const Cause& c : derived.causes) {
    if (c.confidence != Confidence::hint && c.severity != Severity::info) {
      affected.insert(c.uploads.begin(), c.uploads.end());
    }
  }
  return affected.size();
}

std::size_t untold_uploads(const Derived& derived) {
  return static_cast<std::size_t>(std::count_if(derived.uploads.begin(), derived.uploads.end(),
                                                [](const Upload& u) { return u.outcome == UploadOutcome::cannot_tell; }));
}

std::string uploads_part(const Derived& derived) {
  const std::size_t all = derived.uploads.size();
  if (all == 0) {
    return {};
  }
  std::string out = "; " + std::to_string(affected_uploads(derived)) + " of " + count_of(all, "upload") + " affected";
  if (const std::size_t untold = untold_uploads(derived); untold > 0) {
    out += ", " + std::to_string(untold) + " cannot tell";
  }
  return out;
}

std::string outcome_line(const CheckData& data, const TextStyle& style) {
  const Derived& d = data.derived;
  std::size_t causes = 0;
  std::size_t findings = 0;
  for (const Cause& c : d.causes) {
    if (!is_about_capture(data, c)) {
      ++causes;
      findings += c.findings.size();
    }
  }
  if (d.outcome == Outcome::fail) {
    return paint(style, Paint::red, "FAIL") + "  " + count_of(causes, "cause") + " (" + severities(data) + "), " +
           count_of(findings, "finding") + uploads_part(d) + "\n";
  }
  if (d.outcome == Outcome::ok) {
    const std::string counts = count_of(d.sessions.size(), "session") + ", " + count_of(d.tasks.size(), "task") +
                               (d.uploads.empty() ? "" : ", " + count_of(d.uploads.size(), "upload"));
    return paint(style, Paint::green, "OK") + "  " + counts + ": " + (causes == 0 ? "nothing wrong found" : severities(data)) +
           "\n";
  }
  // One line however long: scripts and `head -n 1` get all of it.
  std::string out = paint(style, Paint::yellow, "COULD NOT TELL") + "  ";
  out += d.outcome_reason.empty() ? "The evidence does not suffice." : printable(d.outcome_reason);
  return out + (d.next_step.empty() ? "" : " " + printable(d.next_step)) + "\n";
}

// -- second and third line ---------------------------------------------------------------------------------------------------

std::string title_line(const CheckData& data) {
  std::string out = printable(data.info.title);
  const auto add = [&](const std::string& part) { out += (out.empty() || part.empty() ? "" : ", ") + part; };
  if (data.info.span) {
    add(format_span(*data.info.span, data.info.zone_offset_minutes));
  } else if (data.events > 0) {
    const bool timed = std::any_of(data.streams.begin(), data.streams.end(), [](const Stream& s) { return s.open.has_value(); });
    add(timed ? "no date or zone in the logs (--date FILE=2026-11-18+01:00 places them)"
              : "no times in the logs, only the order of the lines");
  }
  if (data.info.synthetic) {
    out += " (synthetic)";
  }
  return out.empty() ? out : out + "\n";
}

// Intervals in which the app's completion callbacks are covered, over all its streams.
IntervalSet callback_coverage(const CheckData& data) {
  IntervalSet set;
  for (const CoverageSpan& c : data.derived.coverage) {
    if (c.kind == EventKind::task_did_complete) {
      set.add(c.span);
    }
  }
  return set;
}

std::string gaps_text(const IntervalSet& set, int offset) {
  const auto& parts = set.intervals();
  std::string out;
  for (std::size_t i = 1; i < parts.size() && i <= kShownGaps; ++i) {
    const Interval gap{parts[i - 1].end, parts[i].start};
    const std::size_t digits = gap.length() < minutes(2) ? 8 : 5;
    out += (out.empty() ? "gap " : ", ") + format_clock(gap.start, 0, offset).substr(0, digits) + "–" +
           format_clock(gap.end, 0, offset).substr(0, digits);
  }
  if (parts.size() > kShownGaps + 1) {
    out += ", " + std::to_string(parts.size() - 1 - kShownGaps) + " more";
  }
  return out.empty() ? out : " (" + out + ")";
}

std::string evidence_line(const CheckData& data, const TextStyle& style) {
  const auto seen_by = [&](Observer observer) {
    return std::any_of(data.streams.begin(), data.streams.end(), [&](const Stream& s) { return s.observer == observer; });
  };
  const auto yes_no = [&](bool yes) { return yes ? std::string("yes") : paint(style, Paint::yellow, "no"); };
  const IntervalSet callbacks = callback_coverage(data);
  const std::size_t stores = store_count(data);
  std::string out = "Evidence: app callbacks " + yes_no(!callbacks.empty()) +
                    gaps_text(callbacks, data.info.zone_offset_minutes.value_or(0)) + " | CFNetwork " +
                    yes_no(seen_by(Observer::cfn)) + " | daemon " + yes_no(seen_by(Observer::daemon)) + " | system " +
                    yes_no(seen_by(Observer::sys)) + " | stores " + (stores > 0 ? std::to_string(stores) : "none");
  if (seen_by(Observer::server)) {
    out += " | server yes";
  }
  return out + "\n";
}

// -- causes ------------------------------------------------------------------------------------------------------------------

// The lines to show: key ones first, then in time order, each place once.
std::string see_lines(const CheckData& data, const Finding& finding, const TextStyle& style) {
  std::vector<const EvidenceRef*> refs;
  for (const EvidenceRef& ref : finding.evidence) {
    refs.push_back(&ref);
  }
  std::stable_sort(refs.begin(), refs.end(), [](const EvidenceRef* a, const EvidenceRef* b) { return a->key > b->key; });
  struct Row {
    std::string place, note;
  };
  std::vector<Row> rows;
  std::size_t width = 0;
  for (const EvidenceRef* ref : refs) {
    const EvidenceLine* line = data.line(ref->event);
    if (line == nullptr) {
      continue;
    }
    Row row{place_of(data, *line), ref->note.empty() ? std::string(kind_name(line->kind)) : printable(ref->note)};
    if (std::none_of(rows.begin(), rows.end(), [&](const Row& r) { return r.place == row.place; })) {
      rows.push_back(std::move(row));
    }
  }
  const std::size_t shown = rows.size() <= kShownEvidence + 1 ? rows.size() : kShownEvidence;
  for (std::size_t i = 0; i < shown; ++i) {
    width = std::max(width, display_width(rows[i].place));
  }
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string label = i == 0 ? "see" : "";
    out += "    " + pad_right(label, kLabel) + paint(style, Paint::blue, pad_right(rows[i].place, width)) + "  " + rows[i].note +
           "\n";
  }
  if (shown < rows.size()) {
    out += "    " + std::string(kLabel, ' ') + "and " + std::to_string(rows.size() - shown) + " more\n";
  }
  return out;
}

std::string cause_block(const CheckData& data, const Cause& cause, const TextStyle& style) {
  const Paint colour = cause.severity == Severity::error     ? Paint::red
                       : cause.severity == Severity::warning ? Paint::yellow
                                                             : Paint::plain;
  const std::string name = pad_right(cause_name(cause.id), 4);
  const std::string grade = std::string(severity_name(cause.severity)) + ", " + std::string(confidence_name(cause.confidence));
  const Finding* main = data.finding(cause.main);
  const std::string clock = main == nullptr || !data.has_clock(*main)
                                ? std::string(8, ' ')
                                : format_clock(main->t, 0, data.info.zone_offset_minutes.value_or(0));
  const std::string head = name + pad_right(grade, 16) + " " + clock + "  ";
  std::string first = paragraph(head, printable(cause.title), style.width);
  first.replace(0, head.size(), name + paint(style, colour, grade) + head.substr(name.size() + grade.size()));
  if (main == nullptr) {
    return first;
  }
  std::string out = first + paragraph("    ", printable(main->explanation), style.width) + see_lines(data, *main, style);
  if (!main->remedy.empty()) {
    out += paragraph("    fix: ", printable(main->remedy), style.width);
  }
  if (cause.findings.size() > 1) {
    std::set<std::string> rules;
    for (const FindingId id : cause.findings) {
      if (const Finding* f = data.finding(id); f != nullptr && id != cause.main) {
        rules.insert(f->rule);
      }
    }
    std::string also;
    for (const std::string& rule : rules) {
      also += (also.empty() ? "" : ", ") + rule;
    }
    out += paragraph("    also: ", also, style.width);
  }
  return out;
}

// -- what could not be told ---------------------------------------------------------------------------------------------------

// What the in-app logger writes anyway; the advice to add it stands for all of them.
bool logger_gives(std::string_view add) { return add.substr(0, 4) == "log " || contains(add, "wrap the handler"); }

std::string questions_block(const CheckData& data, const TextStyle& style) {
  std::vector<OpenQuestion> questions = open_questions(data.derived);
  if (questions.empty()) {
    return {};
  }
  std::stable_sort(questions.begin(), questions.end(),
                   [](const OpenQuestion& a, const OpenQuestion& b) { return a.subjects.size() > b.subjects.size(); });
  const std::size_t shown = questions.size() <= kShownQuestions + 1 ? questions.size() : kShownQuestions;
  std::size_t total = 0;
  std::size_t width = 0;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    total += questions[i].subjects.size();
    width = i < shown ? std::max(width, questions[i].rule.size()) : width;
  }
  std::string out = "\n" + paint(style, Paint::bold, "Cannot tell") + " (" + count_of(total, "question") + ")\n";
  std::vector<std::string> adds;
  const bool silent = callback_coverage(data).empty();
  const std::string logger = "add the in-app logger: uptrail howto instrument";
  for (std::size_t i = 0; i < shown; ++i) {
    const OpenQuestion& q = questions[i];
    out += paragraph("  " + pad_left(std::to_string(q.subjects.size()), 3) + "  " + pad_right(q.rule, width) + "  ",
                     printable(q.reason), style.width);
    const std::string add = silent && logger_gives(q.add) ? logger : printable(q.add);
    if (!add.empty() && std::find(adds.begin(), adds.end(), add) == adds.end()) {
      adds.push_back(add);
    }
  }
  if (shown < questions.size()) {
    out += "       and " + count_of(questions.size() - shown, "more reason") + "; all are in --json\n";
  }
  for (const std::string& add : adds) {
    out += paragraph(&add == &adds.front() ? "  would help: " : "              ", add, style.width);
  }
  return out;
}

std::string advice_block(const CheckData& data, const TextStyle& style) {
  std::string out;
  for (const SilentApp& app : silent_apps(data)) {
    const std::string start =
        "No didCompleteWithError is logged by " + (app.name.empty() ? "the app" : printable(app.name)) + ":";
    if (!contains(printable(data.derived.outcome_reason), start)) {
      out +=
          paragraph("", start + " " + count_of(app.tasks, "task") + " cannot be judged. Add one line: uptrail howto instrument",
                    style.width);
    }
  }
  return out.empty() ? out : "\n" + out;
}

std::string messages_line(const CheckData& data, const TextStyle& style) {
  const std::vector<std::string> files = message_files(data);
  std::string out;
  for (const std::string& file : files) {
    out += ", " + printable(file);
  }
  return files.empty() ? out : paragraph("Messages: ", "built-in" + out, style.width);
}

}  // namespace

std::string short_path(const CheckData& data, SourceId source) {
  const Source* s = data.source(source);
  if (s == nullptr) {
    return "?";
  }
  const std::string_view name = file_label(s->path);
  const auto same =
      std::count_if(data.sources.begin(), data.sources.end(), [&](const Source& o) { return file_label(o.path) == name; });
  return printable(same > 1 ? std::string_view(s->path) : name);
}

std::string place_of(const CheckData& data, const EvidenceLine& line) {
  const std::string file = short_path(data, line.source);
  if (!line.row.empty()) {
    return file + ", " + printable(line.row);
  }
  return line.span.line > 0 ? file + ":" + std::to_string(line.span.line) : file + ", byte " + std::to_string(line.span.offset);
}

std::string check_text(const CheckReport& report, const TextStyle& style) {
  const CheckData& data = report.data;
  std::string out = outcome_line(data, style) + title_line(data) + evidence_line(data, style) + messages_line(data, style) +
                    judgement_text(report, style);
  for (const Cause& cause : data.derived.causes) {
    if (!is_about_capture(data, cause)) {
      out += "\n" + cause_block(data, cause, style);
    }
  }
  if (data.derived.left_out > 0) {
    out += "\nLeft out: " + count_of(data.derived.left_out, "finding") + " (--ignore)\n";
  }
  return out + questions_block(data, style) + sources_text(data, style) + advice_block(data, style);
}

}  // namespace uptrail
