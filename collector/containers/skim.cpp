#include "collector/containers/skim.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace uptrail {

namespace {

constexpr std::size_t kLongLine = 64U << 10U;  // such a line is read in full

class Skimmer {
 public:
  explicit Skimmer(std::vector<KeptRun>& out) : out_(out) {}

  // A dull line [begin, end), with its line end.
  void dull(std::size_t begin, std::size_t end, const DullLine& line) {
    if (after_ > 0) {
      --after_;
      keep(begin, end);
      return;
    }
    Waiting& slot = waiting_[next_];
    if (count_ == kKeptBefore) {
      skip(slot);
    } else {
      ++count_;
    }
    slot = {begin, end, line};
    next_ = (next_ + 1) % kKeptBefore;
  }

  void matters(std::size_t begin, std::size_t end) {
    keep_waiting();
    keep(begin, end);
    after_ = kKeptAfter;
  }

  void keep_waiting() {
    if (count_ > 0) {
      const Waiting& oldest = waiting_[(next_ + kKeptBefore - count_) % kKeptBefore];
      const Waiting& newest = waiting_[(next_ + kKeptBefore - 1) % kKeptBefore];
      keep(oldest.begin, newest.end);
      count_ = 0;
    }
  }

 private:
  struct Waiting {
    std::size_t begin = 0, end = 0;
    DullLine line;
  };

  void keep(std::size_t begin, std::size_t end) {
    if (out_.empty() || skipped_.lines > 0) {
      out_.push_back({begin, end, skipped_});
      skipped_ = {};
    } else {
      out_.back().end = end;
    }
  }

  void skip(const Waiting& w) {
    skipped_.first = skipped_.lines == 0 ? w.line.time : std::min(skipped_.first, w.line.time);
    skipped_.last = skipped_.lines == 0 ? w.line.time : std::max(skipped_.last, w.line.time);
    if (!skipped_.zone_offset_minutes) {
      skipped_.zone_offset_minutes = w.line.zone_offset_minutes;
    }
    skipped_.whole_seconds = skipped_.whole_seconds && is_whole_second(w.line.time);
    ++skipped_.lines;
    skipped_.bytes += w.end - w.begin;
  }

  std::vector<KeptRun>& out_;
  std::array<Waiting, kKeptBefore> waiting_;  // the last dull lines, a ring
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  std::size_t after_ = kKeptAfter;
  SkippedLines skipped_;
};

}  // namespace

void skim(std::string_view block, bool inside_line, LineJudge& judge, std::vector<KeptRun>& out) {
  out.clear();
  Skimmer skimmer(out);
  for (std::size_t begin = 0; begin < block.size();) {
    const void* found = std::memchr(block.data() + begin, '\n', block.size() - begin);
    const bool whole = found != nullptr && !(inside_line && begin == 0);
    const std::size_t end =
        found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - block.data()) + 1 : block.size();
    std::optional<DullLine> dull;
    if (whole && end - begin < kLongLine) {
      const bool returned = end - begin > 1 && block[end - 2] == '\r';
      dull = judge.dull(block.substr(begin, end - begin - (returned ? 2 : 1)));
    }
    if (dull) {
      skimmer.dull(begin, end, *dull);
    } else {
      skimmer.matters(begin, end);
    }
    begin = end;
  }
  skimmer.keep_waiting();
}

}  // namespace uptrail
