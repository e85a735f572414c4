// Console.app with the time column moved to the end: a record ends where a line ends with a time.
#include <algorithm>
#include <string>

#include "collector/base/text.h"
#include "collector/containers/console_layout.h"
#include "collector/containers/line_reader.h"
#include "collector/containers/text_records.h"

namespace uptrail {

namespace {

class TimeLast {
 public:
  TimeLast(ByteSource& source, RecordSink& sink, const ConsoleLayout& layout)
      : source_(source), sink_(sink), layout_(layout), lines_(source) {}
  Status run();

 private:
  void line();
  bool give(std::string_view text);
  void lost(std::string detail);

  ByteSource& source_;
  RecordSink& sink_;
  const ConsoleLayout& layout_;
  LineReader lines_;
  ConsoleDays days_;
  bool open_ = false;      // a record has begun
  bool complete_ = false;  // and its last line was read
  bool skipping_ = false;  // it was too long: nothing is kept until it ends
  SourceSpan span_;
  std::uint64_t end_ = 0;
  std::string joined_;
};

Status TimeLast::run() {
  for (;;) {
    const bool more = lines_.next();
    if (complete_ && !give(lines_.held())) {
      return fail(ErrorKind::interrupted, "reading was stopped", std::string(source_.name()), span_.offset);
    }
    if (!more) {
      break;
    }
    line();
  }
  if (!lines_.status()) {
    return lines_.status();
  }
  if (open_) {
    lost("the input ends before the time that ends this record");
  }
  return done();
}

void TimeLast::line() {
  const Line& line = lines_.line();
  const std::size_t tab = line.text.rfind('\t');
  const bool timed = !line.cut() && tab != std::string_view::npos && console_time(line.text.substr(tab + 1)).has_value();
  if (!open_) {
    if (trim(line.text.substr(0, 4096)).empty()) {
      return;
    }
    open_ = true;
    span_ = line.span();
    lines_.hold();
  }
  end_ = line.offset + line.length;
  if (line.cut() || lines_.held_size() > kMaxRecordBytes) {
    skipping_ = true;
    lines_.release();
  }
  if (timed && skipping_) {
    lost("the record is longer than " + std::to_string(kMaxRecordBytes) + " bytes");
  } else {
    complete_ = timed;
  }
}

void TimeLast::lost(std::string detail) {
  span_.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(end_ - span_.offset, UINT32_MAX));
  sink_.issue({IssueKind::unparsed, span_, std::move(detail)});
  open_ = complete_ = skipping_ = false;
  lines_.release();
}

// `text` is one record; its last column is the time. False: the sink wants no more.
bool TimeLast::give(std::string_view text) {
  const std::size_t tab = text.find('\t');
  const std::size_t last = text.rfind('\t');
  const auto time = console_time(text.substr(last + 1));
  Record out;
  if (!time || tab >= last || !is_console_type(text.substr(0, tab)) ||
      !take_console_columns(text.substr(tab + 1, last - tab - 1), layout_.extra, out)) {
    lost("no record begins here: the end of one that began earlier, or another format");
    return true;
  }
  open_ = complete_ = false;
  lines_.release();
  out.time = days_.place(TimeNs{time->utc_ns});
  out.zone_offset_minutes = time->zone_minutes;
  out.level = level_of(text.substr(0, tab));
  out.raw = text;
  out.span = span_;
  out.span.length = static_cast<std::uint32_t>(text.size());
  out.message = plain_line_ends(out.message, joined_);
  return sink_.record(out);
}

}  // namespace

Status read_console_time_last(ByteSource& source, RecordSink& sink, const ConsoleLayout& layout) {
  return TimeLast(source, sink, layout).run();
}

}  // namespace uptrail
