// The viewer with a large case: from opening the file to the first complete frame, frames of a scripted pan and zoom over 48
// lanes, vertices, memory, and what an idle window does. No window and no GL: the processor time of building a frame. Beside it
// a full redraw of every bar.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string_view>
#include <thread>

#include "collector/timeline/layout.h"
#include "tests/bench/viewer_case.h"
#include "viewer/app/workbench.h"
#include "viewer/theme/imgui_compat.h"

namespace uptrail::bench {
namespace {

using Clock = std::chrono::steady_clock;
using timeline::Layout;
using timeline::TimeScale;
using timeline::View;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Seconds of processor time of this thread: neither the worker nor others on the machine count.
double own_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}
double all_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

double resident() {
  std::ifstream in("/proc/self/statm");
  double pages = 0;
  double in_memory = 0;
  in >> pages >> in_memory;
  return in_memory * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

const char* judged(double value, double limit) { return value <= limit ? "ok" : "MISSED"; }

// Dear ImGui without a window, and the running viewer in it. High enough for 48 lanes.
class Headless {
 public:
  Headless() : context_(ImGui::CreateContext()), theme_(viewer::ThemeKind::dark, 1) {
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = ImVec2(1920, 2100);
    io.DeltaTime = 1.0F / 60;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    theme_.apply_style();
    fonts_ = viewer::load_fonts(*io.Fonts, 1, 1);
    unsigned char* pixels = nullptr;
    int width = 0;
    int height = 0;
    io.Fonts->GetTexDataAsRGBA32(&pixels, &width, &height);
    bench_.state().splitters.timeline = 0.8F;
  }
  ~Headless() { ImGui::DestroyContext(context_); }
  Headless(const Headless&) = delete;
  Headless& operator=(const Headless&) = delete;

  // Returns whether it would draw again.
  bool frame() {
    bench_.pump();
    viewer::new_frame();
    const bool again = bench_.draw(theme_, fonts_);
    ImGui::Render();
    vertices_ = ImGui::GetDrawData()->TotalVtxCount;
    return again;
  }
  [[nodiscard]] viewer::Workbench& bench() { return bench_; }
  [[nodiscard]] int vertices() const { return vertices_; }

 private:
  ImGuiContext* context_;
  viewer::Theme theme_;
  viewer::Fonts fonts_;
  viewer::Workbench bench_;
  int vertices_ = 0;
};

struct Times {
  std::vector<double> ms;
  int most_vertices = 0;
  [[nodiscard]] double at(double share) {
    std::sort(ms.begin(), ms.end());
    return ms[static_cast<std::size_t>(share * static_cast<double>(ms.size() - 1))];
  }
};

// In from the whole, along, down the lanes, and out again.
void script(View& view, Interval whole, double content, int i, int count) {
  const double phase = static_cast<double>(i) / count;
  if (i % 3 == 0) view.scale = view.scale.zoomed(view.width / 2, phase < 0.5 ? 1.08 : 1 / 1.08, whole, view.width);
  if (i % 3 == 1) view.scale = view.scale.panned(std::sin(i) * 90, whole, view.width);
  if (i % 3 == 2) view.scroll_y = phase * std::max(0.0, content - view.height);
}

timeline::Metrics plain_metrics() {
  timeline::Metrics m;
  m.text_width = [](std::string_view s) { return 7.0 * static_cast<double>(s.size()); };
  return m;
}

// Whole frames of the window: all panels, the layout, the draw lists.
Times frames(Headless& ui, int count) {
  viewer::UiState& state = ui.bench().state();
  const double width = std::max(state.view_width, 100.0);
  const timeline::Metrics m = plain_metrics();
  const double content = state.timeline.order->rest.content(m);
  View view{TimeScale::fit(state.data->scene.whole, width, state.timeline.map), width, 48 * (m.lane_height + m.gap), 0};
  Times out;
  for (int i = 0; i < count; ++i) {
    script(view, state.data->scene.whole, content, i, count);
    ui.bench().act(viewer::ShowView{view.scale, view.scroll_y, width, static_cast<double>(i)});
    const double start = own_seconds();
    ui.frame();
    out.ms.push_back((own_seconds() - start) * 1e3);
    out.most_vertices = std::max(out.most_vertices, ui.vertices());
  }
  return out;
}

// The layout alone.
Times layouts(const viewer::UiState& state, int count) {
  const timeline::Metrics m = plain_metrics();
  const auto& order = *state.timeline.order;
  View view{TimeScale::fit(state.data->scene.whole, 1400), 1400, 48 * (m.lane_height + m.gap), 0};
  Times out;
  for (int i = 0; i < count; ++i) {
    script(view, state.data->scene.whole, order.rest.content(m), i, count);
    const double start = own_seconds();
    const Layout layout =
        make_layout(timeline::Picture{state.data->scene, order.rest, order.folded, &state.data->detail}, view, m);
    out.ms.push_back((own_seconds() - start) * 1e3);
    benchmark::DoNotOptimize(layout.bars.data());
  }
  return out;
}

// A full redraw: every bar of the case gets its place, one by one.
double redraw_ms(const viewer::UiState& state) {
  const timeline::Scene& scene = state.data->scene;
  const TimeScale scale = TimeScale::fit(scene.whole, 1400);
  Times all;
  for (int i = 0; i < 5; ++i) {
    std::vector<timeline::PlacedBar> bars;
    bars.reserve(scene.bars.size());
    const double start = own_seconds();
    for (std::uint32_t b = 0; b < scene.bars.size(); ++b) {
      const timeline::Bar& bar = scene.bars[b];
      timeline::PlacedBar placed;
      placed.box = {scale.px(bar.span.start), 0, scale.px(bar.span.end), 20};
      placed.style = bar.style;
      placed.bar = b;
      if (placed.box.x1 >= 0 && placed.box.x0 <= 1400) bars.push_back(placed);
    }
    benchmark::DoNotOptimize(bars.data());
    all.ms.push_back((own_seconds() - start) * 1e3);
  }
  return all.at(0.5);
}

void report_frames(Headless& ui, const char* what, bool folded) {
  const viewer::UiState& state = ui.bench().state();
  timeline::LaneChoice choice;
  const auto& lanes = state.data->scene.lanes;
  for (std::uint32_t i = 0; i < lanes.size() && folded; ++i) {
    if (lanes[i].kind == timeline::LaneKind::session) choice.collapsed.insert(i);
  }
  ui.bench().act(viewer::SelectLane{timeline::kNoLane});
  const double start = own_seconds();
  ui.bench().act(viewer::ChooseLanes{choice});
  const double order_ms = (own_seconds() - start) * 1e3;
  Times all = frames(ui, 600);
  Times quick = layouts(state, 600);
  const double redraw = redraw_ms(state);
  std::printf("  %s: frame median %.2f ms (limit 4, %s), p99 %.2f ms (limit 8, %s), at most %d vertices\n", what, all.at(0.5),
              judged(all.at(0.5), 4), all.at(0.99), judged(all.at(0.99), 8), all.most_vertices);
  std::printf("    choosing these lanes %.0f ms, once; layout alone median %.2f ms, p99 %.2f ms\n", order_ms, quick.at(0.5),
              quick.at(0.99));
  std::printf("    full redraw without level of detail, every bar placed: %.1f ms, %.0f times the median layout\n", redraw,
              redraw / quick.at(0.5));
}

// Until the window shows the whole case and does not want to draw again.
bool open(Headless& ui, const std::string& path) {
  const auto start = Clock::now();
  const double cpu = all_seconds();
  ui.bench().open({path});
  ui.frame();
  const double empty = seconds_since(start);
  while (ui.bench().state().data == nullptr) {
    if (ui.bench().state().load.phase == viewer::LoadPhase::failed) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    ui.bench().pump();
  }
  ui.bench().act(viewer::FrameWhole{});
  while (ui.frame()) {
  }
  const double first = seconds_since(start);
  const double first_cpu = all_seconds() - cpu;
  while (ui.bench().busy()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    ui.frame();
  }
  std::printf(
      "  window %.3f s; first complete frame of the whole %.2f s (limit 1, %s), %.2f s of processor time; all read %.2f s\n",
      empty, first, judged(first, 1), first_cpu, seconds_since(start));
  return true;
}

void report_memory(const viewer::UiState& state, double grown) {
  const auto tasks = static_cast<double>(state.data->task_count());
  const auto events = static_cast<double>(state.data->event_count);
  const double limit = 150 + 16 * events / tasks;
  const double scene = static_cast<double>(state.data->scene.memory() + state.data->detail.memory() +
                                           state.data->overview.starts.capacity() * 2 * sizeof(TimeNs));
  std::printf("  memory: %.0f bytes a task (limit 150 + 16 an event: %.0f, %s); %.0f of them the timeline\n", grown / tasks,
              limit, judged(grown / tasks, limit), scene / tasks);
}

int idle_frames(Headless& ui) {
  for (int i = 0; i < 5; ++i) ui.frame();
  int drawn = 0;
  for (int i = 0; i < 200; ++i) drawn += ui.frame() || ui.bench().busy() ? 1 : 0;
  return drawn;
}

int run(std::uint32_t tasks, bool only_open) {
  const std::string path = viewer_case(tasks);
  if (path.empty()) return 1;
  std::error_code ignored;
  std::printf("viewer: %u tasks, %u events, %u sessions, %.0f MB\n", tasks, tasks * kEventsPerTask, kViewerSessions,
              static_cast<double>(std::filesystem::file_size(path, ignored)) / 1e6);
  Headless ui;
  ui.frame();
  const double before = resident();
  if (!open(ui, path)) {
    std::fprintf(stderr, "%s\n", ui.bench().state().load.error.text().c_str());
    return 1;
  }
  report_memory(ui.bench().state(), resident() - before);
  if (only_open) return 0;
  report_frames(ui, "48 folded sessions", true);
  report_frames(ui, "all lanes open", false);
  const int idle = idle_frames(ui);
  std::printf("  idle: %d of 200 frames asked for another one (limit 0, %s)\n", idle, judged(idle, 0));
  return 0;
}

}  // namespace
}  // namespace uptrail::bench

int main(int argc, char** argv) {
  bool quick = false;
  bool only_open = false;  // for a profile of opening
  for (int i = 1; i < argc; ++i) {
    quick = quick || std::string_view(argv[i]) == "--quick";
    only_open = only_open || std::string_view(argv[i]) == "--open";
  }
  return uptrail::bench::run(quick ? 100'000 : 1'000'000, only_open);
}
