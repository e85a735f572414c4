#include "viewer/load/comparison.h"

#include <gtest/gtest.h>

namespace uptrail::viewer {
namespace {

LoadedCase case_with(const std::vector<std::pair<std::string, UploadOutcome>>& uploads,
                     const std::string& bundle = "com.example.shoebox") {
  LoadedCase data;
  Unit unit;
  unit.id = UnitId{0};
  unit.bundle = bundle;
  data.derived.units.push_back(unit);
  for (const auto& [name, outcome] : uploads) {
    Upload upload;
    upload.id = UploadId{static_cast<std::uint32_t>(data.derived.uploads.size())};
    upload.unit = UnitId{0};
    upload.name = name;
    upload.outcome = outcome;
    data.derived.uploads.push_back(upload);
  }
  return data;
}

using O = UploadOutcome;

TEST(CompareUploads, pairs_by_name_and_keeps_those_that_end_differently) {
  const LoadedCase a = case_with({{"one", O::succeeded}, {"two", O::affected}, {"three", O::failed}});
  const LoadedCase b = case_with({{"three", O::failed}, {"two", O::succeeded}, {"four", O::running}});
  const UploadDifferences d = compare_uploads(a, b);
  ASSERT_EQ(d.differ.size(), 1U);
  EXPECT_EQ(d.differ[0].name, "two");
  EXPECT_EQ(d.differ[0].a, UploadId{1});
  EXPECT_EQ(d.differ[0].b, UploadId{1});
  EXPECT_EQ(d.same, 1U);
  ASSERT_EQ(d.only_a.size(), 1U);
  EXPECT_EQ(d.only_a[0].name, "one");
  EXPECT_FALSE(d.only_a[0].b.has_value());
  ASSERT_EQ(d.only_b.size(), 1U);
  EXPECT_EQ(d.only_b[0].name, "four");
}

TEST(CompareUploads, equal_names_go_together_in_their_order) {
  const LoadedCase a = case_with({{"x", O::succeeded}, {"x", O::failed}, {"x", O::running}});
  const LoadedCase b = case_with({{"x", O::succeeded}, {"x", O::cancelled}});
  const UploadDifferences d = compare_uploads(a, b);
  EXPECT_EQ(d.same, 1U);
  ASSERT_EQ(d.differ.size(), 1U);
  EXPECT_EQ(d.differ[0].a, UploadId{1});
  EXPECT_EQ(d.differ[0].b, UploadId{1});
  ASSERT_EQ(d.only_a.size(), 1U);
  EXPECT_EQ(d.only_a[0].a, UploadId{2});
}

TEST(CompareUploads, another_app_is_another_upload) {
  const UploadDifferences d =
      compare_uploads(case_with({{"x", O::succeeded}}), case_with({{"x", O::succeeded}}, "com.example.other"));
  EXPECT_EQ(d.same, 0U);
  EXPECT_EQ(d.only_a.size(), 1U);
  EXPECT_EQ(d.only_b.size(), 1U);
}

TEST(CompareUploads, begins_with_the_first_task_else_with_the_case) {
  LoadedCase data = case_with({});
  data.scene.seen = {TimeNs{100}, TimeNs{900}};
  EXPECT_EQ(first_task_moment(data), TimeNs{100});
  Task task;
  task.seen = {TimeNs{300}, TimeNs{400}};
  data.derived.tasks.push_back(task);
  task.seen = {TimeNs{200}, TimeNs{400}};
  data.derived.tasks.push_back(task);
  EXPECT_EQ(first_task_moment(data), TimeNs{200});
}

}  // namespace
}  // namespace uptrail::viewer
