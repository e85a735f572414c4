// `uptrail messages`, the user's message files in every verb, and the worked example of docs/instrumenting.md.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "collector/base/text.h"
#include "collector/cli/cli.h"
#include "run.h"
#include "tests/support/files.h"
#include "tests/support/json_schema.h"

namespace uptrail {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::run;

// The same with a folder of the user's message files.
test::Ran run_with_folder(const std::string& folder, const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  cli::Terminal terminal{out, err};
  terminal.message_folder = folder;
  test::Ran ran;
  ran.code = cli::run_cli(arguments, terminal);
  ran.out = out.str();
  ran.err = err.str();
  return ran;
}

// A fenced block of a page.
std::string block(const std::string& page, const std::string& language) {
  const std::string open = "```" + language + "\n";
  const std::size_t begin = page.find(open);
  EXPECT_NE(begin, std::string::npos) << language;
  return begin == std::string::npos ? "" : page.substr(begin + open.size(), page.find("```\n", begin + 4) - begin - open.size());
}

struct Example {
  std::string dir = test::scratch_dir();
  std::string page = test::read_file(test::source_path("docs/instrumenting.md"));
  std::string log = dir + "/app.log";
  std::string messages = dir + "/shoebox.json";
  Example() {
    test::write_file(log, block(page, "log"));
    test::write_file(messages, block(page, "json"));
  }
  // What was printed, with the files as the page names them.
  [[nodiscard]] std::string plain(std::string text) const {
    for (std::size_t at = text.find(dir + "/"); at != std::string::npos; at = text.find(dir + "/")) {
      text.erase(at, dir.size() + 1);
    }
    return text;
  }
  // Paths are longer here than on the page, so lines break elsewhere.
  static std::string unbroken(std::string_view text) {
    std::string out;
    for (const char c : text) {
      const bool blank = c == ' ' || c == '\n';
      out += blank ? (out.empty() || out.back() == ' ' ? "" : " ") : std::string(1, c);
    }
    return out;
  }
  void expect_lines(const std::string& language, const std::string& printed) const {
    const std::string wanted = block(page, language);
    for (const std::string_view line : split(wanted, '\n')) {
      EXPECT_TRUE(contains(unbroken(plain(printed)), unbroken(line))) << line << "\n--\n" << plain(printed);
    }
  }
};

TEST(OwnLogExample, says_what_the_page_says_before_and_after) {
  const Example e;
  const auto before = run({"check", e.log});
  EXPECT_EQ(before.code, 4);
  e.expect_lines("before", before.out);
  EXPECT_TRUE(contains(e.plain(before.out), "uptrail messages draft app.log"));
  EXPECT_TRUE(contains(before.out, "NOT UNDERSTOOD"));
  const auto after = run({"check", "--messages", e.messages, e.log});
  EXPECT_EQ(after.code, 1) << after.err;
  e.expect_lines("after", after.out);
  EXPECT_FALSE(contains(after.out, "NOT UNDERSTOOD"));
  EXPECT_EQ(test::schema_problems("schemas/message_file.schema.json", block(e.page, "json")), "");
}

TEST(OwnLogExample, json_names_the_files_and_what_was_not_understood) {
  const Example e;
  const json before = json::parse(run({"check", "--json", e.log}).out);
  EXPECT_EQ(before["sources"][0]["not_understood"], true);
  EXPECT_FALSE(before.contains("message_files"));
  const auto ran = run({"check", "--json", "--messages", e.messages, e.log});
  EXPECT_EQ(test::schema_problems("schemas/check.schema.json", ran.out), "");
  const json after = json::parse(ran.out);
  EXPECT_EQ(after["sources"][0]["not_understood"], false);
  EXPECT_EQ(after["message_files"], json::array({e.messages}));
}

TEST(OwnLogExample, collect_and_explain_take_the_file_and_the_case_keeps_its_name) {
  const Example e;
  const std::string path = e.dir + "/trip.uptrail";
  ASSERT_EQ(run({"collect", "--messages", e.messages, e.log, "-o", path}).code, 0);
  const auto checked = run({"check", path});
  EXPECT_EQ(checked.code, 1);
  EXPECT_TRUE(contains(checked.out, "Messages: built-in,")) << checked.out;
  EXPECT_TRUE(contains(run({"explain", path, "C1"}).out, "HTTP 500"));
  EXPECT_TRUE(contains(run({"explain", e.log, "C1", "--messages", e.messages}).out, "HTTP 500"));
  const auto plain = run({"collect", e.log, "-o", e.dir + "/plain.uptrail"});
  EXPECT_TRUE(contains(e.plain(plain.out), "NOT UNDERSTOOD")) << plain.out;
  EXPECT_TRUE(contains(e.plain(plain.out), "uptrail messages draft app.log")) << plain.out;
}

TEST(UserMessageFolder, is_read_by_name_and_can_be_left_out) {
  const Example e;
  const std::string folder = e.dir + "/messages";
  fs::create_directories(folder);
  fs::copy_file(e.messages, folder + "/b.json");
  test::write_file(folder + "/notes.txt", "no message file");
  const auto ran = run_with_folder(folder, {"check", e.log});
  EXPECT_EQ(ran.code, 1) << ran.err;
  EXPECT_TRUE(contains(ran.out, folder + "/b.json")) << ran.out;
  EXPECT_EQ(run_with_folder(folder, {"check", "--no-user-messages", e.log}).code, 4);
  EXPECT_EQ(run_with_folder(e.dir + "/nowhere", {"check", e.log}).code, 4);
  // The same content named on the command line, too, is one file.
  EXPECT_EQ(run_with_folder(folder, {"check", "--messages", e.messages, e.log}).code, 1);
}

TEST(UserMessageFolder, a_broken_file_is_an_error_with_its_place_and_a_way_out) {
  const Example e;
  const std::string folder = e.dir + "/messages";
  fs::create_directories(folder);
  test::write_file(folder + "/a.json", "{\"uptrail_messages\": 1,\n \"messages\": [}");
  const auto ran = run_with_folder(folder, {"check", e.log});
  EXPECT_EQ(ran.code, 3);
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(contains(ran.err, folder + "/a.json: byte ")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "line 2")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "--no-user-messages")) << ran.err;
  EXPECT_EQ(run_with_folder(folder, {"check", "--no-user-messages", e.log}).code, 4);
  EXPECT_EQ(run_with_folder(folder, {"collect", e.log, "-o", e.dir + "/x.uptrail"}).code, 3);
  // Named on the command line there is nothing to leave out.
  const auto named = run({"check", "--messages", folder + "/a.json", e.log});
  EXPECT_EQ(named.code, 3);
  EXPECT_FALSE(contains(named.err, "--no-user-messages")) << named.err;
}

