#include "collector/containers/log_show_rows.h"

#include <simdjson.h>

#include <array>
#include <charconv>
#include <string>

#include "collector/base/path_names.h"
#include "collector/base/text.h"
#include "collector/containers/header_scan.h"
#include "collector/containers/line_reader.h"

namespace uptrail {

namespace {

namespace dom = simdjson::dom;

// One object; the views live in the parser until its next one.
struct LogObject {
  std::string error;
  LogRowKind kind = LogRowKind::other;
  Record record;
  std::string_view process_path, sender_path, event_type;
  bool has_time = false;
  bool has_message = false;
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
    out.has_message = true;
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
    out.error = "this is JSON, but not an object";
    return simdjson::SUCCESS;
  }
  bool footer = false;
  for (const auto field : object) {
    std::string_view text;
    std::int64_t number = 0;
    footer = footer || field.key == "finished";
    if (field.key == "uptrail") {
      out.kind = LogRowKind::event;
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
  if (out.kind != LogRowKind::event && out.has_time) {
    out.kind = LogRowKind::record;
  } else if (out.kind != LogRowKind::event && footer) {
    out.kind = LogRowKind::footer;
  }
  return simdjson::SUCCESS;
}

// `line` must have kLinePadding readable bytes behind it.
LogObject parse_row(dom::parser& parser, StampReader& stamps, std::string_view line) {
  LogObject out;
  const auto error = parse_object(parser, line, stamps, out);
  if (error != simdjson::SUCCESS) {
    out.error = std::string("this is not a JSON object: ") + simdjson::error_message(error);
  } else if (out.error.empty() && out.kind == LogRowKind::other) {
    out.error = "the JSON object has no \"timestamp\"";
  } else if (out.error.empty() && out.kind == LogRowKind::event) {
    out.error = "an Uptrail event, not a record of log show";
  }
  out.record.process = last_part(out.process_path);
  if (out.sender_path != out.process_path) {
    out.record.library = last_part(out.sender_path);
  }
  return out;
}

class RowJudge final : public LineJudge {
 public:
  explicit RowJudge(RecordFilter& filter) : filter_(filter) {}
  std::optional<DullLine> dull(std::string_view line) override {
    if (!line.starts_with('{')) {
      return std::nullopt;
    }
    const LogObject found = parse_row(parser_, stamps_, line);
    const bool plain = found.error.empty() && found.kind == LogRowKind::record && found.event_type != "lossEvent";
    if (!plain || !found.record.time || filter_.may_matter(found.record)) {
      return std::nullopt;
    }
    return DullLine{*found.record.time, found.record.zone_offset_minutes};
  }

 private:
  RecordFilter& filter_;
  dom::parser parser_;
  StampReader stamps_;
};

}  // namespace

std::unique_ptr<LineJudge> judge_log_rows(RecordFilter& filter) { return std::make_unique<RowJudge>(filter); }

struct LogRows::Parts {
  RecordSink* sink = nullptr;
  dom::parser parser;
  StampReader stamps;
  std::string valid;  // the last object that was not valid UTF-8, or had no padding

  bool record(std::string_view text, const SourceSpan& span, LogObject& found) const;
};

bool LogRows::Parts::record(std::string_view text, const SourceSpan& span, LogObject& found) const {
  if (!found.record.time) {
    sink->issue({IssueKind::clock, span, "\"timestamp\" is no time, or leaves 64 bits"});
  }
  if (found.event_type == "lossEvent") {
    sink->issue({IssueKind::loss, span, "the log says that messages were lost here"});
  }
  std::array<char, 20> thread = {'0', 'x'};
  if (found.thread && *found.thread >= 0) {
    const auto end = std::to_chars(thread.data() + 2, thread.data() + thread.size(), *found.thread, 16);
    found.record.thread = std::string_view(thread.data(), static_cast<std::size_t>(end.ptr - thread.data()));
  }
  found.record.span = span;
  found.record.raw = text;
  return sink->record(found.record);
}

LogRows::LogRows(RecordSink* sink) : parts_(std::make_unique<Parts>()) { parts_->sink = sink; }
LogRows::~LogRows() = default;

LogRowKind LogRows::kind_of(std::string_view text) {
  parts_->valid = text;
  parts_->valid.resize(text.size() + kLinePadding);
  const LogObject found = parse_row(parts_->parser, parts_->stamps, std::string_view(parts_->valid).substr(0, text.size()));
  if (!found.error.empty() || found.kind != LogRowKind::record) {
    return found.kind == LogRowKind::record ? LogRowKind::other : found.kind;
  }
  return !found.event_type.empty() ? LogRowKind::record : found.has_message ? LogRowKind::likely : LogRowKind::other;
}

bool LogRows::row(std::string_view text, const SourceSpan& span, bool whole) {
  LogObject found = parse_row(parts_->parser, parts_->stamps, text);
  if (!found.error.empty() && !is_valid_utf8(text)) {
    parts_->valid = to_valid_utf8(text);
    const std::size_t size = parts_->valid.size();
    parts_->valid.resize(size + kLinePadding);
    found = parse_row(parts_->parser, parts_->stamps, std::string_view(parts_->valid).substr(0, size));
    if (found.error.empty()) {
      parts_->sink->issue({IssueKind::invalid_utf8, span, "the text is not valid UTF-8"});
    }
  }
  if (!found.error.empty()) {
    parts_->sink->issue({IssueKind::unparsed, span, whole ? found.error : found.error + "; the input ends here"});
    return true;
  }
  return found.kind == LogRowKind::footer || parts_->record(text, span, found);
}

}  // namespace uptrail
