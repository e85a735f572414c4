// collect() over folders and archives: what is used, what is passed over and why, and that packing changes nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "collector/pipeline/collect.h"
#include "collector/pipeline/member_kind.h"
#include "collector/sqlite/connection.h"
#include "tests/support/archives.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

namespace fs = std::filesystem;
using test::ArchiveFile;
using test::ArchiveFilter;
using test::ArchiveFormat;
using test::make_archive;
using test::packed;
using test::scratch_dir;
using test::write_file;
using Kind = ArchiveFile::Kind;

const std::string& app() {
  static const std::string text = test::read_file(test::source_path("assets/samples/instrumented/app.ndjson"));
  return text;
}
const std::string& system_log() {
  static const std::string text = test::read_file(test::source_path("assets/samples/instrumented/system.log"));
  return text;
}
// Lines with times in front that say nothing about transfers: recognised, but not surely.
const std::string kOtherText = "some\nwords\nbefore\nit\nbegins\n2026-11-18 14:00:01.000 Df wifid[45:101] joined\n";
const std::string kTracev3("\x00\x10\x00\x00\x11\x00\x00\x00\xD0\x00\x00\x00\x00\x00\x00\x00rest of a header", 32);

// The scratch folder of this test; scratch_dir() empties it.
const std::string& test_dir() {
  static std::string dir;
  static std::string owner;
  const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
  if (owner != test) {
    owner = test;
    dir = scratch_dir();
  }
  return dir;
}

std::string save(const std::string& name, const std::string& bytes) {
  const std::string path = test_dir() + "/" + name;
  write_file(path, bytes);
  return path;
}

struct Collected {
  std::unique_ptr<CaseWriter> writer = create_memory_case().take();
  Result<CollectReport> report = fail(ErrorKind::internal, "not run");
  std::string findings() {
    std::string out;
    const Derived derived = writer->reader().derived().take();
    for (const Finding& f : derived.findings) {
      out += f.fingerprint + " " + f.title + "\n";
    }
    return out;
  }
  const Contents::Group* group(MemberFate fate) const {
    for (const Contents& c : report->contents) {
      for (const Contents::Group& g : c.groups) {
        if (g.fate == fate) {
          return &g;
        }
      }
    }
    return nullptr;
  }
  std::uint64_t count(MemberFate fate) const { return group(fate) == nullptr ? 0 : group(fate)->members; }
  std::vector<std::string> paths() const {
    std::vector<std::string> out;
    for (const Source& s : report->sources) {
      out.push_back(s.path);
    }
    return out;
  }
};

void run(Collected& out, std::vector<std::string> paths, std::map<std::string, std::string> dates = {}) {
  CollectOptions options;
  options.paths = std::move(paths);
  options.dates = std::move(dates);
  out.report = collect(*out.writer, options);
}

TEST(CollectTrees, packing_changes_nothing_that_is_found) {
  const std::string dir = test_dir() + "/folder";
  fs::create_directory(dir);
  write_file(dir + "/app.ndjson", app());
  write_file(dir + "/system.log", system_log());
  Collected plain;
  run(plain, {dir + "/app.ndjson", dir + "/system.log"});
  ASSERT_TRUE(plain.report.ok()) << plain.report.error().text();
  const std::string expected = plain.findings();
  EXPECT_NE(expected, "");
  EXPECT_TRUE(plain.report->contents.empty());

  const std::vector<ArchiveFile> files = {{"in/system.log", system_log()}, {"in/app.ndjson", app()}};
  std::vector<std::string> inputs = {dir};
  inputs.push_back(save("a.tar.gz", make_archive(ArchiveFormat::tar, ArchiveFilter::gzip, files)));
  inputs.push_back(save("a.tar.zst", make_archive(ArchiveFormat::tar, ArchiveFilter::zstd, files)));
  inputs.push_back(save("a.zip", make_archive(ArchiveFormat::zip, ArchiveFilter::none, files)));
  for (const std::string& input : inputs) {
    SCOPED_TRACE(input);
    Collected one;
    run(one, {input});
    ASSERT_TRUE(one.report.ok()) << one.report.error().text();
    EXPECT_EQ(one.findings(), expected);
    ASSERT_EQ(one.report->contents.size(), 1U);
    EXPECT_EQ(one.count(MemberFate::used), 2U);
    EXPECT_EQ(one.report->contents[0].members(), 2U);
  }
}

