// collect() over stores of apps: mapping files, what they join, and that an app's belief alone blames nobody.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "collector/pipeline/collect.h"
#include "collector/pipeline/store_maps.h"
#include "collector/pipeline/stories.h"
#include "collector/plist/build.h"
#include "collector/sqlite/connection.h"
#include "tests/collector/pipeline/events.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::scratch_dir;
using test::source_path;
using test::write_file;

void make_database(const std::string& path, const std::string& sql) {
  auto db = sqlite::Connection::open(path, sqlite::Access::write);
  ASSERT_TRUE(db.ok());
  const auto made = db->exec("PRAGMA synchronous = OFF;" + sql);
  ASSERT_TRUE(made.ok()) << made.error().text();
}

struct Collected {
  std::unique_ptr<CaseWriter> writer = create_memory_case().take();
  Result<CollectReport> report = fail(ErrorKind::internal, "not run");
  Derived derived;

  explicit Collected(std::vector<std::string> paths, const std::vector<std::string>& maps = {}) {
    CollectOptions options;
    options.paths = std::move(paths);
    auto stores = load_store_maps(maps);
    EXPECT_TRUE(stores.ok()) << stores.error().text();
    options.stores = stores.take();
    report = collect(*writer, options);
    EXPECT_TRUE(report.ok()) << report.error().text();
    derived = writer->reader().derived().take();
  }
  [[nodiscard]] std::vector<Event> entries() const {
    std::vector<Event> out;
    EXPECT_TRUE(writer->reader()
                    .for_each_event({},
                                    [&](const Event& e) {
                                      if (e.kind == EventKind::store_entry) {
                                        out.push_back(e);
                                      }
                                      return true;
                                    })
                    .ok());
    return out;
  }
  [[nodiscard]] std::vector<std::string> alarms() const {
    std::vector<std::string> out;
    for (const Finding& f : derived.findings) {
      if (f.severity != Severity::info) {
        out.push_back(f.rule + ": " + f.title);
      }
    }
    std::sort(out.begin(), out.end());
    return out;
  }
};

constexpr std::string_view kMap =
    R"({"uptrail_store_map":1,"name":"Mine","bundle":"com.example.a","format":"sqlite","table":"up","complete":true,)"
    R"("fields":{"id":"name","taskDescription":"name","state":{"from":"s","values":{"1":"uploading","2":"succeeded"}}}})";
constexpr std::string_view kJsonMap =
    R"({"uptrail_store_map":1,"name":"Queue","bundle":"com.example.a","format":"json","path":"queue.*",)"
    R"("fields":{"id":"$key","session":"session","task":"task"}})";

TEST(CollectAppStores, a_mapped_store_joins_tasks_by_their_description) {
  const std::string dir = scratch_dir();
  write_file(dir + "/app.ndjson", test::kOneTaskLog);
  write_file(dir + "/map.json", kMap);
  make_database(dir + "/mine.db", "CREATE TABLE up(name, s); INSERT INTO up VALUES('U1', 1), ('U9', 1);");
  const Collected c({dir + "/app.ndjson", dir + "/mine.db"}, {dir + "/map.json"});
  const auto entries = c.entries();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(c.derived.tasks.size(), 1U) << "a belief makes no task";
  EXPECT_EQ(entries[0].task, TaskId{0});
  EXPECT_FALSE(entries[1].task.valid());
  EXPECT_EQ(entries[0].unit, entries[1].unit);
  const auto source = std::find_if(c.report->sources.begin(), c.report->sources.end(),
                                   [](const Source& s) { return s.container == "store_map"; });
  ASSERT_NE(source, c.report->sources.end());
  EXPECT_EQ(source->accounting.matched, 2U);
  EXPECT_EQ(c.alarms(), Collected({dir + "/app.ndjson"}).alarms());
}

