#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "collector/model/event.h"

namespace uptrail::test {
namespace {

TEST(FieldsCodec, gives_back_every_type) {
  Fields fields;
  fields.set(Field::identifier, std::string("a \"quoted\" \\ name\n\t\x01 \xF0\x9F\x98\x80"));
  fields.set(Field::id, std::numeric_limits<std::int64_t>::min());
  fields.set(Field::sent, std::numeric_limits<std::int64_t>::max());
  fields.set(Field::seconds, 0.1);
  fields.set(Field::offset, -2.0);
  fields.set(Field::delta, 1e300);
  fields.set(Field::complete, true);
  fields.set(Field::lossy, false);
  fields.set(Field::uuid, Uuid::from_name("X1"));
  fields.set(Field::taken_at, TimeNs{1'763'470'863'123'456'789});
  fields.set(Field::kinds, std::vector<std::string>{"task.*", "", "\xC3\xA9"});
  fields.set(Field::scope_bundles, std::vector<std::string>{});
  TaskListing full{Uuid::from_name("X2"), 7, "running", "17", "https://e/\"x\"", 5, -1, -999};
  fields.set(Field::tasks, std::vector<TaskListing>{full, TaskListing{}});
  const auto json = encode_fields(fields);
  const auto back = decode_fields(json);
  ASSERT_TRUE(back.has_value()) << json;
  EXPECT_EQ(*back, fields) << json;
}

TEST(FieldsCodec, empty_fields_are_an_empty_object) {
  EXPECT_EQ(encode_fields({}), "{}");
  EXPECT_EQ(decode_fields("{}"), Fields());
  EXPECT_EQ(decode_fields(" { } "), Fields());
  Fields no_tasks;
  no_tasks.set(Field::tasks, std::vector<TaskListing>{});
  EXPECT_EQ(decode_fields(encode_fields(no_tasks)), no_tasks);
}

TEST(FieldsCodec, whole_reals_stay_reals_and_what_is_no_number_is_left_out) {
  Fields fields;
  fields.set(Field::seconds, 3.0);
  fields.set(Field::offset, std::nan(""));
  fields.set(Field::delta, std::numeric_limits<double>::infinity());
  EXPECT_EQ(encode_fields(fields), "{\"seconds\":3.0}");
}

TEST(FieldsCodec, reads_plain_json_of_that_shape) {
  const auto back = decode_fields(
      "{ \"identifier\" : \"\\u0041\\ud83d\\ude00\\/\\ud800\", \"unknown\":[\"x\"], \"id\": 7 , \"seconds\":1e2, \"desc\":null "
      "}");
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->text(Field::identifier), "A\xF0\x9F\x98\x80/\xEF\xBF\xBD");
  EXPECT_EQ(back->integer(Field::id), 7);
  EXPECT_EQ(back->real(Field::seconds), 100.0);
  EXPECT_EQ(back->all().size(), 3U);
}

TEST(FieldsCodec, malformed_text_gives_nothing) {
  for (const char* bad : {"",
                          "{",
                          "}",
                          "[]",
                          "{\"id\"}",
                          "{\"id\":}",
                          "{\"id\":1,}",
                          "{\"id\":1}x",
                          "{\"id\":1 \"desc\":2}",
                          "{\"id\":tru}",
                          "{\"id\":1.2.3}",
                          "{\"id\":1e999}",
                          "{\"id\":--1}",
                          "{\"desc\":\"a}",
                          "{\"desc\":\"\\x\"}",
                          "{\"desc\":\"\\u12\"}",
                          "{\"desc\":\"\\",
                          "{\"kinds\":[\"a\"",
                          "{\"kinds\":[1]}",
                          "{\"kinds\":[[\"a\"]]}",
                          "{\"tasks\":[{\"desc\":[\"a\"]}]}",
                          "{\"tasks\":[{}, \"a\"]}",
                          "{\"id\":{}}",
                          "{\"desc\":\"\xff\"}",
                          "{id:1}"}) {
    EXPECT_FALSE(decode_fields(bad).has_value()) << bad;
  }
}

TEST(FieldsCodec, depth_and_length_are_bounded) {
  std::string deep = "{\"tasks\":";
  for (int i = 0; i < 100000; ++i) deep += "[";
  EXPECT_FALSE(decode_fields(deep).has_value());
  std::string many = "{\"kinds\":[\"a\"";
  for (int i = 0; i < 100001; ++i) many += ",\"a\"";
  EXPECT_FALSE(decode_fields(many + "]}").has_value());
}

TEST(FieldsCodec, every_truncation_is_refused) {
  Fields fields;
  fields.set(Field::desc, std::string("a\nb"));
  fields.set(Field::tasks, std::vector<TaskListing>{{Uuid::from_name("X"), 1, "running", "d", "u", 1, 2, 3}});
  const auto json = encode_fields(fields);
  for (std::size_t n = 0; n < json.size(); ++n) {
    EXPECT_FALSE(decode_fields(std::string_view(json).substr(0, n)).has_value()) << n;
  }
}

}  // namespace
}  // namespace uptrail::test
