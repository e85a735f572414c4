#include "collector/containers/device_syslog.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "tests/collector/containers/checks.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

using test::check_container;
using test::container_by_id;

std::string chosen(std::string_view text) {
  const Recognition found = recognise(text, true);
  return found.chosen == nullptr ? "" : std::string(found.chosen->info().id);
}

// Keeps what a reader gives.
class Keep final : public RecordSink {
 public:
  struct Kept {
    std::optional<TimeNs> time;
    std::string process, library, message;
    std::optional<std::int64_t> pid;
    LogLevel level = LogLevel::unknown;
  };
  bool record(const Record& r) override {
    records.push_back({r.time, std::string(r.process), std::string(r.library), std::string(r.message), r.pid, r.level});
    return true;
  }
  void issue(const Issue& i) override { issues.push_back(i); }
  void clock_traits(const ClockTraits& t) override { traits = t; }
  std::vector<Kept> records;
  std::vector<Issue> issues;
  std::optional<ClockTraits> traits;
};

Keep read(std::string_view id, std::string_view text) {
  Keep out;
  MemorySource source(text);
  EXPECT_TRUE(container_by_id(id).read(source, out).ok());
  return out;
}

TEST(DeviceSyslog, containers_pass_the_container_checks) {
  check_container(container_by_id("idevicesyslog"), "idevicesyslog.log");
  check_container(container_by_id("idevicesyslog"), "idevicesyslog_no_host.log");
  check_container(container_by_id("syslog_relay"), "syslog_relay.log");
  check_container(container_by_id("asl"), "asl.log");
}

TEST(DeviceSyslog, forms_are_told_apart_by_what_their_lines_have) {
  EXPECT_EQ(chosen("Nov 18 14:41:03 iPhone Shoebox(CFNetwork)[4711] <Notice>: text\n"), "idevicesyslog");
  EXPECT_EQ(chosen("Nov 18 14:41:03 Shoebox[4711] <Notice>: text\n"), "idevicesyslog");
  EXPECT_EQ(chosen("Nov 18 14:41:03.000001 iPhone Shoebox[4711] <Notice>: text\n"), "idevicesyslog");
  EXPECT_EQ(chosen("Nov 18 14:41:03 iPhone Shoebox[4711] <Error>: text\n"), "asl");
  EXPECT_EQ(chosen("Nov 18 14:41:03 iPhone Shoebox[4711]: text\n"), "asl");
  using namespace std::string_view_literals;
  EXPECT_EQ(chosen("\0Nov 18 14:41:03 iPhone Shoebox[4711] <Notice>: text\n"sv), "syslog_relay");
  for (const auto* text : {"Nov 18 14:41:03 a sentence about host: nothing\n", "Nov 18 14:41 iPhone p[1]: text\n",
                           "Now 18 14:41:03 iPhone p[1]: text\n", "x Nov 18 14:41:03 iPhone p[1]: text\n",
                           "Nov 18 14:41:03 iPhone p[]: text\n", "Nov 18 14:41:03 iPhone p[x] text\n"}) {
    EXPECT_EQ(chosen(text), "") << text;
  }
}

TEST(DeviceSyslog, what_was_written_is_read_again) {
  std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
  const std::array<std::string_view, 4> processes = {"nsurlsessiond", "kernel", "Photo Shelf", "com.example.x-y_z"};
  const std::array<std::string_view, 6> levels = {"Notice", "Error", "Debug", "Info", "Fault", "Warning"};
  const std::array<std::string_view, 3> messages = {"[a:b] <c>: (d)[1]", "two\n\tlines", "Nov 18 14:41:03 quoted"};
  std::string text;
  std::vector<Keep::Kept> wanted;
  for (int i = 0; i < 200; ++i) {
    Keep::Kept r;
    r.process = processes[random() % processes.size()];
    r.library = random() % 2 == 0 ? "libx.dylib" : "";
    r.pid = random() % 100'000;
    r.message = messages[random() % messages.size()];
    r.time = TimeNs{*to_time({1972, 11, 1, 0, 0, 0, 0})} + seconds(i * 7919);
    const CivilTime c = to_civil(*r.time);
    const std::string_view level = levels[random() % levels.size()];
    r.level = level == "Warning" ? LogLevel::standard : level_of(level);
    char stamp[32];  // NOLINT(modernize-avoid-c-arrays)
    (void)std::snprintf(stamp, sizeof stamp, "%s %2d %02d:%02d:%02d", c.month == 11 ? "Nov" : "Dec", c.day, c.hour, c.minute,
                        c.second);
    text += std::string(stamp) + " iPhone " + r.process + (r.library.empty() ? "" : "(" + r.library + ")") + "[" +
            std::to_string(*r.pid) + "] <" + std::string(level) + ">: " + r.message + "\n";
    wanted.push_back(r);
  }
  const Keep got = read("idevicesyslog", text);
  ASSERT_EQ(got.records.size(), wanted.size());
  EXPECT_TRUE(got.issues.empty());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(got.records[i].time, wanted[i].time) << i;
    EXPECT_EQ(got.records[i].process, wanted[i].process);
    EXPECT_EQ(got.records[i].library, wanted[i].library);
    EXPECT_EQ(got.records[i].pid, wanted[i].pid);
    EXPECT_EQ(got.records[i].level, wanted[i].level);
    EXPECT_EQ(got.records[i].message, wanted[i].message);
  }
}

