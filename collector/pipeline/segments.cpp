#include "collector/pipeline/segments.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "collector/base/text.h"
#include "collector/containers/mixed.h"
#include "collector/input/digest.h"

namespace uptrail {

namespace {

constexpr std::size_t kBehind = 1024;                 // bytes looked at before a line
constexpr std::size_t kWindow = 3 * kMaxRecordBytes;  // how far a reader may be ahead of the line it asks about
constexpr std::size_t kChunk = 256U << 10U;
constexpr std::uint64_t kMostRefused = 256;  // then only one question of so many is looked into
constexpr std::uint64_t kOneOf = 64;
constexpr std::string_view kLines = " (lines ";

// A regular file is read again where that is asked for; nothing is kept.
class FileBack final : public LookBack {
 public:
  FileBack(PeekedSource& peeked, const std::string& path) : peeked_(peeked), path_(path) {}
  ByteSource& source() override { return peeked_; }
  [[nodiscard]] bool is_file() const override { return true; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
    if (!file_.is_open()) {
      UPTRAIL_TRY(open());
    }
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(offset));
    file_.read(into.data(), static_cast<std::streamsize>(into.size()));
    if (file_.bad() || (file_.fail() && !file_.eof())) {
      return fail(ErrorKind::unreadable, "the file cannot be read again", path_, offset);
    }
    return static_cast<std::size_t>(file_.gcount());
  }
  Result<std::string> end_segment(std::uint64_t end) override {
    Digest digest;
    std::vector<char> buffer(kChunk);
    while (hashed_ < end) {
      const auto got =
          read_at(hashed_, std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, end - hashed_))));
      if (!got.ok()) {
        return got.error();
      }
      if (*got == 0) {
        return fail(ErrorKind::unreadable, "the file became shorter while it was read", path_, hashed_);
      }
      digest.add(std::string_view(buffer.data(), *got));
      hashed_ += *got;
    }
    return digest.hex();
  }

 private:
  // The file may have been replaced since the first reader opened it.
  Status open() {
    file_.open(path_, std::ios::binary);
    std::string head(peeked_.head().size(), '\0');
    file_.read(head.data(), static_cast<std::streamsize>(head.size()));
    if (!file_ || head != peeked_.head()) {
      return fail(ErrorKind::unreadable, "the file changed while it was read", path_);
    }
    return done();
  }
  PeekedSource& peeked_;
  std::string path_;
  std::ifstream file_;
  std::uint64_t hashed_ = 0;
};

// A stream passes through; its last bytes are kept, and hashed when they are given up.
class StreamBack final : public LookBack, private ByteSource {
 public:
  explicit StreamBack(ByteSource& inner) : inner_(inner) {}
  ByteSource& source() override { return *this; }
  [[nodiscard]] bool is_file() const override { return false; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
    if (offset < kept_at_ || offset > kept_at_ + kept_.size()) {
      return fail(ErrorKind::internal, "these bytes of the stream are no longer kept", std::string(inner_.name()), offset);
    }
    // Asked for what is kept and what follows: a short answer would look like the end.
    std::size_t have = 0;
    while (have < into.size()) {
      const auto from = static_cast<std::size_t>(offset + have - kept_at_);
      const std::size_t n = std::min(into.size() - have, kept_.size() - from);
      std::memcpy(into.data() + have, kept_.data() + from, n);
      have += n;
      if (have < into.size()) {
        const auto got = fetch(into.size() - have);
        if (!got.ok()) {
          return got.error();
        }
        if (*got == 0) {
          break;
        }
      }
    }
    return have;
  }
  Result<std::string> end_segment(std::uint64_t end) override {
    give_up(end);
    const std::string hex = digest_->hex();
    digest_ = std::make_unique<Digest>();
    return hex;
  }

