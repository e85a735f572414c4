// The timeline of a large case: from what is derived to the first layout, and frames of a scripted pan and zoom, beside the same
// frames without level of detail. No window and no drawing: the cost of layout alone.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "collector/timeline/layout.h"
#include "collector/timeline/overview.h"

namespace uptrail::bench {
namespace {

using Clock = std::chrono::steady_clock;
using namespace timeline;

double ms_since(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

constexpr TimeNs kStart{1'795'000'000'000'000'000};

// Sessions side by side, one task a second in each, five phases a task, one of fifty with a finding.
Derived large_case(std::uint32_t tasks, std::uint32_t sessions) {
  Derived d;
  d.units.push_back({UnitId{0}, "iPhone", "com.example.shoebox", "Shoebox", "ios"});
  for (std::uint32_t i = 0; i < sessions; ++i) {
    Session s;
    s.id = SessionId{i};
    s.unit = UnitId{0};
    s.identifier = "session " + std::to_string(i);
    d.sessions.push_back(s);
  }
  d.tasks.reserve(tasks);
  for (std::uint32_t i = 0; i < tasks; ++i) {
    Task t;
    t.id = TaskId{i};
    t.unit = UnitId{0};
    t.session = SessionId{i % sessions};
    t.identifier = i;
    const TimeNs from = kStart + milliseconds(1000 * static_cast<std::int64_t>(i / sessions) + i % 997);
    TimeNs at = from;
    for (const TaskPhase phase :
         {TaskPhase::created, TaskPhase::waiting, TaskPhase::transferring, TaskPhase::response, TaskPhase::finished_in_daemon}) {
      const TimeNs next = at + milliseconds(50 + (i * 7919 + static_cast<std::uint32_t>(phase) * 104729) % 30000);
      t.phases.push_back({{at, next}, phase});
      at = next;
    }
    t.delivered = at;
    t.seen = {from, at};
    d.tasks.push_back(std::move(t));
    if (i % 50 == 0) {
      Finding f;
      f.id = FindingId{static_cast<std::uint32_t>(d.findings.size())};
      f.severity = static_cast<Severity>(i / 50 % 3);
      f.subject.task = TaskId{i};
      f.t = at;
      f.title = "made up";
      d.findings.push_back(f);
    }
  }
  return d;
}

struct Times {
  std::vector<double> ms;
  std::size_t most_items = 0;
  [[nodiscard]] double at(double share) {
    std::sort(ms.begin(), ms.end());
    return ms[static_cast<std::size_t>(share * static_cast<double>(ms.size() - 1))];
  }
};

// In from the whole, along, down the lanes, and out again.
Times frames(const Scene& scene, const LaneOrder& order, const LevelOfDetail* detail, int count) {
  Metrics m;
  m.text_width = [](std::string_view s) { return 7.0 * static_cast<double>(s.size()); };
  View view{TimeScale::fit(scene.whole, 1200), 1200, 48 * (m.lane_height + m.gap), 0};
  Times out;
  for (int i = 0; i < count; ++i) {
    const double phase = static_cast<double>(i) / count;
    if (i % 3 == 0) view.scale = view.scale.zoomed(600, phase < 0.5 ? 1.08 : 1 / 1.08, scene.whole, view.width);
    if (i % 3 == 1) view.scale = view.scale.panned(std::sin(i) * 90, scene.whole, view.width);
    if (i % 3 == 2) view.scroll_y = phase * std::max(0.0, order.rest.content(m) - view.height);
    const auto start = Clock::now();
    const Layout layout = make_layout(Picture{scene, order.rest, order.folded, detail}, view, m);
    out.ms.push_back(ms_since(start));
    out.most_items = std::max(out.most_items, layout.bars.size() + layout.marks.size() + layout.densities.size() +
                                                  layout.hatches.size() + layout.ghosts.size() + layout.arrows.size());
  }
  return out;
}

int run(std::uint32_t tasks) {
  const Derived derived = large_case(tasks, 48);
  auto start = Clock::now();
  const Scene scene = make_scene({}, derived, {}, {});
  const double scene_ms = ms_since(start);
  start = Clock::now();
  const LevelOfDetail detail(scene);
  const Overview overview = make_overview(scene, {});
  const double index_ms = ms_since(start);
  std::printf("viewer timeline, %u tasks, %zu bars, %zu marks, 48 sessions\n", tasks, scene.bars.size(), scene.marks.size());
  std::printf("  scene %.0f ms, summaries and overview %.0f ms\n", scene_ms, index_ms);
  const double bytes = static_cast<double>(scene.memory() + detail.memory() + overview.starts.capacity() * 16);
  std::printf("  memory of scene, summaries and overview: %.0f bytes a task (limit 150 + 16 an event: 310 at ten events)\n",
              bytes / tasks);
  for (const bool folded : {false, true}) {
    LaneChoice choice;
    if (folded) {
      for (std::uint32_t i = 0; i < scene.lanes.size(); ++i) {
        if (scene.lanes[i].kind == LaneKind::session) choice.collapsed.insert(i);
      }
    }
    start = Clock::now();
    const LaneOrder order = make_order(scene, choice);
    const double order_ms = ms_since(start);
    Times quick = frames(scene, order, &detail, 600);
    Times plain = frames(scene, order, nullptr, 60);
    std::printf(
        "  %s: order %.0f ms; layout median %.2f ms, p99 %.2f ms (limits 4 and 8), %zu items at most; without summaries %.2f ms, "
        "%.1f times\n",
        folded ? "48 folded sessions" : "all lanes open", order_ms, quick.at(0.5), quick.at(0.99), quick.most_items,
        plain.at(0.5), plain.at(0.5) / quick.at(0.5));
  }
  return 0;
}

}  // namespace
}  // namespace uptrail::bench

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
  return uptrail::bench::run(quick ? 100'000 : 1'000'000);
}
