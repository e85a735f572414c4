// Files that hold several containers: where the reader is stopped, and where it is not.
#include "collector/containers/mixed.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/collector/containers/checks.h"

namespace uptrail {
namespace {

// Reads segment by segment, as the pipeline does with a file.
class SplittingSink final : public RecordSink {
 public:
  SplittingSink(std::string_view all, std::uint64_t begin, std::uint64_t line, const Recognition& found)
      : all_(all), begin_(begin), line_(line), found_(found) {}
  bool record(const Record& r) override {
    said += std::to_string(line_ + r.span.line - 1) + ":" + std::string(r.message.substr(0, r.message.find('\n'))) + " ";
    return true;
  }
  void issue(const Issue& issue) override { said += "(" + std::string(issue_kind_name(issue.kind)) + ") "; }
  bool ends_before(const SourceSpan& line) override {
    const std::uint64_t at = begin_ + line.offset;
    const std::string_view ahead = all_.substr(at).substr(0, kSniffBytes);
    next = other_container_at(*found_.chosen, found_.prefix,
                              {all_.substr(begin_, line.offset), ahead, at + ahead.size() == all_.size()});
    next_at = at;
    next_line = line_ + line.line - 1;
    return next.has_value();
  }
  std::optional<Recognition> next;
  std::uint64_t next_at = 0;
  std::uint64_t next_line = 0;
  std::string said;

