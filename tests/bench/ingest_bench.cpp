// How fast a big system log becomes a case, beside what other tools need to look at the same file, and the parts of it alone.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "collector/containers/container.h"
#include "collector/messages/decoder.h"
#include "collector/pipeline/collect.h"
#include "collector/trace/case_file.h"
#include "tests/bench/bench_log.h"

namespace uptrail::bench {
namespace {

constexpr std::uint64_t kPartBytes = 64U << 20U;

const std::string& part_text() {
  static BenchLog facts;
  static const std::string kText = bench_text(kPartBytes, facts);
  return kText;
}

const Container& container() {
  const Recognition r = recognise(std::string_view(part_text()).substr(0, kSniffBytes), false);
  if (r.chosen == nullptr) {
    std::fprintf(stderr, "the made-up log is not recognised\n");
    std::abort();
  }
  return *r.chosen;
}

struct CountingSink : RecordSink {
  std::uint64_t records = 0;
  bool record(const Record& r) override {
    benchmark::DoNotOptimize(r.message.data());
    ++records;
    return true;
  }
  void issue(const Issue&) override {}
};

struct DecodingSink : RecordSink {
  explicit DecodingSink(Decoder& d) : decoder(d) {}
  Decoder& decoder;
  Decoded decoded;
  std::uint64_t events = 0;
  bool record(const Record& r) override {
    decoder.decode(r, decoded);
    events += decoded.events.size();
    return true;
  }
  void issue(const Issue&) override {}
};

void set_rate(benchmark::State& state, std::uint64_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * static_cast<std::int64_t>(state.iterations()));
}

void container_only(benchmark::State& state) {
  const Container& c = container();
  for (auto _ : state) {
    MemorySource source(part_text());
    CountingSink sink;
    if (!c.read(source, sink).ok() || sink.records == 0) {
      state.SkipWithError("nothing was read");
    }
  }
  set_rate(state, part_text().size());
}
BENCHMARK(container_only)->Unit(benchmark::kMillisecond);

void container_and_decoder(benchmark::State& state) {
  const Container& c = container();
  const auto catalogue = builtin_catalogue();
  Decoder decoder(*catalogue);
  for (auto _ : state) {
    MemorySource source(part_text());
    DecodingSink sink(decoder);
    if (!c.read(source, sink).ok() || sink.events == 0) {
      state.SkipWithError("no event was read");
    }
  }
  set_rate(state, part_text().size());
}
BENCHMARK(container_and_decoder)->Unit(benchmark::kMillisecond);

void in_memory_case(benchmark::State& state) {
  for (auto _ : state) {
    const auto reader = collect_text(part_text(), "bench.log");
    if (!reader.ok()) {
      state.SkipWithError(reader.error().text().c_str());
    }
  }
  set_rate(state, part_text().size());
}
BENCHMARK(in_memory_case)->Unit(benchmark::kMillisecond);

void insert_events(benchmark::State& state) {
  constexpr int kEvents = 100'000;
  for (auto _ : state) {
    const auto writer = create_memory_case();
    Source source;
    source.container = "log_show_syslog";
    source.id = (*writer)->begin_source(source).take();
    Event e;
    e.kind = EventKind::daemon_task_resumed;
    e.observer = Observer::daemon;
    e.source = source.id;
    for (int i = 0; i < kEvents; ++i) {
      e.t_src = TimeNs{i * 1'000'000LL};
      e.seq = static_cast<std::uint64_t>(i);
      e.fields.set(Field::id, std::int64_t{i});
      if (!(*writer)->add_event(e).ok()) {
        state.SkipWithError("an event was refused");
      }
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * kEvents);
}
BENCHMARK(insert_events)->Unit(benchmark::kMillisecond);

// Wall time, and processor time of this process and its children: on a busy machine only the latter compares.
struct Took {
  double wall = 0, cpu = 0;  // seconds; wall 0: it failed
};

double cpu_seconds() {
  double sum = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    for (const timeval& t : {usage.ru_utime, usage.ru_stime}) {
      sum += static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    }
  }
  return sum;
}

Took time_of(const std::function<bool()>& what) {
  const auto start = std::chrono::steady_clock::now();
  const double cpu = cpu_seconds();
  if (!what()) {
    return {};
  }
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), cpu_seconds() - cpu};
}

// Through a pipe: grep stops at the first match when its output is /dev/null.
Took time_of_command(const std::string& command) {
  return time_of([&] { return std::system(("{ " + command + "; } 2>/dev/null | cat >/dev/null").c_str()) == 0; });
}

void print_row(const char* name, Took took, std::uint64_t bytes, Took ours) {
  if (took.wall <= 0) {
    std::printf("%-24s not available\n", name);
    return;
  }
  const double mb = static_cast<double>(bytes) / 1e6;
  std::printf("%-24s %8.2f s %7.0f MB/s %8.2f CPU s %7.0f MB/CPU s %8.2f x our CPU time\n", name, took.wall, mb / took.wall,
              took.cpu, mb / took.cpu, took.cpu / ours.cpu);
}

bool installed(const std::string& program) { return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0; }

// The file is warm in the page cache for everybody.
bool compare_tools() {
  const BenchLog log = bench_log(wanted_bytes());
  if (log.path.empty()) {
    std::fprintf(stderr, "the log could not be written\n");
    return false;
  }
  std::printf("synthetic system log: %.0f MB, %llu lines, %llu relevant\n", static_cast<double>(log.bytes) / 1e6,
              static_cast<unsigned long long>(log.lines), static_cast<unsigned long long>(log.relevant));
  (void)time_of_command("cat '" + log.path + "'");
  const std::string out = log.path + ".uptrail";
  Error failure;
  const Took ours = time_of([&] {
    const auto writer = create_case(out, CaseMode::fresh);
    if (!writer.ok()) {
      failure = writer.error();
      return false;
    }
    CollectOptions options;
    options.paths = {log.path};
    const auto report = collect(**writer, options);
    if (!report.ok()) {
      failure = report.error();
      return false;
    }
    return report->sources[0].accounting.balanced() && report->sources[0].accounting.matched == log.relevant;
  });
  std::remove(out.c_str());
  if (ours.wall <= 0) {
    std::fprintf(stderr, "collect failed: %s\n", failure.message.empty() ? "the account is wrong" : failure.text().c_str());
    return false;
  }
  print_row("uptrail collect", ours, log.bytes, ours);
  print_row("grep -c nsurlsessiond", time_of_command("grep -c nsurlsessiond '" + log.path + "'"), log.bytes, ours);
  print_row("lnav -n", installed("lnav") ? time_of_command("lnav -n '" + log.path + "'") : Took{}, log.bytes, ours);
  return true;
}

}  // namespace
}  // namespace uptrail::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  const bool good = uptrail::bench::compare_tools();
  benchmark::RunSpecifiedBenchmarks();
  return good ? 0 : 1;
}
