#include "collector/pipeline/collect.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace uptrail {
namespace {

constexpr std::string_view kHealthy = R"(
0 @fg
1 @task X1 U1
30 @done X1 U1
)";

TEST(CollectText, rebuilds_the_task_session_and_upload_of_a_script) {
  const auto reader = collect_text(kHealthy, "healthy.scn");
  ASSERT_TRUE(reader.ok()) << reader.error().text();
  const auto derived = (*reader)->derived();
  ASSERT_TRUE(derived.ok()) << derived.error().text();
  ASSERT_EQ(derived->units.size(), 1U);
  EXPECT_EQ(derived->units[0].bundle, "com.example.app");
  EXPECT_EQ(derived->units[0].title, "App");
  ASSERT_EQ(derived->sessions.size(), 1U);
  EXPECT_EQ(derived->sessions[0].identifier, "up");
  ASSERT_EQ(derived->tasks.size(), 1U);
  EXPECT_EQ(derived->tasks[0].uuid, Uuid::from_name("X1"));
  ASSERT_EQ(derived->uploads.size(), 1U);
  EXPECT_EQ(derived->uploads[0].name, "U1");
  EXPECT_EQ(derived->outcome, Outcome::ok) << derived->outcome_reason;
}

}  // namespace
}  // namespace uptrail
