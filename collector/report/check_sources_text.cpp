// The last part of the text report: what the sources are worth, and what in them was not read.
#include "collector/base/text.h"
#include "collector/report/check_text.h"
#include "collector/report/contents_text.h"

namespace uptrail {

namespace {

std::string accounting_text(const Accounting& a) {
  const std::string open = a.related > a.known ? " (" + format_count(a.related - a.known) + " not understood)" : "";
  return format_count(a.read) + " read = " + format_count(a.matched) + " matched + " + format_count(a.related) + " related" +
         open + " + " + format_count(a.irrelevant) + " irrelevant + " + format_count(a.unparsed) + " unparsed";
}

std::string placed_text(const Source& s) {
  const SourceClockInfo& c = s.clock_info;
  const std::string where =
      c.placed_as.empty() ? "offset " + format_duration(c.offset) : "as with --date " + printable(c.placed_as);
  switch (c.placed_by) {
    case PlacedBy::nothing:
      return s.clock == ClockKind::none ? "only its own order is known" : "floats: its events are ordered among themselves only";
    case PlacedBy::itself:
      return "placed by the times in its lines";
    case PlacedBy::date:
      return "placed by --date";
    case PlacedBy::sync:
      return "placed by clock.sync, " + where;
    case PlacedBy::tasks:
      return "placed by tasks that another source shows, too, " + where;
  }
  return {};
}

// Sources whose times do not show where they stand, and what places them.
std::string clocks_block(const CheckData& data, const TextStyle& style) {
  std::string out;
  for (const Source& s : data.sources) {
    if (s.clock == ClockKind::absolute) {
      continue;
    }
    const SourceClockInfo& c = s.clock_info;
    std::string shows = s.clock == ClockKind::none              ? "no times"
                        : c.traits.date == DateShown::month_day ? "month and day, no year"
                        : c.traits.date == DateShown::none      ? "no date"
                                                                : "a date";
    shows += s.clock == ClockKind::none || s.zone_offset_minutes ? "" : ", no zone";
    shows += c.traits.precision >= seconds(1) ? ", whole seconds" : "";
    std::string line = shows + "; " + placed_text(s);
    line += c.uncertainty.ns > 0 ? "; ±" + format_duration(c.uncertainty) : "";
    out += paragraph("  " + short_path(data, s.id) + "  ", line, style.width);
    if (!c.suggested_date.empty()) {
      out += "    perhaps: " + printable(date_option(data, s)) + "\n" +
             paragraph("    because ", printable(c.suggested_why), style.width);
    }
  }
  return out.empty() ? out : "\n" + paint(style, Paint::bold, "Clocks") + "\n" + out;
}

// Captures that overlap.
std::string repeated_block(const CheckData& data, const TextStyle& style) {
  std::string out;
  for (const Source& s : data.sources) {
    if (s.repeated > 0) {
      out += paragraph("  " + short_path(data, s.id) + "  ",
                       count_of(s.repeated, "event") + " of it stand in another capture, too, and count once", style.width);
    }
  }
  return out.empty() ? out : "\n" + paint(style, Paint::bold, "Overlapping captures") + "\n" + out;
}

std::string sources_block(const CheckData& data, const TextStyle& style) {
  std::string out;
  for (const Source& s : data.sources) {
    if (!s.not_understood && s.accounting.unparsed == 0 && s.issue_count == 0) {
      continue;
    }
    out += "  " + short_path(data, s.id) + "  " + s.container;
    if (s.not_understood) {
      out += "  " + paint(style, Paint::yellow, "NOT UNDERSTOOD");
    }
    out += "\n" + paragraph("    ", accounting_text(s.accounting), style.width);
    if (s.not_understood && s.accounting.read > 0) {
      out += paragraph("    ", "no line of it says anything about background uploads in words known here", style.width);
      if (!s.is_store) {
        out += paragraph("    ", "if it is your app's log, teach its words: uptrail messages draft " + printable(s.path),
                         style.width);
      }
    }
    if (!s.issues.empty()) {
      const Issue& first = s.issues.front();
      const std::string where =
          first.span.line > 0 ? "line " + std::to_string(first.span.line) : "byte " + std::to_string(first.span.offset);
      out += paragraph(
          "    ",
          count_of(s.issue_count, "problem") + ", first" + (s.is_store ? "" : " at " + where) + ": " + printable(first.detail),
          style.width);
    }
  }
  return out.empty() ? out : "\n" + paint(style, Paint::bold, "Sources with problems") + "\n" + out;
}

std::string contents_block(const CheckData& data, const TextStyle& style) {
  std::string out;
  for (const Contents& contents : data.contents) {
    out += contents_text(contents, style);
  }
  return out.empty() ? out : "\n" + paint(style, Paint::bold, "Folders and archives") + "\n" + out;
}

}  // namespace

std::string sources_text(const CheckData& data, const TextStyle& style) {
  return clocks_block(data, style) + repeated_block(data, style) + sources_block(data, style) + contents_block(data, style);
}

}  // namespace uptrail
