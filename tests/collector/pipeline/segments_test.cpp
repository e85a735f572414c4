// A scrollback with several containers becomes several sources, whose lines are those of the file.
#include "collector/pipeline/segments.h"

#include <gtest/gtest.h>

#include "collector/pipeline/collect.h"
#include "collector/pipeline/intake.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

constexpr std::string_view kUuid = "AAAC1791-4643-55E1-8948-8299BA07D00A";

std::string syslog(int second, const std::string& text) {
  return "2026-11-18 14:00:0" + std::to_string(second) + ".000000+0100  localhost nsurlsessiond[91]: " + text + "\n";
}
std::string compact(int second, const std::string& text) {
  return "2026-11-18 14:01:0" + std::to_string(second) + ".000 Df Shoebox[4711:998b3a] " + text + "\n";
}
std::string task(const std::string& what) { return "Task <" + std::string(kUuid) + ">.<14> " + what; }

std::string scroll() {
  return syslog(0, task("resuming")) + syslog(1, "a message\n  of two lines") + "user@mac ~ % log show --style compact\n" +
         "Timestamp               Ty Process[PID:TID]\n" + compact(0, "first") + compact(1, task("resuming")) +
         compact(2, "last\n  more") + "Timestamp                       (process)[PID]    \n" +
         syslog(5, task("done using Connection 1")) + "the tail\n";
}

Result<CollectReport> collect_file(CaseWriter& writer, const std::string& path) {
  CollectOptions options;
  options.paths = {path};
  return collect(writer, options);
}

void check_sources(const std::vector<Source>& sources, const std::string& path, CaseReader& reader) {
  ASSERT_EQ(sources.size(), 3U);
  EXPECT_EQ(sources[0].path, path + "#1 (lines 1-5)");
  EXPECT_EQ(sources[1].path, path + "#2 (lines 6-10)");
  EXPECT_EQ(sources[2].path, path + "#3 (lines 11-12)");
  EXPECT_EQ(sources[0].container, "log_show_syslog");
  EXPECT_EQ(sources[1].container, "log_show_compact");
  EXPECT_EQ(sources[1].clock, ClockKind::floating);
  EXPECT_EQ(sources[2].container, "log_show_syslog");
  std::uint64_t bytes = 0;
  const std::string text = scroll();
  for (const Source& s : sources) {
    EXPECT_TRUE(s.accounting.balanced());
    EXPECT_EQ(s.accounting.unparsed, 0U) << s.path;
    EXPECT_EQ(s.content_hash.size(), 32U);
    bytes += s.size;
    const auto lines = reader.raw_lines(s.id, 1, 100).take();
    EXPECT_FALSE(lines.empty()) << s.path;
    for (const RawLine& line : lines) {
      EXPECT_EQ(text.substr(line.span.offset, line.span.length), line.text);
    }
  }
  EXPECT_EQ(bytes, text.size());
  EXPECT_EQ(sources[0].accounting.read, 2U);
  EXPECT_EQ(sources[1].accounting.read, 3U);
  EXPECT_EQ(sources[2].accounting.read, 1U);
}

TEST(Segments, a_scrollback_becomes_sources_of_their_own) {
  const std::string path = test::scratch_dir() + "/scroll.log";
  test::write_file(path, scroll());
  const auto writer = create_memory_case().take();
  const auto report = collect_file(*writer, path);
  ASSERT_TRUE(report.ok()) << report.error().text();
  check_sources(report->sources, path, writer->reader());
  const auto twice = create_memory_case().take();
  CollectOptions options;
  options.paths = {path, path};
  const auto again = collect(*twice, options);
  ASSERT_TRUE(again.ok()) << again.error().text();
  EXPECT_EQ(again->duplicates.size(), 1U);
  EXPECT_EQ(again->sources.size(), 3U);
}

TEST(Segments, a_stream_is_divided_as_a_file_is) {
  const auto reader = collect_text(scroll(), "scroll");
  ASSERT_TRUE(reader.ok()) << reader.error().text();
  const auto streamed = (*reader)->sources().take();
  check_sources(streamed, "scroll", **reader);

  const std::string path = test::scratch_dir() + "/scroll.log";
  test::write_file(path, scroll());
  const auto writer = create_memory_case().take();
  const auto report = collect_file(*writer, path);
  ASSERT_TRUE(report.ok()) << report.error().text();
  for (std::size_t i = 0; i < streamed.size(); ++i) {
    EXPECT_EQ(streamed[i].content_hash, report->sources[i].content_hash);
  }
}

TEST(Segments, a_date_for_the_file_places_its_segments) {
  const std::string path = test::scratch_dir() + "/scroll.log";
  test::write_file(path, scroll());
  const auto writer = create_memory_case().take();
  CollectOptions options;
  options.paths = {path};
  options.dates["scroll.log"] = "2026-11-18+01:00";
  const auto report = collect(*writer, options);
  EXPECT_TRUE(report.ok()) << report.error().text();
}

TEST(Segments, a_stream_of_many_segments_far_apart) {
  constexpr std::size_t kSegments = 6;
  constexpr std::uint64_t kLines = 40'001;  // with its banner, which ends the segment before
  std::string text;
  std::string expected;
  for (std::size_t i = 0; i < kSegments; ++i) {
    text += i % 2 == 0 ? "Timestamp                       (process)[PID]    \n" : "Timestamp               Ty Process[PID:TID]\n";
    for (std::uint64_t n = 1; n < kLines; ++n) {
      text += i % 2 == 0 ? syslog(1, std::to_string(i) + " text of " + std::to_string(n))
                         : compact(1, std::to_string(i) + " text of " + std::to_string(n));
    }
    const std::uint64_t last = (i + 1) * kLines + (i + 1 < kSegments ? 1 : 0);
    expected += segment_path("x", i + 1, i == 0 ? 1 : i * kLines + 2, last) + "\n";
  }
  const auto reader = collect_text(text, "x");
  ASSERT_TRUE(reader.ok()) << reader.error().text();
  std::string found;
  for (const Source& s : (*reader)->sources().take()) {
    found += s.path + "\n";
    EXPECT_EQ(s.accounting.read, 40'000U) << s.path;
  }
  EXPECT_EQ(found, expected);
}

TEST(Segments, path_of_a_segment_and_back) {
  EXPECT_EQ(segment_path("a#b.log", 2, 120, 340), "a#b.log#2 (lines 120-340)");
  EXPECT_EQ(without_segment("a#b.log#2 (lines 120-340)"), "a#b.log");
  EXPECT_EQ(without_segment("a#b.log"), "a#b.log");
  EXPECT_EQ(without_segment("x#y (lines 1-2)"), "x#y (lines 1-2)");
}

}  // namespace
}  // namespace uptrail
