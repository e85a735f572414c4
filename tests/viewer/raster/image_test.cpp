#include "viewer/raster/image.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace uptrail::viewer {
namespace {

TEST(Image, writes_a_png_with_signature_and_size) {
  const std::string path = test::scratch_dir() + "/a.png";
  ASSERT_TRUE(write_png(Image(3, 2, 0xFF0000FFU), path).ok());
  const std::string bytes = test::read_file(path);
  ASSERT_GT(bytes.size(), 33U);
  EXPECT_EQ(bytes.substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(bytes.substr(16, 8), std::string("\0\0\0\3\0\0\0\2", 8));
}

TEST(Image, says_which_path_cannot_be_written) {
  const Status status = write_png(Image(1, 1, 0), test::scratch_dir() + "/none/a.png");
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().text().find("none/a.png"), std::string::npos);
}

TEST(Image, refuses_an_empty_picture) { EXPECT_FALSE(write_png(Image(), test::scratch_dir() + "/a.png").ok()); }

}  // namespace
}  // namespace uptrail::viewer
