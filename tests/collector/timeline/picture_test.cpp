// The picture that a file keeps is the one that was drawn, and nothing that a file holds makes another one of it.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "collector/timeline/layout.h"
#include "collector/timeline/picture_codec.h"
#include "tests/support/same_scene.h"

namespace uptrail::timeline {
namespace {

TimeNs at(double s) { return TimeNs{from_seconds(s).ns}; }

// Tasks of two sessions with uploads of one and of two tasks, findings with something missing, a wake, hatches, a lock.
Derived some_case(std::uint32_t tasks) {
  Derived d;
  d.units.push_back({UnitId{0}, "iPhone", "com.example.shoebox", "Shoebox", "ios"});
  ProcessEpoch epoch;
  epoch.id = EpochId{0};
  epoch.unit = UnitId{0};
  epoch.process = "Shoebox";
  epoch.launch = at(1);
  epoch.end = at(60);
  epoch.seen = {at(1), at(60)};
  epoch.states = {{{at(1), at(60)}, ProcessState::foreground}};
  d.epochs.push_back(epoch);
  for (std::uint32_t i = 0; i < 2; ++i) {
    Session s;
    s.id = SessionId{i};
    s.unit = UnitId{0};
    s.identifier = i == 0 ? "photos" : "vidéos";
    s.objects = {ObjectId{i}};
    d.sessions.push_back(s);
    SessionObject o;
    o.id = ObjectId{i};
    o.session = SessionId{i};
    o.epoch = EpochId{0};
    o.object = "0x" + std::to_string(i);
    o.created = at(2);
    d.objects.push_back(o);
  }
  Wake wake;
  wake.unit = UnitId{0};
  wake.session = SessionId{0};
  wake.epoch = EpochId{0};
  wake.requested = at(0.5);
  wake.launched = at(1);
  wake.seen = {at(0.5), at(1)};
  d.wakes.push_back(wake);
  for (std::uint32_t i = 0; i < tasks; ++i) {
    Task t;
    t.id = TaskId{i};
    t.unit = UnitId{0};
    t.session = SessionId{i % 2};
    t.upload = UploadId{i / 4 * 2 + (i % 4 < 2 ? 0 : 1)};
    t.identifier = i + 1;
    t.desc = "photo " + std::to_string(i);
    t.seen = {at(3 + i), at(30 + i)};
    if (i % 3 == 0) t.delivered = at(30 + i);
    t.phases = {{{at(3 + i), at(20 + i)}, TaskPhase::transferring}, {{at(20 + i), kTimeMax}, TaskPhase::finished_in_daemon}};
    d.tasks.push_back(t);
  }
  for (std::uint32_t i = 0; i < tasks / 2; ++i) {
    Upload u;
    u.id = UploadId{i};
    u.unit = UnitId{0};
    u.name = "upload " + std::to_string(i);
    u.tasks = {TaskId{i * 2}, TaskId{i * 2 + 1}};
    u.last_state = i % 2 == 0 ? "uploading" : "";
    u.outcome = i % 5 == 0 ? UploadOutcome::affected : UploadOutcome::succeeded;
    u.seen = {at(3 + i * 2), at(31 + i * 2)};
    d.uploads.push_back(u);
    if (i % 5 != 0) continue;
    Finding f;
    f.id = FindingId{static_cast<std::uint32_t>(d.findings.size())};
    f.rule = "task-completed-without-callback";
    f.severity = Severity::error;
    f.confidence = Confidence::likely;
    f.subject.unit = UnitId{0};
    f.subject.task = TaskId{i * 2};
    f.t = at(40 + i);
    f.title = "made up " + std::to_string(i);
    f.missing = {{EventKind::task_did_complete, at(41 + i), ""}};
    d.findings.push_back(f);
  }
  return d;
}

Scene scene_of(const Derived& derived) {
  Stream stream;
  stream.id = StreamId{0};
  stream.placed = true;
  stream.open = Interval{at(0), at(4000)};
  return make_scene({}, derived, {stream}, {}, {{TaskId{1}, at(12), "a line about it"}});
}

std::unique_ptr<CaseWriter> written(const Derived& derived) {
  auto writer = create_memory_case().take();
  EXPECT_TRUE(writer->set_derived(derived).ok());
  return writer;
}

TEST(Picture, comes_back_as_it_was) {
  const Derived derived = some_case(400);
  const Scene scene = scene_of(derived);
  const Overview overview = make_overview(scene, {});
  ASSERT_FALSE(scene.hatches.empty());
  ASSERT_FALSE(scene.ghosts.empty());
  ASSERT_FALSE(scene.arrows.empty());
  const auto writer = written(derived);
  ASSERT_TRUE(write_picture(*writer, scene, overview).ok());
  ASSERT_TRUE(writer->commit().ok());
  const auto read = read_picture(writer->reader());
  ASSERT_TRUE(read.ok()) << read.error().text();
  ASSERT_TRUE(read->has_value());
  test::expect_same_scene((*read)->scene, scene);
  test::expect_same_overview((*read)->overview, overview);
  EXPECT_TRUE(fits(**read, {1, 2, 400, 200, derived.findings.size()}));
  EXPECT_FALSE(fits(**read, {1, 1, 400, 200, derived.findings.size()})) << "a session that is not there";
  EXPECT_FALSE(fits(**read, {1, 2, 401, 200, derived.findings.size()})) << "a task without a lane";
  EXPECT_FALSE(fits(**read, {1, 2, 400, 199, derived.findings.size()}));
  EXPECT_FALSE(fits(**read, {1, 2, 400, 200, 1}));
}

TEST(Picture, belongs_to_what_was_derived_last) {
  const Derived derived = some_case(40);
  const Scene scene = scene_of(derived);
  const auto writer = written(derived);
  ASSERT_TRUE(write_picture(*writer, scene, make_overview(scene, {})).ok());
  ASSERT_TRUE(writer->set_derived(some_case(8)).ok());
  const auto read = read_picture(writer->reader());
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->has_value());
}

TEST(Picture, needs_something_derived) {
  const auto writer = create_memory_case().take();
  const Scene scene = scene_of(some_case(4));
  EXPECT_FALSE(write_picture(*writer, scene, make_overview(scene, {})).ok());
}

// Parts as a foreign file may hold them.
class PartsReader final : public CaseReader {
 public:
  std::map<std::string, std::string, std::less<>> parts;

