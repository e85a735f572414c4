// A case of the sample in a folder of its own, and ways to spoil it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "collector/sqlite/connection.h"
#include "collector/trace/case_file.h"
#include "tests/collector/trace/sample_case.h"
#include "tests/support/files.h"

namespace uptrail::test {

class CaseOnDisk : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = scratch_dir();
    path_ = dir_ + "/x.uptrail";
  }
  void make(const std::string& mark = "a") {
    auto writer = create_case(path_, CaseMode::fresh);
    ASSERT_TRUE(writer.ok()) << writer.error().text();
    write_sample(**writer, mark);
    const auto status = (*writer)->commit();
    ASSERT_TRUE(status.ok()) << status.error().text();
  }
  void sql(const std::string& statements) {
    auto db = sqlite::Connection::open(path_, sqlite::Access::write);
    ASSERT_TRUE(db.ok());
    const auto status = db->exec(statements);
    ASSERT_TRUE(status.ok()) << status.error().text();
  }
  // The error of opening, or of the first thing that a user of the case would read.
  std::string refusal() {
    auto reader = open_case(path_);
    if (!reader.ok()) {
      EXPECT_EQ(reader.error().path, path_);
      return reader.error().text();
    }
    const std::array<Status, 5> all = {(*reader)->for_each_event({}, [](const Event&) { return true; }),
                                       status_of((*reader)->derived()), status_of((*reader)->sources()),
                                       status_of((*reader)->streams()), status_of((*reader)->event_grid())};
    for (const auto& status : all) {
      if (!status.ok()) {
        EXPECT_EQ(status.error().path, path_);
        return status.error().text();
      }
    }
    return "";
  }
  template <class T>
  static Status status_of(const Result<T>& result) {
    return result.ok() ? done() : Status(result.error());
  }
  std::vector<std::string> files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(dir_)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  std::string content() {
    auto reader = open_case(path_);
    EXPECT_TRUE(reader.ok()) << reader.error().text();
    return reader.ok() ? dump(**reader) : std::string();
  }

  std::string dir_, path_;
};

}  // namespace uptrail::test
