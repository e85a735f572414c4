#include "collector/trace/row_queue.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace uptrail::trace {

RowQueue::Group& RowQueue::Batch::of(sqlite::Statement& statement, std::size_t width) {
  for (Group& group : groups) {
    if (group.statement == &statement) {
      return group;
    }
  }
  return groups.emplace_back(Group{&statement, width, {}});
}

void RowQueue::Batch::clear() {
  for (Group& group : groups) {
    group.values.clear();
  }
  text.clear();
  bytes = 0;
}

RowQueue::RowQueue(Options options) : options_(std::move(options)), filling_(std::make_unique<Batch>()) {}

void RowQueue::stop() {
  const std::lock_guard lock(mutex_);
  stop_ = true;
  changed_.notify_all();
}

RowQueue::~RowQueue() {
  stop();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void RowQueue::take(int /*index*/, std::int64_t value) { values_->push_back({value, 0, Kind::integer}); }
void RowQueue::take(int /*index*/, double value) { values_->push_back({std::bit_cast<std::int64_t>(value), 0, Kind::real}); }
void RowQueue::take(int /*index*/, std::nullptr_t /*value*/) { values_->push_back({0, 0, Kind::null}); }
void RowQueue::take(int /*index*/, std::string_view value) {
  auto& text = filling_->text;
  values_->push_back({static_cast<std::int64_t>(text.size()), static_cast<std::uint32_t>(value.size()), Kind::text});
  text.insert(text.end(), value.begin(), value.end());
  filling_->bytes += value.size();
}

Status RowQueue::hand_over() {
  if (!options_.thread) {
    return drain();
  }
  std::unique_lock lock(mutex_);
  if (!thread_.joinable()) {
    thread_ = std::thread([this] { run(); });
  }
  changed_.wait(lock, [this] { return full_.size() < options_.batches; });
  UPTRAIL_TRY(error_);
  full_.push_back(std::move(filling_));
  if (spare_.empty()) {
    filling_ = std::make_unique<Batch>();
  } else {
    filling_ = std::move(spare_.front());
    spare_.pop_front();
  }
  changed_.notify_all();
  return done();
}

Status RowQueue::drain() {
  if (thread_.joinable()) {
    if (std::this_thread::get_id() == thread_.get_id()) {
      return done();
    }
    std::unique_lock lock(mutex_);
    may_work_ = false;
    changed_.wait(lock, [this] { return full_.empty() && !busy_; });
    UPTRAIL_TRY(error_);
  }
  UPTRAIL_TRY(own_error_);
  own_error_ = insert(*filling_);
  filling_->clear();
  return own_error_;
}

void RowQueue::add_job(std::function<Status()> job) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
}

void RowQueue::resume() {
  const std::lock_guard lock(mutex_);
  may_work_ = thread_.joinable();
  changed_.notify_all();
}

Status RowQueue::finish() {
  UPTRAIL_TRY(drain());
  while (!jobs_.empty()) {
    const std::function<Status()> job = std::move(jobs_.front());
    jobs_.pop_front();
    own_error_ = job();
    UPTRAIL_TRY(own_error_);
  }
  return done();
}

Status RowQueue::insert(const Batch& batch) const {
  for (const Group& group : batch.groups) {
    UPTRAIL_TRY(insert(group, batch.text));
  }
  return done();
}

Status RowQueue::insert(const Group& group, const std::vector<char>& text) const {
  const auto bulk = std::find_if(bulk_.begin(), bulk_.end(), [&](const Bulk& b) { return b.one == group.statement; });
  const std::size_t many = bulk == bulk_.end() ? 0 : bulk->rows * group.width;
  for (std::size_t at = 0; at < group.values.size();) {
    const bool at_once = many > 0 && group.values.size() - at >= many;
    sqlite::Statement& statement = at_once ? *bulk->many : *group.statement;
    const std::size_t end = at + (at_once ? many : group.width);
    for (int index = 1; at < end; ++index, ++at) {
      bind(statement, index, group.values[at], text);
    }
    const auto stepped = statement.step();
    statement.reset();
    UPTRAIL_TRY(stepped);
  }
  return done();
}

void RowQueue::bind(sqlite::Statement& statement, int index, const Value& value, const std::vector<char>& text) {
  switch (value.kind) {
    case Kind::null:
      statement.take(index, nullptr);
      break;
    case Kind::integer:
      statement.take(index, value.bits);
      break;
    case Kind::real:
      statement.take(index, std::bit_cast<double>(value.bits));
      break;
    case Kind::text:
      statement.take(index, std::string_view(text.data() + value.bits, value.length));
      break;
  }
}

void RowQueue::look_up(bool after_job) {
  constexpr std::uint64_t kEvery = 64;
  inserted_ += after_job ? 0 : 1;
  if (options_.now_and_then && (after_job || inserted_ % kEvery == 0)) {
    options_.now_and_then();
  }
}

// After an error what is handed over is dropped.
void RowQueue::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || has_work(); });
    if (stop_) {
      return;
    }
    std::unique_ptr<Batch> batch;
    std::function<Status()> job;
    if (!full_.empty()) {
      batch = std::move(full_.front());
      full_.pop_front();
    } else {
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    busy_ = true;
    const bool failed = !error_.ok();
    lock.unlock();
    Status worked = failed ? done() : batch ? insert(*batch) : job();
    if (batch) {
      batch->clear();
    }
    look_up(batch == nullptr);
    lock.lock();
    if (!worked.ok()) {
      error_ = std::move(worked);
    }
    if (batch) {
      spare_.push_back(std::move(batch));
    }
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace uptrail::trace
