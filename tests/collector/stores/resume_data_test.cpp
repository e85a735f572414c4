#include "collector/stores/resume_data.h"

#include "collector/plist/build.h"
#include "collector/plist/document.h"
#include "tests/collector/stores/store_fixture.h"

namespace uptrail::test {
namespace {

using plist::ArchiveBuilder;
using plist::Builder;

// Synthetic resume data, made from the documented keys (docs/formats/resume_data.md).
std::string request(const std::string& url, const std::string& method) {
  ArchiveBuilder archive;
  const auto root = archive.request(url, method);
  return archive.bytes(root, "NSKeyedArchiveRootObjectKey");
}

std::string plain_download() {
  Builder b;
  const auto entry = [&b](const std::string& key, plist::Made value) { return std::pair(b.string(key), value); };
  const auto root =
      b.dict({entry("NSURLSessionDownloadURL", b.string("https://example.com/film.mov")),
              entry("NSURLSessionResumeBytesReceived", b.integer(68188)),
              entry("NSURLSessionResumeOriginalRequest", b.data(request("https://example.com/film.mov", "GET"))),
              entry("NSURLSessionResumeEntityTag", b.string("\"abc\"")), entry("NSURLSessionResumeInfoVersion", b.integer(2)),
              entry("NSURLSessionResumeInfoTempFileName", b.string("CFNetworkDownload_a1.tmp")),
              entry("NSURLSessionResumeServerDownloadDate", b.string("Thu, 18 Jan 2018 08:17:21 GMT"))});
  return b.bytes(root);
}

std::string archived_download(std::int64_t received) {
  ArchiveBuilder archive;
  const auto inner = archive.plain_data(request("https://example.com/film.mov", "POST"));
  const auto url = archive.text("https://example.com/film.mov");
  const auto count = archive.number(received);
  const auto version = archive.number(4);
  const auto file = archive.text("CFNetworkDownload_b2.tmp");
  const auto root = archive.dictionary({{"NSURLSessionDownloadURL", url},
                                        {"NSURLSessionResumeBytesReceived", count},
                                        {"NSURLSessionResumeInfoVersion", version},
                                        {"NSURLSessionResumeInfoTempFileName", file},
                                        {"NSURLSessionResumeCurrentRequest", inner}});
  return archive.bytes(root);
}

std::string scrambled(std::string bytes) {
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ 0xA5);
  }
  return bytes;
}

std::string upload(bool with_request, const std::string& held = "") {
  ArchiveBuilder archive;
  std::vector<std::pair<std::string, ArchiveBuilder::Uid>> members = {
      {"draftVersion", archive.text("6")}, {"resumeURL", archive.url("https://example.com/uploads/17")}};
  if (held.empty()) {
    members.emplace_back("bodyType", archive.number(1));
    members.emplace_back("uploadFile", archive.url("file:///private/body.bin"));
  } else {
    members.emplace_back("bodyType", archive.number(0));
    members.emplace_back("uploadData", archive.plain_data(held));
  }
  if (with_request) {
    members.emplace_back("originalRequest", archive.request("https://example.com/upload", "POST"));
  }
  const auto root = archive.dictionary(members);
  return archive.bytes(root);
}

class ResumeDataTest : public StoreFixture {
 protected:
  CollectedStore read_bytes(const std::string& bytes) {
    write_file(files_.private_path, bytes);
    EXPECT_TRUE(store_.may_be(std::string_view(bytes).substr(0, kStoreHeadBytes)));
    return read(store_);
  }
  ResumeDataFile store_;
};

TEST_F(ResumeDataTest, every_form) {
  std::string all;
  for (const auto& [name, bytes] :
       {std::pair("plain download", plain_download()), std::pair("archived download", archived_download(5)),
        std::pair("upload of a file", upload(true)), std::pair("upload of data", upload(true, "0123456789")),
        std::pair("upload, scrambled", scrambled(upload(false)))}) {
    const auto got = read_bytes(bytes);
    EXPECT_TRUE(got.issues.empty()) << name;
    EXPECT_EQ(stats_.matched, 1U);
    all += std::string("== ") + name + "\n" + got.text();
  }
  expect_golden("stores/resume_data.txt", all);
}

