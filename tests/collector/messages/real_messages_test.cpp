// Real captures beside the checkout; skipped when they are not there.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <map>
#include <set>

#include "collector/base/path_names.h"
#include "collector/base/text.h"
#include "collector/messages/decoder.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

// The process and message of the Console.app lines of a file (type, time, process, message; continuation lines have no tab
// in front of a time).
std::vector<std::pair<std::string, std::string>> console_records(const std::string& path) {
  std::vector<std::pair<std::string, std::string>> out;
  const std::string bytes = test::read_file(path);
  for (const std::string_view line : split(bytes, '\n')) {
    const auto columns = split(line, '\t');
    const bool header = columns.size() >= 4 && columns[1].size() > 8 && columns[1][2] == ':';
    if (header) {
      // A LIBRARY column may stand between process and message.
      out.emplace_back(columns[2], columns.back());
    } else if (!out.empty()) {
      out.back().second += '\n';
      out.back().second += line;
    }
  }
  return out;
}

struct RealLine {
  const char* file;
  const char* part;  // of the message
  const char* kind;  // "": related, no event
};

// What the lines of the excerpts mean, as a reader of them would say.
constexpr RealLine kRealLines[] = {
    {"01-aws-ios-1153-start-success.log", "since the app is being debugged", "app.debugger"},
    {"01-aws-ios-1153-start-success.log", "is for <<private>>", "daemon.task-mapped"},
    {"01-aws-ios-1153-start-success.log", "enqueueing", "daemon.task-enqueued"},
    {"01-aws-ios-1153-start-success.log", "resumeTaskWithIdentifier", "daemon.task-resumed"},
    {"01-aws-ios-1153-start-success.log", "has not requested a begin delay", ""},
    {"01-aws-ios-1153-start-success.log", "skipping delayed request callback", ""},
    {"01-aws-ios-1153-start-success.log", "will begin", "daemon.task-begin"},
    {"03-aws-ios-4594-success-end.log", "received response, status 200", "daemon.task-response"},
    {"03-aws-ios-4594-success-end.log", "didReceiveResponse", "daemon.task-response"},
    {"03-aws-ios-4594-success-end.log", "became download task", ""},
    {"03-aws-ios-4594-success-end.log", "finished downloading to", ""},
    {"03-aws-ios-4594-success-end.log", "completed with error (null) [0]", "daemon.task-finished"},
    {"03-aws-ios-4594-success-end.log", "completed successfully", "daemon.task-finished"},
    {"03-aws-ios-4594-success-end.log", "logTaskError", "daemon.task-totals"},
    {"04-aws-ios-1153-turn24-start.log", "{strength 1", ""},
    {"06-aws-ios-1153-turn28-powerd.log", "NSURLSessionTask 9DC99BF8", ""},
    {"09-aws-ios-1153-turn20-das.log", "is waiting for connection - reason: 10000", "daemon.task-waiting"},
    {"09-aws-ios-1153-turn20-das.log", "Submitted Activity", "daemon.task-mapped"},
    {"12-background-downloader-300-disconnect.log", "is for <", "daemon.task-mapped"},
    {"12-background-downloader-300-disconnect.log", "is active result (Y)", "daemon.client-state"},
    {"12-background-downloader-300-disconnect.log", "disconnected, XPC(Y)", "daemon.client-disconnected"},
    {"12-background-downloader-300-disconnect.log", "removing session", "daemon.session-cleaned"},
    {"19-flutterfire-5702-runningboard-launch.log", "Executing launch request", "app.launch"},
    {"29-background-downloader-300-lost-connection.log", "Lost connection to app", "daemon.client-disconnected"},
    {"29-background-downloader-300-lost-connection.log", "disconnected, XPC(N)", "daemon.client-disconnected"},
    {"29-background-downloader-300-lost-connection.log", "setup will wait for reply", "session.setup-waiting"},
    {"29-background-downloader-300-lost-connection.log", "Creating session with identifier", "daemon.session-created"},
    {"29-background-downloader-300-lost-connection.log", "using resource timeout", "daemon.session-created"},
    {"47-intune-137-launchd-termination-library-column.log", "termination reported by launchd", "app.terminate"},
    {"47-intune-137-launchd-termination-library-column.log", "Removing process", "app.terminate"},
    {"50-flutterfire-5702-springboard-state.log", "visibility: Background", "app.background"},
    {"50-flutterfire-5702-springboard-state.log", "running-active (role: Background)", "app.background"},
    {"74-intune-137-terminated.log", "application state changed to Terminated", "app.terminate"},
};

TEST(RealExcerpts, decode_to_the_kinds_a_reader_would_name) {
  UPTRAIL_NEED_REAL(folder, "real-logs");
  Decoder decoder(builtin_catalogue().take());
  Decoded out;
  for (const RealLine& expected : kRealLines) {
    bool found = false;
    for (const auto& [process, message] : console_records(folder + "/" + expected.file)) {
      if (!contains(message, expected.part)) {
        continue;
      }
      found = true;
      Record record;
      record.process = process;
      record.message = message;
      decoder.decode(record, out);
      const std::string_view kind = out.events.empty() ? std::string_view() : kind_name(out.events[0].kind);
      EXPECT_EQ(kind, expected.kind) << expected.file << ": " << message;
      EXPECT_NE(out.relevance, Relevance::irrelevant) << message;
      EXPECT_TRUE(out.issues.empty());
    }
    EXPECT_TRUE(found) << expected.file << ": " << expected.part;
  }
}

