// Random input on a simulated clock, with a fixed seed: nothing may crash, hang, or leave the state impossible. 2,000 frames;
// more with UPTRAIL_SOAK_FRAMES (./dev soak: 200,000 under ASan), another run with UPTRAIL_SOAK_SEED.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "collector/base/text.h"
#include "tests/support/files.h"
#include "viewer/app/headless.h"
#include "viewer/panels/commands.h"

namespace uptrail::viewer {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  const auto number = text != nullptr ? parse_int(text) : std::nullopt;
  return number && *number > 0 ? static_cast<std::uint64_t>(*number) : otherwise;
}

Options small_window() {
  Options options;
  options.width = 1280;
  options.height = 800;
  options.user_messages = false;
  return options;
}

class Monkey {
 public:
  Monkey(std::uint64_t seed, std::vector<std::vector<std::string>> captures, const std::string& dir)
      : random_(seed), captures_(std::move(captures)), viewer_(small_window()) {
    viewer_.bench().remember_queries(dir + "/queries.txt");
    open(captures_.front());
    drain();
  }

  void step() {
    if (++frames_ % 1500 == 0) open(captures_[below(captures_.size())]);
    act();
    if (patient_ || below(4) > 0) drain();
    viewer_.frame();
    check();
    if (frames_ % 5000 == 0) {
      EXPECT_GT(viewer_.picture().pixels.size(), 0U);
    }
  }

  // Waits for the workers; false: they hang.
  bool drain() {
    Workbench& bench = viewer_.bench();
    for (int i = 0; i < 60'000; ++i) {
      if (!bench.busy()) return true;
      std::this_thread::sleep_for(std::chrono::microseconds(500));
      bench.pump();
    }
    ADD_FAILURE() << "the workers are still busy after 30 s, at frame " << frames_;
    return false;
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  bool one_in(std::size_t n) { return below(n) == 0; }

  void open(const std::vector<std::string>& paths) {
    patient_ = !one_in(3);  // else frames are drawn while it is opened
    viewer_.bench().open(paths);
  }

  ImVec2 somewhere() {
    const auto& places = viewer_.places();
    if (!places.empty() && !one_in(4)) {
      auto at = places.begin();
      std::advance(at, static_cast<std::ptrdiff_t>(below(places.size())));
      return at->second.centre();
    }
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    return {static_cast<float>(below(static_cast<std::size_t>(size.x) + 20)) - 10,
            static_cast<float>(below(static_cast<std::size_t>(size.y) + 20)) - 10};
  }

  // One frame's input. A button or a key may stay down for many frames.
  void act() {
    ImGuiIO& io = ImGui::GetIO();
    switch (below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return feed_mouse(io, somewhere());
      case 4:
      case 5:
      case 6:
        down_ = !down_;
        return feed_button(io, one_in(12) ? 1 : 0, down_);
      case 7:
        return feed_wheel(io, static_cast<float>(below(13)) - 6);
      case 8:
        return feed_mods(io, {one_in(4), one_in(3)});
      case 9:
      case 10: {
        const Key key = static_cast<Key>(below(static_cast<std::size_t>(Key::count)));
        feed_key(io, held_, false);
        held_ = key;
        return feed_key(io, key, true);
      }
      case 11:
        return feed_key(io, held_, false);
      case 12:
        return type();
      case 13:
        return size();
      case 14:
        if (one_in(3)) viewer_.bench().act(commands()[below(commands().size())].action);
        return;
      default:
        return;  // a frame without input
    }
  }

  void type() {
    constexpr std::string_view kTexts[] = {"SELECT * FROM v_tasks", "upload", "?", "/", "'\"; DROP", "9", "…ü", "2027-01-31"};
    for (const char c : kTexts[below(std::size(kTexts))]) ImGui::GetIO().AddInputCharacter(static_cast<unsigned char>(c));
    if (one_in(5)) ImGui::GetIO().AddInputCharacter(static_cast<unsigned>(below(0xFFFF)));
  }

  void size() {
    if (!one_in(6)) return;
    const bool tiny = one_in(5);
    viewer_.resize(static_cast<int>(tiny ? 1 + below(300) : 400 + below(1600)),
                   static_cast<int>(tiny ? 1 + below(200) : 300 + below(900)));
  }

  void check() {
    const UiState& state = viewer_.bench().state();
    ASSERT_TRUE(std::isfinite(state.scale.ns_per_px())) << "frame " << frames_;
    ASSERT_GT(state.scale.ns_per_px(), 0) << "frame " << frames_;
    ASSERT_TRUE(std::isfinite(state.scroll_y)) << "frame " << frames_;
    ASSERT_LT(ImGui::GetDrawData()->TotalVtxCount, 3'000'000) << "frame " << frames_;
    for (const auto& [name, rect] : viewer_.places()) {
      for (const float side : {rect.min.x, rect.min.y, rect.max.x, rect.max.y}) {
        ASSERT_TRUE(std::isfinite(side)) << name << " at frame " << frames_;
      }
    }
    if (!state.data) return;
    const Selection& selected = state.selection;
    ASSERT_TRUE(!selected.finding || state.data->finding(*selected.finding) != nullptr) << "frame " << frames_;
    ASSERT_TRUE(!selected.cause || state.data->cause(*selected.cause) != nullptr) << "frame " << frames_;
    ASSERT_TRUE(selected.lane == timeline::kNoLane || selected.lane < state.data->scene.lanes.size()) << "frame " << frames_;
  }

  std::mt19937_64 random_;
  std::vector<std::vector<std::string>> captures_;
  Headless viewer_;
  std::uint64_t frames_ = 0;
  bool down_ = false;
  bool patient_ = true;
  Key held_ = Key::escape;
};

// Copies, since notes are written beside what is opened.
std::vector<std::vector<std::string>> captures_in(const std::string& dir) {
  const auto copy = [&](const std::string& name, const std::string& as) {
    std::filesystem::copy_file(test::source_path("assets/samples/" + name), dir + "/" + as);
    return dir + "/" + as;
  };
  const std::string app = copy("instrumented/app.ndjson", "app.ndjson");
  const std::string system = copy("instrumented/system.log", "system.log");
  const std::string plain = copy("plain/system.log", "plain.log");
  const std::string broken = dir + "/broken.uptrail";
  test::write_file(broken, "SQLite format 3 but no more");
  return {{app, system}, {app}, {plain}, {dir + "/nowhere.log"}, {broken}, {app, system, plain}};
}

TEST(Soak, random_input_neither_crashes_nor_hangs) {
  const std::string dir = test::scratch_dir();
  const std::uint64_t frames = from_environment("UPTRAIL_SOAK_FRAMES", 2000);
  Monkey monkey(from_environment("UPTRAIL_SOAK_SEED", 1), captures_in(dir), dir);
  for (std::uint64_t i = 0; i < frames && !HasFailure(); ++i) {
    monkey.step();
    if (i % 20'000 == 19'999) std::printf("%s frames\n", std::to_string(i + 1).c_str());
  }
  EXPECT_TRUE(monkey.drain());
}

}  // namespace
}  // namespace uptrail::viewer
