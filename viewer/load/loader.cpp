#include "viewer/load/loader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <utility>

#include "collector/pipeline/collect.h"
#include "collector/pipeline/message_files.h"
#include "viewer/load/log_page.h"

namespace uptrail::viewer {

namespace {

// The first bytes; "" when there are none. A folder or a missing file is left to collect(), which says so.
std::string head_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string head(256, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  return head;
}

bool is_case(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && looks_like_case(head_of(path));
}

}  // namespace

// What only the worker thread touches: the open case.
class Loader::Worker {
 public:
  using Report = std::function<void(const Progress&)>;

  Result<LoadedCase> open(const Open& job, const Report& report) {
    std::vector<UnusedInput> unused;
    Opened next;
    const auto cases = std::count_if(job.paths.begin(), job.paths.end(), is_case);
    if (cases > 0 && job.paths.size() > 1) {
      Error error = fail(ErrorKind::usage, "a case and other files cannot be opened together");
      error.hint = "open the .uptrail file alone";
      return error;
    }
    UPTRAIL_TRY(cases == 1 ? open_file(job.paths.front(), next) : collect_all(job, report, next, unused));
    auto loaded = read_case(*next.reader);
    if (!loaded) return loaded.error();
    current_ = std::move(next);  // only now: a failure leaves the open case open
    loaded->paths = job.paths;
    loaded->unused = std::move(unused);
    return loaded;
  }

  std::optional<LogPage> log(const Log& job) {
    if (current_.reader == nullptr || loaded_ == nullptr) return std::nullopt;
    const std::uint64_t found = job.span ? first_line_in(job.source, *job.span) : 0;
    LogPage page = read_log_page(*current_.reader, *loaded_, job.source, job.span ? found : job.line, job.filter);
    page.found_line = found;
    return page;
  }

  std::optional<EventShown> event(EventId id) {
    if (current_.reader == nullptr) return std::nullopt;
    auto event = current_.reader->event(id);
    if (!event || !event->has_value()) return std::nullopt;
    EventShown shown{**event, ""};
    const auto raw = current_.reader->raw_of(id);
    if (raw && raw.value()) shown.text = raw.value()->text;
    return shown;
  }

  // nullptr: nothing is open.
  Result<std::shared_ptr<CaseQuery>> query() {
    if (current_.reader == nullptr) return std::shared_ptr<CaseQuery>();
    return current_.reader->query();
  }
  [[nodiscard]] bool in_file() const { return current_.reader != nullptr && !current_.reader->in_memory(); }

  std::optional<Sifted> sift(const Filter& filter) {
    if (current_.reader == nullptr || loaded_ == nullptr) return std::nullopt;
    Sifted out{loaded_, filter, nullptr, ""};
    auto passing = make_passing(*loaded_, filter, *current_.reader);
    if (passing) {
      out.passing = std::make_shared<const Passing>(passing.take());
    } else {
      out.problem = passing.error().text();
    }
    return out;
  }

  void read_tasks() {
    if (current_.reader == nullptr || loaded_ == nullptr) return;
    for (const TestimonyOf& what : loaded_->witnesses->take_wishes()) {
      loaded_->witnesses->answer(what, read_testimony(*current_.reader, *loaded_, what));
    }
    if (!loaded_->on_demand) return;
    for (const TaskId id : loaded_->on_demand->take_wishes()) {
      auto task = current_.reader->task(id);
      const bool found = task && task->has_value();
      loaded_->on_demand->answer(id, found ? std::make_unique<const Task>(std::move(**task)) : nullptr);
    }
  }

  void read_stores() {
    if (current_.reader == nullptr || loaded_ == nullptr) return;
    auto list = read_store_list(*current_.reader, loaded_->sources, loaded_->streams);
    loaded_->witnesses->set_stores(std::make_shared<const StoreList>(list ? list.take() : StoreList{}));
  }

