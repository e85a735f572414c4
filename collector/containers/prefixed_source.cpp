#include "collector/containers/prefixed_source.h"

#include <algorithm>
#include <cstring>

namespace uptrail {

namespace {

constexpr std::size_t kChunk = 256U << 10U;
constexpr std::size_t kMostKept = 4 * kMaxRecordBytes;
constexpr std::size_t kFirstRows = 1024;  // where the piece that is being read began is among them
constexpr std::size_t kNarrowest = 80;    // no terminal that wraps is narrower
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class PrefixSink final : public RecordSink {
 public:
  PrefixSink(PrefixedSource& source, RecordSink& inner) : source_(source), inner_(inner) {}
  bool record(const Record& found) override {
    Record record = found;
    record.span = source_.original(found.span);
    if (const std::string_view raw = source_.bytes(record.span); !raw.empty()) {
      record.raw = raw;
    }
    source_.forget_before(found.span);
    return inner_.record(record);
  }
  void issue(const Issue& found) override {
    source_.forget_before(found.span);
    inner_.issue({found.kind, source_.original(found.span), found.detail});
  }
  void clock(ClockKind kind) override { inner_.clock(kind); }
  bool ends_before(const SourceSpan& line) override { return inner_.ends_before(source_.original(line)); }
  void clock_traits(const ClockTraits& traits) override { inner_.clock_traits(traits); }

 private:
  PrefixedSource& source_;
  RecordSink& inner_;
};

}  // namespace

Result<std::size_t> PrefixedSource::read(std::span<char> into) {
  while (given_ == out_.size()) {
    out_.clear();
    given_ = 0;
    if (eof_) {
      return std::size_t{0};
    }
    UPTRAIL_TRY(refill());
  }
  const std::size_t n = std::min(into.size(), out_.size() - given_);
  std::memcpy(into.data(), out_.data() + given_, n);
  given_ += n;
  return n;
}

Status PrefixedSource::refill() {
  bound();
  const std::size_t had = kept_.size();
  kept_.resize(had + kChunk);
  auto got = inner_.read(std::span(kept_).subspan(had));
  kept_.resize(had + (got ? *got : 0));
  if (!got) {
    return got.error();
  }
  eof_ = *got == 0;
  take_lines();
  if (eof_) {
    out_ += pending_end_;
  }
  return done();
}

void PrefixedSource::take_lines() {
  if (number_ == 0) {
    if (!eof_ && kept_.size() < kByteOrderMark.size()) {
      return;
    }
    next_at_ = kept_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  }
  for (;;) {
    const std::string_view rest = std::string_view(kept_).substr(static_cast<std::size_t>(next_at_ - kept_at_));
    const std::size_t end = rest.find('\n', scanned_);
    if (end != std::string_view::npos && (in_line_ || end <= kMaxRecordBytes)) {
      scanned_ = 0;
      take(rest.substr(0, end), true);
      next_at_ += end + 1;
    } else if (!in_line_ && rest.size() > kMaxRecordBytes) {
      scanned_ = 0;
      take(rest.substr(0, kMaxRecordBytes), false);
      next_at_ += kMaxRecordBytes;
    } else if ((in_line_ || eof_) && !rest.empty()) {
      take(rest, false);
      next_at_ += rest.size();
      scanned_ = 0;
      return;
    } else {
      scanned_ = rest.size();
      return;
    }
  }
}

// A whole line, or a part of one of more than kMaxRecordBytes: only its first part can have a prefix.
void PrefixedSource::take(std::string_view line, bool terminated) {
  const std::string_view end = !terminated ? "" : line.ends_with('\r') ? "\r\n" : "\n";
  const std::size_t size = line.size() - (end.size() == 2 ? 1 : 0);
  line = line.substr(0, size);
  if (in_line_) {
    rows_.back().text_size += size;
    rows_.back().file_size += size;
    emit(line);
  } else {
    bool unmarked = false;
    const std::string_view text = strip_prefix(prefix_, line, scratch_, unmarked);
    if (number_ > 0) {
      end_line(line, unmarked);
    }
    rows_.push_back({text_size_, text.size(), next_at_, size, ++number_});
    emit(text);
    last_width_ = size;
  }
  in_line_ = !terminated;
  pending_end_ = end;
}

// What follows the line before: its line end, or a blank where the tool that made the copy broke the line.
void PrefixedSource::end_line(std::string_view next, bool next_is_unmarked) {
  const std::size_t word = std::min(next.find(' '), next.size());
  const bool broken = prefix_.wrap_width > 0 && next_is_unmarked && last_width_ >= kNarrowest && !next.empty() &&
                      last_width_ + 1 + word > prefix_.wrap_width;
  emit(broken ? " " : pending_end_);
}

void PrefixedSource::emit(std::string_view text) {
  out_ += text;
  text_size_ += text.size();
}

// A piece of the text that never becomes a record must not take all memory.
void PrefixedSource::bound() {
  const std::uint64_t needed = rows_.empty() ? next_at_ : rows_.front().file_at;
  const auto unused = static_cast<std::size_t>(std::max(needed, kept_at_) - kept_at_);
  if (kept_.size() > kMostKept) {
    const std::size_t cut = std::min(kept_.size() - kMostKept / 2, static_cast<std::size_t>(next_at_ - kept_at_));
    kept_.erase(0, cut);
    kept_at_ += cut;
    if (rows_.size() > kFirstRows) {
      const auto from = rows_.begin() + kFirstRows;
      rows_.erase(from, std::find_if(from, rows_.end(), [&](const Row& row) { return row.file_at >= kept_at_; }));
    }
  } else if (unused > kChunk && unused * 2 > kept_.size()) {
    kept_.erase(0, unused);
    kept_at_ += unused;
  }
}

const PrefixedSource::Row* PrefixedSource::row_of(std::uint64_t text_offset) const {
  const auto next = std::upper_bound(rows_.begin(), rows_.end(), text_offset,
                                     [](std::uint64_t offset, const Row& row) { return offset < row.text_at; });
  return rows_.empty() ? nullptr : next == rows_.begin() ? &rows_.front() : &*std::prev(next);
}

SourceSpan PrefixedSource::original(const SourceSpan& span) const {
  const Row* row = row_of(span.offset);
  if (row == nullptr) {
    return span;
  }
  const auto place = [](const Row& r, std::uint64_t text_offset) {
    const std::uint64_t in_row = text_offset - std::min(text_offset, r.text_at);
    return r.file_at + (in_row >= r.text_size ? r.file_size : r.file_size - std::min(r.text_size - in_row, r.file_size));
  };
  SourceSpan out = span;
  out.line = span.line == 0 ? 0 : row->number;
  out.offset = span.offset <= row->text_at ? row->file_at : place(*row, span.offset);
  const std::uint64_t text_end = span.offset + span.length;
  const std::uint64_t end = span.length == 0 ? out.offset : place(*row_of(text_end - 1), text_end);
  out.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(std::max(end, out.offset) - out.offset, UINT32_MAX));
  return out;
}

std::string_view PrefixedSource::bytes(const SourceSpan& original) const {
  if (original.offset < kept_at_ || original.offset + original.length > kept_at_ + kept_.size()) {
    return {};
  }
  return std::string_view(kept_).substr(static_cast<std::size_t>(original.offset - kept_at_), original.length);
}

void PrefixedSource::forget_before(const SourceSpan& span) {
  while (rows_.size() > 1 && rows_[1].text_at <= span.offset) {
    rows_.pop_front();
  }
}

std::string text_behind(const LinePrefix& prefix, std::string_view text) {
  MemorySource source(text);
  PrefixedSource plain(source, prefix);
  std::string out(text.size() + 1, '\0');
  std::size_t have = 0;
  for (auto got = plain.read(out); got && *got > 0; got = plain.read(std::span(out).subspan(have))) {
    have += *got;
  }
  out.resize(have);
  return out;
}

Status read_records(const Container& container, const LinePrefix& prefix, ByteSource& source, RecordSink& sink) {
  if (prefix.empty()) {
    return container.read(source, sink);
  }
  PrefixedSource plain(source, prefix);
  PrefixSink mapped(plain, sink);
  return container.read(plain, mapped);
}

}  // namespace uptrail
