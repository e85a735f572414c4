// The real window, on a private X display, with keys, mouse and files dropped as X sends them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/support/files.h"
#include "tests/viewer/window/x_display.h"
#include "viewer/app/headless.h"

namespace uptrail::viewer {
namespace {

constexpr int kWidth = 1280;
constexpr int kHeight = 800;

class RealWindow : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v Xvfb >/dev/null 2>&1") != 0) GTEST_SKIP() << "no Xvfb here";
    display = test::XDisplay::start(kWidth, kHeight);
    ASSERT_NE(display, nullptr) << "Xvfb does not start";
    dir = test::scratch_dir();
    for (const char* name : {"app.ndjson", "system.log"}) {
      std::filesystem::copy_file(test::source_path(std::string("assets/samples/instrumented/") + name), dir + "/" + name);
    }
  }
  void start(const std::vector<std::string>& files) {
    std::vector<std::string> command = {std::string(UPTRAIL_BINARY_DIR) + "/bin/uptrail-viewer", "--size", "1280x800", "--scale",
                                        "1"};
    command.insert(command.end(), files.begin(), files.end());
    // Software OpenGL keeps memory of its own until the process ends; a leak checker would blame us for it.
    ASSERT_TRUE(
        display->run(command, {"XDG_CONFIG_HOME=" + dir + "/config", "ASAN_OPTIONS=detect_leaks=0", "LIBGL_ALWAYS_SOFTWARE=1"}));
  }
  bool shows(const std::string& title) {
    return test::XDisplay::eventually([&] { return display->title() == title; });
  }
  // Where something is: the same pixels, drawn without a display.
  Places places() {
    Options options;
    options.width = kWidth;
    options.height = kHeight;
    options.user_messages = false;
    Headless headless(options);
    headless.bench().open({app(), system_log()});
    EXPECT_TRUE(headless.settle().ok());
    return headless.places();
  }
  void click(const Places& at, const std::string& place) {
    ASSERT_TRUE(at.contains(place)) << place;
    const ImVec2 centre = at.at(place).centre();
    display->click(static_cast<int>(centre.x), static_cast<int>(centre.y));
  }
  [[nodiscard]] std::string app() const { return dir + "/app.ndjson"; }
  [[nodiscard]] std::string system_log() const { return dir + "/system.log"; }
  [[nodiscard]] std::vector<std::uint32_t> picture() const { return display->settled(0, 0, kWidth, kHeight); }

  std::unique_ptr<test::XDisplay> display;
  std::string dir;
};

TEST_F(RealWindow, takes_several_dropped_files_as_one_capture) {
  start({});
  EXPECT_EQ(display->title(), "Uptrail");
  ASSERT_TRUE(display->drop({app(), system_log()}, kWidth / 2, kHeight / 2));
  EXPECT_TRUE(shows("app.ndjson, system.log – Uptrail")) << display->title();
  display->close_window();
  EXPECT_EQ(display->wait_for_end(), 0);
  const std::string settings = test::read_file(dir + "/config/uptrail/viewer.conf");
  EXPECT_NE(settings.find(app()), std::string::npos) << settings;
  EXPECT_NE(settings.find(system_log()), std::string::npos) << settings;
}

TEST_F(RealWindow, a_file_that_is_dropped_takes_the_place_of_the_one_before) {
  start({app()});
  ASSERT_TRUE(shows("app.ndjson – Uptrail"));
  ASSERT_TRUE(display->drop({system_log()}, 40, 40));
  EXPECT_TRUE(shows("system.log – Uptrail")) << display->title();
}

TEST_F(RealWindow, keys_change_the_look_open_the_palette_and_quit) {
  start({app(), system_log()});
  ASSERT_TRUE(shows("app.ndjson, system.log – Uptrail"));
  const auto dark = picture();
  display->key("t");
  const auto light = picture();
  EXPECT_NE(light, dark);
  display->key("ctrl+p");
  display->type("dark or light");
  display->key("Return");
  EXPECT_EQ(picture(), dark);
  display->key("ctrl+q");
  EXPECT_EQ(display->wait_for_end(), 0);
}

TEST_F(RealWindow, wheel_zooms_and_the_view_is_undone) {
  start({app(), system_log()});
  ASSERT_TRUE(shows("app.ndjson, system.log – Uptrail"));
  const ImVec2 lanes = places().at("lanes").centre();
  display->move(static_cast<int>(lanes.x), static_cast<int>(lanes.y));
  const auto before = picture();
  display->wheel(4);
  EXPECT_NE(picture(), before);
  display->key("ctrl+z");
  EXPECT_EQ(picture(), before);
}

TEST_F(RealWindow, a_click_selects_and_a_note_is_kept_beside_the_capture) {
  start({app(), system_log()});
  ASSERT_TRUE(shows("app.ndjson, system.log – Uptrail"));
  const auto before = picture();
  click(places(), "cause-3");
  EXPECT_NE(picture(), before);
  display->key("b");
  display->type("ask the server team");
  display->key("Return");
  const std::string notes = app() + ".notes.json";
  ASSERT_TRUE(test::XDisplay::eventually([&] { return std::filesystem::exists(notes); }));
  EXPECT_NE(test::read_file(notes).find("ask the server team"), std::string::npos);
  EXPECT_NE(test::read_file(notes).find("\"finding\""), std::string::npos);
}

}  // namespace
}  // namespace uptrail::viewer