  // nullptr: there is no such store.
  std::shared_ptr<const StoreAnswer> store(const AskStore& ask) {
    const auto list = loaded_ == nullptr ? nullptr : loaded_->witnesses->stores();
    if (current_.reader == nullptr || !list || ask.store >= list->size()) return nullptr;
    if (!rows_ || rows_of_ != ask.store) {  // only the text may be another
      rows_ = std::make_shared<const StoreRows>(read_store_rows(*current_.reader, (*list)[ask.store]));
      rows_of_ = ask.store;
    }
    auto out = std::make_shared<StoreAnswer>();
    out->number = ask.number;
    out->store = ask.store;
    out->rows = rows_;
    out->shown = rows_with(*rows_, ask.text);
    return out;
  }

  bool more_evidence() {
    if (current_.reader == nullptr || loaded_ == nullptr) return false;
    const auto more = read_more_evidence(*current_.reader, *loaded_, evidence_left_);
    return more && *more;
  }

  void keep(std::shared_ptr<const LoadedCase> loaded) {
    loaded_ = std::move(loaded);
    evidence_left_ = {};
    search_.reset();
    rows_.reset();
  }
  void begin_search(const Find& find) {
    search_.reset();
    if (loaded_ != nullptr) search_.emplace(loaded_, find.number, find.text);
  }
  // nullptr: nothing is searched. Sets `more` when there is something left to do.
  std::shared_ptr<const SearchResult> search_on(bool& more) {
    if (!search_ || current_.reader == nullptr) return nullptr;
    more = search_->step(*current_.reader);
    return std::make_shared<const SearchResult>(search_->result());
  }

 private:
  struct Opened {
    std::unique_ptr<CaseWriter> writer;
    std::unique_ptr<CaseReader> file;
    CaseReader* reader = nullptr;  // of one of the two
  };

  static Status open_file(const std::string& path, Opened& into) {
    auto file = open_case(path);
    if (!file) return file.error();
    into.file = file.take();
    into.reader = into.file.get();
    return done();
  }

  static Status collect_all(const Open& job, const Report& report, Opened& into, std::vector<UnusedInput>& unused) {
    auto writer = create_memory_case();
    if (!writer) return writer.error();
    into.writer = writer.take();
    auto loaded = load_message_files({job.messages.files, job.messages.user_folder ? user_message_folder() : std::string()});
    if (!loaded) return loaded.error();
    CollectOptions options;
    options.paths = job.paths;
    options.catalogue = std::move(loaded->catalogue);
    options.message_files = std::move(loaded->files);
    options.progress = report;
    options.cancel = job.cancel.get();
    auto collected = collect(*into.writer, options);
    if (!collected) return collected.error();
    for (const InputFailure& failure : collected->failures) unused.push_back({failure.path, failure.error});
    if (collected->sources.empty() && !unused.empty()) return unused.front().error;
    into.reader = &into.writer->reader();
    return done();
  }

  [[nodiscard]] std::uint64_t first_line_in(SourceId source, Interval span) {
    std::uint64_t line = 0;
    EventQuery query;
    query.source = source;
    query.span = span;
    query.limit = 1;
    // A failure shows where the page is read.
    (void)current_.reader->for_each_event(query, [&](const Event& event) {
      line = event.span.line;
      return false;
    });
    return line;
  }

