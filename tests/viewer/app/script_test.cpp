// Scripts: what a bad line is told, and steps from the first to the last on the real program.
#include "viewer/app/script.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/files.h"
#include "viewer/app/run.h"

namespace uptrail::viewer {
namespace {

std::string sample(const std::string& name) { return test::source_path("assets/samples/" + name); }

std::string complaint(const std::string& text) {
  const auto steps = parse_script(text, "x.script");
  EXPECT_FALSE(steps.ok()) << text;
  if (steps.ok()) return "";
  EXPECT_EQ(steps.error().kind, ErrorKind::usage);
  return steps.error().message;
}

class Script : public testing::Test {
 protected:
  void SetUp() override { dir_ = test::scratch_dir(); }
  int play(const std::string& text, const std::vector<std::string>& more = {}) {
    test::write_file(dir_ + "/x.script", text);
    std::vector<std::string> arguments = {"uptrail-viewer", "--script", dir_ + "/x.script", "--no-user-messages"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::vector<const char*> argv;
    for (const std::string& a : arguments) argv.push_back(a.c_str());
    return run(static_cast<int>(argv.size()), argv.data());
  }
  std::vector<std::string> capture() { return {sample("instrumented/app.ndjson"), sample("instrumented/system.log")}; }
  std::string dir_;
};

TEST(ScriptLines, are_numbered_and_blank_ones_and_comments_are_left_out) {
  const auto steps = parse_script("# what this shows\n\n  do view.whole  \r\nkey Ctrl+Shift+Z\nwait 3\n", "x.script");
  ASSERT_TRUE(steps.ok()) << steps.error().message;
  ASSERT_EQ(steps->size(), 3U);
  EXPECT_EQ(steps.value()[0].line, 3U);
  EXPECT_EQ(std::get<DoStep>(steps.value()[0].what).command->id, "view.whole");
  const auto& key = std::get<KeyStep>(steps.value()[1].what);
  EXPECT_EQ(key.key, Key::z);
  EXPECT_TRUE(key.mods.ctrl && key.mods.shift);
  EXPECT_EQ(std::get<WaitStep>(steps.value()[2].what).frames, 3);
}

TEST(ScriptLines, take_places_by_pixel_and_by_name) {
  const auto steps = parse_script("click 10 20.5\nclick Show all\nwheel -2 at lanes\nShift+drag 1 2 3 4\nCtrl+wheel 1", "x");
  ASSERT_TRUE(steps.ok()) << steps.error().message;
  EXPECT_EQ(std::get<ImVec2>(std::get<ClickStep>(steps.value()[0].what).at).y, 20.5F);
  EXPECT_EQ(std::get<std::string>(std::get<ClickStep>(steps.value()[1].what).at), "Show all");
  EXPECT_EQ(std::get<std::string>(*std::get<WheelStep>(steps.value()[2].what).at), "lanes");
  EXPECT_TRUE(std::get<DragStep>(steps.value()[3].what).mods.shift);
  EXPECT_TRUE(std::get<WheelStep>(steps.value()[4].what).mods.ctrl);
}

TEST(ScriptLines, bad_ones_are_named_by_file_line_and_cause) {
  EXPECT_EQ(complaint("wait 2\n\ndo view.whle\n"), "x.script:3: no command view.whle; did you mean view.whole?");
  EXPECT_EQ(complaint("clik 1 2"), "x.script:1: no step clik; did you mean click?");
  EXPECT_NE(complaint("key Ctrl+Foo").find("no key Ctrl+Foo"), std::string::npos);
  EXPECT_NE(complaint("drag 1 2 3").find("drag wants"), std::string::npos);
  EXPECT_NE(complaint("wheel up").find("wheel wants"), std::string::npos);
  EXPECT_NE(complaint("wheel 1 here").find("wheel wants"), std::string::npos);
  EXPECT_NE(complaint("wait -1").find("wait wants"), std::string::npos);
  EXPECT_NE(complaint("wait forever").find("wait wants"), std::string::npos);
  EXPECT_NE(complaint("size 10x10").find("size wants"), std::string::npos);
  EXPECT_NE(complaint("click").find("wants something"), std::string::npos);
  EXPECT_NE(complaint("shot").find("wants something"), std::string::npos);
  EXPECT_NE(complaint("shot-of lanes").find("a place and a file"), std::string::npos);
  EXPECT_NE(complaint("open").find("open wants"), std::string::npos);
  EXPECT_NE(complaint("type \xff").find("UTF-8"), std::string::npos);
  EXPECT_EQ(complaint("# nothing\n"), "x.script: has no steps");
}

TEST_F(Script, exits_with_2_for_a_bad_line_3_for_no_file_and_1_for_what_is_not_met) {
  EXPECT_EQ(play("do nothing.known\n"), 2);
  EXPECT_EQ(play("wait 1\n", {"/no/such/file"}), 3);
  EXPECT_EQ(play("expect Drop a capture here\nexpect-not Causes\n"), 0);
  EXPECT_EQ(play("expect Causes\n"), 1);
  EXPECT_EQ(play("click no-such-place\n"), 1);
  EXPECT_EQ(play("do view.whole\n"), 1) << "nothing is open";
  EXPECT_EQ(play("shot /no/such/folder/x.png\n"), 1);
  EXPECT_EQ(play("wait 1\n", {"--screenshot", dir_ + "/x.png", sample("instrumented/app.ndjson")}), 2);
  const char* const missing[] = {"uptrail-viewer", "--script", "/no/such.script"};
  EXPECT_EQ(run(3, missing), 3);
}

TEST_F(Script, clicks_types_and_sees_what_a_person_would) {
  EXPECT_EQ(play("expect Causes\n"
                 "key Ctrl+F\n"
                 "type upload\n"
                 "expect results\n"
                 "key Esc\n"
                 "click tab-Sources\n"
                 "expect app.ndjson\n"
                 "click Notes\n"
                 "expect No notes yet.\n"
                 "key ?\n"
                 "expect All commands\n"
                 "key Esc\n"
                 "expect-not All commands\n"
                 "key Ctrl+C\n"
                 "expect-copied Evidence\n"
                 "do look.theme\n"
                 "do look.larger\n"
                 "expect Causes\n"
                 "wheel 3 at lanes\n"
                 "drag 800 300 700 300\n"
                 "size 1000x700\n"
                 "expect Causes\n",
                 capture()),
            0);
}

TEST_F(Script, asks_in_sql_and_follows_a_row) {
  EXPECT_EQ(play("key 3\n"
                 "type SELECT finding_id, rule FROM v_findings ORDER BY finding_id DESC LIMIT 1\n"
                 "key Ctrl+Enter\n"
                 "expect 1 row\n"
                 "click row-0\n"
                 "do query.copy_csv\n"
                 "expect-copied finding_id,rule\n"
                 "key 3\n"
                 "key Ctrl+A\n"
                 "type SELECT nope\n"
                 "key Ctrl+Enter\n"
                 "expect Line 1, column 8: no such column: nope\n",
                 capture()),
            0);
}

TEST_F(Script, of_the_docs_walks_from_the_capture_to_the_line_that_proves_it) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(dir_);
  EXPECT_EQ(play(test::read_file(test::source_path("assets/scripts/proof.script")), capture()), 0);
  std::filesystem::current_path(before);
  for (const char* name : {"/proof-1.png", "/proof-2.png", "/proof-3.png"}) {
    EXPECT_GT(test::read_file(dir_ + name).size(), 100'000U) << name;
  }
}

TEST_F(Script, takes_pictures_of_a_place_and_clicks_nothing_that_is_out_of_sight) {
  const std::string all = dir_ + "/all.png";
  const std::string part = dir_ + "/part.png";
  ASSERT_EQ(play("shot " + all + "\nshot-of log " + part + "\n", capture()), 0);
  EXPECT_LT(test::read_file(part).size(), test::read_file(all).size());
  EXPECT_EQ(play("shot-of nowhere " + part + "\n", capture()), 1);
  EXPECT_EQ(play("size 1600x1000\nclick cause-4\n", capture()), 0);
  EXPECT_EQ(play("size 1600x400\nclick cause-4\n", capture()), 1) << "it is below the end of its panel";
}

// The pictures of docs/images/panels are made by it (./dev pictures).
TEST_F(Script, of_the_panels_shows_every_one) {
  const auto before = std::filesystem::current_path();
  for (const char* name : {"instrumented/app.ndjson", "instrumented/system.log", "stores/stores.ndjson"}) {
    const std::filesystem::path from = sample(name);
    std::filesystem::copy_file(from, dir_ + "/" + from.filename().string());
  }
  std::filesystem::current_path(dir_);
  const char* const plain[] = {"uptrail-viewer", "--script", UPTRAIL_SOURCE_DIR "/assets/scripts/panels.script"};
  const int code = run(3, plain);
  std::filesystem::current_path(before);
  EXPECT_EQ(code, 0);
  std::size_t pictures = 0;
  for (const auto& file : std::filesystem::directory_iterator(dir_)) {
    if (file.path().extension() == ".png" && file.file_size() > 1000) ++pictures;
  }
  EXPECT_EQ(pictures, 23U);
}

TEST_F(Script, gives_the_same_pictures_every_time) {
  const auto text = [&](const std::string& name) {
    return "key N\nclick log\nwheel -4 at lanes\nkey Ctrl+F\ntype task\nshot " + dir_ + "/" + name +
           "-1.png\nkey Esc\nkey 0\nshot " + dir_ + "/" + name + "-2.png\n";
  };
  ASSERT_EQ(play(text("a"), capture()), 0);
  ASSERT_EQ(play(text("b"), capture()), 0);
  for (const char* n : {"-1.png", "-2.png"}) {
    const std::string picture = test::read_file(dir_ + "/a" + n);
    EXPECT_GT(picture.size(), 10'000U);
    EXPECT_EQ(picture, test::read_file(dir_ + "/b" + n));
  }
}

}  // namespace
}  // namespace uptrail::viewer
