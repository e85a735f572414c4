// collect() over real files: accounting, duplicates, bad inputs, order of sources, interruption.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>

#include "collector/pipeline/collect.h"
#include "tests/collector/pipeline/events.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

using test::scratch_dir;
using test::write_file;

constexpr std::string_view kApp = test::kOneTaskLog;
constexpr std::string_view kSystem =
    "2026-11-18 14:00:00.000000+0100  localhost wifid[45]: (WiFiPolicy) [com.apple.WiFiPolicy:] first\n"
    "2026-11-18 14:00:01.000000+0100  localhost wifid[45]: (WiFiPolicy) [com.apple.WiFiPolicy:] second\n"
    "2026-11-18 14:00:02.000000+0100  localhost wifid[45]: (WiFiPolicy) [com.apple.WiFiPolicy:] third\n"
    "2026-11-18 14:00:03.010000+0100  localhost nsurlsessiond[91]: [com.apple.nsurlsessiond:background] Task "
    "<AAAC1791-4643-55E1-8948-8299BA07D00A>.<14> resuming\n"
    "2026-11-18 14:00:04.000000+0100  localhost wifid[45]: (WiFiPolicy) [com.apple.WiFiPolicy:] fourth\n"
    "2026-11-18 14:00:05.000000+0100  localhost wifid[45]: (WiFiPolicy) [com.apple.WiFiPolicy:] fifth\n"
    "2026-11-18 14:00:06.000000+0100  localhost wifid[45]: (WiFiPolicy) [com.apple.WiFiPolicy:] sixth\n"
    "2026-11-18 14:00:07.000000+0100  localhost wifid[45]: (WiFiPolicy) [com.apple.WiFiPolicy:] seventh\n";

std::unique_ptr<CaseWriter> memory_case() { return create_memory_case().take(); }

Result<CollectReport> collect_paths(CaseWriter& writer, std::vector<std::string> paths) {
  CollectOptions options;
  options.paths = std::move(paths);
  return collect(writer, options);
}

// Everything derived that does not name sources, streams or events.
std::string dump(CaseReader& reader) {
  const Derived d = reader.derived().take();
  std::string out = std::string(outcome_name(d.outcome)) + " " + d.outcome_reason + "\n";
  for (const Unit& u : d.units) {
    out += "unit " + u.bundle + " " + u.title + "\n";
  }
  for (const Session& s : d.sessions) {
    out += "session " + std::to_string(s.unit.value) + " " + s.identifier + " " + std::to_string(s.uuids.size()) + "\n";
  }
  for (const Task& t : d.tasks) {
    out += "task " + (t.uuid ? t.uuid->text() : "-") + " " + std::to_string(t.session.value) + " " +
           std::to_string(t.upload.value) + " " + std::to_string(t.seen.start.ns) + " " + std::to_string(t.seen.end.ns) + "\n";
  }
  for (const ProcessEpoch& e : d.epochs) {
    out += "epoch " + e.process + " " + std::to_string(e.seen.start.ns) + " " + std::to_string(e.seen.end.ns) + "\n";
  }
  for (const Finding& f : d.findings) {
    out += "finding " + f.fingerprint + " " + f.rule + " " + f.title + "\n";
  }
  for (const Undetermined& u : d.undetermined) {
    out += "open " + u.rule + " " + u.reason + " " + u.subject.label + "\n";
  }
  return out;
}

TEST(Collect, accounts_for_every_record_and_keeps_lines_around_what_matters) {
  const std::string dir = scratch_dir();
  write_file(dir + "/system.log", std::string(kSystem) + "a line without header\n");
  const auto writer = memory_case();
  const auto report = collect_paths(*writer, {dir + "/system.log"});
  ASSERT_TRUE(report.ok()) << report.error().text();
  ASSERT_EQ(report->sources.size(), 1U);
  const Source& s = report->sources[0];
  EXPECT_TRUE(s.accounting.balanced());
  EXPECT_EQ(s.container, "log_show_syslog");
  EXPECT_EQ(s.accounting.matched, 1U);
  EXPECT_GE(s.accounting.read, 8U);
  EXPECT_EQ(s.first, parse_iso("2026-11-18T13:00:00Z")->time);
  EXPECT_EQ(s.last, parse_iso("2026-11-18T13:00:07Z")->time);
  EXPECT_FALSE(s.not_understood);
  const auto lines = writer->reader().raw_lines(s.id, 1, 100);
  ASSERT_TRUE(lines.ok());
  ASSERT_EQ(lines->size(), 5U);
  EXPECT_EQ((*lines)[0].span.line, 2U);
  EXPECT_EQ((*lines)[4].span.line, 6U);
  EXPECT_TRUE((*lines)[2].is_event);
  EXPECT_FALSE((*lines)[1].is_event);
}

