#include "collector/pipeline/skimmed_source.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "collector/containers/line_reader.h"

namespace uptrail {

struct SkimmedSource::Block {
  std::uint64_t number = 0;
  std::vector<char> bytes;  // with padding
  std::size_t size = 0;
  bool inside_line = false;  // it begins inside a line
  std::vector<KeptRun> runs;
  Status status = done();  // why nothing comes behind it
  bool last = false;
};

// Blocks go from `spare` through a reading thread to `ready`, and back when they were given out.
struct SkimmedSource::Shared {
  Shared(ByteSource& source, std::size_t bytes) : inner(source), block_bytes(bytes) {}

  bool fill(Block& block);
  std::unique_ptr<Block> work(LineJudge& judge);
  void run(LineJudge& judge);

  ByteSource& inner;
  const std::size_t block_bytes;
  std::vector<OwnedJudge> judges;
  std::vector<std::thread> threads;
  std::mutex reading;  // of `inner`: who holds it reads the next block
  std::string tail;    // the bytes behind the last line end
  bool tail_inside_line = false;
  std::uint64_t blocks_read = 0;
  bool at_end = false;

  std::mutex mutex;  // of what follows
  std::condition_variable changed;
  std::deque<std::unique_ptr<Block>> spare;
  std::map<std::uint64_t, std::unique_ptr<Block>> ready;
  std::uint64_t next = 0;  // number of the block to be given next
  bool stop = false;
};

// Reads whole lines, as far as there are any. False: the end was reached before.
bool SkimmedSource::Shared::fill(Block& block) {
  const std::lock_guard lock(reading);
  if (at_end) {
    return false;
  }
  block.number = blocks_read++;
  block.bytes.resize(std::max(block_bytes, tail.size()) + block_bytes + kLinePadding);
  block.size = tail.size();
  std::memcpy(block.bytes.data(), tail.data(), tail.size());
  block.inside_line = std::exchange(tail_inside_line, false);
  tail.clear();
  const std::size_t want = block.size + block_bytes;
  block.status = done();
  while (block.size < want && !at_end) {
    auto got = inner.read(std::span(block.bytes).subspan(block.size, want - block.size));
    at_end = !got || *got == 0;
    if (!got) {
      block.status = got.error();
    } else {
      block.size += *got;
    }
  }
  block.last = at_end;
  if (!at_end) {
    const std::string_view text(block.bytes.data(), block.size);
    const std::size_t end = text.rfind('\n');
    if (end == std::string_view::npos) {
      tail_inside_line = true;
    } else {
      tail = text.substr(end + 1);
      block.size = end + 1;
    }
  }
  return true;
}

// nullptr: nothing is left.
std::unique_ptr<SkimmedSource::Block> SkimmedSource::Shared::work(LineJudge& judge) {
  std::unique_ptr<Block> block;
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return stop || !spare.empty(); });
    if (stop) {
      return nullptr;
    }
    block = std::move(spare.front());
    spare.pop_front();
  }
  block->runs.clear();
  if (!fill(*block)) {
    const std::lock_guard lock(mutex);
    spare.push_back(std::move(block));
    return nullptr;
  }
  skim(std::string_view(block->bytes.data(), block->size), block->inside_line, judge, block->runs);
  return block;
}

void SkimmedSource::Shared::run(LineJudge& judge) {
  while (std::unique_ptr<Block> block = work(judge)) {
    const std::lock_guard lock(mutex);
    ready.emplace(block->number, std::move(block));
    changed.notify_all();
  }
}

namespace {
// The caller's thread mostly waits for them, so all processors may skim; more than a few only wait for the reading.
unsigned threads_of(const ReadingOptions& options) {
  constexpr unsigned kMost = 4;
  return options.threads.value_or(std::clamp(std::thread::hardware_concurrency(), 1U, kMost));
}
}  // namespace

SkimmedSource::SkimmedSource(ByteSource& inner, const ReadingOptions& options, const std::function<OwnedJudge()>& make_judge)
    : inner_(inner), shared_(std::make_unique<Shared>(inner, std::max<std::size_t>(options.block_bytes, 1))) {
  const unsigned threads = threads_of(options);
  for (unsigned i = 0; i < std::max(threads, 1U); ++i) {
    shared_->judges.push_back(make_judge());
  }
  constexpr unsigned kAhead = 2;  // finished blocks that wait
  for (unsigned i = 0; i < threads + 1 + kAhead; ++i) {
    shared_->spare.push_back(std::make_unique<Block>());
  }
  for (unsigned i = 0; i < threads; ++i) {
    shared_->threads.emplace_back([shared = shared_.get(), i] { shared->run(*shared->judges[i].judge); });
  }
}

SkimmedSource::~SkimmedSource() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop = true;
    shared_->changed.notify_all();
  }
  for (std::thread& thread : shared_->threads) {
    thread.join();
  }
}

// Takes the next block that has anything to give. False: there is none.
bool SkimmedSource::next_block() {
  Shared& s = *shared_;
  while (!(block_ && block_->last)) {
    if (block_) {
      const std::lock_guard lock(s.mutex);
      s.spare.push_back(std::move(block_));
      s.changed.notify_all();
    }
    if (s.threads.empty()) {
      block_ = s.work(*s.judges.front().judge);
    } else {
      std::unique_lock lock(s.mutex);
      s.changed.wait(lock, [&s] { return s.ready.count(s.next) > 0; });
      block_ = std::move(s.ready.extract(s.next).mapped());
    }
    ++s.next;
    run_ = 0;
    given_ = 0;
    told_ = false;
    if (!block_->runs.empty()) {
      return true;
    }
  }
  return false;
}

bool SkimmedSource::at_run() const { return block_ && run_ < block_->runs.size(); }

SkippedLines SkimmedSource::take_skipped() {
  if (!at_run() && !next_block()) {
    return {};
  }
  return std::exchange(told_, true) ? SkippedLines{} : block_->runs[run_].before;
}

Result<std::size_t> SkimmedSource::read(std::span<char> into) {
  if (!at_run() && !next_block()) {
    if (!block_->status.ok()) {
      return block_->status.error();
    }
    return std::size_t{0};
  }
  const KeptRun& run = block_->runs[run_];
  const std::size_t n = std::min(into.size(), run.end - run.begin - given_);
  std::memcpy(into.data(), block_->bytes.data() + run.begin + given_, n);
  given_ += n;
  if (given_ == run.end - run.begin) {
    ++run_;
    given_ = 0;
    told_ = false;
  }
  return n;
}

}  // namespace uptrail
