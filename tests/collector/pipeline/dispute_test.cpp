// A finding becomes a script that shows the same and gives nothing away.
#include "collector/pipeline/dispute.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "collector/base/text.h"
#include "collector/containers/event_script.h"
#include "collector/pipeline/collect.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

const Finding* find(const Derived& derived, const std::string& rule) {
  for (const Finding& f : derived.findings) {
    if (f.rule == rule) return &f;
  }
  return nullptr;
}

struct Disputed {
  Dispute dispute;
  Severity severity = Severity::info;
  bool ok = false;
};

Disputed dispute(std::string_view capture, const std::string& rule) {
  Disputed out;
  auto reader = collect_text(capture, "s.scn");
  EXPECT_TRUE(reader.ok());
  auto derived = (*reader)->derived();
  EXPECT_TRUE(derived.ok());
  const Finding* finding = find(*derived, rule);
  EXPECT_NE(finding, nullptr) << rule;
  if (finding == nullptr) return out;
  auto made = make_dispute(**reader, *finding);
  EXPECT_TRUE(made.ok()) << rule << ": " << (made.ok() ? "" : made.error().text());
  if (!made.ok()) return out;
  out.dispute = made.take();
  out.severity = finding->severity;
  out.ok = true;
  return out;
}

// The first script of each rule page that fires the page's rule.
std::map<std::string, std::string> firing_scripts() {
  std::map<std::string, std::string> out;
  const std::string open = "```scn\n";
  for (const auto& entry : std::filesystem::directory_iterator(test::source_path("docs/rules"))) {
    const std::string rule = entry.path().stem().string();
    const std::string text = test::read_file(entry.path().string());
    for (std::size_t at = text.find(open); at != std::string::npos && !out.contains(rule); at = text.find(open, at + 1)) {
      const std::size_t from = at + open.size();
      const std::string script = text.substr(from, text.find("\n```", from) + 1 - from);
      const auto expected = parse_script_expectations(script).fire;
      if (std::any_of(expected.begin(), expected.end(), [&](const auto& f) { return f.rule == rule; })) out[rule] = script;
    }
  }
  return out;
}

TEST(Dispute, of_a_firing_script_of_every_rule_page_fires_still) {
  for (const auto& [rule, script] : firing_scripts()) {
    const Disputed d = dispute(script, rule);
    if (!d.ok) continue;
    EXPECT_TRUE(d.dispute.reproduced) << rule << ": " << d.dispute.why_not << "\n" << d.dispute.script;
    if (!d.dispute.reproduced) continue;
    const auto reader = collect_text(d.dispute.script, "dispute.scn");
    ASSERT_TRUE(reader.ok()) << rule;
    const auto derived = (*reader)->derived();
    ASSERT_TRUE(derived.ok()) << rule;
    const Finding* again = find(*derived, rule);
    ASSERT_NE(again, nullptr) << rule << "\n" << d.dispute.script;
    EXPECT_EQ(again->severity, d.severity) << rule;
    const auto sources = (*reader)->sources();
    ASSERT_TRUE(sources.ok());
    EXPECT_EQ(sources->front().issue_count, 0U) << rule << "\n" << d.dispute.script;
  }
}

constexpr std::string_view kSecret =
    "start: 2026-11-18T14:00:00+01:00\nbundle: com.secret.diary\n0 app.launch reason=user build=secret-7\n"
    "0.1 session.create identifier=com.secret.session object=SecretObject delegate=SecretDelegate\n"
    "1 task.create X1 desc=secret-diary file=/private/secret/page.bin url=https://secret.example.org/upload?token=secret\n"
    "1.1 task.resume X1\n2 task.create X2 desc=other\n30 task.did-complete X2 error=nil status=200 text=secret\n"
    "31 daemon.task-response X1 status=200\n31.1 daemon.task-finished X1 code=0\n";

TEST(Dispute, gives_nothing_private_away) {
  const Disputed d = dispute(kSecret, "task-completed-without-callback");
  ASSERT_TRUE(d.ok);
  EXPECT_TRUE(d.dispute.reproduced) << d.dispute.why_not << d.dispute.script;
  const std::string lower = to_lower_ascii(d.dispute.script);
  EXPECT_FALSE(contains(lower, "secret")) << d.dispute.script;
  EXPECT_FALSE(contains(lower, "2026-11-18")) << d.dispute.script;
  EXPECT_TRUE(contains(lower, "fire: task-completed-without-callback/error"));
}

TEST(Dispute, leaves_out_what_the_rule_does_not_need) {
  std::string script = "0 @fg\n1 @task Xa Ua\n";
  for (int i = 0; i < 30; ++i) {
    const std::string n = std::to_string(i);
    script +=
        std::to_string(2 + i) + " @task X" + n + " U" + n + "\n" + std::to_string(40 + i) + " @done X" + n + " U" + n + "\n";
  }
  const Disputed d = dispute(script + "80 @fin Xa 200\n", "task-completed-without-callback");
  ASSERT_TRUE(d.ok);
  EXPECT_TRUE(d.dispute.reproduced) << d.dispute.why_not;
  EXPECT_GT(d.dispute.of, 300U);
  EXPECT_LT(d.dispute.events, 12U) << d.dispute.script;
}

TEST(Dispute, twice_gives_the_same_script) {
  EXPECT_EQ(dispute(kSecret, "task-completed-without-callback").dispute.script,
            dispute(kSecret, "task-completed-without-callback").dispute.script);
}

}  // namespace
}  // namespace uptrail