TEST(CollectAppStores, a_number_that_leads_to_another_description_is_an_old_one) {
  const std::string dir = scratch_dir();
  write_file(dir + "/app.ndjson", test::kOneTaskLog);
  write_file(dir + "/map.json", R"({"uptrail_store_map":1,"name":"Mine","bundle":"com.example.a","format":"sqlite","table":"up",)"
                                R"("fields":{"id":"name","taskDescription":"name","session":"session","task":"n"}})");
  make_database(dir + "/mine.db",
                "CREATE TABLE up(name, session, n); INSERT INTO up VALUES('U1', 'up', 3), ('U7', 'up', 14), (NULL, 'up', 14);");
  const Collected c({dir + "/app.ndjson", dir + "/mine.db"}, {dir + "/map.json"});
  const auto entries = c.entries();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].task, TaskId{0}) << "by its description";
  EXPECT_FALSE(entries[1].task.valid()) << "the number is that of another upload";
  EXPECT_EQ(entries[2].task, TaskId{0}) << "by session and number, where no description says otherwise";
}

TEST(CollectAppStores, a_mapped_file_is_found_in_a_folder_and_logs_stay_logs) {
  const std::string dir = scratch_dir();
  fs::create_directories(dir + "/in");
  write_file(dir + "/in/app.ndjson", test::kOneTaskLog);
  write_file(dir + "/in/other.json", R"({"queue":7})");
  write_file(dir + "/in/queue.json", R"({"queue":{"x":{"session":"up","task":14},"y":{"session":"up","task":15}}})");
  write_file(dir + "/map.json", kJsonMap);
  const Collected c({dir + "/in"}, {dir + "/map.json"});
  ASSERT_EQ(c.report->sources.size(), 2U);
  const auto entries = c.entries();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].task, TaskId{0}) << "by session and taskIdentifier";
  EXPECT_FALSE(entries[1].task.valid());
  // The file by its name, too.
  EXPECT_EQ(Collected({dir + "/in/queue.json", dir + "/in/app.ndjson"}, {dir + "/map.json"}).entries().size(), 2U);
}

TEST(CollectAppStores, a_broken_mapping_file_is_an_error_with_its_place) {
  const std::string dir = scratch_dir();
  write_file(dir + "/map.json", R"({"uptrail_store_map":1,"name":"x","format":"json","path":"*","fields":{"url":"u"}})");
  const auto broken = load_store_maps({dir + "/map.json"});
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().kind, ErrorKind::usage);
  EXPECT_EQ(broken.error().path, dir + "/map.json");
  EXPECT_FALSE(load_store_maps({dir + "/none.json"}).ok());
}

TEST(CollectAppStores, a_librarys_store_finds_its_app_by_session_and_task) {
  const std::string dir = scratch_dir();
  write_file(dir + "/app.ndjson", test::kOneTaskLog);
  make_database(
      dir + "/transfer_utility_database",
      read_file(source_path("tests/collector/stores/aws_transfer_utility.sql")) +
          "INSERT INTO awstransfer VALUES('T1','up',14,'UPLOAD','b','k',NULL,NULL,NULL,'f',0,1,'IN_PROGRESS',0,'','');"
          "INSERT INTO awstransfer VALUES('T2','up',0,'UPLOAD','b','k',NULL,NULL,NULL,'f',0,1,'WAITING',0,'','');"
          "INSERT INTO awstransfer VALUES('T3','elsewhere',14,'UPLOAD','b','k',NULL,NULL,NULL,'f',0,1,'ERROR',0,'','');");
  const Collected c({dir + "/app.ndjson", dir + "/transfer_utility_database"});
  EXPECT_EQ(c.derived.tasks.size(), 1U);
  std::size_t joined = 0;
  for (const Event& e : c.entries()) {
    const bool own = e.fields.text(Field::upload_id) == "T1";
    EXPECT_EQ(e.task.valid(), own) << e.store_row;
    joined += own ? 1 : 0;
  }
  EXPECT_EQ(joined, 1U);
  EXPECT_EQ(c.alarms(), Collected({dir + "/app.ndjson"}).alarms());
}