TEST(Collect, a_log_of_other_things_is_not_understood) {
  const std::string dir = scratch_dir();
  write_file(dir + "/system.log", kSystem.substr(0, kSystem.find("2026-11-18 14:00:03")));
  const auto writer = memory_case();
  const auto report = collect_paths(*writer, {dir + "/system.log"});
  ASSERT_TRUE(report.ok()) << report.error().text();
  EXPECT_TRUE(report->sources[0].not_understood);
  EXPECT_EQ(report->sources[0].accounting.irrelevant, 3U);
}

TEST(Collect, any_dated_text_is_not_understood_and_no_error) {
  const std::string dir = scratch_dir();
  write_file(dir + "/notes.txt", "2026-11-18 14:00:00 went out\n2026-11-18 14:10:00 came back\n");
  const auto writer = memory_case();
  const auto report = collect_paths(*writer, {dir + "/notes.txt"});
  ASSERT_TRUE(report.ok()) << report.error().text();
  EXPECT_EQ(report->sources[0].container, "app_log");
  EXPECT_TRUE(report->sources[0].not_understood);
  EXPECT_EQ(report->sources[0].accounting.irrelevant, 2U);
}

TEST(Collect, the_clock_is_what_the_reader_says) {
  constexpr std::string_view kText =
      "Shoebox[7:1] Task <AAAC1791-4643-55E1-8948-8299BA07D00A>.<14> finished with error - code: -999\n";
  const std::string dir = scratch_dir();
  write_file(dir + "/zone.log", "2026-11-18 14:00:00.5+0100 " + std::string(kText));
  write_file(dir + "/local.log", "2026-11-18 14:00:00.5 " + std::string(kText));
  const auto writer = memory_case();
  const auto report = collect_paths(*writer, {dir + "/zone.log", dir + "/local.log"});
  ASSERT_TRUE(report.ok()) << report.error().text();
  EXPECT_EQ(report->sources[0].clock, ClockKind::absolute);
  EXPECT_EQ(report->sources[1].clock, ClockKind::floating);
  const auto sources = writer->reader().sources().take();
  EXPECT_EQ(sources[1].clock, ClockKind::floating);
}

TEST(Collect, two_files_become_one_case_with_one_task) {
  const std::string dir = scratch_dir();
  write_file(dir + "/app.ndjson", kApp);
  write_file(dir + "/system.log", kSystem);
  const auto writer = memory_case();
  const auto report = collect_paths(*writer, {dir + "/app.ndjson", dir + "/system.log"});
  ASSERT_TRUE(report.ok()) << report.error().text();
  const Derived d = writer->reader().derived().take();
  EXPECT_EQ(d.units.size(), 1U);
  ASSERT_EQ(d.tasks.size(), 1U);
  const CaseInfo info = writer->reader().info().take();
  EXPECT_EQ(info.title, "A 3.2");
  EXPECT_FALSE(info.synthetic);
  EXPECT_EQ(info.zone_offset_minutes, 60);
  const auto streams = writer->reader().streams().take();
  for (const Stream& s : streams) {
    EXPECT_EQ(s.domain, streams[0].domain);
  }
}

TEST(Collect, the_order_of_sources_does_not_matter) {
  const std::string dir = scratch_dir();
  write_file(dir + "/app.ndjson", kApp);
  write_file(dir + "/system.log", kSystem);
  const auto one = memory_case();
  const auto other = memory_case();
  ASSERT_TRUE(collect_paths(*one, {dir + "/app.ndjson", dir + "/system.log"}).ok());
  ASSERT_TRUE(collect_paths(*other, {dir + "/system.log", dir + "/app.ndjson"}).ok());
  for (const std::string name : {"/system.log", "/app.ndjson"}) {  // one after the other into a kept case
    const auto writer =
        create_case(dir + "/case.uptrail", std::filesystem::exists(dir + "/case.uptrail") ? CaseMode::keep : CaseMode::fresh);
    ASSERT_TRUE(writer.ok()) << writer.error().text();
    const auto report = collect_paths(**writer, {dir + name});
    ASSERT_TRUE(report.ok()) << report.error().text();
  }
  EXPECT_EQ(dump(one->reader()), dump(other->reader()));
  const auto stepwise = open_case(dir + "/case.uptrail");
  ASSERT_TRUE(stepwise.ok()) << stepwise.error().text();
  EXPECT_EQ(dump(one->reader()), dump(**stepwise));
}

