#include "collector/stores/background_downloader.h"

#include <filesystem>

#include "tests/collector/stores/store_fixture.h"

namespace uptrail::test {
namespace {

// Synthetic records, made from the documented keys.
std::string record(int n, const std::string& type, int status, const std::string& more = "") {
  return R"({"url":"https://up.example.com/)" + std::to_string(n) + R"(","headers":{},"httpRequestMethod":"POST","retries":3,)" +
         R"("retriesRemaining":2,"creationTime":1763470800123,"taskId":"task-)" + std::to_string(n) + R"(","filename":"p)" +
         std::to_string(n) + R"(.jpg","directory":"out","baseDirectory":0,"group":"default","taskType":")" + type +
         R"(","progress":0.5,"expectedFileSize":2000,"status":)" + std::to_string(status) + more + "}";
}

class BackgroundDownloaderTest : public StoreFixture {
 protected:
  // The first is the main file, as the intake gives them.
  void put(const std::vector<std::string>& contents) {
    files_.parts.clear();
    for (std::size_t i = 0; i < contents.size(); ++i) {
      const std::string name = "task-" + std::to_string(i);
      write_file(dir_ + "/" + name, contents[i]);
      if (i == 0) {
        files_.shown_path = "shown/store/" + name;
        files_.private_path = dir_ + "/" + name;
      } else {
        files_.parts.push_back({name, dir_ + "/" + name, contents[i].size(), kStoreModified});
      }
    }
  }
  BackgroundDownloader store_;
};

TEST_F(BackgroundDownloaderTest, every_status_and_type) {
  std::vector<std::string> all;
  for (int status = 0; status < 8; ++status) {
    all.push_back(record(status, "UploadTask", status));
  }
  all.push_back(record(8, "DownloadTask", 1));
  all.push_back(record(9, "MultiUploadTask", 4,
                       R"(,"exception":{"type":"TaskHttpException","description":"Bad gateway","httpResponseCode":502})"));
  put(all);
  const auto got = read(store_);
  EXPECT_EQ(stats_.matched, 10U);
  expect_golden("stores/background_downloader.txt", got.text());
}

TEST_F(BackgroundDownloaderTest, records_that_make_no_sense) {
  constexpr std::string_view kOtherTypes =
      R"({"taskId":"t","url":[],"taskType":{},"status":"x","creationTime":1763470800,"retries":-9223372036854775808,)"
      R"("retriesRemaining":1,"exception":[],"expectedFileSize":1e300,"filename":5})";
  put({record(0, "UploadTask", 99), "{\"taskId\":", R"({"taskId":7,"url":"u","taskType":"UploadTask","status":1})",
       std::string(kOtherTypes), "[1]"});
  files_.parts.push_back({"task-huge", "", 20U << 20U, kStoreModified});  // too large to have been copied
  const auto got = read(store_);
  EXPECT_EQ(stats_.read, 6U);
  EXPECT_EQ(stats_.unparsed, 4U);
  EXPECT_TRUE(got.has(IssueKind::bad_value, "task-0: status is none of 0 to 7"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "task-1: is no JSON object"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "task-2: taskId is missing"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "task-3: url is no text"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "task-3: creationTime is no time"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "task-huge: larger"));
  EXPECT_EQ(got.events.back().fields.boolean(Field::complete), false);
}

TEST_F(BackgroundDownloaderTest, is_told_from_other_json) {
  EXPECT_TRUE(store_.may_be(record(1, "UploadTask", 1)));
  EXPECT_FALSE(store_.may_be(R"({"eventMessage":"taskId url taskType status"})"));
  EXPECT_FALSE(store_.may_be("SQLite format 3"));
  EXPECT_FALSE(store_.may_be(""));
  // A log whose first line is a record is no record.
  put({record(1, "UploadTask", 1) + "\n" + record(2, "UploadTask", 1)});
  std::string why;
  EXPECT_FALSE(*store_.probe(files_, why));
  EXPECT_EQ(why, "is no JSON object");
}

}  // namespace
}  // namespace uptrail::test
