// Events of a case, read by one thread and used by another.
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "collector/trace/sqlite_reader.h"

namespace uptrail::trace {

namespace {

constexpr std::size_t kBatch = 256;      // events
constexpr std::size_t kAhead = 8;        // batches that wait
constexpr std::int64_t kLeast = 10'000;  // events that are worth a thread

// The fields of an event are decoded by who uses it: half of the work.
struct Batch {
  std::vector<Event> events = std::vector<Event>(kBatch);
  std::vector<std::string> fields = std::vector<std::string>(kBatch);
  std::size_t count = 0;
};

// Batches on their way from the reading thread to the caller, and back to be filled again.
class Ahead {
 public:
  // Reading thread: false when nobody wants more.
  bool give(std::unique_ptr<Batch>& batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stop_ || full_.size() < kAhead; });
    if (stop_) {
      return false;
    }
    full_.push_back(std::move(batch));
    if (!spare_.empty()) {
      batch = std::move(spare_.front());
      spare_.pop_front();
    } else {
      batch = std::make_unique<Batch>();
    }
    batch->count = 0;
    changed_.notify_all();
    return true;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  // Caller: nullptr at the end. `used` is what was taken before.
  std::unique_ptr<Batch> take(std::unique_ptr<Batch> used) {
    std::unique_lock lock(mutex_);
    if (used) {
      spare_.push_back(std::move(used));
    }
    changed_.wait(lock, [this] { return ended_ || !full_.empty(); });
    if (full_.empty()) {
      return nullptr;
    }
    std::unique_ptr<Batch> batch = std::move(full_.front());
    full_.pop_front();
    changed_.notify_all();
    return batch;
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    full_.clear();
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Batch>> full_, spare_;
  bool ended_ = false;
  bool stop_ = false;
};

enum class Use : std::uint8_t { go_on, enough, impossible };

Use use(Batch& batch, const std::function<bool(const Event&)>& callback) {
  for (std::size_t i = 0; i < batch.count; ++i) {
    Event& event = batch.events[i];
    event.fields = {};
    if (!batch.fields[i].empty()) {
      auto fields = decode_fields(batch.fields[i]);
      if (!fields) {
        return Use::impossible;
      }
      event.fields = std::move(*fields);
    }
    if (!callback(event)) {
      return Use::enough;
    }
  }
  return Use::go_on;
}

}  // namespace

Status SqliteCaseReader::for_each_event_ahead(const std::function<bool(const Event&)>& callback) {
  const auto last = db_->integer("SELECT max(event_id) FROM events");
  UPTRAIL_TRY(last);
  if (*last < kLeast || std::thread::hardware_concurrency() < 2) {
    return for_each_event({}, callback);
  }
  Ahead ahead;
  Status status = done();
  undecoded_.emplace();
  std::thread reading([this, &ahead, &status] {
    auto batch = std::make_unique<Batch>();
    status = stream_events({}, [this, &ahead, &batch](Event& event) {
      std::swap(batch->fields[batch->count], *undecoded_);
      std::swap(batch->events[batch->count++], event);
      return batch->count < kBatch || ahead.give(batch);
    });
    if (status.ok() && batch->count > 0) {
      ahead.give(batch);
    }
    ahead.end();
  });
  Use used = Use::go_on;
  for (std::unique_ptr<Batch> batch; used == Use::go_on && (batch = ahead.take(std::move(batch))) != nullptr;) {
    used = use(*batch, callback);
  }
  ahead.stop();
  reading.join();
  undecoded_.reset();
  return used == Use::impossible ? Status(impossible("events")) : status;
}

}  // namespace uptrail::trace
