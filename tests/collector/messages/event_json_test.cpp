#include <gtest/gtest.h>

#include "collector/messages/decoder.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

Event decode_ok(std::string_view line) {
  std::vector<Issue> issues;
  const auto event = decode_event_json(line, issues);
  EXPECT_TRUE(event.has_value()) << line;
  EXPECT_TRUE(issues.empty()) << (issues.empty() ? "" : issues.front().detail);
  return event.value_or(Event{});
}

TEST(EventJson, reads_header_and_fields_in_any_order) {
  const Event e = decode_ok(
      R"({"id":7,"identifier":"up","pid":123,"taskKind":"upload-file","t":1763470863123456789,"kind":"task.create",)"
      R"("bundle":"com.example.app","process":"Shoebox","uuid":"5F2C7B0A-1D3E-4F60-8A9B-0C1D2E3F4051","uptrail":1,"later":{"a":[1]}})");
  EXPECT_EQ(e.kind, EventKind::task_create);
  EXPECT_EQ(e.observer, Observer::app);
  EXPECT_EQ(e.t_src, TimeNs{1763470863123456789});
  EXPECT_EQ(e.bundle, "com.example.app");
  EXPECT_EQ(e.process, "Shoebox");
  EXPECT_EQ(e.pid, 123);
  EXPECT_EQ(e.pattern, "event-json");
  EXPECT_EQ(e.fields.integer(Field::id), 7);
  EXPECT_EQ(e.fields.text(Field::task_kind), "upload-file");
  EXPECT_EQ(e.fields.uuid(Field::uuid), Uuid::parse("5f2c7b0a-1d3e-4f60-8a9b-0c1d2e3f4051"));
  EXPECT_EQ(e.fields.all().size(), 4U);
}

TEST(EventJson, takes_iso_time_with_zone) {
  const Event e = decode_ok(R"({"uptrail":1,"kind":"app.heartbeat","t":"2026-11-18T15:41:03.5+01:00"})");
  ASSERT_TRUE(e.t_src);
  EXPECT_EQ(format_iso(*e.t_src, 1), "2026-11-18T14:41:03.5Z");
}

TEST(EventJson, accepts_error_shorthands) {
  const auto of = [](const std::string& error) {
    return decode_ok(R"({"uptrail":1,"kind":"task.did-complete","error":)" + error + "}").fields;
  };
  EXPECT_EQ(of("null").integer(Field::error_code), 0);
  EXPECT_EQ(of("null").text(Field::error_domain), "");
  EXPECT_EQ(of("-999").integer(Field::error_code), -999);
  EXPECT_EQ(of("-999").text(Field::error_domain), "NSURLErrorDomain");
  const Fields full = of(R"({"domain":"NSPOSIXErrorDomain","code":1,"reason":0})");
  EXPECT_EQ(full.text(Field::error_domain), "NSPOSIXErrorDomain");
  EXPECT_EQ(full.integer(Field::error_code), 1);
  EXPECT_EQ(full.integer(Field::reason_key), 0);
}

TEST(EventJson, keeps_error_text_where_the_kind_has_it) {
  const Event e = decode_ok(R"({"uptrail":1,"kind":"daemon.wake-failed","error":"not installed"})");
  EXPECT_EQ(e.fields.text(Field::error), "not installed");
  EXPECT_EQ(e.observer, Observer::daemon);
}

TEST(EventJson, reads_task_lists_and_text_lists) {
  const Event e = decode_ok(
      R"({"uptrail":1,"kind":"session.tasks-answered","tasks":[{"id":3,"state":"completed","error":null},)"
      R"({"uuid":"5F2C7B0A-1D3E-4F60-8A9B-0C1D2E3F4051","sent":5,"expected":9,"errorCode":-1001,"desc":"a","url":"u"}]})");
  const auto* tasks = e.fields.tasks(Field::tasks);
  ASSERT_NE(tasks, nullptr);
  ASSERT_EQ(tasks->size(), 2U);
  EXPECT_EQ((*tasks)[0].id, 3);
  EXPECT_EQ((*tasks)[0].error_code, 0);
  EXPECT_EQ((*tasks)[1].error_code, -1001);
  EXPECT_EQ((*tasks)[1].expected, 9);
  const Event manifest = decode_ok(R"({"uptrail":1,"kind":"capture.begin","observer":"app","kinds":["task.*","wake.*"]})");
  EXPECT_EQ(*manifest.fields.texts(Field::kinds), (std::vector<std::string>{"task.*", "wake.*"}));
}

