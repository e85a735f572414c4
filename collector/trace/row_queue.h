// What a thread of its own does with the database of a case: it inserts rows in the order in which they were added, and then has
// time for jobs. Who makes rows need not wait for SQLite. Private to this folder.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "collector/base/result.h"
#include "collector/sqlite/binder.h"
#include "collector/sqlite/statement.h"

namespace uptrail::trace {

// One thread calls. The other one begins with the first full batch, so a small case has none. Between drain() and the next add()
// or resume() nobody but the caller uses the statements and their connection.
class RowQueue : private sqlite::Binder<RowQueue> {
 public:
  struct Options {
    std::size_t batch_bytes = std::size_t{256} << 10U;  // rows that are handed over together
    std::size_t batches = 4;                            // that wait; then add() waits
    bool thread = true;                                 // false: add() inserts full batches itself
    std::function<void()> now_and_then{};               // called by the thread after some batches and after each job
  };
  RowQueue() : RowQueue(Options()) {}
  explicit RowQueue(Options options);
  ~RowQueue();  // rows that were not inserted yet are dropped
  RowQueue(const RowQueue&) = delete;
  RowQueue& operator=(const RowQueue&) = delete;

  // `many` inserts `rows` rows of `one` at once: its ?1, ?2 … are theirs, one after the other. To be called before the first
  // add().
  void combine(sqlite::Statement& one, sqlite::Statement& many, std::size_t rows) { bulk_.push_back({&one, &many, rows}); }
  // Binds `args` to ?1, ?2 … of `statement`, which lives as long as the queue; what they refer to is copied. Rows of one
  // statement keep their order. Once an insert has failed, its error is that of every later call, and nothing more is inserted.
  template <class... Args>
  Status add(sqlite::Statement& statement, const Args&... args) {
    values_ = &filling_->of(statement, sizeof...(args)).values;
    put_all(args...);
    filling_->bytes += sizeof...(args) * sizeof(Value);
    return filling_->bytes < options_.batch_bytes ? done() : hand_over();
  }
  // Returns when every row is inserted and no job is at work; jobs that have not begun wait for resume(). Does nothing when a job
  // calls it.
  Status drain();
  // Jobs are done one after the other, in their order, after all rows. They begin with resume().
  void add_job(std::function<Status()> job);
  void resume();
  // Like drain(), but all jobs are done, too: those that have not begun by the caller's thread.
  Status finish();
  // What the thread has not begun is given up, and nothing must be added any more.
  void stop();

 private:
  friend class sqlite::Binder<RowQueue>;
  enum class Kind : std::uint8_t { null, integer, real, text };
  struct Value {
    std::int64_t bits = 0;     // the number, or where the text begins in Batch::text
    std::uint32_t length = 0;  // of the text
    Kind kind = Kind::null;
  };
  struct Group {  // the rows of one statement
    sqlite::Statement* statement = nullptr;
    std::size_t width = 0;
    std::vector<Value> values;
  };
  struct Batch {
    std::vector<Group> groups;
    std::vector<char> text;
    std::size_t bytes = 0;
    Group& of(sqlite::Statement& statement, std::size_t width);
    void clear();
  };
  struct Bulk {
    sqlite::Statement* one = nullptr;
    sqlite::Statement* many = nullptr;
    std::size_t rows = 0;
  };

  void take(int index, std::int64_t value);
  void take(int index, double value);
  void take(int index, std::string_view value);
  void take(int index, std::nullptr_t value);
  Status hand_over();
  void look_up(bool after_job);
  Status insert(const Batch& batch) const;
  Status insert(const Group& group, const std::vector<char>& text) const;
  static void bind(sqlite::Statement& statement, int index, const Value& value, const std::vector<char>& text);
  void run();
  [[nodiscard]] bool has_work() const { return !full_.empty() || (may_work_ && !jobs_.empty()); }

  const Options options_;
  std::vector<Bulk> bulk_;
  std::unique_ptr<Batch> filling_;
  std::vector<Value>* values_ = nullptr;  // of the row being added
  Status own_error_ = done();             // of a batch that the caller's thread inserted

  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::uint64_t inserted_ = 0;  // batches, by the thread
  std::deque<std::unique_ptr<Batch>> full_, spare_;
  std::deque<std::function<Status()>> jobs_;
  bool may_work_ = false;  // jobs may begin
  bool busy_ = false;
  bool stop_ = false;
  Status error_ = done();
  std::thread thread_;
};

}  // namespace uptrail::trace
