// A healthy capture, however it is damaged, never gives an error or a warning; an anomalous one that is cut never gives an error
// that the whole one does not have.
#include <gtest/gtest.h>

#include <set>

#include "tests/collector/rules/mutations.h"
#include "tests/collector/rules/scenario_support.h"

namespace uptrail::test {
namespace {

constexpr std::int64_t kNinetySeconds = 90LL * 1'000'000'000;
constexpr std::size_t kTooBig = 2000;  // events; such a script is cut at a few places only

std::string graves(const Judged& judged) {
  std::string out = judged.ok ? "" : "not collected: " + judged.error;
  for (const Finding& f : judged.findings) {
    if (f.severity == Severity::info) continue;
    out += f.rule + "/" + std::string(severity_name(f.severity)) + ": " + f.title + " — " + f.explanation + "\n";
  }
  return out;
}

// What a fired error is told by, whatever else has changed with the cut.
std::set<std::string> errors(const Judged& judged) {
  std::set<std::string> out;
  for (const Finding& f : judged.findings) {
    if (f.severity == Severity::error) out.insert(f.rule);
  }
  return out;
}

std::vector<std::size_t> places(const Capture& capture) {
  std::vector<std::size_t> all = capture.positions();
  if (capture.size() < kTooBig) return all;
  std::vector<std::size_t> some;
  for (std::size_t i = 0; i < all.size(); i += all.size() / 12 + 1) some.push_back(all[i]);
  return some;
}

std::string where(const Scenario& s, const Capture& capture, std::size_t i) {
  return s.name + " at " + std::to_string(i) + ": " + capture.at(i).text;
}

// Runs `damage` at every place of every healthy scenario; returns how many captures were judged.
template <class Damage>
std::size_t run_healthy(const Damage& damage) {
  std::size_t runs = 0;
  for (const Scenario& s : published_scenarios()) {
    if (!s.healthy) continue;
    const Capture capture(s.text);
    for (const std::size_t i : places(capture)) {
      const std::string text = damage(capture, i);
      if (text.empty()) continue;
      EXPECT_EQ(graves(judge(text)), "") << where(s, capture, i);
      ++runs;
    }
  }
  ::testing::Test::RecordProperty("runs", static_cast<int>(runs));
  return runs;
}

}  // namespace

TEST(HealthyCapture, stays_quiet_when_whole) {
  for (const Scenario& s : published_scenarios()) {
    if (!s.healthy) continue;
    EXPECT_EQ(graves(judge(Capture(s.text).whole())), "") << s.name;
  }
}

TEST(HealthyCapture, stays_quiet_without_one_source) {
  for (const Scenario& s : published_scenarios()) {
    if (!s.healthy) continue;
    const Capture capture(s.text);
    EXPECT_EQ(graves(judge(capture.without(false))), "") << s.name << " without the app's log";
    if (const std::string rest = capture.without(true); !rest.empty()) {
      EXPECT_EQ(graves(judge(rest)), "") << s.name << " without nsurlsessiond's log";
    }
  }
}

TEST(HealthyCapture, stays_quiet_when_cut_after_any_event) {
  EXPECT_GT(run_healthy([](const Capture& c, std::size_t i) { return c.cut_after(i); }), 200U);
}

TEST(HealthyCapture, stays_quiet_when_started_at_any_event) {
  EXPECT_GT(run_healthy([](const Capture& c, std::size_t i) { return c.start_at(i); }), 200U);
}

TEST(HealthyCapture, stays_quiet_with_a_declared_gap_before_any_event) {
  EXPECT_GT(run_healthy([](const Capture& c, std::size_t i) { return c.gap_before(i); }), 200U);
}

TEST(HealthyCapture, stays_quiet_when_any_event_is_lost_in_a_declared_gap) {
  EXPECT_GT(run_healthy([](const Capture& c, std::size_t i) { return c.lost(i); }), 200U);
}

TEST(HealthyCapture, stays_quiet_when_suspended_for_eight_hours_outside_a_wake) {
  const auto sleep = [](const Capture& c, std::size_t i) { return c.may_sleep_before(i) ? c.slept_before(i) : std::string(); };
  EXPECT_GT(run_healthy(sleep), 100U);
}

TEST(HealthyCapture, stays_quiet_when_one_clock_is_ninety_seconds_off) {
  for (const Scenario& s : published_scenarios()) {
    if (!s.healthy) continue;
    const Capture capture(s.text);
    if (capture.only(true).empty() || capture.only(false).empty()) continue;
    for (const std::int64_t shift : {kNinetySeconds, -kNinetySeconds}) {
      EXPECT_EQ(graves(judge_files({capture.shifted(false, shift), capture.only(true)})), "") << s.name << " " << shift;
    }
  }
}

TEST(HealthyCapture, stays_quiet_as_two_files) {
  for (const Scenario& s : published_scenarios()) {
    if (!s.healthy) continue;
    const Capture capture(s.text);
    if (capture.only(true).empty() || capture.only(false).empty()) continue;
    EXPECT_EQ(graves(judge_files({capture.only(false), capture.only(true)})), "") << s.name;
  }
}

TEST(AnyCapture, gives_the_same_verdicts_again_and_in_any_order_of_sources) {
  for (const Scenario& s : published_scenarios()) {
    const Capture capture(s.text);
    EXPECT_EQ(judge(capture.whole()).all(), judge(capture.whole()).all()) << s.name;
    const std::vector<std::string> files = {capture.only(false), capture.only(true)};
    if (files[0].empty() || files[1].empty()) continue;
    const std::string forth = judge_files(files).all();
    EXPECT_EQ(judge_files(files, true).all(), forth) << s.name;
    EXPECT_EQ(judge_files({files[0], files[1], files[0]}).all(), forth) << s.name << " with a source twice";
  }
}

TEST(AnyCapture, is_judged_alike_twice_and_in_any_order_however_contradictory) {
  std::size_t contradictory = 0;
  for (const Scenario& s : published_scenarios()) {
    const Capture capture(s.text);
    const std::uint32_t seeds = capture.size() < kTooBig ? 3 : 1;
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
      const std::string text = capture.scrambled(seed);
      const Judged once = judge(text);
      EXPECT_TRUE(once.ok) << s.name << " " << seed << ": " << once.error;
      EXPECT_EQ(judge(text).all(), once.all()) << s.name << " " << seed;
      contradictory += once.all().find("Contradiction: ") != std::string::npos ? 1 : 0;
    }
  }
  RecordProperty("contradictory", static_cast<int>(contradictory));
  EXPECT_GT(contradictory, 0U);
}

TEST(AnomalousCapture, gives_no_new_error_when_cut) {
  std::size_t runs = 0;
  for (const Scenario& s : published_scenarios()) {
    if (s.healthy) continue;
    const Capture capture(s.text);
    const std::set<std::string> whole = errors(judge(capture.whole()));
    for (const std::size_t i : places(capture)) {
      const Judged cut = judge(capture.cut_after(i));
      EXPECT_TRUE(cut.ok) << cut.error;
      for (const std::string& rule : errors(cut)) EXPECT_TRUE(whole.contains(rule)) << rule << " in " << where(s, capture, i);
      ++runs;
    }
  }
  RecordProperty("runs", static_cast<int>(runs));
  EXPECT_GT(runs, 500U);
}

}  // namespace uptrail::test
