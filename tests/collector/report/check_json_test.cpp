#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report_of.h"
#include "sample_case.h"
#include "tests/support/files.h"
#include "tests/support/json_schema.h"

namespace uptrail {
namespace {

std::string json_of(test::FakeCase fake) {
  const auto data = gather_check(fake);
  EXPECT_TRUE(data.ok());
  return test::check_with({}, data.value(), [](const CheckReport& r) { return check_json(r); });
}

TEST(CheckJson, prints_the_sample_as_agreed_and_twice_the_same) {
  const std::string once = json_of(test::sample_case());
  test::expect_golden("report/check.json", once);
  EXPECT_EQ(once, json_of(test::sample_case()));
}

TEST(CheckJson, fits_its_schema) {
  EXPECT_EQ(test::schema_problems("schemas/check.schema.json", json_of(test::sample_case())), "");
  EXPECT_EQ(test::schema_problems("schemas/check.schema.json", json_of({})), "");
}

TEST(CheckJson, tells_what_became_of_members_of_archives) {
  test::FakeCase fake = test::sample_case();
  Contents c;
  c.path = "x.tar.gz";
  c.format = "tar, gzip";
  c.groups.push_back({MemberFate::used, 2, "", "", "", {"x.tar.gz!/a", "x.tar.gz!/b"}});
  c.groups.push_back({MemberFate::encrypted, 1, "", "with a password", "", {"x.tar.gz!/c"}});
  fake.contents_list = {c};
  const std::string json = json_of(fake);
  EXPECT_EQ(test::schema_problems("schemas/check.schema.json", json), "");
  const auto root = nlohmann::json::parse(json);
  EXPECT_EQ(root["contents"][0]["members"], 3);
  EXPECT_EQ(root["contents"][0]["groups"][1]["fate"], "encrypted");
}

TEST(CheckJson, schema_test_notices_a_wrong_object) {
  EXPECT_NE(test::schema_problems("schemas/check.schema.json", "{\"schema\": \"uptrail.check/1\"}"), "");
  EXPECT_NE(test::schema_problems("schemas/check.schema.json", "[]"), "");
}

TEST(CheckJson, keeps_the_order_of_keys) {
  const auto root = nlohmann::ordered_json::parse(json_of(test::sample_case()));
  std::string keys;
  for (const auto& item : root.items()) keys += item.key() + " ";
  EXPECT_EQ(keys, "schema outcome judgement sources counts causes findings undetermined ");
  keys.clear();
  for (const auto& item : root["findings"][0].items()) keys += item.key() + " ";
  EXPECT_EQ(keys,
            "id key baseline rule severity confidence subject time_ns title explanation remedy evidence missing numbers searched "
            "clears_if "
            "folded_into ");
}

TEST(CheckJson, gives_no_utc_time_for_a_clock_without_date) {
  test::FakeCase fake = test::sample_case();
  for (Stream& s : fake.stream_list) s.placed = false;
  const auto root = nlohmann::json::parse(json_of(fake));
  EXPECT_TRUE(root["findings"][0]["time_ns"].is_null());
  EXPECT_TRUE(root["findings"][0]["searched"][0]["from_ns"].is_null());
}

TEST(CheckJson, says_of_each_source_what_its_clock_is_worth) {
  test::FakeCase fake = test::sample_case();
  Source& s = fake.source_list[0];
  s.path = "logs/it's mine.log";
  s.clock = ClockKind::floating;
  s.clock_info.traits = {DateShown::month_day, seconds(1), {}, {}};
  s.clock_info.placed_by = PlacedBy::nothing;
  s.clock_info.uncertainty = seconds(1);
  s.clock_info.suggested_date = "2026+HH:MM";
  s.clock_info.suggested_why = "a reason";
  const std::string text = json_of(fake);
  EXPECT_EQ(test::schema_problems("schemas/check.schema.json", text), "");
  const auto clock = nlohmann::json::parse(text)["sources"][0]["clock"];
  EXPECT_EQ(clock["kind"], "floating");
  EXPECT_EQ(clock["date"], "month and day");
  EXPECT_EQ(clock["placed_by"], "nothing");
  EXPECT_TRUE(clock["offset_ns"].is_null());
  EXPECT_EQ(clock["uncertainty_ns"], 1'000'000'000);
  EXPECT_EQ(clock["suggestion"]["option"], "--date 'it'\\''s mine.log=2026+HH:MM'");
  s.clock_info.placed_by = PlacedBy::tasks;
  s.clock_info.offset = DurationNs{-5};
  const auto placed = nlohmann::json::parse(json_of(fake))["sources"][0]["clock"];
  EXPECT_EQ(placed["offset_ns"], -5);
  EXPECT_TRUE(placed["placed_as"].is_null());
}

TEST(CheckJson, limits_subjects_but_not_the_count) {
  test::FakeCase fake = test::sample_case();
  fake.result.undetermined.assign(250, fake.result.undetermined[0]);
  const auto root = nlohmann::json::parse(json_of(fake));
  EXPECT_EQ(root["undetermined"][0]["count"], 250);
  EXPECT_EQ(root["undetermined"][0]["subjects"].size(), 100U);
}

TEST(CheckJson, stays_valid_with_broken_utf8_and_odd_numbers) {
  test::FakeCase fake = test::sample_case();
  fake.result.findings[0].title = "bad \xff\xfe";
  fake.result.findings[0].numbers[0].value = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(nlohmann::json::accept(json_of(fake)));
}

}  // namespace
}  // namespace uptrail
