#include <optional>

#include "collector/input/input.h"
#include "collector/pipeline/intake_capture.h"
#include "collector/pipeline/open_source.h"
#include "collector/pipeline/segments.h"
#include "collector/pipeline/skimmed_source.h"

namespace uptrail {

Error unreadable(const std::string& path, std::string message, std::string hint) {
  Error e = fail(ErrorKind::unreadable, std::move(message), path);
  e.hint = std::move(hint);
  return e;
}

Error stopped(const std::string& path) { return fail(ErrorKind::interrupted, "reading was stopped", path); }

Result<Taken> close_source(IntakeContext& context, Source& source, OpenSource& open) {
  const Accounting& a = source.accounting;
  source.not_understood = a.matched + a.related + a.irrelevant > 0 && a.matched + a.related == 0;
  const Result<bool> known = context.writer.has_content(source.content_hash);
  if (!known.ok()) {
    return known.error();
  }
  if (*known) {
    UPTRAIL_TRY(open.drop());
    return Taken::duplicate;
  }
  UPTRAIL_TRY(context.writer.end_source(source));
  return Taken::added;
}

namespace {

// Skims a large input when its container can judge single lines. A clock that floats is watched from line to line, so nothing of
// it is left out.
Status read_source(const IntakeContext& context, const Recognition& found, bool threads, ByteSource& source, RecordSink& sink) {
  const auto judge = [&] {
    OwnedJudge owned{std::make_unique<RelevanceFilter>(context.catalogue), nullptr};
    owned.judge = found.chosen->judge(*owned.filter);
    return owned;
  };
  const bool large = source.size().value_or(UINT64_MAX) >= context.reading.least_bytes;
  const bool watched = found.chosen->info().clock == ClockKind::floating;
  if (!context.reading.skim || !large || watched || !context.catalogue || !found.prefix.empty() || judge().judge == nullptr) {
    return read_records(*found.chosen, found.prefix, source, sink);
  }
  ReadingOptions options = context.reading;
  if (!threads) {
    options.threads = 0;
  }
  SkimmedSource skimmed(source, options, judge);
  return found.chosen->read(skimmed, sink);
}

// The segments of one input, all or none of which stay in the case.
class SegmentReader {
 public:
  SegmentReader(IntakeContext& context, PeekedSource& peeked, const std::string& path, const TakeOptions& options)
      : context_(context),
        options_(options),
        modified_(peeked.modified()),
        // A member's path may be that of its archive, whose bytes are others.
        back_(make_look_back(peeked, context.tree == nullptr ? path : std::string())),
        path_(path) {}
  SegmentReader(const SegmentReader&) = delete;
  SegmentReader& operator=(const SegmentReader&) = delete;
  ~SegmentReader() {
    while (!open_.empty()) {
      open_.pop_back();  // what was read last is dropped first
    }
  }
  Result<Taken> run(const Recognition& found);

 private:
  // Reads one segment; `segment` becomes the next one, or nothing at the end.
  Result<Taken> take(std::optional<Segment>& segment);
  Status end(Source& source, HashingSource& hashing, const SegmentSink& sink, const Segment& segment);

  IntakeContext& context_;
  const TakeOptions& options_;
  std::optional<TimeNs> modified_;
  std::unique_ptr<LookBack> back_;
  const std::string& path_;
  std::size_t number_ = 0;
  std::uint64_t relevant_ = 0;  // records matched or related
  std::vector<std::unique_ptr<OpenSource>> open_;
};

Result<Taken> SegmentReader::run(const Recognition& found) {
  Taken all = Taken::duplicate;
  for (std::optional<Segment> segment = Segment{found, 0, 1}; segment;) {
    const Result<Taken> taken = take(segment);
    if (!taken.ok()) {
      return taken.error();
    }
    all = *taken == Taken::added ? Taken::added : all;
  }
  if (options_.if_relevant && relevant_ == 0) {
    return Taken::unrelated;
  }
  for (const auto& open : open_) {
    open->keep();
  }
  return all;
}

Result<Taken> SegmentReader::take(std::optional<Segment>& segment) {
  const Segment here = std::move(*segment);
  segment.reset();
  ++number_;
  const Container& container = *here.found.chosen;
  Source source;
  source.path = path_;
  source.container = container.info().id;
  source.confidence = here.found.candidates.front().sniffed.score;
  source.clock = container.info().clock;
  source.clock_info.traits = container.info().traits;
  source.clock_info.modified = modified_;
  source.message_files = context_.message_files;
  const Result<SourceId> id = context_.writer.begin_source(source);
  if (!id.ok()) {
    return id.error();
  }
  source.id = *id;
  open_.push_back(std::make_unique<OpenSource>(context_, *id));
  RestSource rest(*back_, here.offset);
  HashingSource hashing(here.offset == 0 ? back_->source() : rest);
  CaptureSink capture(context_, source, back_->source().size());
  SegmentSink sink(capture, *back_, here);
  // Another thread may read only what this one does not look back into, and never a pipe: nobody could stop it.
  const bool threads = here.offset == 0 && back_->is_file();
  const Status read = read_source(context_, here.found, threads, hashing, sink);
  UPTRAIL_TRY(capture.status());
  if (context_.cancelled()) {
    return stopped(path_);
  }
  UPTRAIL_TRY(read);
  UPTRAIL_TRY(end(source, hashing, sink, here));
  capture.finish();
  segment = sink.next();
  relevant_ += source.accounting.matched + source.accounting.related;
  return close_source(context_, source, *open_.back());
}

Status SegmentReader::end(Source& source, HashingSource& hashing, const SegmentSink& sink, const Segment& segment) {
  if (sink.next() || number_ > 1) {
    source.path = segment_path(path_, number_, segment.line, sink.next() ? sink.next()->line - 1 : sink.last_line());
  }
  if (sink.next()) {
    source.size = sink.next()->offset - segment.offset;
    Result<std::string> hash = back_->end_segment(sink.next()->offset);
    if (!hash.ok()) {
      return hash.error();
    }
    source.content_hash = hash.take();
    return done();
  }
  UPTRAIL_TRY(hashing.drain());
  source.content_hash = hashing.hex_digest();
  source.size = hashing.bytes_read();
  if (options_.damage != nullptr && options_.damage->has_value()) {
    Issue issue;
    issue.kind = IssueKind::damaged;
    issue.span.offset = segment.offset + hashing.bytes_read();
    issue.detail = "the rest cannot be read: " + (*options_.damage)->message;
    keep_issue(source, issue);
  }
  return done();
}

}  // namespace

Result<Taken> take_container(IntakeContext& context, PeekedSource& peeked, const Recognition& found, const std::string& path,
                             const TakeOptions& options) {
  return SegmentReader(context, peeked, path, options).run(found);
}

}  // namespace uptrail
