#include "collector/stores/nsurlsessiond_tasks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "collector/plist/build.h"
#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"
#include "tests/collector/stores/store_fixture.h"
#include "tests/support/files.h"

namespace uptrail::test {
namespace {

namespace fs = std::filesystem;

constexpr TimeNs kModified{1'763'470'863'000'000'000};

std::string tables_of(const std::string& version) {
  return version == "3" ? "schemas/stores/nsurlsessiond_tasks_v3.sql" : "tests/collector/stores/tasks_v" + version + ".sql";
}

// A store as the daemon would have left it: synthetic, made from the documented tables (docs/formats/nsurlsessiond_tasks.md).
class NsurlsessiondTasksTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = scratch_dir();
    files_ = {"shown/tasks.sqlite", dir_ + "/tasks.sqlite", false, kModified};
  }
  sqlite::Connection create(const std::string& version = "3", const std::string& mode = "DELETE") {
    auto db = sqlite::Connection::open(files_.private_path, sqlite::Access::write);
    EXPECT_TRUE(db.ok());
    const auto made = db->exec("PRAGMA synchronous = OFF; PRAGMA journal_mode = " + mode + "; PRAGMA user_version = " + version +
                               ";" + read_file(source_path(tables_of(version))));
    EXPECT_TRUE(made.ok()) << made.error().text();
    return db.take();
  }
  static void run(sqlite::Connection& db, const std::string& sql) {
    const auto status = db.exec(sql);
    EXPECT_TRUE(status.ok()) << status.error().text();
  }
  static void insert(sqlite::Connection& db, int id, int state, const std::string& uuid_byte) {
    std::string uuid;
    for (int i = 0; i < 16; ++i) uuid += uuid_byte;
    run(db,
        "INSERT INTO session_tasks(identifier, task_kind, creation_time, state, task_description, file_url, bundle_id, "
        "session_id, "
        "unique_identifier, count_of_bytes_sent, count_of_bytes_expected_to_send) VALUES(" +
            std::to_string(id) + ", 1, 785163663.5, " + std::to_string(state) + ", 'photo " + std::to_string(id) + "', x'" +
            hex(body_url()) + "', 'com.example.app', 'photos', x'" + uuid + "', 1000, 2000)");
  }
  static std::string body_url() {
    plist::ArchiveBuilder archive;
    const auto root = archive.url("file:///private/body.bin");
    return archive.bytes(root);
  }
  static std::string hex(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    }
    return out;
  }
  CollectedStore read(std::size_t stop_after = SIZE_MAX) {
    CollectedStore sink;
    sink.stop_after = stop_after;
    const auto result = store_.read(files_, sink);
    EXPECT_TRUE(result.ok()) << result.error().text();
    if (result.ok()) {
      stats_ = *result;
      EXPECT_EQ(stats_.read, stats_.matched + stats_.unparsed);
    }
    return sink;
  }

  NsurlsessiondTasks store_;
  std::string dir_;
  StoreFiles files_;
  StoreStats stats_;
};

