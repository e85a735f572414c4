#include "collector/messages/catalogue.h"

#include <gtest/gtest.h>

#include <set>

#include "collector/base/text.h"
#include "collector/messages/decoder.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

std::shared_ptr<const Catalogue> catalogue() {
  static const std::shared_ptr<const Catalogue> instance = builtin_catalogue().take();
  return instance;
}

Record record_of(std::string_view process, std::string_view message, std::string_view library = {}) {
  Record r;
  r.process = process;
  r.message = message;
  r.library = library;
  r.pid = 311;
  return r;
}

Decoded decode(const Record& record) {
  Decoder decoder(catalogue());
  Decoded out;
  decoder.decode(record, out);
  return out;
}

constexpr std::string_view kUuid = "4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071";
const std::string kTask = "Task <" + std::string(kUuid) + ">.<7>";
const std::string kSession = "NDSession <" + std::string(kUuid) + ">";

// Loading has already compared every sample with its fields; here: nothing is missing, and everything can be written back.
TEST(BuiltinCatalogue, every_sample_round_trips_through_render) {
  std::size_t samples = 0;
  for (const MessagePattern& p : catalogue()->patterns()) {
    ASSERT_FALSE(p.samples.empty()) << p.id;
    for (const MessagePattern::Sample& s : p.samples) {
      MessageMatch match;
      ASSERT_TRUE(catalogue()->match(record_of(s.process, s.line), s.line, match)) << p.id;
      EXPECT_EQ(match.pattern, &p);
      const auto line = match.compiled->render(values_of(match, s.line));
      ASSERT_TRUE(line) << p.id << ": " << line.error().message;
      EXPECT_EQ(*line, trim(s.line)) << p.id;
      ++samples;
    }
  }
  EXPECT_GT(samples, 230U);
}

TEST(BuiltinCatalogue, an_event_says_whether_its_line_was_ever_seen) {
  const Decoded seen = decode(record_of("nsurlsessiond", kTask + " will begin"));
  const Decoded unseen = decode(record_of("nsurlsessiond", kTask + " suspending"));
  const Decoded own = decode(record_of("Shoebox", R"({"uptrail":1,"kind":"task.resume","id":7})"));
  ASSERT_TRUE(seen.events.size() == 1 && unseen.events.size() == 1 && own.events.size() == 1);
  EXPECT_FALSE(seen.events[0].format_only);
  EXPECT_TRUE(unseen.events[0].format_only);
  EXPECT_FALSE(own.events[0].format_only);
}

TEST(BuiltinCatalogue, a_line_without_an_event_says_what_it_names) {
  const Uuid uuid = Uuid::parse(kUuid).value();
  const Decoded known = decode(record_of("nsurlsessiond", kTask + " needs new body stream"));
  EXPECT_TRUE(known.known);
  EXPECT_EQ(known.about, (LineSubject{uuid, std::nullopt, 7}));
  const Decoded open = decode(record_of("nsurlsessiond", "NDNWSession <" + std::string(kUuid) + "> <7> sings"));
  EXPECT_FALSE(open.known);
  EXPECT_EQ(open.about, (LineSubject{std::nullopt, uuid, 7}));
  const Decoded power = decode(record_of("powerd", "Process nsurlsessiond.88 Released X \"NSURLSessionTask " +
                                                       std::string(kUuid) + "\" age:00:00:12  id:1 [System: a]"));
  EXPECT_EQ(power.relevance, Relevance::related);
  EXPECT_EQ(power.about, (LineSubject{uuid, std::nullopt, std::nullopt}));
  const Decoded hidden = decode(record_of("nsurlsessiond", "NDSession <private> Task <xxx>.<7> sings"));
  EXPECT_EQ(hidden.about, (LineSubject{std::nullopt, std::nullopt, 7}));
}

