#include <gtest/gtest.h>

#include "tests/collector/containers/checks.h"

namespace uptrail {
namespace {

using test::check_container;
using test::container_by_id;
using test::read_dump;

TEST(ConsoleCopy, passes_the_container_checks) {
  check_container(container_by_id("console_copy"), "console_copy.log");
  check_container(container_by_id("console_copy"), "console_copy_library.log");
  check_container(container_by_id("console_copy"), "console_copy_time_last.log");
}

TEST(ConsoleCopy, cuts_one_endless_line_in_both_layouts) {
  const std::string endless(20U << 20U, 'x');
  const auto first =
      read_dump(container_by_id("console_copy"), "default\t10:00:00.000000+0100\tp\tm\ndefault\t10:00:00.000000+0100\tp\t" +
                                                     endless + "\ndefault\t10:00:01.000000+0100\tp\tnext\n");
  EXPECT_EQ(first.records, 3U);
  EXPECT_NE(first.dump.find("issue limit"), std::string::npos);
  const auto last =
      read_dump(container_by_id("console_copy"), "default\tp\tm\t10:00:00.000000+0100\ndefault\tp\t" + endless +
                                                     "\n\t]>\t10:00:00.000000+0100\ndefault\tp\tnext\t10:00:01.000000+0100\n");
  EXPECT_EQ(last.records, 2U);
  EXPECT_EQ(last.unparsed, 1U);
}

}  // namespace
}  // namespace uptrail
