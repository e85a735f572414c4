// One suite for every form of a case: in memory and as a file.
#include "collector/trace/case_file.h"

#include <gtest/gtest.h>

#include "tests/collector/trace/sample_case.h"
#include "tests/support/files.h"

namespace uptrail::test {
namespace {

enum class Form { memory, file };

class CaseConformance : public testing::TestWithParam<Form> {
 protected:
  std::unique_ptr<CaseWriter> writer() {
    auto made = GetParam() == Form::memory ? create_memory_case() : create_case(path(), CaseMode::fresh);
    EXPECT_TRUE(made.ok()) << made.error().text();
    return made.take();
  }
  std::string path() {
    if (dir_.empty()) {
      std::string dir = scratch_dir();
      dir_ = dir;
    }
    return dir_ + "/x.uptrail";
  }
  // The committed case as a stranger sees it; for a case in memory the writer's own reader.
  CaseReader& reopened(CaseWriter& writer) {
    if (GetParam() == Form::memory) {
      return writer.reader();
    }
    auto opened = open_case(path());
    EXPECT_TRUE(opened.ok()) << opened.error().text();
    reader_ = opened.take();
    return *reader_;
  }

 private:
  std::string dir_;
  std::unique_ptr<CaseReader> reader_;
};

std::vector<std::string> listed(CaseReader& reader, const EventQuery& query) {
  std::vector<std::string> out;
  const auto status = reader.for_each_event(query, [&](const Event& e) {
    out.push_back(std::to_string(e.source.value) + "/" + std::to_string(e.seq));
    return true;
  });
  EXPECT_TRUE(status.ok()) << status.error().text();
  return out;
}

using Names = std::vector<std::string>;

TEST_P(CaseConformance, gives_back_everything_that_was_written) {
  const auto w = writer();
  write_sample(*w);
  const std::string before = dump(w->reader());
  EXPECT_NE(before.find("NSURLErrorDomain"), std::string::npos);
  EXPECT_NE(before.find(dump(sample_derived())), std::string::npos);
  const auto status = w->commit();
  ASSERT_TRUE(status.ok()) << status.error().text();
  EXPECT_EQ(dump(reopened(*w)), before);
}

TEST_P(CaseConformance, orders_events_by_domain_time_stream_and_place) {
  const auto w = writer();
  write_sample(*w);
  const Names sorted = {"0/5", "0/4", "0/3", "0/2", "0/1", "0/0", "1/0"};
  EXPECT_EQ(listed(w->reader(), {}), sorted);
  ASSERT_TRUE(w->commit().ok());
  EXPECT_EQ(listed(reopened(*w), {}), sorted);
}

TEST_P(CaseConformance, filters_events_the_same_before_and_after_commit) {
  const auto w = writer();
  write_sample(*w);
  const auto check = [](CaseReader& reader) {
    EventQuery query;
    query.unit = UnitId{0};
    EXPECT_EQ(listed(reader, query), (Names{"0/5", "0/4", "0/3", "0/2", "0/1", "0/0", "1/0"}));
    query.unit = UnitId{1};  // only what concerns the whole device
    EXPECT_EQ(listed(reader, query), (Names{"0/5", "0/3", "0/1"}));
    query = {};
    query.task = TaskId{1};
    EXPECT_EQ(listed(reader, query), (Names{"0/4", "0/2"}));
    query = {};
    query.session = SessionId{0};
    query.source = SourceId{0};
    EXPECT_EQ(listed(reader, query), (Names{"0/4", "0/2", "0/0"}));
    query = {};
    query.span = Interval{TimeNs{46'000'000'000}, TimeNs{49'000'000'000}};
    EXPECT_EQ(listed(reader, query), (Names{"0/4", "0/3", "0/2"}));
    query.limit = 2;
    EXPECT_EQ(listed(reader, query), (Names{"0/4", "0/3"}));
    query = {};
    query.kinds = {EventKind::task_did_complete, EventKind::daemon_task_finished};
    EXPECT_EQ(listed(reader, query), (Names{"0/5", "0/3", "0/1", "1/0"}));
    query.kinds = {EventKind::app_launch};  // not in this case
    EXPECT_TRUE(listed(reader, query).empty());
  };
  check(w->reader());
  ASSERT_TRUE(w->commit().ok());
  check(reopened(*w));
}

TEST_P(CaseConformance, callback_stops_the_stream) {
  const auto w = writer();
  write_sample(*w);
  int seen = 0;
  ASSERT_TRUE(w->reader().for_each_event({}, [&](const Event&) { return ++seen < 3; }).ok());
  EXPECT_EQ(seen, 3);
}

TEST_P(CaseConformance, events_can_be_assigned_while_they_are_read) {
  const auto w = writer();
  write_sample(*w);
  std::size_t seen = 0;
  const auto status = w->reader().for_each_event({}, [&](const Event& e) {
    Event moved = e;
    moved.t = TimeNs{1'000'000'000'000 - e.t.ns};
    moved.session = {1};
    ++seen;
    return w->assign(moved).ok();
  });
  ASSERT_TRUE(status.ok()) << status.error().text();
  EXPECT_EQ(seen, 7U);
  EventQuery query;
  query.session = SessionId{1};
  EXPECT_EQ(listed(w->reader(), query).size(), 7U);
}

TEST_P(CaseConformance, events_come_in_their_order_whether_assigned_so_or_not) {
  const auto w = writer();
  const auto source = w->begin_source(sample_source("a", ""));
  ASSERT_TRUE(source.ok());
  std::vector<Event> events;
  for (std::uint64_t i = 0; i < 3; ++i) {
    events.push_back(sample_event(*source, i, EventKind::app_launch, 1));
    events.back().id = *w->add_event(events.back());
    events.back().t = TimeNs{static_cast<std::int64_t>(i) * 10 + 10};
  }
  for (const Event& e : events) {
    ASSERT_TRUE(w->assign(e).ok());
  }
  EXPECT_EQ(listed(w->reader(), {}), (Names{"0/0", "0/1", "0/2"}));
  events[2].t = TimeNs{15};
  ASSERT_TRUE(w->assign(events[2]).ok());
  EXPECT_EQ(listed(w->reader(), {}), (Names{"0/0", "0/2", "0/1"}));
  events[0].t = TimeNs{99};
  ASSERT_TRUE(w->assign(events[0]).ok());
  EXPECT_EQ(listed(w->reader(), {}), (Names{"0/2", "0/1", "0/0"}));
  ASSERT_TRUE(w->add_event(sample_event(*source, 3, EventKind::app_launch, 1)).ok());
  EXPECT_EQ(listed(w->reader(), {}).size(), 4U);
}

TEST_P(CaseConformance, events_without_assignment_are_still_there) {
  const auto w = writer();
  const auto source = w->begin_source(sample_source("a", ""));
  ASSERT_TRUE(source.ok());
  for (std::uint64_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(w->add_event(sample_event(*source, i, EventKind::app_launch, 1)).ok());
  }
  EXPECT_EQ(listed(w->reader(), {}), (Names{"0/0", "0/1", "0/2"}));
  ASSERT_TRUE(w->add_event(sample_event(*source, 3, EventKind::app_launch, 1)).ok());
  EXPECT_EQ(listed(w->reader(), {}).size(), 4U);
  ASSERT_TRUE(w->add_event(sample_event(*source, 4, EventKind::app_launch, 1)).ok());
  ASSERT_TRUE(w->commit().ok());
  EXPECT_EQ(listed(reopened(*w), {}).size(), 5U);
}

TEST_P(CaseConformance, finds_single_events_and_their_lines) {
  const auto w = writer();
  write_sample(*w);
  ASSERT_TRUE(w->commit().ok());
  CaseReader& reader = reopened(*w);
  EXPECT_EQ(*reader.event_count(), 7U);
  const auto event = reader.event(EventId{2});
  ASSERT_TRUE(event.ok() && event->has_value());
  EXPECT_EQ((*event)->seq, 1U);
  EXPECT_EQ((*event)->fields.integer(Field::id), 1);
  const auto none = reader.event(EventId{999});
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->has_value());
  const auto raw = reader.raw_of(EventId{2});
  ASSERT_TRUE(raw.ok() && raw->has_value());
  EXPECT_EQ((*raw)->text, "line 1");
  EXPECT_EQ(*reader.raw_line_count(SourceId{0}), 7U);
  const auto page = reader.raw_lines(SourceId{0}, 5, 2);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->size(), 2U);
  EXPECT_EQ((*page)[0].text, "line 4");
  EXPECT_EQ((*page)[1].text, "line 5");
}

