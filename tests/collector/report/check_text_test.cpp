#include "collector/report/check_text.h"

#include <gtest/gtest.h>

#include "collector/base/text.h"
#include "collector/report/contents_text.h"
#include "collector/report/finding_text.h"
#include "report_of.h"
#include "sample_case.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

CheckData gather(test::FakeCase fake) {
  auto data = gather_check(fake);
  EXPECT_TRUE(data.ok());
  return data.take();
}

std::string text_of(const CheckData& data, const TextStyle& style) {
  return test::check_with({}, data, [&](const CheckReport& r) { return check_text(r, style); });
}

void expect_narrow(const std::string& text, std::size_t width) {
  for (const std::string_view line : split(text, '\n')) {
    EXPECT_LE(display_width(line), width) << line;
  }
}

TEST(CheckText, prints_the_sample_as_agreed) {
  const std::string text = text_of(gather(test::sample_case()), {});
  test::expect_golden("report/check.txt", text);
  expect_narrow(text, 100);
}

TEST(CheckText, keeps_to_a_narrow_width) {
  TextStyle style;
  style.width = 60;
  std::string text = text_of(gather(test::sample_case()), style);
  // The first three lines are one fact each and are not broken.
  for (int i = 0; i < 3; ++i) text.erase(0, text.find('\n') + 1);
  expect_narrow(text, 64);
}

TEST(CheckText, says_of_clocks_without_date_what_placed_them_or_could) {
  test::FakeCase fake = test::sample_case();
  EXPECT_FALSE(contains(text_of(gather(fake), {}), "Clocks"));
  Source& s = fake.source_list[0];
  s.path = "device.log";
  s.clock = ClockKind::floating;
  s.zone_offset_minutes.reset();
  s.clock_info.traits = {DateShown::month_day, seconds(1), {}, {}};
  s.clock_info.placed_by = PlacedBy::nothing;
  s.clock_info.uncertainty = seconds(1);
  s.clock_info.suggested_date = "2026-11-18+01:00";
  s.clock_info.suggested_why = "its times then fall into those of system.log";
  const std::string floats = text_of(gather(fake), {});
  EXPECT_TRUE(contains(floats, "  device.log  month and day, no year, no zone, whole seconds; floats: its events are")) << floats;
  EXPECT_TRUE(contains(floats, "    perhaps: --date device.log=2026-11-18+01:00\n    because its times then fall into"))
      << floats;
  s.clock_info.suggested_date.clear();
  s.clock_info.placed_by = PlacedBy::tasks;
  s.clock_info.placed_as = "2026-11-18+01:00";
  s.clock_info.uncertainty = seconds(2);
  const std::string placed = text_of(gather(fake), {});
  EXPECT_TRUE(contains(placed, "placed by tasks that another source")) << placed;
  EXPECT_TRUE(contains(placed, "2026-11-18+01:00; ±2.0 s")) << placed;
  EXPECT_FALSE(contains(placed, "perhaps")) << placed;
}

TEST(CheckText, colours_only_when_asked) {
  const CheckData data = gather(test::sample_case());
  EXPECT_EQ(text_of(data, {}).find('\x1b'), std::string::npos);
  TextStyle style;
  style.colour = true;
  EXPECT_EQ(text_of(data, style).substr(0, 11), "\x1b[1;31mFAIL");
}

TEST(CheckText, says_what_to_add_when_the_app_logs_no_callbacks) {
  test::FakeCase fake = test::sample_case();
  fake.result.coverage.clear();
  fake.result.findings.clear();
  fake.result.causes.clear();
  fake.result.outcome = Outcome::unknown;
  fake.result.outcome_reason = "No didCompleteWithError is logged by Shoebox: 2 tasks cannot be judged.";
  fake.result.next_step = "Add one line: uptrail howto instrument";
  const std::string text = text_of(gather(fake), {});
  const std::string line = fake.result.outcome_reason + " " + fake.result.next_step;
  EXPECT_EQ(text.substr(0, text.find('\n')), "COULD NOT TELL  " + line);
  EXPECT_EQ(text.find(line), text.rfind(line)) << "said twice";
  EXPECT_TRUE(contains(text, "app callbacks no |")) << text;
}

TEST(CheckText, says_what_to_add_also_when_other_things_failed) {
  test::FakeCase fake = test::sample_case();
  fake.result.coverage.clear();
  EXPECT_TRUE(
      contains(text_of(gather(fake), {}), "No didCompleteWithError is logged by Shoebox: 2 tasks cannot be judged. Add one"));
}

TEST(CheckText, calls_a_source_without_a_known_line_not_understood) {
  test::FakeCase fake = test::sample_case();
  fake.source_list[1].not_understood = true;
  fake.source_list[1].accounting = {12, 0, 0, 12, 0};
  const std::string text = text_of(gather(fake), {});
  EXPECT_TRUE(contains(
      text, "app.ndjson  event_ndjson  NOT UNDERSTOOD\n    12 read = 0 matched + 0 related + 12 irrelevant + 0 unparsed"))
      << text;
  EXPECT_TRUE(contains(text, "if it is your app's log, teach its words: uptrail messages draft captures/app.ndjson")) << text;
}