struct BadCase {
  const char* json;
  const char* issue;
};

TEST(EventJson, drops_a_bad_value_names_it_and_keeps_the_event) {
  constexpr BadCase kCases[] = {
      {R"({"uptrail":1,"kind":"task.create","id":"seven"})", "id: a 64-bit integer expected, found \"seven\""},
      {R"({"uptrail":1,"kind":"task.create","id":99999999999999999999})", "id: a 64-bit integer expected"},
      {R"({"uptrail":1,"kind":"task.create","t":99999999999999999999})", "t: a time within 64 bits"},
      {R"({"uptrail":1,"kind":"task.create","t":-1e400})", "t: a time within 64 bits"},
      {R"({"uptrail":1,"kind":"task.create","t":18446744073709551615})", "t: a time within 64 bits"},
      {R"({"uptrail":1,"kind":"task.create","t":"9999-01-01T00:00:00Z"})", "t: a time within 64 bits"},
      {R"({"uptrail":1,"kind":"task.create","t":1.5})", "t: a time within 64 bits"},
      {R"({"uptrail":1,"kind":"task.create","uuid":"X1"})", "uuid: a UUID expected"},
      {R"({"uptrail":1,"kind":"task.create","bundle":5})", "bundle: text expected"},
      {R"({"uptrail":1,"kind":"task.create","pid":"1"})", "pid: a 64-bit integer expected"},
      {R"({"uptrail":1,"kind":"task.create","observer":"me"})", "observer: app, cfn"},
      {R"({"uptrail":1,"kind":"wake.handle-events","wrapped":1})", "wrapped: true or false expected"},
      {R"({"uptrail":1,"kind":"capture.begin","kinds":{"a":1}})", "kinds: a list of texts expected"},
      {R"({"uptrail":1,"kind":"session.tasks-answered","tasks":[7]})", "tasks: an object for each task expected"},
      {R"({"uptrail":1,"kind":"task.did-complete","error":"x"})", "error: null, a number or an object expected"},
      {R"({"uptrail":2,"kind":"task.create"})", "uptrail: format version 1 expected, found 2"},
      {R"({"uptrail":1,"kind":"upload.state","state":"done"})", "state: unknown value done of upload.state"},
  };
  for (const BadCase& c : kCases) {
    std::vector<Issue> issues;
    EXPECT_TRUE(decode_event_json(c.json, issues).has_value()) << c.json;
    ASSERT_EQ(issues.size(), 1U) << c.json;
    EXPECT_EQ(issues[0].kind, IssueKind::bad_value);
    EXPECT_EQ(issues[0].detail.substr(0, std::string_view(c.issue).size()), c.issue);
  }
}

