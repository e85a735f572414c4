#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "tests/collector/containers/checks.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

TEST(Registry, lists_each_container_once_with_a_page) {
  std::set<std::string_view> ids;
  int priority = 0;
  for (const Container* container : builtin_containers()) {
    const ContainerInfo& info = container->info();
    EXPECT_TRUE(ids.insert(info.id).second) << info.id;
    EXPECT_GT(info.priority, priority) << info.id;
    priority = info.priority;
    EXPECT_EQ(info.doc, "docs/formats/" + std::string(info.id) + ".md");
    EXPECT_TRUE(std::filesystem::exists(test::source_path(std::string(info.doc)))) << info.doc;
  }
  EXPECT_EQ(ids.size(), 17U);
}

TEST(Recognise, takes_nothing_that_no_container_knows) {
  std::string junk;
  for (int i = 0; i < 4096; ++i) {
    junk += static_cast<char>(i * 7919 >> 3);
  }
  for (const std::string& text : {junk, std::string("hello\nworld\n"), std::string("\n\n\n"), std::string(1U << 16U, '\0'),
                                  std::string("[{\"timestamp\" : \"2026-11-18 14:41:03.123456+0100\"}]"),
                                  std::string("Nov 18 14:41:03 iPhone text without a process\n")}) {
    const Recognition found = recognise(text, true);
    EXPECT_EQ(found.chosen, nullptr) << text.substr(0, 40);
    EXPECT_EQ(found.candidates.size(), builtin_containers().size());
  }
}

TEST(Recognise, does_not_trust_a_head_that_ends_inside_a_line) {
  const std::string line = "2026-11-18 14:41:03.123456+0100  localhost Shoebox[4711]: text\n";
  std::string head;
  while (head.size() < kSniffBytes) {
    head += line;
  }
  const Recognition found = recognise(std::string_view(head).substr(0, kSniffBytes), false);
  ASSERT_NE(found.chosen, nullptr);
  EXPECT_EQ(found.chosen->info().id, "log_show_syslog");
}

}  // namespace
}  // namespace uptrail
