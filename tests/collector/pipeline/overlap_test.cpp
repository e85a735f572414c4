// Two captures of one log that overlap: what both tell counts once.
#include "collector/pipeline/overlap.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "collector/pipeline/collect.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

struct Judged {
  std::vector<std::string> findings;
  std::vector<Source> sources;
  std::size_t tasks = 0;
};

Judged judged(const std::vector<std::string>& paths) {
  Judged out;
  auto writer = create_memory_case().take();
  CollectOptions options;
  options.paths = paths;
  const auto report = collect(*writer, options);
  EXPECT_TRUE(report.ok()) << report.error().text();
  const Derived derived = writer->reader().derived().take();
  for (const Finding& f : derived.findings) {
    out.findings.push_back(f.rule + ": " + f.title);
  }
  std::sort(out.findings.begin(), out.findings.end());
  out.sources = writer->reader().sources().take();
  out.tasks = derived.tasks.size();
  return out;
}

std::uint64_t repeated(const Judged& j) {
  std::uint64_t n = 0;
  for (const Source& s : j.sources) {
    n += s.repeated;
  }
  return n;
}

// Lines [from, to) of a text, in thirds.
std::string thirds(const std::string& text, std::size_t from, std::size_t to) {
  std::vector<std::size_t> ends = {0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') {
      ends.push_back(i + 1);
    }
  }
  const std::size_t lines = ends.size() - 1;
  return text.substr(ends[lines * from / 3], ends[lines * to / 3] - ends[lines * from / 3]);
}

class Overlapping : public ::testing::Test {
 protected:
  Overlapping() {
    for (const char* name : {"app.ndjson", "system.log"}) {
      const std::string text = test::read_file(test::source_path(std::string("assets/samples/instrumented/") + name));
      whole_.push_back(dir_ + "/" + name);
      test::write_file(whole_.back(), text);
      for (const std::size_t part : {0U, 1U}) {
        parts_.push_back(dir_ + "/" + std::to_string(part) + name);
        test::write_file(parts_.back(), thirds(text, part, part + 2));
      }
    }
  }
  std::string dir_ = test::scratch_dir();
  std::vector<std::string> whole_, parts_;
};

TEST_F(Overlapping, parts_that_overlap_give_no_other_findings_than_the_whole) {
  const Judged whole = judged(whole_);
  const Judged parts = judged(parts_);
  EXPECT_EQ(repeated(whole), 0U);
  EXPECT_GT(repeated(parts), 300U);
  EXPECT_EQ(parts.tasks, whole.tasks);
  EXPECT_EQ(parts.findings, whole.findings);
}

TEST_F(Overlapping, the_order_of_the_parts_does_not_matter) {
  const Judged forth = judged(parts_);
  std::vector<std::string> back = parts_;
  std::reverse(back.begin(), back.end());
  const Judged other = judged(back);
  EXPECT_EQ(forth.findings, other.findings);
  EXPECT_EQ(repeated(forth), repeated(other));
}

TEST_F(Overlapping, a_part_of_what_is_there_adds_nothing) {
  const Judged whole = judged(whole_);
  const Judged more = judged({whole_[0], whole_[1], parts_[1], parts_[2]});
  EXPECT_EQ(more.findings, whole.findings);
}

Judged of_texts(const std::vector<std::string>& texts) {
  std::vector<std::string> paths;
  const std::string dir = test::scratch_dir();
  for (const std::string& text : texts) {
    paths.push_back(dir + "/" + std::to_string(paths.size()) + ".log");
    test::write_file(paths.back(), text);
  }
  return judged(paths);
}

std::string line(const std::string& time, const std::string& text) {
  return "2026-11-18 14:00:" + time + "+0100  localhost nsurlsessiond[91]: " + text + "\n";
}
const std::string kTask = "Task <7D444840-9DC0-11D1-B245-5FFDCE74FAD2>.<7> ";

TEST(Overlap, counts_what_one_log_holds_twice_twice) {
  const std::string twice = line("01.000001", kTask + "resuming") + line("01.000001", kTask + "resuming");
  const std::string other = line("03.000000", kTask + "resuming");
  EXPECT_EQ(repeated(of_texts({twice + other})), 0U);
  EXPECT_EQ(repeated(of_texts({twice + other, line("01.000001", kTask + "resuming") + other})), 2U);
}

