// Folders, archives and compressed files as trees: what comes out, in which order, and where the walk stops.
#include "collector/input/tree.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "collector/input/input.h"
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

// Takes everything down.
class Listing : public TreeVisitor {
 public:
  bool file(const TreeMember& member, ByteSource& bytes) override {
    order.push_back(member.path);
    members.push_back(member);
    std::string& text = files[member.path];
    std::string buffer(10'000, '\0');
    for (;;) {
      const auto got = bytes.read(buffer);
      if (!got.ok()) {
        errors[member.path] = got.error();
        break;
      }
      if (*got == 0) {
        break;
      }
      given += *got;
      if (text.size() < 1U << 20U) {
        text.append(buffer, 0, *got);
      }
    }
    return --left != 0;
  }
  void trouble(const TreeMember& member, TreeTrouble trouble, const std::string& detail) override {
    troubles[member.path] = trouble;
    details[member.path] = detail;
  }
  std::vector<std::string> order;
  std::vector<TreeMember> members;
  std::map<std::string, std::string> files;
  std::map<std::string, Error> errors;
  std::map<std::string, TreeTrouble> troubles;
  std::map<std::string, std::string> details;
  std::uint64_t given = 0;
  int left = -1;  // files until it says stop
};

struct Walked : Listing {
  std::string format;
  std::uint64_t member_count = 0;
  Status status = done();
};

void walk(Walked& out, const std::string& path, const TreeLimits& limits = {}) {
  TreeOptions options;
  options.limits = limits;
  const auto tree = open_tree(path, options);
  ASSERT_TRUE(tree.ok()) << tree.error().text();
  out.status = (*tree)->walk(out);
  out.format = (*tree)->format();
  out.member_count = (*tree)->members();
}

std::string save(const std::string& name, const std::string& bytes) {
  const std::string path = scratch_dir() + "/" + name;
  write_file(path, bytes);
  return path;
}

const std::vector<ArchiveFile> kThree = {
    {"logs", "", Kind::folder}, {"./logs/b.log", "second\n"}, {"logs/a.log", std::string(100'000, 'a')}, {"empty", ""}};

TEST(Tree, every_packing_gives_the_same_members) {
  struct Case {
    ArchiveFormat format;
    ArchiveFilter filter;
    std::string said;
  };
  const std::vector<Case> cases = {
      {ArchiveFormat::tar, ArchiveFilter::none, "tar"},         {ArchiveFormat::tar, ArchiveFilter::gzip, "tar, gzip"},
      {ArchiveFormat::tar, ArchiveFilter::bzip2, "tar, bzip2"}, {ArchiveFormat::tar, ArchiveFilter::xz, "tar, xz"},
      {ArchiveFormat::tar, ArchiveFilter::zstd, "tar, zstd"},   {ArchiveFormat::zip, ArchiveFilter::none, "zip"},
      {ArchiveFormat::zip, ArchiveFilter::gzip, "zip, gzip"}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.said);
    const std::string path = save("misleading.log", make_archive(c.format, c.filter, kThree));
    Walked w;
    walk(w, path);
    EXPECT_TRUE(w.status.ok());
    EXPECT_EQ(w.format, c.said);
    EXPECT_TRUE(w.troubles.empty());
    EXPECT_EQ(w.order, (std::vector<std::string>{path + "!/logs/b.log", path + "!/logs/a.log", path + "!/empty"}));
    EXPECT_EQ(w.files[path + "!/logs/b.log"], "second\n");
    EXPECT_EQ(w.files[path + "!/logs/a.log"].size(), 100'000U);
    EXPECT_EQ(w.members[0].modified, TimeNs{1'763'470'800'000'000'000});
    EXPECT_FALSE(w.members[0].modified_is_local);
    EXPECT_EQ(w.member_count, 4U);
  }
}

TEST(Tree, one_compressed_file_keeps_its_name) {
  for (const ArchiveFilter filter : {ArchiveFilter::gzip, ArchiveFilter::bzip2, ArchiveFilter::xz, ArchiveFilter::zstd}) {
    for (const std::string& text : {std::string("a line\n"), std::string(300'000, 'x'), std::string()}) {
      const std::string path = save("system.log", packed(filter, text));
      Walked w;
      walk(w, path);
      EXPECT_EQ(w.order, std::vector<std::string>{path});
      EXPECT_EQ(w.files[path], text);
      EXPECT_TRUE(w.errors.empty());
    }
  }
  const std::string twice = save("two.gz", packed(ArchiveFilter::gzip, "first\n") + packed(ArchiveFilter::gzip, "second\n"));
  Walked w;
  walk(w, twice);
  EXPECT_EQ(w.files[twice], "first\nsecond\n");
}

TEST(Tree, folders_are_sorted_and_nothing_leads_out) {
  const std::string dir = scratch_dir();
  write_file(dir + "/outside.log", "outside");
  fs::create_directories(dir + "/root/sub/deeper");
  write_file(dir + "/root/z.log", "z");
  write_file(dir + "/root/sub/b.log", "b");
  write_file(dir + "/root/a.log", "a");
  fs::create_symlink("../outside.log", dir + "/root/out.log");
  fs::create_symlink("..", dir + "/root/sub/loop");
  ASSERT_EQ(::mkfifo((dir + "/root/pipe").c_str(), 0600), 0);
  write_file(dir + "/root/sub/deeper/c.tar", make_archive(ArchiveFormat::tar, ArchiveFilter::none, {{"x/y.log", "y"}}));
  Walked w;
  walk(w, dir + "/root/");
  const std::string r = dir + "/root/";
  EXPECT_EQ(w.format, "folder");
  EXPECT_EQ(w.order, (std::vector<std::string>{r + "a.log", r + "sub/b.log", r + "sub/deeper/c.tar!/x/y.log", r + "z.log"}));
  EXPECT_EQ(w.troubles,
            (std::map<std::string, TreeTrouble>{
                {r + "out.log", TreeTrouble::link}, {r + "pipe", TreeTrouble::special}, {r + "sub/loop", TreeTrouble::link}}));
}

TEST(Tree, an_unreadable_file_or_folder_is_named_and_the_rest_read) {
  if (::geteuid() == 0) {
    GTEST_SKIP() << "root may read everything";
  }
  const std::string dir = scratch_dir();
  write_file(dir + "/a.log", "a");
  write_file(dir + "/b.log", "b");
  fs::create_directory(dir + "/c");
  ::chmod((dir + "/a.log").c_str(), 0);
  ::chmod((dir + "/c").c_str(), 0);
  Walked w;
  walk(w, dir);
  ::chmod((dir + "/c").c_str(), 0700);
  EXPECT_EQ(w.order, std::vector<std::string>{dir + "/b.log"});
  EXPECT_EQ(w.troubles[dir + "/a.log"], TreeTrouble::unreadable);
  EXPECT_EQ(w.troubles[dir + "/c"], TreeTrouble::unreadable);
}

TEST(Tree, links_devices_and_names_that_lead_out_are_passed_over) {
  const std::string path = save("x.tar", make_archive(ArchiveFormat::tar, ArchiveFilter::none,
                                                      {{"good.log", "good"},
                                                       {"../up.log", "1"},
                                                       {"a/../../up.log", "2"},
                                                       {"/etc/absolute.log", "3"},
                                                       {"a\\..\\..\\up.log", "4"},
                                                       {"C:\\up.log", "5"},
                                                       {"windows\\name.log", "6"},
                                                       {"soft", "/etc/passwd", Kind::symlink},
                                                       {"hard", "good.log", Kind::hardlink},
                                                       {"null", "", Kind::device},
                                                       {"last.log", "last"}}));
  Walked w;
  walk(w, path);
  EXPECT_EQ(w.order, (std::vector<std::string>{path + "!/good.log", path + "!/windows/name.log", path + "!/last.log"}));
  EXPECT_EQ(w.troubles[path + "!/soft"], TreeTrouble::link);
  EXPECT_EQ(w.troubles[path + "!/hard"], TreeTrouble::link);
  EXPECT_EQ(w.troubles[path + "!/null"], TreeTrouble::special);
  int unsafe = 0;
  for (const auto& [name, trouble] : w.troubles) {
    unsafe += trouble == TreeTrouble::unsafe_path ? 1 : 0;
  }
  EXPECT_EQ(unsafe, 5);
}

TEST(Tree, an_encrypted_member_is_named_and_the_archive_read_on) {
  const std::string path =
      save("x.zip", make_archive(ArchiveFormat::zip, ArchiveFilter::none, {{"secret.log", "hidden text"}}, "word"));
  Walked w;
  walk(w, path);
  EXPECT_TRUE(w.order.empty());
  EXPECT_EQ(w.troubles[path + "!/secret.log"], TreeTrouble::encrypted);
}

TEST(Tree, archives_inside_archives_have_a_path_of_their_own) {
  const std::string inner = make_archive(ArchiveFormat::zip, ArchiveFilter::none, {{"deep/c.log", "c"}});
  const std::string middle =
      make_archive(ArchiveFormat::tar, ArchiveFilter::xz, {{"b.zip", inner}, {"b.log.gz", packed(ArchiveFilter::gzip, "b")}});
  const std::string path =
      save("x.tar.gz", make_archive(ArchiveFormat::tar, ArchiveFilter::gzip, {{"a/m.txz", middle}, {"a.log", "a"}}));
  Walked w;
  walk(w, path);
  EXPECT_EQ(w.order,
            (std::vector<std::string>{path + "!/a/m.txz!/b.zip!/deep/c.log", path + "!/a/m.txz!/b.log.gz", path + "!/a.log"}));
  EXPECT_EQ(w.files[w.order[1]], "b");
}

TEST(Tree, depth_has_an_end) {
  std::string bytes = "text\n";
  for (int i = 0; i < 12; ++i) {
    bytes = packed(ArchiveFilter::gzip, bytes);
  }
  const std::string path = save("x.gz", bytes);
  Walked w;
  walk(w, path);
  EXPECT_TRUE(w.order.empty());
  EXPECT_EQ(w.troubles[path], TreeTrouble::limit);
  TreeLimits more;
  more.depth = 12;
  Walked all;
  walk(all, path, more);
  EXPECT_EQ(all.files[path], "text\n");
}

TEST(Tree, a_bomb_is_stopped_by_its_ratio_and_its_neighbours_are_read) {
  const std::string bomb = test::gzip_of_zeros(1ULL << 30U);
  ASSERT_LT(bomb.size(), 2U << 20U);
  const std::string path =
      save("x.tar", make_archive(ArchiveFormat::tar, ArchiveFilter::none, {{"a.log", "a"}, {"bomb.gz", bomb}, {"z.log", "z"}}));
  Walked w;
  walk(w, path);
  EXPECT_EQ(w.order.size(), 3U);
  EXPECT_EQ(w.errors[path + "!/bomb.gz"].kind, ErrorKind::limit);
  EXPECT_NE(w.errors[path + "!/bomb.gz"].text().find("bomb.gz"), std::string::npos);
  EXPECT_LE(w.given, (400ULL * bomb.size()) + (257ULL << 20U));
  EXPECT_EQ(w.files[path + "!/z.log"], "z");
}

// Each layer alone stays below the ratio; both together do not.
TEST(Tree, a_bomb_in_a_bomb_is_held_against_the_file_on_disk) {
  const std::string bomb = packed(ArchiveFilter::gzip, test::gzip_of_zeros(256ULL << 20U));
  const std::string path = save("x.gz", bomb);
  TreeLimits limits;
  limits.ratio_free = 1U << 20U;
  limits.ratio = 1100;
  Walked w;
  walk(w, path, limits);
  EXPECT_EQ(w.errors[path].kind, ErrorKind::limit);
  EXPECT_LE(w.given, 1100 * bomb.size() + (2U << 20U));
}

TEST(Tree, total_bytes_have_an_end) {
  const std::string path = save(
      "x.tar.zst", make_archive(ArchiveFormat::tar, ArchiveFilter::zstd,
                                {{"a.log", std::string(600'000, 'a')}, {"b.log", std::string(600'000, 'b')}, {"c.log", "c"}}));
  TreeLimits limits;
  limits.total_bytes = 1'000'000;
  Walked w;
  walk(w, path, limits);
  EXPECT_TRUE(w.status.ok());
  EXPECT_LE(w.given, 1'000'000U);
  EXPECT_EQ(w.troubles[path], TreeTrouble::limit);
  EXPECT_FALSE(w.files.contains(path + "!/c.log"));
}

TEST(Tree, members_have_an_end) {
  std::vector<ArchiveFile> many;
  for (int i = 0; i < 100'000; ++i) {
    many.push_back({"m" + std::to_string(i), ""});
  }
  const std::string path = save("x.tar.gz", make_archive(ArchiveFormat::tar, ArchiveFilter::gzip, many));
  Walked all;
  walk(all, path);
  EXPECT_EQ(all.order.size(), 100'000U);
  TreeLimits limits;
  limits.members = 1000;
  Walked some;
  walk(some, path, limits);
  EXPECT_EQ(some.order.size(), 1000U);
  EXPECT_EQ(some.troubles[path], TreeTrouble::limit);
  EXPECT_NE(some.details[path].find("1000 members"), std::string::npos);
}

// Nothing packs it.
std::string noise(unsigned seed, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) {
    seed = seed * 1'664'525U + 1'013'904'223U;
    out += static_cast<char>(seed >> 24U);
  }
  return out;
}

TEST(Tree, what_a_truncated_archive_holds_is_given_and_the_damage_told) {
  for (const ArchiveFilter filter : {ArchiveFilter::none, ArchiveFilter::gzip, ArchiveFilter::xz, ArchiveFilter::zstd}) {
    const std::string whole =
        make_archive(ArchiveFormat::tar, filter, {{"a.log", noise(1, 200'000)}, {"b.log", noise(2, 300'000)}, {"c.log", "c"}});
    const std::string path = save("x.tar", whole.substr(0, whole.size() * 3 / 4));
    Walked w;
    walk(w, path);
    EXPECT_TRUE(w.status.ok());
    EXPECT_TRUE(w.files[path + "!/a.log"] == noise(1, 200'000));
    EXPECT_FALSE(w.files.contains(path + "!/c.log"));
    EXPECT_EQ(w.troubles[path], TreeTrouble::damaged) << w.details[path];
  }
}

TEST(Tree, gzip_gives_every_byte_before_the_damage) {
  const std::string text = "2026-11-18 first\n2026-11-18 second\n";
  const std::string whole = packed(ArchiveFilter::gzip, text);
  const std::string cut = save("cut.gz", whole.substr(0, whole.size() - 8));  // without the checksum
  Walked w;
  walk(w, cut);
  EXPECT_EQ(w.files[cut], text);
  EXPECT_EQ(w.errors[cut].kind, ErrorKind::malformed);
  std::string wrong = whole;
  wrong[wrong.size() - 6] ^= 1;  // in the checksum
  const std::string bad = save("bad.gz", wrong);
  Walked v;
  walk(v, bad);
  EXPECT_EQ(v.files[bad], text);
  EXPECT_EQ(v.errors[bad].kind, ErrorKind::malformed);
  const std::string padded = save("padded.gz", whole + std::string(1000, '\0'));
  Walked p;
  walk(p, padded);
  EXPECT_EQ(p.files[padded], text);
  EXPECT_TRUE(p.errors.empty());
  const std::string junk = save("junk.gz", whole + "more");
  Walked j;
  walk(j, junk);
  EXPECT_EQ(j.files[junk], text);
  EXPECT_EQ(j.errors[junk].kind, ErrorKind::malformed);
}

TEST(Tree, unknown_archives_are_named) {
  const std::string path = save("x.tar", make_archive(ArchiveFormat::tar, ArchiveFilter::none,
                                                      {{"a.7z", std::string("7z\xBC\xAF\x27\x1C", 6) + std::string(100, 'x')}}));
  Walked w;
  walk(w, path);
  EXPECT_EQ(w.troubles[path + "!/a.7z"], TreeTrouble::unsupported);
  EXPECT_NE(w.details[path + "!/a.7z"].find("7-Zip"), std::string::npos);
}

TEST(Tree, a_pipe_is_read_like_a_file) {
  for (const ArchiveFormat format : {ArchiveFormat::tar, ArchiveFormat::zip}) {
    const std::string bytes = make_archive(format, ArchiveFilter::none, kThree);
    const auto tree = stream_tree(std::make_unique<MemorySource>(bytes, "pipe", 1000), "standard input", {});
    Listing listing;
    EXPECT_TRUE(tree->walk(listing).ok());
    EXPECT_EQ(listing.order.size(), 3U);
    EXPECT_EQ(listing.files["standard input!/logs/b.log"], "second\n");
  }
}

TEST(Tree, stops_when_the_visitor_or_the_caller_says_so) {
  const std::string path = save("x.tar.gz", make_archive(ArchiveFormat::tar, ArchiveFilter::gzip, kThree));
  Walked w;
  w.left = 1;
  walk(w, path);
  EXPECT_EQ(w.status.error().kind, ErrorKind::interrupted);
  EXPECT_EQ(w.order.size(), 1U);
  TreeOptions options;
  int asked = 0;
  options.cancelled = [&] { return ++asked > 1; };
  const auto tree = open_tree(path, options);
  ASSERT_TRUE(tree.ok());
  Listing listing;
  const Status status = (*tree)->walk(listing);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::interrupted);
  EXPECT_TRUE(listing.troubles.empty());
}

TEST(LooksPacked, goes_by_content) {
  EXPECT_FALSE(looks_packed(""));
  EXPECT_FALSE(looks_packed("BZh9 is how bzip2 begins"));
  EXPECT_FALSE(looks_packed(std::string(1024, '\0')));
  EXPECT_FALSE(looks_packed(std::string(1024, ' ')));
  const std::string tar = make_archive(ArchiveFormat::tar, ArchiveFilter::none, {{"a", "b"}});
  EXPECT_TRUE(looks_packed(tar));
  EXPECT_FALSE(looks_compressed(tar));
  std::string damaged = tar;
  damaged[10] ^= 1;
  EXPECT_FALSE(looks_packed(damaged));
  EXPECT_TRUE(looks_compressed(packed(ArchiveFilter::zstd, "x")));
}

TEST(Spool, makes_a_private_file_within_the_limit) {
  const std::string dir = scratch_dir();
  MemorySource source("0123456789", "m", 3);
  const auto made = spool(source, dir + "/a", 10);
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->size, 10U);
  EXPECT_EQ(test::read_file(dir + "/a"), "0123456789");
  struct stat info {};
  ASSERT_EQ(::stat((dir + "/a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  MemorySource longer("0123456789", "m", 3);
  const auto refused = spool(longer, dir + "/b", 9);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::limit);
  EXPECT_FALSE(fs::exists(dir + "/b"));
}

TEST(PeekedSource, an_error_behind_the_first_bytes_is_told_after_them) {
  const std::string path = save("x.gz", packed(ArchiveFilter::gzip, "some text\n").substr(0, 22));
  Walked w;
  walk(w, path);
  EXPECT_EQ(w.errors[path].kind, ErrorKind::malformed);
  EXPECT_FALSE(w.files[path].empty());
}

}  // namespace
}  // namespace uptrail