TEST(RealExcerpts, app_and_daemon_name_one_task_alike) {
  UPTRAIL_NEED_REAL(file, "real-logs/01-aws-ios-1153-start-success.log");
  Decoder decoder(builtin_catalogue().take());
  Decoded out;
  std::set<Uuid> uuids;
  std::set<std::int64_t> ids;
  std::map<EventKind, int> kinds;
  for (const auto& [process, message] : console_records(file)) {
    Record record;
    record.process = process;
    record.message = message;
    decoder.decode(record, out);
    for (const Event& e : out.events) {
      ++kinds[e.kind];
      if (const auto u = e.fields.uuid(Field::uuid)) {
        uuids.insert(*u);
      }
      if (const auto id = e.fields.integer(Field::id)) {
        ids.insert(*id);
      }
    }
  }
  EXPECT_EQ(uuids.size(), 1U);
  EXPECT_EQ(ids, std::set<std::int64_t>{1541});
  EXPECT_EQ(kinds[EventKind::task_resume], 1);
  EXPECT_EQ(kinds[EventKind::daemon_task_resumed], 3);
}

// The text of "key" in a flat JSON line; "" when it is null or missing.
std::string json_text(std::string_view line, std::string_view key) {
  const std::string mark = "\"" + std::string(key) + "\": \"";
  const std::size_t at = line.find(mark);
  std::string out;
  for (std::size_t i = at == std::string_view::npos ? line.size() : at + mark.size(); i < line.size() && line[i] != '"'; ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) {
      ++i;
      out += line[i] == 'n' ? '\n' : line[i] == 't' ? '\t' : line[i];
    } else {
      out += line[i];
    }
  }
  return out;
}

std::string base_name(const std::string& path) { return std::string(last_part(path)); }

struct Tally {
  std::map<std::string, int, std::less<>> kinds;
  int matched = 0, related = 0, irrelevant = 0;
};

void count_line(Decoder& decoder, Decoded& out, std::string_view line, Tally& tally) {
  const std::string process = base_name(json_text(line, "process"));
  const std::string library = base_name(json_text(line, "sender"));
  const std::string message = json_text(line, "msg");
  Record record;
  record.process = process;
  record.library = library;
  record.message = message;
  decoder.decode(record, out);
  tally.matched += out.relevance == Relevance::matched ? 1 : 0;
  tally.related += out.relevance == Relevance::related ? 1 : 0;
  tally.irrelevant += out.relevance == Relevance::irrelevant ? 1 : 0;
  for (const Event& e : out.events) {
    ++tally.kinds[std::string(kind_name(e.kind))];
    const bool daemon = kind_name(e.kind).substr(0, 7) == "daemon.";
    EXPECT_EQ(daemon, process == "nsurlsessiond") << process << ": " << message;
    EXPECT_TRUE(daemon || e.kind == EventKind::task_cfn_finished) << process << ": " << message;
    EXPECT_EQ(e.observer, daemon ? Observer::daemon : Observer::cfn);
  }
}

// Two minutes of a Mac: 1598 lines of CFNetwork in ordinary processes and 534 of nsurlsessiond, of which we know what happened.
TEST(RealMac, two_minutes_of_cfnetwork_and_nsurlsessiond) {
  UPTRAIL_NEED_REAL(file, "unified-log/expected/golden_macos12.6_cfnetwork_nsurlsessiond.jsonl.gz");
  std::FILE* pipe = ::popen(("gzip -dc '" + file + "'").c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string bytes;
  std::array<char, 65536> buffer{};
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) != 0;) {
    bytes.append(buffer.data(), n);
  }
  ASSERT_EQ(::pclose(pipe), 0);
  Decoder decoder(builtin_catalogue().take());
  Decoded out;
  Tally tally;
  for (const std::string_view line : split(bytes, '\n')) {
    if (!line.empty()) {
      count_line(decoder, out, line, tally);
    }
  }
  EXPECT_EQ(tally.matched + tally.related + tally.irrelevant, 2122);
  EXPECT_EQ(tally.kinds["daemon.session-created"], 18);  // three lines for each of six sessions
  EXPECT_EQ(tally.kinds["daemon.client-connected"], 6);
  EXPECT_EQ(tally.kinds["daemon.task-created"], 5);
  EXPECT_EQ(tally.kinds["daemon.task-mapped"], 4);
  EXPECT_EQ(tally.kinds["daemon.task-enqueued"], 4);
  EXPECT_EQ(tally.kinds["daemon.task-begin"], 5);
  EXPECT_EQ(tally.kinds["daemon.task-retry"], 3);
  EXPECT_EQ(tally.kinds["daemon.task-sent"], 3);
  EXPECT_EQ(tally.kinds["daemon.task-finished"], 6);  // two lines for each of three ends
  EXPECT_EQ(tally.kinds["daemon.callback-acknowledged"], 3);
  EXPECT_EQ(tally.kinds["daemon.start"], 1);
  EXPECT_EQ(tally.kinds["task.cfn-finished"], 781);  // 784 summaries, three of them inside nsurlsessiond
  std::string report;
  for (const auto& [kind, count] : tally.kinds) {
    report += kind + " " + std::to_string(count) + "\n";
  }
  RecordProperty("kinds", report);
  RecordProperty("matched", tally.matched);
  RecordProperty("related", tally.related);
  EXPECT_GT(tally.related, 500);
}

}  // namespace
}  // namespace uptrail
