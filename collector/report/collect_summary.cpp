#include "collector/report/collect_summary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "collector/base/text.h"

namespace uptrail {

namespace {

constexpr std::size_t kOneLine = 118;  // columns from which a source fits in one line
constexpr std::size_t kGap = 2;

std::string clock_words(const Source& source, bool placed, bool dated) {
  switch (source.clock) {
    case ClockKind::absolute:
      return "absolute";
    case ClockKind::floating:
      return !placed ? "not placed" : dated ? "by --date" : "by shared tasks or sync";
    case ClockKind::none:
      break;
  }
  return placed ? "of its events" : "none";
}

// -- a table that knows its widths --------------------------------------------------------------------------------------------

struct Table {
  std::vector<bool> right;  // aligned right
  std::vector<std::vector<std::string>> rows;

  [[nodiscard]] std::vector<std::size_t> widths() const {
    std::vector<std::size_t> out(right.size(), 0);
    for (const auto& row : rows) {
      for (std::size_t c = 0; c < row.size(); ++c) {
        out[c] = std::max(out[c], display_width(row[c]));
      }
    }
    return out;
  }
  [[nodiscard]] std::string line(std::size_t row, const std::vector<std::size_t>& widths) const {
    std::string out;
    for (std::size_t c = 0; c < rows[row].size(); ++c) {
      out += std::string(c == 0 ? 0 : kGap, ' ');
      out += right[c] ? pad_left(rows[row][c], widths[c]) : pad_right(rows[row][c], widths[c]);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    return out;
  }
};

std::array<std::string, 6> numbers_of(const Accounting& a, std::uint64_t events) {
  return {format_count(a.read),       format_count(a.matched),  format_count(a.related),
          format_count(a.irrelevant), format_count(a.unparsed), format_count(events)};
}
constexpr std::array<std::string_view, 6> kNumberNames = {"read", "matched", "related", "irrelevant", "unparsed", "events"};

std::string span_words(const CollectedSource& s, std::optional<int> zone) {
  if (!s.span) {
    return "no times";
  }
  if (s.placed) {
    return format_span(*s.span, zone);
  }
  return format_clock(s.span->start) + "–" + format_clock(s.span->end) + ", day unknown";
}

std::vector<CollectedSource> sum_of(const CollectSummary& summary) {
  if (summary.sources.size() < 2) {
    return {};
  }
  CollectedSource sum;
  for (const auto& s : summary.sources) {
    sum.accounting.read += s.accounting.read;
    sum.accounting.matched += s.accounting.matched;
    sum.accounting.related += s.accounting.related;
    sum.accounting.irrelevant += s.accounting.irrelevant;
    sum.accounting.unparsed += s.accounting.unparsed;
    sum.events += s.events;
  }
  return {sum};
}

std::string clock_column(const CollectedSource& s) { return s.clock + (s.not_understood ? "  NOT UNDERSTOOD" : ""); }

std::string painted(const TextStyle& style, std::string line) {
  constexpr std::string_view kLabel = "NOT UNDERSTOOD";
  if (const auto at = line.rfind(kLabel); at != std::string::npos && style.colour) {
    line.replace(at, kLabel.size(), paint(style, Paint::yellow, kLabel));
  }
  return line;
}

// One line a source.
std::string wide_table(const CollectSummary& summary, const TextStyle& style) {
  Table table{{false, false, false, true, true, true, true, true, true, false}, {}};
  table.rows.push_back({"source", "format", "time"});
  table.rows.back().insert(table.rows.back().end(), kNumberNames.begin(), kNumberNames.end());
  table.rows.back().emplace_back("clock");
  const auto add = [&](const CollectedSource& s, std::string name, const std::string& format, const std::string& span) {
    auto& row = table.rows.emplace_back(std::vector<std::string>{std::move(name), format, span});
    const auto numbers = numbers_of(s.accounting, s.events);
    row.insert(row.end(), numbers.begin(), numbers.end());
    row.push_back(clock_column(s));
  };
  for (const auto& s : summary.sources) {
    add(s, printable(s.path), s.container, span_words(s, summary.zone_offset_minutes));
  }
  for (const auto& s : sum_of(summary)) {
    add(s, "all", "", "");
  }
  auto widths = table.widths();
  std::size_t total = 0;
  for (const auto w : widths) {
    total += w + kGap;
  }
  constexpr std::size_t kLeastName = 16;
  if (total > style.width) {
    const std::size_t less = std::min(total - style.width, widths[0] > kLeastName ? widths[0] - kLeastName : 0);
    widths[0] -= less;
    if (total - less > style.width + kGap) {
      return {};
    }
    for (std::size_t r = 1; r < table.rows.size(); ++r) {
      table.rows[r][0] = shorten_path(table.rows[r][0], widths[0]);
    }
  }
  std::string out = paint(style, Paint::dim, table.line(0, widths)) + "\n";
  for (std::size_t r = 1; r < table.rows.size(); ++r) {
    const bool last = r + 1 == table.rows.size() && summary.sources.size() > 1;
    out += last ? paint(style, Paint::bold, table.line(r, widths)) + "\n" : painted(style, table.line(r, widths)) + "\n";
  }
  return out;
}

// Two lines a source: what it is, and its numbers.
std::string narrow_table(const CollectSummary& summary, const TextStyle& style) {
  Table table{{true, true, true, true, true, true}, {}};
  table.rows.emplace_back(kNumberNames.begin(), kNumberNames.end());
  const auto sum = sum_of(summary);
  for (const auto* list : {&summary.sources, &sum}) {
    for (const auto& s : *list) {
      const auto numbers = numbers_of(s.accounting, s.events);
      table.rows.emplace_back(numbers.begin(), numbers.end());
    }
  }
  const auto widths = table.widths();
  const std::string indent = "    ";
  std::string out;
  for (std::size_t i = 0; i < summary.sources.size(); ++i) {
    const auto& s = summary.sources[i];
    std::string what = "  " + s.container + "  " + span_words(s, summary.zone_offset_minutes);
    if (s.clock != "absolute") {
      what += "  clock " + s.clock;
    }
    if (s.not_understood) {
      what += "  NOT UNDERSTOOD";
    }
    const std::size_t taken = display_width(what);
    constexpr std::size_t kLeastName = 12;
    const std::size_t room = std::max(kLeastName, style.width > taken ? style.width - taken : 0);
    out += painted(style, paint(style, Paint::bold, shorten_path(printable(s.path), room)) + what) + "\n";
    if (i == 0) {
      out += paint(style, Paint::dim, indent + table.line(0, widths)) + "\n";
    }
    out += indent + table.line(i + 1, widths) + "\n";
  }
  if (!sum.empty()) {
    out += paint(style, Paint::bold, "all") + "\n" + indent + table.line(table.rows.size() - 1, widths) + "\n";
  }
  return out;
}

std::string others_block(const CollectSummary& summary, const TextStyle& style) {
  std::string out;
  for (const auto& other : summary.others) {
    const std::string word = pad_right(other.word, std::string_view("unchanged").size());
    const Paint colour = other.word == "failed" ? Paint::red : other.word == "not read" ? Paint::yellow : Paint::dim;
    out += paint(style, colour, word) + "  " + shorten_path(printable(other.path), style.width - word.size() - kGap) + "\n";
  }
  return out.empty() ? out : "\n" + out;
}

std::string seconds_words(double seconds) { return format_duration(from_seconds(seconds)); }

// As one word of a shell.
std::string quoted(const std::string& path) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/+,@%:=";
  if (!path.empty() && path.find_first_not_of(kPlain) == std::string::npos) {
    return path;
  }
  std::string out = "'";
  for (const char c : path) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

}  // namespace

std::string shorten_path(std::string_view path, std::size_t width) {
  if (display_width(path) <= width) {
    return std::string(path);
  }
  // By characters, so that none is cut.
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if ((static_cast<unsigned char>(path[i]) & 0xC0U) != 0x80U) {
      starts.push_back(i);
    }
  }
  if (width < 2) {
    return width == 0 ? std::string() : std::string("…");
  }
  const auto slash = path.find_last_of('/');
  const std::size_t name =
      slash == std::string_view::npos
          ? 0
          : static_cast<std::size_t>(starts.end() - std::upper_bound(starts.begin(), starts.end(), slash)) + 1;
  const std::size_t room = width - 1;
  const std::size_t tail = name > 0 && name <= room ? std::max(name, room * 2 / 3) : (room + 1) / 2;
  const std::size_t head = room - tail;
  return std::string(path.substr(0, starts[head])) + "…" + std::string(path.substr(starts[starts.size() - tail]));
}

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  constexpr double kStep = 1000;
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= kStep && unit + 1 < kUnits.size()) {
    value /= kStep;
    ++unit;
  }
  // Three digits at most.
  const auto tenths = static_cast<std::uint64_t>(std::llround(value * 10));
  std::string out = unit == 0 || value >= 99.95 ? std::to_string(static_cast<std::uint64_t>(std::llround(value)))
                                                : std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
  return out + " " + std::string(kUnits[unit]);
}

