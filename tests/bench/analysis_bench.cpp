// What the analysis costs, from events to findings: the whole, each phase, each rule, and the memory; beside sorting as many
// structs of 64 bytes by time and reading the same events from a case.
#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/trace/case_file.h"
#include "tests/bench/analysis_cases.h"
#include "tests/bench/measure.h"

namespace uptrail::bench {
namespace {

// Seconds of processor time of this process: what others do on the machine meanwhile does not count.
double now() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}
double since(double start) { return now() - start; }

// Bytes of this process that are in memory now, and at most so far.
double resident() {
  std::ifstream in("/proc/self/statm");
  double pages = 0;
  double in_memory = 0;
  in >> pages >> in_memory;
  return in_memory * static_cast<double>(::sysconf(_SC_PAGESIZE));
}
double peak_resident() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024;
}

struct Costs {
  std::string name;
  double seconds = 0;
  double bytes = 0;  // resident when it was over, above the beginning
  std::uint64_t texts = 0;
};

// A rule that notes how long the one inside takes.
class Timed final : public analysis::Rule {
 public:
  Timed(const analysis::Rule& rule, const BigCase& big) : rule_(rule), big_(big) {}
  [[nodiscard]] const RuleInfo& info() const override { return rule_.info(); }
  void judge(const analysis::World& world, const analysis::Thresholds& thresholds, analysis::Verdicts& verdicts) const override {
    const auto start = now();
    const std::uint64_t before = big_.texts_read();
    rule_.judge(world, thresholds, verdicts);
    costs_.seconds += since(start);
    costs_.texts += big_.texts_read() - before;
  }
  [[nodiscard]] Costs costs() const {
    Costs out = costs_;
    out.name = info().id;
    return out;
  }

 private:
  const analysis::Rule& rule_;
  const BigCase& big_;
  mutable Costs costs_;
};

// The time of as many structs as there are facts, in an order that has nothing to do with time, sorted by it.
double sort_seconds(std::uint64_t n) {
  struct Cell {
    std::int64_t t = 0;
    std::array<std::int64_t, 7> rest{};
  };
  static_assert(sizeof(Cell) == 64);
  std::vector<Cell> cells(n);
  std::uint64_t x = 88172645463325252ULL;
  for (Cell& c : cells) {
    x ^= x << 13U;
    x ^= x >> 7U;
    x ^= x << 17U;
    c.t = static_cast<std::int64_t>(x >> 1U);
  }
  const auto start = now();
  std::sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) { return a.t < b.t; });
  benchmark::DoNotOptimize(cells.data());
  return since(start);
}

// What reading one event from a case in memory costs: the first of them stand for all.
double row_seconds(const analysis::AnalysisInput& input) {
  constexpr std::uint64_t kRows = 100'000;
  const auto writer = create_memory_case();
  if (!writer.ok() || !(*writer)->begin_source(input.sources.front()).ok()) {
    return 0;
  }
  std::uint64_t rows = 0;
  const Status written = input.events([&](const Event& e) { return (*writer)->add_event(e).ok() && ++rows < kRows; });
  std::uint64_t read = 0;
  const auto start = now();
  const Status got = (*writer)->reader().for_each_event({}, [&](const Event& e) {
    benchmark::DoNotOptimize(e.fields.all().data());
    ++read;
    return true;
  });
  return written.ok() && got.ok() && read > 0 ? since(start) / static_cast<double>(read) : 0;
}

struct Measured {
  double events = 0;
  double stream = 0;  // seconds, making the events alone
  double whole = 0;   // seconds, the analysis without that
  double peak = 0;    // bytes
  double sort = 0;
  double row = 0;
  std::size_t findings = 0, causes = 0, undetermined = 0;
  std::vector<Costs> phases, rules;
};

Measured run(BigCase& big) {
  Measured m;
  analysis::AnalysisInput input = big.input();
  auto start = now();
  std::uint64_t n = 0;
  (void)input.events([&n](const Event& e) {
    benchmark::DoNotOptimize(e.t.ns);
    ++n;
    return true;
  });
  m.stream = since(start);
  m.events = static_cast<double>(n);
  std::vector<std::unique_ptr<Timed>> timed;
  std::vector<const analysis::Rule*> rules;
  for (const analysis::Rule* rule : analysis::builtin_rules()) {
    timed.push_back(std::make_unique<Timed>(*rule, big));
    rules.push_back(timed.back().get());
  }
  input.rules = rules;
  const double before = resident();
  auto entered = now();
  input.entered = [&](std::string_view phase) {
    if (!m.phases.empty()) {
      m.phases.back().seconds += since(entered);
      m.phases.back().bytes = resident() - before;
    }
    m.phases.push_back({std::string(phase), 0, 0, 0});
    entered = now();
  };
  start = now();
  const auto derived = analysis::analyse(input);
  m.whole = since(start) - m.stream;
  m.peak = peak_resident() - before;
  if (!derived.ok()) {
    return {};
  }
  m.phases.front().seconds -= m.stream;
  m.findings = derived->findings.size();
  m.causes = derived->causes.size();
  m.undetermined = derived->undetermined.size();
  for (const auto& t : timed) {
    m.rules.push_back(t->costs());
  }
  return m;
}

