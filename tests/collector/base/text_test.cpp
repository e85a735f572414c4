#include "collector/base/text.h"

#include <gtest/gtest.h>

#include "collector/base/ids.h"

namespace uptrail {
namespace {

TEST(Utf8, replaces_each_maximal_bad_part) {
  EXPECT_EQ(to_valid_utf8("a\xFF"
                          "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(to_valid_utf8("\xE2\x82"), "\xEF\xBF\xBD");                              // cut sequence
  EXPECT_EQ(to_valid_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // surrogate
  EXPECT_TRUE(
      is_valid_utf8("Gr\xC3\xBC\xC3\x9F"
                    "e \xF0\x9F\x9A\x80"));
  EXPECT_FALSE(is_valid_utf8("\xC0\x80"));
}

TEST(Json, escapes) {
  std::string out;
  append_json_string(out, "a\"\\\n\x01\xFF");
  EXPECT_EQ(out, "\"a\\\"\\\\\\n\\u0001\xEF\xBF\xBD\"");
}

TEST(Text, cuts_at_characters) {
  EXPECT_EQ(ellipsize("gr\xC3\xBCn", 3), "gr\xE2\x80\xA6");
  EXPECT_EQ(ellipsize("abc", 3), "abc");
}

TEST(Numbers, must_use_the_whole_text) {
  EXPECT_EQ(parse_int("-999"), -999);
  EXPECT_FALSE(parse_int("12x"));
  EXPECT_FALSE(parse_int(""));
  EXPECT_FALSE(parse_int("99999999999999999999"));
  EXPECT_EQ(parse_double("1e6"), 1e6);
}

TEST(Uuid, round_trips_and_refuses) {
  const auto u = Uuid::parse("a7d74a8b-C310-49FE-AE38-06832BB16E9E");
  ASSERT_TRUE(u);
  EXPECT_EQ(u->text(), "A7D74A8B-C310-49FE-AE38-06832BB16E9E");
  EXPECT_FALSE(Uuid::parse("A7D74A8B-C310-49FE-AE38-06832BB16E9"));
  EXPECT_FALSE(Uuid::parse("A7D74A8BxC310-49FE-AE38-06832BB16E9E"));
  EXPECT_EQ(Uuid::from_name("X1"), Uuid::from_name("X1"));
  EXPECT_NE(Uuid::from_name("X1"), Uuid::from_name("X2"));
}

}  // namespace
}  // namespace uptrail
