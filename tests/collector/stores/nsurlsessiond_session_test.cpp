#include "collector/stores/nsurlsessiond_session.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "collector/plist/build.h"
#include "tests/collector/stores/store_fixture.h"
#include "tests/support/files.h"

namespace uptrail::test {
namespace {

using plist::ArchiveBuilder;

constexpr TimeNs kModified{1'763'470'863'000'000'000};
constexpr TimeNs kLater{1'763'470'900'000'000'000};
constexpr double kCreated = 785'163'663.5;  // seconds since 2001
constexpr std::string_view kUuid("\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA", 16);
const std::string kHash = "0123456789ABCDEF0123456789ABCDEF01234567";

// Synthetic property lists, made from the documented keys (docs/formats/nsurlsessiond_session.md).
std::string configuration(const std::string& identifier) {
  ArchiveBuilder archive;
  const auto name = archive.text(identifier);
  const auto root = archive.object("NSURLSessionConfiguration", {{"identifier", name}},
                                   {{"sessionSendsLaunchEvents", 1}, {"discretionary", 0}, {"timeoutIntervalForRequest", 60}});
  return archive.bytes(root);
}

std::string options(double disconnected) {
  ArchiveBuilder archive;
  const auto when = archive.date(disconnected);
  const auto root = archive.dictionary({{"NSURLSessionLastDisconnectDateKey", when}});
  return archive.bytes(root);
}

ArchiveBuilder::Uid task_info(ArchiveBuilder& archive, std::int64_t id, std::int64_t state, const std::string& file,
                              const std::string& session = "photos") {
  std::vector<std::pair<std::string, ArchiveBuilder::Uid>> members = {
      {"sessionID", archive.text(session)},
      {"bundleID", archive.text("com.example.app")},
      {"taskDescription", archive.text("photo " + std::to_string(id))},
      {"uniqueIdentifierUUID", archive.uuid(kUuid)},
      {"creationTime", archive.real(kCreated)},
      {"earliestBeginDate", archive.date(kCreated + 60)},
      {"currentRequest", archive.request("https://example.com/upload/" + std::to_string(id), "PUT")},
      {"fileURL", archive.url("file:///x/Uploads/" + file)}};
  if (state == 3) {
    members.emplace_back("error", archive.error("NSURLErrorDomain", -1005));
  }
  return archive.object("__NSCFURLSessionTaskInfo", members,
                        {{"identifier", id},
                         {"state", state},
                         {"taskKind", 1},
                         {"suspendCount", 1},
                         {"hasStarted", 1},
                         {"discretionary", 1},
                         {"countOfBytesSent", 10},
                         {"countOfBytesExpectedToSend", 20}});
}

std::string tasks() {
  ArchiveBuilder archive;
  const auto second = task_info(archive, 2, 3, "other");
  const auto first = task_info(archive, 1, 0, "CFNetworkUpload_A.tmp");
  const auto root = archive.dictionary({{archive.number(2), second}, {archive.number(1), first}});
  return archive.bytes(root);
}

class NsurlsessiondSessionTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = scratch_dir();
    files_ = {"shown", dir_ + "/main", false, kModified};
  }
  void main_file(const std::string& bytes) { write_file(files_.private_path, bytes); }
  void part(const std::string& name, const std::string& bytes) {
    const std::string path = dir_ + "/part" + std::to_string(files_.parts.size());
    write_file(path, bytes);
    files_.parts.push_back({name, path, bytes.size(), kLater});
  }
  CollectedStore read() {
    CollectedStore sink;
    const auto result = store_.read(files_, sink);
    EXPECT_TRUE(result.ok()) << result.error().text();
    if (result.ok()) {
      stats_ = *result;
      EXPECT_EQ(stats_.read, stats_.matched + stats_.unparsed);
    }
    return sink;
  }
  bool probe(std::string& why) const { return *store_.probe(files_, why); }

  NsurlsessiondSession store_;
  std::string dir_;
  StoreFiles files_;
  StoreStats stats_;
};