void print_phases(const Measured& m) {
  for (const Costs& c : m.phases) {
    if (!c.name.empty()) {
      std::printf("    %-42s %8.3f s %9.1f ns/event  resident %6.1f B/event\n", c.name.c_str(), c.seconds,
                  c.seconds / m.events * 1e9, c.bytes / m.events);
    }
  }
}

void print_rules(Measured& m, std::size_t shown) {
  std::stable_sort(m.rules.begin(), m.rules.end(), [](const Costs& a, const Costs& b) { return a.seconds > b.seconds; });
  for (std::size_t i = 0; i < m.rules.size() && i < shown; ++i) {
    const Costs& c = m.rules[i];
    std::printf("    rule %-37s %8.3f s %9.1f ns/event  %8llu texts\n", c.name.c_str(), c.seconds, c.seconds / m.events * 1e9,
                static_cast<unsigned long long>(c.texts));
  }
}

void print(const Shape& shape, const BigCase& big, Measured& m, std::size_t rules) {
  std::printf("\n%s: %.2f M events, %llu tasks, %llu sessions; %zu findings in %zu causes, %zu undetermined\n",
              shape.name.c_str(), m.events / 1e6, static_cast<unsigned long long>(big.tasks()),
              static_cast<unsigned long long>(big.sessions()), m.findings, m.causes, m.undetermined);
  std::printf("    analysis %.3f s, %.2f M events/s, %.0f ns/event, at most %.1f B/event resident\n", m.whole,
              m.events / m.whole / 1e6, m.whole / m.events * 1e9, m.peak / m.events);
  std::printf("    in times of sorting as many 64-byte structs by time (%.3f s): %.2f\n", m.sort, m.whole / m.sort);
  std::printf("    in times of reading them from a case in memory (%.0f ns each): %.2f\n", m.row * 1e9,
              m.whole / (m.row * m.events));
  print_phases(m);
  print_rules(m, rules);
  std::fflush(nullptr);
}

struct Wanted {
  std::uint64_t most = 10'000'000;
  std::size_t rules = 12;
};
Wanted& wanted() {
  static Wanted w;
  return w;
}

// In a process of its own, so that the memory is its own.
void whole_analysis(benchmark::State& state, const Shape& shape, std::uint64_t events) {
  for (auto _ : state) {
    const Took took = measure([&] {
      BigCase big(shape, events);
      Measured m = run(big);
      m.sort = sort_seconds(static_cast<std::uint64_t>(m.events));
      m.row = row_seconds(big.input());
      print(shape, big, m, wanted().rules);
      return m.events > 0;
    });
    if (!took.ok()) {
      state.SkipWithError("the analysis failed");
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * events));
}

std::vector<Shape> shapes() {
  return {{"days with faults", 2, 60, 10, true, 6},
          {"one session of many tasks", 1, 5000, 24, true, 0},
          {"many short sessions", 10, 20, 2, false, 0}};
}

void register_cases() {
  for (const Shape& shape : shapes()) {
    for (const std::uint64_t events : {100'000ULL, 1'000'000ULL, 10'000'000ULL}) {
      if (events <= wanted().most) {
        benchmark::RegisterBenchmark((shape.name + "/" + std::to_string(events)).c_str(),
                                     [shape, events](benchmark::State& state) { whole_analysis(state, shape, events); })
            ->Iterations(1)
            ->Unit(benchmark::kMillisecond);
      }
    }
  }
}

}  // namespace
}  // namespace uptrail::bench

// --quick: nothing above 0.1 million events. --rules: every rule, not only the dearest. --only: nothing, it is about ingest.
// Everything else is Google Benchmark's.
int main(int argc, char** argv) {
  const auto take = [&](std::string_view option) {
    char** const found = std::find(argv, argv + argc, option);
    if (found == argv + argc) {
      return false;
    }
    std::rotate(found, found + 1, argv + argc);
    --argc;
    return true;
  };
  if (std::find(argv, argv + argc, std::string_view("--only")) != argv + argc) {
    return 0;  // one comparison of the ingest bench is wanted
  }
  if (take("--quick")) {
    uptrail::bench::wanted().most = 100'000;
  }
  if (take("--rules")) {
    uptrail::bench::wanted().rules = SIZE_MAX;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  uptrail::bench::register_cases();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
