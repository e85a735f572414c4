// Every page in docs/rules has its rule, every rule its page, and every script on a page is run.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "collector/analysis/rule.h"
#include "tests/collector/rules/scenario_support.h"
#include "tests/support/files.h"

namespace uptrail::test {
namespace {

struct Page {
  std::string rule;
  std::string text;
  std::vector<std::string> scripts;
};

std::vector<std::string> fenced_scripts(const std::string& text) {
  const std::string open = "```scn\n";
  std::vector<std::string> out;
  for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    const std::size_t from = at + open.size();
    const std::size_t to = text.find("\n```", from);
    if (to == std::string::npos) return out;
    out.push_back(text.substr(from, to + 1 - from));
    at = to;
  }
  return out;
}

std::vector<Page> pages() {
  std::vector<Page> out;
  for (const auto& entry : std::filesystem::directory_iterator(source_path("docs/rules"))) {
    if (entry.path().extension() != ".md") continue;
    const std::string text = read_file(entry.path().string());
    out.push_back({entry.path().stem().string(), text, fenced_scripts(text)});
  }
  std::sort(out.begin(), out.end(), [](const Page& a, const Page& b) { return a.rule < b.rule; });
  return out;
}

bool fires(const ScriptExpectation& e, const std::string& rule) {
  return std::any_of(e.fire.begin(), e.fire.end(), [&](const auto& f) { return f.rule == rule; });
}

bool has(const std::vector<std::string>& list, const std::string& rule) {
  return std::find(list.begin(), list.end(), rule) != list.end();
}

}  // namespace

TEST(RulePages, every_rule_has_a_page_and_every_page_a_rule) {
  std::vector<std::string> of_pages;
  for (const Page& page : pages()) of_pages.push_back(page.rule);
  EXPECT_EQ(of_pages, known_rules());
}

TEST(RulePages, every_page_shows_a_firing_and_a_quiet_script) {
  for (const Page& page : pages()) {
    bool firing = false;
    bool quiet = false;
    for (const std::string& script : page.scripts) {
      const ScriptExpectation e = parse_script_expectations(script);
      firing = firing || fires(e, page.rule);
      quiet = quiet || (!fires(e, page.rule) && (has(e.not_, page.rule) || e.fire.empty()));
    }
    EXPECT_TRUE(firing) << page.rule;
    EXPECT_TRUE(quiet) << page.rule;
  }
}

TEST(RulePages, every_page_shows_when_the_rule_cannot_tell) {
  for (const Page& page : pages()) {
    if (page.rule == "capture-incomplete") continue;  // it is the report on what cannot be told
    if (page.text.find("This rule never answers *cannot tell*") != std::string::npos)
      continue;  // it rests on what is there alone
    const bool shown = std::any_of(page.scripts.begin(), page.scripts.end(), [&](const std::string& script) {
      return has(parse_script_expectations(script).undet, page.rule);
    });
    EXPECT_TRUE(shown) << page.rule;
  }
}

TEST(RulePages, every_script_on_a_page_behaves_as_it_says) {
  for (const Page& page : pages()) {
    std::size_t number = 0;
    for (const std::string& script : page.scripts) {
      const ScriptExpectation e = parse_script_expectations(script);
      EXPECT_EQ(broken_expectations(e, judge(script)), "") << page.rule << ", script " << ++number << ":\n" << script;
    }
  }
}

}  // namespace uptrail::test