TEST(CollectTrees, paths_show_where_a_member_lies) {
  const std::string path = save("sysdiagnose.tar.gz", make_archive(ArchiveFormat::tar, ArchiveFilter::gzip,
                                                                   {{"logs/app.gz", packed(ArchiveFilter::gzip, app())}}));
  Collected c;
  run(c, {path});
  ASSERT_TRUE(c.report.ok()) << c.report.error().text();
  EXPECT_EQ(c.paths(), std::vector<std::string>{path + "!/logs/app.gz"});
}

TEST(CollectTrees, one_compressed_file_is_that_file) {
  const std::string path = save("app.ndjson.gz", packed(ArchiveFilter::gzip, app()));
  const std::string same = save("app.ndjson.zst", packed(ArchiveFilter::zstd, app()));
  Collected c;
  run(c, {path, same});
  ASSERT_TRUE(c.report.ok()) << c.report.error().text();
  EXPECT_EQ(c.paths(), std::vector<std::string>{path});
  EXPECT_EQ(c.report->duplicates, std::vector<std::string>{same});
  EXPECT_TRUE(c.report->contents.empty());
  const std::string other = save("other.gz", packed(ArchiveFilter::gzip, "nothing of interest\n\x01\x02"));
  Collected none;
  run(none, {other});
  ASSERT_FALSE(none.report.ok());
  EXPECT_EQ(none.report.error().message.find("member"), std::string::npos) << none.report.error().message;
}

TEST(CollectTrees, everything_in_an_archive_is_accounted_for) {
  const std::string path =
      save("x.tar", make_archive(ArchiveFormat::tar, ArchiveFilter::none,
                                 {{"app.ndjson", app()},
                                  {"again.ndjson", app()},
                                  {"wifi.log", kOtherText},
                                  {"picture", std::string("\x89PNG\r\n\x1A\n", 8) + std::string(100, 'x')},
                                  {"words.txt", "just words\n"},
                                  {"empty", ""},
                                  {"soft", "words.txt", Kind::symlink},
                                  {"foreign.db", std::string("SQLite format 3\0", 16) + std::string(4080, '\0')},
                                  {"foreign.db-wal", std::string("\x37\x7F\x06\x82", 4) + std::string(100, '\0')},
                                  {"crash.ips", "{\"app_name\":\"A\",\"bug_type\":\"309\",\"incident_id\":\"1\"}\n{}\n"},
                                  {"cut.gz", packed(ArchiveFilter::gzip, "some words that nobody packs better\n").substr(0, 30)},
                                  {"../up", "up"}}));
  Collected c;
  run(c, {path});
  ASSERT_TRUE(c.report.ok()) << c.report.error().text();
  EXPECT_EQ(c.report->contents[0].members(), 12U);
  EXPECT_EQ(c.count(MemberFate::used), 1U);
  EXPECT_EQ(c.count(MemberFate::known), 1U);
  EXPECT_EQ(c.count(MemberFate::unrelated), 1U);
  EXPECT_EQ(c.count(MemberFate::picture), 1U);
  EXPECT_EQ(c.count(MemberFate::empty), 1U);
  EXPECT_EQ(c.count(MemberFate::link), 1U);
  EXPECT_EQ(c.count(MemberFate::database), 2U);
  EXPECT_EQ(c.count(MemberFate::crash_report), 1U);
  EXPECT_EQ(c.count(MemberFate::damaged), 1U);
  EXPECT_EQ(c.count(MemberFate::unsafe_path), 1U);
  EXPECT_EQ(c.count(MemberFate::other), 1U);
  EXPECT_EQ(contents_line(c.report->contents[0]).find("12 members: 1 used, 1 known already, "), 0U)
      << contents_line(c.report->contents[0]);
  EXPECT_EQ(c.report->sources.size(), 1U);
}

