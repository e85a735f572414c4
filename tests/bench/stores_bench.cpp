// Readers of large SQLite stores beside `sqlite3 FILE .dump`, in one run: `./dev bench stores`. The files are made in the build
// folder and removed afterwards. Each is read at its full size and at a tenth of it, which shows whether memory grows with the
// rows.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/text.h"
#include "collector/sqlite/connection.h"
#include "collector/stores/nsurlsessiond_tasks.h"
#include "collector/stores/powerlog.h"
#include "tests/bench/measure.h"
#include "tests/bench/store_files.h"

namespace uptrail::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kRuns = 3;
constexpr double kMega = 1e6;
constexpr double kFlat = 64e6;  // bytes that ten times the rows may cost more: keys are kept, rows are not

struct Sizes {
  std::uint64_t powerlog_bytes = 1'000'000'000;
  std::uint64_t task_rows = 100'000;
};

struct Counted final : EventSink {
  std::uint64_t events = 0, issues = 0;
  bool event(Event event) override {
    events += event.pattern.empty() ? 0U : 1U;
    return true;
  }
  void issue(const Issue& issue) override { first = issues++ == 0 ? issue.detail : first; }
  std::string first;
};

// All rows, every field of every event, told to nobody.
bool read_all(const Store& store, const StoreFile& file) {
  const StoreFiles files{file.path, file.path, false, TimeNs{1'800'000'000'000'000'000}};
  Counted sink;
  const auto stats = store.read(files, sink);
  if (!stats.ok() || sink.issues > 0 || stats->unparsed > 0 || sink.events == 0) {
    std::fprintf(stderr, "%s: %s\n", file.path.c_str(),
                 (stats.ok() ? "the reader found fault with the made-up file: " + sink.first : stats.error().text()).c_str());
    return false;
  }
  return true;
}

bool dump(const StoreFile& file) { return std::system(("sqlite3 '" + file.path + "' .dump >/dev/null").c_str()) == 0; }

Took best_of(const std::function<bool()>& work) {
  Took best;
  for (int run = 0; run < kRuns; ++run) {
    const Took took = measure(work);
    best = took.ok() && (!best.ok() || took.wall < best.wall) ? took : best;
  }
  return best;
}

struct Line {
  StoreFile file;
  Took ours, theirs;
};

void print(const std::string& tool, const StoreFile& file, const Took& took, const Took& ours) {
  if (!took.ok()) {
    std::printf("    %-20s not measured\n", tool.c_str());
    return;
  }
  std::printf("    %-20s %8.2f %8.2f %10.0f %8.0f %9.1f %12.2f %11.2f\n", tool.c_str(), took.wall, took.cpu,
              static_cast<double>(file.rows) / took.wall, static_cast<double>(file.bytes) / kMega / took.wall,
              static_cast<double>(took.peak_bytes) / kMega, took.wall / ours.wall, took.cpu / ours.cpu);
}

bool print_targets(const Line& tenth, const Line& whole) {
  const bool fast = whole.theirs.ok() && whole.ours.wall <= whole.theirs.wall && whole.ours.cpu <= whole.theirs.cpu;
  const double more = static_cast<double>(whole.ours.peak_bytes) - static_cast<double>(tenth.ours.peak_bytes);
  std::printf("    at least as fast as .dump, wall and CPU: %s\n",
              whole.theirs.ok() ? (fast ? "met" : "MISSED") : "not measured");
  std::printf("    ten times the rows cost %.1f MB more memory, limit %.0f MB: %s\n", more / kMega, kFlat / kMega,
              more <= kFlat ? "met" : "MISSED");
  return (fast || !whole.theirs.ok()) && more <= kFlat;
}

// Makes the file in a process of its own, so that its memory is none of ours, and measures both.
template <class Make>
Line run(const Store& store, const std::string& path, std::uint64_t amount, Make make) {
  StoreFile file;
  const Took made = measure([&] { return !make(path, amount).path.empty(); });
  std::error_code error;
  if (made.ok()) {
    file = {path, fs::file_size(path, error), 0};
    auto db = sqlite::Connection::open(path, sqlite::Access::read_foreign);
    for (const std::string table :
         {"session_tasks", "PLXPCAgent_EventPoint_BackgroundTransfer", "PLDuetService_EventNone_DASActivity",
          "PLPowerAssertionAgent_EventForward_Assertion", "PLProcessNetworkAgent_EventInterval_UsageDiff"}) {
      const auto rows = db.ok() ? db->integer("SELECT count(*) FROM " + table) : Result<std::int64_t>(0);
      file.rows += rows.ok() ? static_cast<std::uint64_t>(*rows) : 0;
    }
  } else {
    std::fprintf(stderr, "%s could not be made\n", path.c_str());
  }
  Line line{file, {}, {}};
  if (made.ok()) {
    line.ours = best_of([&] { return read_all(store, file); });
    line.theirs = installed("sqlite3") ? best_of([&] { return dump(file); }) : Took{};
  }
  fs::remove(path, error);
  return line;
}

template <class Make>
bool compare(const std::string& title, const Store& store, std::uint64_t amount, Make make) {
  const std::string path = (fs::path(UPTRAIL_BINARY_DIR) / "bench-files" / "store.sqlite").string();
  const Line tenth = run(store, path, amount / 10, make);
  const Line whole = run(store, path, amount, make);
  for (const Line* line : {&tenth, &whole}) {
    std::printf("\n%s: %.0f MB, %llu rows\n", title.c_str(), static_cast<double>(line->file.bytes) / kMega,
                static_cast<unsigned long long>(line->file.rows));
    std::printf("    %-20s %8s %8s %10s %8s %9s %12s %11s\n", "", "wall s", "CPU s", "rows/s", "MB/s", "peak MB", "wall / ours",
                "CPU / ours");
    print("uptrail's reader", line->file, line->ours, line->ours);
    print("sqlite3 FILE .dump", line->file, line->theirs, line->ours);
  }
  return whole.ours.ok() && tenth.ours.ok() && print_targets(tenth, whole);
}

int main_of(std::span<char*> arguments) {
  Sizes sizes;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    const std::int64_t number = i + 1 < arguments.size() ? parse_int(arguments[i + 1]).value_or(0) : 0;
    constexpr std::int64_t kLeast = 10;
    constexpr std::uint64_t kBytes = 1'000'000;
    if (argument == "--quick") {
      sizes = {sizes.powerlog_bytes / 10, sizes.task_rows / 10};
    } else if (argument == "--mb" && number >= kLeast) {
      sizes.powerlog_bytes = static_cast<std::uint64_t>(number) * kBytes;
      ++i;
    } else if (argument == "--rows" && number >= kLeast) {
      sizes.task_rows = static_cast<std::uint64_t>(number);
      ++i;
    } else {
      std::fprintf(stderr, "usage: bench stores [--quick] [--mb POWERLOG] [--rows TASKS]\n");
      return 2;
    }
  }
  std::printf(
      "Synthetic stores, warm in the page cache, best of %d runs. Every row is read and every event made; nothing is written.\n",
      kRuns);
  const bool tasks = compare("nsurlsessiond tasks.sqlite", NsurlsessiondTasks(), sizes.task_rows, make_tasks);
  const bool powerlog = compare("Powerlog", Powerlog(), sizes.powerlog_bytes, make_powerlog);
  return tasks && powerlog ? 0 : 1;
}

}  // namespace
}  // namespace uptrail::bench

int main(int argc, char** argv) { return uptrail::bench::main_of(std::span(argv, static_cast<std::size_t>(argc))); }
