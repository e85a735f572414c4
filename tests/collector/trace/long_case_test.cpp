// Cases that are too long for one batch of rows: what another thread writes and reads must not show.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "collector/sqlite/connection.h"
#include "collector/trace/case_file.h"
#include "tests/collector/trace/case_on_disk.h"
#include "tests/collector/trace/sample_case.h"
#include "tests/support/files.h"

namespace uptrail::test {
namespace {

constexpr int kEvents = 30'000;

class LongCase : public CaseOnDisk {
 protected:
  // One line and one event a step, times going up; false: the case refused something.
  static bool write_source(CaseWriter& w, SourceId source, int events) {
    for (int i = 0; i < events; ++i) {
      Event e = sample_event(source, static_cast<std::uint64_t>(i), EventKind::app_launch, i);
      e.process = "Process " + std::to_string(i % 7);
      const auto id = w.add_event(e);
      RawLine line;
      line.source = source;
      line.span = {static_cast<std::uint64_t>(i) * 10, 10, static_cast<std::uint64_t>(i) + 1};
      line.text = "line " + std::to_string(i);
      if (!id.ok() || !w.add_raw(line).ok()) {
        return false;
      }
    }
    return true;
  }
  static bool assign_all(CaseWriter& w, int events, std::int64_t step) {
    for (int i = 0; i < events; ++i) {
      Event e;
      e.id = EventId{i + 1};
      e.seq = static_cast<std::uint64_t>(i);
      e.stream = StreamId{0};
      e.domain = DomainId{0};
      e.t = TimeNs{i * step};
      e.task = TaskId{static_cast<std::uint32_t>(i % 2)};
      if (!w.assign(e).ok()) {
        return false;
      }
    }
    return true;
  }
  std::unique_ptr<CaseWriter> begun(SourceId& source) {
    auto w = create_case(path_, CaseMode::fresh).take();
    source = w->begin_source(sample_source("a", "hash")).take();
    EXPECT_TRUE(write_source(*w, source, kEvents));
    return w;
  }
  static void finish(CaseWriter& w, SourceId source) {
    Source ended = sample_source("a", "hash");
    ended.id = source;
    ASSERT_TRUE(w.end_source(ended).ok());
    Stream stream = sample_streams().front();
    stream.source = source;
    ASSERT_TRUE(w.set_streams({stream}).ok());
    Derived derived;
    derived.units.emplace_back().id = UnitId{0};
    derived.tasks.resize(2);
    for (std::uint32_t i = 0; i < 2; ++i) {
      derived.tasks[i].id = TaskId{i};
      derived.tasks[i].unit = UnitId{0};
    }
    const auto set = w.set_derived(derived);
    ASSERT_TRUE(set.ok()) << set.error().text();
    const auto status = w.commit();
    ASSERT_TRUE(status.ok()) << status.error().text();
  }
  static std::vector<std::int64_t> ids_ahead(CaseReader& reader, std::size_t most) {
    std::vector<std::int64_t> ids;
    const auto status = reader.for_each_event_ahead([&](const Event& e) {
      ids.push_back(e.id.value);
      EXPECT_EQ(e.process, "Process " + std::to_string((e.id.value - 1) % 7));
      return ids.size() < most;
    });
    EXPECT_TRUE(status.ok());
    return ids;
  }
};

TEST_F(LongCase, is_the_same_whatever_was_asked_in_between) {
  SourceId source;
  std::string bytes;
  for (const bool ask : {false, true}) {
    auto w = begun(source);
    if (ask) {
      EXPECT_EQ(*w->reader().event_count(), static_cast<std::uint64_t>(kEvents));
      EXPECT_EQ(*w->reader().raw_line_count(source), static_cast<std::uint64_t>(kEvents));
    }
    ASSERT_TRUE(assign_all(*w, kEvents, 10));
    if (ask) {
      EXPECT_EQ(ids_ahead(w->reader(), 3).size(), 3U);
      ASSERT_TRUE(w->end_facts().ok());
      for (std::int64_t id = 1; id <= kEvents; id += 5'000) {
        const auto event = w->reader().event(EventId{id});
        ASSERT_TRUE(event.ok()) << event.error().text();
        EXPECT_EQ((*event)->t.ns, (id - 1) * 10);
      }
      ASSERT_TRUE(w->end_facts().ok());
    }
    finish(*w, source);
    auto db = sqlite::Connection::open(path_, sqlite::Access::read_foreign);
    EXPECT_EQ(*db->text("PRAGMA integrity_check"), "ok");
    const auto whole = db->integer(
        "SELECT count(*) FROM events e JOIN events_assigned a USING (event_id) JOIN raw_lines r ON "
        "r.raw_id = e.event_id WHERE r.span_line = e.event_id AND r.text = 'line ' || (e.event_id - 1) AND "
        "a.t_ns = (e.event_id - 1) * 10 AND e.seq = e.event_id - 1");
    ASSERT_TRUE(whole.ok()) << whole.error().text();
    EXPECT_EQ(*whole, kEvents);
    EXPECT_EQ(*db->integer("SELECT sum(event_count) FROM grid_counts"), kEvents);
    const std::string now = content();
    EXPECT_EQ(now, bytes.empty() ? now : bytes);
    bytes = now;
  }
}

TEST_F(LongCase, is_read_ahead_in_its_order) {
  SourceId source;
  auto w = begun(source);
  ASSERT_TRUE(assign_all(*w, kEvents, -1));  // backwards
  std::vector<std::int64_t> expected;
  for (std::int64_t id = kEvents; id > 0; --id) {
    expected.push_back(id);
  }
  EXPECT_EQ(ids_ahead(w->reader(), SIZE_MAX), expected);
  finish(*w, source);
  auto reader = open_case(path_);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(ids_ahead(**reader, SIZE_MAX), expected);
  EXPECT_EQ(ids_ahead(**reader, 10'000).size(), 10'000U);
}

TEST_F(LongCase, an_impossible_row_ends_reading_ahead) {
  SourceId source;
  auto w = begun(source);
  ASSERT_TRUE(assign_all(*w, kEvents, 1));
  finish(*w, source);
  sql("UPDATE events SET fields = '{\"uuid\"' WHERE event_id = 20000");
  auto reader = open_case(path_);
  ASSERT_TRUE(reader.ok());
  std::size_t seen = 0;
  const auto status = (*reader)->for_each_event_ahead([&seen](const Event&) { return ++seen > 0; });
  EXPECT_FALSE(status.ok());
  EXPECT_LT(seen, 20'000U);
}

TEST_F(LongCase, what_is_added_after_the_facts_have_ended_counts_all_the_same) {
  SourceId source;
  auto w = begun(source);
  ASSERT_TRUE(assign_all(*w, kEvents, 10));
  ASSERT_TRUE(w->end_facts().ok());
  Event late = sample_event(source, kEvents, EventKind::app_launch, 5);
  late.id = *w->add_event(late);
  late.stream = StreamId{0};
  late.domain = DomainId{0};
  late.t = TimeNs{-50};
  ASSERT_TRUE(w->assign(late).ok());
  finish(*w, source);
  auto reader = open_case(path_);
  ASSERT_TRUE(reader.ok());
  const auto grid = (*reader)->event_grid();
  ASSERT_TRUE(grid.ok());
  ASSERT_EQ(grid->domains.size(), 1U);
  EXPECT_EQ(grid->domains.front().start, TimeNs{-50});
  std::uint64_t counted = 0;
  for (const auto& count : grid->counts) {
    counted += count.events;
  }
  EXPECT_EQ(counted, static_cast<std::uint64_t>(kEvents) + 1);
}

TEST_F(LongCase, an_error_in_the_middle_leaves_no_case) {
  SourceId source;
  {
    auto w = begun(source);
    RawLine huge;
    huge.source = source;
    huge.text.assign(static_cast<std::size_t>(sqlite::kMaxForeignValueBytes) + 1, 'x');  // more than a value may have
    bool refused = !w->add_raw(huge).ok();
    refused = !write_source(*w, source, kEvents) || refused;
    EXPECT_TRUE(refused);
    EXPECT_FALSE(w->reader().event_count().ok());
    EXPECT_FALSE(w->commit().ok());
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(LongCase, stopping_in_the_middle_leaves_nothing) {
  SourceId source;
  {
    auto w = begun(source);  // rows may still be on their way
  }
  EXPECT_TRUE(files().empty());
  {
    auto w = begun(source);
    ASSERT_TRUE(assign_all(*w, kEvents, 10));
    ASSERT_TRUE(w->end_facts().ok());  // indexes are being made
  }
  EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace uptrail::test