TEST_F(NsurlsessiondTasksTest, gives_a_snapshot_and_one_entry_a_task) {
  {
    auto db = create();
    insert(db, 2, 3, "bb");
    insert(db, 1, 0, "aa");
  }
  std::string why;
  EXPECT_TRUE(*store_.probe(files_, why)) << why;
  const auto got = read();
  EXPECT_TRUE(got.issues.empty());
  ASSERT_EQ(got.events.size(), 3U);
  const auto& snapshot = got.events.back();
  EXPECT_EQ(snapshot.kind, EventKind::store_snapshot);
  EXPECT_EQ(snapshot.fields.text(Field::store), "daemon");
  EXPECT_EQ(snapshot.fields.boolean(Field::complete), true);
  EXPECT_EQ(snapshot.fields.integer(Field::count), 2);
  EXPECT_EQ(snapshot.fields.time(Field::taken_at), kModified);
  EXPECT_EQ(snapshot.t_src, kModified);
  const auto& running = got.events[0];
  EXPECT_EQ(running.kind, EventKind::store_entry);
  EXPECT_EQ(running.observer, Observer::store);
  EXPECT_EQ(running.bundle, "com.example.app");
  EXPECT_EQ(running.store_row, "session_tasks rowid 2");
  EXPECT_EQ(running.pattern, "store:nsurlsessiond_tasks");
  EXPECT_EQ(running.fields.text(Field::identifier), "photos");
  EXPECT_EQ(running.fields.integer(Field::id), 1);
  EXPECT_EQ(running.fields.uuid(Field::uuid)->text(), "AAAAAAAA-AAAA-AAAA-AAAA-AAAAAAAAAAAA");
  EXPECT_EQ(running.fields.text(Field::state), "running");
  EXPECT_EQ(running.fields.text(Field::desc), "photo 1");
  EXPECT_EQ(running.fields.text(Field::task_kind), "upload-file");
  EXPECT_EQ(running.fields.integer(Field::sent), 1000);
  EXPECT_EQ(running.fields.integer(Field::expected), 2000);
  EXPECT_EQ(running.fields.text(Field::file), "file:///private/body.bin");
  EXPECT_EQ(running.fields.time(Field::created_at), TimeNs{1'763'470'863'500'000'000});
  EXPECT_FALSE(running.fields.has(Field::pending_callback));
  EXPECT_FALSE(running.fields.has(Field::error));
  const auto& ended = got.events[1];
  EXPECT_EQ(ended.fields.text(Field::state), "completed");
  EXPECT_EQ(ended.fields.boolean(Field::pending_callback), true);
  EXPECT_FALSE(ended.fields.has(Field::error));
}

TEST_F(NsurlsessiondTasksTest, opens_archived_errors_and_requests) {
  plist::ArchiveBuilder error_builder;
  const auto below = error_builder.error("NSPOSIXErrorDomain", 54);
  const auto error = error_builder.bytes(error_builder.error("NSURLErrorDomain", -1005, {{"NSUnderlyingError", below}}));
  plist::ArchiveBuilder request_builder;
  const auto request = request_builder.bytes(request_builder.request("https://example.com/upload/7", "PUT"));
  {
    auto db = create();
    insert(db, 7, 3, "aa");
    auto update = db.prepare("UPDATE session_tasks SET error = ?1, current_request = ?2");
    ASSERT_TRUE(update.ok());
    const auto error_bytes = plist::as_bytes(error);
    const auto request_bytes = plist::as_bytes(request);
    ASSERT_TRUE(update->run(std::span<const std::byte>(error_bytes), std::span<const std::byte>(request_bytes)).ok());
  }
  const auto got = read();
  EXPECT_TRUE(got.issues.empty());
  ASSERT_EQ(got.events.size(), 2U);
  const Fields& fields = got.events[0].fields;
  EXPECT_EQ(fields.text(Field::error_domain), "NSURLErrorDomain");
  EXPECT_EQ(fields.integer(Field::error_code), -1005);
  EXPECT_EQ(fields.text(Field::error), "NSURLErrorDomain -1005 < NSPOSIXErrorDomain 54");
  EXPECT_EQ(fields.text(Field::url), "https://example.com/upload/7");
}

TEST_F(NsurlsessiondTasksTest, says_which_archive_cannot_be_read) {
  {
    auto db = create();
    insert(db, 7, 3, "aa");
    run(db, "UPDATE session_tasks SET error = x'62706c6973743030', current_request = x'00'");
  }
  const auto got = read();
  EXPECT_TRUE(
      got.has(IssueKind::bad_value, "session_tasks rowid 1: error is no keyed archive: binary property list: the file ends"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "session_tasks rowid 1: current_request is no keyed archive: not a property list"));
  ASSERT_EQ(got.events.size(), 2U);
  EXPECT_EQ(got.events[0].fields.text(Field::error), "archived") << "the row is kept";
}

