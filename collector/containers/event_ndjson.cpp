// Uptrail's own event NDJSON: one event as a JSON object in each line (docs/events.md). What the fields mean is not read here.
#include <simdjson.h>

#include <algorithm>
#include <string>

#include "collector/base/text.h"
#include "collector/containers/builtin.h"
#include "collector/containers/line_reader.h"
#include "collector/containers/mixed.h"
#include "collector/containers/sniff.h"

namespace uptrail {

namespace {

namespace dom = simdjson::dom;

constexpr ContainerInfo kInfo{"event_ndjson", "Uptrail event NDJSON", 10, ClockKind::absolute, "docs/formats/event_ndjson.md"};

// What one line told about itself.
struct Header {
  std::string error;      // why the line is no event; empty: it is one
  bool repaired = false;  // a value was replaced before it was parsed
  bool marked = false;
  bool has_time = false;
  std::optional<TimeNs> time;
  std::optional<int> zone;
  std::string_view process;
  std::string_view thread;
  std::optional<std::int64_t> pid;
};

void take_time(dom::element value, Header& out) {
  out.has_time = true;
  std::int64_t ns = 0;
  std::string_view text;
  if (value.get_int64().get(ns) == simdjson::SUCCESS) {
    out.time = TimeNs{ns};
  } else if (value.get_string().get(text) == simdjson::SUCCESS) {
    if (const auto parsed = parse_iso(text)) {
      out.time = parsed->time;
      out.zone = parsed->offset_minutes;
    }
  }
}

void take_field(std::string_view key, dom::element value, Header& out) {
  std::int64_t number = 0;
  std::string_view text;
  if (key == "t") {
    take_time(value, out);
  } else if (key == "uptrail") {
    out.marked = value.get_int64().get(number) == simdjson::SUCCESS;
  } else if (key == "pid") {
    if (value.get_int64().get(number) == simdjson::SUCCESS) {
      out.pid = number;
    }
  } else if (key == "process" || key == "thread") {
    if (value.get_string().get(text) == simdjson::SUCCESS) {
      (key == "process" ? out.process : out.thread) = text;
    }
  }
}

// `line` must have kLinePadding readable bytes behind it.
simdjson::error_code parse_object(dom::parser& parser, std::string_view line, dom::element& root, Header& out) {
  static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);
  if (const auto error = parser.parse(line.data(), line.size(), false).get(root); error != simdjson::SUCCESS) {
    return error;
  }
  dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) {
    out.error = "the line is JSON, but not an object";
    return simdjson::SUCCESS;
  }
  for (const auto field : object) {
    take_field(field.key, field.value, out);
  }
  return simdjson::SUCCESS;
}

// A number beyond 64 bits fails the whole parse. Blanks out the digits of the outermost "t" so that the rest can be judged;
// false: there is no such number.
bool blank_time(std::string& line) {
  int depth = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    depth += c == '{' || c == '[' ? 1 : 0;
    depth -= c == '}' || c == ']' ? 1 : 0;
    if (c != '"') {
      continue;
    }
    const std::size_t start = i + 1;
    for (i = start; i < line.size() && line[i] != '"'; ++i) {
      i += line[i] == '\\' ? 1U : 0U;
    }
    std::size_t value = line.find_first_not_of(" \t", std::min(i + 1, line.size()));
    if (depth != 1 || i - start != 1 || line[start] != 't' || value == std::string::npos || line[value] != ':') {
      continue;
    }
    value = line.find_first_not_of(" \t", value + 1);
    const std::size_t end = line.find_first_not_of("+-.0123456789eE", value);
    if (value == std::string::npos || end == std::string::npos || end == value) {
      return false;
    }
    std::fill(line.begin() + static_cast<std::ptrdiff_t>(value), line.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    line[value] = '0';
    return true;
  }
  return false;
}

// `root`: the line as it is; not to be used when Header::repaired.
Header parse_header(dom::parser& parser, std::string_view line, dom::element& root) {
  Header out;
  auto error = parse_object(parser, line, root, out);
  if (error == simdjson::NUMBER_ERROR) {
    std::string copy(line);
    if (blank_time(copy)) {
      copy.resize(line.size() + kLinePadding);
      out = {};
      error = parse_object(parser, std::string_view(copy).substr(0, line.size()), root, out);
      out.time.reset();
      out.repaired = true;
    }
  }
  if (error != simdjson::SUCCESS) {
    out.error = std::string("the line is not a JSON object: ") + simdjson::error_message(error);
  }
  return out;
}

