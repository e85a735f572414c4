// Asks a case in SQL on a thread of its own, so that lines and searches are answered meanwhile. No call here blocks for longer
// than a lock, except the destructor, which cancels and waits.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "collector/trace/case_query.h"

namespace uptrail::viewer {

struct QueryAnswer {
  std::uint64_t number = 0;  // of the question
  std::string sql;
  QueryTable table;            // empty when there is an error
  std::optional<Error> error;  // `interrupted`: cancelled
};

class QueryRunner {
 public:
  QueryRunner();
  ~QueryRunner();
  QueryRunner(const QueryRunner&) = delete;
  QueryRunner& operator=(const QueryRunner&) = delete;

  // What is asked from now on. nullptr: nothing yet; a question waits then. What is under way is cancelled.
  void use(std::shared_ptr<CaseQuery> query);
  // There is nothing to ask, for this reason: answers what waits.
  void refuse(const Error& error);
  // A new case: what waits and what was answered is about the old one.
  void forget();
  // Replaces the question before, which gets no answer any more.
  void run(std::uint64_t number, std::string sql);
  void cancel();  // answered with ErrorKind::interrupted

  [[nodiscard]] bool has_query() const;
  [[nodiscard]] bool busy() const;            // something is asked, or an answer waits to be taken
  [[nodiscard]] std::uint64_t rows() const;   // read so far by what is under way
  std::shared_ptr<const QueryAnswer> take();  // given once

 private:
  struct Question {
    std::uint64_t number = 0;
    std::string sql;
    std::shared_ptr<QueryWatch> watch;
  };
  void work();
  void stop_current();  // with the lock held
  void answer(const Question& question, Result<QueryTable> table);

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::shared_ptr<CaseQuery> query_;
  std::optional<Question> waiting_;
  std::optional<Question> current_;
  std::shared_ptr<const QueryAnswer> answer_;
  bool stop_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace uptrail::viewer