  Opened current_;
  std::shared_ptr<const LoadedCase> loaded_;
  std::optional<Search> search_;
  EvidenceLeft evidence_left_;
  std::shared_ptr<const StoreRows> rows_;  // of the store that was asked for last
  std::size_t rows_of_ = 0;
};

Loader::Loader() : thread_([this] { run(); }) {}

Loader::~Loader() {
  cancel();
  {
    const std::lock_guard lock(mutex_);
    jobs_.clear();
    jobs_.emplace_back(Stop{});
  }
  wake_.notify_one();
  thread_.join();
}

void Loader::open(std::vector<std::string> paths) {
  cancel();
  runner_.cancel();
  {
    const std::lock_guard lock(mutex_);
    // Other questions stay: when this cannot be opened, the case that is shown still waits for their answers.
    drop<Open>();
    cancel_ = std::make_shared<std::atomic<bool>>(false);
    status_ = {LoadPhase::loading, paths, "opening", std::nullopt, {}};
    jobs_.emplace_front(Open{std::move(paths), messages_, cancel_});
  }
  wake_.notify_one();
}

void Loader::set_messages(Messages messages) {
  const std::lock_guard lock(mutex_);
  messages_ = std::move(messages);
}

void Loader::cancel() {
  const std::lock_guard lock(mutex_);
  if (cancel_) cancel_->store(true);
}

void Loader::request_log(SourceId source, std::uint64_t line, const Filter& filter) {
  replace_job<Log>(Log{source, line, filter, std::nullopt});
}

void Loader::request_log_at(SourceId source, Interval span, const Filter& filter) {
  replace_job<Log>(Log{source, 0, filter, span});
}

void Loader::search(std::uint64_t number, std::string text) { replace_job<Find>(Find{number, std::move(text)}); }

void Loader::request_event(EventId event) { replace_job<AskEvent>(AskEvent{event}); }

void Loader::request_passing(const Filter& filter) { replace_job<Sift>(Sift{filter}); }

void Loader::request_tasks() { replace_job<ReadTasks>(ReadTasks{}); }

void Loader::request_store(std::uint64_t number, std::size_t store, std::string text) {
  replace_job<AskStore>(AskStore{number, store, std::move(text)});
}

void Loader::query(std::uint64_t number, std::string sql) {
  runner_.run(number, std::move(sql));
  if (!runner_.has_query()) replace_job<OpenQuery>(OpenQuery{});
}

LoadStatus Loader::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

bool Loader::busy() const {
  const std::lock_guard lock(mutex_);
  return working_ || !jobs_.empty() || case_ != nullptr || log_.has_value() || event_.has_value() || sifted_.has_value() ||
         found_ != nullptr || store_ != nullptr || runner_.busy();
}

std::shared_ptr<const LoadedCase> Loader::take_case() {
  const std::lock_guard lock(mutex_);
  return std::exchange(case_, nullptr);
}

std::optional<LogPage> Loader::take_log() {
  const std::lock_guard lock(mutex_);
  return std::exchange(log_, std::nullopt);
}

std::optional<EventShown> Loader::take_event() {
  const std::lock_guard lock(mutex_);
  return std::exchange(event_, std::nullopt);
}

std::optional<Loader::Sifted> Loader::take_passing() {
  const std::lock_guard lock(mutex_);
  return std::exchange(sifted_, std::nullopt);
}

std::shared_ptr<const SearchResult> Loader::take_search() {
  const std::lock_guard lock(mutex_);
  return std::exchange(found_, nullptr);
}

std::shared_ptr<const StoreAnswer> Loader::take_store() {
  const std::lock_guard lock(mutex_);
  return std::exchange(store_, nullptr);
}

void Loader::finish(const Open& job, Result<std::shared_ptr<const LoadedCase>> result) {
  const std::lock_guard lock(mutex_);
  const bool replaced = job.cancel != cancel_;  // by a later open()
  if (result) {
    if (!replaced) status_.phase = LoadPhase::ready;
    // Also when it was replaced: it is what the worker reads from now.
    case_ = result.take();
    std::erase_if(jobs_, asks_the_case);
    log_.reset();
    event_.reset();
    found_.reset();
    store_.reset();
    return;
  }
  if (replaced) return;
  const bool stopped = job.cancel->load() || result.error().kind == ErrorKind::interrupted;
  status_.phase = stopped ? LoadPhase::cancelled : LoadPhase::failed;
  status_.error = result.error();
}

void Loader::run_open(Worker& worker, const Open& open) {
  auto loaded = worker.open(open, [this, &open](const Progress& progress) {
    const std::lock_guard lock(mutex_);
    if (open.cancel != cancel_) return;
    status_.what = progress.what;
    status_.share.reset();
    if (progress.total && *progress.total > 0) {
      status_.share = std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(*progress.total));
    }
  });
  if (!loaded) return finish(open, loaded.error());
  auto shared = std::make_shared<const LoadedCase>(loaded.take());
  worker.keep(shared);
  {
    const std::lock_guard lock(mutex_);
    jobs_.emplace_back(ReadStores{});
    if (shared->on_demand) jobs_.emplace_back(ReadEvidence{});
  }
  runner_.forget();
  // A file is opened once more now, so that another one in its place is never asked instead. A case in memory is copied only when
  // somebody asks.
  if (worker.in_file()) open_query(worker);
  finish(open, std::move(shared));
}

