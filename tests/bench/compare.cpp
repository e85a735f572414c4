#include "tests/bench/compare.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/bench/bench_files.h"
#include "tests/bench/measure.h"

namespace uptrail::bench {

namespace {

namespace fs = std::filesystem;

struct Row {
  std::string tool;
  Took best;
};
struct Comparison {
  std::string title;
  Style style = Style::syslog;
  BenchFile file;
  std::vector<Row> rows;  // ours first
};

// Lives as long as the program: Google Benchmark keeps callbacks that fill it.
std::vector<Comparison>& comparisons() {
  static std::vector<Comparison> all;
  return all;
}

std::string in_quotes(const std::string& path) { return "'" + path + "'"; }
std::string scratch(const std::string& name) { return (fs::path(UPTRAIL_BINARY_DIR) / "bench-files" / name).string(); }

// What everybody would write first.
bool parse_with_nlohmann(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::size_t keys = 0;
  while (std::getline(in, line)) {
    keys += nlohmann::json::parse(line).size();
  }
  return keys > 0;
}

// lnav reads JSON lines only when a format describes them.
std::string lnav_folder() {
  const fs::path folder = scratch("lnav");
  fs::create_directories(folder / "formats" / "uptrail");
  std::ofstream(folder / "formats" / "uptrail" / "format.json") << R"({
  "$schema": "https://lnav.org/schemas/format-v1.schema.json",
  "uptrail_events": {"title": "event NDJSON", "json": true, "hide-extra": true, "file-pattern": "events-.*\\.ndjson",
    "timestamp-field": "t", "timestamp-divisor": 1000000000, "body-field": "kind",
    "line-format": [{"field": "__timestamp__"}, " ", {"field": "kind"}],
    "value": {"kind": {"kind": "string", "identifier": true}, "uuid": {"kind": "string", "identifier": true},
      "id": {"kind": "integer"}, "uptrail": {"kind": "integer", "hidden": true}}},
  "log_show_ndjson": {"title": "log show", "json": true, "hide-extra": true, "file-pattern": "log-.*\\.ndjson",
    "timestamp-field": "timestamp", "body-field": "eventMessage",
    "line-format": [{"field": "__timestamp__"}, " ", {"field": "eventMessage"}],
    "value": {"subsystem": {"kind": "string", "identifier": true}, "processID": {"kind": "integer"}}}
})";
  return folder.string();
}

Took run_lnav(const std::string& path) {
  return measure_command("HOME=" + in_quotes(scratch("")) + " lnav -I " + in_quotes(lnav_folder()) + " -n -q -c ':goto 0' " +
                         in_quotes(path));
}

Took run_ours(const std::string& path) {
  const std::string out = scratch("bench.uptrail");
  const std::string program = (fs::path(UPTRAIL_BINARY_DIR) / "bin" / "uptrail").string();
  const Took took = measure_command(in_quotes(program) + " collect --fresh -o " + in_quotes(out) + " " + in_quotes(path));
  std::error_code error;
  fs::remove(out, error);
  return took;
}

void add(Comparison& c, const std::string& tool, int repetitions, Took (*run)(const std::string&)) {
  const std::size_t row = c.rows.size();
  c.rows.push_back({tool, {}});
  const std::size_t index = static_cast<std::size_t>(&c - comparisons().data());
  const auto body = [index, row, run](benchmark::State& state) {
    Comparison& comparison = comparisons()[index];
    for (auto _ : state) {
      const Took took = run(comparison.file.path);
      if (!took.ok()) {
        state.SkipWithError("failed, or not installed");
        return;
      }
      state.SetIterationTime(took.wall);
      Row& r = comparison.rows[row];
      r.best = !r.best.ok() || took.wall < r.best.wall ? took : r.best;
      state.counters["cpu_s"] = took.cpu;
      state.counters["peak_MB"] = static_cast<double>(took.peak_bytes) / 1e6;
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(comparison.file.bytes));
  };
  benchmark::RegisterBenchmark((c.title + "/" + tool).c_str(), body)
      ->Iterations(1)
      ->Repetitions(repetitions)
      ->ReportAggregatesOnly(false)
      ->UseManualTime()
      ->Unit(benchmark::kSecond);
}

Took run_grep(const std::string& path) { return measure_command("LC_ALL=C grep -c nsurlsessiond " + in_quotes(path)); }
Took run_nlohmann(const std::string& path) {
  return measure([&path] { return parse_with_nlohmann(path); });
}

