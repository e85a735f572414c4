// Two pictures of a case beside each other, field by field. Header only: tests of several folders use it.
#pragma once

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "collector/timeline/overview.h"
#include "collector/timeline/scene.h"

namespace uptrail::test {

template <class T, class Fields>
void expect_same(const std::vector<T>& a, const std::vector<T>& b, const char* what, Fields fields) {
  ASSERT_EQ(a.size(), b.size()) << what;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_TRUE(fields(a[i]) == fields(b[i])) << what << " " << i;
  }
}

inline void expect_same_scene(const timeline::Scene& a, const timeline::Scene& b) {
  using namespace timeline;
  const auto both = [](const Interval& i) { return std::pair(i.start, i.end); };
  // Texts by what they say: their numbers may differ.
  const auto lanes = [&](const Scene& s) {
    return [&s, both](const Lane& l) {
      return std::tuple(l.kind, l.depth, l.worst, l.parent, l.end, l.hatch, s.text(l.label), s.text(l.detail), l.unit, l.session,
                        l.task, l.upload, l.bytes, both(l.extent));
    };
  };
  ASSERT_EQ(a.lanes.size(), b.lanes.size());
  for (std::size_t i = 0; i < a.lanes.size(); ++i) ASSERT_TRUE(lanes(a)(a.lanes[i]) == lanes(b)(b.lanes[i])) << "lane " << i;
  ASSERT_EQ(a.bars.size(), b.bars.size());
  for (std::size_t i = 0; i < a.bars.size(); ++i) {
    const Bar& x = a.bars[i];
    const Bar& y = b.bars[i];
    ASSERT_TRUE(both(x.span) == both(y.span) && x.lane == y.lane && x.style == y.style && x.open_end == y.open_end &&
                a.label(x) == b.label(y))
        << "bar " << i;
  }
  ASSERT_EQ(a.marks.size(), b.marks.size());
  for (std::size_t i = 0; i < a.marks.size(); ++i) {
    const Mark& x = a.marks[i];
    const Mark& y = b.marks[i];
    ASSERT_TRUE(x.t == y.t && x.lane == y.lane && x.finding == y.finding && x.style == y.style && x.severity == y.severity &&
                a.text(x.label) == b.text(y.label))
        << "mark " << i;
  }
  expect_same(a.ghosts, b.ghosts, "ghost", [](const Ghost& g) { return std::tuple(g.lane, g.due, g.finding); });
  expect_same(a.arrows, b.arrows, "arrow", [](const Arrow& r) { return std::tuple(r.from_lane, r.to_lane, r.from, r.to); });
  expect_same(a.clocks, b.clocks, "clock", [](const LaneClock& c) { return std::tuple(c.lane, c.uncertainty, c.floats); });
  ASSERT_EQ(a.hatches.size(), b.hatches.size());
  for (std::size_t i = 0; i < a.hatches.size(); ++i) {
    EXPECT_EQ(a.hatches[i].why, b.hatches[i].why);
    expect_same(a.hatches[i].spans, b.hatches[i].spans, "hatch", both);
  }
  ASSERT_EQ(a.uploads.size(), b.uploads.size());
  for (std::uint32_t i = 0; i < a.uploads.size(); ++i) {
    const UploadView x = a.upload(UploadId{i});
    const UploadView y = b.upload(UploadId{i});
    ASSERT_TRUE(x.name == y.name && x.last_state == y.last_state && x.outcome == y.outcome && x.unit == y.unit &&
                both(x.seen) == both(y.seen) && std::equal(x.tasks.begin(), x.tasks.end(), y.tasks.begin(), y.tasks.end()))
        << "upload " << i;
  }
  EXPECT_TRUE(both(a.whole) == both(b.whole) && both(a.seen) == both(b.seen));
  EXPECT_EQ(a.axis, b.axis);
  EXPECT_EQ(a.zone_offset_minutes, b.zone_offset_minutes);
  EXPECT_EQ(a.daemon_uncertainty.ns, b.daemon_uncertainty.ns);
}

inline void expect_same_overview(const timeline::Overview& a, const timeline::Overview& b) {
  EXPECT_EQ(a.starts, b.starts);
  EXPECT_EQ(a.ends, b.ends);
  EXPECT_EQ(a.findings, b.findings);
  EXPECT_EQ(a.folds, b.folds);
  ASSERT_EQ(a.events.size(), b.events.size());
  for (std::size_t i = 0; i < a.events.size(); ++i) {
    EXPECT_EQ(a.events[i].span.start, b.events[i].span.start);
    EXPECT_EQ(a.events[i].events, b.events[i].events);
  }
}

}  // namespace uptrail::test