void Loader::open_query(Worker& worker) {
  if (runner_.has_query()) return;
  auto query = worker.query();
  if (query && query.value() != nullptr) {
    runner_.use(query.take());
  } else {
    runner_.refuse(query ? fail(ErrorKind::usage, "nothing is open") : query.error());
  }
}

// A search goes on at the end of the queue, so that lines and events are answered in between.
void Loader::run_search(Worker& worker, const Find* find) {
  if (find != nullptr) worker.begin_search(*find);
  bool more = false;
  auto found = worker.search_on(more);
  const std::lock_guard lock(mutex_);
  if (found) found_ = std::move(found);
  const bool replaced = std::any_of(jobs_.begin(), jobs_.end(), [](const Job& j) { return std::holds_alternative<Find>(j); });
  drop<FindMore>();
  if (more && !replaced) jobs_.emplace_back(FindMore{});
}

// In pieces at the end of the queue, as a search.
void Loader::run_evidence(Worker& worker) {
  const bool more = worker.more_evidence();
  const std::lock_guard lock(mutex_);
  // Also when something else is to be opened: if that fails, this case is still the one that is shown.
  drop<ReadEvidence>();
  if (more) jobs_.emplace_back(ReadEvidence{});
}

void Loader::run_one(Worker& worker, const Job& job) {
  if (const Open* open = std::get_if<Open>(&job)) {
    run_open(worker, *open);
  } else if (const Log* log = std::get_if<Log>(&job)) {
    auto page = worker.log(*log);
    const std::lock_guard lock(mutex_);
    log_ = std::move(page);
  } else if (const AskEvent* ask = std::get_if<AskEvent>(&job)) {
    auto event = worker.event(ask->event);
    const std::lock_guard lock(mutex_);
    event_ = std::move(event);
  } else if (const Sift* sift = std::get_if<Sift>(&job)) {
    auto sifted = worker.sift(sift->filter);
    const std::lock_guard lock(mutex_);
    sifted_ = std::move(sifted);
  } else if (const AskStore* question = std::get_if<AskStore>(&job)) {
    auto answer = worker.store(*question);
    const std::lock_guard lock(mutex_);
    store_ = std::move(answer);
  } else if (std::holds_alternative<ReadStores>(job)) {
    worker.read_stores();
  } else if (std::holds_alternative<ReadTasks>(job)) {
    worker.read_tasks();
  } else if (std::holds_alternative<ReadEvidence>(job)) {
    run_evidence(worker);
  } else if (std::holds_alternative<OpenQuery>(job)) {
    open_query(worker);
  } else {
    run_search(worker, std::get_if<Find>(&job));
  }
}

void Loader::run() {
  Worker worker;
  for (;;) {
    std::unique_lock lock(mutex_);
    working_ = false;
    wake_.wait(lock, [this] { return !jobs_.empty(); });
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    working_ = true;
    lock.unlock();
    if (std::holds_alternative<Stop>(job)) return;
    run_one(worker, job);
  }
}

}  // namespace uptrail::viewer