TEST_F(NsurlsessiondTasksTest, tells_waits_retries_and_answers) {
  plist::ArchiveBuilder builder;
  const auto retry = builder.bytes(builder.error("NSURLErrorDomain", -1001));
  {
    auto db = create();
    insert(db, 7, 0, "aa");
    insert(db, 8, 1, "bb");
    run(db,
        "UPDATE session_tasks SET earliest_begin_date = 1763500000.25, suspend_count = 2, retry_count = 5, has_started = 1, "
        "discretionary = 1, retry_error = x'" +
            hex(retry) +
            "' WHERE identifier = 7;"
            // 0: no date. Columns of another type are told and left out.
            "UPDATE session_tasks SET earliest_begin_date = 0.0, creation_time = 'yesterday', has_started = 0, discretionary = 0 "
            "WHERE identifier = 8");
  }
  const auto got = read();
  ASSERT_EQ(got.events.size(), 3U);
  const Fields& waits = got.events[0].fields;
  EXPECT_EQ(waits.time(Field::begin_at), TimeNs{1'763'500'000'250'000'000}) << "since 1970, unlike creation_time";
  EXPECT_EQ(waits.integer(Field::suspend_count), 2);
  EXPECT_EQ(waits.integer(Field::retries), 5);
  EXPECT_EQ(waits.boolean(Field::started), true);
  EXPECT_EQ(waits.boolean(Field::discretionary), true);
  EXPECT_EQ(waits.text(Field::why), "last attempt: NSURLErrorDomain -1001");
  const Fields& plain = got.events[1].fields;
  EXPECT_FALSE(plain.has(Field::begin_at));
  EXPECT_FALSE(plain.has(Field::created_at));
  EXPECT_EQ(plain.boolean(Field::started), false);
  ASSERT_EQ(got.issues.size(), 1U);
  EXPECT_TRUE(got.has(IssueKind::bad_value, "rowid 2: creation_time is no number"));
}

TEST_F(NsurlsessiondTasksTest, tells_the_configuration_of_sessions) {
  plist::ArchiveBuilder builder;
  const auto identifier = builder.text("photos");
  const auto group = builder.text("group.example");
  const auto configuration = builder.bytes(
      builder.object("NSURLSessionConfiguration", {{"identifier", identifier}, {"sharedContainerIdentifier", group}},
                     {{"discretionary", 1}, {"sessionSendsLaunchEvents", 0}, {"timeoutIntervalForResource", 3600}}));
  plist::ArchiveBuilder other;
  const auto when = other.date(785163663.5);
  const auto options = other.bytes(other.dictionary({{"NSURLSessionLastDisconnectDateKey", when}}));
  {
    auto db = create();
    run(db, "INSERT INTO sessions VALUES('com.example.app', 'photos', x'" + hex(options) + "', x'" + hex(configuration) +
                "'), ('com.example.app', 'old', NULL, x'00'), ('com.example.app', x'ff', NULL, NULL)");
  }
  const auto got = read();
  EXPECT_EQ(stats_.read, 3U);
  EXPECT_EQ(stats_.unparsed, 1U);
  ASSERT_EQ(got.events.size(), 3U);
  EXPECT_EQ(got.events.back().fields.boolean(Field::complete), true) << "the tasks are all there";
  EXPECT_EQ(got.events.back().fields.integer(Field::count), 0);
  EXPECT_EQ(got.events[0].fields.text(Field::identifier), "old");
  const Event& photos = got.events[1];
  EXPECT_EQ(photos.kind, EventKind::store_session);
  EXPECT_EQ(photos.bundle, "com.example.app");
  EXPECT_EQ(photos.fields.text(Field::identifier), "photos");
  EXPECT_EQ(photos.fields.boolean(Field::discretionary), true);
  EXPECT_EQ(photos.fields.boolean(Field::sends_launch_events), false);
  EXPECT_EQ(photos.fields.real(Field::resource_timeout), 3600);
  EXPECT_EQ(photos.fields.text(Field::shared_container), "group.example");
  EXPECT_EQ(photos.fields.time(Field::disconnected_at), TimeNs{1'763'470'863'500'000'000});
  EXPECT_TRUE(got.has(IssueKind::bad_value, "sessions rowid 2: configuration is no keyed archive"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "sessions rowid 3: session_id is no text"));
}