class EventNdjson final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override;
  Status read(ByteSource& source, RecordSink& sink) const override;
};

Sniffed EventNdjson::sniff(std::string_view head, bool complete) const {
  const auto lines = head_lines(head, complete, 50);
  if (lines.empty()) {
    return sniffed_no("the input has no line");
  }
  std::size_t marked = 0;
  dom::parser parser;
  for (const std::string_view line : lines) {
    std::string padded(trim(line));
    const std::size_t size = padded.size();
    padded.resize(size + kLinePadding);
    dom::element root;
    const Header header = parse_header(parser, std::string_view(padded).substr(0, size), root);
    marked += header.error.empty() && header.marked ? 1U : 0U;
  }
  if (marked == 0) {
    return sniffed_no("no line is a JSON object with the key \"uptrail\"");
  }
  if (marked == lines.size()) {
    return sniffed(100, "every line is a JSON object with the key \"uptrail\"");
  }
  const std::string share = count_of(marked, "line") + " of the first " + std::to_string(lines.size());
  if (marked * 2 >= lines.size()) {
    return sniffed(95, share + " are JSON objects with the key \"uptrail\"");
  }
  return sniffed(40, "only " + share + " are JSON objects with the key \"uptrail\"");
}

// One non-blank line. False: the sink wants no more.
bool give_line(const Line& line, dom::parser& parser, std::string& valid, RecordSink& sink) {
  Issue issue;
  issue.span = line.span();
  if (line.cut()) {
    issue.kind = IssueKind::unparsed;
    issue.detail = "the line has " + std::to_string(line.length) + " bytes, more than a record may have";
    sink.issue(issue);
    return true;
  }
  dom::element root;
  Header header = parse_header(parser, line.text, root);
  if (!header.error.empty() && !is_valid_utf8(line.text)) {
    valid = to_valid_utf8(line.text);
    const std::size_t size = valid.size();
    valid.resize(size + kLinePadding);
    header = parse_header(parser, std::string_view(valid).substr(0, size), root);
    header.repaired = true;
    if (header.error.empty()) {
      issue.kind = IssueKind::invalid_utf8;
      issue.detail = "the text is not valid UTF-8";
      sink.issue(issue);
    }
  }
  if (header.error.empty() && !header.marked) {
    header.error = "the JSON object has no integer \"uptrail\"";
  }
  if (!header.error.empty()) {
    issue.kind = IssueKind::unparsed;
    issue.detail = line.terminated ? header.error : header.error + "; the input ends in this line";
    sink.issue(issue);
    return true;
  }
  if (!header.time) {
    issue.kind = IssueKind::bad_value;
    issue.detail =
        header.has_time ? "\"t\" is not a time: neither ISO 8601 nor nanoseconds inside 64 bits" : "the event has no \"t\"";
    sink.issue(issue);
  }
  Record record;
  record.span = line.span();
  record.time = header.time;
  record.zone_offset_minutes = header.zone;
  record.process = header.process;
  record.pid = header.pid;
  record.thread = header.thread;
  record.message = line.text;
  record.raw = line.text;
  record.json = header.repaired ? nullptr : &root;
  return sink.record(record);
}

Status EventNdjson::read(ByteSource& source, RecordSink& sink) const {
  LineReader lines(source);
  dom::parser parser;
  std::string valid;
  const auto is_event = [](std::string_view text) { return text.starts_with('{') && contains(text, "\"uptrail\""); };
  while (lines.next()) {
    if (trim(lines.line().text).empty()) {
      continue;
    }
    if (!is_event(lines.line().text) && may_begin_elsewhere(lines.line().text) && sink.ends_before(lines.line().span())) {
      break;
    }
    if (!give_line(lines.line(), parser, valid, sink)) {
      return fail(ErrorKind::interrupted, "reading was stopped", std::string(source.name()), lines.line().offset);
    }
  }
  return lines.status();
}

}  // namespace

const Container& event_ndjson_container() {
  static const EventNdjson kContainer;
  return kContainer;
}

}  // namespace uptrail
