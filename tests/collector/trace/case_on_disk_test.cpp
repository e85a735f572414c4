// The file form: keeping an old one, being killed.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "collector/sqlite/connection.h"
#include "collector/trace/case_file.h"
#include "tests/collector/trace/case_on_disk.h"
#include "tests/collector/trace/sample_case.h"
#include "tests/support/files.h"

namespace uptrail::test {
namespace {

namespace fs = std::filesystem;

using Names = std::vector<std::string>;

TEST_F(CaseOnDisk, leaves_one_file_that_opens_from_a_read_only_folder) {
  make();
  EXPECT_EQ(files(), (Names{"x.uptrail"}));
  const std::string before = content();
  EXPECT_TRUE(looks_like_case(read_file(path_)));
  fs::permissions(path_, fs::perms::owner_read);
  fs::permissions(dir_, fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_EQ(content(), before);
  fs::permissions(dir_, fs::perms::owner_all);
  EXPECT_EQ(files(), (Names{"x.uptrail"}));
}

TEST_F(CaseOnDisk, nothing_is_visible_before_commit_and_nothing_stays_without) {
  {
    auto writer = create_case(path_, CaseMode::fresh);
    ASSERT_TRUE(writer.ok());
    write_sample(**writer);
    EXPECT_FALSE(fs::exists(path_));
    EXPECT_EQ(files().size(), 1U);
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(CaseOnDisk, fresh_replaces_the_old_case_only_at_commit) {
  make("a");
  const std::string old = content();
  {
    auto writer = create_case(path_, CaseMode::fresh);
    ASSERT_TRUE(writer.ok());
    write_sample(**writer, "b");
    EXPECT_EQ(content(), old);
    ASSERT_TRUE((*writer)->commit().ok());
    EXPECT_NE(content(), old);
  }
  EXPECT_EQ(files(), (Names{"x.uptrail"}));
}

TEST_F(CaseOnDisk, keep_adds_to_what_is_there) {
  make();
  const std::string old = content();
  auto writer = create_case(path_, CaseMode::keep);
  ASSERT_TRUE(writer.ok()) << writer.error().text();
  EXPECT_EQ(dump((*writer)->reader()), old);
  EXPECT_TRUE(*(*writer)->has_content("hash-1a"));
  const auto source = (*writer)->begin_source(sample_source("more", "hash-3"));
  ASSERT_TRUE(source.ok());
  EXPECT_EQ(source->value, 2U);
  const auto event = (*writer)->add_event(sample_event(*source, 0, EventKind::app_launch, 70));
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(event->value, 8);
  Derived derived = sample_derived();
  derived.outcome_reason = "second";
  ASSERT_TRUE((*writer)->set_derived(derived).ok());
  EXPECT_EQ(content(), old);
  ASSERT_TRUE((*writer)->commit().ok());
  auto reader = open_case(path_);
  ASSERT_TRUE(reader.ok()) << reader.error().text();
  EXPECT_EQ((*reader)->info()->generation, 2);
  EXPECT_EQ(*(*reader)->event_count(), 8U);
  EXPECT_EQ(dump(*(*reader)->derived()), dump(derived));
  auto db = sqlite::Connection::open(path_, sqlite::Access::read_foreign);
  EXPECT_EQ(*db->integer("SELECT count(*) FROM tasks WHERE generation <> 2"), 0);
  EXPECT_EQ(*db->text("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(*db->integer("SELECT count(*) FROM sqlite_schema WHERE name = 'events_in_order'"), 1);
}

TEST_F(CaseOnDisk, keep_without_commit_changes_nothing) {
  make();
  const std::string bytes = read_file(path_);
  {
    auto writer = create_case(path_, CaseMode::keep);
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->drop_source(SourceId{0}).ok());
  }
  EXPECT_EQ(read_file(path_), bytes);
  EXPECT_EQ(files(), (Names{"x.uptrail"}));
}

TEST_F(CaseOnDisk, keep_makes_a_new_case_where_there_is_none) {
  auto writer = create_case(path_, CaseMode::keep);
  ASSERT_TRUE(writer.ok());
  write_sample(**writer);
  ASSERT_TRUE((*writer)->commit().ok());
  EXPECT_NE(content(), "");
}

TEST_F(CaseOnDisk, never_overwrites_what_is_no_case) {
  write_file(path_, "a precious log\n");
  for (const auto mode : {CaseMode::fresh, CaseMode::keep}) {
    const auto writer = create_case(path_, mode);
    ASSERT_FALSE(writer.ok());
    EXPECT_EQ(writer.error().path, path_);
  }
  EXPECT_EQ(create_case(path_, CaseMode::fresh).error().kind, ErrorKind::usage);
  EXPECT_EQ(read_file(path_), "a precious log\n");
  EXPECT_EQ(files(), (Names{"x.uptrail"}));
}

TEST_F(CaseOnDisk, a_folder_that_is_not_there_is_an_error_with_its_path) {
  const auto writer = create_case(dir_ + "/none/x.uptrail", CaseMode::fresh);
  ASSERT_FALSE(writer.ok());
  EXPECT_EQ(writer.error().kind, ErrorKind::unreadable);
  EXPECT_EQ(writer.error().path, dir_ + "/none/x.uptrail");
  EXPECT_FALSE(create_case(dir_, CaseMode::fresh).ok());
}

TEST_F(CaseOnDisk, a_link_keeps_pointing) {
  make();
  fs::rename(path_, dir_ + "/real.uptrail");
  fs::create_symlink("real.uptrail", path_);
  make("b");
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_NE(content().find("hash-1b"), std::string::npos);
}

TEST_F(CaseOnDisk, two_writers_do_not_meet) {
  auto one = create_case(path_, CaseMode::fresh);
  auto two = create_case(path_, CaseMode::fresh);
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(files().size(), 2U);
  write_sample(**one, "a");
  write_sample(**two, "b");
  ASSERT_TRUE((*one)->commit().ok());
  ASSERT_TRUE((*two)->commit().ok());
  EXPECT_NE(content().find("hash-1b"), std::string::npos);
}

// Kills a child that is collecting, at several points; the old case must be whole each time, or the new one be there.
TEST_F(CaseOnDisk, survives_sigkill_at_any_point) {
  make("a");
  const std::string old = content();
  enum Point { kAfterCreate, kAfterEvents, kAfterDerived, kWhileLoading };
  for (const int point : {kAfterCreate, kAfterEvents, kAfterDerived, kWhileLoading}) {
    for (const auto mode : {CaseMode::fresh, CaseMode::keep}) {
      const pid_t child = ::fork();
      ASSERT_GE(child, 0);
      if (child == 0) {
        auto writer = create_case(path_, mode);
        if (!writer.ok()) {
          ::_exit(1);
        }
        if (point == kAfterEvents || point == kWhileLoading) {
          const auto source = (*writer)->begin_source(sample_source("x", "y"));
          // Enough to make the cache spill into the file.
          for (std::uint64_t i = 0; i < (point == kWhileLoading ? 400'000U : 1000U); ++i) {
            (void)(*writer)->add_event(sample_event(*source, i, EventKind::task_create, 1)).ok();
          }
        } else if (point == kAfterDerived) {
          write_sample(**writer, "c");
        }
        ::kill(::getpid(), SIGKILL);
      }
      int how = 0;
      ASSERT_EQ(::waitpid(child, &how, 0), child);
      ASSERT_TRUE(WIFSIGNALED(how));
      EXPECT_EQ(content(), old) << "point " << point;
      EXPECT_EQ(files().size(), 2U) << "the dead one's file is there until the next writer comes";
    }
  }
  auto next = create_case(path_, CaseMode::keep);
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(files().size(), 2U) << "the old case and the new writer's file";
  ASSERT_TRUE((*next)->commit().ok());
  EXPECT_EQ(files(), (Names{"x.uptrail"}));
}

TEST_F(CaseOnDisk, sigkill_during_commit_leaves_the_old_or_the_new) {
  make("a");
  const std::string old = content();
  for (const useconds_t delay : {0U, 300U, 1000U, 3000U, 10000U, 30000U, 100000U}) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto writer = create_case(path_, CaseMode::fresh);
      if (writer.ok()) {
        write_sample(**writer, "b");
        const auto source = (*writer)->begin_source(sample_source("x", "y"));
        for (std::uint64_t i = 0; i < 20'000; ++i) {
          (void)(*writer)->add_event(sample_event(*source, i, EventKind::task_create, 1)).ok();
        }
        write_file(dir_ + "/ready", "");
        (void)(*writer)->commit().ok();
      }
      ::_exit(0);
    }
    while (!fs::exists(dir_ + "/ready")) {
      ::usleep(200);
    }
    ::usleep(delay);
    ::kill(child, SIGKILL);
    int how = 0;
    ASSERT_EQ(::waitpid(child, &how, 0), child);
    fs::remove(dir_ + "/ready");
    const std::string now = content();
    EXPECT_TRUE(now == old || now.find("hash-1b") != std::string::npos);
  }
}

TEST_F(CaseOnDisk, a_source_that_replaces_another_takes_its_place) {
  make();
  auto writer = create_case(path_, CaseMode::keep);
  ASSERT_TRUE(writer.ok());
  auto begun = (*writer)->begin_source(sample_source("more", "hash-3"));
  ASSERT_TRUE(begun.ok());
  ASSERT_TRUE((*writer)->add_event(sample_event(*begun, 0, EventKind::app_launch, 70)).ok());
  Source ended = sample_source("more", "hash-3");
  ended.id = *begun;
  ASSERT_TRUE((*writer)->end_source(ended).ok());
  const auto before = (*writer)->reader().sources();
  ASSERT_TRUE((*writer)->replace_source(SourceId{0}, *begun).ok());
  const auto after = (*writer)->reader().sources();
  ASSERT_TRUE(after.ok()) << after.error().text();
  ASSERT_EQ(after->size() + 1, before->size());
  EXPECT_EQ((*after)[0].path, "more");
  EXPECT_EQ((*after)[1].path, (*before)[1].path);
  std::size_t events = 0;
  EventQuery of_first;
  of_first.source = SourceId{0};
  ASSERT_TRUE((*writer)
                  ->reader()
                  .for_each_event(of_first,
                                  [&](const Event& e) {
                                    EXPECT_EQ(e.kind, EventKind::app_launch);
                                    ++events;
                                    return true;
                                  })
                  .ok());
  EXPECT_EQ(events, 1U);
}

// A case of version 1 has no related lines; it opens, and can be added to.
TEST_F(CaseOnDisk, a_case_of_version_1_is_brought_up_to_date) {
  sql(read_file(source_path("schemas/trace/0001_initial.sql")));
  sql("INSERT INTO case_info (only, title, generation, synthetic, tool_version) VALUES (1, 'old', 0, 0, '1')");
  sql("INSERT INTO sources (source_id, path, content_hash, size_bytes, container, is_store, confidence, clock, records_read, "
      "records_matched, records_related, records_irrelevant, records_unparsed, not_understood, issue_count) VALUES (0, 'a.log', "
      "'h', 1, 'console_copy', 0, 90, 'none', 3, 0, 2, 1, 0, 0, 0)");
  sql("PRAGMA application_id = " + std::to_string(kCaseApplicationId) + "; PRAGMA user_version = 1");
  auto reader = open_case(path_);
  ASSERT_TRUE(reader.ok()) << reader.error().text();
  EXPECT_EQ((*reader)->info()->title, "old");
  ASSERT_EQ((*reader)->sources()->size(), 1U);
  EXPECT_EQ((*reader)->sources()->front().accounting.known, 0U);
  EXPECT_TRUE((*reader)->inputs()->empty());
  EXPECT_TRUE((*reader)->contents()->empty());
  auto writer = create_case(path_, CaseMode::keep);
  ASSERT_TRUE(writer.ok()) << writer.error().text();
  ASSERT_TRUE((*writer)->commit().ok());
  ASSERT_TRUE(open_case(path_).ok());
}

Contents sample_contents() {
  Contents c;
  c.path = "x.tar.gz";
  c.format = "tar, gzip";
  c.groups.push_back({MemberFate::used, 1, "", "", "", {"x.tar.gz!/a.log"}});
  c.groups.push_back({MemberFate::log_archive, 7, "x.tar.gz!/l.logarchive", "binary", "log show", {"x.tar.gz!/l.logarchive/1"}});
  return c;
}

TEST_F(CaseOnDisk, contents_of_the_same_path_are_replaced) {
  make();
  for (const std::uint64_t members : {3U, 5U}) {
    const auto writer = create_case(path_, CaseMode::keep);
    ASSERT_TRUE(writer.ok()) << writer.error().text();
    Contents c = sample_contents();
    c.groups.resize(1);
    c.groups[0].members = members;
    ASSERT_TRUE((*writer)->set_contents(c).ok());
    c.path = "another";
    ASSERT_TRUE((*writer)->set_contents(c).ok());
    ASSERT_TRUE((*writer)->commit().ok());
  }
  const auto reader = open_case(path_);
  ASSERT_TRUE(reader.ok()) << reader.error().text();
  const auto all = (*reader)->contents().take();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].path, "another");
  EXPECT_EQ(all[1].members(), 5U);
}

}  // namespace
}  // namespace uptrail::test
