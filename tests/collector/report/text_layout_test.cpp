#include "collector/report/text_layout.h"

#include <gtest/gtest.h>

#include "collector/report/page_text.h"

namespace uptrail {
namespace {

TEST(Wrap, breaks_at_blanks_and_counts_characters) {
  EXPECT_EQ(wrap("aa bb cc", 5), (std::vector<std::string>{"aa bb", "cc"}));
  EXPECT_EQ(wrap("öö ää üü", 5), (std::vector<std::string>{"öö ää", "üü"}));
  EXPECT_EQ(wrap("abcdefgh ij", 4), (std::vector<std::string>{"abcdefgh", "ij"}));
  EXPECT_EQ(wrap("", 4), std::vector<std::string>{""});
}

TEST(Paragraph, indents_later_lines_under_the_text) {
  EXPECT_EQ(paragraph("fix: ", "one two three four five six seven eight nine", 40),
            "fix: one two three four five six seven\n     eight nine\n");
}

TEST(Printable, replaces_controls_and_broken_utf8) {
  EXPECT_EQ(printable("a\x1b[31m\tb\r\n"), "a\xEF\xBF\xBD[31m b  ");
  EXPECT_EQ(printable("x\xff"), "x\xEF\xBF\xBD");
  EXPECT_EQ(printable("x\xc2\x9b"
                      "1m"),
            "x\xEF\xBF\xBD"
            "1m");
  EXPECT_EQ(printable("a\nb", true), "a\nb");
}

TEST(FormatSpan, shows_one_date_zone_and_seconds_when_short) {
  const TimeNs start{1'795'006'800'000'000'000};  // 2026-11-18 13:00 UTC
  EXPECT_EQ(format_span({start, start + minutes(225)}, 60), "18 Nov 2026 14:00–17:45 +01:00");
  EXPECT_EQ(format_span({start, start + hours(14)}, 60), "18 Nov 2026 14:00 – 19 Nov 2026 04:00 +01:00");
  EXPECT_EQ(format_span({start, start + seconds(9)}, std::nullopt), "18 Nov 2026 13:00:00–13:00:09 UTC");
  EXPECT_EQ(format_span({start, start}, 0), "18 Nov 2026 13:00:00 UTC");
}

TEST(FormatCount, sets_thousands_apart) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(9999), "9999");
  EXPECT_EQ(format_count(12034), "12 034");
  EXPECT_EQ(format_count(123456789), "123 456 789");
}

TEST(PageText, is_plain_and_wrapped) {
  const std::string page =
      "# a-rule\n\nA task *finished*, see [its page](x.md) and `urlSession(_:task:)`,\nin **one** paragraph.\n\n- first\n  goes "
      "on\n- second\n"
      "```scn\n0 @fg\n```\n";
  EXPECT_EQ(page_text(page, {}),
            "a-rule\n\nA task finished, see its page and urlSession(_:task:), in one paragraph.\n\n- first goes on\n- second\n   "
            " 0 @fg\n");
}

}  // namespace
}  // namespace uptrail