TEST(Overlap, whole_seconds_and_other_times_or_tasks_are_never_the_same) {
  const std::string a = line("01.000001", kTask + "resuming") + line("02.000002", kTask + "resuming");
  EXPECT_EQ(repeated(of_texts({a, line("01.000002", kTask + "resuming") + line("02.500000", kTask + "resuming")})), 0U);
  const std::string other = "Task <8D444840-9DC0-11D1-B245-5FFDCE74FAD2>.<7> resuming";
  EXPECT_EQ(repeated(of_texts({a, line("01.000001", other) + line("02.000002", other)})), 0U);
  const std::string device = "Nov 18 14:00:01 iPhone nsurlsessiond[91] <Notice>: " + kTask + "resuming\n";
  EXPECT_EQ(repeated(of_texts({device + device, device + device + device})), 0U);
}

// Lines of a device's log that shows whole seconds.
std::string device(int second, const std::string& text) {
  return "Nov 18 14:00:" + std::string(second < 10 ? "0" : "") + std::to_string(second) +
         " iPhone nsurlsessiond[91] <Notice>: " + text + "\n";
}
// Two events a second, of one task each.
std::string seconds_of(int from, int to) {
  std::string out;
  for (int s = from; s < to; ++s) {
    const std::string task =
        "Task <7D444840-9DC0-11D1-B245-5FFDCE74FA" + std::to_string(10 + s) + ">.<" + std::to_string(s) + "> ";
    out += device(s, task + "resuming") + device(s, task + "will begin");
  }
  return out;
}
std::string first_lines(const std::string& text, int lines) {
  std::size_t at = 0;
  for (int i = 0; i < lines; ++i) {
    at = text.find('\n', at) + 1;
  }
  return text.substr(0, at);
}
std::string without_line(const std::string& text, int line) {
  return first_lines(text, line) + text.substr(first_lines(text, line + 1).size());
}

TEST(OverlapOfWholeSeconds, the_same_run_of_events_counts_once) {
  const std::string a = seconds_of(0, 20);
  const std::string b = seconds_of(10, 30);
  const Judged parts = of_texts({a, b});
  EXPECT_EQ(repeated(parts), 20U);
  EXPECT_EQ(parts.tasks, 30U);
  EXPECT_EQ(parts.findings, of_texts({seconds_of(0, 30)}).findings);
  EXPECT_EQ(repeated(of_texts({b, a})), 20U);
  EXPECT_EQ(repeated(of_texts({a, seconds_of(5, 15)})), 20U);  // one inside of the other
}

TEST(OverlapOfWholeSeconds, a_log_may_begin_and_end_inside_of_a_second) {
  const std::string a = first_lines(seconds_of(0, 20), 39);
  const std::string b = without_line(seconds_of(10, 30), 0);
  EXPECT_EQ(repeated(of_texts({a, b})), 18U);
  EXPECT_EQ(repeated(of_texts({b, a})), 18U);
  // The same line twice in that second: it was told twice by both.
  const std::string twice = first_lines(seconds_of(10, 11), 1) + seconds_of(10, 30);
  EXPECT_EQ(repeated(of_texts({seconds_of(0, 10) + twice, seconds_of(10, 30)})), 40U);
}

TEST(OverlapOfWholeSeconds, a_line_that_one_of_them_lacks_makes_them_two_logs) {
  for (const int lost : {4, 9, 15}) {
    EXPECT_EQ(repeated(of_texts({seconds_of(0, 20), without_line(seconds_of(10, 30), lost)})), 0U) << lost;
    EXPECT_EQ(repeated(of_texts({without_line(seconds_of(0, 20), 20 + lost), seconds_of(10, 30)})), 0U) << lost;
  }
  // Lines that concern nobody say that it was listening.
  const std::string idle = device(8, "nothing of note") + device(9, "nothing of note");
  EXPECT_EQ(repeated(of_texts({seconds_of(0, 20), idle + seconds_of(10, 30)})), 0U);
}

TEST(OverlapOfWholeSeconds, a_few_events_prove_nothing) {
  EXPECT_EQ(repeated(of_texts({seconds_of(0, 11), seconds_of(10, 20)})), 0U);
  EXPECT_EQ(repeated(of_texts({seconds_of(0, 12), seconds_of(10, 20)})), 4U);
  std::string nameless;
  for (int s = 0; s < 20; ++s) {
    nameless +=
        "Nov 18 14:00:" + std::to_string(10 + s) + " iPhone SpringBoard[57] <Notice>: [com.example.shoebox] process state\n";
  }
  EXPECT_EQ(repeated(of_texts({nameless, nameless.substr(nameless.size() / 2)})), 0U);
}

}  // namespace
}  // namespace uptrail