TEST(Messages, checks_a_file_and_says_where_it_is_wrong) {
  const Example e;
  const auto good = run({"messages", "check", e.messages});
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_EQ(e.plain(good.out), "shoebox.json: OK, 9 patterns, 9 of them for events, 9 samples\n");
  std::string text = test::read_file(e.messages);
  text.replace(text.find("resumed\", \"gives"), 7, "RESUMED");
  test::write_file(e.dir + "/bad.json", text);
  const auto bad = run({"messages", "check", e.dir + "/bad.json"});
  EXPECT_EQ(bad.code, 3);
  EXPECT_TRUE(contains(bad.err, "bad.json: pattern 'shoebox.task-resumed': sample 1 does not match")) << bad.err;
  EXPECT_EQ(run({"messages", "check"}).code, 2);
  EXPECT_EQ(run({"messages", "chekc", e.messages}).code, 2);
}

TEST(Messages, counts_what_each_pattern_takes) {
  const Example e;
  const json tested = json::parse(run({"messages", "test", "--json", e.messages, e.log}).out);
  EXPECT_EQ(tested["records"], 15);
  int hits = 0;
  for (const json& m : tested["messages"]) {
    hits += m["hits"].get<int>();
  }
  EXPECT_EQ(hits, 14);  // all but "all quiet"
  EXPECT_TRUE(contains(run({"messages", "test", e.messages, e.log}).out, "        4  upload.state  "));
}

