#include "viewer/load/query_runner.h"

#include <utility>

namespace uptrail::viewer {

QueryRunner::QueryRunner() : thread_([this] { work(); }) {}

QueryRunner::~QueryRunner() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    stop_current();
  }
  wake_.notify_one();
  thread_.join();
}

void QueryRunner::stop_current() {
  if (current_) current_->watch->cancel = true;
}

void QueryRunner::use(std::shared_ptr<CaseQuery> query) {
  {
    const std::lock_guard lock(mutex_);
    stop_current();
    query_ = std::move(query);
  }
  wake_.notify_one();
}

void QueryRunner::refuse(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (!waiting_) return;
  answer_ = std::make_shared<const QueryAnswer>(QueryAnswer{waiting_->number, waiting_->sql, {}, error});
  waiting_.reset();
}

void QueryRunner::forget() {
  const std::lock_guard lock(mutex_);
  stop_current();
  waiting_.reset();
  answer_.reset();
  query_.reset();
}

void QueryRunner::run(std::uint64_t number, std::string sql) {
  {
    const std::lock_guard lock(mutex_);
    stop_current();
    answer_.reset();
    waiting_ = Question{number, std::move(sql), std::make_shared<QueryWatch>()};
  }
  wake_.notify_one();
}

void QueryRunner::cancel() {
  const std::lock_guard lock(mutex_);
  stop_current();
  if (!waiting_) return;
  answer_ = std::make_shared<const QueryAnswer>(
      QueryAnswer{waiting_->number, waiting_->sql, {}, fail(ErrorKind::interrupted, "cancelled")});
  waiting_.reset();
}

bool QueryRunner::has_query() const {
  const std::lock_guard lock(mutex_);
  return query_ != nullptr;
}

bool QueryRunner::busy() const {
  const std::lock_guard lock(mutex_);
  return waiting_.has_value() || current_.has_value() || answer_ != nullptr;
}

std::uint64_t QueryRunner::rows() const {
  const std::lock_guard lock(mutex_);
  return current_ ? current_->watch->rows.load() : 0;
}

std::shared_ptr<const QueryAnswer> QueryRunner::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(answer_, nullptr);
}

void QueryRunner::answer(const Question& question, Result<QueryTable> table) {
  auto answer = std::make_shared<QueryAnswer>();
  answer->number = question.number;
  answer->sql = question.sql;
  if (table) {
    answer->table = table.take();
  } else {
    answer->error = table.error();
  }
  const std::lock_guard lock(mutex_);
  current_.reset();
  // Asked anew meanwhile, or another case: nobody waits for this one.
  if (!waiting_ && query_ != nullptr) answer_ = std::move(answer);
}

void QueryRunner::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stop_ || (waiting_ && query_ != nullptr); });
    if (stop_) return;
    const std::shared_ptr<CaseQuery> query = query_;
    current_ = std::exchange(waiting_, std::nullopt);
    const Question question = *current_;
    lock.unlock();
    answer(question, query->run(question.sql, {}, *question.watch));
  }
}

}  // namespace uptrail::viewer
