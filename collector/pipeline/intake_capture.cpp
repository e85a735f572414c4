#include "collector/pipeline/intake_capture.h"

#include <algorithm>

#include "collector/base/text.h"
#include "collector/messages/redaction.h"

namespace uptrail {

namespace {
constexpr std::uint64_t kProgressBytes = 64U << 10U;
constexpr std::uint32_t kCheckEvery = 256;  // records between two looks at the cancel flag

void set_step(Event& e, const Record& record, const ClockStep& step) {
  e.kind = EventKind::clock_step;
  e.observer = Observer::tool;
  e.confidence = EventConfidence::inferred;
  e.t_src = record.time;
  e.span = record.span;
  e.fields.set(Field::delta, step.moved.seconds());
}
}  // namespace

void keep_issue(Source& source, const Issue& issue) {
  ++source.issue_count;
  if (source.issues.size() < kMaxKeptIssues) {
    source.issues.push_back(issue);
    source.issues.back().detail = to_valid_utf8(issue.detail);
  }
}

CaptureSink::CaptureSink(IntakeContext& context, Source& source, std::optional<std::uint64_t> total_bytes)
    : context_(context), source_(source), total_(total_bytes) {}

void CaptureSink::report_progress(std::uint64_t offset) {
  if (context_.progress && offset - reported_at_ >= kProgressBytes) {
    reported_at_ = offset;
    if (context_.tree != nullptr) {
      const FileTree::Place place = context_.tree->place();
      context_.progress({"reading " + source_.path, place.done, place.total});
      return;
    }
    context_.progress({"reading " + source_.path, offset, total_});
  }
}

bool CaptureSink::write_line(const RawLine& line) {
  Status written = context_.writer.add_raw(line);
  if (!written.ok()) {
    status_ = std::move(written);
    return false;
  }
  return true;
}

RawLine CaptureSink::line_of(const Record& record) const {
  RawLine line;
  line.source = source_.id;
  line.span = record.span;
  line.t_src = record.time;
  line.text = to_valid_utf8(record.raw.substr(0, kMaxRawBytes));
  if (line.text.size() > kMaxRawBytes) {
    line.text = ellipsize(line.text, kMaxRawBytes);
  }
  line.is_event = first_event_.valid();
  line.event = first_event_;
  return line;
}

bool CaptureSink::write_related(const Record& record) {
  status_ = context_.writer.add_related({line_of(record), decoded_.observer, decoded_.known, decoded_.about});
  return status_.ok();
}

bool CaptureSink::add_events(const Record& record, bool related) {
  first_event_ = {};
  for (Event& e : decoded_.events) {
    e.source = source_.id;
    e.seq = seq_++;
    const Result<EventId> id = context_.writer.add_event(e);
    if (!id.ok()) {
      status_ = id.error();
      return false;
    }
    e.id = *id;
    if (!first_event_.valid()) {
      first_event_ = *id;
    }
    context_.sightings.add(e);
  }
  for (std::size_t i = 0; i < kContextLines; ++i) {
    Held& held = before_[(next_held_ + i) % kContextLines];  // oldest first
    if (held.used) {
      held.used = false;
      held.line.text = to_valid_utf8(held.line.text);
      if (!write_line(held.line)) {
        return false;
      }
    }
  }
  after_left_ = kContextLines;
  return related ? write_related(record) : write_line(line_of(record));
}

void CaptureSink::note_observer(const Record& record) {
  Observed& o = observed_[static_cast<std::size_t>(decoded_.observer)];
  o.seen = true;
  o.redacted = o.redacted || has_hidden_value(record.message);
}

// Only clocks without a printed zone can step unseen.
std::optional<ClockStep> CaptureSink::watch_clock(const Record& record) {
  if (source_.clock != ClockKind::floating || !record.time) {
    return std::nullopt;
  }
  watch_.read(*record.time, record.message);
  if (record.zone_offset_minutes) {
    return std::nullopt;
  }
  auto step = watch_.step(*record.time);
  if (step) {
    keep_issue(source_, {IssueKind::clock, record.span, step->words});
  }
  return step && step->doubtful ? step : std::nullopt;
}

void CaptureSink::note_time(TimeNs earliest, TimeNs latest) {
  source_.first = source_.first ? std::min(*source_.first, earliest) : earliest;
  source_.last = source_.last ? std::max(*source_.last, latest) : latest;
}

// Now and then: tells how far it came, and asks whether to go on.
bool CaptureSink::look_up(std::uint64_t offset) {
  since_check_ = 0;
  report_progress(offset);
  return !context_.cancelled();
}

bool CaptureSink::skipped(const SkippedLines& lines) {
  source_.accounting.read += lines.lines;
  source_.accounting.irrelevant += lines.lines;
  note_time(lines.first, lines.last);
  times_ += lines.lines;
  whole_seconds_ = whole_seconds_ && lines.whole_seconds;
  if (!source_.zone_offset_minutes) {
    source_.zone_offset_minutes = lines.zone_offset_minutes;
  }
  return true;
}

bool CaptureSink::record(const Record& record) {
  ++source_.accounting.read;
  if (record.time) {
    note_time(*record.time, *record.time);
    ++times_;
    whole_seconds_ = whole_seconds_ && is_whole_second(*record.time);
  }
  if (record.zone_offset_minutes && !source_.zone_offset_minutes) {
    source_.zone_offset_minutes = record.zone_offset_minutes;
  }
  if (++since_check_ >= kCheckEvery && !look_up(record.span.offset)) {
    return false;
  }
  context_.decoder.decode(record, decoded_);
  for (const Issue& i : decoded_.issues) {
    keep_issue(source_, i);
  }
  const auto step = watch_clock(record);
  const bool matched = !decoded_.events.empty();
  if (step) {
    set_step(decoded_.events.emplace_back(), record, *step);
  }
  if (matched || decoded_.relevance != Relevance::irrelevant) {
    ++(matched ? source_.accounting.matched : source_.accounting.related);
    source_.accounting.known += decoded_.known ? 1 : 0;
    note_observer(record);
    return add_events(record, !matched);
  }
  ++source_.accounting.irrelevant;
  if (step) {
    return add_events(record, false);
  }
  first_event_ = {};
  if (after_left_ > 0) {
    --after_left_;
    return write_line(line_of(record));
  }
  Held& held = before_[next_held_];
  next_held_ = (next_held_ + 1) % kContextLines;
  held.used = true;
  held.line.source = source_.id;
  held.line.span = record.span;
  held.line.t_src = record.time;
  held.line.text.assign(record.raw.substr(0, kMaxRawBytes));
  return true;
}

void CaptureSink::issue(const Issue& issue) {
  if (issue.kind == IssueKind::unparsed) {
    ++source_.accounting.read;
    ++source_.accounting.unparsed;
  }
  keep_issue(source_, issue);
}

void CaptureSink::finish() {
  // A log whose times are all whole seconds prints no more, whether its reader says so or not. Events bring exact times.
  constexpr std::uint64_t kEnough = 3;
  if (whole_seconds_ && times_ >= kEnough && !source_.container.starts_with("event_")) {
    source_.clock_info.traits.precision = std::max(source_.clock_info.traits.precision, seconds(1));
  }
  source_.clock_info.step = watch_.longest();
  source_.clock_info.told = watch_.told();
  for (std::size_t o = 0; o < observed_.size(); ++o) {
    if (observed_[o].seen) {
      context_.observers.push_back({source_.id, static_cast<Observer>(o), observed_[o].redacted});
    }
  }
}

}  // namespace uptrail