TEST_F(NsurlsessiondTasksTest, reads_what_is_still_in_the_wal) {
  const std::string original = dir_ + "/original.sqlite";
  files_.private_path = original;
  auto db = create("3", "WAL");
  run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
  insert(db, 1, 1, "aa");
  // Copied while the daemon has it open, as on a device.
  files_.private_path = dir_ + "/copy.sqlite";
  fs::copy_file(original, files_.private_path);
  ASSERT_GT(fs::file_size(original + "-wal"), 0U);
  fs::copy_file(original + "-wal", files_.private_path + "-wal");
  files_.has_wal = true;
  auto got = read();
  ASSERT_EQ(got.events.size(), 2U);
  EXPECT_EQ(got.events[0].fields.text(Field::state), "suspended");
  EXPECT_EQ(got.events.back().fields.boolean(Field::complete), true);
  EXPECT_TRUE(got.issues.empty());

  // Without its -wal the row is not there, and the reader says so.
  files_.private_path = dir_ + "/alone.sqlite";
  fs::copy_file(original, files_.private_path);
  files_.has_wal = false;
  got = read();
  ASSERT_EQ(got.events.size(), 1U);
  EXPECT_EQ(got.events.back().fields.boolean(Field::complete), false);
  EXPECT_EQ(got.events.back().fields.integer(Field::count), 0);
  EXPECT_TRUE(got.has(IssueKind::loss, "wal"));
}

TEST_F(NsurlsessiondTasksTest, reads_every_older_version) {
  for (const std::string version : {"0", "1", "2"}) {
    fs::remove(files_.private_path);
    {
      auto db = create(version);
      insert(db, 1, 2, "aa");
    }
    const auto got = read();
    ASSERT_EQ(got.events.size(), 2U) << version;
    EXPECT_EQ(got.events[0].fields.text(Field::state), "canceling");
    EXPECT_TRUE(got.issues.empty());
  }
}

TEST_F(NsurlsessiondTasksTest, survives_a_table_with_the_required_columns_only) {
  {
    auto db = sqlite::Connection::open(files_.private_path, sqlite::Access::write);
    ASSERT_TRUE(db.ok());
    run(*db,
        "PRAGMA user_version = 9; CREATE TABLE session_tasks(identifier, session_id, state, unique_identifier);"
        "INSERT INTO session_tasks VALUES(5, 's', 0, x'000102030405060708090a0b0c0d0e0f')");
  }
  const auto got = read();
  ASSERT_EQ(got.events.size(), 2U);
  EXPECT_EQ(got.events[0].bundle, "");
  EXPECT_FALSE(got.events[0].fields.has(Field::sent));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "version 9"));
}

TEST_F(NsurlsessiondTasksTest, counts_rows_it_cannot_use_and_keeps_the_others) {
  {
    auto db = create();
    insert(db, 1, 0, "aa");
    insert(db, 2, 0, "bb");
    insert(db, 3, 7, "cc");
    insert(db, 4, 0, "dd");
    run(db,
        "UPDATE session_tasks SET identifier = 'junk' WHERE identifier = 1;"
        "UPDATE session_tasks SET session_id = x'00ff' WHERE identifier = 2;"
        "UPDATE session_tasks SET unique_identifier = 'short', task_description = x'ff', count_of_bytes_sent = 'many',"
        " count_of_bytes_expected_to_send = -1, bundle_id = NULL, task_kind = 4 WHERE identifier = 4");
  }
  const auto got = read();
  EXPECT_EQ(stats_.read, 4U);
  EXPECT_EQ(stats_.unparsed, 2U);
  ASSERT_EQ(got.events.size(), 3U);
  EXPECT_EQ(got.events.back().fields.boolean(Field::complete), false);
  EXPECT_EQ(got.events.back().fields.integer(Field::count), 4);
  EXPECT_FALSE(got.events[0].fields.has(Field::state));
  const auto& poor = got.events[1].fields;
  for (const auto field : {Field::uuid, Field::desc, Field::sent, Field::expected, Field::task_kind}) {
    EXPECT_FALSE(poor.has(field)) << field_name(field);
  }
  EXPECT_TRUE(got.has(IssueKind::unparsed, "rowid 1: identifier"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "rowid 2: session_id"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "rowid 3: state"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "rowid 4: unique_identifier"));
}