TEST(DeviceSyslog, says_how_exact_its_clock_is) {
  EXPECT_EQ(read("idevicesyslog", "Nov 18 14:41:03 p(l)[1] <Notice>: a\n").traits->precision, seconds(1));
  EXPECT_EQ(read("idevicesyslog", "Nov 18 14:41:03.000001 p(l)[1] <Notice>: a\n").traits->precision, nanoseconds(1000));
  const auto mixed = read("idevicesyslog", "Nov 18 14:41:03.000001 p(l)[1] <Notice>: a\nNov 18 14:41:03 p(l)[1] <Notice>: a\n");
  EXPECT_EQ(mixed.traits->precision, seconds(1));
  EXPECT_EQ(mixed.traits->date, DateShown::month_day);
}

TEST(DeviceSyslog, a_lost_device_is_a_loss_and_a_repetition_a_note) {
  const auto got = read("idevicesyslog",
                        "Nov 18 14:41:03 iPhone p(l)[1] <Notice>: a\n[disconnected]\nNov 18 14:41:04 iPhone p(l)[1] <Notice>: b\n"
                        "Nov 18 14:41:05 --- last message repeated 4 times ---\n");
  ASSERT_EQ(got.records.size(), 2U);
  EXPECT_EQ(got.records[0].message, "a");
  ASSERT_EQ(got.issues.size(), 2U);
  EXPECT_EQ(got.issues[0].kind, IssueKind::loss);
  EXPECT_EQ(got.issues[0].span.line, 2U);
  EXPECT_EQ(got.issues[1].kind, IssueKind::note);
  EXPECT_NE(got.issues[1].detail.find("last message repeated 4 times"), std::string::npos);
}

TEST(DeviceSyslog, bad_headers_are_counted_and_reading_goes_on) {
  const auto no_day =
      read("idevicesyslog", "Feb 30 14:41:03 iPhone p(l)[1] <Notice>: a\nNov 18 14:41:04 iPhone p(l)[1] <Notice>: b\n");
  ASSERT_EQ(no_day.records.size(), 2U);
  EXPECT_FALSE(no_day.records[0].time);
  ASSERT_EQ(no_day.issues.size(), 1U);
  EXPECT_EQ(no_day.issues[0].kind, IssueKind::clock);
  const auto cut = read("idevicesyslog", "Nov 18 14:41:03 iPhone p(l)[1] <Notice>: a\nNov 18 14:4");
  ASSERT_EQ(cut.issues.size(), 1U);
  EXPECT_EQ(cut.issues[0].kind, IssueKind::unparsed);
  const auto before = read("asl", "the end of another record\nNov 18 14:41:03 iPhone p[1]: a\n");
  ASSERT_EQ(before.issues.size(), 1U);
  EXPECT_EQ(before.records.size(), 1U);
  const auto long_pid = read("asl", "Nov 18 14:41:03 iPhone p[1]: a\nNov 18 14:41:03 iPhone p[99999999999999999999]: b\n");
  EXPECT_EQ(long_pid.records.size(), 2U);
  EXPECT_FALSE(long_pid.records[1].pid);
}

TEST(DeviceSyslog, vis_escapes_become_bytes_again) {
  std::string scratch;
  EXPECT_EQ(without_vis(R"(couldn\M-b\M^@\M^Yt \^[[0m)", scratch), "couldn\xE2\x80\x99t \x1B[0m");
  for (const auto* same : {R"(\)", R"(\M)", R"(\M-)", R"(\M^)", R"(\^)", R"(\^a \q \\ \134)", "plain"}) {
    EXPECT_EQ(without_vis(same, scratch), same);
  }
}

// -- the year ------------------------------------------------------------------------------------------------------------------

std::string days(std::initializer_list<const char*> stamps, YearlessClock& clock) {
  YearlessReader reader;
  std::string out;
  std::optional<TimeNs> last;
  for (const char* text : stamps) {
    HeaderScan in(text);
    YearlessStamp stamp;
    EXPECT_TRUE(reader.read(in, stamp) && stamp.in_1972) << text;
    const TimeNs t = clock.place(*stamp.in_1972);
    out += last ? " " + format_duration(t - *last) : "";
    last = t;
  }
  return out;
}

TEST(YearlessClock, goes_on_from_december_to_january) {
  YearlessClock clock;
  EXPECT_EQ(days({"Dec 31 23:59:59", "Jan  1 00:00:00", "Dec 31 23:59:59", "Jan  1 00:00:01"}, clock), " 1.0 s -1.0 s 2.0 s");
  YearlessClock twice;
  EXPECT_EQ(days({"Nov  1 00:00:00", "Jan  1 00:00:00", "Nov  1 00:00:00", "Jan  1 00:00:00"}, twice),
            " 61 d 0 h 304 d 0 h 61 d 0 h");
}

TEST(YearlessClock, counts_29_february_only_when_a_line_is_of_that_day) {
  YearlessClock common;
  EXPECT_EQ(days({"Feb 28 23:59:59", "Mar  1 00:00:00"}, common), " 1.0 s");
  EXPECT_EQ(common.common_year(), 0);
  EXPECT_FALSE(common.leap_year());
  YearlessClock leap;
  EXPECT_EQ(days({"Feb 28 23:59:59", "Feb 29 00:00:00", "Mar  1 00:00:00"}, leap), " 1.0 s 1 d 0 h");
  EXPECT_EQ(leap.leap_year(), 0);
  EXPECT_FALSE(leap.common_year());
  YearlessClock next;
  EXPECT_EQ(days({"Dec 31 00:00:00", "Feb 29 00:00:00", "Mar  1 00:00:00"}, next), " 60 d 0 h 1 d 0 h");
  EXPECT_EQ(next.leap_year(), 1);
}

TEST(YearlessClock, leaves_other_steps_back_as_they_are) {
  YearlessClock clock;
  EXPECT_EQ(days({"Apr  2 00:00:10", "Apr  2 00:00:08", "Mar 26 00:00:08"}, clock), " -2.0 s -7 d 0 h");
}

}  // namespace
}  // namespace uptrail