TEST(CollectAppStores, a_mapping_that_no_input_fits_is_told_of) {
  const std::string dir = scratch_dir();
  write_file(dir + "/app.ndjson", test::kOneTaskLog);
  write_file(dir + "/map.json", kMap);
  write_file(dir + "/queue.json", kJsonMap);
  make_database(dir + "/mine.db", "CREATE TABLE up(name, s); INSERT INTO up VALUES('U1', 1);");
  const Collected none({dir + "/app.ndjson"}, {dir + "/map.json", dir + "/queue.json"});
  ASSERT_EQ(none.report->stores_unused.size(), 2U);
  EXPECT_EQ(none.report->stores_unused[0]->info().title, "Mine (by a mapping file)");
  const Collected one({dir + "/app.ndjson", dir + "/mine.db"}, {dir + "/map.json", dir + "/queue.json"});
  ASSERT_EQ(one.report->stores_unused.size(), 1U);
  EXPECT_EQ(one.report->stores_unused[0]->info().title, "Queue (by a mapping file)");
}

// Metadata of TUSKit, which names neither app nor session.
std::string tus_metadata(const std::string& id) {
  plist::Builder plist;
  std::vector<std::pair<plist::Made, plist::Made>> members;
  for (const char* key : {"uploadURL", "filePath", "uploadedRange"}) {
    members.emplace_back(plist.string(key), plist.string("$null"));
  }
  members.emplace_back(plist.string("id"), plist.string(id));
  members.emplace_back(plist.string("size"), plist.integer(100));
  members.emplace_back(plist.string("errorCount"), plist.integer(0));
  return plist.bytes(plist.dict(members));
}

TEST(CollectAppStores, a_uuid_as_description_names_the_app_too) {
  const std::string dir = scratch_dir();
  const std::string id = "0A1B2C3D-0000-4000-8000-00000000000";
  const auto create = [](const std::string& bundle, const std::string& desc, int number) {
    return R"({"uptrail":1,"kind":"task.create","t":"2026-11-18T13:00:02Z","bundle":")" + bundle +
           R"(","process":"A","pid":7,"identifier":"up )" + bundle + R"(","id":)" + std::to_string(number) + R"(,"desc":")" +
           desc + "\"}\n";
  };
  write_file(dir + "/app.ndjson", create("com.example.a", id + "1", 1) + create("com.example.a", id + "2", 2) +
                                      create("com.example.b", id + "2", 3) + create("com.example.b", "clip", 4));
  fs::create_directories(dir + "/TUS");
  for (int n = 1; n <= 3; ++n) {
    write_file(dir + "/TUS/" + std::to_string(n) + ".plist", tus_metadata(id + std::to_string(n)));
  }
  const Collected c({dir + "/app.ndjson", dir + "/TUS"});
  EXPECT_EQ(c.derived.tasks.size(), 4U) << "a belief makes no task";
  const auto entries = c.entries();
  ASSERT_EQ(entries.size(), 3U);
  ASSERT_TRUE(entries[0].task.valid());
  EXPECT_EQ(c.derived.tasks[entries[0].task.value].desc, id + "1");
  EXPECT_FALSE(entries[1].task.valid()) << "two apps have it";
  EXPECT_FALSE(entries[2].task.valid()) << "nobody has it";
  ASSERT_EQ(c.report->sources.size(), 2U);
  EXPECT_EQ(entries[0].store_row, "1.plist");
}

