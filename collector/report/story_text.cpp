#include "collector/report/story_text.h"

#include <algorithm>
#include <set>

#include "collector/report/check_text.h"

namespace uptrail {

namespace {

std::string findings_line(const CheckData& data, const Story& story, const TextStyle& style) {
  std::string out;
  for (const FindingId id : story.findings) {
    if (const Finding* f = data.finding(id)) {
      out += (out.empty() ? "" : ", ") + finding_name(id) + " " + printable(f->rule) + " (" +
             std::string(severity_name(f->severity)) + ", " + std::string(confidence_name(f->confidence)) + ")";
    }
  }
  return out.empty() ? out : paragraph("  → ", out, style.width);
}

std::string places_of(const CheckData& data, const Clause& clause) {
  constexpr std::size_t kShown = 4;
  std::string out;
  std::size_t n = 0;
  for (const EventId id : clause.events) {
    const EvidenceLine* line = data.line(id);
    if (line != nullptr && ++n <= kShown) {
      out += (out.empty() ? "" : ", ") + place_of(data, *line);
    }
  }
  return n > kShown ? out + " and " + std::to_string(n - kShown) + " more" : out;
}

// Whose clock the times are.
std::string clock_line(const CheckData& data, const TextStyle& style) {
  const auto& streams = data.streams;
  if (std::none_of(streams.begin(), streams.end(), [](const Stream& s) { return s.placed; })) {
    return {};
  }
  const auto zone = data.info.zone_offset_minutes;
  const std::string whose =
      zone ? "Times are those of the device (" + format_iso({0}, 0, *zone).substr(19) + ")" : "Times are UTC";
  return paint(style, Paint::dim, whose + (data.sources.size() > 1 ? "; between files they may be off by 2 s." : ".")) + "\n";
}

std::string clause_lines(const CheckData& data, const Story& story, const TextStyle& style) {
  std::string out = paint(style, Paint::bold, printable(story.subject)) + "\n";
  for (const Clause& clause : story.clauses) {
    out += paragraph("  ", printable(clause.text), style.width);
    if (const std::string places = places_of(data, clause); !places.empty()) {
      const std::string lines = paragraph("      ", places, style.width);
      out += lines;
    }
  }
  return out;
}

}  // namespace

std::vector<EventId> story_events(std::span<const Story> stories) {
  std::set<EventId> ids;
  for (const Story& story : stories) {
    for (const Clause& clause : story.clauses) {
      ids.insert(clause.events.begin(), clause.events.end());
    }
  }
  return {ids.begin(), ids.end()};
}

std::string stories_text(const CheckData& data, std::span<const Story> stories, bool places, const TextStyle& style) {
  std::string out;
  for (const Story& story : stories) {
    out += out.empty() ? "" : "\n";
    if (places) {
      out += clause_lines(data, story, style);
    } else {
      std::string text = paragraph("", printable(story_paragraph(story)), style.width);
      const std::string subject = printable(story.subject) + ":";
      if (text.starts_with(subject)) {
        text = paint(style, Paint::bold, subject) + text.substr(subject.size());
      }
      out += text;
    }
    out += findings_line(data, story, style);
  }
  return out.empty() ? "no uploads and no tasks\n" : out + "\n" + clock_line(data, style);
}

}  // namespace uptrail