TEST_F(NsurlsessiondTasksTest, cuts_endless_text_and_repairs_invalid_text) {
  {
    auto db = create();
    insert(db, 1, 0, "aa");
    insert(db, 2, 0, "bb");
    run(db,
        "UPDATE session_tasks SET task_description = hex(zeroblob(100000)) WHERE identifier = 1;"
        "UPDATE session_tasks SET task_description = CAST(x'61ff62' AS TEXT) WHERE identifier = 2");
  }
  const auto got = read();
  ASSERT_EQ(got.events.size(), 3U);
  EXPECT_LE(got.events[0].fields.text(Field::desc).size(), 70'000U);
  EXPECT_TRUE(got.has(IssueKind::limit, "task_description"));
  EXPECT_EQ(got.events[1].fields.text(Field::desc),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_TRUE(got.has(IssueKind::invalid_utf8, "task_description"));
}

TEST_F(NsurlsessiondTasksTest, tells_where_an_interrupted_upload_goes_on) {
  plist::ArchiveBuilder builder;
  const auto draft = builder.text("6");
  const auto url = builder.url("https://example.com/uploads/17");
  const auto kind = builder.number(1);
  std::string resume = builder.bytes(builder.dictionary({{"draftVersion", draft}, {"resumeURL", url}, {"bodyType", kind}}));
  resume.replace(0, 8, "\x01\x02\x03\x04\x05\x06\x07\x08");
  plist::ArchiveBuilder options;
  const auto words = options.text("AVFoundation's own");
  const std::string other = options.bytes(options.dictionary({{"options", words}}));
  {
    auto db = create();
    for (const int id : {1, 2, 3, 4}) insert(db, id, 0, std::to_string(id) + "0");
    run(db, "UPDATE session_tasks SET resumable_upload_data = x'" + hex(resume) +
                "' WHERE identifier = 1;"
                // Bound one column too early.
                "UPDATE session_tasks SET av_asset_options_plist = x'" +
                hex(resume) + "' WHERE identifier = 2; UPDATE session_tasks SET av_asset_options_plist = x'" + hex(other) +
                "' WHERE identifier = 3; UPDATE session_tasks SET resumable_upload_data = x'0011223344556677889900' WHERE "
                "identifier = 4");
  }
  const auto got = read();
  ASSERT_EQ(got.events.size(), 5U);
  for (const std::size_t i : {0U, 1U}) {
    EXPECT_EQ(got.events[i].fields.text(Field::location), "https://example.com/uploads/17");
    EXPECT_EQ(got.events[i].fields.text(Field::text), "resume data: draft version 6; body from file");
    EXPECT_EQ(got.events[i].fields.text(Field::file), "file:///private/body.bin") << "of the task itself";
  }
  EXPECT_FALSE(got.events[2].fields.has(Field::location));
  EXPECT_FALSE(got.events[3].fields.has(Field::location));
  ASSERT_EQ(got.issues.size(), 1U);
  EXPECT_TRUE(got.has(IssueKind::bad_value, "rowid 4: resumable_upload_data is no resume data"));
}

TEST_F(NsurlsessiondTasksTest, damage_costs_only_what_it_hits) {
  constexpr int kRows = 400;
  {
    auto db = create();
    run(db, "BEGIN");
    for (int id = 1; id <= kRows; ++id) insert(db, id, 0, "aa");
    run(db, "COMMIT");
  }
  // The page with this row is no page.
  std::string bytes = read_file(files_.private_path);
  constexpr std::size_t kPage = 4096;
  const std::size_t page = bytes.find("photo 300") / kPage;
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(page * kPage), kPage, '\xff');
  write_file(files_.private_path, bytes);
  const auto got = read();
  EXPECT_GT(got.events.size(), kRows / 4U) << "the rows before it are there";
  EXPECT_LT(got.events.size(), kRows + 1U);
  EXPECT_EQ(got.events.back().kind, EventKind::store_snapshot);
  EXPECT_EQ(got.events.back().fields.boolean(Field::complete), false);
  EXPECT_TRUE(got.has(IssueKind::damaged, "damaged"));
}

TEST_F(NsurlsessiondTasksTest, order_does_not_depend_on_rowids) {
  const auto uuids = [&](bool reversed) {
    fs::remove(files_.private_path);
    {
      auto db = create();
      for (const int id : {1, 2, 3}) {
        insert(db, reversed ? 4 - id : id, 0, reversed ? std::to_string(4 - id) + "0" : std::to_string(id) + "0");
      }
    }
    std::string out;
    for (const auto& event : read().events) {
      out += event.fields.uuid(Field::uuid).value_or(Uuid{}).text() + "\n";
    }
    return out;
  };
  EXPECT_EQ(uuids(false), uuids(true));
}

TEST_F(NsurlsessiondTasksTest, stops_when_the_sink_says_so) {
  {
    auto db = create();
    insert(db, 1, 0, "aa");
    insert(db, 2, 0, "bb");
  }
  EXPECT_EQ(read(2).events.size(), 2U);
}

TEST_F(NsurlsessiondTasksTest, refuses_other_databases_and_says_why) {
  std::string why;
  write_file(files_.private_path, "");
  {
    auto db = sqlite::Connection::open(files_.private_path, sqlite::Access::write);
    ASSERT_TRUE(db.ok());
    run(*db, "CREATE TABLE notes(id)");
  }
  EXPECT_FALSE(*store_.probe(files_, why));
  EXPECT_EQ(why, "no table session_tasks");
  CollectedStore sink;
  const auto result = store_.read(files_, sink);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().path, "shown/tasks.sqlite");
  EXPECT_TRUE(sink.events.empty());
  {
    auto db = sqlite::Connection::open(files_.private_path, sqlite::Access::write);
    run(*db, "CREATE TABLE session_tasks(identifier, session_id, state)");
  }
  EXPECT_FALSE(*store_.probe(files_, why));
  EXPECT_EQ(why, "table session_tasks has no column unique_identifier");
}