TEST(CheckText, shows_no_time_where_lines_have_none) {
  test::FakeCase fake = test::sample_case();
  fake.case_info.span.reset();
  EXPECT_TRUE(contains(text_of(gather(fake), {}), "no date or zone in the logs"));
  const std::string before = text_of(gather(fake), {});
  for (Stream& stream : fake.stream_list) {
    stream.open.reset();
  }
  const std::string text = text_of(gather(fake), {});
  EXPECT_TRUE(contains(text, "no times in the logs, only the order of the lines")) << text;
  const auto cause = [](const std::string& t) { return t.substr(t.find("\nC1 "), 30); };
  EXPECT_NE(cause(before).find(':'), std::string::npos) << before;
  EXPECT_EQ(cause(text).find(':'), std::string::npos) << text;
}

TEST(CheckText, names_paths_in_full_when_two_files_share_a_name) {
  test::FakeCase fake = test::sample_case();
  fake.source_list[0].path = "a/log.txt";
  fake.source_list[1].path = "b/log.txt";
  EXPECT_TRUE(contains(text_of(gather(fake), {}), "b/log.txt:815"));
}

TEST(CheckText, lets_no_control_character_through) {
  test::FakeCase fake = test::sample_case();
  fake.result.causes[0].title = "evil \x1b[2J\x07 title\xff";
  fake.source_list[0].path = "x/\x1b]0;y.log";
  const CheckData data = gather(fake);
  const std::string text = text_of(data, {}) + finding_text(data, data.derived.findings[0], nullptr, {});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
  EXPECT_TRUE(is_valid_utf8(text));
}

TEST(CheckText, survives_ids_that_point_nowhere) {
  test::FakeCase fake = test::sample_case();
  fake.result.causes[0].main = {77};
  fake.result.causes[0].findings = {{77}, {}};
  fake.result.findings[0].evidence = {{{4711}, "gone", true}};
  fake.result.findings[0].folded_into = {99};
  fake.stream_list.clear();
  const CheckData data = gather(fake);
  EXPECT_EQ(text_of(data, {}).substr(0, 4), "FAIL");
  EXPECT_FALSE(finding_text(data, data.derived.findings[0], nullptr, {}).empty());
}

TEST(FindingText, prints_evidence_missing_numbers_and_search) {
  const CheckData data = gather(test::sample_case());
  const std::string text = finding_text(data, data.derived.findings[0], nullptr, {});
  test::expect_golden("report/finding.txt", text);
  expect_narrow(text, 100);
}

TEST(FindFindings, takes_cause_finding_and_fingerprint) {
  const CheckData data = gather(test::sample_case());
  EXPECT_EQ(find_findings(data, "C1").value(), (std::vector<FindingId>{{1}, {0}}));
  EXPECT_EQ(find_findings(data, "f2").value(), (std::vector<FindingId>{{1}}));
  EXPECT_EQ(find_findings(data, "0123").value(), (std::vector<FindingId>{{0}}));
  for (const char* wrong : {"C2", "F0", "F3", "012", "", "ffff", "F99999999999999999999"}) {
    const auto found = find_findings(data, wrong);
    ASSERT_FALSE(found.ok()) << wrong;
    EXPECT_EQ(found.error().kind, ErrorKind::usage);
    EXPECT_EQ(found.error().hint, "findings F1 to F2, causes C1 to C1");
  }
}

TEST(ContentsText, counts_and_gives_the_command_that_helps) {
  Contents c;
  c.path = "x.tar.gz";
  c.format = "tar, gzip";
  c.groups.push_back({MemberFate::used, 3, "", "", "", {"x.tar.gz!/a"}});
  c.groups.push_back({MemberFate::log_archive, 12, "x.tar.gz!/l.logarchive", "binary log", "log show --archive l", {}});
  c.groups.push_back({MemberFate::damaged, 2, "", "cut\x1B off", "", {"x.tar.gz!/b", "x.tar.gz!/c"}});
  c.groups.push_back({MemberFate::picture, 9, "", "", "", {"x.tar.gz!/p"}});
  c.groups.push_back({MemberFate::other, 398, "", "", "", {"x.tar.gz!/o"}});
  EXPECT_EQ(contents_text(c, {}),
            "  x.tar.gz (tar, gzip)\n"
            "    424 members: 3 used, 12 in a log archive, 2 damaged, 9 pictures, 398 no log or store\n"
            "    x.tar.gz!/l.logarchive: binary log\n"
            "      log show --archive l\n"
            "    x.tar.gz!/b and 1 more: cut\xEF\xBF\xBD off\n");
}

}  // namespace
}  // namespace uptrail
