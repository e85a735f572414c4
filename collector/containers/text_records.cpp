#include "collector/containers/text_records.h"

#include <algorithm>
#include <cstring>

#include "collector/base/text.h"
#include "collector/containers/mixed.h"
#include "collector/containers/sniff.h"

namespace uptrail {

namespace {

constexpr std::size_t kDashes = 60;  // at least so many in the rule above the footer

std::string_view without_tail_breaks(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) {
    text.remove_suffix(1);
  }
  return text;
}

// `log show` ends with a rule and two lines of counts; the rule has become the end of the last record.
std::string_view without_footer_rule(std::string_view text) {
  text = without_tail_breaks(text);
  const std::size_t start = text.rfind('\n');
  const std::string_view last = start == std::string_view::npos ? std::string_view() : text.substr(start + 1);
  return last.size() >= kDashes && last.find_first_not_of('-') == std::string_view::npos
             ? without_tail_breaks(text.substr(0, start))
             : text;
}

class Assembler {
 public:
  Assembler(ByteSource& source, RecordSink& sink, TextStyle& style)
      : source_(source), sink_(sink), style_(style), lines_(source) {}
  Status run();

 private:
  bool line();
  void start();
  bool give(std::string_view text);
  void join_lines();
  void other();
  void end_stray();
  void say(IssueKind kind, const SourceSpan& span, std::string detail) { sink_.issue({kind, span, std::move(detail)}); }

  ByteSource& source_;
  RecordSink& sink_;
  TextStyle& style_;
  LineReader lines_;
  bool open_ = false;
  Record record_;           // of the open record's first line
  std::size_t header_ = 0;  // bytes before record_.message
  std::uint64_t moves_ = 0;
  SourceSpan span_;
  std::uint64_t lost_ = 0;  // bytes that were cut off the open record
  bool many_lines_ = false;
  bool swallowing_ = false;  // the open record has been given, cut; its other lines are skipped
  bool stray_ = false;       // lines before the first header
  bool ended_ = false;       // another container begins
  SourceSpan stray_span_;
  std::uint64_t stray_end_ = 0;
  std::string joined_;
};

Status Assembler::run() {
  while (!ended_ && lines_.next()) {
    if (!line()) {
      return fail(ErrorKind::interrupted, "reading was stopped", std::string(source_.name()), lines_.line().offset);
    }
  }
  if (!lines_.status()) {
    return lines_.status();
  }
  if (open_ && !give(lines_.held())) {
    return fail(ErrorKind::interrupted, "reading was stopped", std::string(source_.name()), span_.offset);
  }
  end_stray();
  return done();
}

// False: the sink wants no more.
bool Assembler::line() {
  const Line& line = lines_.line();
  if (line.skipped.lines > 0) {
    if (open_ && !give(lines_.held())) {
      return false;
    }
    end_stray();
    if (!sink_.skipped(line.skipped)) {
      return false;
    }
  }
  Record found;
  if (style_.parse_header(line.text, found)) {
    if (open_ && !give(lines_.held())) {
      return false;
    }
    end_stray();
    record_ = found;
    start();
    return true;
  }
  const bool footer = line.text.starts_with("Log      - Default:");
  if (style_.is_banner(line.text)) {
    const bool more = !open_ || give(footer ? without_footer_rule(lines_.held()) : lines_.held());
    end_stray();
    if (auto said = style_.note(line.text)) {
      say(said->kind, line.span(), std::move(said->detail));
    }
    return more;
  }
  if (may_begin_elsewhere(line.text) && sink_.ends_before(line.span())) {
    ended_ = true;
    const bool more = !open_ || give(lines_.held());
    end_stray();
    return more;
  }
  if (!line.terminated && style_.begins_header(line.text)) {
    const bool more = !open_ || give(lines_.held());
    end_stray();
    say(IssueKind::unparsed, line.span(), "the input ends inside the header of a record");
    return more;
  }
  if (!open_) {
    other();
    return true;
  }
  many_lines_ = true;
  lost_ += line.length - line.text.size();
  if (!swallowing_ && lines_.held_size() > kMaxRecordBytes) {
    const std::string_view whole = lines_.held();
    const bool more = give(whole);
    open_ = true;
    swallowing_ = true;
    lost_ = 0;
    lines_.release();
    span_ = line.span();
    return more;
  }
  return true;
}

void Assembler::start() {
  const Line& line = lines_.line();
  header_ = static_cast<std::size_t>(record_.message.data() - line.text.data());
  lines_.hold();
  moves_ = lines_.moves();
  span_ = line.span();
  lost_ = line.length - line.text.size();
  open_ = true;
  many_lines_ = false;
  swallowing_ = false;
}

// Gives the open record, whose text is `text`, and closes it.
bool Assembler::give(std::string_view text) {
  open_ = false;
  if (swallowing_) {
    swallowing_ = false;
    say(IssueKind::limit, span_,
        "these lines belong to the record above, which was cut at " + std::to_string(kMaxRecordBytes) + " bytes");
    return true;
  }
  lines_.release();
  text = without_tail_breaks(text);
  if (moves_ != lines_.moves()) {
    const std::size_t first = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, first);
    line.remove_suffix(first < text.size() && line.ends_with('\r') ? 1 : 0);
    record_ = {};
    style_.parse_header(line, record_);
  }
  record_.message = text.size() > header_ ? text.substr(header_) : std::string_view();
  if (many_lines_) {
    join_lines();
  }
  record_.raw = text;
  record_.span = span_;
  record_.span.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(text.size() + lost_, UINT32_MAX));
  style_.finish(record_);
  if (lost_ > 0 || text.size() > kMaxRecordBytes) {
    say(IssueKind::limit, record_.span, "the record is longer than " + std::to_string(kMaxRecordBytes) + " bytes and was cut");
  }
  if (!record_.time && style_.is_timed(record_)) {
    say(IssueKind::clock, record_.span, "the time is no day of the calendar or leaves 64 bits");
  }
  return sink_.record(record_);
}