  Result<CaseInfo> info() override { return CaseInfo{}; }
  Result<std::vector<Source>> sources() override { return std::vector<Source>(); }
  Result<std::vector<Stream>> streams() override { return std::vector<Stream>(); }
  Result<Derived> derived() override { return Derived{}; }
  Status for_each_event(const EventQuery&, const std::function<bool(const Event&)>&) override { return done(); }
  Result<std::optional<Event>> event(EventId) override { return std::optional<Event>(); }
  Result<std::uint64_t> event_count() override { return std::uint64_t{0}; }
  Result<std::vector<RawLine>> raw_lines(SourceId, std::uint64_t, std::size_t) override { return std::vector<RawLine>(); }
  Result<std::optional<RawLine>> raw_of(EventId) override { return std::optional<RawLine>(); }
  Result<std::uint64_t> raw_line_count(SourceId) override { return std::uint64_t{0}; }
  Result<std::uint64_t> picture_bytes(std::string_view part) override {
    const auto found = parts.find(part);
    return std::uint64_t{found == parts.end() ? 0 : found->second.size()};
  }
  Status for_each_picture(std::string_view part, const std::function<bool(std::span<const std::byte>)>& callback) override {
    const auto found = parts.find(part);
    if (found != parts.end()) callback(std::as_bytes(std::span(found->second)));
    return done();
  }
};

constexpr const char* kParts[] = {"head",
                                  "text_ends",
                                  "texts",
                                  "lanes",
                                  "bars",
                                  "marks",
                                  "ghosts",
                                  "arrows",
                                  "clocks",
                                  "hatches",
                                  "hatch_spans",
                                  "hatch_texts",
                                  "upload_seen",
                                  "upload_units",
                                  "upload_names",
                                  "upload_states",
                                  "upload_outcomes",
                                  "upload_task_ends",
                                  "upload_tasks",
                                  "starts",
                                  "ends",
                                  "folds"};

PartsReader parts_of(const Scene& scene, const Derived& derived) {
  const auto writer = written(derived);
  EXPECT_TRUE(write_picture(*writer, scene, make_overview(scene, {})).ok());
  PartsReader out;
  for (const char* part : kParts) {
    EXPECT_TRUE(writer->reader()
                    .for_each_picture(part,
                                      [&](std::span<const std::byte> piece) {
                                        for (const std::byte b : piece) out.parts[part].push_back(static_cast<char>(b));
                                        return true;
                                      })
                    .ok());
  }
  return out;
}

// Every byte changed, one by one, and every part cut short: refused, or drawable without leaving a list.
TEST(Picture, a_damaged_one_is_refused_or_harmless) {
  const Derived derived = some_case(8);
  const Scene scene = scene_of(derived);
  PartsReader reader = parts_of(scene, derived);
  ASSERT_TRUE(read_picture(reader)->has_value());
  Metrics metrics;
  metrics.text_width = [](std::string_view s) { return 7.0 * static_cast<double>(s.size()); };
  std::size_t refused = 0;
  std::size_t tried = 0;
  const auto check = [&] {
    ++tried;
    const auto read = read_picture(reader);
    ASSERT_TRUE(read.ok());
    if (!read->has_value()) {
      ++refused;
      return;
    }
    const Scene& s = (*read)->scene;
    const View view{TimeScale::fit(scene.whole, 500), 500, 4000, 0};
    (void)make_layout(s, view, metrics);
    for (std::uint32_t i = 0; i < s.uploads.size(); ++i) (void)s.upload(UploadId{i});
    (void)fits(**read, {1, 2, 8, 4, 1});
  };
  for (auto& [name, bytes] : reader.parts) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const char was = bytes[i];
      for (const char now : {static_cast<char>(was ^ 1), static_cast<char>(was ^ 0x80), static_cast<char>(~was)}) {
        bytes[i] = now;
        check();
      }
      bytes[i] = was;
    }
    if (bytes.empty()) continue;
    const std::string whole = bytes;
    bytes.pop_back();
    const std::size_t before = refused;
    check();
    EXPECT_EQ(refused, before + 1) << name << " is a byte too short";
    bytes = whole;
  }
  EXPECT_GT(refused, tried / 10);
  EXPECT_LT(refused, tried);
}

}  // namespace
}  // namespace uptrail::timeline