Result<CollectSummary> gather_collect(CaseReader& reader, const std::string& case_path, const std::vector<std::string>& dated) {
  CollectSummary out;
  out.case_path = case_path;
  const auto sources = reader.sources();
  UPTRAIL_TRY(sources);
  const auto streams = reader.streams();
  UPTRAIL_TRY(streams);
  const auto grid = reader.event_grid();
  UPTRAIL_TRY(grid);
  const auto info = reader.info();
  UPTRAIL_TRY(info);
  const auto derived = reader.derived();
  UPTRAIL_TRY(derived);
  out.zone_offset_minutes = info->zone_offset_minutes;
  out.sessions = derived->sessions.size();
  out.tasks = derived->tasks.size();
  out.causes = derived->causes.size();
  std::map<SourceId, std::uint64_t> events;
  std::map<SourceId, const Stream*> timed;
  for (const auto& stream : *streams) {
    if (stream.open && !timed.contains(stream.source)) {
      timed[stream.source] = &stream;
    }
  }
  for (const auto& count : grid->counts) {
    if (count.stream.valid() && count.stream.value < streams->size()) {
      events[(*streams)[count.stream.value].source] += count.events;
    }
  }
  for (const auto& source : *sources) {
    CollectedSource s;
    s.path = source.path;
    s.container = source.container;
    s.is_store = source.is_store;
    s.accounting = source.accounting;
    s.events = events[source.id];
    s.size = source.size;
    s.not_understood = source.not_understood;
    const auto stream = timed.find(source.id);
    const TimeNs offset = stream == timed.end() ? TimeNs{} : stream->second->offset;
    s.placed = stream == timed.end() ? source.clock == ClockKind::absolute : stream->second->placed;
    if (source.first && source.last) {
      s.span = Interval{*source.first + DurationNs{offset.ns}, *source.last + DurationNs{offset.ns}};
    } else if (stream != timed.end()) {
      s.span = stream->second->open;
    }
    const bool by_user = std::find(dated.begin(), dated.end(), source.path) != dated.end();
    s.clock = clock_words(source, s.placed, by_user);
    out.sources.push_back(std::move(s));
  }
  return out;
}

