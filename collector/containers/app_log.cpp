// An app's own log file: every record begins with a time of one shape, which is learnt from the head; whatever the logger.
#include <algorithm>
#include <string>

#include "collector/base/text.h"
#include "collector/containers/app_log_tags.h"
#include "collector/containers/builtin.h"
#include "collector/containers/console_layout.h"
#include "collector/containers/developer_prefix.h"
#include "collector/containers/head_source.h"
#include "collector/containers/sniff.h"
#include "collector/containers/stamp_shape.h"
#include "collector/containers/system_front.h"
#include "collector/containers/text_pieces.h"
#include "collector/containers/text_records.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{"app_log", "an app's own log", 900, ClockKind::absolute, "docs/formats/app_log.md"};

constexpr int kDated = 45;  // below every container that knows its lines
constexpr int kTimeOnly = 42;
constexpr std::size_t kLines = 1000;        // of the head
constexpr std::size_t kLinesARecord = 100;  // at most, on average

class AppLog final : public TextStyle {
 public:
  explicit AppLog(const LearntStamps& learnt) : learnt_(learnt) {}
  bool parse_header(std::string_view line, Record& out) override;
  void finish(Record& out) override {
    if (out.time && learnt_.order == DateOrder::none) {
      out.time = days_.place(*out.time);
    }
  }
  [[nodiscard]] bool is_timed(const Record& record) const override { return !has_system_front(record.message); }
  [[nodiscard]] bool is_banner(std::string_view) const override { return false; }
  [[nodiscard]] bool begins_header(std::string_view line) const override;

 private:
  const LearntStamps& learnt_;
  ConsoleDays days_;
};

bool AppLog::parse_header(std::string_view line, Record& out) {
  const auto stamp = find_stamp(line);
  if (!stamp || stamp->shape != learnt_.shape) {
    // Messages of the system between the app's own, in a copy of a console.
    out.message = line;
    return !line.starts_with(' ') && has_system_front(line);
  }
  out.time = time_of(*stamp, learnt_.order);
  out.zone_offset_minutes = stamp->zone_minutes;
  take_log_tags(stamp->lead, stamp->rest, out);
  return true;
}

// Cut off inside the time: only for the commonest beginning, four digits of a year and more.
bool AppLog::begins_header(std::string_view line) const {
  constexpr std::size_t kLeast = 5;
  constexpr std::string_view kDigits = "0123456789";
  if (learnt_.shape.order != DateOrder::ymd || learnt_.shape.lead > 0 || line.size() < kLeast) {
    return false;
  }
  line.remove_prefix(learnt_.shape.bracket != '\0' && line.front() == learnt_.shape.bracket ? 1 : 0);
  return line.size() >= kLeast && line.substr(0, 4).find_first_not_of(kDigits) == std::string_view::npos &&
         line[4] == learnt_.shape.date_mark && line.find_first_not_of("0123456789-/.:,T AP", 5) == std::string_view::npos;
}

class AppLogFile final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override;
  Status read(ByteSource& source, RecordSink& sink) const override;
};

Sniffed AppLogFile::sniff(std::string_view head, bool complete) const {
  const auto lines = head_lines(head, complete, kLines);
  const auto learnt = learn_stamps(lines);
  if (!learnt) {
    return sniffed_no("no line begins with a time");
  }
  const std::string what = count_of(learnt->lines, "line") + " of the first " + std::to_string(lines.size()) +
                           (learnt->lines == 1 ? " begins" : " begin") + " with a time of one shape";
  // One time alone could be anybody's.
  if (learnt->lines == 1 && first_piece(trim(head)).size() < trim(head).size()) {
    return sniffed_no("only " + what);
  }
  if (learnt->lines * kLinesARecord < lines.size()) {
    return sniffed_no("only " + what);
  }
  return sniffed(learnt->order == DateOrder::none ? kTimeOnly : kDated,
                 what + (learnt->order == DateOrder::none ? ", without date" : ""));
}

Status AppLogFile::read(ByteSource& source, RecordSink& sink) const {
  HeadSource whole(source);
  UPTRAIL_TRY(whole.fill());
  const auto learnt = learn_stamps(head_lines(whole.head(), whole.complete(), kLines)).value_or(LearntStamps{});
  const bool absolute = learnt.order != DateOrder::none && learnt.shape.zone != StampZone::none;
  if (!absolute) {
    sink.clock(ClockKind::floating);
  }
  if (learnt.guessed) {
    sink.issue({IssueKind::bad_value,
                {},
                std::string("day and month cannot be told apart in this file; the date is read as ") +
                    (learnt.order == DateOrder::mdy ? "month, day, year" : "day, month, year")});
  }
  AppLog style(learnt);
  return read_text_records(whole, sink, style);
}

}  // namespace

const Container& app_log_container() {
  static const AppLogFile kContainer;
  return kContainer;
}

}  // namespace uptrail
