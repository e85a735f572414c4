// `log show --style ndjson`: one JSON object a line, keys in any order.
#include <string>

#include "collector/base/text.h"
#include "collector/containers/builtin.h"
#include "collector/containers/line_reader.h"
#include "collector/containers/log_show_rows.h"
#include "collector/containers/mixed.h"
#include "collector/containers/sniff.h"
#include "collector/containers/text_records.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{"log_show_ndjson", "log show --style ndjson", 60, ClockKind::absolute,
                              "docs/formats/log_show_ndjson.md"};
constexpr int kLikely = 60;

class LogShowNdjson final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override;
  Status read(ByteSource& source, RecordSink& sink) const override;
  [[nodiscard]] std::unique_ptr<LineJudge> judge(RecordFilter& filter) const override { return judge_log_rows(filter); }
};

Sniffed LogShowNdjson::sniff(std::string_view head, bool complete) const {
  LogRows rows;
  std::size_t records = 0;
  std::size_t likely = 0;
  std::size_t footers = 0;
  std::size_t seen = 0;
  for (const std::string_view line : head_lines(head, complete, 50)) {
    if (is_log_banner(line)) {
      continue;
    }
    const LogRowKind kind = trim(line).starts_with('{') ? rows.kind_of(line) : LogRowKind::other;
    ++seen;
    records += kind == LogRowKind::record ? 1U : 0U;
    likely += kind == LogRowKind::likely ? 1U : 0U;
    footers += kind == LogRowKind::footer ? 1U : 0U;
  }
  if (records + likely == 0) {
    return sniffed_no("no line is a JSON object with \"timestamp\" and \"eventType\"");
  }
  const std::size_t found = records + likely;
  const std::string text = count_of(found, "line") + " of the first " + std::to_string(seen) +
                           (found == 1 ? " is a JSON object" : " are JSON objects") + " with \"timestamp\" and \"" +
                           (records > 0 ? "eventType" : "eventMessage") + "\"";
  const bool most = (found + footers) * 2 > seen;
  return sniffed(most && records > 0 ? 99 : most ? kLikely : kLikely - 10, text);
}

// False: the sink wants no more.
bool take_line(const Line& line, LogRows& rows, RecordSink& sink) {
  if (trim(line.text.substr(0, 4096)).empty() || is_log_banner(line.text)) {
    return true;
  }
  if (line.cut()) {
    sink.issue({IssueKind::unparsed, line.span(),
                "the line has " + std::to_string(line.length) + " bytes, more than a record may have"});
    return true;
  }
  return rows.row(line.text, line.span(), line.terminated);
}

Status LogShowNdjson::read(ByteSource& source, RecordSink& sink) const {
  LineReader lines(source);
  LogRows rows(&sink);
  while (lines.next()) {
    const Line& line = lines.line();
    const bool row = line.text.starts_with('{') && !is_event_row(line.text);
    if (!row && may_begin_elsewhere(line.text) && sink.ends_before(line.span())) {
      break;
    }
    if ((line.skipped.lines > 0 && !sink.skipped(line.skipped)) || !take_line(line, rows, sink)) {
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
