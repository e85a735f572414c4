#include "viewer/load/loader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <utility>

#include "collector/pipeline/collect.h"
#include "collector/pipeline/message_files.h"

namespace uptrail::viewer {

namespace {

constexpr std::uint64_t kLinesBefore = 400;
constexpr std::size_t kLinesInPage = 1200;

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
    if (current_.reader == nullptr) return std::nullopt;
    LogPage page;
    page.source = job.source;
    page.first_line = job.line > kLinesBefore ? job.line - kLinesBefore : 0;
    auto lines = current_.reader->raw_lines(job.source, page.first_line, kLinesInPage);
    if (!lines) return page;
    page.lines = lines.take();
    page.at_start = page.first_line == 0;
    page.at_end = page.lines.size() < kLinesInPage;
    return page;
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

  Opened current_;
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
  {
    const std::lock_guard lock(mutex_);
    jobs_.clear();
    log_.reset();
    cancel_ = std::make_shared<std::atomic<bool>>(false);
    status_ = {LoadPhase::loading, paths, "opening", std::nullopt, {}};
    jobs_.emplace_back(Open{std::move(paths), messages_, cancel_});
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

void Loader::request_log(SourceId source, std::uint64_t line) {
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(jobs_, [](const Job& job) { return std::holds_alternative<Log>(job); });
    jobs_.emplace_back(Log{source, line});
  }
  wake_.notify_one();
}

LoadStatus Loader::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

bool Loader::busy() const {
  const std::lock_guard lock(mutex_);
  return working_ || !jobs_.empty() || case_ != nullptr || log_.has_value();
}

std::shared_ptr<const LoadedCase> Loader::take_case() {
  const std::lock_guard lock(mutex_);
  return std::exchange(case_, nullptr);
}

std::optional<LogPage> Loader::take_log() {
  const std::lock_guard lock(mutex_);
  return std::exchange(log_, std::nullopt);
}

void Loader::finish(const Open& job, Result<LoadedCase> result) {
  const std::lock_guard lock(mutex_);
  if (job.cancel != cancel_) return;  // replaced by a later open()
  if (result) {
    status_.phase = LoadPhase::ready;
    case_ = std::make_shared<const LoadedCase>(result.take());
    return;
  }
  const bool stopped = job.cancel->load() || result.error().kind == ErrorKind::interrupted;
  status_.phase = stopped ? LoadPhase::cancelled : LoadPhase::failed;
  status_.error = result.error();
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
    if (const Log* log = std::get_if<Log>(&job)) {
      auto page = worker.log(*log);
      lock.lock();
      log_ = std::move(page);
      continue;
    }
    const Open& open = std::get<Open>(job);
    finish(open, worker.open(open, [this, &open](const Progress& progress) {
      const std::lock_guard inner(mutex_);
      if (open.cancel != cancel_) return;
      status_.what = progress.what;
      status_.share.reset();
      if (progress.total && *progress.total > 0) {
        status_.share = std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(*progress.total));
      }
    }));
  }
}

}  // namespace uptrail::viewer
