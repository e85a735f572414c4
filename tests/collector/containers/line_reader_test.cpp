#include "collector/containers/line_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "collector/containers/container.h"

namespace uptrail {
namespace {

std::vector<std::string> lines_of(std::string_view bytes, std::size_t chunk = SIZE_MAX) {
  MemorySource source(bytes, "m", chunk);
  LineReader reader(source);
  std::vector<std::string> out;
  while (reader.next()) {
    out.push_back(std::to_string(reader.line().offset) + ':' + std::string(reader.line().text));
  }
  EXPECT_TRUE(reader.status().ok());
  return out;
}

TEST(LineReader, splits_at_lf_and_crlf_and_keeps_offsets) {
  const std::string bytes =
      "\xEF\xBB\xBF"
      "a\r\n\nbc\rd\nlast\r";
  const std::vector<std::string> expected = {"3:a", "6:", "7:bc\rd", "12:last\r"};
  for (const std::size_t chunk : {1U, 2U, 3U, 100U}) {
    EXPECT_EQ(lines_of(bytes, chunk), expected) << chunk;
  }
}

TEST(LineReader, knows_whether_the_last_line_ended) {
  MemorySource source("a\nb");
  LineReader reader(source);
  ASSERT_TRUE(reader.next());
  EXPECT_TRUE(reader.line().terminated);
  ASSERT_TRUE(reader.next());
  EXPECT_FALSE(reader.line().terminated);
  EXPECT_FALSE(reader.next());
}

TEST(LineReader, holds_many_lines_across_buffers) {
  std::string bytes = "head\n";
  for (int i = 0; i < 300'000; ++i) {
    bytes += "line " + std::to_string(i) + "\n";
  }
  MemorySource source(bytes);
  LineReader reader(source);
  ASSERT_TRUE(reader.next());
  ASSERT_TRUE(reader.next());
  reader.hold();
  while (reader.next()) {
    ASSERT_EQ(reader.held().substr(0, 6), "line 0");
  }
  EXPECT_EQ(reader.held().size(), bytes.size() - 6);
  EXPECT_GT(reader.moves(), 0U);
}

TEST(LineReader, cuts_an_endless_line_and_goes_on_with_true_offsets) {
  const std::string bytes = "a\n" + std::string(30U << 20U, 'x') + "\nb\nc";
  for (const std::size_t chunk : {SIZE_MAX, std::size_t{100'003}}) {
    MemorySource source(bytes, "m", chunk);
    LineReader reader(source);
    ASSERT_TRUE(reader.next());
    ASSERT_TRUE(reader.next());
    EXPECT_TRUE(reader.line().cut());
    EXPECT_EQ(reader.line().text.size(), kMaxRecordBytes);
    EXPECT_EQ(reader.line().length, 30U << 20U);
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.line().text, "b");
    EXPECT_EQ(reader.line().offset, bytes.size() - 3);
    EXPECT_EQ(reader.line().number, 3U);
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.line().text, "c");
  }
}

TEST(LineReader, reads_on_when_the_source_is_larger_than_it_said) {
  class Growing final : public ByteSource {
   public:
    [[nodiscard]] std::string_view name() const override { return "growing"; }
    [[nodiscard]] std::optional<std::uint64_t> size() const override { return 10; }
    Result<std::size_t> read(std::span<char> into) override {
      std::size_t n = 0;
      for (; n < into.size() && left > 0; ++n, --left) {
        into[n] = left % 7 == 0 ? '\n' : 'x';
      }
      return n;
    }
    std::size_t left = 7'000'000;
  };
  Growing source;
  LineReader reader(source);
  std::size_t lines = 0;
  while (reader.next()) {
    ++lines;
  }
  EXPECT_EQ(lines, 1'000'001U);
}

TEST(LineReader, passes_on_the_error_of_its_source) {
  class Broken final : public ByteSource {
   public:
    [[nodiscard]] std::string_view name() const override { return "broken"; }
    [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::nullopt; }
    Result<std::size_t> read(std::span<char>) override { return fail(ErrorKind::unreadable, "the disk is gone", "broken", 0); }
  };
  Broken source;
  LineReader reader(source);
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.status().ok());
}

}  // namespace
}  // namespace uptrail