 private:
  [[nodiscard]] std::string_view name() const override { return inner_.name(); }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return inner_.size(); }
  Result<std::size_t> read(std::span<char> into) override {
    if (given_ == kept_at_ + kept_.size()) {
      const auto got = fetch(into.size());
      if (!got.ok()) {
        return got.error();
      }
    }
    const std::string_view rest = std::string_view(kept_).substr(static_cast<std::size_t>(given_ - kept_at_));
    const std::size_t n = std::min(into.size(), rest.size());
    std::memcpy(into.data(), rest.data(), n);
    given_ += n;
    return n;
  }
  Result<std::size_t> fetch(std::size_t most) {
    if (kept_.size() > 2 * kWindow) {
      give_up(kept_at_ + kept_.size() - kWindow);
    }
    const std::size_t had = kept_.size();
    kept_.resize(had + most);
    auto got = inner_.read(std::span(kept_).subspan(had));
    kept_.resize(had + (got ? *got : 0));
    return got;
  }
  void give_up(std::uint64_t before) {
    const auto n = static_cast<std::size_t>(before - kept_at_);
    digest_->add(std::string_view(kept_).substr(0, n));
    kept_.erase(0, n);
    kept_at_ = before;
  }
  ByteSource& inner_;
  std::string kept_;
  std::uint64_t kept_at_ = 0;
  std::uint64_t given_ = 0;  // to the first reader
  std::unique_ptr<Digest> digest_ = std::make_unique<Digest>();
};

bool is_that_file(const PeekedSource& peeked, const std::string& path) {
  std::error_code error;
  const auto size = peeked.size();
  return size && peeked.name() == path && std::filesystem::is_regular_file(path, error) &&
         std::filesystem::file_size(path, error) == *size && !error;
}

}  // namespace

std::string segment_path(std::string_view path, std::size_t number, std::uint64_t first_line, std::uint64_t last_line) {
  return std::string(path) + "#" + std::to_string(number) + std::string(kLines) + std::to_string(first_line) + "-" +
         std::to_string(last_line) + ")";
}

std::string_view without_segment(std::string_view path) {
  const std::size_t lines = path.rfind(kLines);
  const std::size_t mark = path.rfind('#', lines);
  if (lines == std::string_view::npos || mark == std::string_view::npos || !path.ends_with(')') ||
      path.substr(mark + 1, lines - mark - 1).find_first_not_of("0123456789") != std::string_view::npos) {
    return path;
  }
  return path.substr(0, mark);
}

std::unique_ptr<LookBack> make_look_back(PeekedSource& peeked, const std::string& path) {
  if (is_that_file(peeked, path)) {
    return std::make_unique<FileBack>(peeked, path);
  }
  return std::make_unique<StreamBack>(peeked);
}

SourceSpan SegmentSink::in_file(const SourceSpan& span) const {
  SourceSpan out = span;
  out.offset += segment_.offset;
  out.line += span.line > 0 ? segment_.line - 1 : 0;
  return out;
}

bool SegmentSink::record(const Record& record) {
  if (segment_.offset == 0) {
    last_ = record.span;
    return inner_.record(record);
  }
  Record placed = record;
  placed.span = last_ = in_file(record.span);
  return inner_.record(placed);
}

void SegmentSink::issue(const Issue& issue) {
  const SourceSpan span = in_file(issue.span);
  last_ = span.offset >= last_.offset ? span : last_;
  inner_.issue({issue.kind, span, issue.detail});
}

std::optional<Recognition> SegmentSink::ask(std::uint64_t offset) {
  const std::uint64_t from = std::max(segment_.offset, offset - std::min<std::uint64_t>(offset, kBehind));
  std::string bytes(static_cast<std::size_t>(offset - from) + kSniffBytes, '\0');
  const auto got = back_.read_at(from, bytes);
  if (!got.ok()) {
    return std::nullopt;  // without a look at what follows, the line stays where it is
  }
  const bool complete = *got < bytes.size();
  bytes.resize(*got);
  const std::size_t here = std::min(static_cast<std::size_t>(offset - from), bytes.size());
  const std::string_view all = bytes;
  return other_container_at(*segment_.found.chosen, segment_.found.prefix, {all.substr(0, here), all.substr(here), complete});
}

bool SegmentSink::ends_before(const SourceSpan& line) {
  if (line.offset == 0 || (refused_ > kMostRefused && refused_ % kOneOf != 0)) {
    ++refused_;
    return false;
  }
  const SourceSpan place = in_file(line);
  auto found = ask(place.offset);
  if (!found) {
    ++refused_;
    return false;
  }
  next_ = Segment{std::move(*found), place.offset, place.line};
  return true;
}

std::uint64_t SegmentSink::last_line() const {
  std::uint64_t line = std::max(last_.line, segment_.line);
  std::vector<char> buffer(kChunk);
  for (std::uint64_t at = last_.offset, end = last_.offset + last_.length; at < end;) {
    const auto got =
        back_.read_at(at, std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, end - at))));
    if (!got.ok() || *got == 0) {
      break;
    }
    line += static_cast<std::uint64_t>(std::count(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*got), '\n'));
    at += *got;
  }
  return line;
}

}  // namespace uptrail
