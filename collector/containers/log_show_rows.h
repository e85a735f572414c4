// The JSON objects that `log show` prints, one a record: as records.
#pragma once

#include <memory>
#include <string_view>

#include "collector/containers/container.h"

namespace uptrail {

enum class LogRowKind : std::uint8_t {
  record,  // has "timestamp" and "eventType"
  likely,  // has "timestamp" and "eventMessage" only
  footer,  // {"count":2,"finished":1}
  event,   // an Uptrail event
  other
};

// For one-object lines. `filter` must outlive it.
std::unique_ptr<LineJudge> judge_log_rows(RecordFilter& filter);

class LogRows {
 public:
  explicit LogRows(RecordSink* sink = nullptr);
  ~LogRows();
  LogRows(const LogRows&) = delete;
  LogRows& operator=(const LogRows&) = delete;

  // For recognition; `text` needs no padding.
  LogRowKind kind_of(std::string_view text);
  // Reads one object and gives it to the sink, or an issue. kLinePadding bytes behind `text` must be readable. `whole`: the input
  // did not end inside of it. False: the sink wants no more.
  bool row(std::string_view text, const SourceSpan& span, bool whole);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace uptrail
