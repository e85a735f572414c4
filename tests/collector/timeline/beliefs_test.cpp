#include "collector/timeline/beliefs.h"

#include <gtest/gtest.h>

#include "collector/timeline/scene.h"

namespace uptrail::timeline {
namespace {

TimeNs at(double s) { return TimeNs{from_seconds(s).ns}; }

// 0: the app's log and 1: the daemon's, of one domain; 2: a store with a clock of its own; 3: a log that floats.
std::vector<Stream> streams() {
  std::vector<Stream> out(4);
  for (std::uint16_t i = 0; i < 4; ++i) {
    out[i].id = StreamId{i};
    out[i].domain = DomainId{static_cast<std::uint16_t>(i < 2 ? 0 : i - 1)};
    out[i].placed = i != 3;
    out[i].observer = i == 2 ? Observer::store : Observer::app;
  }
  return out;
}

Belief word(Witness who, Stand stand, double s, std::uint16_t stream, std::string says = "") {
  Belief b;
  b.who = who;
  b.stand = stand;
  b.t = at(s);
  b.timed = true;
  b.stream = StreamId{stream};
  b.task = TaskId{0};
  b.says = std::move(says);
  return b;
}

Event event(EventKind kind, Observer observer) {
  Event e;
  e.kind = kind;
  e.observer = observer;
  e.t_src = at(1);
  e.t = at(1);
  e.task = TaskId{0};
  return e;
}

TEST(Beliefs, an_event_says_whether_the_transfer_goes_on) {
  Event e = event(EventKind::store_entry, Observer::store);
  e.fields.set(Field::store, "daemon");
  e.fields.set(Field::state, "completed");
  e.fields.set(Field::pending_callback, true);
  auto b = belief_of(e);
  ASSERT_TRUE(b);
  EXPECT_EQ(b->who, Witness::daemon_store);
  EXPECT_EQ(b->stand, Stand::over);
  EXPECT_EQ(b->says, "completed, callback pending");
  e.fields.set(Field::store, "app");
  e.fields.set(Field::state, "uploading");
  b = belief_of(e);
  ASSERT_TRUE(b);
  EXPECT_EQ(b->who, Witness::app_store);
  EXPECT_EQ(b->stand, Stand::under_way);

  e = event(EventKind::daemon_task_finished, Observer::daemon);
  e.fields.set(Field::code, std::int64_t{-1001});
  e.fields.set(Field::terminal, false);
  EXPECT_EQ(belief_of(e)->stand, Stand::under_way) << "it is tried again";
  e.fields.set(Field::terminal, true);
  EXPECT_EQ(belief_of(e)->stand, Stand::badly);
  EXPECT_EQ(belief_of(e)->says, "failed, error -1001");

  e = event(EventKind::task_did_complete, Observer::app);
  e.fields.set(Field::status, std::int64_t{500});
  EXPECT_EQ(belief_of(e)->who, Witness::delegate);
  EXPECT_EQ(belief_of(e)->stand, Stand::badly);
  e = event(EventKind::upload_state, Observer::app);
  e.fields.set(Field::state, "queued");
  EXPECT_EQ(belief_of(e)->who, Witness::app);
  EXPECT_EQ(belief_of(e)->stand, Stand::open);
  EXPECT_FALSE(belief_of(event(EventKind::task_metrics, Observer::app)));
  EXPECT_FALSE(belief_of(event(EventKind::daemon_task_finished, Observer::store))) << "a store that nobody knows";
}

TEST(Beliefs, the_last_word_of_each_witness_counts) {
  const auto words = last_words(std::vector<Belief>{word(Witness::daemon, Stand::under_way, 1, 1, "started"),
                                                    word(Witness::app, Stand::under_way, 2, 0, "uploading"),
                                                    word(Witness::daemon, Stand::well, 9, 1, "finished")});
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[0].who, Witness::app);
  EXPECT_EQ(words[1].says, "finished");
}

TEST(Beliefs, who_goes_on_after_the_end_disagrees) {
  const std::vector<Belief> words = {word(Witness::app_store, Stand::under_way, 100, 2),
                                     word(Witness::daemon, Stand::well, 40, 1)};
  const auto found = disagreements(words, streams());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].says, 0U);
  EXPECT_EQ(found[0].against, 1U);
}

TEST(Beliefs, an_earlier_word_is_only_old) {
  EXPECT_TRUE(disagreements(std::vector<Belief>{word(Witness::app_store, Stand::under_way, 39, 2),
                                                word(Witness::daemon, Stand::well, 40, 1)},
                            streams())
                  .empty());
}

