// Pictures for people: written beside the build, looked at by hand. What is checked is only that they are not blank.
#include <gtest/gtest.h>

#include <set>

#include "tests/support/files.h"
#include "tests/viewer/support/sample_case.h"
#include "tests/viewer/support/ui_driver.h"

namespace uptrail::viewer {
namespace {

std::size_t colours(const Image& image) { return std::set<std::uint32_t>(image.pixels.begin(), image.pixels.end()).size(); }

void shoot(test::UiDriver& ui, const std::string& name) {
  const Image image = ui.picture();
  EXPECT_GT(colours(image), 40U);
  EXPECT_TRUE(write_png(image, test::scratch_dir() + "/" + name + ".png").ok());
}

class Shot : public testing::TestWithParam<ThemeKind> {};

TEST_P(Shot, case_with_causes) {
  test::UiDriver ui(GetParam());
  ui.show(test::sample_case());
  show_page(test::sample_page(*ui.state.data), ui.state);
  ui.frame(4);
  shoot(ui, std::string(theme_name(GetParam())));
}

TEST_P(Shot, whole_of_a_case) {
  test::UiDriver ui(GetParam());
  ui.show(test::sample_case());
  show_page(test::sample_page(*ui.state.data), ui.state);
  ui.key(Key::zero);
  shoot(ui, std::string(theme_name(GetParam())));
}

TEST_P(Shot, nothing_open) {
  test::UiDriver ui(GetParam());
  ui.frame(3);
  shoot(ui, std::string(theme_name(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Themes, Shot, testing::Values(ThemeKind::dark, ThemeKind::light),
                         [](const auto& kind) { return std::string(theme_name(kind.param)); });

}  // namespace
}  // namespace uptrail::viewer