TEST(CollectTrees, what_became_of_members_is_kept_in_the_case) {
  const std::string path =
      save("x.zip", make_archive(ArchiveFormat::zip, ArchiveFilter::none, {{"a", app()}, {"b\nc", "words\n"}}));
  const std::string target = test_dir() + "/case.uptrail";
  for (int round = 0; round < 2; ++round) {
    auto writer = create_case(target, round == 0 ? CaseMode::fresh : CaseMode::keep).take();
    CollectOptions options;
    options.paths = {path};
    ASSERT_TRUE(collect(*writer, options).ok());
  }
  const auto reader = open_case(target);
  ASSERT_TRUE(reader.ok()) << reader.error().text();
  const auto contents = (*reader)->contents();
  ASSERT_TRUE(contents.ok()) << contents.error().text();
  ASSERT_EQ(contents->size(), 1U);
  const Contents& c = contents->front();
  EXPECT_EQ(c.path, path);
  EXPECT_EQ(c.format, "zip");
  ASSERT_EQ(c.groups.size(), 2U);
  EXPECT_EQ(c.groups[0].fate, MemberFate::used);
  EXPECT_EQ(c.groups[0].examples, std::vector<std::string>{path + "!/a"});
  EXPECT_EQ(c.groups[1].fate, MemberFate::other);
  EXPECT_EQ(c.groups[1].examples, std::vector<std::string>{path + "!/b c"});
}

TEST(CollectTrees, a_truncated_member_gives_what_it_has_and_an_issue) {
  const std::string whole = packed(ArchiveFilter::gzip, system_log());
  const std::string path = save("system.log.gz", whole.substr(0, whole.size() - 20));
  Collected c;
  run(c, {path});
  ASSERT_TRUE(c.report.ok()) << c.report.error().text();
  const Source& s = c.report->sources.front();
  EXPECT_GT(s.accounting.matched, 10U);
  ASSERT_GT(s.issue_count, 0U);
  EXPECT_EQ(s.issues.back().kind, IssueKind::damaged);
  EXPECT_GT(s.issues.back().span.offset, system_log().size() / 2);
}

TEST(CollectTrees, apples_own_bundles_are_named_with_the_command_that_reads_them) {
  const std::string path = save(
      "s.tar.gz", make_archive(ArchiveFormat::tar, ArchiveFilter::gzip,
                               {{"s/app.ndjson", app()},
                                {"s/system_logs.logarchive/Info.plist", "bplist00 something"},
                                {"s/system_logs.logarchive/Persist/0001.tracev3", kTracev3},
                                {"s/system_logs.logarchive/dsc/00", "hcsd and more"},
                                {"s/T.xcresult/Info.plist", "<?xml version=\"1.0\"?><plist><string>fileBacked2</string></plist>"},
                                {"s/T.xcresult/Data/data.0", packed(ArchiveFilter::zstd, system_log())},
                                {"s/T.xcresult/Data/data.1", "???"},
                                {"s/R.trace/form.template", "bplist00 com.apple.xray.owner.template"}}));
  Collected c;
  run(c, {path});
  ASSERT_TRUE(c.report.ok()) << c.report.error().text();
  EXPECT_EQ(c.count(MemberFate::used), 2U);
  const auto* log = c.group(MemberFate::log_archive);
  ASSERT_NE(log, nullptr);
  EXPECT_EQ(log->where, path + "!/s/system_logs.logarchive");
  EXPECT_EQ(log->members, 3U);
  EXPECT_NE(log->command.find("tar -xf '" + path + "' && log show --archive 's/system_logs.logarchive' --style ndjson"),
            std::string::npos)
      << log->command;
  EXPECT_NE(log->command.find(kLogPredicate), std::string::npos);
  const auto* result = c.group(MemberFate::result_bundle);
  ASSERT_NE(result, nullptr);
  EXPECT_EQ(result->members, 2U);
  EXPECT_NE(result->command.find("xcrun xcresulttool export diagnostics --path 's/T.xcresult'"), std::string::npos);
  EXPECT_EQ(c.count(MemberFate::instruments_trace), 1U);
}

