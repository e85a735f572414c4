// A case whose tasks stay in its file shows, finds and filters what one does that is in memory.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "collector/pipeline/collect.h"
#include "tests/support/files.h"
#include "tests/support/same_scene.h"
#include "viewer/load/comparison.h"
#include "viewer/load/loader.h"
#include "viewer/load/query_target.h"

namespace uptrail::viewer {
namespace {

// The sample as a file, and what the viewer makes of it with everything in memory and with as little as possible.
class LargeCase : public testing::Test {
 protected:
  void SetUp() override {
    path_ = test::scratch_dir() + "/case.uptrail";
    collect_sample();
    auto reader = open_case(path_);
    ASSERT_TRUE(reader.ok()) << reader.error().text();
    reader_ = reader.take();
    auto small = read_case(*reader_);
    ASSERT_TRUE(small.ok()) << small.error().text();
    small_ = std::make_shared<const LoadedCase>(small.take());
    auto large = read_case(*reader_, 0, 0);
    ASSERT_TRUE(large.ok()) << large.error().text();
    large_ = std::make_shared<const LoadedCase>(large.take());
    ASSERT_TRUE(small_->has_all_tasks());
    ASSERT_FALSE(large_->has_all_tasks());
    ASSERT_GT(small_->task_count(), 3U);
  }

  void collect_sample() {
    auto writer = create_case(path_, CaseMode::fresh);
    ASSERT_TRUE(writer.ok());
    CollectOptions options;
    options.paths = {test::source_path("assets/samples/instrumented/app.ndjson"),
                     test::source_path("assets/samples/instrumented/system.log")};
    options.progress = [](const Progress&) {};
    ASSERT_TRUE(collect(**writer, options).ok());
  }

  std::string path_;
  std::unique_ptr<CaseReader> reader_;
  std::shared_ptr<const LoadedCase> small_, large_;
};

TEST_F(LargeCase, the_saved_picture_is_the_one_that_the_tables_give) {
  ASSERT_GT(reader_->picture_bytes("lanes").take(), 0U);
  const auto drawn = timeline::build_scene(*reader_);
  ASSERT_TRUE(drawn.ok()) << drawn.error().text();
  test::expect_same_scene(small_->scene, *drawn);
  test::expect_same_scene(large_->scene, *drawn);
  const auto grid = reader_->event_grid();
  test::expect_same_overview(large_->overview, timeline::make_overview(*drawn, *grid));
  EXPECT_EQ(large_->event_count, small_->event_count);
}

TEST_F(LargeCase, tasks_are_asked_for_and_then_there) {
  EXPECT_EQ(large_->task_count(), small_->task_count());
  EXPECT_EQ(large_->task(TaskId{static_cast<std::uint32_t>(large_->task_count())}), nullptr);
  EXPECT_FALSE(large_->on_demand->wants_tasks()) << "there is no such task";
  EXPECT_EQ(large_->task(TaskId{1}), nullptr);
  EXPECT_TRUE(large_->on_demand->wants_tasks());
  for (const TaskId id : large_->on_demand->take_wishes()) {
    auto task = reader_->task(id);
    ASSERT_TRUE(task.ok() && task->has_value());
    large_->on_demand->answer(id, std::make_unique<const Task>(std::move(**task)));
  }
  const Task* task = large_->task(TaskId{1});
  ASSERT_NE(task, nullptr);
  EXPECT_FALSE(large_->on_demand->wants_tasks());
  EXPECT_EQ(task->uuid, small_->task(TaskId{1})->uuid);
  EXPECT_EQ(task->desc, small_->task(TaskId{1})->desc);
  EXPECT_EQ(task->seen.end, small_->task(TaskId{1})->seen.end);
  EXPECT_EQ(large_->sessions_of_tasks(), small_->sessions_of_tasks());
  EXPECT_TRUE(compare_uploads(*large_, *small_).differ.empty());
  EXPECT_EQ(compare_uploads(*large_, *small_).same, small_->upload_count());
}

TEST_F(LargeCase, evidence_follows_in_pieces) {
  EvidenceLeft left;
  for (;;) {
    const auto more = read_more_evidence(*reader_, *large_, left);
    ASSERT_TRUE(more.ok()) << more.error().text();
    if (!*more) break;
  }
  ASSERT_FALSE(small_->evidence.empty());
  for (const auto& [id, line] : small_->evidence) {
    const EvidenceLine* other = large_->evidence_of(id);
    ASSERT_NE(other, nullptr);
    EXPECT_EQ(other->text, line.text);
  }
}

std::vector<Filter> filters(const LoadedCase& data) {
  std::vector<Filter> out(7);
  out[0].text = data.task(TaskId{0})->url.substr(0, 12);
  out[1].text = "no such thing";
  out[2].session = SessionId{0};
  out[3].span = Interval{data.task(TaskId{0})->seen.start, data.task(TaskId{1})->seen.end};
  out[4].outcomes.toggle(UploadOutcome::succeeded);
  out[5].severities.toggle(Severity::error);
  out[6].app = UnitId{0};
  return out;
}

TEST_F(LargeCase, a_filter_leaves_the_same) {
  for (const Filter& filter : filters(*small_)) {
    const Passing a = make_passing(*small_, filter);
    const auto b = make_passing(*large_, filter, *reader_);
    ASSERT_TRUE(b.ok()) << b.error().text();
    EXPECT_EQ(a.findings, b->findings) << filter.text;
    EXPECT_EQ(a.causes, b->causes);
    EXPECT_EQ(a.uploads, b->uploads);
    EXPECT_EQ(a.tasks, b->tasks);
    EXPECT_EQ(a.sessions, b->sessions);
    EXPECT_EQ(needs_reading(*large_, filter), !filter.text.empty() || filter.span.has_value());
    EXPECT_FALSE(needs_reading(*small_, filter));
  }
}

TEST_F(LargeCase, a_search_finds_the_same) {
  for (const Filter& filter : filters(*small_)) {
    std::vector<std::string> found[2];
    for (const auto& data : {small_, large_}) {
      Search search(data, 1, filter.text);
      while (search.step(*reader_)) {
      }
      for (const SearchHit& hit : search.result().hits) found[data == large_ ? 1 : 0].push_back(hit.title + hit.detail);
    }
    EXPECT_EQ(found[0], found[1]);
  }
}

TEST_F(LargeCase, the_worker_answers_what_needs_reading) {
  Loader loader;
  loader.open({path_});
  for (int i = 0; i < 2000 && loader.status().phase == LoadPhase::loading; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const auto data = loader.take_case();
  ASSERT_NE(data, nullptr);
  Filter filter;
  filter.text = "photo";
  loader.request_passing(filter);
  std::optional<Loader::Sifted> sifted;
  for (int i = 0; i < 2000 && !sifted; ++i) {
    sifted = loader.take_passing();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ASSERT_TRUE(sifted.has_value());
  EXPECT_EQ(sifted->data, data);
  EXPECT_EQ(sifted->filter, filter);
  ASSERT_NE(sifted->passing, nullptr);
  EXPECT_EQ(sifted->passing->uploads, make_passing(*data, filter).uploads);
}

}  // namespace
}  // namespace uptrail::viewer
