#include "collector/stores/flutter_uploader.h"

#include "collector/plist/build.h"
#include "tests/collector/stores/store_fixture.h"

namespace uptrail::test {
namespace {

const std::string kSession = "chillisource.flutter_uploader.upload.background";

std::string uuid(int n) { return "4E1B7C52-90AD-4F36-8B11-" + std::string(11, '0') + std::to_string(n); }

// Synthetic entries, made from the documented keys as the system writes XML property lists.
std::string entry(const std::string& task, int status, const std::string& more = "") {
  return "\t<dict>\n" + more + "\t\t<key>status</key>\n\t\t<integer>" + std::to_string(status) +
         "</integer>\n\t\t<key>taskId</key>\n\t\t<string>" + task + "</string>\n\t</dict>\n";
}

std::string number(const std::string& key, int value) {
  return "\t\t<key>" + key + "</key>\n\t\t<integer>" + std::to_string(value) + "</integer>\n";
}
std::string text(const std::string& key, const std::string& value) {
  return "\t\t<key>" + key + "</key>\n\t\t<string>" + value + "</string>\n";
}

std::string results(const std::string& entries) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
         "<plist version=\"1.0\">\n<array>\n" +
         entries + "</array>\n</plist>\n";
}

class FlutterUploaderTest : public StoreFixture {
 protected:
  void make_file(const std::string& bytes) { write_file(files_.private_path, bytes); }
  FlutterUploader store_;
};

TEST_F(FlutterUploaderTest, the_last_entry_of_a_task_counts) {
  std::string all;
  for (int status = 0; status < 7; ++status) {
    all += entry(kSession + "." + uuid(status), status);
  }
  all += entry(kSession + "." + uuid(1), 4,
               text("code", "upload_error") + text("message", "The network connection was lost.") + number("statusCode", 500));
  all += entry(kSession + ".wifi." + uuid(7), 1);
  all += entry(kSession + ".wifi." + uuid(7), 3, number("statusCode", 201));
  all += entry(kSession + "." + uuid(8), 4, text("message", "{\"error\":\"too large\"}") + number("statusCode", 413));
  make_file(results(all));
  const auto got = read(store_);
  EXPECT_EQ(stats_.read, 11U);
  EXPECT_EQ(stats_.matched, 9U);
  EXPECT_EQ(stats_.unparsed, 0U);
  expect_golden("stores/flutter_uploader.txt", got.text());
}

TEST_F(FlutterUploaderTest, entries_that_make_no_sense) {
  make_file(results(
      "<string>x</string>" + entry("", 1) + entry("chillisoure.flutter_uploader." + uuid(1), 9) + entry(kSession + ".17", 2) +
      "<dict><key>taskId</key><integer>7</integer></dict><dict><key>taskId</key><string>solo</string><key>status</key>"
      "<string>done</string></dict>" +
      entry(kSession + "." + uuid(2), 4, text("message", std::string(100'000, 'm')) + text("statusCode", "x"))));
  const auto got = read(store_);
  EXPECT_EQ(stats_.read, 7U);
  EXPECT_EQ(stats_.unparsed, 3U);
  EXPECT_TRUE(got.has(IssueKind::unparsed, "entry 0: is no dictionary"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "entry 1: taskId is missing"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "entry 2: status is none of 0 to 6"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "entry 5: status is no whole number"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "entry 6: statusCode is no whole number"));
  const Event* other = got.row("entry 2");
  ASSERT_NE(other, nullptr);
  EXPECT_FALSE(other->fields.has(Field::identifier)) << "no session of that name exists";
  EXPECT_EQ(other->fields.text(Field::desc), uuid(1));
  const Event* numbered = got.row("entry 3");
  ASSERT_NE(numbered, nullptr);
  EXPECT_FALSE(numbered->fields.has(Field::desc));
  EXPECT_EQ(numbered->fields.text(Field::upload_id), kSession + ".17");
  EXPECT_LT(got.row("entry 6")->fields.text(Field::error).size(), 600U);
  EXPECT_FALSE(got.events.back().fields.boolean(Field::complete).value_or(true));
}

TEST_F(FlutterUploaderTest, a_file_that_is_cut_or_hostile) {
  const std::string whole = results(entry(kSession + "." + uuid(1), 1) + entry(kSession + "." + uuid(2), 3));
  for (const double share : {0.95, 0.6, 0.3, 0.02}) {
    make_file(whole.substr(0, static_cast<std::size_t>(share * static_cast<double>(whole.size()))));
    CollectedStore sink;
    const auto result = store_.read(files_, sink);
    EXPECT_TRUE(!result.ok() || !sink.issues.empty()) << share;
  }
  // One entry, referred to many times over.
  plist::Builder plist;
  const auto one =
      plist.dict({{plist.string("taskId"), plist.string(kSession + "." + uuid(1))}, {plist.string("status"), plist.integer(2)}});
  make_file(plist.bytes(plist.array(std::vector<plist::Made>(100'000, one))));
  const auto got = read(store_);
  EXPECT_EQ(stats_.matched, 1U);
  EXPECT_EQ(stats_.read, 100'000U);
  // An array that is its own first item.
  plist::Builder cyclic;
  const auto self = cyclic.later();
  cyclic.fill_array(self, {self, self});
  make_file(cyclic.bytes(self));
  CollectedStore sink;
  const auto result = store_.read(files_, sink);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->unparsed, 2U);
}

TEST_F(FlutterUploaderTest, is_told_from_other_property_lists) {
  EXPECT_TRUE(store_.may_be(results(entry(kSession + "." + uuid(1), 1))));
  EXPECT_FALSE(store_.may_be(results(entry("other." + uuid(1), 1))));
  EXPECT_FALSE(store_.may_be("taskId status chillisource.flutter_uploader"));
  make_file(
      "<plist><dict><key>taskId</key><string>flutter_uploader</string><key>status</key><integer>1</integer></dict></plist>");
  std::string why;
  EXPECT_TRUE(store_.may_be(read_file(files_.private_path)));
  EXPECT_FALSE(*store_.probe(files_, why));
  EXPECT_EQ(why, "a property list, but no array of entries with taskId and status");
}

}  // namespace
}  // namespace uptrail::test
