// Bad input end to end: the message names file and cause, the exit code is right, good records around a bad one are kept.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "collector/base/text.h"
#include "run.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

using nlohmann::json;
using test::run;

const std::string kGood1 =
    R"({"uptrail":1,"kind":"app.launch","t":1795006805000000000,"bundle":"com.example.app","process":"App","pid":7})";
const std::string kGood2 =
    R"({"uptrail":1,"kind":"app.heartbeat","t":1795006810000000000,"bundle":"com.example.app","process":"App","pid":7})";

std::string scratch(const std::string& name, std::string_view bytes) {
  const std::string path = test::scratch_dir() + "/" + name;
  test::write_file(path, bytes);
  return path;
}

// One line of talk that names the file.
void expect_refused(const std::string& path, int code, const std::string& cause) {
  for (const char* verb : {"check", "collect"}) {
    const auto ran = run({verb, path});
    EXPECT_EQ(ran.code, code) << verb << ": " << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(ran.err.find("uptrail: " + path + ": "), 0U) << ran.err;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    EXPECT_TRUE(contains(ran.err, cause)) << ran.err;
  }
}

json check_json(const std::string& path, int code) {
  const auto ran = run({"check", "--json", path});
  EXPECT_EQ(ran.code, code) << ran.err;
  json root = json::parse(ran.out, nullptr, false);
  EXPECT_FALSE(root.is_discarded()) << ran.out;
  return root;
}

// Two good records around `bad`, which is counted.
void expect_kept_around(const std::string& bad, const std::string& cause) {
  const std::string path = scratch("x.ndjson", kGood1 + "\n" + bad + "\n" + kGood2 + "\n");
  const json root = check_json(path, 4);
  ASSERT_EQ(root["sources"].size(), 1U);
  const json& source = root["sources"][0];
  EXPECT_EQ(source["read"], 3);
  EXPECT_EQ(source["read"], source["matched"].get<int>() + source["related"].get<int>() + source["irrelevant"].get<int>() +
                                source["unparsed"].get<int>());
  EXPECT_GE(root["counts"]["events"], 2);
  const std::string text = run({"check", path}).out;
  EXPECT_TRUE(contains(text, "line 2")) << text;
  EXPECT_TRUE(contains(text, cause)) << text;
}

TEST(BadInput, missing_file) { expect_refused(test::scratch_dir() + "/nothing.log", 3, "o such file"); }
TEST(BadInput, folder) { expect_refused(test::scratch_dir(), 3, "folder"); }
TEST(BadInput, empty_file) { expect_refused(scratch("empty.log", ""), 3, "empty"); }

TEST(BadInput, binary_junk) {
  std::string junk;
  for (std::uint32_t i = 0, x = 12345; i < 100000; ++i) {
    x = x * 1664525U + 1013904223U;
    junk += static_cast<char>(x >> 24U);
  }
  expect_refused(scratch("junk.bin", junk), 3, "no known format");
}

TEST(BadInput, truncated_last_line_is_counted_and_the_rest_kept) {
  const std::string path = scratch("cut.ndjson", kGood1 + "\n" + kGood2 + "\n" + kGood2.substr(0, 40));
  const json root = check_json(path, 4);
  EXPECT_EQ(root["sources"][0]["matched"], 2);
  EXPECT_EQ(root["sources"][0]["unparsed"], 1);
  EXPECT_TRUE(contains(run({"check", path}).out, "line 3"));
}

TEST(BadInput, garbage_between_good_lines) { expect_kept_around("%%% not json", ""); }
TEST(BadInput, wrong_type) {
  expect_kept_around(R"({"uptrail":1,"kind":"task.resume","t":1795006806000000000,"id":"seven"})", "id");
}
TEST(BadInput, time_outside_int64) {
  expect_kept_around(R"({"uptrail":1,"kind":"app.heartbeat","t":99999999999999999999999999})", "t");
}

