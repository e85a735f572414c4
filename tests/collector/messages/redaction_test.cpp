#include "collector/messages/redaction.h"

#include <gtest/gtest.h>

#include <string>

#include "collector/messages/catalogue.h"
#include "collector/messages/decoder.h"

namespace uptrail {
namespace {

constexpr std::string_view kForms[] = {"<private>", "(null)",      "<REDACTED>",       "<redacted>", "<~~~>",
                                       "<<~~~>",    "<<private>>", "<mask.hash: 'x'>", "xxx",        "*****"};

Decoded decode(std::string_view process, std::string_view line) {
  Decoder decoder(builtin_catalogue().take());
  Decoded out;
  Record record;
  record.process = process;
  record.message = line;
  decoder.decode(record, out);
  return out;
}

TEST(Redaction, whole_values_of_every_form) {
  for (const std::string_view form : kForms) {
    EXPECT_TRUE(is_redacted(form)) << form;
    EXPECT_FALSE(is_redacted("a" + std::string(form))) << form;
  }
  EXPECT_TRUE(is_redacted("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"));
  for (const std::string_view value : {"", "xx", "x", "xxxl", "**", "photos", "<private", "com.example.xxx"}) {
    EXPECT_FALSE(is_redacted(value)) << value;
  }
}

TEST(Redaction, only_what_the_system_hides_marks_a_stream) {
  EXPECT_TRUE(has_hidden_value("client <private> disconnected"));
  EXPECT_TRUE(has_hidden_value("identifier <mask.hash: 'abc'>"));
  EXPECT_FALSE(has_hidden_value("client ***** disconnected <a> < b"));
}

// A hidden identifier, bundle or description would join everything that is hidden.
TEST(Redaction, no_form_becomes_a_key) {
  for (const std::string_view form : kForms) {
    const std::string hidden(form);
    const Decoded created = decode("nsurlsessiond", "Creating session with identifier: " + hidden + " for bundle id: " + hidden);
    ASSERT_EQ(created.events.size(), 1U) << form;
    EXPECT_EQ(created.events[0].bundle, "") << form;
    EXPECT_FALSE(created.events[0].fields.has(Field::identifier)) << form;
    const Decoded mapped = decode("nsurlsessiond", "Task <" + hidden + ">.<7> is for <" + hidden + ">.<" + hidden + ">.<7>");
    ASSERT_EQ(mapped.events.size(), 1U) << form;
    EXPECT_TRUE(mapped.events[0].fields.empty()) << form;
  }
}

TEST(Redaction, event_json_of_an_app_that_hides_its_values) {
  for (const std::string_view form : kForms) {
    const Decoded out =
        decode("Shoebox", R"({"uptrail":1,"kind":"task.create","bundle":")" + std::string(form) + R"(","identifier":")" +
                              std::string(form) + R"(","desc":")" + std::string(form) + R"(","id":3})");
    ASSERT_EQ(out.events.size(), 1U) << form;
    EXPECT_EQ(out.events[0].bundle, "") << form;
    EXPECT_EQ(out.events[0].fields.all().size(), 1U) << form;
  }
}

}  // namespace
}  // namespace uptrail
