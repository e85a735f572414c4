// Real excerpts that people have published, when they are beside the checkout: right container, every record accounted for, and
// no claim that a reader of the excerpt would dispute.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "collector/base/text.h"
#include "run.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

using test::run;

struct Excerpt {
  std::string file, container;
};

std::vector<Excerpt> excerpts(const std::string& index) {
  static const std::set<std::string_view> kInThisStep = {"console_copy",    "log_show_default", "log_show_compact",
                                                         "log_show_syslog", "log_show_ndjson",  "event_ndjson",
                                                         "event_script"};
  std::vector<Excerpt> out;
  const std::string text = test::read_file(index);
  for (const std::string_view line : split(text, '\n')) {
    const auto columns = split(line, '\t');
    if (columns.size() >= 2 && kInThisStep.contains(columns[1])) {
      out.push_back({std::string(columns[0]), std::string(columns[1])});
    }
  }
  return out;
}

TEST(RealLogs, are_named_accounted_for_and_not_accused) {
  UPTRAIL_NEED_REAL(index, "real-logs/INDEX.tsv");
  const auto files = excerpts(index);
  EXPECT_GE(files.size(), 25U);
  for (const Excerpt& excerpt : files) {
    SCOPED_TRACE(excerpt.file);
    const std::string path = index.substr(0, index.rfind('/') + 1) + excerpt.file;
    const auto ran = run({"check", "--json", path});
    // Excerpts hold nothing from the app's delegate, so nothing can be judged OK, and nothing may be blamed.
    EXPECT_EQ(ran.code, 4) << ran.err;
    const auto root = nlohmann::json::parse(ran.out, nullptr, false);
    ASSERT_FALSE(root.is_discarded()) << ran.out << ran.err;
    EXPECT_EQ(root["outcome"], "unknown");
    ASSERT_EQ(root["sources"].size(), 1U);
    const auto& source = root["sources"][0];
    EXPECT_EQ(source["container"], excerpt.container);
    EXPECT_GT(source["read"], 0);
    EXPECT_EQ(source["read"].get<int>(), source["matched"].get<int>() + source["related"].get<int>() +
                                             source["irrelevant"].get<int>() + source["unparsed"].get<int>());
    for (const auto& finding : root["findings"]) {
      EXPECT_EQ(finding["severity"], "info") << finding["title"];
    }
  }
}

TEST(RealLogs, without_their_names_are_recognised_all_the_same) {
  UPTRAIL_NEED_REAL(index, "real-logs/INDEX.tsv");
  const std::string dir = test::scratch_dir();
  for (const Excerpt& excerpt : excerpts(index)) {
    test::write_file(dir + "/unnamed", test::read_file(index.substr(0, index.rfind('/') + 1) + excerpt.file));
    const auto ran = run({"formats", "--json", dir + "/unnamed"});
    const auto root = nlohmann::json::parse(ran.out, nullptr, false);
    ASSERT_FALSE(root.is_discarded());
    EXPECT_EQ(root["chosen"], excerpt.container) << excerpt.file;
  }
}

}  // namespace
}  // namespace uptrail
