#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/files.h"
#include "viewer/app/options.h"
#include "viewer/app/run.h"
#include "viewer/app/settings.h"

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

TEST(Options, usage_errors_are_2) {
  for (const auto& bad :
       {std::vector<const char*>{"--size", "3"}, {"--theme", "pink"}, {"--no-such"}, {"--screenshot", "a.png"}}) {
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
  const Settings back = parse_settings(settings_text(s));
  EXPECT_EQ(back.theme, ThemeKind::light);
  EXPECT_EQ(back.width, 1234);
  EXPECT_NEAR(back.splitters.left, 0.333F, 1e-3F);
}

TEST(Settings, ignore_nonsense) {
  const Settings s = parse_settings("theme pink\nwidth -5\nsplit-left nan\nsplit-causes 7\n\nx\n");
  EXPECT_EQ(s.theme, ThemeKind::dark);
  EXPECT_EQ(s.width, 1600);
  EXPECT_EQ(s.splitters.left, Splitters{}.left);
  EXPECT_EQ(s.splitters.causes, Splitters{}.causes);
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
  const std::string command = "ASAN_OPTIONS=detect_leaks=0 xvfb-run -a timeout 60 '" + viewer + "' --quit-after 5 '" +
                              sample("instrumented/app.ndjson") + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

}  // namespace
}  // namespace uptrail::viewer
