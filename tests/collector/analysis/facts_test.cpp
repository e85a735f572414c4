#include <gtest/gtest.h>

#include "tests/collector/analysis/bench_events.h"

namespace uptrail::analysis::test {
namespace {

using K = EventKind;

UnitFacts facts_of(const Capture& c, std::size_t unit = 0) {
  const AnalysisInput in = c.input();
  FactsBuilder builder(in.units, in.streams, in.tasks);
  EXPECT_TRUE(in.events([&](const Event& e) {
                  builder.add(e, EventFields(e));
                  return true;
                }).ok());
  return builder.take().at(unit);
}

TEST(Words, every_listed_word_reads_back) {
  for (int w = static_cast<int>(Word::user); w <= static_cast<int>(Word::background_db); ++w) {
    const auto word = static_cast<Word>(w);
    EXPECT_EQ(word_from_text(word_text(word)), word) << word_text(word);
  }
  EXPECT_EQ(word_from_text(""), Word::none);
  EXPECT_EQ(word_from_text("no such word"), Word::other);
}

TEST(FactsBuilder, keeps_the_main_values_of_a_kind) {
  Capture c;
  c.add(1, K::task_did_complete,
        {{Field::uuid, Uuid::from_name("X1")},
         {Field::error_code, std::int64_t{-999}},
         {Field::reason_key, std::int64_t{0}},
         {Field::status, std::int64_t{200}},
         {Field::sent, std::int64_t{77}},
         {Field::state, "completed"}});
  c.add(2, K::daemon_delay_set, {{Field::seconds, 60.5}});
  c.add(3, K::wake_handler_called, {{Field::identifier, "up"}, {Field::via, "swiftui"}}).thread = "main";
  c.add(4, K::session_invalidate, {{Field::shared, true}, {Field::mode, "cancel"}});
  c.add(5, K::daemon_task_finished, {{Field::code, std::int64_t{0}}, {Field::terminal, false}});
  c.add(6, K::daemon_task_finished, {{Field::code, std::int64_t{-999}}, {Field::cancelled, true}});
  c.end(10);
  const auto f = facts_of(c).facts;
  ASSERT_EQ(f.size(), 6U);
  EXPECT_TRUE(f[0].has(kHasCode));
  EXPECT_EQ(f[0].code, -999);
  EXPECT_EQ(f[0].reason_key, 0);
  EXPECT_EQ(f[0].status, 200);
  EXPECT_EQ(f[0].number, 77);
  EXPECT_EQ(f[0].word, Word::completed);
  EXPECT_EQ(f[1].number, from_seconds(60.5).ns);
  EXPECT_EQ(f[2].word, Word::main);
  EXPECT_EQ(f[2].also, Word::swiftui);
  EXPECT_TRUE(f[3].has(kShared));
  EXPECT_EQ(f[3].word, Word::cancel);
  EXPECT_EQ(f[3].reason_key, -1);
  EXPECT_FALSE(f[4].has(kShared)) << "not terminal: it will be tried again";
  EXPECT_TRUE(f[5].has(kShared)) << "terminal unless said otherwise";
  EXPECT_EQ(f[5].word, Word::cancelled);
}

TEST(FactsBuilder, an_error_free_end_is_a_known_code_and_a_missing_one_is_not) {
  Capture c;
  c.add(1, K::task_did_complete, {{Field::error_code, std::int64_t{0}}});
  c.add(2, K::task_did_complete);
  const auto f = facts_of(c).facts;
  EXPECT_TRUE(f[0].has(kHasCode));
  EXPECT_FALSE(f[1].has(kHasCode));
}

TEST(FactsBuilder, device_events_reach_every_unit_and_an_apps_own_do_not) {
  Capture c;
  Unit other;
  other.id = UnitId{1};
  other.bundle = "com.example.other";
  c.units.push_back(other);
  c.add(1, K::device_boot).unit = {};
  c.add(2, K::app_launch);
  EXPECT_EQ(facts_of(c, 0).facts.size(), 2U);
  const auto theirs = facts_of(c, 1).facts;
  ASSERT_EQ(theirs.size(), 1U);
  EXPECT_TRUE(theirs[0].has(kDevice));
}

TEST(FactsBuilder, what_names_no_app_is_blamed_on_none) {
  Capture c;
  c.add(1, K::daemon_force_quit_noticed).unit = {};
  EXPECT_TRUE(facts_of(c, 0).facts.empty());
}

TEST(FactsBuilder, a_manifest_limited_to_other_bundles_says_nothing_about_this_one) {
  Capture c;
  c.add(0, K::capture_begin,
        {{Field::kinds, std::vector<std::string>{"*"}}, {Field::scope_bundles, std::vector<std::string>{"com.example.other"}}});
  EXPECT_TRUE(facts_of(c).manifests.empty());
}

TEST(FactsBuilder, kind_patterns_speak_only_for_what_the_observer_can_see) {
  Capture c;
  c.add(0, K::capture_begin, {{Field::kinds, std::vector<std::string>{"task.*", "app.force-quit"}}});
  const auto m = facts_of(c).manifests;
  ASSERT_EQ(m.size(), 1U);
  EXPECT_TRUE(m[0].kinds[static_cast<std::size_t>(K::task_did_complete)]);
  EXPECT_FALSE(m[0].kinds[static_cast<std::size_t>(K::task_cfn_finished)]) << "only CFNetwork logs it";
  EXPECT_TRUE(m[0].kinds[static_cast<std::size_t>(K::app_force_quit)]) << "an exact name is taken as it is";
  EXPECT_FALSE(m[0].kinds[static_cast<std::size_t>(K::session_create)]);
}

TEST(FactsBuilder, a_gap_without_bounds_reaches_back_to_the_record_before) {
  Capture c;
  c.add(1, K::app_heartbeat);
  c.add(9, K::capture_gap, {{Field::reason, "dropped"}});
  const auto g = facts_of(c).gaps;
  ASSERT_EQ(g.size(), 1U);
  EXPECT_EQ(g[0].span, (Interval{at(1), at(9)}));
  EXPECT_EQ(g[0].reason, "dropped");
}

TEST(FactsBuilder, what_the_tool_says_goes_to_the_stream_it_names) {
  Capture c;
  const StreamId tool = c.add_stream(Observer::tool);
  c.add_to(tool, 5, K::capture_gap, {{Field::source, "daemon"}, {Field::from, at(2)}, {Field::to, at(4)}}).unit = {};
  const auto g = facts_of(c).gaps;
  ASSERT_EQ(g.size(), 1U);
  EXPECT_EQ(g[0].stream, Capture::kDaemon);
}

TEST(FactsBuilder, keeps_listings_and_session_configurations_beside_the_facts) {
  Capture c;
  TaskListing x;
  x.uuid = Uuid::from_name("X1");
  x.state = "completed";
  c.add(1, K::session_create,
        {{Field::identifier, "up"},
         {Field::object, "O1"},
         {Field::delegate, "D"},
         {Field::sends_launch_events, false},
         {Field::resource_timeout, 60.0}});
  c.add(2, K::session_tasks_answered,
        {{Field::identifier, "up"}, {Field::complete, true}, {Field::tasks, std::vector<TaskListing>{x}}});
  const Stage s(c);
  const ObjectInfo* info = s.world().object_info(s.fact(K::session_create));
  ASSERT_NE(info, nullptr);
  EXPECT_EQ(info->object, "O1");
  EXPECT_EQ(info->delegate, "D");
  EXPECT_EQ(info->sends_launch_events, false);
  EXPECT_EQ(info->config, "sendsLaunchEvents=false resourceTimeout=60");
  const FactIndex list = s.fact(K::session_tasks_answered);
  EXPECT_TRUE(s.world().fact(list).has(kShared));
  ASSERT_EQ(s.world().listing(list).size(), 1U);
  EXPECT_EQ(s.world().listing(list)[0].state, Word::completed);
  EXPECT_TRUE(s.world().listing(s.fact(K::session_create)).empty());
}

}  // namespace
}  // namespace uptrail::analysis::test