TEST(BuiltinCatalogue, covers_the_message_sets) {
  std::set<std::string> files;
  std::set<EventKind> kinds;
  for (const MessagePattern& p : catalogue()->patterns()) {
    if (!p.library.empty()) {
      continue;  // library_messages_test.cpp
    }
    files.insert(p.file);
    if (p.kind) {
      kinds.insert(*p.kind);
    }
  }
  EXPECT_EQ(files, (std::set<std::string>{"cfnetwork_app.json", "lifecycle.json", "nsurlsessiond_session.json",
                                          "nsurlsessiond_task.json", "nsurlsessiond_transfer.json", "nsurlsessiond_wake.json",
                                          "scheduler.json", "transport.json"}));
  for (const EventKind kind :
       {EventKind::wake_never_called_warning, EventKind::session_exists_warning, EventKind::task_create_failed,
        EventKind::daemon_force_quit_noticed, EventKind::daemon_callback_acknowledged, EventKind::app_suspend,
        EventKind::app_terminate, EventKind::app_launch, EventKind::daemon_exit}) {
    EXPECT_TRUE(kinds.contains(kind)) << kind_name(kind);
  }
}

TEST(BuiltinCatalogue, renders_by_id) {
  const auto line =
      catalogue()->render("nsurlsessiond.completed-ok", {{"uuid", std::string(kUuid)}, {"id", "7"}, {"bundle", "com.example.a"}});
  ASSERT_TRUE(line);
  EXPECT_EQ(*line, kTask + " for client com.example.a completed successfully");
  EXPECT_FALSE(catalogue()->render("no.such", {}));
}

TEST(Decode, the_same_text_means_another_thing_in_another_process) {
  const std::string line = kTask + " resuming, QOS(0x9)";
  const Decoded app = decode(record_of("Shoebox", line));
  ASSERT_EQ(app.events.size(), 1U);
  EXPECT_EQ(app.events[0].kind, EventKind::task_resume);
  EXPECT_EQ(app.events[0].observer, Observer::cfn);
  EXPECT_EQ(app.events[0].process, "Shoebox");
  EXPECT_EQ(app.events[0].pid, 311);
  const Decoded daemon = decode(record_of("nsurlsessiond", line));
  ASSERT_EQ(daemon.events.size(), 1U);
  EXPECT_EQ(daemon.events[0].kind, EventKind::daemon_task_resumed);
  EXPECT_EQ(daemon.events[0].process, "");
  EXPECT_FALSE(daemon.events[0].pid);
  // Without a process nobody can tell.
  EXPECT_EQ(decode(record_of("", line)).relevance, Relevance::related);
  EXPECT_EQ(decode(record_of("", kTask + " enqueueing")).events.at(0).kind, EventKind::daemon_task_enqueued);
}

TEST(Decode, needs_cfnetwork_as_sender_when_the_sender_is_known) {
  const std::string line = kTask + " finished with error - code: -999";
  EXPECT_EQ(decode(record_of("Shoebox", line, "CFNetwork")).relevance, Relevance::matched);
  EXPECT_EQ(decode(record_of("Shoebox", line, "Shoebox.debug.dylib")).relevance, Relevance::related);
}

TEST(Decode, cfnetwork_in_the_app_is_never_taken_for_the_delegate_callback) {
  for (const char* tail :
       {" finished with error [-999] Error Domain=NSURLErrorDomain Code=-999 UserInfo={}", " finished with error - code: -999",
        " finished successfully", " summary for task success {transaction_duration_ms=1, response_status=200, connection=1}",
        " load failed with error Error Domain=NSURLErrorDomain Code=-999 \"x\" UserInfo={} [-999]"}) {
    const Decoded d = decode(record_of("Shoebox", kTask + tail));
    ASSERT_EQ(d.events.size(), 1U) << tail;
    EXPECT_EQ(d.events[0].kind, EventKind::task_cfn_finished);
    EXPECT_EQ(d.events[0].observer, Observer::cfn);
  }
}

