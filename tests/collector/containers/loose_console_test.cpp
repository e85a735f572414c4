// Consoles whose lines have no time: React Native, Flutter, bare messages; and how lines become messages there.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "collector/containers/text_pieces.h"
#include "tests/collector/containers/checks.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

using test::check_container;
using test::container_by_id;
using test::read_dump;

std::string chosen(std::string_view text) {
  const auto found = recognise(text, true);
  return found.chosen == nullptr ? "" : std::string(found.chosen->info().id);
}

std::vector<std::string> pieces(std::string_view block) {
  std::vector<std::string> out;
  for (const TextPiece& p : split_pieces(block)) {
    out.emplace_back(block.substr(p.offset, p.length));
  }
  return out;
}

using Texts = std::vector<std::string>;

TEST(TextPieces, holds_lines_by_brackets_quotes_and_indentation) {
  EXPECT_EQ(pieces("a\nb\n"), (Texts{"a", "b"}));
  EXPECT_EQ(pieces("a {\nb\n}\nc"), (Texts{"a {\nb\n}", "c"}));
  EXPECT_EQ(pieces("a\n\tb\n  c\n]>\nd"), (Texts{"a\n\tb\n  c\n]>", "d"}));
  EXPECT_EQ(pieces("a={x, \r\n\r\n(\r\n y), z} [1]\r\nb"), (Texts{"a={x, \r\n\r\n(\r\n y), z} [1]", "b"}));
  EXPECT_EQ(pieces("Error Domain=D \"two\nlines\" x\nb"), (Texts{"Error Domain=D \"two\nlines\" x", "b"}));
  EXPECT_EQ(pieces("a=(\n\"x\ny\",\nz)\nb"), (Texts{"a=(\n\"x\ny\",\nz)", "b"}));
  EXPECT_EQ(pieces("\n\n"), Texts{});
  EXPECT_EQ(pieces(""), Texts{});
  EXPECT_EQ(first_piece("a (\n) b\nc"), "a (\n) b");
}

TEST(TextPieces, is_not_misled_by_what_is_never_closed) {
  EXPECT_EQ(pieces("sad :(\nnext\nlast)x"), (Texts{"sad :(\nnext\nlast)x"}));  // nothing tells these apart
  EXPECT_EQ(pieces("sad :(\nnext"), (Texts{"sad :(", "next"}));
  EXPECT_EQ(pieces("a 5\" one\nnext\n6\" two"), (Texts{"a 5\" one", "next", "6\" two"}));
  EXPECT_EQ(pieces("a {( \nb }\nc"), (Texts{"a {( \nb }", "c"}));
  EXPECT_EQ(pieces("a \"(\"\nb\n)"), (Texts{"a \"(\"", "b\n)"}));
  std::string far = "a (\n";
  for (int i = 0; i < 3000; ++i) {
    far += "x\n";
  }
  EXPECT_EQ(pieces(far + "b )").size(), 3002U);
}

TEST(TextPieces, takes_hostile_text) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) {
    text += i % 3 == 0 ? "({[\n" : i % 3 == 1 ? "\"\n" : ")\n";
  }
  EXPECT_FALSE(split_pieces(text).empty());
}

TEST(RctLog, passes_the_container_checks) {
  check_container(container_by_id("rct_log"), "rct_log.log", false);
  check_container(container_by_id("rct_log"), "rct_log_untimed.log", false);
}

TEST(RctLog, gives_a_prefix_back_as_it_was_written) {
  for (const std::string time : {"", "2026-11-18 14:41:03.123 "}) {
    for (const std::string thread : {"main", "NSOperationQueue 0x1c0624fc0 (QOS: UTILITY)", "com.facebook.react.JavaScript"}) {
      for (const std::string place : {"", "[RNUpload.m:362]"}) {
        for (const std::string message : {"plain", "[RNUpload] done", "{\n  a: 1\n}"}) {
          std::string line = time;
          line += "[error][tid:" + thread + "]" + place + " " + message + "\n";
          EXPECT_EQ(chosen(line), "rct_log") << line;
          const auto out = read_dump(container_by_id("rct_log"), line);
          EXPECT_EQ(out.records, 1U) << out.dump;
          EXPECT_EQ(out.dump.find("t=-") == std::string::npos, !time.empty()) << out.dump;
          EXPECT_NE(out.dump.find("thread=\"" + thread + "\" level=error\n  message=\"" + message.substr(0, 1)),
                    std::string::npos)
              << out.dump;
        }
      }
    }
  }
}

TEST(RctLog, is_strict_about_its_prefix) {
  for (const char* line :
       {"[info] text", "[info][main] text", "[Info][tid:main] text", "text [info][tid:main] x", "[info][tid:main"}) {
    EXPECT_NE(chosen(line), "rct_log") << line;
  }
}

TEST(FlutterConsole, passes_the_container_checks) {
  check_container(container_by_id("flutter_console"), "flutter_console.log", false);
}

