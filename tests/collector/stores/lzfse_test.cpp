#include "collector/stores/lzfse.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace uptrail::test {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
Result<std::vector<std::byte>> decode(const std::string& in, std::size_t limit = 1U << 24U) {
  return decode_lzfse(bytes_of(in), limit);
}
std::string text_of(const Result<std::vector<std::byte>>& out) {
  return out.ok() ? std::string(reinterpret_cast<const char*>(out->data()), out->size()) : "error: " + out.error().text();
}

// The samples were packed by the reference implementation from this text.
std::string sample_text(int n) {
  std::string out;
  for (int i = 0; i < n; ++i) {
    out += "upload " + std::to_string(i) + " of " + std::to_string(n) + ": photo-" + std::to_string(i % 7) + ".jpg, " +
           std::to_string(i * i * 37) + " bytes\n";
  }
  return out;
}
std::string sample(const std::string& name) { return read_file(source_path("tests/fuzz/corpus/lzfse/" + name + ".lzfse")); }

TEST(Lzfse, decodes_every_kind_of_block) {
  EXPECT_EQ(text_of(decode(sample("packed"))), sample_text(2000));
  EXPECT_EQ(text_of(decode(sample("plain"))), sample_text(2000));
  EXPECT_EQ(text_of(decode(sample("lzvn"))), sample_text(40));
  EXPECT_EQ(text_of(decode(sample("raw"))), "seven77");
}

TEST(Lzfse, blocks_follow_each_other) {
  const auto without_end = [](std::string block) { return block.substr(0, block.size() - 4); };
  EXPECT_EQ(text_of(decode(without_end(sample("raw")) + without_end(sample("lzvn")) + sample("packed"))),
            "seven77" + sample_text(40) + sample_text(2000));
}

TEST(Lzfse, is_recognised_by_its_first_bytes) {
  for (const char* name : {"packed", "plain", "lzvn", "raw"}) {
    EXPECT_TRUE(is_lzfse(sample(name))) << name;
  }
  EXPECT_FALSE(is_lzfse("bvx"));
  EXPECT_FALSE(is_lzfse("bvx9"));
  EXPECT_FALSE(is_lzfse("SQLite format 3"));
}

TEST(Lzfse, is_never_more_than_allowed) {
  const auto out = decode(sample("packed"), 1000);
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().kind, ErrorKind::limit);
  // A block that promises 4 GB.
  EXPECT_EQ(decode(std::string("bvxn\xff\xff\xff\xff\x08\0\0\0\x06\0\0\0\0\0\0\0bvx$", 24)).error().kind, ErrorKind::limit);
}

TEST(Lzfse, every_truncation_is_an_error_with_a_place) {
  for (const char* name : {"packed", "plain", "lzvn", "raw"}) {
    const std::string whole = sample(name);
    for (std::size_t n = 0; n<whole.size(); n += whole.size()> 1000 ? 97 : 1) {
      const auto out = decode(whole.substr(0, n));
      ASSERT_FALSE(out.ok()) << name << " cut at " << n;
      EXPECT_EQ(out.error().kind, ErrorKind::malformed);
      EXPECT_TRUE(out.error().offset);
    }
  }
}

TEST(Lzfse, damage_is_an_error_or_the_length_still_fits) {
  for (const char* name : {"packed", "plain", "lzvn"}) {
    const std::string whole = sample(name);
    const std::size_t length = decode(whole)->size();
    for (std::size_t at = 0; at<whole.size(); at += whole.size()> 1000 ? 31 : 1) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
      const auto out = decode(damaged);
      EXPECT_TRUE(!out.ok() || out->size() == length) << name << " at " << at;
    }
  }
}

TEST(Lzfse, matches_cannot_reach_back_before_the_beginning) {
  // One literal, then a match from 9 back.
  const std::string block("bvxn\x05\0\0\0\x0c\0\0\0\xe1X\x08\x09\x06\0\0\0\0\0\0\0bvx$", 28);
  EXPECT_NE(text_of(decode(block)).find("reaches back"), std::string::npos) << text_of(decode(block));
}

}  // namespace
}  // namespace uptrail::test
