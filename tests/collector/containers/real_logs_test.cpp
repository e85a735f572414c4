// Optional: the real captures beside the checkout. Every file is recognised as what its index says.
#include <gtest/gtest.h>

#include "collector/base/text.h"
#include "tests/collector/containers/checks.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

TEST(RealLogs, are_recognised_and_accounted_for) {
  UPTRAIL_NEED_REAL(index, "real-logs/INDEX.tsv");
  const std::string folder = index.substr(0, index.size() - std::string_view("INDEX.tsv").size());
  const std::string rows = test::read_file(index);
  std::size_t files = 0;
  for (const std::string_view row : split(rows, '\n')) {
    const auto columns = split(row, '\t');
    if (columns.size() < 2 || columns[0] == "file") {
      continue;
    }
    SCOPED_TRACE(std::string(columns[0]));
    const std::string bytes = test::read_file(folder + std::string(columns[0]));
    const auto found = recognise(std::string_view(bytes).substr(0, kSniffBytes), bytes.size() <= kSniffBytes);
    ++files;
    ASSERT_NE(found.chosen, nullptr);
    EXPECT_EQ(found.chosen->info().id, columns[1]);
    EXPECT_EQ(found.candidates[0].sniffed.match == Match::sure, !test::is_fallback(*found.chosen))
        << found.candidates[0].sniffed.why;
    EXPECT_NE(found.candidates[1].sniffed.match, Match::sure);
    const auto whole = test::read_dump(*found.chosen, bytes, SIZE_MAX, found.prefix);
    EXPECT_EQ(whole.error, "");
    EXPECT_GT(whole.records, 0U);
    EXPECT_LE(whole.unparsed, 1U) << whole.dump;
    EXPECT_EQ(test::read_dump(*found.chosen, bytes, 1, found.prefix).dump, whole.dump);
  }
  EXPECT_GT(files, 40U);
}

}  // namespace
}  // namespace uptrail
