#include "collector/base/name_tail.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace uptrail {
namespace {

std::string before_id(std::string_view name) { return std::string(name.substr(0, id_at_end(name))); }

TEST(NameTail, FindsNumbersHashesAndUuids) {
  EXPECT_EQ(before_id("up_17"), "up_");
  EXPECT_EQ(before_id("up-3fa9c1d2"), "up-");
  EXPECT_EQ(before_id("up.9A0C3D1E-55B7-4C28-A6F0-718293A4B5C6"), "up.");
}

TEST(NameTail, WordsOfHexadecimalLettersAreNoIds) {
  EXPECT_EQ(before_id("com.example.facade"), "com.example.facade");
  EXPECT_EQ(before_id("feedbeefcafe"), "feedbeefcafe");
  EXPECT_EQ(before_id("cafe7"), "cafe");
}

TEST(NameTail, NamesThatAreAnIdAltogether) {
  EXPECT_EQ(before_id("1234"), "");
  EXPECT_EQ(before_id(""), "");
}

}  // namespace
}  // namespace uptrail
