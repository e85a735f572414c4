// collect() over stores that are no SQLite database: files found by their content, what belongs to them, and what only looks so.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "collector/base/sha1.h"
#include "collector/pipeline/collect.h"
#include "collector/plist/build.h"
#include "tests/collector/pipeline/events.h"
#include "tests/support/archives.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

namespace fs = std::filesystem;
using plist::ArchiveBuilder;
using test::ArchiveFile;
using test::ArchiveFilter;
using test::ArchiveFormat;
using test::make_archive;
using test::scratch_dir;
using test::write_file;

const std::string kFolder = "0123456789ABCDEF0123456789ABCDEF01234567/76543210FEDCBA9876543210FEDCBA9876543210";

std::string configuration(const std::string& identifier) {
  ArchiveBuilder archive;
  const auto name = archive.text(identifier);
  return archive.bytes(archive.object("NSURLSessionConfiguration", {{"identifier", name}}, {{"sessionSendsLaunchEvents", 1}}));
}

std::string tasks() {
  ArchiveBuilder archive;
  const auto uuid = archive.uuid(std::string(16, '\x11'));
  const auto session = archive.text("photos");
  const auto bundle = archive.text("com.example.app");
  const auto info =
      archive.object("__NSCFURLSessionTaskInfo", {{"sessionID", session}, {"bundleID", bundle}, {"uniqueIdentifierUUID", uuid}},
                     {{"identifier", 1}, {"state", 0}});
  return archive.bytes(archive.dictionary({{archive.number(1), info}}));
}

// Names its class, but is not what the store needs: its reader is asked, and says no.
std::string nearly() {
  ArchiveBuilder archive;
  const auto text = archive.text("NSURLSessionConfiguration");
  return archive.bytes(archive.array({text}));
}

std::vector<ArchiveFile> session_folder() {
  return {{kFolder + "/Uploads/CFNetworkUpload_A.tmp", "body"},
          {kFolder + "/configuration.plist", configuration("photos")},
          {kFolder + "/tasks.plist", tasks()},
          {kFolder + "/Uploads/CFNetworkUpload_B.tmp", "another body"}};
}

struct Collected {
  std::unique_ptr<CaseWriter> writer = create_memory_case().take();
  Result<CollectReport> report = fail(ErrorKind::internal, "not run");
  explicit Collected(const std::string& path) {
    CollectOptions options;
    options.paths = {path};
    report = collect(*writer, options);
  }
  [[nodiscard]] std::uint64_t count(MemberFate fate) const {
    std::uint64_t n = 0;
    for (const Contents& c : report->contents) {
      for (const Contents::Group& g : c.groups) {
        n += g.fate == fate ? g.members : 0;
      }
    }
    return n;
  }
};

void write_tree(const std::string& dir, const std::vector<ArchiveFile>& files) {
  for (const ArchiveFile& file : files) {
    fs::create_directories(fs::path(dir + "/" + file.path).parent_path());
    write_file(dir + "/" + file.path, file.bytes);
  }
}

TEST(CollectPlainStores, the_property_lists_of_a_folder_are_one_store_however_they_are_packed) {
  const std::string dir = scratch_dir();
  auto files = session_folder();
  write_tree(dir + "/folder", files);
  write_file(dir + "/a.zip", make_archive(ArchiveFormat::zip, ArchiveFilter::none, files));
  std::reverse(files.begin(), files.end());
  write_file(dir + "/b.tar.gz", make_archive(ArchiveFormat::tar, ArchiveFilter::gzip, files));
  std::string hash;
  for (const std::string path : {"/folder", "/a.zip", "/b.tar.gz"}) {
    SCOPED_TRACE(path);
    const Collected c(dir + path);
    ASSERT_TRUE(c.report.ok()) << c.report.error().text();
    ASSERT_EQ(c.report->sources.size(), 1U);
    const Source& s = c.report->sources.front();
    EXPECT_TRUE(s.is_store);
    EXPECT_EQ(s.container, "nsurlsessiond_session");
    EXPECT_TRUE(s.path.ends_with(kFolder)) << s.path;
    EXPECT_EQ(s.accounting.read, 4U) << "the session, a task, two copies of bodies";
    EXPECT_EQ(s.accounting.matched, 4U);
    EXPECT_EQ(c.count(MemberFate::used), 4U);
    EXPECT_EQ(c.count(MemberFate::other), 0U);
    EXPECT_TRUE(hash.empty() || hash == s.content_hash);
    hash = s.content_hash;
  }
}