std::string collect_text(const CollectSummary& summary, const TextStyle& style) {
  std::uint64_t events = 0;
  for (const auto& s : summary.sources) {
    events += s.events;
  }
  std::string out = printable(summary.case_path) + ": " + count_of(summary.sources.size(), "source") + ", " +
                    format_count(events) + (events == 1 ? " event, " : " events, ") + count_of(summary.sessions, "session") +
                    ", " + count_of(summary.tasks, "task") + ", " + count_of(summary.causes, "cause") + "\n\n";
  const std::string wide = style.width >= kOneLine ? wide_table(summary, style) : std::string();
  out += wide.empty() ? narrow_table(summary, style) : wide;
  out += others_block(summary, style);
  out += "\n";
  if (summary.seconds && summary.bytes_read > 0) {
    const double rate = static_cast<double>(summary.bytes_read) / std::max(*summary.seconds, 1e-6);
    out += format_bytes(summary.bytes_read) + " read in " + seconds_words(*summary.seconds) + " (" +
           format_bytes(static_cast<std::uint64_t>(rate)) + "/s)\n";
  }
  if (!summary.complete) {
    out += paint(style, Paint::yellow, "The case is not complete.") + " Type the same command again to read the rest.\n";
  }
  constexpr std::size_t kMostDrafts = 3;
  std::size_t drafts = 0;
  for (const auto& s : summary.sources) {
    if (s.not_understood && !s.is_store && drafts++ < kMostDrafts) {
      out += "if it is your app's log, teach its words: uptrail messages draft " + quoted(s.path) + "\n";
    }
  }
  out += "next: uptrail check " + quoted(summary.case_path) + "\n      uptrail-viewer " + quoted(summary.case_path) + "\n";
  return out;
}

}  // namespace uptrail