TEST(CollectTrees, a_log_archive_alone_says_what_to_do) {
  const std::string dir = test_dir();
  fs::create_directories(dir + "/my.logarchive/Persist");
  write_file(dir + "/my.logarchive/Persist/1", kTracev3);
  Collected folder;
  run(folder, {dir + "/my.logarchive"});
  ASSERT_FALSE(folder.report.ok());
  EXPECT_EQ(folder.report.error().kind, ErrorKind::unreadable);
  EXPECT_EQ(folder.report.error().hint.find("log show --archive '" + dir + "/my.logarchive' --style ndjson"), 0U)
      << folder.report.error().hint;
  Collected file;
  run(file, {dir + "/my.logarchive/Persist/1"});
  ASSERT_FALSE(file.report.ok());
  EXPECT_NE(file.report.error().hint.find("log show"), std::string::npos);
}

TEST(CollectTrees, a_date_may_name_a_member) {
  const std::string console =
      "default\t14:00:00.000000+0100\tnsurlsessiond\tTask <AAAC1791-4643-55E1-8948-8299BA07D00A>.<14> resuming\n";
  const std::string path = save("x.zip", make_archive(ArchiveFormat::zip, ArchiveFilter::none, {{"logs/console.txt", console}}));
  Collected c;
  run(c, {path}, {{path + "!/logs/console.txt", "2026-11-18+01:00"}});
  ASSERT_TRUE(c.report.ok()) << c.report.error().text();
  EXPECT_TRUE(c.writer->reader().streams()->front().placed);
}

TEST(CollectTrees, stops_inside_an_archive) {
  std::string big;
  for (int i = 0; i < 40; ++i) {
    big += system_log();
  }
  const std::string path = save("x.tar.gz", make_archive(ArchiveFormat::tar, ArchiveFilter::gzip, {{"a", app()}, {"b", big}}));
  std::atomic<bool> cancel = false;
  CollectOptions options;
  options.paths = {path};
  options.cancel = &cancel;
  const auto size = fs::file_size(path);
  std::uint64_t last = 0;
  options.progress = [&](const Progress& p) {
    EXPECT_EQ(p.total, size);
    EXPECT_GE(p.done, last);
    last = p.done;
    cancel = cancel || p.what.ends_with("!/b");
  };
  const auto writer = create_memory_case().take();
  const auto report = collect(*writer, options);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind, ErrorKind::interrupted);
  EXPECT_TRUE(cancel);
}

// A store as nsurlsessiond keeps it, in WAL mode: the newest row is in the -wal only. Returns main file and -wal.
std::pair<std::string, std::string> store_with_wal() {
  const std::string dir = test_dir() + "/store";
  fs::create_directory(dir);
  const std::string path = dir + "/tasks.sqlite";
  auto db = sqlite::Connection::open(path, sqlite::Access::write).take();
  const auto run_sql = [&](const std::string& sql) {
    const auto status = db.exec(sql);
    EXPECT_TRUE(status.ok()) << status.error().text();
  };
  run_sql(
      "PRAGMA journal_mode = WAL; PRAGMA user_version = 3; CREATE TABLE session_tasks(identifier INTEGER, session_id TEXT, state "
      "INTEGER, unique_identifier BLOB, bundle_id TEXT); PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 0;"
      "INSERT INTO session_tasks VALUES (14, 'up', 0, x'AAAC1791464355E189488299BA07D00A', 'com.example.a')");
  return {test::read_file(path), test::read_file(path + "-wal")};
}

