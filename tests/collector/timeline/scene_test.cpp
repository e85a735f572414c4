#include "collector/timeline/scene.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace uptrail::timeline {
namespace {

TimeNs at(double s) { return TimeNs{from_seconds(s).ns}; }

// One app: force-quit process, a session invalidated at 20 s, an upload that ended in the daemon at 40 s and was not delivered.
Derived small_case() {
  Derived d;
  d.units.push_back({UnitId{0}, "iPhone", "com.example.shoebox", "Shoebox", "ios"});
  ProcessEpoch e;
  e.id = EpochId{0};
  e.unit = UnitId{0};
  e.process = "Shoebox";
  e.launch = at(1);
  e.end = at(60);
  e.end_cause = "force-quit";
  e.seen = {at(1), at(60)};
  e.states = {{{at(1), at(10)}, ProcessState::foreground}, {{at(10), at(60)}, ProcessState::suspended}};
  d.epochs.push_back(e);
  Session s;
  s.id = SessionId{0};
  s.unit = UnitId{0};
  s.identifier = "photos";
  s.objects = {ObjectId{0}};
  d.sessions.push_back(s);
  SessionObject o;
  o.id = ObjectId{0};
  o.session = SessionId{0};
  o.epoch = EpochId{0};
  o.object = "0x1";
  o.created = at(2);
  o.invalidated = at(20);
  d.objects.push_back(o);
  Upload u;
  u.id = UploadId{0};
  u.unit = UnitId{0};
  u.name = "upload 17";
  u.tasks = {TaskId{0}};
  d.uploads.push_back(u);
  Task t;
  t.id = TaskId{0};
  t.unit = UnitId{0};
  t.session = SessionId{0};
  t.upload = UploadId{0};
  t.identifier = 7;
  t.seen = {at(3), at(40)};
  t.finished_in_daemon = at(40);
  t.phases = {{{at(3), at(40)}, TaskPhase::transferring}, {{at(40), kTimeMax}, TaskPhase::finished_in_daemon}};
  d.tasks.push_back(t);
  Finding f;
  f.id = FindingId{0};
  f.rule = "task-completed-without-callback";
  f.severity = Severity::error;
  f.subject.task = TaskId{0};
  f.subject.unit = UnitId{0};
  f.t = at(40);
  f.title = "never delivered";
  f.missing = {{EventKind::task_did_complete, at(70), ""}};
  d.findings.push_back(f);
  d.coverage.push_back({StreamId{0}, UnitId{0}, EventKind::task_did_complete, {at(0), at(30)}, true, true});
  return d;
}

std::vector<Stream> one_stream() {
  Stream s;
  s.id = StreamId{0};
  s.open = Interval{at(0), at(100)};
  s.placed = true;
  return {s};
}

const Lane* lane_named(const Scene& s, std::string_view label) {
  const auto it = std::find_if(s.lanes.begin(), s.lanes.end(), [&](const Lane& l) { return s.text(l.label) == label; });
  return it == s.lanes.end() ? nullptr : &*it;
}

TEST(Scene, has_a_lane_for_app_process_session_and_upload_in_this_order) {
  const Scene s = make_scene({}, small_case(), one_stream(), {});
  ASSERT_EQ(s.lanes.size(), 4U);
  EXPECT_EQ(s.text(s.lanes[0].label), "Shoebox");
  EXPECT_EQ(s.lanes[1].kind, LaneKind::process);
  EXPECT_EQ(s.text(s.lanes[2].label), "photos");
  EXPECT_EQ(s.text(s.lanes[3].label), "upload 17");
  EXPECT_EQ(s.text(s.lanes[3].detail), "task 7");
  EXPECT_EQ(s.lanes[3].worst, Severity::error);
}

TEST(Scene, draws_what_is_missing_where_it_was_due) {
  const Scene s = make_scene({}, small_case(), one_stream(), {});
  ASSERT_EQ(s.ghosts.size(), 1U);
  EXPECT_EQ(s.ghosts[0].due, at(70));
  EXPECT_EQ(s.ghosts[0].lane, 3U);
  EXPECT_EQ(s.text(s.ghosts[0].label), "didCompleteWithError");
}

TEST(Scene, hatches_where_callbacks_are_not_covered) {
  const Scene s = make_scene({}, small_case(), one_stream(), {});
  ASSERT_NE(s.lanes[3].hatch, kNoLane);
  EXPECT_EQ(s.hatches[s.lanes[3].hatch].spans, (std::vector<Interval>{{at(30), at(100)}}));
}

TEST(Scene, open_bars_end_with_the_capture) {
  const Scene s = make_scene({}, small_case(), one_stream(), {});
  const auto it = std::find_if(s.bars.begin(), s.bars.end(), [](const Bar& b) { return b.style == BarStyle::task_finished; });
  ASSERT_NE(it, s.bars.end());
  EXPECT_EQ(it->span.end, at(100));
  EXPECT_TRUE(it->open_end);
}

// Nobody saw the first process end; the second one tells that it had.
TEST(Scene, a_session_object_ends_with_its_process) {
  Derived d = small_case();
  d.epochs[0].end.reset();
  ProcessEpoch next = d.epochs[0];
  next.id = EpochId{1};
  next.launch = at(80);
  next.seen = {at(80), at(90)};
  next.states = {{next.seen, ProcessState::foreground}};
  d.epochs.push_back(next);
  SessionObject again = d.objects[0];
  d.objects[0].invalidated.reset();
  again.id = ObjectId{1};
  again.epoch = EpochId{1};
  again.created = at(81);
  again.invalidated.reset();
  d.objects.push_back(again);
  d.sessions[0].objects = {ObjectId{0}, ObjectId{1}};
  const Scene s = make_scene({}, d, one_stream(), {});
  std::vector<Interval> alive;
  for (const Bar& b : s.bars) {
    if (b.style == BarStyle::session_active) alive.push_back(b.span);
  }
  EXPECT_EQ(alive, (std::vector<Interval>{{at(2), at(60)}, {at(81), at(100)}})) << "the last life may go on";
}

TEST(Scene, is_sorted_and_bounded) {
  const Scene s = make_scene({}, small_case(), one_stream(), {});
  EXPECT_TRUE(std::is_sorted(s.bars.begin(), s.bars.end(), [](const Bar& a, const Bar& b) { return a.lane < b.lane; }));
  for (const Bar& b : s.bars) {
    EXPECT_FALSE(b.span.empty());
    EXPECT_LE(b.span.end, s.whole.end);
  }
}

TEST(Scene, shows_stretches_without_network) {
  Event down;
  down.kind = EventKind::device_network;
  down.fields.set(Field::satisfied, false);
  down.t = at(5);
  Event up = down;
  up.fields.set(Field::satisfied, true);
  up.t = at(9);
  const Scene s = make_scene({}, small_case(), one_stream(), {down, up});
  ASSERT_NE(lane_named(s, "iPhone"), nullptr);
  const auto it = std::find_if(s.bars.begin(), s.bars.end(), [](const Bar& b) { return b.style == BarStyle::device_offline; });
  ASSERT_NE(it, s.bars.end());
  EXPECT_EQ(it->span, (Interval{at(5), at(9)}));
}

TEST(Scene, of_nothing_is_empty_but_has_an_axis) {
  const Scene s = make_scene({}, Derived{}, {}, {});
  EXPECT_TRUE(s.lanes.empty());
  EXPECT_FALSE(s.whole.empty());
}

TEST(Frame, spans_evidence_and_what_is_missing) {
  const Derived d = small_case();
  const Scene s = make_scene({}, d, one_stream(), {});
  const Frame f = frame_of(s, d.findings[0], {at(3)});
  EXPECT_LT(f.span.start, at(3));
  EXPECT_GT(f.span.end, at(70));
  EXPECT_EQ(f.lane, 3U);
}

Mark only_related(const Scene& s) {
  std::vector<Mark> found;
  std::copy_if(s.marks.begin(), s.marks.end(), std::back_inserter(found),
               [](const Mark& m) { return m.style == MarkStyle::related; });
  EXPECT_EQ(found.size(), 1U);
  return found.empty() ? Mark{} : found[0];
}

TEST(Scene, lines_without_an_event_are_faint_marks_on_the_lane_of_their_task) {
  const std::vector<RelatedMark> lines = {{TaskId{0}, at(30.001), "b"}, {TaskId{0}, at(30), "a"}, {TaskId{9}, at(31), "c"}};
  const Scene s = make_scene({}, small_case(), one_stream(), {}, lines);
  const Mark mark = only_related(s);
  EXPECT_EQ(mark.lane, 3U);
  EXPECT_EQ(mark.t, at(30));
  EXPECT_EQ(s.text(mark.label), "a (+1)");
}

TEST(Scene, a_line_belongs_to_the_task_it_names_by_uuid_or_by_session_and_number) {
  const Uuid task = Uuid::from_name("T"), session = Uuid::from_name("S");
  Derived d = small_case();
  d.tasks[0].uuid = task;
  d.sessions[0].uuids = {session};
  std::vector<Stream> streams = one_stream();
  streams[0].source = SourceId{0};
  streams[0].observer = Observer::daemon;
  streams[0].offset = at(10);
  auto writer = create_memory_case().take();
  ASSERT_TRUE(writer->begin_source({}).ok());
  const auto add = [&](std::optional<TimeNs> t, Observer observer, LineSubject about, const std::string& text) {
    RelatedLine r;
    r.line = {SourceId{0}, {0, 1, 1}, t, text, false, {}};
    r.observer = observer;
    r.about = about;
    ASSERT_TRUE(writer->add_related(r).ok());
  };
  add(at(1), Observer::daemon, {task, {}, {}}, "by uuid");
  add(at(2), Observer::daemon, {{}, session, 7}, "by number");
  add(at(3), Observer::daemon, {{}, {}, 7}, "a number alone is no key");
  add(at(4), Observer::daemon, {Uuid::from_name("other"), session, 7}, "another task's UUID");
  add({}, Observer::daemon, {task, {}, {}}, "no time");
  add(at(5), Observer::sys, {task, {}, {}}, "no such stream");
  const auto marks = related_marks(writer->reader(), d, streams);
  ASSERT_TRUE(marks.ok()) << marks.error().text();
  ASSERT_EQ(marks->size(), 2U);
  EXPECT_EQ((*marks)[0].text, "by uuid");
  EXPECT_EQ((*marks)[0].t, at(11));
  EXPECT_EQ((*marks)[1].text, "by number");
}

TEST(Scene, marks_where_the_app_goes_on_believing_in_a_task_that_is_over) {
  Derived d = small_case();
  const auto disagreements = [&] {
    const Scene s = make_scene({}, d, one_stream(), {});
    return std::count_if(s.bars.begin(), s.bars.end(), [](const Bar& b) { return b.style == BarStyle::disagreement; });
  };
  d.uploads[0].last_state = "uploading";
  EXPECT_EQ(disagreements(), 0) << "the rules found no harm";
  d.uploads[0].outcome = UploadOutcome::affected;
  EXPECT_EQ(disagreements(), 1);
  const Scene s = make_scene({}, d, one_stream(), {});
  const auto bar = std::find_if(s.bars.begin(), s.bars.end(), [](const Bar& b) { return b.style == BarStyle::disagreement; });
  EXPECT_EQ(bar->span.start, at(40));
  EXPECT_TRUE(bar->open_end);
  EXPECT_EQ(s.label(*bar), "the app says uploading");
  d.uploads[0].last_state = "failed";
  EXPECT_EQ(disagreements(), 0) << "the app does not wait any more";
}

TEST(Scene, names_lanes_whose_clock_is_in_doubt) {
  Derived d = small_case();
  std::vector<Stream> streams = one_stream();
  d.epochs[0].domain = DomainId{0};
  streams[0].domain = DomainId{0};
  Stream power;
  power.id = StreamId{1};
  power.observer = Observer::sys;
  power.domain = DomainId{1};
  power.placed = true;
  power.uncertainty = seconds(40);
  streams.push_back(power);
  Event network;
  network.kind = EventKind::device_network;
  network.stream = StreamId{1};
  network.t = at(5);
  const Scene sure = make_scene({}, d, one_stream(), {network});
  EXPECT_TRUE(sure.clocks.empty());
  const Scene s = make_scene({}, d, streams, {network});
  ASSERT_EQ(s.clocks.size(), 1U);
  EXPECT_EQ(s.lanes[s.clocks[0].lane].kind, LaneKind::device);
  EXPECT_EQ(s.clocks[0].uncertainty, seconds(40));
  streams[0].placed = false;
  const Scene floating = make_scene({}, d, streams, {network});
  const auto process =
      std::find_if(floating.lanes.begin(), floating.lanes.end(), [](const Lane& l) { return l.kind == LaneKind::process; });
  const LaneClock* clock = floating.clock_of(static_cast<std::uint32_t>(process - floating.lanes.begin()));
  ASSERT_NE(clock, nullptr);
  EXPECT_TRUE(clock->floats);
}

}  // namespace
}  // namespace uptrail::timeline