TEST(FlutterConsole, leaves_consoles_of_xcode_alone) {
  EXPECT_EQ(chosen("2026-11-18 14:41:03.123456+0100 Runner[1:2] text\nflutter: print\nflutter: print\n"), "xcode");
  EXPECT_EQ(chosen("flutter: print\nflutter: print\ntext\nTimestamp: 2026-11-18 14:41:03+01:00 | Library: x\n"), "xcode15");
  EXPECT_EQ(chosen("flutterby: text\nF/flutters (1): x\nI/flutter (): x\n"), "");
}

TEST(Bare, passes_the_container_checks) {
  check_container(container_by_id("bare"), "bare.log", false);
  check_container(container_by_id("bare"), "bare_prose.log", false);
}

TEST(Bare, takes_no_text_without_a_message_of_the_system) {
  for (const char* text : {"hello\nworld\n", "Tasks <1>\nTask list\n", "the NSURLSession class and didCompleteWithError",
                           "Task <a b>.<1> x", "{\"a\":\"Task <0F4A1C52-7A57-4B62-9C33-5C9C8F2E0001>.<1> HTTP load failed\"}",
                           "<?xml version=\"1.0\"?>\nHTTP load failed"}) {
    EXPECT_EQ(chosen(text), "") << text;
  }
}

TEST(Bare, never_wins_over_another_container) {
  const std::string task = "Task <0F4A1C52-7A57-4B62-9C33-5C9C8F2E0001>.<1> finished with error - code: -999\n";
  EXPECT_EQ(chosen(task), "bare");
  for (const auto& [header, id] :
       std::vector<std::pair<std::string, std::string>>{{"2026-11-18 14:41:03.123456+0100 App[1:2] x\n", "xcode"},
                                                        {"2026-11-18 14:41:03.123 Df App[1:2] x\n", "log_show_compact"},
                                                        {"flutter: x\n", "flutter_console"},
                                                        {"[info][tid:main] x\n", "rct_log"},
                                                        {"2026-11-18 14:41:03 a\n2026-11-18 14:41:04 b\n", "app_log"},
                                                        {"x\nTimestamp: 2026-11-18 14:41:03+01:00 | Library: x\n", "xcode15"}}) {
    EXPECT_EQ(chosen(header + task), id);
    EXPECT_LT(container_by_id("bare").sniff(task, true).score, container_by_id(id).sniff(header, true).score);
  }
}

TEST(DeveloperConsoles, do_not_care_what_a_file_is_called) {
  for (const char* fixture :
       {"xcode.log", "xcode15.log", "rct_log.log", "flutter_console.log", "bare.log", "app_log_brackets.log"}) {
    const std::string bytes = test::read_file(test::source_path("tests/fixtures/containers/" + std::string(fixture)));
    const auto found = recognise(bytes, true);
    ASSERT_NE(found.chosen, nullptr) << fixture;
    std::vector<std::string> messages;
    class Sink final : public RecordSink {
     public:
      explicit Sink(std::vector<std::string>& out) : out_(out) {}
      bool record(const Record& record) override {
        out_.emplace_back(record.message);
        return true;
      }
      void issue(const Issue&) override {}

     private:
      std::vector<std::string>& out_;
    };
    for (const char* name : {"capture", "a.ndjson", "tasks.sqlite"}) {
      std::vector<std::string> now;
      MemorySource source(bytes, name);
      Sink sink(now);
      ASSERT_TRUE(found.chosen->read(source, sink).ok());
      EXPECT_TRUE(messages.empty() || messages == now) << fixture;
      messages = now;
    }
    EXPECT_FALSE(messages.empty());
  }
}

TEST(DeveloperConsoles, give_nothing_for_an_empty_input) {
  for (const char* id : {"xcode", "xcode15", "rct_log", "flutter_console", "app_log", "bare"}) {
    EXPECT_EQ(read_dump(container_by_id(id), "").dump, "") << id;
    EXPECT_EQ(read_dump(container_by_id(id), "\xEF\xBB\xBF").dump, "") << id;
    EXPECT_EQ(read_dump(container_by_id(id), "\n\r\n \t\n").dump, "") << id;
  }
}

TEST(DeveloperConsoles, keep_nul_and_invalid_utf8_as_found) {
  std::string text = "a";
  text += '\0';
  text += "b\xFF";
  for (const auto& [id, front, end] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"xcode", "2026-11-18 14:41:03 A[1:2] ", "\n"},
           {"xcode15", "", "\nTimestamp: 2026-11-18 14:41:03+01:00 | Library: x\n"},
           {"rct_log", "[info][tid:main] ", "\n"},
           {"flutter_console", "flutter: ", "\n"},
           {"app_log", "2026-11-18 14:41:03 ", "\n"},
           {"bare", "", "\n"}}) {
    const auto out = read_dump(container_by_id(id), front + text + end);
    EXPECT_EQ(out.records, 1U) << id;
    EXPECT_NE(out.dump.find("message=\"a\\u0000b\xEF\xBF\xBD\""), std::string::npos) << id << out.dump;
  }
}

}  // namespace
}  // namespace uptrail
