// `log show --style json`: one array of pretty printed objects; also such objects without the array's brackets.
#include <algorithm>
#include <string>

#include "collector/base/text.h"
#include "collector/containers/builtin.h"
#include "collector/containers/json_objects.h"
#include "collector/containers/log_show_rows.h"
#include "collector/containers/mixed.h"
#include "collector/containers/sniff.h"
#include "collector/containers/text_records.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{"log_show_json", "log show --style json", 65, ClockKind::absolute, "docs/formats/log_show_json.md"};
constexpr int kLikely = 60;
constexpr std::size_t kSniffedObjects = 20;

class LogShowJson final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override;
  Status read(ByteSource& source, RecordSink& sink) const override;
};

// Does the first object stand in an array, or go over several lines? Else the lines are ndjson.
bool is_pretty_or_array(std::string_view head, const JsonObjects::Piece& first) {
  const std::string_view before = head.substr(0, static_cast<std::size_t>(first.span.offset));
  return first.text.find('\n') != std::string_view::npos || trim(before).ends_with('[');
}

Sniffed LogShowJson::sniff(std::string_view head, bool complete) const {
  MemorySource source(head);
  JsonObjects objects(source);
  JsonObjects::Piece piece;
  LogRows rows;
  std::size_t records = 0;
  std::size_t likely = 0;
  std::size_t others = 0;
  bool shape = false;
  while (records + likely < kSniffedObjects && objects.next(piece)) {
    if (piece.what == JsonObjects::What::other_text) {
      others += is_log_banner(piece.text) ? 0U : 1U;
      continue;
    }
    if (piece.what == JsonObjects::What::cut_off && !complete) {
      break;
    }
    const LogRowKind kind = piece.what == JsonObjects::What::object ? rows.kind_of(piece.text) : LogRowKind::other;
    records += kind == LogRowKind::record ? 1U : 0U;
    likely += kind == LogRowKind::likely ? 1U : 0U;
    others += kind != LogRowKind::record && kind != LogRowKind::likely ? 1U : 0U;
    if (kind == LogRowKind::record || kind == LogRowKind::likely) {
      shape = shape || (records + likely == 1 && is_pretty_or_array(head, piece));
    }
  }
  const std::size_t found = records + likely;
  if (found == 0 || !shape) {
    return sniffed_no("no JSON object of several lines, or in an array, has \"timestamp\" and \"eventType\"");
  }
  const std::string text = "begins with " + count_of(found, "JSON object") +
                           " in an array or of several lines, with \"timestamp\" and \"" +
                           (records > 0 ? "eventType" : "eventMessage") + "\"";
  const bool most = found > others;
  return sniffed(most && records > 0 ? 99 : most ? kLikely : kLikely - 10, text);
}

class Reader {
 public:
  explicit Reader(RecordSink& sink) : sink_(sink), rows_(&sink) {}
  bool piece(const JsonObjects::Piece& piece);
  void end_stray();

 private:
  void stray(const JsonObjects::Piece& piece);
  RecordSink& sink_;
  LogRows rows_;
  bool open_ = false;  // lines that are no objects
  SourceSpan stray_;
};

void Reader::stray(const JsonObjects::Piece& piece) {
  if (is_log_banner(piece.text)) {
    end_stray();
    return;
  }
  if (!open_) {
    open_ = true;
    stray_ = piece.span;
  }
  stray_.length =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(piece.span.offset + piece.span.length - stray_.offset, UINT32_MAX));
}

void Reader::end_stray() {
  if (open_) {
    open_ = false;
    sink_.issue({IssueKind::unparsed, stray_, "no JSON object begins here"});
  }
}

// False: the sink wants no more.
bool Reader::piece(const JsonObjects::Piece& piece) {
  using What = JsonObjects::What;
  if (piece.what == What::other_text) {
    stray(piece);
    return true;
  }
  end_stray();
  switch (piece.what) {
    case What::object:
      return rows_.row(piece.text, piece.span, true);
    case What::cut_off:
      sink_.issue({IssueKind::unparsed, piece.span, "the input ends inside this JSON object"});
      return true;
    case What::too_long:
      sink_.issue({IssueKind::unparsed, piece.span,
                   "this JSON object is longer than " + std::to_string(kMaxRecordBytes) + " bytes, the most a record may have"});
      return true;
    case What::damaged:
    case What::other_text:
      break;
  }
  sink_.issue({IssueKind::unparsed, piece.span, "this JSON object is damaged: it is not closed where the next one begins"});
  return true;
}

Status LogShowJson::read(ByteSource& source, RecordSink& sink) const {
  JsonObjects objects(source);
  Reader reader(sink);
  JsonObjects::Piece piece;
  while (objects.next(piece)) {
    const bool text = piece.what == JsonObjects::What::other_text || is_event_row(piece.text);
    if (text && may_begin_elsewhere(piece.text) && sink.ends_before(piece.span)) {
      break;
    }
    if (!reader.piece(piece)) {
      return fail(ErrorKind::interrupted, "reading was stopped", std::string(source.name()), piece.span.offset);
    }
  }
  reader.end_stray();
  return objects.status();
}

}  // namespace

const Container& log_show_json_container() {
  static const LogShowJson kContainer;
  return kContainer;
}

}  // namespace uptrail