TEST_F(NsurlsessiondSessionTest, a_whole_folder_is_one_session) {
  main_file(configuration("photos"));
  part("options.plist", options(kCreated));
  part("tasks.plist", tasks());
  files_.parts.push_back({"Uploads/CFNetworkUpload_A.tmp", "", 99'000'000, kLater});
  files_.parts.push_back({"Uploads/CFNetworkUpload_B.tmp", "", 5, kLater});
  const auto got = read();
  EXPECT_TRUE(got.issues.empty());
  std::string dump;
  for (const Event& e : got.events) {
    dump += format_iso(*e.t_src, 3) + " " + std::string(kind_name(e.kind)) + " " + e.bundle + " (" + e.store_row + ") " +
            encode_fields(e.fields) + "\n";
  }
  expect_golden("stores/nsurlsessiond_session.txt", dump);
  ASSERT_EQ(got.events.size(), 6U);
  const Event& session = got.events[0];
  EXPECT_EQ(session.kind, EventKind::store_session);
  EXPECT_EQ(session.t_src, kModified);
  EXPECT_EQ(session.bundle, "com.example.app");
  EXPECT_EQ(session.fields.text(Field::identifier), "photos");
  EXPECT_EQ(session.fields.boolean(Field::sends_launch_events), true);
  EXPECT_EQ(session.fields.boolean(Field::discretionary), false);
  EXPECT_EQ(session.fields.real(Field::request_timeout), 60);
  EXPECT_EQ(session.fields.time(Field::disconnected_at), TimeNs{1'763'470'863'500'000'000});
  const Event& snapshot = got.events[1];
  EXPECT_EQ(snapshot.kind, EventKind::store_snapshot);
  EXPECT_EQ(snapshot.t_src, kLater) << "the time of tasks.plist";
  EXPECT_EQ(snapshot.fields.boolean(Field::complete), false) << "other sessions have folders of their own";
  EXPECT_EQ(snapshot.fields.integer(Field::count), 2);
  const Event& running = got.events[2];
  EXPECT_EQ(running.kind, EventKind::store_entry);
  EXPECT_EQ(running.store_row, "tasks.plist task 1");
  EXPECT_EQ(running.fields.integer(Field::id), 1);
  EXPECT_EQ(running.fields.uuid(Field::uuid)->text(), "AAAAAAAA-AAAA-AAAA-AAAA-AAAAAAAAAAAA");
  EXPECT_EQ(running.fields.text(Field::state), "running");
  EXPECT_EQ(running.fields.text(Field::task_kind), "upload-file");
  EXPECT_EQ(running.fields.text(Field::url), "https://example.com/upload/1");
  EXPECT_EQ(running.fields.text(Field::method), "PUT");
  EXPECT_EQ(running.fields.time(Field::created_at), TimeNs{1'763'470'863'500'000'000});
  EXPECT_EQ(running.fields.time(Field::begin_at), TimeNs{1'763'470'923'500'000'000});
  EXPECT_EQ(running.fields.integer(Field::suspend_count), 1);
  EXPECT_EQ(running.fields.integer(Field::sent), 10);
  const Event& ended = got.events[3];
  EXPECT_EQ(ended.fields.boolean(Field::pending_callback), true);
  EXPECT_EQ(ended.fields.integer(Field::error_code), -1005);
  EXPECT_EQ(got.events[4].kind, EventKind::store_file);
  EXPECT_EQ(got.events[4].fields.integer(Field::size), 99'000'000);
  EXPECT_TRUE(got.events[4].fields.has(Field::uuid)) << "the body of task 1";
  EXPECT_FALSE(got.events[5].fields.has(Field::uuid)) << "no task names this copy";
}

TEST_F(NsurlsessiondSessionTest, each_property_list_is_known_alone) {
  std::string why;
  for (const auto& [bytes, reason] :
       {std::pair(configuration("photos"), "has the configuration of a session"),
        std::pair(options(kCreated), "has the options of a session"), std::pair(tasks(), "has the tasks of a session")}) {
    main_file(bytes);
    EXPECT_TRUE(store_.may_be(bytes.substr(0, kStoreHeadBytes)));
    EXPECT_TRUE(probe(why));
    EXPECT_EQ(why, reason);
  }
  EXPECT_TRUE(store_.belongs("Uploads/CFNetworkUpload_A.tmp"));
  EXPECT_FALSE(store_.belongs("Uploads/CFNetworkUpload_"));
  EXPECT_FALSE(store_.belongs("Uploads/CFNetworkUpload_A/b"));
  EXPECT_FALSE(store_.belongs("a.log"));
}

TEST_F(NsurlsessiondSessionTest, a_session_that_nothing_names_is_shown_by_its_hash) {
  const std::string bundle(40, 'A');
  main_file(options(kCreated));
  files_.shown_path = "com.apple.nsurlsessiond/" + bundle + "/" + kHash + "/options.plist";
  auto got = read();
  ASSERT_EQ(got.events.size(), 1U);
  EXPECT_EQ(got.events[0].fields.text(Field::identifier), kHash);
  EXPECT_EQ(got.events[0].bundle, bundle);
  EXPECT_TRUE(got.has(IssueKind::loss, "known only by its hash " + kHash));

  files_.shown_path = kHash + "/options.plist";
  got = read();
  ASSERT_EQ(got.events.size(), 1U);
  EXPECT_EQ(got.events[0].fields.text(Field::identifier), kHash);
  EXPECT_EQ(got.events[0].bundle, "");

  for (const std::string path : {"copied/options.plist", "options.plist", "/options.plist"}) {
    files_.shown_path = path;
    got = read();
    EXPECT_TRUE(got.events.empty()) << path;
    EXPECT_EQ(stats_.unparsed, 1U);
    EXPECT_TRUE(got.has(IssueKind::unparsed, "options.plist: nothing names the session"));
  }
  files_.shown_path = bundle + "/copied/options.plist";
  EXPECT_TRUE(read().events.empty()) << "the hash of a bundle is none of a session";
}