TEST(Collect, the_samples_derive_alike_in_any_order_and_every_time) {
  const std::string app = test::source_path("assets/samples/instrumented/app.ndjson");
  const std::string system = test::source_path("assets/samples/instrumented/system.log");
  const auto one = memory_case();
  const auto other = memory_case();
  ASSERT_TRUE(collect_paths(*one, {app, system}).ok());
  ASSERT_TRUE(collect_paths(*other, {system, app}).ok());
  EXPECT_EQ(dump(one->reader()), dump(other->reader()));
  EXPECT_TRUE(one->reader().info()->synthetic);
  for (const Source& s : one->reader().sources().take()) {
    EXPECT_TRUE(s.accounting.balanced()) << s.path;
  }
}

TEST(Collect, the_same_bytes_twice_change_nothing) {
  const std::string dir = scratch_dir();
  write_file(dir + "/a.ndjson", kApp);
  write_file(dir + "/copy.ndjson", kApp);
  const std::string path = dir + "/case.uptrail";
  auto writer = create_case(path, CaseMode::fresh).take();
  const auto first = collect_paths(*writer, {dir + "/a.ndjson", dir + "/copy.ndjson"});
  ASSERT_TRUE(first.ok()) << first.error().text();
  EXPECT_EQ(first->duplicates, std::vector<std::string>{dir + "/copy.ndjson"});
  EXPECT_EQ(first->sources.size(), 1U);
  writer.reset();
  const std::string before = test::read_file(path);
  writer = create_case(path, CaseMode::keep).take();
  const auto again = collect_paths(*writer, {dir + "/copy.ndjson"});
  ASSERT_TRUE(again.ok()) << again.error().text();
  EXPECT_EQ(again->unchanged.size(), 1U);
  EXPECT_EQ(again->sources.size(), 1U);
  writer.reset();
  EXPECT_EQ(test::read_file(path), before);
}

TEST(Collect, bad_inputs_are_named_and_the_good_ones_kept) {
  const std::string dir = scratch_dir();
  write_file(dir + "/a.ndjson", kApp);
  write_file(dir + "/empty", "");
  std::string junk;
  for (int i = 0; i < 5000; ++i) {
    junk += static_cast<char>((i * 7919) >> 3);
  }
  write_file(dir + "/junk", junk);
  write_file(dir + "/foreign.db", std::string("SQLite format 3\0", 16) + std::string(4080, '\0'));
  std::filesystem::create_directory(dir + "/folder");
  const auto writer = memory_case();
  const auto report = collect_paths(
      *writer, {dir + "/empty", dir + "/junk", dir + "/folder", dir + "/missing", dir + "/foreign.db", dir + "/a.ndjson"});
  ASSERT_TRUE(report.ok()) << report.error().text();
  ASSERT_EQ(report->failures.size(), 5U);
  for (const InputFailure& f : report->failures) {
    EXPECT_EQ(f.error.kind, ErrorKind::unreadable) << f.path << ": " << f.error.text();
    EXPECT_NE(f.error.text().find(f.path), std::string::npos) << f.error.text();
  }
  EXPECT_NE(report->failures[1].error.hint.find("uptrail formats"), std::string::npos);
  EXPECT_EQ(report->sources.size(), 1U);
}

TEST(Collect, nothing_usable_is_an_error_and_leaves_the_case_alone) {
  const std::string dir = scratch_dir();
  write_file(dir + "/empty", "");
  const auto writer = memory_case();
  const auto report = collect_paths(*writer, {dir + "/empty", dir + "/missing"});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind, ErrorKind::unreadable);
  EXPECT_TRUE(writer->reader().sources()->empty());
  EXPECT_EQ(collect_paths(*writer, {}).error().kind, ErrorKind::usage);
}

TEST(Collect, a_case_is_not_a_capture) {
  const std::string dir = scratch_dir();
  write_file(dir + "/a.ndjson", kApp);
  auto writer = create_case(dir + "/a.uptrail", CaseMode::fresh).take();
  ASSERT_TRUE(collect_paths(*writer, {dir + "/a.ndjson"}).ok());
  writer.reset();
  const auto other = memory_case();
  const auto report = collect_paths(*other, {dir + "/a.uptrail"});
  ASSERT_FALSE(report.ok());
  EXPECT_NE(report.error().message.find("a case, not a capture"), std::string::npos);
  const auto answer = explain_format(dir + "/a.uptrail");
  ASSERT_TRUE(answer.ok());
  EXPECT_TRUE(answer->is_case);
}