const Row* row_of(const Comparison& c, std::string_view tool) {
  const auto it = std::find_if(c.rows.begin(), c.rows.end(), [&](const Row& r) { return r.tool == tool; });
  return it != c.rows.end() && it->best.ok() ? &*it : nullptr;
}

void print_target(const Comparison& c, std::string_view other, double floor, double goal) {
  const Row* theirs = row_of(c, other);
  const Row& ours = c.rows.front();
  if (theirs == nullptr || !ours.best.ok()) {
    std::printf("    target against %.*s: not measured\n", static_cast<int>(other.size()), other.data());
    return;
  }
  const double ratio = theirs->best.wall / ours.best.wall;
  std::printf("    %5.2f x as fast as %-22.*s floor %4.2f, goal %4.2f: %s\n", ratio, static_cast<int>(other.size()), other.data(),
              floor, goal,
              ratio >= goal    ? "goal met"
              : ratio >= floor ? "floor met"
                               : "MISSED");
}

void print_memory(const Comparison& c) {
  const double limit = c.style == Style::events ? 200e6 + 64.0 * static_cast<double>(c.file.relevant) : 300e6;
  const double peak = static_cast<double>(c.rows.front().best.peak_bytes);
  std::printf("    peak memory %.0f MB, limit %.0f MB: %s\n", peak / 1e6, limit / 1e6, peak <= limit ? "met" : "MISSED");
}

}  // namespace

bool register_comparisons(const Sizes& sizes) {
  auto& all = comparisons();
  all.reserve(3);
  for (const auto& [title, style, amount] :
       {std::tuple("syslog", Style::syslog, sizes.log_bytes), std::tuple("ndjson", Style::ndjson, sizes.log_bytes),
        std::tuple("events", Style::events, sizes.events)}) {
    if (!sizes.only.empty() && sizes.only != title) {
      continue;
    }
    Comparison& c = all.emplace_back();
    c.title = title;
    c.style = style;
    c.file = bench_file(style, amount);
    if (c.file.path.empty()) {
      std::fprintf(stderr, "the capture '%s' could not be written\n", title);
      return false;
    }
    (void)measure_command("cat " + in_quotes(c.file.path));  // warm for everybody
    add(c, "uptrail collect", 3, run_ours);
    add(c, "grep -c", 3, run_grep);
    if (style == Style::events) {
      add(c, "nlohmann::json loop", 1, run_nlohmann);
    }
    if (installed("lnav")) {
      add(c, "lnav -n", 1, run_lnav);
    }
  }
  if (all.empty()) {
    std::fprintf(stderr, "--only takes syslog, ndjson or events, not '%s'\n", sizes.only.c_str());
  }
  return !all.empty();
}

void print_comparisons() {
  std::printf("\nSynthetic captures, warm in the page cache, best of the runs. CPU: user and system of all threads.\n");
  for (const Comparison& c : comparisons()) {
    const double mb = static_cast<double>(c.file.bytes) / 1e6;
    std::printf("\n%s: %.0f MB, %llu lines, %llu events\n", c.title.c_str(), mb, static_cast<unsigned long long>(c.file.lines),
                static_cast<unsigned long long>(c.file.relevant));
    std::printf("    %-22s %9s %9s %9s %9s %9s %12s %12s\n", "", "wall s", "CPU s", "MB/s", "lines/s", "peak MB", "wall / ours",
                "CPU / ours");
    for (const Row& r : c.rows) {
      if (!r.best.ok()) {
        std::printf("    %-22s not measured\n", r.tool.c_str());
        continue;
      }
      std::printf("    %-22s %9.2f %9.2f %9.0f %8.2fM %9.0f %12.2f %12.2f\n", r.tool.c_str(), r.best.wall, r.best.cpu,
                  mb / r.best.wall, static_cast<double>(c.file.lines) / 1e6 / r.best.wall,
                  static_cast<double>(r.best.peak_bytes) / 1e6, r.best.wall / c.rows.front().best.wall,
                  r.best.cpu / c.rows.front().best.cpu);
    }
    if (c.style == Style::events) {
      print_target(c, "nlohmann::json loop", 1, 3);
      print_target(c, "lnav -n", 1, 2);
    } else {
      print_target(c, "grep -c", 0.5, 0.5);
      print_target(c, "lnav -n", 8, 8);
    }
    print_memory(c);
  }
}

}  // namespace uptrail::bench