TEST_F(ResumeDataTest, xml_as_older_systems_wrote_it) {
  const auto got = read_bytes(R"(<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>NSURLSessionDownloadURL</key><string>https://example.com/a</string>
<key>NSURLSessionResumeBytesReceived</key><integer>12</integer>
<key>NSURLSessionResumeInfoLocalPath</key><string>/tmp/a.tmp</string></dict></plist>)");
  ASSERT_EQ(got.events.size(), 2U);
  EXPECT_EQ(got.events[0].fields.text(Field::file), "/tmp/a.tmp");
  EXPECT_EQ(got.events[0].fields.integer(Field::bytes), 12);
}

TEST_F(ResumeDataTest, the_real_one) {
  UPTRAIL_NEED_REAL(path, "stores/blog-resumeData-iOS10/resumeData_ios10_download.plist");
  const auto got = read_bytes(read_file(path));
  EXPECT_TRUE(got.issues.empty());
  ASSERT_EQ(got.events.size(), 2U);
  const Fields& fields = got.events[0].fields;
  EXPECT_EQ(fields.integer(Field::bytes), 68188);
  EXPECT_EQ(fields.text(Field::method), "GET");
  EXPECT_EQ(fields.text(Field::file).substr(0, 18), "CFNetworkDownload_");
  EXPECT_NE(fields.text(Field::text).find("ETag"), std::string_view::npos);
  EXPECT_EQ(fields.text(Field::url).substr(0, 7), "http://");
}

TEST_F(ResumeDataTest, what_cannot_be_read_is_told_and_the_rest_kept) {
  Builder b;
  const auto key = [&b](const std::string& text) { return b.string(text); };
  const auto root = b.dict({{key("NSURLSessionDownloadURL"), b.string("https://example.com/a")},
                            {key("NSURLSessionResumeBytesReceived"), b.integer(-1)},
                            {key("NSURLSessionResumeCurrentRequest"), b.data("no archive")}});
  const auto got = read_bytes(b.bytes(root));
  ASSERT_EQ(got.events.size(), 2U);
  EXPECT_EQ(got.events[0].fields.text(Field::url), "https://example.com/a");
  EXPECT_FALSE(got.events[0].fields.has(Field::bytes));
  EXPECT_TRUE(got.has(IssueKind::damaged, "NSURLSessionResumeCurrentRequest cannot be read"));
  EXPECT_TRUE(got.has(IssueKind::damaged, "NSURLSessionResumeBytesReceived cannot be read"));
}

TEST_F(ResumeDataTest, others_are_refused_with_a_reason) {
  ArchiveBuilder archive;
  const auto url = archive.text("https://example.com");
  const std::string other = archive.bytes(archive.dictionary({{"resumeURL", url}}));
  EXPECT_FALSE(store_.may_be(other));
  EXPECT_FALSE(store_.may_be("NSKeyedArchiver resumeURL draftVersion in a log\n"));
  EXPECT_FALSE(store_.may_be("NSURLSessionResumeBytesReceived = 5\n"));
  EXPECT_FALSE(store_.may_be(""));
  std::string why;
  write_file(files_.private_path, other);
  EXPECT_FALSE(*store_.probe(files_, why));
  EXPECT_NE(why.find("without NSURLSessionResumeBytesReceived"), std::string::npos) << why;
  const std::string whole = scrambled(upload(true));
  for (std::size_t size = 0; size < whole.size(); size += 41) {
    write_file(files_.private_path, whole.substr(0, size));
    EXPECT_FALSE(*store_.probe(files_, why)) << size;
    EXPECT_FALSE(why.empty());
    CollectedStore sink;
    const auto result = store_.read(files_, sink);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().path, "shown/store");
  }
}

TEST_F(ResumeDataTest, a_download_is_never_scrambled) {
  std::string why;
  const std::string bytes = scrambled(plain_download());
  EXPECT_FALSE(read_resume_data(plist::as_bytes(bytes), why));
}

}  // namespace
}  // namespace uptrail::test
