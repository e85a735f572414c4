// The parts of the ingest path alone, and the whole of it beside other tools (compare.h).
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "collector/containers/container.h"
#include "collector/messages/decoder.h"
#include "collector/pipeline/collect.h"
#include "collector/trace/case_file.h"
#include "tests/bench/bench_files.h"
#include "tests/bench/compare.h"

namespace uptrail::bench {
namespace {

constexpr std::uint64_t kPartBytes = 16U << 20U;

const std::string& part_text() {
  static BenchFile facts;
  static const std::string kText = bench_text(Style::syslog, kPartBytes, facts);
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

}  // namespace
}  // namespace uptrail::bench

// --quick: small files. --only syslog|ndjson|events: one of the comparisons, and only its file. Everything else is Google
// Benchmark's, e.g. --benchmark_filter=grep.
int main(int argc, char** argv) {
  uptrail::bench::Sizes sizes;
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--quick") {
      sizes.log_bytes = 200ULL << 20U;
      sizes.events = 500'000;
    } else if (argument == "--only" && i + 1 < argc) {
      sizes.only = argv[++i];
    } else {
      argv[kept++] = argv[i];
    }
  }
  argc = kept;
  argv[argc] = nullptr;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv) || !uptrail::bench::register_comparisons(sizes)) {
    return 2;
  }
  benchmark::RunSpecifiedBenchmarks();
  uptrail::bench::print_comparisons();
  return 0;
}
