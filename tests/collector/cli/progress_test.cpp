#include "collector/cli/progress.h"

#include <gtest/gtest.h>

#include <sstream>

#include "collector/base/text.h"

namespace uptrail::cli {
namespace {

Progress in_the_middle() {
  Progress p;
  p.what = "reading /Volumes/captures/2026-11-18/sysdiagnose/system.log";
  p.done = 100'000'000;
  p.total = 240'000'000;
  p.all_done = 310'000'000;
  p.all_total = 740'000'000;
  return p;
}

TEST(ProgressText, says_share_amount_rate_rest_and_file) {
  EXPECT_EQ(
      progress_text(in_the_middle(), seconds(2), 120, false),
      "[########------------]   41 %  310 MB of 740 MB  155 MB/s  3 s left  reading /Volumes/…2026-11-18/sysdiagnose/system.log");
}

TEST(ProgressText, never_is_wider_than_the_terminal) {
  for (std::size_t width = 10; width < 140; ++width) {
    EXPECT_LE(display_width(progress_text(in_the_middle(), seconds(2), width, false)), width);
  }
}

TEST(ProgressText, says_only_what_is_known) {
  Progress p;
  p.what = "looking for anomalies";
  EXPECT_EQ(progress_text(p, seconds(2), 80, false), "looking for anomalies");
  p.what = "reading standard input";
  p.done = p.all_done = 2'000'000;
  EXPECT_EQ(progress_text(p, milliseconds(100), 80, false), "2.0 MB  reading standard input");
  EXPECT_FALSE(contains(progress_text(in_the_middle(), seconds(2), 80, false), "\x1b"));
  EXPECT_TRUE(contains(progress_text(in_the_middle(), seconds(2), 80, true), "\x1b"));
}

TEST(ProgressLine, is_drawn_ten_times_a_second_at_most_and_only_on_a_terminal) {
  for (const bool is_terminal : {true, false}) {
    std::ostringstream out;
    std::ostringstream err;
    Terminal terminal{out, err};
    terminal.err_is_terminal = is_terminal;
    terminal.no_colour = true;
    DurationNs now;
    terminal.now = [&] { return now; };
    Talk talk(terminal);
    ProgressLine line(terminal, talk);
    for (int i = 0; i < 1000; ++i) {
      now = milliseconds(i);
      line.show(in_the_middle());
    }
    talk.clear_progress();
    const std::string text = err.str();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\r'), is_terminal ? 11 : 0);
    if (is_terminal) {
      EXPECT_TRUE(text.ends_with("\r\x1b[K")) << "gone at the end";
    }
  }
}

}  // namespace
}  // namespace uptrail::cli
