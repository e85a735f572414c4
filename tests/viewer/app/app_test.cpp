#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/support/files.h"
#include "viewer/app/headless.h"
#include "viewer/app/options.h"
#include "viewer/app/query_history.h"
#include "viewer/app/run.h"
#include "viewer/app/settings.h"
#include "viewer/app/workbench.h"

namespace uptrail::viewer {
namespace {

ParsedOptions parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "uptrail-viewer");
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

int run_with(std::vector<std::string> arguments) {
  std::vector<const char*> argv = {"uptrail-viewer"};
  for (const std::string& a : arguments) argv.push_back(a.c_str());
  return run(static_cast<int>(argv.size()), argv.data());
}

std::string sample(const std::string& name) { return test::source_path("assets/samples/" + name); }

TEST(Options, reads_files_size_and_theme) {
  const auto parsed = parse({"a.log", "b.log", "--size", "800x600", "--theme", "light"});
  ASSERT_TRUE(parsed.options.has_value());
  EXPECT_EQ(parsed.options->files, (std::vector<std::string>{"a.log", "b.log"}));
  EXPECT_EQ(parsed.options->width, 800);
  EXPECT_EQ(parsed.options->height, 600);
  EXPECT_EQ(parsed.options->theme, ThemeKind::light);
}

TEST(Options, a_file_may_stand_behind_options_that_can_be_repeated) {
  const auto parsed = parse({"--do", "app.keys", "--do", "view.whole", "--messages", "m.json", "a.log"});
  ASSERT_TRUE(parsed.options.has_value());
  EXPECT_EQ(parsed.options->files, std::vector<std::string>{"a.log"});
  EXPECT_EQ(parsed.options->commands, (std::vector<std::string>{"app.keys", "view.whole"}));
  EXPECT_EQ(parsed.options->messages, std::vector<std::string>{"m.json"});
}

TEST(Options, usage_errors_are_2) {
  for (const auto& bad : {std::vector<const char*>{"--size", "3"},
                          {"--theme", "pink"},
                          {"--no-such"},
                          {"--screenshot", "a.png"},
                          {"--compare", "b.log"},
                          {"--do", "no.such"}}) {
    const auto parsed = parse(bad);
    ASSERT_TRUE(parsed.stop.has_value()) << bad.front();
    EXPECT_EQ(parsed.stop->exit_code, 2);
    EXPECT_FALSE(parsed.stop->err.empty());
  }
}

TEST(Options, help_goes_to_stdout_and_is_no_error) {
  const auto parsed = parse({"--help"});
  ASSERT_TRUE(parsed.stop.has_value());
  EXPECT_EQ(parsed.stop->exit_code, 0);
  EXPECT_NE(parsed.stop->out.find("--screenshot"), std::string::npos);
}

TEST(Settings, survive_a_round_trip) {
  Settings s;
  s.theme = ThemeKind::light;
  s.width = 1234;
  s.splitters.left = 0.333F;
  s.preferences = {150, ZoneChoice::local, true};
  s.recent = {{"/a b/trip.uptrail"}, {"/x/app.log", "/x/system.log"}};
  const Settings back = parse_settings(settings_text(s));
  EXPECT_EQ(back.theme, ThemeKind::light);
  EXPECT_EQ(back.width, 1234);
  EXPECT_NEAR(back.splitters.left, 0.333F, 1e-3F);
  EXPECT_EQ(back.preferences, s.preferences);
  EXPECT_EQ(back.recent, s.recent);
}

TEST(Settings, ignore_nonsense) {
  const Settings s = parse_settings(
      "theme pink\nwidth -5\nsplit-left nan\nsplit-causes 7\n\nx\ntext-percent 900\ntime-zone mars\nclock 13\nrecent \n");
  EXPECT_EQ(s.theme, ThemeKind::dark);
  EXPECT_EQ(s.width, 1600);
  EXPECT_EQ(s.splitters.left, Splitters{}.left);
  EXPECT_EQ(s.splitters.causes, Splitters{}.causes);
  EXPECT_EQ(s.preferences, Preferences{});
  EXPECT_TRUE(s.recent.empty());
}

TEST(QueryHistory, survives_a_round_trip_and_leaves_bad_lines_out) {
  const std::vector<std::string> history = {"SELECT 'a\\b'\nFROM t\t\r", "SELECT 2", "SELECT 'ü'"};
  EXPECT_EQ(parse_query_history(query_history_text(history)), history);
  EXPECT_EQ(parse_query_history("SELECT 1\nbad \\x\nends \\\n\xff\n\nSELECT 1\nSELECT 2\n"),
            (std::vector<std::string>{"SELECT 1", "SELECT 2"}));
}

TEST(QueryHistory, keeps_what_another_window_has_run) {
  const std::string path = test::scratch_dir() + "/sub/queries.txt";
  save_query_history(path, {"SELECT 1"});
  save_query_history(path, {"SELECT 2"});
  EXPECT_EQ(load_query_history(path), (std::vector<std::string>{"SELECT 2", "SELECT 1"}));
  save_query_history(path, {});
  EXPECT_TRUE(load_query_history(path).empty());
  save_query_history("", {"x"});
  EXPECT_TRUE(load_query_history("").empty());
}

TEST(Screenshot, writes_a_picture_without_a_display) {
  const std::string out = test::scratch_dir() + "/shot.png";
  EXPECT_EQ(run_with({sample("instrumented/app.ndjson"), "--screenshot", out, "--size", "1000x700"}), 0);
  EXPECT_GT(test::read_file(out).size(), 10'000U);
}

TEST(Screenshot, is_the_same_every_time) {
  const std::string dir = test::scratch_dir();
  for (const char* name : {"/a.png", "/b.png"}) {
    ASSERT_EQ(run_with({sample("instrumented/app.ndjson"), "--screenshot", dir + name, "--size", "900x600", "--select", "C1"}),
              0);
  }
  EXPECT_EQ(test::read_file(dir + "/a.png"), test::read_file(dir + "/b.png"));
}

TEST(Screenshot, a_command_is_done_before_the_picture_is_taken) {
  const std::string dir = test::scratch_dir();
  const auto shoot = [&](const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {sample("instrumented/app.ndjson"), "--screenshot", dir + name, "--size", "900x600"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(run_with(arguments), 0);
    return test::read_file(dir + name);
  };
  EXPECT_NE(shoot("/plain.png", {}), shoot("/keys.png", {"--do", "app.keys"}));
}

TEST(Screenshot, shows_two_traces_one_above_the_other) {
  const std::string dir = test::scratch_dir();
  const std::vector<std::string> one = {sample("instrumented/app.ndjson"), "--size", "1000x700", "--screenshot"};
  const auto shoot = [&](const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = one;
    arguments.push_back(dir + name);
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(run_with(arguments), 0);
    return test::read_file(dir + name);
  };
  const std::string both = shoot("/both.png", {"--compare", sample("plain/system.log")});
  EXPECT_NE(both, shoot("/one.png", {}));
  EXPECT_EQ(both, shoot("/again.png", {"--compare", sample("plain/system.log")}));
  EXPECT_EQ(run_with({sample("instrumented/app.ndjson"), "--screenshot", dir + "/x.png", "--compare", "/no/such/file"}), 3);
}

TEST(Workbench, a_dropped_file_is_compared_when_that_was_asked_for) {
  Workbench bench;
  const auto wait = [&](auto&& there) {
    for (int i = 0; i < 4000 && !there(); ++i) {
      bench.pump();
      std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
    ASSERT_TRUE(there());
  };
  bench.drop({sample("plain/system.log")});
  wait([&] { return bench.state().data != nullptr; });
  const auto first = bench.state().data;
  bench.act(ShowOverlay{Overlay::compare});
  bench.drop({sample("instrumented/app.ndjson")});
  wait([&] { return bench.state().compare != nullptr; });
  EXPECT_EQ(bench.state().data, first);
  EXPECT_EQ(bench.state().overlay, Overlay::none);
  bench.act(EndComparison{});
  EXPECT_EQ(bench.state().compare, nullptr);
  bench.drop({sample("instrumented/app.ndjson")});
  wait([&] { return bench.state().data != first; });
}

// What a person does: set aside, take a note, close, open again; and hand the rules file to CI.
TEST(Workbench, keeps_notes_beside_the_capture_and_writes_a_rules_file) {
  const std::string path = test::scratch_dir() + "/app.ndjson";
  std::filesystem::copy_file(sample("instrumented/app.ndjson"), path);
  const auto open = [&](Workbench& bench) {
    bench.open({path});
    for (int i = 0; i < 4000 && !bench.state().data; ++i) {
      bench.pump();
      std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
    ASSERT_NE(bench.state().data, nullptr);
  };
  std::string fingerprint;
  {
    Workbench bench;
    open(bench);
    ASSERT_FALSE(bench.state().data->derived.causes.empty());
    fingerprint = selected_finding(bench.state())->fingerprint;
    bench.act(SetDraft{{"known", ""}});
    bench.act(SetAside{});
    bench.act(ExportIgnored{});
    EXPECT_FALSE(bench.state().message_bad) << bench.state().message;
  }
  Workbench again;
  open(again);
  EXPECT_NE(again.state().notes.set_aside(fingerprint, "2026-11-21"), nullptr);
  const std::string rules = test::read_file(path + ".ignore.json");
  EXPECT_NE(rules.find(fingerprint), std::string::npos);
  again.act(PutBack{fingerprint});
  EXPECT_FALSE(std::filesystem::exists(path + ".notes.json"));
  EXPECT_EQ(again.state().recent.front(), std::vector<std::string>{path});
}

// What a header has no room for is left out; nothing lies over its neighbour.
TEST(Headers, nothing_lies_over_anything_else_whatever_the_size) {
  const auto is_in_a_header = [](const std::string& place) {
    return place.starts_with("tab-") || place.starts_with("timeline-") || place.starts_with("details-") || place == "lane-filter";
  };
  for (const int percent : {80, 100, 250}) {
    for (const auto& [width, height] : {std::pair(1600, 1000), std::pair(1024, 640), std::pair(700, 500)}) {
      Options options;
      options.width = width;
      options.height = height;
      options.user_messages = false;
      Headless viewer(options);
      viewer.bench().state().preferences.text_percent = percent;
      viewer.bench().open({sample("instrumented/app.ndjson"), sample("instrumented/system.log")});
      ASSERT_TRUE(viewer.settle().ok());
      std::vector<std::pair<std::string, Rect>> there;
      for (const auto& [name, rect] : viewer.places()) {
        if (is_in_a_header(name)) there.emplace_back(name, rect);
      }
      ASSERT_GE(there.size(), 5U) << width << " " << percent << " %";
      for (std::size_t i = 0; i < there.size(); ++i) {
        for (std::size_t k = i + 1; k < there.size(); ++k) {
          const Rect& a = there[i].second;
          const Rect& b = there[k].second;
          const bool apart = a.max.x <= b.min.x || b.max.x <= a.min.x || a.max.y <= b.min.y || b.max.y <= a.min.y;
          EXPECT_TRUE(apart) << there[i].first << " and " << there[k].first << " at " << width << ", " << percent << " %";
        }
      }
    }
  }
}

TEST(BarLabels, of_two_session_objects_at_one_time_stand_beside_each_other) {
  const std::string script = test::scratch_dir() + "/two.scn";
  test::write_file(script, "=== T\n0 @fg\n0.1 session.create identifier=up object=O2nd delegate=D\n60 app.background\n");
  Options options;
  options.user_messages = false;
  Headless viewer(options);
  viewer.bench().open({script});
  ASSERT_TRUE(viewer.settle().ok());
  viewer.key(Key::zero, {});
  ASSERT_TRUE(viewer.settle().ok());
  const Rect lanes = viewer.places().at("lanes");
  std::vector<DrawnGlyph> inside;
  for (const DrawnGlyph& glyph : viewer.glyphs()) {
    if (lanes.contains(glyph.min)) inside.push_back(glyph);
  }
  const auto first = find_drawn(inside, "O1");
  const auto second = find_drawn(inside, "O2nd");
  ASSERT_TRUE(first && second) << drawn_text(inside);
  EXPECT_GT(second->min.x, first->max.x);
}

TEST(Screenshot, unreadable_input_is_3_and_an_unknown_finding_2) {
  const std::string out = test::scratch_dir() + "/shot.png";
  EXPECT_EQ(run_with({"/no/such/file", "--screenshot", out}), 3);
  EXPECT_EQ(run_with({sample("instrumented/app.ndjson"), "--screenshot", out, "--select", "no-such-rule"}), 2);
}

TEST(Window, opens_under_a_virtual_display) {
  if (std::system("command -v xvfb-run >/dev/null 2>&1 && command -v xauth >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "no xvfb-run here";
  const std::string viewer = std::string(UPTRAIL_BINARY_DIR) + "/bin/uptrail-viewer";
  // Software OpenGL keeps memory of its own until the process ends; a leak checker would blame us for it.
  const std::string command = "ASAN_OPTIONS=detect_leaks=0 xvfb-run -a timeout 60 '" + viewer +
                              "' --quit-after 9 --do look.larger --do look.theme '" + sample("instrumented/app.ndjson") + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

}  // namespace
}  // namespace uptrail::viewer