TEST(CollectPlainStores, one_file_alone_brings_what_belongs_to_it) {
  const std::string dir = scratch_dir();
  write_tree(dir, session_folder());
  write_file(dir + "/" + kFolder + "/unrelated.txt", "words");
  const Collected c(dir + "/" + kFolder + "/configuration.plist");
  ASSERT_TRUE(c.report.ok()) << c.report.error().text();
  ASSERT_EQ(c.report->sources.size(), 1U);
  EXPECT_EQ(c.report->sources.front().accounting.read, 3U) << "the session and two copies of bodies";
}

TEST(CollectPlainStores, sessions_in_different_folders_are_different_stores) {
  const std::string dir = scratch_dir();
  write_tree(dir + "/in", {{"a/configuration.plist", configuration("one")}, {"b/configuration.plist", configuration("two")}});
  const Collected c(dir + "/in");
  ASSERT_TRUE(c.report.ok()) << c.report.error().text();
  EXPECT_EQ(c.report->sources.size(), 2U);
}

TEST(CollectPlainStores, what_only_looks_like_a_store_is_read_as_what_it_is) {
  const std::string dir = scratch_dir();
  const std::string log = test::read_file(test::source_path("assets/samples/instrumented/app.ndjson"));
  const std::string folder = dir + "/in";
  write_tree(folder, {{"nearly.plist", nearly()},
                      {"Uploads/CFNetworkUpload_lost", "a body without its session"},
                      {"Uploads/CFNetworkUpload_log", log}});
  const Collected c(folder);
  ASSERT_TRUE(c.report.ok()) << c.report.error().text();
  ASSERT_EQ(c.report->sources.size(), 1U) << "the log behind the name of a body";
  EXPECT_FALSE(c.report->sources.front().is_store);
  EXPECT_EQ(c.count(MemberFate::used), 1U);
  EXPECT_EQ(c.count(MemberFate::other), 2U);

  const Collected alone(folder + "/nearly.plist");
  ASSERT_FALSE(alone.report.ok());
  EXPECT_EQ(alone.report.error().kind, ErrorKind::unreadable);
}

std::string box_owner(const std::string& associate) {
  ArchiveBuilder archive;
  const auto user = archive.text("user");
  const auto id = archive.text(associate);
  return archive.bytes(archive.object("BOXUserIdAndAssociateId", {{"userId", user}, {"associateId", id}}));
}

TEST(CollectPlainStores, a_tree_of_folders_is_one_store_and_names_of_empty_files_count) {
  const std::string root = "Library/BOXURLSessionCache/";
  auto files = std::vector<ArchiveFile>{{root + "onGoingSessionTasks/box/1/userIdAndAssociateId", box_owner("one")},
                                        {root + "onGoingSessionTasks/box/2/userIdAndAssociateId", box_owner("two")},
                                        {root + "users/user/one/info/box-1", ""},
                                        {root + "users/user/three/completed/responseData", "ok"},
                                        {root + "users/user/three/completed/userIdAndAssociateId", box_owner("three")},
                                        {root + "users/user/three/info/box-3", ""},
                                        {"users/user/other/info/lost-4", ""}};
  const std::string dir = scratch_dir();
  write_tree(dir + "/folder", files);
  write_file(dir + "/a.zip", make_archive(ArchiveFormat::zip, ArchiveFilter::none, files));
  std::reverse(files.begin(), files.end());
  write_file(dir + "/b.tar.gz", make_archive(ArchiveFormat::tar, ArchiveFilter::gzip, files));
  std::string hash;
  for (const std::string path : {"/folder", "/a.zip", "/b.tar.gz"}) {
    SCOPED_TRACE(path);
    const Collected c(dir + path);
    ASSERT_TRUE(c.report.ok()) << c.report.error().text();
    ASSERT_EQ(c.report->sources.size(), 1U);
    const Source& s = c.report->sources.front();
    EXPECT_EQ(s.container, "box_session_cache");
    EXPECT_TRUE(s.path.ends_with("Library/BOXURLSessionCache")) << s.path;
    EXPECT_EQ(s.accounting.matched, 3U);
    EXPECT_EQ(c.count(MemberFate::used), 6U);
    EXPECT_EQ(c.count(MemberFate::empty), 1U) << "of no store";
    EXPECT_TRUE(hash.empty() || hash == s.content_hash);
    hash = s.content_hash;
    std::set<std::int64_t> numbers;
    ASSERT_TRUE(c.writer->reader()
                    .for_each_event({},
                                    [&](const Event& e) {
                                      if (e.kind == EventKind::store_entry) {
                                        EXPECT_EQ(e.fields.text(Field::identifier), "box");
                                        numbers.insert(e.fields.integer(Field::id).value_or(-1));
                                      }
                                      return true;
                                    })
                    .ok());
    EXPECT_EQ(numbers, (std::set<std::int64_t>{1, 2, 3}));
  }
  // One file of it brings the rest.
  const Collected one(dir + "/folder/" + root + "onGoingSessionTasks/box/2/userIdAndAssociateId");
  ASSERT_TRUE(one.report.ok()) << one.report.error().text();
  EXPECT_EQ(one.report->sources.front().accounting.matched, 3U);
}