TEST_P(CaseConformance, dropped_source_leaves_nothing_and_its_id_is_free) {
  const auto w = writer();
  write_sample(*w);
  const std::string before = dump(w->reader());
  const auto source = w->begin_source(sample_source("copy", "hash-1a"));
  ASSERT_TRUE(source.ok());
  EXPECT_EQ(source->value, 2U);
  const auto added = w->add_event(sample_event(*source, 0, EventKind::app_launch, 5));
  ASSERT_TRUE(added.ok());
  ASSERT_TRUE(w->add_raw({*source, {0, 1, 1}, {}, "x", true, *added}).ok());
  EXPECT_EQ(listed(w->reader(), {}).size(), 8U);
  ASSERT_TRUE(w->drop_source(*source).ok());
  EXPECT_EQ(dump(w->reader()), before);
  EXPECT_EQ(*w->reader().raw_line_count(*source), 0U);
  const auto again = w->begin_source(sample_source("other", "h"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->value, 2U);
}

TEST_P(CaseConformance, knows_content_it_has) {
  const auto w = writer();
  write_sample(*w);
  EXPECT_TRUE(*w->has_content("hash-1a"));
  EXPECT_FALSE(*w->has_content("hash-9"));
}

TEST_P(CaseConformance, a_source_being_read_is_not_its_own_duplicate) {
  const auto w = writer();
  Source source = sample_source("tasks.sqlite", "known-beforehand");
  const auto id = w->begin_source(source);
  ASSERT_TRUE(id.ok());
  EXPECT_FALSE(*w->has_content("known-beforehand"));
  EXPECT_FALSE(*w->has_content(""));
  source.id = *id;
  ASSERT_TRUE(w->end_source(source).ok());
  EXPECT_TRUE(*w->has_content("known-beforehand"));
}

TEST_P(CaseConformance, last_derivation_before_commit_counts) {
  const auto w = writer();
  write_sample(*w);
  Derived other = sample_derived();
  other.findings.pop_back();
  other.causes[0].findings.pop_back();
  ASSERT_TRUE(w->set_derived(other).ok());
  ASSERT_TRUE(w->commit().ok());
  CaseReader& reader = reopened(*w);
  EXPECT_EQ(dump(*reader.derived()), dump(other));
  EXPECT_EQ(reader.info()->generation, 1);
}

TEST_P(CaseConformance, refuses_ids_that_lead_nowhere) {
  const auto w = writer();
  write_sample(*w);
  Derived bad = sample_derived();
  bad.uploads[0].tasks = {TaskId{2}};
  const auto status = w->set_derived(bad);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find("task of an upload"), std::string::npos);
  EXPECT_FALSE(w->commit().ok());
}