TEST(CollectTrees, a_store_and_its_wal_come_in_any_order) {
  const auto [main, wal] = store_with_wal();
  ASSERT_FALSE(wal.empty());
  const ArchiveFile store{"db/tasks.sqlite", main};
  const ArchiveFile log{"db/tasks.sqlite-wal", wal};
  std::string hash;
  for (const auto& files : {std::vector{store, log}, std::vector{log, store}}) {
    const std::string path = save("x.tar.gz", make_archive(ArchiveFormat::tar, ArchiveFilter::gzip, files));
    Collected c;
    run(c, {path});
    ASSERT_TRUE(c.report.ok()) << c.report.error().text();
    ASSERT_EQ(c.report->sources.size(), 1U);
    const Source& s = c.report->sources.front();
    EXPECT_TRUE(s.is_store);
    EXPECT_EQ(s.path, path + "!/db/tasks.sqlite");
    EXPECT_EQ(s.accounting.read, 1U) << "the row is in the -wal";
    EXPECT_EQ(s.first, TimeNs{1'763'470'800'000'000'000});
    EXPECT_EQ(c.count(MemberFate::used), 2U);
    hash = s.content_hash;
  }
  // Beside the archive it is the same store.
  const std::string dir = test_dir() + "/plain";
  fs::create_directory(dir);
  write_file(dir + "/tasks.sqlite", main);
  write_file(dir + "/tasks.sqlite-wal", wal);
  Collected plain;
  run(plain, {dir + "/tasks.sqlite"});
  ASSERT_TRUE(plain.report.ok()) << plain.report.error().text();
  EXPECT_EQ(plain.report->sources.front().content_hash, hash);
}

TEST(CollectTrees, a_store_without_its_wal_says_so_and_a_cut_one_is_not_used) {
  const auto [main, wal] = store_with_wal();
  const std::string alone = save("a.tar", make_archive(ArchiveFormat::tar, ArchiveFilter::none, {{"tasks.sqlite", main}}));
  Collected c;
  run(c, {alone});
  ASSERT_TRUE(c.report.ok()) << c.report.error().text();
  EXPECT_GT(c.report->sources.front().issue_count, 0U);
  const std::string gz = packed(ArchiveFilter::gzip, main);
  const std::string cut = save("b.tar", make_archive(ArchiveFormat::tar, ArchiveFilter::none,
                                                     {{"a", app()}, {"tasks.sqlite.gz", gz.substr(0, gz.size() - 12)}}));
  Collected broken;
  run(broken, {cut});
  ASSERT_TRUE(broken.report.ok()) << broken.report.error().text();
  EXPECT_EQ(broken.count(MemberFate::damaged), 1U);
  EXPECT_EQ(broken.report->sources.size(), 1U);
}

TEST(CollectTrees, a_zip_without_a_zone_dates_a_store_with_a_doubt) {
  const auto [main, wal] = store_with_wal();
  std::string zip = make_archive(ArchiveFormat::zip, ArchiveFilter::none, {{"tasks.sqlite", main}});
  // Another tag hides the extra field that holds the time in UTC.
  for (std::size_t at = zip.find("UT"); at != std::string::npos; at = zip.find("UT", at + 1)) {
    zip[at] = 'X';
  }
  const std::string path = save("x.zip", zip);
  Collected c;
  run(c, {path});
  ASSERT_TRUE(c.report.ok()) << c.report.error().text();
  const auto& issues = c.report->sources.front().issues;
  EXPECT_TRUE(std::any_of(issues.begin(), issues.end(), [](const Issue& i) { return i.kind == IssueKind::clock; }));
}

TEST(CollectTrees, nothing_useful_is_an_error_that_counts) {
  const std::string dir = test_dir();
  fs::create_directory(dir + "/empty");
  Collected empty;
  run(empty, {dir + "/empty"});
  ASSERT_FALSE(empty.report.ok());
  EXPECT_EQ(empty.report.error().message, "it holds no file");
  const std::string path =
      save("x.zip", make_archive(ArchiveFormat::zip, ArchiveFilter::none, {{"a", "words\n"}, {"b", "words"}}));
  Collected none;
  run(none, {path});
  ASSERT_FALSE(none.report.ok());
  EXPECT_EQ(none.report.error().kind, ErrorKind::unreadable);
  EXPECT_EQ(none.report.error().message, "2 members: none used, 2 no log or store");
}

}  // namespace
}  // namespace uptrail