TEST(CollectPlainStores, a_folder_known_only_by_hashes_is_of_the_app_that_a_log_names) {
  const std::string dir = scratch_dir();
  const auto options = [](double disconnected) {
    ArchiveBuilder archive;
    const auto when = archive.date(disconnected);
    return archive.bytes(archive.dictionary({{"NSURLSessionLastDisconnectDateKey", when}}));
  };
  const std::string ours = sha1_hex("com.example.a") + "/" + sha1_hex("up") + "/options.plist";
  const std::string others = sha1_hex("com.unseen") + "/" + sha1_hex("unseen") + "/options.plist";
  write_tree(dir + "/case",
             {{"app.ndjson", std::string(test::kOneTaskLog)}, {ours, options(800'000'000)}, {others, options(800'000'001)}});
  const Collected c(dir + "/case");
  ASSERT_TRUE(c.report.ok()) << c.report.error().text();
  const auto derived = c.writer->reader().derived();
  ASSERT_TRUE(derived.ok());
  ASSERT_EQ(derived->units.size(), 2U);
  ASSERT_EQ(derived->sessions.size(), 2U);
  const auto of = [&](std::string_view identifier) {
    return std::find_if(derived->sessions.begin(), derived->sessions.end(),
                        [&](const Session& s) { return s.identifier == identifier; });
  };
  ASSERT_NE(of("up"), derived->sessions.end());
  EXPECT_EQ(derived->units[of("up")->unit.value].bundle, "com.example.a");
  ASSERT_NE(of(sha1_hex("unseen")), derived->sessions.end()) << "nobody names it";
  EXPECT_EQ(derived->units[of(sha1_hex("unseen"))->unit.value].bundle, sha1_hex("com.unseen"));
}

TEST(CollectPlainStores, http_exchanges_are_of_no_app_and_change_no_verdict) {
  const std::string dir = scratch_dir();
  const std::string har =
      R"({"log":{"version":"1.2","entries":[{"startedDateTime":"2026-11-18T13:00:02Z","time":5,)"
      R"("request":{"method":"PUT","url":"https://example.com/up/14","bodySize":9},"response":{"status":500,"bodySize":0}}]}})";
  write_tree(dir, {{"alone/app.ndjson", std::string(test::kOneTaskLog)},
                   {"both/app.ndjson", std::string(test::kOneTaskLog)},
                   {"both/proxy.har", har}});
  const Collected alone(dir + "/alone");
  const Collected both(dir + "/both");
  ASSERT_TRUE(both.report.ok()) << both.report.error().text();
  const auto without = alone.writer->reader().derived();
  const auto with = both.writer->reader().derived();
  ASSERT_TRUE(without.ok() && with.ok());
  ASSERT_EQ(both.report->sources.size(), 2U);
  const auto& source = both.report->sources[both.report->sources[0].is_store ? 0 : 1];
  EXPECT_EQ(source.container, "har");
  EXPECT_EQ(source.accounting.matched, 1U);
  EXPECT_EQ(source.first, parse_iso("2026-11-18T13:00:02Z")->time);
  EXPECT_EQ(with->units.size(), without->units.size());
  EXPECT_EQ(with->tasks.size(), without->tasks.size());
  EXPECT_EQ(with->findings.size(), without->findings.size());
  EXPECT_EQ(with->outcome, without->outcome);
}

TEST(CollectPlainStores, formats_says_why) {
  const std::string dir = scratch_dir();
  write_tree(dir, {{"c", configuration("photos")}, {"n", nearly()}});
  const auto yes = explain_format(dir + "/c");
  ASSERT_TRUE(yes.ok());
  EXPECT_TRUE(yes->is_store);
  EXPECT_EQ(yes->chosen, "nsurlsessiond_session");
  const auto no = explain_format(dir + "/n");
  ASSERT_TRUE(no.ok());
  EXPECT_FALSE(no->is_store);
  const auto told = std::find_if(no->candidates.begin(), no->candidates.end(),
                                 [](const auto& candidate) { return candidate.id == "nsurlsessiond_session"; });
  ASSERT_NE(told, no->candidates.end());
  EXPECT_EQ(told->why.substr(0, 23), "a keyed archive, but no");
}

}  // namespace
}  // namespace uptrail