 private:
  std::string_view all_;
  std::uint64_t begin_;
  std::uint64_t line_;
  const Recognition& found_;
};

std::string segments(const std::string& text, std::size_t chunk = SIZE_MAX) {
  std::string out;
  std::uint64_t begin = 0;
  std::uint64_t line = 1;
  std::optional<Recognition> found = recognise(std::string_view(text).substr(0, kSniffBytes), text.size() <= kSniffBytes);
  while (found && found->chosen != nullptr) {
    const Recognition here = std::move(*found);
    SplittingSink sink(text, begin, line, here);
    MemorySource source(std::string_view(text).substr(begin), "memory", chunk);
    EXPECT_TRUE(read_records(*here.chosen, here.prefix, source, sink).ok());
    out += std::string(here.chosen->info().id) + " " + sink.said + "| ";
    found = std::move(sink.next);
    begin = sink.next_at;
    line = sink.next_line;
  }
  return out;
}

std::string both(const std::string& text) {
  const std::string out = segments(text);
  EXPECT_EQ(segments(text, 1), out);
  return out;
}

std::string syslog(const std::string& message) {
  return "2026-11-18 14:41:03.123456+0100  localhost Shoebox[4711]: (CFNetwork) " + message + "\n";
}
std::string compact(const std::string& message) { return "2026-11-18 14:42:03.123 Df Shoebox[4711:998b3a] " + message + "\n"; }
std::string console(const std::string& message) { return "default\t14:43:03.123456+0100\tShoebox\t" + message + "\n"; }
std::string ndjson(const std::string& message) {
  return R"({"timestamp":"2026-11-18 14:44:03.123456+0100","eventType":"logEvent","eventMessage":")" + message + "\"}\n";
}
const std::string kHeader = "Timestamp               Ty Process[PID:TID]\n";

TEST(Mixed, a_column_header_begins_another_container) {
  EXPECT_EQ(both(syslog("a") + syslog("b") + "user@mac ~ % log show --style compact\n" + kHeader + compact("c") +
                 "Timestamp                       (process)[PID]    \n" + syslog("d")),
            "log_show_syslog 1:a 2:b | log_show_compact 5:c | log_show_syslog 7:d | ");
}

TEST(Mixed, several_records_with_nothing_of_the_first_behind_them_begin_another) {
  EXPECT_EQ(both(syslog("a") + compact("b") + compact("c") + console("d") + console("e")),
            "log_show_syslog 1:a | log_show_compact 2:b 3:c | console_copy 4:d 5:e | ");
  EXPECT_EQ(both(syslog("a") + "a prompt\n" + console("b") + console("c") + console("d")),
            "log_show_syslog 1:a | console_copy 3:b 4:c 5:d | ");
}

TEST(Mixed, blank_lines_around_a_piece_set_it_apart) {
  EXPECT_EQ(both(syslog("a") + "\n" + compact("b") + compact("c") + compact("d") + "\n" + syslog("e") + syslog("f")),
            "log_show_syslog 1:a | log_show_compact 3:b 4:c 5:d | log_show_syslog 7:e 8:f | ");
}

TEST(Mixed, ndjson_and_json_end_where_lines_of_another_begin) {
  EXPECT_EQ(both(ndjson("a") + syslog("b") + syslog("c")), "log_show_ndjson 1:a | log_show_syslog 2:b 3:c | ");
  EXPECT_EQ(both(syslog("a") + ndjson("b") + ndjson("c")), "log_show_syslog 1:a | log_show_ndjson 2:b 3:c | ");
  EXPECT_EQ(both("[{\n\"timestamp\" : \"2026-11-18 14:44:03.123456+0100\",\n\"eventType\" : \"logEvent\",\n\"eventMessage\" : "
                 "\"a\"\n}]\n" +
                 syslog("b") + syslog("c") + syslog("d")),
            "log_show_json 1:a | log_show_syslog 6:b 7:c 8:d | ");
}

TEST(Mixed, a_prefix_stands_before_all_segments) {
  std::string text;
  int number = 0;
  for (const std::string& line : {syslog("a"), syslog("b"), compact("c"), compact("d")}) {
    text += std::to_string(++number) + ":" + line;
  }
  EXPECT_EQ(both(text), "log_show_syslog 1:a 2:b | log_show_compact 3:c 4:d | ");
}

TEST(Mixed, the_first_segment_is_that_of_the_first_lines) {
  std::string text;
  for (int i = 0; i < 4; ++i) {
    text += compact("a");
  }
  for (int i = 0; i < 40; ++i) {
    text += syslog("b");
  }
  EXPECT_TRUE(both(text).starts_with("log_show_compact 1:a 2:a 3:a 4:a | log_show_syslog 5:b "));
}

TEST(Mixed, a_log_quoted_in_a_message_divides_nothing) {
  const std::string quoted = compact("q1") + compact("q2") + compact("q3") + compact("q4");
  EXPECT_EQ(both(syslog("the last log was:") + quoted + syslog("b")), "log_show_syslog 1:the last log was: 6:b | ");
  EXPECT_EQ(both(syslog("the last log was:") + "\n" + quoted + syslog("b")), "log_show_syslog 1:the last log was: 7:b | ");
  EXPECT_EQ(both(syslog("a {") + "  plain text\n" + compact("q1") + compact("q2") + "}\n"), "log_show_syslog 1:a { | ");
  EXPECT_EQ(both(syslog("one line was: ") + compact("q1")), "log_show_syslog 1:one line was:  | ");
  std::string indented = syslog("a");
  for (int i = 0; i < 9; ++i) {
    indented += "  " + compact("q");
  }
  EXPECT_EQ(both(indented), "log_show_syslog 1:a | ");
}

TEST(Mixed, a_line_alone_may_begin_elsewhere_only_with_a_time_or_as_json) {
  EXPECT_TRUE(may_begin_elsewhere("Nov 18 14:41:03 iPhone x"));
  EXPECT_TRUE(may_begin_elsewhere("14:41:03"));
  EXPECT_TRUE(may_begin_elsewhere("{\"a\":1}"));
  EXPECT_FALSE(may_begin_elsewhere("  14:41:03"));
  EXPECT_FALSE(may_begin_elsewhere("\t14:41:03"));
  EXPECT_FALSE(may_begin_elsewhere("14:41:0"));
  EXPECT_FALSE(may_begin_elsewhere("]> 14:41:03"));
  EXPECT_FALSE(may_begin_elsewhere(""));
  EXPECT_FALSE(may_begin_elsewhere(std::string(60, 'x') + "14:41:03"));
}

}  // namespace
}  // namespace uptrail
