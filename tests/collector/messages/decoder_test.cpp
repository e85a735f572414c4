#include "collector/messages/decoder.h"

#include <gtest/gtest.h>

namespace uptrail {
namespace {

class DecoderTest : public ::testing::Test {
 protected:
  const Decoded& decode(std::string_view message, std::string_view process = {}, std::optional<TimeNs> time = std::nullopt) {
    Record r;
    r.span = {100, 20, 7};
    r.message = message;
    r.process = process;
    if (!process.empty()) {
      r.pid = 311;
    }
    r.time = time;
    decoder_.decode(r, out_);
    return out_;
  }

  Decoder decoder_{builtin_catalogue().take()};
  Decoded out_;
};

TEST_F(DecoderTest, json_inside_a_log_line_takes_time_process_and_pid_of_the_record) {
  const Decoded& d = decode(R"( {"uptrail":1,"kind":"task.create","t":5,"id":7})", "Shoebox", TimeNs{9});
  ASSERT_EQ(d.relevance, Relevance::matched);
  ASSERT_EQ(d.events.size(), 1U);
  const Event& e = d.events[0];
  EXPECT_EQ(e.t_src, TimeNs{9});
  EXPECT_EQ(e.process, "Shoebox");
  EXPECT_EQ(e.pid, 311);
  EXPECT_EQ(e.observer, Observer::app);
  EXPECT_EQ(d.observer, Observer::app);
  EXPECT_EQ(e.span.line, 7U);
  EXPECT_EQ(e.pattern, "event-json");
}

TEST_F(DecoderTest, json_keeps_what_it_names_itself) {
  const Event e = decode(R"({"uptrail":1,"kind":"task.create","t":5,"pid":9,"process":"Ext"})", "Shoebox").events.at(0);
  EXPECT_EQ(e.t_src, TimeNs{5});
  EXPECT_EQ(e.pid, 9);
  EXPECT_EQ(e.process, "Ext");
}

TEST_F(DecoderTest, a_manifest_logged_by_the_app_speaks_for_the_app) {
  EXPECT_EQ(decode(R"({"uptrail":1,"kind":"capture.begin"})", "Shoebox").events.at(0).observer, Observer::app);
  EXPECT_EQ(decode(R"({"uptrail":1,"kind":"capture.begin"})").events.at(0).observer, Observer::tool);
  EXPECT_EQ(decode(R"({"uptrail":1,"kind":"capture.begin","observer":"daemon"})", "x").events.at(0).observer, Observer::daemon);
}

TEST_F(DecoderTest, broken_event_json_is_related_and_reported_with_its_place) {
  const Decoded& d = decode(R"({"uptrail":1,"kind":"task.create","id":)", "Shoebox");
  EXPECT_EQ(d.relevance, Relevance::related);
  EXPECT_TRUE(d.events.empty());
  ASSERT_EQ(d.issues.size(), 1U);
  EXPECT_EQ(d.issues[0].kind, IssueKind::truncated);
  EXPECT_EQ(d.issues[0].span.line, 7U);
}

TEST_F(DecoderTest, foreign_json_is_irrelevant) {
  EXPECT_EQ(decode(R"({"kind":"pod"})", "Shoebox").relevance, Relevance::irrelevant);
  EXPECT_TRUE(decode(R"({"kind":"pod")", "Shoebox").issues.empty());
}

}  // namespace
}  // namespace uptrail
