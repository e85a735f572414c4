// How much of real captures is understood; skipped when they are not there.
#include "collector/pipeline/survey.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "collector/base/text.h"
#include "collector/pipeline/collect.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

std::string gunzip(const std::string& file) {
  std::FILE* pipe = ::popen(("gzip -dc '" + file + "'").c_str(), "r");
  std::string bytes;
  std::array<char, 65536> buffer{};
  for (std::size_t n = 0; pipe != nullptr && (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) != 0;) {
    bytes.append(buffer.data(), n);
  }
  EXPECT_TRUE(pipe != nullptr && ::pclose(pipe) == 0);
  return bytes;
}

// The value of a key as JSON, quotes included; `""` when it is null or missing.
std::string_view json_value(std::string_view line, std::string_view key) {
  const std::string mark = "\"" + std::string(key) + "\": ";
  const std::size_t at = line.find(mark);
  if (at == std::string_view::npos || line[at + mark.size()] == 'n') {
    return "\"\"";
  }
  const std::string_view rest = line.substr(at + mark.size());
  std::size_t end = rest.front() == '"' ? 1 : rest.find_first_of(",}");
  while (rest.front() == '"' && rest[end] != '"') {
    end += rest[end] == '\\' ? 2 : 1;
  }
  return rest.substr(0, rest.front() == '"' ? end + 1 : end);
}

// What `log show --style ndjson` prints of the records; times are made up, in order.
std::string as_log_show(std::string_view records) {
  std::string out;
  std::size_t n = 0;
  for (const std::string_view r : split(records, '\n')) {
    if (r.empty()) {
      continue;
    }
    std::array<char, 48> time{};
    std::snprintf(time.data(), time.size(), "2023-01-12 02:%02zu:%02zu.000000+0100", n / 60 % 60, n % 60);
    ++n;
    out += "{\"timestamp\":\"" + std::string(time.data()) + "\",\"eventType\":\"logEvent\",\"messageType\":\"Default\"";
    for (const auto& [ours, theirs] :
         {std::pair("eventMessage", "msg"), std::pair("processImagePath", "process"), std::pair("senderImagePath", "sender"),
          std::pair("processID", "pid"), std::pair("subsystem", "subsystem"), std::pair("category", "category")}) {
      out += ",\"" + std::string(ours) + "\":" + std::string(json_value(r, theirs));
    }
    out += "}\n";
  }
  return out;
}

double open_share(const Accounting& a) {
  return static_cast<double>(a.related - a.known) / static_cast<double>(std::max<std::uint64_t>(a.matched + a.related, 1));
}

TEST(Survey, two_minutes_of_a_mac_are_understood) {
  UPTRAIL_NEED_REAL(file, "unified-log/expected/golden_macos12.6_cfnetwork_nsurlsessiond.jsonl.gz");
  const std::string path = test::scratch_dir() + "/mac.ndjson";
  test::write_file(path, as_log_show(gunzip(file)));
  const auto row = survey(path);
  ASSERT_TRUE(row.ok()) << row.error().text();
  const Accounting& a = row->accounting;
  std::cout << "read " << a.read << ", matched " << a.matched << ", known " << a.known << ", not understood "
            << a.related - a.known << ", irrelevant " << a.irrelevant << "\n";
  EXPECT_EQ(a.read, 2122U);
  EXPECT_EQ(a.unparsed, 0U);
  EXPECT_TRUE(a.balanced());
  EXPECT_GT(a.matched + a.known, 2000U);
  EXPECT_LE(open_share(a), 0.02);
}

TEST(Survey, excerpts_that_can_be_read_are_understood) {
  UPTRAIL_NEED_REAL(folder, "real-logs");
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  Accounting all;
  for (const std::string& file : files) {
    if (file.ends_with("INDEX.tsv")) {
      continue;
    }
    const auto row = survey(file);
    ASSERT_TRUE(row.ok()) << row.error().text();
    EXPECT_TRUE(row->accounting.balanced()) << file;
    all.matched += row->accounting.matched;
    all.related += row->accounting.related;
    all.known += row->accounting.known;
  }
  EXPECT_GT(all.matched, 40U);
  EXPECT_LE(open_share(all), 0.05);
}

// The text of a capture whose lines name a task without telling an event.
TEST(Survey, lines_that_are_not_understood_keep_what_they_name) {
  const std::string task = "Task <4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071>.<7>";
  const std::string text = "default\t14:00:01.000000+0100\tnsurlsessiond\t" + task + " enqueueing\n" +
                           "default\t14:00:02.000000+0100\tnsurlsessiond\t" + task + " is doing something new\n" +
                           "default\t14:00:03.000000+0100\tnsurlsessiond\t" + task + " setting up Connection 3\n" +
                           "default\t14:00:04.000000+0100\tShoebox\tstarted <" + task.substr(6, 36) + ">\n";
  const auto reader = collect_text(text, "copy.log");
  ASSERT_TRUE(reader.ok()) << reader.error().text();
  const Accounting a = (*reader)->sources()->front().accounting;
  EXPECT_EQ(a.read, 4U);
  EXPECT_EQ(a.matched, 1U);
  EXPECT_EQ(a.related, 2U);
  EXPECT_EQ(a.known, 1U);
  RelatedQuery query;
  query.task = Uuid::parse("4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071");
  std::string found;
  ASSERT_TRUE((*reader)
                  ->for_each_related(query,
                                     [&](const RelatedLine& line) {
                                       EXPECT_EQ(line.about.number, 7);
                                       found += line.known ? "known " : "open ";
                                       return true;
                                     })
                  .ok());
  EXPECT_EQ(found, "open known ");
}

}  // namespace
}  // namespace uptrail
