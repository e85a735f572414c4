// What stands before the lines of a copy is taken off for every container, and the places in the file stay true.
#include "collector/containers/line_prefix.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "collector/base/text.h"
#include "tests/collector/containers/checks.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

using Prefixer = std::function<std::string(std::size_t number, std::string_view line)>;

struct Kept {
  SourceSpan span;
  std::string said;  // everything but raw and span
  std::string raw;
};

class KeepingSink final : public RecordSink {
 public:
  bool record(const Record& r) override {
    std::string said = r.time ? std::to_string(r.time->ns) : "-";
    for (const std::string_view part : {r.process, r.thread, r.library, r.subsystem, r.category, r.message}) {
      said += '|';
      said += part;
    }
    kept.push_back({r.span, said, std::string(r.raw)});
    return true;
  }
  void issue(const Issue& issue) override { issues.push_back(issue); }
  std::vector<Kept> kept;
  std::vector<Issue> issues;
};

std::string prefixed(std::string_view text, const Prefixer& prefixer) {
  std::string out;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    out += prefixer(++number, text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return out;
}

Prefixer before(std::function<std::string(std::size_t)> what) {
  return [what = std::move(what)](std::size_t number, std::string_view line) { return what(number) + std::string(line); };
}

const std::vector<std::pair<std::string, Prefixer>>& prefixers() {
  static const std::vector<std::pair<std::string, Prefixer>> kAll = {
      {"grep -n", before([](std::size_t n) { return std::to_string(n * 3) + ":"; })},
      {"grep -C", before([](std::size_t n) { return std::to_string(n) + (n % 4 == 2 ? "-" : ":"); })},
      {"padded grep -n", before([](std::size_t n) { return std::to_string(1300 + n) + "   :"; })},
      {"grep -Hn", before([](std::size_t n) { return "logs/system.log:" + std::to_string(n + 90) + ":"; })},
      {"grep -H", before([](std::size_t) { return std::string("system.log:"); })},
      {"editor", before([](std::size_t n) { return "\t Line " + std::to_string(n + 8) + ": "; })},
      {"left column", before([](std::size_t n) {
         std::string out = std::to_string(n + 95);
         return out.append(7 - out.size(), ' ');
       })},
      {"right column", before([](std::size_t n) {
         const std::string out = std::to_string(n + 95);
         return std::string(6 - out.size(), ' ') + out + "  ";
       })},
      {"cat -n", before([](std::size_t n) { return "     " + std::to_string(n) + "\t"; })},
      {"bat", before([](std::size_t n) { return "  " + std::to_string(n) + " \xE2\x94\x82 "; })},
      {"quote", before([](std::size_t) { return std::string("> "); })},
      {"quote of a quote", before([](std::size_t) { return std::string("> > "); })},
      {"quoted grep -n", before([](std::size_t n) { return "> " + std::to_string(n) + ":"; })},
      {"flutter", before([](std::size_t n) { return std::string(n % 2 == 0 ? "[        ] " : "[  +12 ms] "); })},
      {"device log", before([](std::size_t) { return std::string("[   +1 ms] [DEVICE LOG] "); })},
      {"simulator", before([](std::size_t) { return std::string("[iPhone 6s] nsurlsessiond: "); })},
      {"device", before([](std::size_t) { return std::string("[iPad (7th generation)] "); })},
      {"colours",
       [](std::size_t, std::string_view line) {
         const std::size_t middle = line.size() / 2;
         return "\x1B[1;37m" + std::string(line.substr(0, middle)) + "\x1B[0m\x1B[38;5;12m" + std::string(line.substr(middle));
       }},
  };
  return kAll;
}

std::uint64_t offset_of_line(std::string_view text, std::uint64_t number) {
  std::size_t at = 0;
  for (; number > 1; --number) {
    at = text.find('\n', at) + 1;
  }
  return at;
}

void check_prefix(const std::string& text, const std::string& name, const Prefixer& prefixer) {
  SCOPED_TRACE(name);
  const std::string marked = prefixed(text, prefixer);
  const Recognition plain = recognise(text, true);
  const Recognition found = recognise(marked, true);
  ASSERT_NE(plain.chosen, nullptr);
  ASSERT_EQ(found.chosen, plain.chosen) << found.candidates[0].sniffed.why;
  EXPECT_TRUE(found.candidates[0].sniffed.why.starts_with("behind ")) << found.candidates[0].sniffed.why;
  KeepingSink without;
  KeepingSink with;
  MemorySource text_source(text);
  MemorySource marked_source(marked, "memory", 7);
  ASSERT_TRUE(read_records(*plain.chosen, plain.prefix, text_source, without).ok());
  ASSERT_TRUE(read_records(*found.chosen, found.prefix, marked_source, with).ok());
  ASSERT_EQ(with.kept.size(), without.kept.size());
  ASSERT_EQ(with.issues.size(), without.issues.size());
  for (std::size_t i = 0; i < with.kept.size(); ++i) {
    const Kept& kept = with.kept[i];
    EXPECT_EQ(kept.said, without.kept[i].said);
    EXPECT_EQ(kept.span.line, without.kept[i].span.line);
    EXPECT_EQ(kept.span.offset, offset_of_line(marked, kept.span.line));
    EXPECT_EQ(kept.raw, marked.substr(kept.span.offset, kept.span.length));
    EXPECT_EQ(marked[kept.span.offset + kept.span.length], '\n');
  }
}

class BehindPrefix : public ::testing::TestWithParam<const char*> {};

TEST_P(BehindPrefix, every_record_says_the_same) {
  const std::string text = test::read_file(test::source_path(std::string("tests/fixtures/containers/") + GetParam()));
  for (const auto& [name, prefixer] : prefixers()) {
    check_prefix(text, name, prefixer);
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures, BehindPrefix,
                         ::testing::Values("log_show_syslog.log", "log_show_default.log", "log_show_default_no_ttl.log",
                                           "log_show_compact.log", "console_copy.log", "console_copy_library.log",
                                           "console_copy_time_last.log", "log_show_ndjson.ndjson"));

constexpr std::string_view kLine = "2026-11-18 14:41:03.123456+0100  localhost Shoebox[4711]: ";

TEST(LinePrefix, is_not_looked_for_in_a_file_that_is_recognised_as_it_stands) {
  std::string text;
  for (int i = 0; i < 20; ++i) {
    text += std::string(kLine) + "12: > text\n" + std::to_string(i) + ": a message of two lines\n";
  }
  const Recognition found = recognise(text, true);
  EXPECT_TRUE(found.prefix.empty()) << found.prefix.text();
}

TEST(LinePrefix, numbers_that_do_not_count_up_are_no_line_numbers) {
  std::string text;
  for (const int n : {7, 3, 9, 1, 4, 1, 8, 2}) {
    text += std::to_string(n) + ":" + std::string(kLine) + "text\n";
  }
  EXPECT_EQ(recognise(text, true).chosen, nullptr);
}

TEST(LinePrefix, a_few_quoted_lines_make_no_prefix) {
  std::string text = "> " + std::string(kLine) + "text\n";
  for (int i = 0; i < 8; ++i) {
    text += "prose of a report\n";
  }
  EXPECT_EQ(recognise(text, true).chosen, nullptr);
}

TEST(LinePrefix, keeps_crlf_and_byte_order_mark_out_of_the_text) {
  const std::string text = "\xEF\xBB\xBF" + ("1:" + std::string(kLine)) + "a\r\n2: b\r\n3:" + std::string(kLine) + "c\r\n";
  const Recognition found = recognise(text, true);
  ASSERT_NE(found.chosen, nullptr);
  KeepingSink sink;
  MemorySource source(text);
  ASSERT_TRUE(read_records(*found.chosen, found.prefix, source, sink).ok());
  ASSERT_EQ(sink.kept.size(), 2U);
  EXPECT_TRUE(sink.kept[0].said.ends_with("|a\n b")) << sink.kept[0].said;
  EXPECT_EQ(sink.kept[0].span.offset, 3U);
  EXPECT_EQ(sink.kept[0].raw, "1:" + std::string(kLine) + "a\r\n2: b");
  EXPECT_EQ(sink.kept[1].span.line, 3U);
}

TEST(LinePrefix, undoes_breaks_that_the_tool_made_only) {
  const std::string tool = "[        ] [DEVICE LOG] ";
  const std::string text = tool + std::string(kLine) + "a text that the tool broke at\nits width\n" + tool + std::string(kLine) +
                           "short\nown line\n" + tool + std::string(kLine) + "last\n";
  const Recognition found = recognise(text, true);
  ASSERT_NE(found.chosen, nullptr);
  KeepingSink sink;
  MemorySource source(text, "memory", 1);
  ASSERT_TRUE(read_records(*found.chosen, found.prefix, source, sink).ok());
  ASSERT_EQ(sink.kept.size(), 3U);
  EXPECT_TRUE(sink.kept[0].said.ends_with("|a text that the tool broke at its width")) << sink.kept[0].said;
  EXPECT_TRUE(sink.kept[1].said.ends_with("|short\nown line")) << sink.kept[1].said;
  EXPECT_EQ(sink.kept[1].span.line, 3U);
  EXPECT_EQ(sink.kept[2].span.line, 5U);
  EXPECT_EQ(sink.kept[2].span.offset, offset_of_line(text, 5));
}

TEST(LinePrefix, every_cut_is_read_and_no_whole_record_is_lost) {
  std::string text;
  for (int i = 1; i <= 12; ++i) {
    text += "> " + std::to_string(i) + ":" + (i % 3 == 0 ? "  more" : std::string(kLine) + "text") + "\n";
  }
  const Recognition found = recognise(text, true);
  ASSERT_NE(found.chosen, nullptr);
  std::uint64_t most = 0;
  for (std::size_t n = 0; n <= text.size(); ++n) {
    const auto cut = test::read_dump(*found.chosen, std::string_view(text).substr(0, n), 5, found.prefix);
    ASSERT_EQ(cut.error, "");
    ASSERT_GE(cut.records + cut.unparsed + 1, most) << n;
    most = std::max(most, cut.records + cut.unparsed);
  }
  EXPECT_EQ(most, 8U);
}

TEST(LinePrefix, memory_is_bounded_and_places_stay_true_without_any_record) {
  std::string text = "1:" + std::string(kLine) + "first\n";
  const std::string filler(1000, 'x');
  std::size_t number = 1;
  while (text.size() < (80U << 20U)) {
    text += std::to_string(++number) + ":" + filler + "\n";
  }
  const std::uint64_t last = text.size();
  text += std::to_string(++number) + ":" + std::string(kLine) + "last\n";
  const Recognition found = recognise(std::string_view(text).substr(0, kSniffBytes), false);
  ASSERT_NE(found.chosen, nullptr);
  KeepingSink sink;
  MemorySource source(text);
  ASSERT_TRUE(read_records(*found.chosen, found.prefix, source, sink).ok());
  ASSERT_EQ(sink.kept.size(), 2U);
  EXPECT_EQ(sink.kept[1].span.offset, last);
  EXPECT_EQ(sink.kept[1].span.line, number);
  EXPECT_EQ(sink.kept[1].raw, std::to_string(number) + ":" + std::string(kLine) + "last");
}

TEST(LinePrefix, a_line_of_no_end_is_cut_behind_its_prefix) {
  const std::string text = "1:" + std::string(kLine) + std::string(20U << 20U, 'x') + "\n2:" + std::string(kLine) + "next\n";
  LinePrefix prefix;
  prefix.layers.push_back({PrefixKind::line_number, {}, ":", false, 0});
  KeepingSink sink;
  MemorySource source(text, "memory", 1U << 20U);
  ASSERT_TRUE(read_records(test::container_by_id("log_show_syslog"), prefix, source, sink).ok());
  ASSERT_EQ(sink.kept.size(), 2U);
  EXPECT_EQ(sink.kept[0].span.length, text.find('\n'));
  EXPECT_EQ(sink.kept[1].span.offset, text.find('\n') + 1);
  EXPECT_EQ(sink.kept[1].span.line, 2U);
}

}  // namespace
}  // namespace uptrail
