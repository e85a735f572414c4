#include <gtest/gtest.h>

#include <string>
#include <vector>

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
  check_container(container_by_id("console_copy"), "console_copy_doubled.log", false);  // a beginning may not look doubled yet
}

TEST(ConsoleCopy, leaves_out_the_double_of_each_line_and_says_how_many) {
  std::string first;
  std::string last;
  for (int i = 0; i < 5; ++i) {
    for (const char* fraction : {"000100", "000151"}) {
      const std::string time = "10:00:0" + std::to_string(i) + "." + fraction + "+0100";
      const std::string text = "Task <7D444840-9DC0-11D1-B245-5FFDCE74FAD2>.<" + std::to_string(i) + "> resuming\n\tmore";
      first += "default\t" + time + "\tnsurlsessiond\tCFNetwork\t" + text + "\n";
      last += "default\tnsurlsessiond\t" + text + "\t" + time + "\n";
    }
  }
  for (const std::string& text : {first, last}) {
    const auto out = read_dump(container_by_id("console_copy"), text);
    EXPECT_EQ(out.records, 5U);
    EXPECT_NE(out.dump.find("issue repeated"), std::string::npos) << out.dump;
    EXPECT_NE(out.dump.find("5 lines were left out"), std::string::npos) << out.dump;
    EXPECT_EQ(read_dump(container_by_id("console_copy"), text, 1).dump, out.dump);
  }
}

TEST(ConsoleCopy, keeps_what_a_process_says_twice) {
  std::string text;
  for (int i = 0; i < 9; ++i) {
    text +=
        "default\t10:00:00.00000" + std::to_string(i) + "+0100\tShoebox\t" + (i < 6 ? "one " + std::to_string(i) : "same") + "\n";
  }
  EXPECT_EQ(read_dump(container_by_id("console_copy"), text).records, 9U);
}

TEST(ConsoleCopy, any_word_is_a_type) {
  std::string text;
  const char* types[] = {"default",
                         "Standard",
                         "Fehler",
                         "erreur",
                         "\xE3\x83\x87\xE3\x83\x95\xE3\x82\xA9\xE3\x83\xAB\xE3\x83\x88",
                         "\xD0\x9F\xD0\xBE \xD1\x83\xD0\xBC\xD0\xBE\xD0\xBB\xD1\x87\xD0\xB0\xD0\xBD\xD0\xB8\xD1\x8E"};
  for (const char* type : types) {
    text += std::string(type) + "\t10:00:00.000000 +0100\tShoebox\ttext of " + type + "\n";
  }
  const auto found = recognise(text, true);
  ASSERT_NE(found.chosen, nullptr);
  EXPECT_EQ(found.chosen->info().id, "console_copy");
  EXPECT_EQ(read_dump(*found.chosen, text).records, std::size(types));
}

TEST(ConsoleCopy, only_a_step_back_of_many_hours_is_a_new_day) {
  const auto line = [](const std::string& time) { return "default\t" + time + "+0000\tShoebox\ttext\n"; };
  const auto days = [&](const std::vector<std::string>& times) {
    std::string text;
    for (const std::string& time : times) {
      text += line(time);
    }
    const std::string dump = read_dump(container_by_id("console_copy"), text).dump;
    std::string out;
    for (std::size_t at = dump.find(" t="); at != std::string::npos; at = dump.find(" t=", at + 1)) {
      out += dump.substr(at + 12, 1);  // the day of 1970-01
    }
    return out;
  };
  EXPECT_EQ(days({"15:00:00.000000", "12:10:00.000000", "14:00:00.000000", "11:00:00.000000"}), "1111");
  EXPECT_EQ(days({"23:59:59.000000", "00:00:01.000000", "23:59:59.900000", "00:00:02.000000"}), "1212");
  EXPECT_EQ(days({"22:00:00.000000", "09:00:00.000000", "08:59:00.000000", "23:00:00.000000", "01:00:00.000000"}), "12223");
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
