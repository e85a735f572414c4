#include "collector/messages/nserror.h"

#include <gtest/gtest.h>

#include <string>

#include "collector/messages/catalogue.h"
#include "collector/messages/decoder.h"

namespace uptrail {
namespace {

constexpr std::string_view kUuid = "4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071";

struct Form {
  std::string text;
  std::string_view domain;
  std::optional<std::int64_t> code;
  std::size_t causes = 0;
};

TEST(NsError, every_printed_form_gives_domain_and_code) {
  const Form forms[] = {
      {"Error Domain=NSURLErrorDomain Code=-1001 \"The request timed out.\"", "NSURLErrorDomain", -1001},
      {"Error Domain=NSURLErrorDomain Code=-1009 \"Es besteht anscheinend \u201ekeine\u201c Verbindung.\" "
       "UserInfo={NSLocalizedDescription=Es besteht keine Verbindung., _kCFStreamErrorCodeKey=50}",
       "NSURLErrorDomain", -1009},
      {"Error Domain=NSURLErrorDomain Code=-1004 \"(null)\" UserInfo={NSUnderlyingError=0x600001 {Error "
       "Domain=kCFErrorDomainCFNetwork Code=-1004 \"(null)\" UserInfo={_kCFStreamErrorCodeKey=61}}, x=1}",
       "NSURLErrorDomain", -1004, 1},
      {"Error Domain=NSURLErrorDomain Code=-1005 UserInfo={NSErrorFailingURLStringKey=<private>}", "NSURLErrorDomain", -1005},
      {"Error Domain=NSURLErrorDomain Code=-1005 UserInfo=<private>", "NSURLErrorDomain", -1005},
      {"Error Domain=NSCocoaErrorDomain Code=260 \"No file.\" UserInfo=0x17e {NSFilePath=/a, NSUnderlyingError=0x17f \"No such "
       "file\"}",
       "NSCocoaErrorDomain", 260},
      {"Error Domain=<private> Code=7", "", 7},
      {"Domain=NSPOSIXErrorDomain Code=28 \"No space left on device\"", "NSPOSIXErrorDomain", 28},
      {"Optional(Error Domain=NSURLErrorDomain Code=-999 \"cancelled\")", "NSURLErrorDomain", -999},
      {"URLError(_nsError: Error Domain=NSURLErrorDomain Code=-997 \"Lost connection\")", "NSURLErrorDomain", -997},
      {"NSURLErrorDomain, -1005", "NSURLErrorDomain", -1005},
      {"(NSURLErrorDomain error -1020.)", "NSURLErrorDomain", -1020},
      {"(error code: -1003 [12:8])", "", -1003},
      {"Error Domain=NSURLErrorDomain Code=", "NSURLErrorDomain", std::nullopt},
      {"Error Domain=NSURLErrorDomain Code=-999 \"canc", "NSURLErrorDomain", -999},
  };
  for (const Form& form : forms) {
    const auto error = parse_nserror(form.text);
    ASSERT_TRUE(error) << form.text;
    EXPECT_TRUE(begins_nserror(form.text)) << form.text;
    EXPECT_EQ(error->domain, form.domain) << form.text;
    EXPECT_EQ(error->code, form.code) << form.text;
    EXPECT_EQ(error->underlying.size(), form.causes) << form.text;
    EXPECT_EQ(error->length, form.text.size()) << form.text;
  }
}

TEST(NsError, other_texts_are_none) {
  for (const std::string_view text : {"", "Error", "Errors were found", "(null)", "Domain", "Domain=", "shoebox, 7",
                                      "NSURLErrorDomain", "NSURLErrorDomain, seven", "error code: "}) {
    EXPECT_FALSE(parse_nserror(text)) << text;
  }
}

TEST(NsError, user_info_of_a_forced_quit_over_many_lines) {
  const std::string text =
      "Error Domain=NSURLErrorDomain Code=-999 \"(null)\" UserInfo={NSErrorFailingURLStringKey=https://up.example.com/a?b=c, "
      "NSURLErrorBackgroundTaskCancelledReasonKey=0,\n\n    _NSURLErrorRelatedURLSessionTaskErrorKey=(\n    \"LocalUploadTask "
      "<9A0C3D1E-55B7-4C28-A6F0-718293A4B5C6>.<1>\"\n), _NSURLErrorFailingURLSessionTaskErrorKey=BackgroundUploadTask <" +
      std::string(kUuid) + ">.<12>}\nupload state: 4 {";
  const auto error = parse_nserror(text);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->cancelled_reason, 0);
  EXPECT_EQ(error->failing_url, "https://up.example.com/a?b=c");
  EXPECT_EQ(error->task, Uuid::parse(kUuid));
  EXPECT_EQ(error->number, 12);
  EXPECT_EQ(error->task_class, "BackgroundUploadTask");
  EXPECT_EQ(text.substr(error->length), "\nupload state: 4 {");
}

TEST(NsError, causes_are_in_order_and_bounded) {
  std::string text = "Error Domain=A Code=0 UserInfo={";
  for (int i = 1; i <= 40; ++i) {
    text += "NSUnderlyingError=0x1 {Error Domain=D" + std::to_string(i) + " Code=" + std::to_string(i) + " UserInfo={";
  }
  const auto error = parse_nserror(text);
  ASSERT_TRUE(error);
  ASSERT_EQ(error->underlying.size(), NsError::kMaxCauses);
  EXPECT_EQ(error->underlying[0].domain, "D1");
  EXPECT_EQ(error->underlying[1].code, 2);
  EXPECT_EQ(error->length, text.size());  // cut
}

// In a catalogue line the reason of another error behind the first one is not this one's.
TEST(NsError, a_line_takes_only_its_own_error) {
  Decoder decoder(builtin_catalogue().take());
  Decoded out;
  Record record;
  record.process = "Shoebox";
  const std::string line =
      "Task <" + std::string(kUuid) +
      ">.<7> finished with error [-1001] Error Domain=NSURLErrorDomain Code=-1001 \"Zeit\u00fcberschreitung\" "
      "UserInfo={a=b}\nearlier: NSURLErrorBackgroundTaskCancelledReasonKey=0";
  record.message = line;
  decoder.decode(record, out);
  ASSERT_EQ(out.events.size(), 1U);
  EXPECT_EQ(out.events[0].fields.text(Field::error_domain), "NSURLErrorDomain");
  EXPECT_EQ(out.events[0].fields.integer(Field::error_code), -1001);
  EXPECT_FALSE(out.events[0].fields.has(Field::reason_key));
}

}  // namespace
}  // namespace uptrail