TEST(EventJson, refuses_what_is_no_event) {
  constexpr BadCase kCases[] = {
      {R"({"uptrail":1,"kind":"task.dance"})", "kind: no such event kind: task.dance"},
      {R"({"uptrail":1})", "kind: the name of an event kind is missing"},
      {R"({"uptrail":1,"kind":"task.create","id":)", "event JSON is cut off"},
      {R"({"uptrail":1,"kind":"task.create",,})", "event JSON is malformed"},
      {R"({"kind":"pod","level":3})", ""},
      {R"({"a":)", ""},
      {R"({"bundle":"com.example.app","kind":"task.create","url":"https://exam)", "event JSON is cut off"},
      {R"({"kind":"pod","level")", ""},
      {"[1,2]", ""},
      {"", ""},
  };
  for (const BadCase& c : kCases) {
    std::vector<Issue> issues;
    EXPECT_FALSE(decode_event_json(c.json, issues).has_value()) << c.json;
    const std::string first = issues.empty() ? "" : issues[0].detail;
    EXPECT_EQ(first.substr(0, std::string_view(c.issue).size()), c.issue) << c.json;
    EXPECT_EQ(issues.empty(), std::string_view(c.issue).empty()) << c.json;
  }
}

TEST(EventJson, bounds_depth) {
  std::vector<Issue> issues;
  const std::string deep(100000, '[');
  EXPECT_FALSE(decode_event_json(R"({"uptrail":1,"kind":"task.create","x":)" + deep, issues).has_value());
  EXPECT_EQ(issues.size(), 1U);
}

TEST(EventJson, replaces_invalid_utf8_and_says_so) {
  std::vector<Issue> issues;
  const auto e = decode_event_json("{\"uptrail\":1,\"kind\":\"task.create\",\"desc\":\"a\xFF\"}", issues);
  ASSERT_TRUE(e);
  EXPECT_EQ(e->fields.text(Field::desc), "a\xEF\xBF\xBD");
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_EQ(issues[0].kind, IssueKind::invalid_utf8);
}

TEST(EventJson, ignores_lines_joined_behind_the_event) {
  std::vector<Issue> issues;
  const auto e = decode_event_json("{\"uptrail\":1,\"kind\":\"app.heartbeat\"}\nplain text", issues);
  ASSERT_TRUE(e);
  EXPECT_TRUE(issues.empty());
}

Event full_event() {
  Event e;
  e.kind = EventKind::session_tasks_answered;
  e.observer = Observer::app;
  e.t_src = TimeNs{1763470863123456789};
  e.device = "phone \"A\"";
  e.bundle = "com.example.app";
  e.process = "Shoebox";
  e.pid = 123;
  e.thread = "0x1a2b";
  e.pattern = "event-json";
  e.fields.set(Field::identifier, std::string("up\n\t\\"));
  e.fields.set(Field::api, std::string("getAllTasks"));
  e.fields.set(Field::complete, true);
  e.fields.set(Field::level, 0.1);
  e.fields.set(Field::seconds, 3.0);
  e.fields.set(Field::from, TimeNs{-5});
  e.fields.set(Field::uuid, Uuid::from_name("X1"));
  e.fields.set(Field::kinds, std::vector<std::string>{"a", "b"});
  TaskListing t;
  t.uuid = Uuid::from_name("X2");
  t.id = 4;
  t.state = "running";
  t.desc = "d";
  t.url = "https://example.com/u";
  t.sent = 1;
  t.expected = 2;
  t.error_code = -999;
  e.fields.set(Field::tasks, std::vector<TaskListing>{t, TaskListing{}});
  return e;
}

TEST(EventJson, round_trips_every_value_type) {
  const Event e = full_event();
  const Event back = decode_ok(encode_event_json(e));
  EXPECT_EQ(back.kind, e.kind);
  EXPECT_EQ(back.t_src, e.t_src);
  EXPECT_EQ(back.device, e.device);
  EXPECT_EQ(back.thread, e.thread);
  EXPECT_EQ(back.fields, e.fields);
  EXPECT_EQ(encode_event_json(back), encode_event_json(e));
}

// Undefined behaviour sanitizers stop here when the bytes of nothing are copied.
TEST(EventJson, nothing_is_no_event) {
  std::vector<Issue> issues;
  EXPECT_FALSE(decode_event_json({}, issues).has_value());
  EXPECT_FALSE(decode_event_json("\n", issues).has_value());
}

TEST(EventJson, encodes_stably) { test::expect_golden("messages/event.json", encode_event_json(full_event()) + "\n"); }

TEST(EventJson, round_trips_every_kind) {
  for (std::size_t i = 0; i < kEventKindCount; ++i) {
    Event e;
    e.kind = static_cast<EventKind>(i);
    e.observer = kind_info(e.kind).observers.front();
    const Event back = decode_ok(encode_event_json(e));
    EXPECT_EQ(back.kind, e.kind);
    EXPECT_EQ(back.observer, e.observer);
  }
}

}  // namespace
}  // namespace uptrail