TEST(Collect, stops_when_asked_and_writes_nothing) {
  const std::string dir = scratch_dir();
  std::string big;
  for (int i = 0; i < 2000; ++i) {
    big += kSystem;
  }
  write_file(dir + "/system.log", big);
  const auto writer = memory_case();
  std::atomic<bool> cancel = false;
  CollectOptions options;
  options.paths = {dir + "/system.log"};
  options.cancel = &cancel;
  std::uint64_t last = 0;
  options.progress = [&](const Progress& p) {
    EXPECT_GE(p.done, last);
    EXPECT_EQ(p.total, big.size());
    last = p.done;
    cancel = true;
  };
  const auto report = collect(*writer, options);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind, ErrorKind::interrupted);
  EXPECT_GT(last, 0U);
  EXPECT_LT(last, big.size());
  EXPECT_TRUE(writer->reader().sources()->empty());
}

// So long that another thread is still inserting when the signal comes.
TEST(Collect, a_long_capture_of_events_is_stopped_in_the_middle) {
  const std::string dir = scratch_dir();
  std::string events;
  constexpr int kEvents = 20'000;
  for (int i = 0; i < kEvents; ++i) {
    events += R"({"uptrail":1,"kind":"app.heartbeat","t":)" + std::to_string(1'795'006'800'000'000'000 + i * 1'000'000LL) +
              R"(,"bundle":"com.example.a","process":"A","pid":7})" + "\n";
  }
  write_file(dir + "/app.ndjson", events);
  const auto writer = create_case(dir + "/x.uptrail", CaseMode::fresh).take();
  std::atomic<bool> cancel = false;
  CollectOptions options;
  options.paths = {dir + "/app.ndjson"};
  options.cancel = &cancel;
  options.progress = [&](const Progress& p) { cancel = p.done > events.size() / 2; };
  const auto stopped = collect(*writer, options);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().kind, ErrorKind::interrupted);
  EXPECT_TRUE(writer->reader().sources()->empty());
  EXPECT_EQ(*writer->reader().event_count(), 0U);
  cancel = false;
  options.progress = {};
  const auto report = collect(*writer, options);
  ASSERT_TRUE(report.ok()) << report.error().text();
  EXPECT_EQ(*writer->reader().event_count(), static_cast<std::uint64_t>(kEvents));
  EXPECT_EQ(*writer->reader().raw_line_count(SourceId{0}), static_cast<std::uint64_t>(kEvents));
}

// A case on the disk, collected into again and again.
class CollectAgain : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = scratch_dir();
    write_file(dir_ + "/app.ndjson", kApp);
    write_file(dir_ + "/system.log", kSystem);
  }
  CollectReport collect_into_case(std::vector<std::string> names, const std::function<void(const Progress&)>& progress = {},
                                  const std::atomic<bool>* cancel = nullptr) {
    auto writer = create_case(dir_ + "/c.uptrail", CaseMode::keep);
    EXPECT_TRUE(writer.ok()) << writer.error().text();
    CollectOptions options;
    for (const std::string& name : names) {
      options.paths.push_back(dir_ + "/" + name);
    }
    options.progress = progress;
    options.cancel = cancel;
    options.keep_when_stopped = true;
    auto report = collect(**writer, options);
    EXPECT_TRUE(report.ok()) << report.error().text();
    return report.ok() ? report.take() : CollectReport{};
  }
  std::unique_ptr<CaseReader> reader() { return open_case(dir_ + "/c.uptrail").take(); }
  std::string path(const std::string& name) { return dir_ + "/" + name; }
  std::string dir_;
};

TEST_F(CollectAgain, what_is_unchanged_is_not_opened) {
  collect_into_case({"app.ndjson"});
  const auto times = std::filesystem::last_write_time(path("app.ndjson"));
  // The same size, time and first MiB: whatever else is in it, it is taken for the same.
  auto report = collect_into_case({"app.ndjson", "system.log"});
  EXPECT_EQ(report.unchanged, std::vector<std::string>{path("app.ndjson")});
  EXPECT_TRUE(report.duplicates.empty());
  ASSERT_EQ(report.added.size(), 1U);
  EXPECT_EQ(report.sources.size(), 2U);
  // Touched only: read once more, and known by its content.
  std::filesystem::last_write_time(path("app.ndjson"), times + std::chrono::seconds(5));
  report = collect_into_case({"app.ndjson", "system.log"});
  EXPECT_EQ(report.duplicates, std::vector<std::string>{path("app.ndjson")});
  EXPECT_EQ(report.unchanged, std::vector<std::string>{path("system.log")});
  EXPECT_EQ(reader()->sources()->size(), 2U);
}

