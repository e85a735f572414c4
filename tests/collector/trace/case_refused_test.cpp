// What is no case, or a damaged one, is refused by name.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "collector/trace/case_file.h"
#include "tests/collector/trace/case_on_disk.h"
#include "tests/support/files.h"

namespace uptrail::test {
namespace {

namespace fs = std::filesystem;

TEST_F(CaseOnDisk, names_what_a_file_is_not) {
  EXPECT_NE(refusal().find("no such file"), std::string::npos);
  write_file(path_, "");
  EXPECT_NE(refusal().find("no SQLite database"), std::string::npos);
  write_file(path_, std::string(1000, '\x7f'));
  EXPECT_NE(refusal().find("no SQLite database"), std::string::npos);
  fs::remove(path_);
  sql("CREATE TABLE t(a)");
  EXPECT_NE(refusal().find("another application"), std::string::npos);
  EXPECT_FALSE(looks_like_case(read_file(path_)));
  EXPECT_FALSE(looks_like_case(""));
  path_ = dir_;
  EXPECT_NE(refusal().find("folder"), std::string::npos);
}

TEST_F(CaseOnDisk, names_both_schema_versions) {
  make();
  sql("PRAGMA user_version = 77");
  const std::string text = refusal();
  EXPECT_NE(text.find("version 77"), std::string::npos) << text;
  EXPECT_NE(text.find("up to " + std::to_string(kCaseSchemaVersion)), std::string::npos) << text;
  EXPECT_FALSE(create_case(path_, CaseMode::keep).ok());
  sql("PRAGMA user_version = 0");
  EXPECT_NE(refusal().find("version 0"), std::string::npos);
}

TEST_F(CaseOnDisk, refuses_planted_and_missing_things_by_name) {
  const std::array<std::pair<std::string, std::string>, 6> kPlants = {
      {{"CREATE TRIGGER evil AFTER INSERT ON events BEGIN DELETE FROM events; END", "evil"},
       {"CREATE VIEW a_view AS SELECT 1", "a_view"},
       {"CREATE TABLE extra(a)", "extra"},
       {"DROP VIEW v_events; CREATE VIEW v_events AS SELECT 1", "v_events"},
       {"DROP TABLE tasks", "tasks"},
       {"DROP INDEX events_in_order", "events_in_order"}}};
  for (const auto& [statement, name] : kPlants) {
    make();
    sql(statement);
    const std::string text = refusal();
    EXPECT_NE(text.find("'" + name + "'"), std::string::npos) << statement << ": " << text;
    EXPECT_FALSE(create_case(path_, CaseMode::keep).ok()) << statement;
  }
}

TEST_F(CaseOnDisk, refuses_values_that_cannot_be) {
  const std::array<std::string, 26> kBad = {"UPDATE tasks SET unit_id = 99",
                                            "UPDATE tasks SET unit_id = -1",
                                            "UPDATE tasks SET unit_id = NULL",
                                            "UPDATE tasks SET task_id = 4000000000 WHERE task_id = 1",
                                            "UPDATE tasks SET upload_id = 4294967295",
                                            "UPDATE tasks SET uuid = 'no uuid'",
                                            "UPDATE task_phases SET task_id = 7",
                                            "UPDATE task_phases SET phase = 'dancing'",
                                            "UPDATE sessions SET session_id = 5 WHERE session_id = 0",
                                            "UPDATE session_objects SET object_id = 9",
                                            "UPDATE objects SET epoch_id = 2",
                                            "UPDATE epochs SET domain_id = 70000",
                                            "UPDATE epochs SET domain_id = 2",
                                            "UPDATE coverage SET stream_id = 2",
                                            "UPDATE coverage SET kind_id = 1000",
                                            "UPDATE findings SET severity = 'mad'",
                                            "UPDATE findings SET folded_into = 2",
                                            "UPDATE finding_searched SET records = -1",
                                            "UPDATE causes SET main_finding_id = 2",
                                            "UPDATE cause_uploads SET upload_id = 1",
                                            "UPDATE streams SET stream_id = stream_id + 1 WHERE stream_id = 1",
                                            "UPDATE streams SET source_id = 12",
                                            "UPDATE events SET observer = 7",
                                            "UPDATE events SET fields = '{\"id\":[[[['",
                                            "UPDATE events_assigned SET task_id = 2",
                                            "UPDATE grid_counts SET cell = 1024 WHERE domain_id = 1"};
  for (const auto& statement : kBad) {
    make();
    sql(statement);
    EXPECT_NE(refusal(), "") << statement;
  }
}

TEST_F(CaseOnDisk, says_which_kind_it_does_not_know) {
  make();
  sql("UPDATE kinds SET name = 'task.teleport' WHERE name = 'task.create'");
  EXPECT_NE(refusal().find("task.teleport"), std::string::npos);
}

TEST_F(CaseOnDisk, invalid_text_is_repaired_where_it_is_shown) {
  make();
  sql("UPDATE tasks SET description = CAST(x'61ff' AS TEXT) WHERE task_id = 0; UPDATE raw_lines SET text = CAST(x'ff' AS TEXT)");
  auto reader = open_case(path_);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->derived()->tasks[0].desc, "a\xEF\xBF\xBD");
  EXPECT_EQ((*reader)->raw_lines(SourceId{0}, 0, 1)->front().text, "\xEF\xBF\xBD");
}

TEST_F(CaseOnDisk, every_truncation_is_an_error) {
  make();
  const std::string whole = read_file(path_);
  for (std::size_t size = 0; size < whole.size(); size += whole.size() / 37 + 1) {
    write_file(path_, whole.substr(0, size));
    EXPECT_NE(refusal(), "") << size;
  }
  write_file(path_, whole.substr(0, whole.size() - 1));
  EXPECT_NE(refusal().find("truncated"), std::string::npos);
}

TEST_F(CaseOnDisk, damage_never_crashes_and_names_the_file) {
  make();
  const std::string whole = read_file(path_);
  std::uint32_t seed = 12345;
  for (int round = 0; round < 150; ++round) {
    std::string bytes = whole;
    for (int i = 0; i < 20; ++i) {
      seed = seed * 1664525U + 1013904223U;
      bytes[(seed >> 3U) % bytes.size()] = static_cast<char>(seed >> 24U);
    }
    write_file(path_, bytes);
    (void)refusal();  // checks the path of each error
  }
}

TEST_F(CaseOnDisk, a_fate_that_nobody_knows_is_refused) {
  make();
  sql("INSERT INTO contents VALUES (0, 'p', 'zip'); INSERT INTO contents_groups VALUES (0, 0, 'eaten', 1, '', '', '', '')");
  const auto reader = open_case(path_);
  ASSERT_TRUE(reader.ok()) << reader.error().text();
  EXPECT_FALSE((*reader)->contents().ok());
}

}  // namespace
}  // namespace uptrail::test