TEST(Messages, lists_all_patterns) {
  const auto ran = run({"messages", "list"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_TRUE(contains(ran.out, "system.launch ")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "library_rn_fetch_blob.json  (built-in)"));
  const Example e;
  const json listed = json::parse(run({"messages", "list", "--json", "--messages", e.messages}).out);
  EXPECT_EQ(listed["schema"], "uptrail.message-list/1");
  bool own = false;
  for (const json& m : listed["messages"]) {
    own = own ||
          (m["id"] == "shoebox.state" && m["kind"] == "upload.state" && m["file"] == e.messages && m["provenance"] == "seen");
  }
  EXPECT_TRUE(own);
}

TEST(Messages, a_draft_of_every_fixture_loads_as_it_stands) {
  const std::string dir = test::scratch_dir();
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(test::source_path("tests/fixtures/containers"))) {
    if (entry.is_regular_file()) {
      files.push_back(entry.path());
    }
  }
  ASSERT_GT(files.size(), 10U);
  std::size_t drafts = 0;
  for (const fs::path& file : files) {
    const auto drafted = run({"messages", "draft", "--all", "--limit", "500", file.string()});
    if (drafted.code == 3) {
      EXPECT_TRUE(contains(drafted.err, "no log text")) << file << drafted.err;  // a binary fixture
      continue;
    }
    ASSERT_EQ(drafted.code, 0) << file << drafted.err;
    EXPECT_EQ(test::schema_problems("schemas/message_file.schema.json", drafted.out), "") << file;
    test::write_file(dir + "/draft.json", drafted.out);
    const auto checked = run({"messages", "check", dir + "/draft.json"});
    EXPECT_EQ(checked.code, 0) << file << ": " << checked.err << drafted.out;
    EXPECT_EQ(run({"messages", "draft", "--all", "--limit", "500", file.string()}).out, drafted.out) << file;
    drafts += json::parse(drafted.out)["messages"].empty() ? 0 : 1;
  }
  EXPECT_GT(drafts, 5U);
}

TEST(Messages, drafts_of_real_logs_load_as_they_stand) {
  UPTRAIL_NEED_REAL(folder, "real-logs");
  const std::string dir = test::scratch_dir();
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto drafted = run({"messages", "draft", "--all", "--limit", "500", entry.path().string()});
    if (drafted.code != 0 || entry.path().extension() != ".log") {
      continue;
    }
    test::write_file(dir + "/draft.json", drafted.out);
    const auto checked = run({"messages", "check", dir + "/draft.json"});
    EXPECT_EQ(checked.code, 0) << entry.path() << ": " << checked.err;
  }
}

TEST(Messages, a_draft_makes_its_log_understood_and_says_what_to_do_next) {
  const Example e;
  const auto drafted = run({"messages", "draft", e.log});
  ASSERT_EQ(drafted.code, 0) << drafted.err;
  EXPECT_TRUE(contains(drafted.err, "uptrail check --messages")) << drafted.err;
  test::write_file(e.dir + "/draft.json", drafted.out);
  const json draft = json::parse(drafted.out);
  EXPECT_EQ(draft["processes"], json::array({"Shoebox"}));
  const json checked = json::parse(run({"check", "--json", "--messages", e.dir + "/draft.json", e.log}).out);
  EXPECT_EQ(checked["sources"][0]["matched"], 0);  // a draft alone tells no event
  EXPECT_GE(checked["sources"][0]["related"], 12);
  EXPECT_EQ(checked["sources"][0]["not_understood"], false);
}

TEST(Messages, a_log_of_no_known_format_is_drafted_line_by_line_with_a_warning) {
  const std::string dir = test::scratch_dir();
  test::write_file(dir + "/plain.txt", "upload a of 17 started\nupload a of 18 started\nhello\n");
  const auto ran = run({"messages", "draft", dir + "/plain.txt"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_TRUE(contains(ran.err, "no known log format")) << ran.err;
  EXPECT_EQ(json::parse(ran.out)["messages"].size(), 1U) << ran.out;
  EXPECT_EQ(run({"messages", "draft", dir + "/missing"}).code, 3);
  EXPECT_EQ(run({"messages", "draft", "--limit", "0", dir + "/plain.txt"}).code, 2);
  EXPECT_EQ(run({"messages", "draft"}).code, 2);
}

}  // namespace
}  // namespace uptrail