TEST(Decode, an_attempt_in_the_daemon_is_not_the_end_of_the_task) {
  for (const char* tail :
       {" finished with error [6] Error Domain=_nsurlsessiondErrorDomain Code=6 UserInfo={}", " finished successfully",
        " became download task", " finished downloading to <private>", " client acknowledged file download"}) {
    EXPECT_EQ(decode(record_of("nsurlsessiond", kTask + tail)).relevance, Relevance::related) << tail;
  }
  const Decoded totals = decode(
      record_of("nsurlsessiond", kTask + " logTaskError isDownload = N bytesReceived = 0 bytesSent = 9 isRecoverable = N"));
  EXPECT_EQ(totals.events.at(0).kind, EventKind::daemon_task_totals);
}

TEST(Decode, success_is_code_zero_in_both_lines_of_an_end) {
  for (const char* tail : {" completed with error (null) [0]", " for client <private> completed successfully"}) {
    const Decoded d = decode(record_of("nsurlsessiond", kTask + tail));
    ASSERT_EQ(d.events.size(), 1U);
    EXPECT_EQ(d.events[0].kind, EventKind::daemon_task_finished);
    EXPECT_EQ(d.events[0].fields.integer(Field::code), 0);
    EXPECT_EQ(d.events[0].bundle, "");
  }
}

TEST(Decode, the_number_of_an_is_for_line_is_not_the_task_identifier) {
  const Event e = decode(record_of("nsurlsessiond", kTask + " is for <com.example.a>.<uploads>.<7>")).events.at(0);
  EXPECT_EQ(e.kind, EventKind::daemon_task_mapped);
  EXPECT_FALSE(e.fields.has(Field::id));
  EXPECT_EQ(e.fields.uuid(Field::uuid), Uuid::parse(kUuid));
  EXPECT_EQ(e.bundle, "com.example.a");
  EXPECT_EQ(e.fields.text(Field::identifier), "uploads");
}

TEST(Decode, redacted_values_stay_unset) {
  const Event e = decode(record_of("nsurlsessiond", kSession + ".<<private>>.<<private>>: removing session")).events.at(0);
  EXPECT_EQ(e.kind, EventKind::daemon_session_cleaned);
  EXPECT_EQ(e.bundle, "");
  EXPECT_FALSE(e.fields.has(Field::identifier));
  const Event masked = decode(record_of("nsurlsessiond", "Waking up the client app: <mask.hash: 'a1b2c3=='>")).events.at(0);
  EXPECT_EQ(masked.bundle, "");
}

TEST(Decode, reads_the_reason_of_a_cancelled_task_from_its_own_error_only) {
  const std::string error =
      "Error Domain=NSURLErrorDomain Code=-999 \"(null)\" UserInfo={NSURLErrorBackgroundTaskCancelledReasonKey=1, \n\n"
      "_NSURLErrorRelatedURLSessionTaskErrorKey=(\n    \"x\"\n)}";
  const Event e = decode(record_of("Shoebox", kTask + " load failed with error " + error + " [-999]\nnext line")).events.at(0);
  EXPECT_EQ(e.fields.integer(Field::reason_key), 1);
  EXPECT_EQ(e.fields.integer(Field::error_code), -999);
  EXPECT_EQ(e.fields.text(Field::error_domain), "NSURLErrorDomain");
  const Event other =
      decode(record_of("Shoebox", kTask + " load failed with error Error Domain=D Code=1 UserInfo={a=b} [1]\n" + error))
          .events.at(0);
  EXPECT_FALSE(other.fields.has(Field::reason_key));
  EXPECT_EQ(other.fields.integer(Field::error_code), 1);
}

TEST(Decode, an_unknown_status_is_left_out) {
  const Event e =
      decode(record_of("apsd", kTask + " summary for task failure {transaction_duration_ms=8, response_status=-1, connection=1}"))
          .events.at(0);
  EXPECT_FALSE(e.fields.has(Field::status));
  EXPECT_FALSE(e.fields.has(Field::error_code));
}

