#include "viewer/load/notebook.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "collector/base/text.h"
#include "tests/support/files.h"

namespace uptrail::viewer {
namespace {

Notebook sample() {
  Notebook book;
  book.notes = {{"ask „Kim“\n", "00000000000000a0", "", 0, TimeNs{17}, "stuck"},
                {"", "", "beef", 131, std::nullopt, "app.log:131"}};
  book.not_problems = {{"00000000000000a1", "rule-a", "A", "known", "2027-01-31"},
                       {"00000000000000a2", "rule-b", "B", "fine", ""}};
  return book;
}

TEST(Notebook, survives_a_round_trip) {
  const auto back = parse_notebook(notebook_text(sample()));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back.value(), sample());
  EXPECT_EQ(notebook_text(back.value()), notebook_text(sample()));
}

TEST(Notebook, is_saved_beside_the_case_and_gone_when_it_is_empty) {
  const std::string path = notebook_path({test::scratch_dir() + "/trip.uptrail"});
  EXPECT_TRUE(path.ends_with("/trip.uptrail.notes.json"));
  ASSERT_TRUE(save_notebook(path, sample()).ok());
  const auto back = load_notebook(path);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back.value(), sample());
  ASSERT_TRUE(save_notebook(path, {}).ok());
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(load_notebook(path).value(), Notebook{}) << "no file: nothing was noted";
}

TEST(Notebook, a_foreign_or_newer_file_is_an_error_and_stays) {
  EXPECT_FALSE(parse_notebook("").ok());
  EXPECT_FALSE(parse_notebook("[]").ok());
  EXPECT_FALSE(parse_notebook(R"({"format": "other", "version": 1})").ok());
  EXPECT_FALSE(parse_notebook(R"({"format": "uptrail-notes", "version": 2})").ok());
  const auto odd =
      parse_notebook(R"({"format": "uptrail-notes", "version": 1, "notes": [7, {"line": -3, "text": 4, "t_ns": "x"}]})");
  ASSERT_TRUE(odd.ok());
  ASSERT_EQ(odd.value().notes.size(), 1U);
  EXPECT_EQ(odd.value().notes[0], Note{});
}

TEST(Notebook, says_which_path_could_not_be_written) {
  const Status status = save_notebook("/no/such/folder/x.notes.json", sample());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().path, "/no/such/folder/x.notes.json");
}

TEST(Notebook, the_rules_file_leaves_out_what_expired) {
  const std::string now = ignore_file_text(sample(), "2027-01-31");
  EXPECT_NE(now.find("00000000000000a1"), std::string::npos);
  const std::string later = ignore_file_text(sample(), "2027-02-01");
  EXPECT_EQ(later.find("00000000000000a1"), std::string::npos);
  EXPECT_NE(later.find("00000000000000a2"), std::string::npos);
}

TEST(Notebook, knows_days) {
  EXPECT_TRUE(is_day("2028-02-29"));
  for (const char* bad : {"2027-02-29", "2027-13-01", "2027-1-31", "soon", "", "2027-01-32", "20270131xx"})
    EXPECT_FALSE(is_day(bad)) << bad;
}

}  // namespace
}  // namespace uptrail::viewer