TEST_F(CollectAgain, a_file_that_grew_takes_the_place_of_what_it_was) {
  collect_into_case({"app.ndjson", "system.log"});
  const std::string more =
      std::string(kApp) +
      R"({"uptrail":1,"kind":"task.did-complete","t":"2026-11-18T13:00:09Z","bundle":"com.example.a","process":"A","pid":7,"identifier":"up","uuid":"AAAC1791-4643-55E1-8948-8299BA07D00A","id":14,"errorCode":0})"
      "\n";
  write_file(path("app.ndjson"), more);
  const auto report = collect_into_case({"app.ndjson", "system.log"});
  EXPECT_EQ(report.replaced, std::vector<std::string>{path("app.ndjson")});
  ASSERT_EQ(report.sources.size(), 2U);
  EXPECT_EQ(report.sources[0].path, path("app.ndjson"));
  EXPECT_EQ(report.sources[0].accounting.read, 5U);
  // As if the grown file had been the only one ever.
  const auto fresh = memory_case();
  ASSERT_TRUE(collect_paths(*fresh, {path("app.ndjson"), path("system.log")}).ok());
  EXPECT_EQ(dump(*reader()), dump(fresh->reader()));
  EXPECT_EQ(*reader()->event_count(), *fresh->reader().event_count());
  EXPECT_TRUE(reader()->derived()->tasks.at(0).delivered);
}

TEST_F(CollectAgain, another_content_under_the_same_name_is_added_beside) {
  collect_into_case({"app.ndjson"});
  std::string other(kApp);
  other.replace(other.find("\"pid\":7"), 7, "\"pid\":77");
  write_file(path("app.ndjson"), other);
  const auto report = collect_into_case({"app.ndjson"});
  EXPECT_EQ(report.changed, std::vector<std::string>{path("app.ndjson")});
  EXPECT_TRUE(report.replaced.empty());
  EXPECT_EQ(report.sources.size(), 2U);
}

TEST_F(CollectAgain, a_stopped_run_keeps_what_was_read_and_the_next_one_reads_the_rest) {
  std::string big;
  for (int i = 0; i < 2000; ++i) {
    big += kSystem;
  }
  write_file(path("big.log"), big);
  std::atomic<bool> cancel = false;
  const auto stop_in_big = [&](const Progress& p) {
    EXPECT_GE(p.all_done, p.done);
    if (p.what.starts_with("reading")) {
      EXPECT_EQ(p.all_total, kApp.size() + big.size() + kSystem.size());
    }
    cancel = p.done > 0;
  };
  auto report = collect_into_case({"app.ndjson", "big.log", "system.log"}, stop_in_big, &cancel);
  EXPECT_TRUE(report.stopped);
  EXPECT_EQ(report.unread, (std::vector<std::string>{path("big.log"), path("system.log")}));
  ASSERT_EQ(report.sources.size(), 1U);
  EXPECT_EQ(reader()->inputs()->size(), 3U);
  EXPECT_EQ(reader()->derived()->tasks.size(), 1U) << "what was kept is derived";
  report = collect_into_case({"app.ndjson", "big.log", "system.log"});
  EXPECT_FALSE(report.stopped);
  EXPECT_EQ(report.unchanged, std::vector<std::string>{path("app.ndjson")});
  EXPECT_EQ(report.sources.size(), 3U);
  const auto inputs = reader()->inputs().take();
  for (const CaseInput& input : inputs) {
    EXPECT_TRUE(input.done) << input.path;
  }
}

TEST(ExplainFormat, names_what_was_chosen_and_why_others_were_not) {
  const std::string dir = scratch_dir();
  write_file(dir + "/system.log", kSystem);
  const auto answer = explain_format(dir + "/system.log");
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_EQ(answer->chosen, "log_show_syslog");
  ASSERT_GT(answer->candidates.size(), 3U);
  EXPECT_EQ(answer->candidates[0].id, "log_show_syslog");
  for (const auto& c : answer->candidates) {
    EXPECT_NE(c.why, "") << c.id;
  }
  EXPECT_FALSE(explain_format(dir + "/missing").ok());
}

}  // namespace
}  // namespace uptrail