TEST(BadInput, invalid_utf8_is_replaced_in_every_output) {
  const std::string path =
      scratch("utf8.ndjson", kGood1 + "\n" + R"({"uptrail":1,"kind":"task.resume","t":1795006806000000000,"desc":")" +
                                 "caf\xe9\xff" + "\"}\n" + kGood2 + "\n");
  const json root = check_json(path, 4);
  EXPECT_EQ(root["sources"][0]["read"], 3);
  EXPECT_TRUE(is_valid_utf8(run({"check", path}).out));
}

TEST(BadInput, line_of_100_mb_takes_no_100_mb_and_loses_no_neighbour) {
  std::string text = kGood1 + "\n" + R"({"uptrail":1,"kind":"app.heartbeat","t":1795006806000000000,"pad":")";
  text.append(std::size_t{100} << 20U, 'x');
  text += "\"}\n" + kGood2 + "\n";
  const std::string path = scratch("long.ndjson", text);
  const json root = check_json(path, 4);
  EXPECT_GE(root["sources"][0]["matched"], 2);
  EXPECT_TRUE(contains(run({"check", path}).out, "line 2"));
  std::filesystem::remove(path);
}

TEST(BadInput, one_bad_input_does_not_hide_the_good_ones) {
  const std::string dir = test::scratch_dir();
  test::write_file(dir + "/good.ndjson", kGood1 + "\n" + kGood2 + "\n");
  test::write_file(dir + "/empty.log", "");
  const auto ran = run({"check", dir + "/good.ndjson", dir + "/empty.log"});
  EXPECT_EQ(ran.code, 3);
  EXPECT_TRUE(contains(ran.out, "COULD NOT TELL"));
  EXPECT_TRUE(contains(ran.err, "empty.log"));
}

TEST(BadCase, not_sqlite) { EXPECT_EQ(run({"check", scratch("x.uptrail", "hello, this is no case at all\n")}).code, 3); }
TEST(BadCase, empty) { EXPECT_EQ(run({"check", scratch("x.uptrail", "")}).code, 3); }

std::string small_case() {
  const std::string dir = test::scratch_dir();
  test::write_file(dir + "/a.ndjson", kGood1 + "\n" + kGood2 + "\n");
  EXPECT_EQ(run({"collect", dir + "/a.ndjson", "-o", dir + "/a.uptrail"}).code, 0);
  return dir + "/a.uptrail";
}

// Bytes of a number in the header of a SQLite file.
std::string with_header_number(const std::string& path, std::size_t offset, std::uint32_t value) {
  std::string bytes = test::read_file(path);
  for (std::size_t i = 0; i < 4; ++i) bytes[offset + i] = static_cast<char>(value >> (24U - 8U * i));
  test::write_file(path, bytes);
  return path;
}

TEST(BadCase, newer_schema_names_both_versions) {
  const std::string path = with_header_number(small_case(), 60, 4711);
  const auto ran = run({"check", path});
  EXPECT_EQ(ran.code, 3);
  EXPECT_TRUE(contains(ran.err, path + ": ")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "4711")) << ran.err;
}

TEST(BadCase, sqlite_of_somebody_else) {
  const std::string path = with_header_number(small_case(), 68, 1);
  EXPECT_EQ(run({"check", path}).code, 3);
  const std::string before = test::read_file(path);
  const std::string other = path + ".ndjson";
  test::write_file(other, kGood2 + "\n");
  EXPECT_EQ(run({"collect", other, "-o", path}).code, 3);
  EXPECT_EQ(test::read_file(path), before);
}

TEST(BadCase, cut_off) {
  const std::string path = small_case();
  test::write_file(path, test::read_file(path).substr(0, 9000));
  const auto ran = run({"check", path});
  EXPECT_EQ(ran.code, 3) << ran.out << ran.err;
  EXPECT_TRUE(contains(ran.err, path)) << ran.err;
}

}  // namespace
}  // namespace uptrail
