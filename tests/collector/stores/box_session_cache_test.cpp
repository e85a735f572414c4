#include "collector/stores/box_session_cache.h"

#include <filesystem>

#include "collector/plist/build.h"
#include "tests/collector/stores/store_fixture.h"

namespace uptrail::test {
namespace {

using plist::ArchiveBuilder;

// Synthetic files, made from the documented structure.
std::string owner(const std::string& associate) {
  ArchiveBuilder archive;
  return archive.bytes(
      archive.object("BOXUserIdAndAssociateId", {{"userId", archive.text("user")}, {"associateId", archive.text(associate)}}));
}

std::string error(std::int64_t code) {
  ArchiveBuilder archive;
  return archive.bytes(archive.error("NSURLErrorDomain", code));
}

std::string response(std::int64_t status) {
  ArchiveBuilder archive;
  const auto url = archive.url("https://upload.box.example/files");
  const auto number = archive.number(status);
  return archive.bytes(archive.object("NSHTTPURLResponse", {{"$0", number}, {"$1", url}}, {}, "NSURLResponse"));
}

const std::string kOngoing = "onGoingSessionTasks/box.uploads/";
constexpr TimeNs kLater{kStoreModified.ns + 60'000'000'000};

class BoxSessionCacheTest : public StoreFixture {
 protected:
  // The first is the main file, as the intake gives them; the others were written later.
  void put(const std::vector<std::pair<std::string, std::string>>& contents) {
    files_ = {"shown/BOXURLSessionCache", "", false, kStoreModified, {}, {}};
    for (const auto& [name, bytes] : contents) {
      const std::string path = dir_ + "/" + name;
      std::filesystem::create_directories(std::filesystem::path(path).parent_path());
      write_file(path, bytes);
      if (files_.private_path.empty()) {
        files_.private_path = path;
        files_.name = name;
      } else {
        files_.parts.push_back({name, path, bytes.size(), kLater});
      }
    }
  }
  BoxSessionCache store_;
};

TEST_F(BoxSessionCacheTest, tasks_of_a_tree) {
  put({{kOngoing + "1/userIdAndAssociateId", owner("running")},
       {kOngoing + "2/error", error(-1005)},
       {kOngoing + "2/userIdAndAssociateId", owner("lost")},
       {kOngoing + "3/destinationFilePath", "/var/mobile/Documents/a.pdf"},
       {kOngoing + "3/userIdAndAssociateId", owner("download")},
       {"users/user/cancelled/completed/error", error(-999)},
       {"users/user/cancelled/completed/userIdAndAssociateId", owner("cancelled")},
       {"users/user/cancelled/info/box-uploads-4", ""},
       {"users/user/done/completed/response", response(201)},
       {"users/user/done/completed/userIdAndAssociateId", owner("done")},
       {"users/user/done/info/box.uploads-5", ""},
       {"users/user/refused/completed/response", response(413)},
       {"users/user/refused/completed/responseData", "too large"},
       {"users/user/refused/completed/userIdAndAssociateId", owner("refused")},
       {"users/user/refused/info/box.uploads-6", ""},
       {"users/user/refused/info/box.uploads-7", ""}});
  const auto got = read(store_);
  EXPECT_EQ(stats_.matched, 6U);
  expect_golden("stores/box_session_cache.txt", got.text());
}

TEST_F(BoxSessionCacheTest, one_file_alone_says_by_its_path_what_it_is_of) {
  put({{"BOXURLSessionCache/" + kOngoing + "12/userIdAndAssociateId", owner("alone")}});
  files_.shown_path = "x/" + files_.name;
  files_.name.clear();
  const auto got = read(store_);
  ASSERT_EQ(got.events.size(), 2U);
  EXPECT_EQ(got.events[0].fields.text(Field::identifier), "box.uploads");
  EXPECT_EQ(got.events[0].fields.integer(Field::id), 12);
  EXPECT_EQ(got.events[0].store_row, kOngoing + "12");
  // Out of its tree.
  files_.shown_path = "userIdAndAssociateId";
  const auto lost = read(store_);
  EXPECT_EQ(stats_.unparsed, 1U);
  EXPECT_TRUE(lost.has(IssueKind::unparsed, "its path does not say which session and task"));
}

TEST_F(BoxSessionCacheTest, files_that_make_no_sense) {
  const std::string whole = error(-1001);
  put({{kOngoing + "1/userIdAndAssociateId", owner("")},
       {kOngoing + "1/error", whole.substr(0, whole.size() / 2)},
       {kOngoing + "2/destinationFilePath", std::string(20'000, '\xFF')},
       {kOngoing + "2/response", "encrypted"},
       {"users/user/x/completed/userIdAndAssociateId", "encrypted, too"}});
  files_.parts.push_back({kOngoing + "3/error", "", 20U << 20U, kLater});  // too large to have been copied
  const auto got = read(store_);
  EXPECT_EQ(stats_.read, 4U);
  EXPECT_EQ(stats_.unparsed, 1U);
  EXPECT_TRUE(got.has(IssueKind::bad_value, kOngoing + "1: error: "));
  EXPECT_TRUE(got.has(IssueKind::bad_value, kOngoing + "2: destinationFilePath is no path"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, kOngoing + "2: response: "));
  EXPECT_TRUE(got.has(IssueKind::bad_value, kOngoing + "3: error: larger than"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "users/user/x/completed: nothing says which task it is"));
  ASSERT_NE(got.row(kOngoing + "1"), nullptr);
  EXPECT_FALSE(got.row(kOngoing + "1")->fields.has(Field::upload_id));
}

TEST_F(BoxSessionCacheTest, knows_its_tree) {
  EXPECT_TRUE(store_.belongs(kOngoing + "1/error"));
  EXPECT_TRUE(store_.belongs("users/u/a/info/s-1"));
  EXPECT_TRUE(store_.belongs("users/u/a/completed/response"));
  const std::vector<std::string> others = {"error",
                                           "1/error",
                                           "x/" + kOngoing + "1/error",
                                           kOngoing + "one/error",
                                           kOngoing + "1/body",
                                           "users/u/a/info/s",
                                           "users/u/a/info/-1",
                                           ""};
  for (const std::string& other : others) {
    EXPECT_FALSE(store_.belongs(other)) << other;
  }
  EXPECT_EQ(store_.folder("a/b/" + kOngoing + "1/error"), "a/b");
  EXPECT_EQ(store_.folder("users/u/a/completed/error"), "");
  EXPECT_EQ(store_.folder("a/userIdAndAssociateId"), "a");
}

TEST_F(BoxSessionCacheTest, is_told_from_other_archives) {
  EXPECT_TRUE(store_.may_be(owner("a")));
  EXPECT_FALSE(store_.may_be(error(-1)));
  ArchiveBuilder archive;
  put({{kOngoing + "1/userIdAndAssociateId", archive.bytes(archive.array({archive.text("BOXUserIdAndAssociateId")}))}});
  EXPECT_TRUE(store_.may_be(read_file(files_.private_path)));
  std::string why;
  EXPECT_FALSE(*store_.probe(files_, why));
}

}  // namespace
}  // namespace uptrail::test
