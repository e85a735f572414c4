// Opens cases and captures on a worker thread, and answers questions about raw lines there. The caller is the thread that draws;
// no call here blocks for longer than a lock, except the destructor, which cancels and waits.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "viewer/load/filter.h"
#include "viewer/load/load_status.h"
#include "viewer/load/loaded_case.h"
#include "viewer/load/query_runner.h"
#include "viewer/load/search.h"

namespace uptrail::viewer {

class Loader {
 public:
  // What captures are read with; a case has its own.
  struct Messages {
    std::vector<std::string> files;  // message files, before those of the user's folder
    bool user_folder = false;        // read the files of user_message_folder()
  };
  Loader();
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  // Cancels the opening that is under way. What was asked of the open case is answered when the new one cannot be opened, and
  // forgotten when it can. One `.uptrail` file is opened; anything else is collected into a case in memory.
  void open(std::vector<std::string> paths);
  void set_messages(Messages messages);  // for the next open()
  void cancel();
  // Lines of the open case around `line`. A later request replaces one that has not been answered.
  // Lines that do not pass the filter are left out.
  void request_log(SourceId source, std::uint64_t line, const Filter& filter = {});
  // The page where the first event of `span` (normalised time) stands.
  void request_log_at(SourceId source, Interval span, const Filter& filter = {});
  // Replaces the search before. "" ends it. Answers come piece by piece.
  void search(std::uint64_t number, std::string text);
  void request_event(EventId event);
  // What passes a filter that needs_reading(). Replaces the question before.
  void request_passing(const Filter& filter);
  void request_tasks();  // those that OnDemand of the open case is asked for, and what its Witnesses are asked for
  // The rows of a store of the open case (index into its list) that hold `text`. Replaces the question before.
  void request_store(std::uint64_t number, std::size_t store, std::string text);
  // Asks the open case in SQL, on a thread of its own. Replaces the question before.
  void query(std::uint64_t number, std::string sql);
  void cancel_query() { runner_.cancel(); }
  [[nodiscard]] std::uint64_t query_rows() const { return runner_.rows(); }  // read so far

  [[nodiscard]] LoadStatus status() const;
  [[nodiscard]] bool busy() const;  // something is under way, or an answer waits to be taken
  // Each is given once.
  std::shared_ptr<const LoadedCase> take_case();
  std::optional<LogPage> take_log();
  std::optional<EventShown> take_event();
  struct Sifted {
    std::shared_ptr<const LoadedCase> data;  // what was asked about
    Filter filter;
    std::shared_ptr<const Passing> passing;  // nullptr: it could not be read
    std::string problem;                     // then why
  };
  std::optional<Sifted> take_passing();
  std::shared_ptr<const SearchResult> take_search();  // what there is so far, when there is something new
  std::shared_ptr<const StoreAnswer> take_store();
  std::shared_ptr<const QueryAnswer> take_answer() { return runner_.take(); }

 private:
  struct Open {
    std::vector<std::string> paths;
    Messages messages;
    std::shared_ptr<std::atomic<bool>> cancel;
  };
  struct Log {
    SourceId source;
    std::uint64_t line = 0;
    Filter filter;
    std::optional<Interval> span = {};  // its first event says the line
  };
  struct Find {
    std::uint64_t number = 0;
    std::string text;
  };
  struct FindMore {};
  struct AskEvent {
    EventId event;
  };
  struct Sift {
    Filter filter;
  };
  struct ReadTasks {};
  struct ReadEvidence {};  // goes on until all is there
  struct OpenQuery {};     // make the case known to runner_
  struct ReadStores {};    // which stores there are
  struct AskStore {
    std::uint64_t number = 0;
    std::size_t store = 0;
    std::string text;
  };
  struct Stop {};
  using Job =
      std::variant<Open, Log, Find, FindMore, AskEvent, Sift, ReadTasks, ReadEvidence, OpenQuery, ReadStores, AskStore, Stop>;
  class Worker;

  // Its numbers mean something in the case that was open when it was asked, and nowhere else.
  static bool asks_the_case(const Job& job) {
    return std::holds_alternative<Log>(job) || std::holds_alternative<Find>(job) || std::holds_alternative<FindMore>(job) ||
           std::holds_alternative<AskEvent>(job) || std::holds_alternative<AskStore>(job);
  }
  void run();
  void run_one(Worker& worker, const Job& job);
  void run_open(Worker& worker, const Open& open);
  void run_search(Worker& worker, const Find* find);
  void run_evidence(Worker& worker);
  void open_query(Worker& worker);
  // Forgets what waits of one sort. With the lock held.
  template <class T>
  void drop() {
    std::erase_if(jobs_, [](const Job& j) { return std::holds_alternative<T>(j); });
  }
  template <class T>
  void replace_job(Job job) {
    {
      const std::lock_guard lock(mutex_);
      if (case_ != nullptr && asks_the_case(job)) return;  // means the case before the one that waits to be taken
      drop<T>();
      jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
  }
  void finish(const Open& job, Result<std::shared_ptr<const LoadedCase>> result);

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool working_ = false;
  LoadStatus status_;
  std::shared_ptr<const LoadedCase> case_;
  std::optional<LogPage> log_;
  std::optional<EventShown> event_;
  std::optional<Sifted> sifted_;
  std::shared_ptr<const SearchResult> found_;
  std::shared_ptr<const StoreAnswer> store_;
  std::shared_ptr<std::atomic<bool>> cancel_;
  Messages messages_;
  QueryRunner runner_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace uptrail::viewer
