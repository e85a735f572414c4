// Search, filtered log pages and events, over real samples and on the worker.
#include "viewer/load/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "collector/base/text.h"
#include "tests/support/files.h"
#include "viewer/load/loader.h"
#include "viewer/load/log_page.h"
#include "viewer/load/rule_page.h"

namespace uptrail::viewer {
namespace {

template <class F>
auto wait_for(F take) {
  for (int i = 0; i < 4000; ++i) {
    if (auto got = take()) return got;
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
  ADD_FAILURE() << "no answer";
  return decltype(take()){};
}

class SearchSamples : public testing::Test {
 protected:
  void SetUp() override {
    loader.open({test::source_path("assets/samples/instrumented/app.ndjson"),
                 test::source_path("assets/samples/instrumented/system.log")});
    data = wait_for([&] { return loader.take_case(); });
    ASSERT_NE(data, nullptr);
  }
  std::shared_ptr<const SearchResult> search(const std::string& text) {
    loader.search(++number, text);
    return wait_for([&]() -> std::shared_ptr<const SearchResult> {
      auto result = loader.take_search();
      return result && result->done && result->number == number ? result : nullptr;
    });
  }
  Loader loader;
  std::uint64_t number = 0;
  std::shared_ptr<const LoadedCase> data;
};

std::uint64_t count(const SearchResult& result, HitKind kind) {
  return static_cast<std::uint64_t>(
      std::count_if(result.hits.begin(), result.hits.end(), [&](const SearchHit& hit) { return hit.kind == kind; }));
}

TEST_F(SearchSamples, finds_a_task_by_its_uuid_and_the_lines_that_name_it) {
  const auto with_uuid =
      std::find_if(data->derived.tasks.begin(), data->derived.tasks.end(), [](const Task& t) { return t.uuid.has_value(); });
  ASSERT_NE(with_uuid, data->derived.tasks.end());
  const auto result = search(to_lower_ascii(with_uuid->uuid->text()));
  ASSERT_NE(result, nullptr);
  EXPECT_EQ(count(*result, HitKind::task), 1U);
  EXPECT_GE(count(*result, HitKind::line), 1U);
  for (const SearchHit& hit : result->hits) {
    if (hit.kind != HitKind::line) continue;
    EXPECT_TRUE(TextMatch(with_uuid->uuid->text()).in(hit.title)) << hit.title;
  }
}

TEST_F(SearchSamples, finds_findings_uploads_and_sessions) {
  const auto by_rule = search(data->derived.findings.front().rule);
  EXPECT_GE(count(*by_rule, HitKind::finding), 1U);
  const auto by_upload = search(std::string(data->upload(UploadId{0}).name));
  EXPECT_GE(count(*by_upload, HitKind::upload), 1U);
  const auto by_session = search(data->derived.sessions.front().identifier);
  EXPECT_GE(count(*by_session, HitKind::session), 1U);
}

TEST_F(SearchSamples, counts_every_stored_line_as_searched) {
  const auto result = search("zz no such text zz");
  EXPECT_TRUE(result->hits.empty());
  EXPECT_GT(result->lines_searched, data->sources.size());
  EXPECT_EQ(result->problem, "");
}

TEST_F(SearchSamples, a_line_hit_with_an_event_gives_the_event) {
  const auto result = search("\"kind\"");
  const auto hit = std::find_if(result->hits.begin(), result->hits.end(), [](const SearchHit& h) { return h.event.valid(); });
  ASSERT_NE(hit, result->hits.end());
  loader.request_event(hit->event);
  const auto event = wait_for([&] { return loader.take_event(); });
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->event.span.line, hit->line);
  EXPECT_EQ(event->event.t, *hit->t);
  EXPECT_TRUE(contains(event->text, "\"kind\""));
}

TEST_F(SearchSamples, nothing_is_asked_by_an_empty_text) {
  const auto result = search("  ");
  EXPECT_TRUE(result->hits.empty());
}

TEST_F(SearchSamples, a_filtered_page_has_only_lines_that_pass) {
  Filter filter;
  filter.text = "didComplete";
  const auto page_of = [&](const Filter& f) {
    loader.request_log(data->sources.front().id, 0, f);
    return *wait_for([&] { return loader.take_log(); });
  };
  const LogPage all = page_of({});
  filter.text = "session";
  const LogPage some = page_of(filter);
  EXPECT_TRUE(some.filtered);
  ASSERT_FALSE(some.lines.empty());
  EXPECT_LT(some.lines.size(), all.lines.size());
  for (const RawLine& line : some.lines) EXPECT_TRUE(TextMatch("SESSION").in(line.text));
  Filter in_session;
  in_session.session = data->derived.sessions.front().id;
  const LogPage of_session = page_of(in_session);
  ASSERT_FALSE(of_session.lines.empty());
  for (const RawLine& line : of_session.lines) EXPECT_TRUE(line.is_event);
  Filter never;
  never.span = Interval{TimeNs{1}, TimeNs{2}};
  EXPECT_TRUE(page_of(never).lines.empty());
}

TEST_F(SearchSamples, what_passes_a_filter_is_what_it_says) {
  Filter filter;
  filter.outcomes.bits = 1U << static_cast<unsigned>(UploadOutcome::affected);
  const Passing passing = make_passing(*data, filter);
  ASSERT_GT(data->upload_count(), 0U);
  for (std::uint32_t i = 0; i < data->upload_count(); ++i) {
    const timeline::UploadView upload = data->upload(UploadId{i});
    EXPECT_EQ(passing.uploads[upload.id.value], upload.outcome == UploadOutcome::affected) << upload.name;
  }
  Filter absent;
  absent.text = "zz no such text zz";
  const Passing none = make_passing(*data, absent);
  EXPECT_EQ(none.finding_count + none.cause_count + none.upload_count, 0U);
  const Passing all = make_passing(*data, Filter{});
  EXPECT_EQ(all.upload_count, data->upload_count());
  EXPECT_EQ(all.cause_count, data->derived.causes.size());
}

TEST(TextMatch, ignores_the_case_of_letters_and_blanks_around) {
  EXPECT_TRUE(TextMatch(" AbC ").in("xxaBcx"));
  EXPECT_EQ(TextMatch("bc").find("abc"), 1U);
  EXPECT_FALSE(TextMatch("abd").in("abc"));
  EXPECT_TRUE(TextMatch("").in(""));
}

TEST(RulePage, every_rule_of_a_case_has_one) {
  EXPECT_TRUE(rule_page_text("task-completed-without-callback").starts_with("# task-completed-without-callback"));
  EXPECT_EQ(rule_page_text("no-such-rule"), "");
}

}  // namespace
}  // namespace uptrail::viewer
