#include <gtest/gtest.h>

#include "collector/base/text.h"
#include "collector/pipeline/member_kind.h"
#include "run.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

using test::run;

TEST(Howto, prints_what_the_page_says) {
  const std::string page = test::read_file(test::source_path("docs/capturing.md"));
  for (const char* topic : {"simulator", "device", "sysdiagnose", "ci"}) {
    const auto ran = run({"howto", topic});
    EXPECT_EQ(ran.code, 0);
    EXPECT_TRUE(contains(page, "```sh\n" + ran.out + "```")) << topic;
  }
}

TEST(Howto, every_command_takes_the_same_lines) {
  for (const char* topic : {"simulator", "device", "sysdiagnose", "ci"}) {
    const std::string text = run({"howto", topic}).out;
    std::size_t found = 0;
    for (std::size_t at = text.find("--predicate '"); at != std::string::npos; at = text.find("--predicate '", at + 1)) {
      const std::size_t begin = at + std::string_view("--predicate '").size();
      EXPECT_EQ(text.substr(begin, text.find('\'', begin) - begin), kLogPredicate) << topic;
      ++found;
    }
    EXPECT_GT(found, 0U) << topic;
  }
}

TEST(Howto, puts_the_bundle_into_the_commands) {
  const auto ran = run({"howto", "simulator", "--app", "org.example.shoe-box"});
  EXPECT_TRUE(contains(ran.out, "subsystem == \"org.example.shoe-box\""));
  EXPECT_FALSE(contains(ran.out, "com.example.app"));
}

TEST(Howto, refuses_a_bundle_that_is_none) {
  for (const char* bad : {"a'b", "$(rm)", "a b", ""}) {
    EXPECT_EQ(run({"howto", "device", "--app", bad}).code, 2) << bad;
  }
}

TEST(Howto, prints_the_loggers_as_they_are) {
  EXPECT_EQ(run({"howto", "instrument"}).out, test::read_file(test::source_path("assets/instrument/UptrailLog.swift")));
  const std::string objc = run({"howto", "instrument", "--objc"}).out;
  EXPECT_EQ(objc, test::read_file(test::source_path("assets/instrument/UptrailLog.h")) + "\n" +
                      test::read_file(test::source_path("assets/instrument/UptrailLog.m")));
}

TEST(Howto, lists_topics_and_suggests_one) {
  EXPECT_TRUE(contains(run({"howto"}).out, "uptrail howto sysdiagnose"));
  const auto ran = run({"howto", "simulater"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err, "uptrail: no topic \"simulater\" (did you mean simulator?)\n");
}

}  // namespace
}  // namespace uptrail
