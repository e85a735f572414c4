// `log show --style ndjson`: one JSON object a line, keys in any order.
#include <simdjson.h>

#include <charconv>
#include <string>

#include "collector/base/text.h"
#include "collector/containers/builtin.h"
#include "collector/containers/header_scan.h"
#include "collector/containers/line_reader.h"
#include "collector/containers/sniff.h"
#include "collector/containers/text_records.h"

namespace uptrail {

namespace {

namespace dom = simdjson::dom;

constexpr ContainerInfo kInfo{"log_show_ndjson", "log show --style ndjson", 60, ClockKind::absolute,
                              "docs/formats/log_show_ndjson.md"};

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

enum class LineKind : std::uint8_t { record, footer, event, other };

// One line; the views live in the parser until its next line.
struct LogObject {
  std::string error;
  LineKind kind = LineKind::other;
  Record record;
  std::string_view process_path, sender_path, event_type;
  bool has_time = false;
  std::optional<std::int64_t> thread;
};

void take_text(std::string_view key, std::string_view text, StampReader& stamps, LogObject& out) {
  if (key == "timestamp") {
    HeaderScan in(text);
    Stamp stamp;
    out.has_time = true;
    if (stamps.date_time(in, stamp) && in.at_end()) {
      out.record.time = stamp.time;
      out.record.zone_offset_minutes = stamp.zone_minutes;
    }
  } else if (key == "eventMessage") {
    out.record.message = text;
  } else if (key == "messageType") {
    out.record.level = level_of(text);
  } else if (key == "subsystem") {
    out.record.subsystem = text;
  } else if (key == "category") {
    out.record.category = text;
  } else if (key == "processImagePath") {
    out.process_path = text;
  } else if (key == "senderImagePath") {
    out.sender_path = text;
  } else if (key == "eventType") {
    out.event_type = text;
  }
}

simdjson::error_code parse_object(dom::parser& parser, std::string_view line, StampReader& stamps, LogObject& out) {
  dom::element root;
  if (const auto error = parser.parse(line.data(), line.size(), false).get(root); error != simdjson::SUCCESS) {
    return error;
  }
  dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) {
    out.error = "the line is JSON, but not an object";
    return simdjson::SUCCESS;
  }
  bool footer = false;
  for (const auto field : object) {
    std::string_view text;
    std::int64_t number = 0;
    footer = footer || field.key == "finished";
    if (field.key == "uptrail") {
      out.kind = LineKind::event;
    } else if (field.value.get_string().get(text) == simdjson::SUCCESS) {
      take_text(field.key, text, stamps, out);
    } else if (field.value.get_int64().get(number) == simdjson::SUCCESS) {
      if (field.key == "processID") {
        out.record.pid = number;
      } else if (field.key == "threadID") {
        out.thread = number;
      }
    }
  }
  if (out.kind != LineKind::event && out.has_time) {
    out.kind = LineKind::record;
  } else if (out.kind != LineKind::event && footer) {
    out.kind = LineKind::footer;
  }
  return simdjson::SUCCESS;
}

// `line` must have kLinePadding readable bytes behind it.
LogObject parse_line(dom::parser& parser, StampReader& stamps, std::string_view line) {
  LogObject out;
  const auto error = parse_object(parser, line, stamps, out);
  if (error != simdjson::SUCCESS) {
    out.error = std::string("the line is not a JSON object: ") + simdjson::error_message(error);
  } else if (out.error.empty() && out.kind == LineKind::other) {
    out.error = "the JSON object has no \"timestamp\"";
  } else if (out.error.empty() && out.kind == LineKind::event) {
    out.error = "an Uptrail event, not a record of log show";
  }
  out.record.process = file_name(out.process_path);
  if (out.sender_path != out.process_path) {
    out.record.library = file_name(out.sender_path);
  }
  return out;
}

class LogShowNdjson final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override;
  Status read(ByteSource& source, RecordSink& sink) const override;
};

