#include "collector/pipeline/intake_capture.h"

#include <algorithm>

#include "collector/base/text.h"

namespace uptrail {

namespace {
constexpr std::uint64_t kProgressBytes = 64U << 10U;
constexpr std::uint32_t kCheckEvery = 256;  // records between two looks at the cancel flag
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

bool CaptureSink::add_line(const Record& record, bool is_event) {
  RawLine line;
  line.source = source_.id;
  line.span = record.span;
  line.t_src = record.time;
  line.text = ellipsize(to_valid_utf8(record.raw.substr(0, kMaxRawBytes)), kMaxRawBytes);
  line.is_event = is_event;
  line.event = first_event_;
  return write_line(line);
}

bool CaptureSink::add_events(const Record& record) {
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
  return add_line(record, !decoded_.events.empty());
}

void CaptureSink::note_observer(const Record& record) {
  Observed& o = observed_[static_cast<std::size_t>(decoded_.observer)];
  o.seen = true;
  o.redacted = o.redacted || contains(record.message, "<private>");
}

bool CaptureSink::record(const Record& record) {
  ++source_.accounting.read;
  if (record.time) {
    source_.first = source_.first ? std::min(*source_.first, *record.time) : *record.time;
    source_.last = source_.last ? std::max(*source_.last, *record.time) : *record.time;
  }
  if (record.zone_offset_minutes && !source_.zone_offset_minutes) {
    source_.zone_offset_minutes = record.zone_offset_minutes;
  }
  if (++since_check_ >= kCheckEvery) {
    since_check_ = 0;
    report_progress(record.span.offset);
    if (context_.cancelled()) {
      return false;
    }
  }
  context_.decoder.decode(record, decoded_);
  for (const Issue& i : decoded_.issues) {
    keep_issue(source_, i);
  }
  if (!decoded_.events.empty() || decoded_.relevance != Relevance::irrelevant) {
    ++(decoded_.events.empty() ? source_.accounting.related : source_.accounting.matched);
    note_observer(record);
    return add_events(record);
  }
  ++source_.accounting.irrelevant;
  first_event_ = {};
  if (after_left_ > 0) {
    --after_left_;
    return add_line(record, false);
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
  for (std::size_t o = 0; o < observed_.size(); ++o) {
    if (observed_[o].seen) {
      context_.observers.push_back({source_.id, static_cast<Observer>(o), observed_[o].redacted});
    }
  }
}

}  // namespace uptrail