TEST(CollectAppStores, sessions_of_gtm_session_fetcher_are_shown_short_and_keep_their_identifier) {
  const std::string dir = scratch_dir();
  const std::string identifier =
      R"(com.google.GTMSessionFetcher_3F2504E0-4F89-41D3-9A0C-0305E82C3301_{"_upOffset":5242880,"_upLocURL":"https:\/\/u.example.com\/1"})";
  // As nsurlsessiond logs it, in a log of `log show`.
  const std::string session = "2026-11-18 13:00:01.000000+0000 0x1 Default 0x0 71 0 nsurlsessiond: (CFNetwork) ";
  write_file(dir + "/system.log",
             "Timestamp                       Thread     Type        Activity             PID    TTL  \n" + session +
                 "[com.apple.nsurlsessiond:Session] NDSession <9A0C3D1E-55B7-4C28-A6F0-718293A4B5C6>.<com.example.photos>.<" +
                 identifier + ">: created successfully\n");
  fs::create_directories(dir + "/Preferences");
  plist::Builder plist;
  write_file(dir + "/Preferences/com.example.photos.plist",
             plist.bytes(plist.dict(
                 {{plist.string("com.google.GTMSessionFetcher.downloads"), plist.array({plist.string(identifier)})}})));
  const Collected c({dir + "/system.log", dir + "/Preferences"});
  ASSERT_EQ(c.derived.sessions.size(), 1U);
  EXPECT_EQ(c.derived.sessions[0].identifier, identifier);
  EXPECT_TRUE(c.derived.tasks.empty()) << "a list of sessions makes no task";
  const auto stories = tell_stories(c.writer->reader(), {.session = "GTMSessionFetcher 3F2504E0"});
  ASSERT_TRUE(stories.ok()) << stories.error().text();
  const std::string text = story_paragraph(stories->front());
  EXPECT_EQ(text.substr(0, 35), "Session GTMSessionFetcher 3F2504E0:") << text;
  EXPECT_NE(text.find("from offset 5242880 bytes on, to https://u.example.com/1"), std::string::npos) << text;
}

// Whatever an app's stores say, at whatever time they were written: without a witness it is a belief, and a belief is no alarm.
TEST(CollectAppStores, no_store_of_a_library_raises_an_alarm) {
  const std::string dir = scratch_dir();
  const std::string sample = source_path("assets/samples/instrumented");
  make_database(dir + "/aws", read_file(source_path("tests/collector/stores/aws_transfer_utility.sql")) +
                                  "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 40) INSERT INTO "
                                  "awstransfer SELECT 'upload ' || i, 'photos', i, 'UPLOAD', 'b', 'k', NULL, NULL, "
                                  "NULL, 'f', 0, 1, 'IN_PROGRESS', 0, '', '' FROM n");
  make_database(dir + "/work", read_file(source_path("tests/collector/stores/workmanager.sql")));
  make_database(dir + "/pulse",
                read_file(source_path("tests/collector/stores/pulse_v2.sql")) +
                    "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 40) INSERT INTO ZNETWORKTASKENTITY"
                    "(ZURL, ZHTTPMETHOD, ZCREATEDAT, ZREQUESTSTATE, ZTASKTYPE, ZTASKDESCRIPTION) SELECT 'https://a', 'POST', "
                    "816872400 + i, 1 + i % 3, 2, 'upload ' || i FROM n");
  write_file(dir + "/record", R"({"taskId":"upload 17","url":"https://a","taskType":"UploadTask","status":1})");
  const auto expected = Collected({sample}).alarms();
  write_file(dir + "/tus", tus_metadata("0A1B2C3D-0000-4000-8000-000000000001"));
  write_file(dir + "/results",
             "<plist><array><dict><key>taskId</key><string>chillisource.flutter_uploader.upload.background."
             "0A1B2C3D-0000-4000-8000-000000000002</string><key>status</key><integer>2</integer></dict><dict>"
             "<key>taskId</key><string>upload 17</string><key>status</key><integer>2</integer></dict></array>"
             "</plist>");
  const std::vector<std::string> stores = {dir + "/aws",    dir + "/work", dir + "/pulse",
                                           dir + "/record", dir + "/tus",  dir + "/results"};
  // Before the capture, in it, at its end, days later.
  constexpr std::int64_t kBegin = 1795006805;
  for (const std::int64_t after : {-3600, 30, 600, 1800, 3600, 7200, 400'000}) {
    const std::chrono::sys_seconds when{std::chrono::seconds(kBegin + after)};
    for (const std::string& store : stores) {
      fs::last_write_time(store, std::chrono::file_clock::from_sys(when));
    }
    std::vector<std::string> paths = stores;
    paths.push_back(sample);
    const Collected c(paths);
    EXPECT_EQ(c.report->failures.size(), 0U);
    EXPECT_EQ(c.alarms(), expected) << after;
  }
}

}  // namespace
}  // namespace uptrail
