#include "collector/base/path_names.h"

#include <gtest/gtest.h>

namespace uptrail {
namespace {

TEST(PathNames, last_part_stands_behind_the_last_separator) {
  EXPECT_EQ(last_part("/private/var/mobile/body.bin"), "body.bin");
  EXPECT_EQ(last_part("body.bin"), "body.bin");
  EXPECT_EQ(last_part("folder/"), "");
  EXPECT_EQ(last_part(""), "");
  EXPECT_EQ(last_part("logs\\device.log"), "logs\\device.log");  // a file name on Apple's systems
  EXPECT_EQ(last_part("logs\\device.log", "/\\"), "device.log");
}

TEST(PathNames, a_folder_is_labelled_by_its_whole_path) {
  EXPECT_EQ(file_label("C:\\logs\\device.log"), "device.log");
  EXPECT_EQ(file_label("capture/"), "capture/");
  EXPECT_EQ(file_label(""), "");
}

}  // namespace
}  // namespace uptrail