TEST(Decode, separates_related_from_irrelevant_and_names_the_writer) {
  EXPECT_EQ(decode(record_of("nsurlsessiond", "received network changed event")).relevance, Relevance::related);
  EXPECT_EQ(decode(record_of("nsurlsessiond", "anything")).observer, Observer::daemon);
  const Decoded unknown = decode(record_of("Shoebox", kTask + " does something new"));
  EXPECT_EQ(unknown.relevance, Relevance::related);
  EXPECT_EQ(unknown.observer, Observer::cfn);
  EXPECT_EQ(decode(record_of("Shoebox", "note " + kTask + " is mine")).relevance, Relevance::related);
  EXPECT_EQ(decode(record_of("Shoebox", "Connection 4: done", "CFNetwork")).observer, Observer::cfn);
  EXPECT_EQ(decode(record_of("Shoebox", "Connection 4: done", "CFNetwork")).relevance, Relevance::irrelevant);
  EXPECT_EQ(decode(record_of("runningboardd", "Removed job for [daemon<x>:9]")).relevance, Relevance::irrelevant);
  EXPECT_EQ(decode(record_of("kernel", "Task <private>")).relevance, Relevance::irrelevant);
  EXPECT_EQ(decode(record_of("", "")).relevance, Relevance::irrelevant);
}

TEST(Decode, takes_time_and_place_from_the_record) {
  const std::string message = "  " + kTask + " will begin \n";
  Record r = record_of("nsurlsessiond", message);
  r.time = TimeNs{42};
  r.span = {10, 20, 3};
  const Event e = decode(r).events.at(0);
  EXPECT_EQ(e.t_src, TimeNs{42});
  EXPECT_EQ(e.span.line, 3U);
  EXPECT_EQ(e.pattern, "nsurlsessiond.will-begin");
}

// -- users' own files

std::string file_with(const std::string& message) {
  return R"({"uptrail_messages":1,"processes":["Shoebox"],"observer":"app","provenance":"seen","messages":[)" + message + "]}";
}
const std::string kOwn = R"({"id":"shoebox.queued","pattern":"upload {word:uploadId} is {word:state}","kind":"upload.state",)"
                         R"("samples":[{"line":"upload a-1 is queued","gives":{"uploadId":"a-1","state":"queued"}}]})";

TEST(UserMessages, become_events_beside_the_built_in_ones) {
  const auto own = load_catalogue({{"my-app.json", file_with(kOwn)}});
  ASSERT_TRUE(own) << own.error().text();
  Decoder decoder(*own);
  Decoded out;
  decoder.decode(record_of("Shoebox", "upload b-2 is failed"), out);
  ASSERT_EQ(out.events.size(), 1U);
  EXPECT_EQ(out.events[0].kind, EventKind::upload_state);
  EXPECT_EQ(out.events[0].observer, Observer::app);
  EXPECT_EQ(out.events[0].process, "Shoebox");
  EXPECT_EQ(out.events[0].fields.text(Field::upload_id), "b-2");
  decoder.decode(record_of("Other", "upload b-2 is failed"), out);
  EXPECT_EQ(out.relevance, Relevance::irrelevant);
}

TEST(UserMessages, the_example_of_the_manual_loads_and_works) {
  const std::string page = test::read_file(test::source_path("docs/formats/messages.md"));
  const std::size_t begin = page.find("    {\n     \"uptrail_messages\"");
  ASSERT_NE(begin, std::string::npos);
  const auto own = load_catalogue({{"my-app.json", page.substr(begin, page.find("\n    }\n", begin) + 6 - begin)}});
  ASSERT_TRUE(own) << own.error().text();
  Decoder decoder(*own);
  Decoded out;
  decoder.decode(record_of("Shoebox", "photos: completion handler called"), out);
  ASSERT_EQ(out.events.size(), 1U);
  EXPECT_EQ(out.events[0].kind, EventKind::wake_handler_called);
  EXPECT_EQ(out.events[0].fields.text(Field::identifier), "photos");
}

struct LoadCase {
  std::string json;
  const char* error;
};