TEST_F(NsurlsessiondTasksTest, a_planted_view_or_virtual_table_is_not_the_table) {
  std::string why;
  {
    auto db = sqlite::Connection::open(files_.private_path, sqlite::Access::write);
    ASSERT_TRUE(db.ok());
    run(*db,
        "CREATE VIEW session_tasks AS WITH RECURSIVE n(identifier, session_id, state, unique_identifier) AS (VALUES(1, 's', 0, "
        "x'00')"
        " UNION ALL SELECT identifier + 1, 's', 0, x'00' FROM n) SELECT * FROM n");
  }
  EXPECT_FALSE(*store_.probe(files_, why));
}

TEST_F(NsurlsessiondTasksTest, junk_and_truncated_files_are_errors_with_their_path) {
  std::string why;
  EXPECT_FALSE(store_.may_be("hello"));
  EXPECT_FALSE(store_.may_be(""));
  write_file(files_.private_path, std::string(5000, 'x'));
  const auto junk = store_.probe(files_, why);
  ASSERT_FALSE(junk.ok());
  EXPECT_EQ(junk.error().kind, ErrorKind::unreadable);
  EXPECT_EQ(junk.error().path, "shown/tasks.sqlite");
  fs::remove(files_.private_path);
  {
    auto db = create();
    for (int i = 0; i < 200; ++i) insert(db, i, 0, "aa");
  }
  const std::string whole = read_file(files_.private_path);
  EXPECT_TRUE(store_.may_be(std::string_view(whole).substr(0, 4096)));
  for (const double share : {0.9, 0.5, 0.2, 0.05}) {
    write_file(files_.private_path, whole.substr(0, static_cast<std::size_t>(share * static_cast<double>(whole.size()))));
    CollectedStore sink;
    const auto result = store_.read(files_, sink);
    // Either nothing, with an error, or some rows with an issue; never all, never silence.
    if (result.ok()) {
      EXPECT_LT(result->read, 200U);
      EXPECT_TRUE(sink.has(IssueKind::damaged, "row"));
      EXPECT_EQ(sink.events.front().fields.boolean(Field::complete), false);
    } else {
      EXPECT_EQ(result.error().path, "shown/tasks.sqlite");
    }
  }
}

TEST(Stores, each_has_its_page) {
  ASSERT_FALSE(builtin_stores().empty());
  for (const auto* store : builtin_stores()) {
    EXPECT_NE(read_file(source_path(std::string(store->info().doc))).find(store->info().id), std::string::npos);
  }
}

}  // namespace
}  // namespace uptrail::test