TEST_P(CaseConformance, is_done_after_commit) {
  const auto w = writer();
  write_sample(*w);
  ASSERT_TRUE(w->commit().ok());
  EXPECT_FALSE(w->commit().ok());
  EXPECT_FALSE(w->begin_source({}).ok());
  EXPECT_FALSE(w->set_derived({}).ok());
  EXPECT_EQ(listed(w->reader(), {}).size(), 7U);
}

TEST_P(CaseConformance, counts_events_in_a_time_grid) {
  const auto w = writer();
  write_sample(*w);
  ASSERT_TRUE(w->commit().ok());
  const auto grid = reopened(*w).event_grid();
  ASSERT_TRUE(grid.ok()) << grid.error().text();
  ASSERT_EQ(grid->domains.size(), 2U);
  EXPECT_EQ(grid->domains[0].start.ns, 45'000'000'000);
  std::uint64_t sum = 0;
  for (const auto& count : grid->counts) {
    EXPECT_LT(count.cell, kGridCells);
    sum += count.events;
  }
  EXPECT_EQ(sum, 7U);
}

TEST_P(CaseConformance, empty_case_is_a_case) {
  const auto w = writer();
  ASSERT_TRUE(w->commit().ok());
  CaseReader& reader = reopened(*w);
  EXPECT_EQ(*reader.event_count(), 0U);
  EXPECT_EQ(reader.derived()->outcome, Outcome::unknown);
  EXPECT_TRUE(reader.sources()->empty());
}

TEST_P(CaseConformance, related_lines_are_found_by_what_they_name) {
  const Uuid task = Uuid::from_name("T"), session = Uuid::from_name("S");
  const auto w = writer();
  write_sample(*w);
  const auto source = w->begin_source(sample_source("system", "hash-r"));
  ASSERT_TRUE(source.ok());
  const auto add = [&](std::uint64_t line, bool known, LineSubject about) {
    RelatedLine r;
    r.line = {*source, {line * 10, 9, line}, TimeNs{5}, "line " + std::to_string(line), false, {}};
    r.observer = Observer::daemon;
    r.known = known;
    r.about = about;
    ASSERT_TRUE(w->add_related(r).ok());
  };
  add(1, true, {task, session, 7});
  add(2, false, {std::nullopt, session, 7});
  add(3, false, {std::nullopt, session, 8});
  add(4, true, {});
  Source state = sample_source("system", "hash-r");
  state.id = *source;
  state.accounting = {9, 0, 4, 5, 0, 2};
  ASSERT_TRUE(w->end_source(state).ok());
  ASSERT_TRUE(w->commit().ok());
  CaseReader& reader = reopened(*w);
  EXPECT_EQ(reader.sources()->back().accounting.known, 2U);
  const auto lines = [&](const RelatedQuery& query) {
    std::string out;
    EXPECT_TRUE(reader
                    .for_each_related(query,
                                      [&](const RelatedLine& r) {
                                        EXPECT_EQ(r.observer, Observer::daemon);
                                        out += (out.empty() ? "" : " ") + std::to_string(r.line.span.line) + (r.known ? "" : "?");
                                        return true;
                                      })
                    .ok());
    return out;
  };
  EXPECT_EQ(lines({}), "1 2? 3? 4");
  EXPECT_EQ(lines({{}, {}, {}, 2}), "1 2?");
  EXPECT_EQ(lines({task, {}, {}, 0}), "1");
  EXPECT_EQ(lines({task, {session}, 7, 0}), "1 2?");
  EXPECT_EQ(lines({{}, {session}, {}, 0}), "1 2? 3?");
  EXPECT_EQ(lines({Uuid::from_name("other"), {}, {}, 0}), "");
}

INSTANTIATE_TEST_SUITE_P(Forms, CaseConformance, testing::Values(Form::memory, Form::file),
                         [](const auto& form) { return form.param == Form::memory ? "memory" : "file"; });

}  // namespace
}  // namespace uptrail::test