Sniffed LogShowNdjson::sniff(std::string_view head, bool complete) const {
  const auto lines = head_lines(head, complete, 50);
  dom::parser parser;
  StampReader stamps;
  std::size_t records = 0;
  std::size_t footers = 0;
  std::size_t seen = 0;
  for (const std::string_view line : lines) {
    if (is_log_banner(line)) {
      continue;
    }
    std::string padded(line);
    padded.resize(line.size() + kLinePadding);
    const LogObject found = parse_line(parser, stamps, std::string_view(padded).substr(0, line.size()));
    ++seen;
    records += found.error.empty() && found.kind == LineKind::record && !found.event_type.empty() ? 1U : 0U;
    footers += found.error.empty() && found.kind == LineKind::footer ? 1U : 0U;
  }
  if (records == 0) {
    return sniffed_no("no line is a JSON object with \"timestamp\" and \"eventType\"");
  }
  const std::string found = count_of(records, "line") + " of the first " + std::to_string(seen) +
                            (records == 1 ? " is a JSON object" : " are JSON objects") + " with \"timestamp\" and \"eventType\"";
  return sniffed((records + footers) * 2 > seen ? 99 : 50, found);
}

class Reader {
 public:
  explicit Reader(RecordSink& sink) : sink_(sink) {}
  bool line(const Line& line);

 private:
  bool record(const Line& line, LogObject& found);
  RecordSink& sink_;
  dom::parser parser_;
  StampReader stamps_;
  std::string valid_;
};

// False: the sink wants no more.
bool Reader::line(const Line& line) {
  if (trim(line.text.substr(0, 4096)).empty() || is_log_banner(line.text)) {
    return true;
  }
  Issue issue{IssueKind::unparsed, line.span(), {}};
  if (line.cut()) {
    issue.detail = "the line has " + std::to_string(line.length) + " bytes, more than a record may have";
    sink_.issue(issue);
    return true;
  }
  LogObject found = parse_line(parser_, stamps_, line.text);
  if (!found.error.empty() && !is_valid_utf8(line.text)) {
    valid_ = to_valid_utf8(line.text);
    const std::size_t size = valid_.size();
    valid_.resize(size + kLinePadding);
    found = parse_line(parser_, stamps_, std::string_view(valid_).substr(0, size));
    if (found.error.empty()) {
      sink_.issue({IssueKind::invalid_utf8, line.span(), "the text is not valid UTF-8"});
    }
  }
  if (!found.error.empty()) {
    issue.detail = line.terminated ? found.error : found.error + "; the input ends in this line";
    sink_.issue(issue);
    return true;
  }
  return found.kind == LineKind::footer || record(line, found);
}

bool Reader::record(const Line& line, LogObject& found) {
  if (!found.record.time) {
    sink_.issue({IssueKind::clock, line.span(), "\"timestamp\" is no time, or leaves 64 bits"});
  }
  if (found.event_type == "lossEvent") {
    sink_.issue({IssueKind::loss, line.span(), "the log says that messages were lost here"});
  }
  char thread[20] = {'0', 'x'};
  if (found.thread && *found.thread >= 0) {
    const auto end = std::to_chars(thread + 2, thread + sizeof thread, *found.thread, 16);
    found.record.thread = std::string_view(thread, static_cast<std::size_t>(end.ptr - thread));
  }
  found.record.span = line.span();
  found.record.raw = line.text;
  return sink_.record(found.record);
}

Status LogShowNdjson::read(ByteSource& source, RecordSink& sink) const {
  LineReader lines(source);
  Reader reader(sink);
  while (lines.next()) {
    if (!reader.line(lines.line())) {
      return fail(ErrorKind::interrupted, "reading was stopped", std::string(source.name()), lines.line().offset);
    }
  }
  return lines.status();
}

}  // namespace

const Container& log_show_ndjson_container() {
  static const LogShowNdjson kContainer;
  return kContainer;
}

}  // namespace uptrail
