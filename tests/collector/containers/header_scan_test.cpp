#include "collector/containers/header_scan.h"

#include <gtest/gtest.h>

namespace uptrail {
namespace {

std::optional<TimeNs> time_of(std::string_view text) {
  HeaderScan in(text);
  Stamp stamp;
  StampReader reader;
  return reader.date_time(in, stamp) && in.at_end() ? stamp.time : std::nullopt;
}

TEST(HeaderScan, agrees_with_the_iso_parser) {
  for (const char* text : {"2026-11-18 14:41:03.123456+0100", "1970-01-01 00:00:00.000000-0930", "2024-02-29 23:59:59.999999999Z",
                           "1999-12-31 23:59:59+05:45"}) {
    ASSERT_TRUE(time_of(text).has_value()) << text;
    EXPECT_EQ(time_of(text)->ns, parse_iso(text)->time.ns) << text;
  }
  for (const char* text : {"2026-02-30 14:41:03.1+0100", "9999-11-18 14:41:03.1+0100", "2026-11-18 24:00:00.0+0100",
                           "2026-11-18 14:41:03.+0100", "2026-11-18T14:41:03.1+0100", "2026-11-18 14:41", ""}) {
    EXPECT_FALSE(time_of(text).has_value()) << text;
  }
}

std::string half_day(std::string_view text) {
  HeaderScan in(text);
  std::int64_t ns = 0;
  return StampReader::time_of_day_12(in, ns) ? format_clock(TimeNs{ns}, 3) + "|" + std::string(in.rest()) : "no";
}

TEST(HeaderScan, reads_a_12_hour_clock_with_its_two_twelves) {
  EXPECT_EQ(half_day("12:00:00 AM"), "00:00:00.000|");
  EXPECT_EQ(half_day("12:59:59.999 am x"), "00:59:59.999| x");
  EXPECT_EQ(half_day("12:00:00 PM"), "12:00:00.000|");
  EXPECT_EQ(half_day("1:02:03PM"), "13:02:03.000|");
  EXPECT_EQ(half_day("11:12:53.117\xE2\x80\xAF"
                     "AM"),
            "11:12:53.117|");
  EXPECT_EQ(half_day("11:59:59 PM"), "23:59:59.000|");
  for (const char* text : {"0:00:00 AM", "13:00:00 PM", "00:00:00 AM", "11:12:53", "11:12 AM", "11:12:53 XM", "11:12:53 A", ""}) {
    EXPECT_EQ(half_day(text), "no") << text;
  }
}

TEST(HeaderScan, tells_a_subsystem_from_other_brackets) {
  std::string_view subsystem;
  std::string_view category;
  for (const char* text :
       {"[DD] received", "[C4.1:2] event", "[app<x>:1043] Ignoring", "[com.example:x]glued", "[:x] y", "[com.example"}) {
    std::string_view message = text;
    EXPECT_FALSE(take_subsystem(message, subsystem, category)) << text;
    EXPECT_EQ(message, text);
  }
  std::string_view message = "[com.example.app:My Category] text";
  EXPECT_TRUE(take_subsystem(message, subsystem, category));
  EXPECT_EQ(subsystem, "com.example.app");
  EXPECT_EQ(category, "My Category");
  EXPECT_EQ(message, "text");
}

TEST(HeaderScan, takes_a_library_only_when_it_is_one_word) {
  for (const char* text : {"() x", "(two words) x", "(glued)x", "(open"}) {
    std::string_view message = text;
    EXPECT_EQ(take_library(message), "") << text;
  }
  std::string_view message = "(libboringssl.dylib) x";
  EXPECT_EQ(take_library(message), "libboringssl.dylib");
  EXPECT_EQ(message, "x");
}

}  // namespace
}  // namespace uptrail