TEST_F(NsurlsessiondSessionTest, of_a_session_without_tasks_the_folder_names_the_bundle) {
  const std::string bundle(40, 'B');
  main_file(configuration("photos"));
  part("options.plist", options(kCreated));
  files_.shown_path = "x/" + bundle + "/" + kHash;
  auto got = read();
  ASSERT_EQ(got.events.size(), 1U);
  EXPECT_EQ(got.events[0].bundle, bundle);
  EXPECT_EQ(got.events[0].fields.text(Field::identifier), "photos");
  EXPECT_TRUE(got.issues.empty());
  part("tasks.plist", tasks());
  got = read();
  EXPECT_EQ(got.events[0].bundle, "com.example.app") << "a name is more than a hash";
}

TEST_F(NsurlsessiondSessionTest, the_older_class_and_its_text_uuid) {
  ArchiveBuilder archive;
  const auto uuid = archive.text("00000000-0000-4000-8000-00000000000B");
  const auto session = archive.text("photos");
  const auto info =
      archive.object("NDTaskInfo", {{"uniqueIdentifier", uuid}, {"sessionID", session}}, {{"identifier", 4}, {"state", 1}});
  main_file(archive.bytes(archive.dictionary({{archive.number(4), info}})));
  const auto got = read();
  ASSERT_EQ(got.events.size(), 2U);
  EXPECT_EQ(got.events[1].fields.uuid(Field::uuid)->text(), "00000000-0000-4000-8000-00000000000B");
  EXPECT_EQ(got.events[1].fields.text(Field::state), "suspended");
}

TEST_F(NsurlsessiondSessionTest, bad_tasks_are_counted_and_the_others_kept) {
  ArchiveBuilder archive;
  const auto good = task_info(archive, 1, 0, "a");
  const auto twice = task_info(archive, 1, 1, "b");
  const auto odd = task_info(archive, 3, 9, "c");
  const auto text = archive.text("no task");
  const auto root = archive.dictionary({{archive.number(1), good},
                                        {archive.number(7), twice},
                                        {archive.number(3), odd},
                                        {archive.number(5), text},
                                        {archive.number(6), ArchiveBuilder::kNil}});
  main_file(archive.bytes(root));
  const auto got = read();
  EXPECT_EQ(stats_.read, 5U);
  EXPECT_EQ(stats_.unparsed, 3U);
  ASSERT_EQ(got.events.size(), 3U);
  EXPECT_TRUE(got.has(IssueKind::unparsed, "task 5: no task"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "task 6: no task"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "task 7: its number is that of another task"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "task 3: state is none of 0 to 3"));
}

TEST_F(NsurlsessiondSessionTest, a_cyclic_archive_ends) {
  ArchiveBuilder archive;
  // A dictionary that is its own value: UID 1 is the first object that is added.
  const auto root = archive.dictionary(std::vector<std::pair<ArchiveBuilder::Uid, ArchiveBuilder::Uid>>{{2, 1}});
  main_file(archive.bytes(root));
  std::string why;
  EXPECT_FALSE(probe(why));
  EXPECT_EQ(why.substr(0, 23), "a keyed archive, but no");
}

TEST_F(NsurlsessiondSessionTest, other_files_and_cut_ones_are_refused_with_a_reason) {
  EXPECT_FALSE(store_.may_be(""));
  EXPECT_FALSE(store_.may_be("{\"NSURLSessionConfiguration\": \"NSKeyedArchiver\"}\n"));
  ArchiveBuilder archive;
  const auto other = archive.text("words");
  EXPECT_FALSE(store_.may_be(archive.bytes(archive.array({other}))));
  const std::string whole = tasks();
  std::string why;
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    main_file(whole.substr(0, size));
    EXPECT_FALSE(probe(why)) << size;
    EXPECT_FALSE(why.empty());
    CollectedStore sink;
    const auto result = store_.read(files_, sink);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().path, "shown");
  }
}

}  // namespace
}  // namespace uptrail::test