TEST(UserMessages, errors_name_file_pattern_and_reason) {
  const auto with = [](const std::string& head, const std::string& samples) {
    return file_with(R"({"id":"x",)" + head + R"(,"samples":[)" + samples + "]}");
  };
  const std::string sample = R"({"line":"a 1","gives":{"count":1}})";
  const std::string gap = R"("kind":"capture.gap")";
  const std::vector<LoadCase> cases = {
      {"{", "my-app.json: byte 1: the message file is not JSON"},
      {"[]", "this is no message file"},
      {std::string(100, '['), "the message file is too large or too deeply nested"},
      {"[1e999]", "the message file holds a number that cannot be read"},
      {R"({"uptrail_messages":1})", "\"messages\" must be a list"},
      {file_with("7"), "message 1: an object is expected"},
      {file_with(R"({"pattern":"x"})"), "message 1: \"id\" is missing or no text"},
      {file_with(R"({"id":"x","colour":1})"), "message 1: unknown key \"colour\""},
      {file_with(R"({"id":"x"})"), "pattern 'x': \"pattern\" is missing or no text"},
      {with(R"("pattern":"{")" + ("," + gap), sample), "pattern 'x': {} is not of the form {type:name}"},
      {with(R"("pattern":"a","kind":"task.dance")", sample), "pattern 'x': there is no event kind 'task.dance'"},
      {with(R"("pattern":"a")", sample), "pattern 'x': \"kind\" must be the name of an event kind"},
      {with(R"("pattern":"a","observer":"me",)" + gap, sample), "pattern 'x': \"observer\" must be"},
      {with(R"("pattern":"a","processes":[],)" + gap, sample), "pattern 'x': \"processes\" must be a list"},
      {with(R"("pattern":"a","provenance":"rumour",)" + gap, sample), "pattern 'x': \"provenance\" must be"},
      {with(R"("pattern":"a","fields":{"colour":1},)" + gap, sample), "pattern 'x': there is no field 'colour'"},
      {with(R"("pattern":"a","fields":{"uuid":null},)" + gap, sample), "pattern 'x': capture.gap has no field 'uuid'"},
      {with(R"("pattern":"a","fields":{"count":"1"},)" + gap, sample),
       "pattern 'x': the constant of 'count' is of the wrong type"},
      {with(R"("pattern":"a {word:count}",)" + gap, sample),
       "pattern 'x': the capture 'count' cannot give a value of the field's type"},
      {with(R"("pattern":"a {word:uuid}",)" + gap, sample),
       "pattern 'x': the capture 'uuid' is named like a field, but capture.gap has no such field"},
      {with(R"("pattern":"a",)" + gap, ""), "pattern 'x': at least one sample is needed"},
      {with(R"("pattern":"a",)" + gap, R"({"line":"a"})"), "pattern 'x': a sample must say in \"gives\" which fields it yields"},
      {with(R"("pattern":"a {int:count} b",)" + gap, sample), "pattern 'x': sample 1 does not match; it fits up to 'a 1'"},
      {with(R"("pattern":"a {int:number}",)" + gap, sample), "pattern 'x': sample 1 gives {}, expected {\"count\":1}"},
      {file_with(kOwn + "," + kOwn), "pattern 'shoebox.queued': "},
      {file_with(kOwn + R"(,{"id":"y","pattern":"upload {rest:text}","kind":null,"samples":[{"line":"upload a is b"}]})"),
       "pattern 'y': sample 1 is matched first by 'shoebox.queued'"},
  };
  for (const LoadCase& c : cases) {
    const auto result = load_catalogue({{"my-app.json", c.json}});
    ASSERT_FALSE(result) << c.json;
    EXPECT_EQ(result.error().path, "my-app.json") << c.json;
    EXPECT_TRUE(contains(result.error().text(), c.error)) << result.error().text();
  }
}

TEST(UserMessages, may_not_take_an_id_of_the_built_in_ones) {
  const auto result = load_catalogue(
      {{"a.json", file_with(R"({"id":"nsurlsessiond.will-begin","pattern":"zzz","kind":null,"samples":[{"line":"zzz"}]})")}});
  ASSERT_FALSE(result);
  EXPECT_TRUE(contains(result.error().text(), "the id is taken")) << result.error().text();
}

}  // namespace
}  // namespace uptrail
