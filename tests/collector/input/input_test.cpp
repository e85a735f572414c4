#include "collector/input/input.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/support/files.h"

namespace uptrail {
namespace {

namespace fs = std::filesystem;

std::string read_all(ByteSource& source, std::size_t chunk) {
  std::string out;
  std::string buffer(chunk, '\0');
  for (;;) {
    const auto got = source.read(buffer);
    EXPECT_TRUE(got.ok());
    if (!got || *got == 0) {
      return out;
    }
    out += buffer.substr(0, *got);
  }
}

TEST(OpenInput, reads_a_file_and_knows_its_size) {
  const std::string path = test::scratch_dir() + "/a.log";
  test::write_file(path, "hello\n");
  auto source = open_input(path);
  ASSERT_TRUE(source.ok()) << source.error().text();
  EXPECT_EQ((*source)->size(), 6U);
  EXPECT_EQ((*source)->name(), path);
  EXPECT_EQ(read_all(**source, 4), "hello\n");
}

TEST(OpenInput, refuses_what_is_missing_and_folders_with_a_hint) {
  const std::string dir = test::scratch_dir();
  for (const std::string& path : {dir, dir + "/none"}) {
    const auto source = open_input(path);
    ASSERT_FALSE(source.ok());
    EXPECT_EQ(source.error().kind, ErrorKind::unreadable);
    EXPECT_EQ(source.error().path, path);
    EXPECT_FALSE(source.error().hint.empty());
  }
}

TEST(PeekedSource, gives_the_head_again) {
  for (const std::size_t head : {0U, 3U, 10U, 100U}) {
    for (const std::size_t chunk : {1U, 4U, 100U}) {
      auto peeked = PeekedSource::make(std::make_unique<MemorySource>("0123456789", "m", chunk), head);
      ASSERT_TRUE(peeked.ok());
      EXPECT_EQ((*peeked)->head(), std::string_view("0123456789").substr(0, head));
      EXPECT_EQ((*peeked)->head_is_all(), head >= 10);
      EXPECT_EQ(read_all(**peeked, 4), "0123456789");
    }
  }
}

TEST(HashingSource, hashes_what_was_read) {
  MemorySource memory("", "empty");
  HashingSource empty(memory);
  ASSERT_TRUE(empty.drain().ok());
  EXPECT_EQ(empty.hex_digest(), "99aa06d3014798d86001c324468d497f");  // XXH3-128 of nothing, from the xxHash documentation

  MemorySource one("some text", "m");
  MemorySource two("some text", "m", 1);
  HashingSource a(one);
  HashingSource b(two);
  EXPECT_EQ(read_all(a, 3), "some text");
  ASSERT_TRUE(b.drain().ok());
  EXPECT_EQ(a.hex_digest(), b.hex_digest());
  EXPECT_EQ(b.bytes_read(), 9U);
}

TEST(TempDir, is_private_and_removes_itself) {
  std::string path;
  {
    auto dir = TempDir::make();
    ASSERT_TRUE(dir.ok());
    TempDir moved = dir.take();
    path = moved.path();
    struct stat info {};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0700U);
    test::write_file(path + "/inside", "x");
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(CopySqlite, copies_the_wal_but_not_the_shm) {
  const std::string dir = test::scratch_dir();
  test::write_file(dir + "/tasks.sqlite", "main");
  test::write_file(dir + "/tasks.sqlite-wal", "wal");
  test::write_file(dir + "/tasks.sqlite-shm", "shm");
  auto temp = TempDir::make();
  ASSERT_TRUE(temp.ok());
  const auto copy = copy_sqlite(dir + "/tasks.sqlite", *temp);
  ASSERT_TRUE(copy.ok()) << copy.error().text();
  EXPECT_TRUE(copy->has_wal);
  EXPECT_EQ(copy->size, 7U);
  EXPECT_EQ(test::read_file(copy->path), "main");
  EXPECT_EQ(test::read_file(copy->path + "-wal"), "wal");
  EXPECT_FALSE(fs::exists(copy->path + "-shm"));
  EXPECT_GT(copy->modified.ns, 1'600'000'000'000'000'000);

  fs::remove(dir + "/tasks.sqlite-wal");
  const auto second = copy_sqlite(dir + "/tasks.sqlite", *temp);
  ASSERT_TRUE(second.ok());
  EXPECT_NE(second->path, copy->path);
  EXPECT_NE(second->content_hash, copy->content_hash);
  EXPECT_FALSE(second->has_wal);
  EXPECT_FALSE(copy_sqlite(dir + "/none.sqlite", *temp).ok());
}

}  // namespace
}  // namespace uptrail
