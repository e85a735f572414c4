#include "collector/report/compare.h"

#include <gtest/gtest.h>

#include "collector/base/text.h"
#include "sample_case.h"
#include "tests/support/files.h"
#include "tests/support/json_schema.h"

namespace uptrail {
namespace {

CheckData gather(test::FakeCase fake) {
  auto data = gather_check(fake);
  EXPECT_TRUE(data.ok());
  return data.take();
}

// The sample after a change: upload 17 is through, another run's upload 19 takes the place of 18, its rules looked.
test::FakeCase changed() {
  test::FakeCase fake = test::sample_case();
  Derived& d = fake.result;
  d.findings.pop_back();
  d.findings[0].fingerprint = "9999999999999999";
  d.findings[0].folded_into = {};
  d.causes[0].main = {0};
  d.causes[0].findings = {{0}};
  d.uploads[0].outcome = UploadOutcome::succeeded;
  d.uploads[1].name = "19";
  d.tasks[0].created = test::kSampleStart;
  d.tasks[0].delivered = test::kSampleStart + seconds(9);
  d.tallies = {{UnitId{0}, "completed-task-adopted", 0, 3, 0, 0}};
  return fake;
}

TEST(Compare, pairs_uploads_by_name_then_by_its_shape) {
  const CheckData a = gather(test::sample_case());
  const CheckData b = gather(changed());
  const CaseComparison c = compare_cases(a, b);
  ASSERT_EQ(c.uploads.size(), 2U);
  EXPECT_EQ(c.uploads[0].name, "17");
  EXPECT_FALSE(c.uploads[0].ends_alike());
  ASSERT_TRUE(c.uploads[0].b);
  EXPECT_EQ(c.uploads[0].b->duration, seconds(9));
  EXPECT_EQ(c.uploads[0].a->duration, std::nullopt) << "its end is not known";
  ASSERT_TRUE(c.uploads[1].b) << "18 and 19 are numbers of two runs";
  EXPECT_EQ(c.uploads[1].b->label, "19");
}

TEST(Compare, an_upload_of_one_capture_only_stands_alone) {
  test::FakeCase other = changed();
  other.result.uploads[1].name = "avatar";
  const CaseComparison c = compare_cases(gather(test::sample_case()), gather(other));
  ASSERT_EQ(c.uploads.size(), 3U);
  EXPECT_FALSE(c.uploads[1].b);
  EXPECT_FALSE(c.uploads[2].a);
  EXPECT_EQ(c.uploads[2].name, "avatar");
}

TEST(Compare, findings_are_new_same_or_gone) {
  const CheckData a = gather(test::sample_case());
  const CheckData b = gather(changed());
  const CaseComparison there = compare_cases(a, b);
  EXPECT_EQ(there.fresh.size(), 0U);
  ASSERT_EQ(there.same.size(), 1U) << "another id, the same key";
  ASSERT_EQ(there.gone.size(), 1U);
  EXPECT_TRUE(there.gone[0].fixed);
  const CaseComparison back = compare_cases(b, a);
  EXPECT_EQ(back.fresh.size(), 1U);
  EXPECT_EQ(back.gone.size(), 0U);
}

TEST(Compare, prints_as_agreed) {
  const CheckData a = gather(test::sample_case());
  const CheckData b = gather(changed());
  const CaseComparison c = compare_cases(a, b);
  const ComparedNames names{"before\x1b[31m", "after"};
  test::expect_golden("report/compare.txt", compare_text(c, names, {}));
  const std::string json = compare_json(c, names);
  test::expect_golden("report/compare.json", json);
  EXPECT_EQ(test::schema_problems("schemas/compare.schema.json", json), "");
}

}  // namespace
}  // namespace uptrail