// A header may fill its line; line ends become '\n'.
void Assembler::join_lines() {
  std::string_view& message = record_.message;
  if (message.starts_with('\n') || message.starts_with("\r\n")) {
    message.remove_prefix(message.front() == '\r' ? 2 : 1);
  }
  message = plain_line_ends(message, joined_);
}

// A line that belongs to no record: the tail of one that began before the copy, or not of this container.
void Assembler::other() {
  const Line& line = lines_.line();
  if (!stray_ && trim(line.text.substr(0, 4096)).empty()) {
    return;
  }
  if (!stray_) {
    stray_ = true;
    stray_span_ = line.span();
  }
  if (!trim(line.text.substr(0, 4096)).empty()) {
    stray_end_ = line.offset + line.length;
  }
}

void Assembler::end_stray() {
  if (stray_) {
    stray_span_.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(stray_end_ - stray_span_.offset, UINT32_MAX));
    say(IssueKind::unparsed, stray_span_, "no record begins here: the end of one that began earlier, or another format");
    stray_ = false;
  }
}

class TextJudge final : public LineJudge {
 public:
  TextJudge(std::unique_ptr<TextStyle> style, RecordFilter& filter) : style_(std::move(style)), filter_(filter) {}
  std::optional<DullLine> dull(std::string_view line) override {
    Record record;
    if (!style_->parse_header(line, record) || !record.time) {
      return std::nullopt;
    }
    style_->finish(record);
    if (filter_.may_matter(record)) {
      return std::nullopt;
    }
    return DullLine{*record.time, record.zone_offset_minutes};
  }

 private:
  std::unique_ptr<TextStyle> style_;
  RecordFilter& filter_;
};

}  // namespace

std::unique_ptr<LineJudge> judge_text_records(std::unique_ptr<TextStyle> style, RecordFilter& filter) {
  return std::make_unique<TextJudge>(std::move(style), filter);
}

Status read_text_records(ByteSource& source, RecordSink& sink, TextStyle& style) { return Assembler(source, sink, style).run(); }

std::string_view plain_line_ends(std::string_view text, std::string& scratch) {
  if (text.find("\r\n") == std::string_view::npos) {
    return text;
  }
  scratch.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') {
      scratch += text[i];
    }
  }
  return scratch;
}

bool is_log_banner(std::string_view line) {
  constexpr std::string_view kStarts[] = {"Timestamp  ", "Filtering the log data using ", "Skipping ",
                                          "Log      - Default:", "Activity - Create:"};
  if (line.empty() || std::strchr("TFSLA", line.front()) == nullptr) {
    return false;
  }
  const bool starts = std::any_of(std::begin(kStarts), std::end(kStarts), [&](auto s) { return line.starts_with(s); });
  return starts && (line.front() != 'S' || line.find(" messages, pass --") != std::string_view::npos);
}

Sniffed sniff_text_style(std::string_view head, bool complete, TextStyle& style, std::string_view what) {
  const auto lines = head_lines(head, complete, 200);
  std::size_t headers = 0;
  std::size_t before = 0;
  for (const std::string_view line : lines) {
    Record record;
    if (style.parse_header(line, record)) {
      ++headers;
    } else if (headers == 0 && !style.is_banner(line)) {
      ++before;
    }
  }
  if (headers == 0) {
    return sniffed_no("no line begins with " + std::string(what));
  }
  const std::string found = count_of(headers, "line") + " of the first " + std::to_string(lines.size()) +
                            (headers == 1 ? " begins with " : " begin with ") + std::string(what);
  if (before > headers) {
    return sniffed(60, found + ", but more lines stand before the first");
  }
  return sniffed(std::min<int>(98, 93 + static_cast<int>(headers)), found);
}

}  // namespace uptrail