TEST(Beliefs, two_sources_need_more_than_two_seconds_between_them) {
  const auto count = [](double s, std::uint16_t stream) {
    return disagreements(std::vector<Belief>{word(Witness::app_store, Stand::under_way, s, stream),
                                             word(Witness::daemon, Stand::well, 40, 1)},
                         streams())
        .size();
  };
  EXPECT_EQ(count(42, 2), 0U);
  EXPECT_EQ(count(42.1, 2), 1U);
  EXPECT_EQ(count(40.1, 0), 1U) << "one clock";
  EXPECT_EQ(count(99, 3), 0U) << "a clock that floats has no order beside others";
}

TEST(Beliefs, a_doubtful_clock_claims_no_order) {
  auto all = streams();
  all[1].uncertainty = seconds(90);
  EXPECT_TRUE(
      disagreements(
          std::vector<Belief>{word(Witness::app_store, Stand::under_way, 100, 2), word(Witness::daemon, Stand::well, 40, 1)}, all)
          .empty());
}

TEST(Beliefs, another_task_powerlog_and_a_word_without_time_are_never_compared) {
  Belief later = word(Witness::app_store, Stand::under_way, 100, 2);
  Belief end = word(Witness::daemon, Stand::well, 40, 1);
  later.task = TaskId{1};
  EXPECT_TRUE(disagreements(std::vector<Belief>{later, end}, streams()).empty());
  later.task = TaskId{};
  EXPECT_EQ(disagreements(std::vector<Belief>{later, end}, streams()).size(), 1U) << "it speaks of the upload";
  later.timed = false;
  EXPECT_TRUE(disagreements(std::vector<Belief>{later, end}, streams()).empty());
  later.timed = true;
  end.who = Witness::powerlog;
  EXPECT_TRUE(disagreements(std::vector<Belief>{later, end}, streams()).empty());
}

TEST(Beliefs, a_success_that_ended_badly_disagrees_and_a_failure_that_went_well_does_not) {
  EXPECT_EQ(disagreements(std::vector<Belief>{word(Witness::app, Stand::well, 50, 0), word(Witness::daemon, Stand::badly, 40, 1)},
                          streams())
                .size(),
            1U);
  EXPECT_TRUE(
      disagreements(std::vector<Belief>{word(Witness::app, Stand::badly, 50, 0), word(Witness::daemon, Stand::well, 40, 1)},
                    streams())
          .empty())
      << "the body of the answer may have said no";
}

// One upload whose task ended at 40 s; its stores are read at 90 s.
TEST(Beliefs, stand_on_the_lane_of_their_task) {
  Derived d;
  d.units.push_back({UnitId{0}, "iPhone", "com.example.shoebox", "Shoebox", "ios"});
  Session s;
  s.id = SessionId{0};
  s.unit = UnitId{0};
  s.identifier = "photos";
  d.sessions.push_back(s);
  Task t;
  t.id = TaskId{0};
  t.unit = UnitId{0};
  t.session = SessionId{0};
  t.upload = UploadId{0};
  t.identifier = 7;
  t.seen = {at(3), at(41)};
  t.phases = {{{at(3), at(40)}, TaskPhase::transferring}};
  d.tasks.push_back(t);
  Upload u;
  u.id = UploadId{0};
  u.unit = UnitId{0};
  u.name = "upload 17";
  u.tasks = {TaskId{0}};
  d.uploads.push_back(u);
  Belief app = word(Witness::app_store, Stand::under_way, 90, 2, "uploading");
  app.task = TaskId{};
  app.upload = UploadId{0};
  const Scene scene = make_scene({}, d, streams(), {}, {}, {word(Witness::daemon, Stand::well, 40, 1, "finished"), app});
  std::vector<std::pair<MarkStyle, std::string>> marks;
  for (const Mark& m : scene.marks) {
    EXPECT_EQ(scene.lanes[m.lane].task, TaskId{0});
    EXPECT_EQ(m.t, at(90));
    marks.emplace_back(m.style, std::string(scene.text(m.label)));
  }
  EXPECT_EQ(marks, (std::vector<std::pair<MarkStyle, std::string>>{
                       {MarkStyle::store, "the app's store: uploading"},
                       {MarkStyle::disagreement, "the app's store: uploading; but earlier nsurlsessiond: finished"}}));
}

}  // namespace
}  // namespace uptrail::timeline
