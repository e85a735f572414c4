#include "collector/plist/keyed_archive.h"

#include <gtest/gtest.h>

#include "collector/plist/build.h"
#include "collector/plist/foundation.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

using plist::ArchiveBuilder;
using plist::as_bytes;
using plist::KeyedArchive;
using plist::kNoRef;

KeyedArchive opened(const std::string& bytes) {
  auto archive = KeyedArchive::parse(as_bytes(bytes), "x.plist");
  EXPECT_TRUE(archive.ok()) << archive.error().text();
  return archive.take();
}

TEST(KeyedArchive, ValuesOfFoundation) {
  ArchiveBuilder b;
  const auto root =
      b.dictionary({{"text", b.text("hello")},
                    {"number", b.number(42)},
                    {"yes", b.boolean(true)},
                    {"real", b.real(0.5)},
                    {"when", b.date(86400)},
                    {"uuid", b.uuid(std::string_view("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F\x10"))},
                    {"list", b.array({b.text("a"), b.text("b")})},
                    {"nothing", ArchiveBuilder::kNil}});
  const KeyedArchive a = opened(b.bytes(root));
  EXPECT_EQ(a.class_name(a.root()), "NSDictionary");
  EXPECT_EQ(a.text(a.value(a.root(), "text")), "hello");
  EXPECT_EQ(a.integer(a.value(a.root(), "number")), 42);
  EXPECT_EQ(a.boolean(a.value(a.root(), "yes")), true);
  EXPECT_EQ(a.real(a.value(a.root(), "real")), 0.5);
  EXPECT_EQ(format_iso(*a.date(a.value(a.root(), "when")), 0), "2001-01-02T00:00:00Z");
  EXPECT_EQ(a.uuid(a.value(a.root(), "uuid"))->text(), "01020304-0506-0708-090A-0B0C0D0E0F10");
  EXPECT_EQ(a.count(a.value(a.root(), "list")), 2U);
  EXPECT_EQ(a.text(a.item(a.value(a.root(), "list"), 1)), "b");
  EXPECT_EQ(a.value(a.root(), "nothing"), kNoRef);
  EXPECT_EQ(a.value(a.root(), "missing"), kNoRef);
}

TEST(KeyedArchive, UrlsStandOnTheirBase) {
  const auto resolved = [](std::string_view base, std::string_view relative) {
    ArchiveBuilder b;
    const auto below = base.empty() ? ArchiveBuilder::kNil : b.url(base);
    const auto root = b.url(relative, below);
    const KeyedArchive a = opened(b.bytes(root, "any name"));
    return a.url(a.root()).value_or("none");
  };
  EXPECT_EQ(resolved("", "https://example.com/a?b=1"), "https://example.com/a?b=1");
  EXPECT_EQ(resolved("https://example.com/v1/", "files/7"), "https://example.com/v1/files/7");
  EXPECT_EQ(resolved("https://example.com/v1/old?x=/y", "new"), "https://example.com/v1/new");
  EXPECT_EQ(resolved("https://example.com/v1/", "/v2"), "https://example.com/v2");
  EXPECT_EQ(resolved("https://example.com", "v2"), "https://example.com/v2");
  EXPECT_EQ(resolved("file:///var/mobile/", "a.jpg"), "file:///var/mobile/a.jpg");
  EXPECT_EQ(resolved("https://example.com/", "https://other.example/"), "https://other.example/");
}

TEST(KeyedArchive, WhatIsNoArchiveIsSaid) {
  plist::Builder p;
  const auto error = KeyedArchive::parse(as_bytes(p.bytes(p.dict({{p.string("a"), p.integer(1)}}))), "x.plist").error();
  EXPECT_EQ(error.text(), "x.plist: a property list, but no keyed archive: it lacks $objects or $top");
}

TEST(KeyedArchive, CyclesEnd) {
  plist::Builder p;  // $objects[1] is a URL that is its own base; $objects[2] is a UID of itself
  const auto loop = p.dict({{p.string("NS.base"), p.uid(1)}, {p.string("NS.relative"), p.string("x")}});
  const auto objects = p.array({p.string("$null"), loop, p.uid(2)});
  const auto top = p.dict({{p.string("root"), p.uid(1)}, {p.string("other"), p.uid(2)}});
  const KeyedArchive a = opened(p.bytes(p.dict({{p.string("$top"), top}, {p.string("$objects"), objects}})));
  EXPECT_EQ(a.url(a.root()), "x");
  EXPECT_EQ(a.resolve(a.document().item(static_cast<plist::Ref>(objects), 2)), kNoRef);
}

TEST(Foundation, Request) {
  ArchiveBuilder b;
  const auto root = b.request("https://example.com/upload", "PUT", {{"Content-Type", "image/jpeg"}, {"__hhaa__", "YnBsaXN0"}});
  const KeyedArchive a = opened(b.bytes(root));
  const auto facts = plist::request_facts(a, a.root());
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->url, "https://example.com/upload");
  EXPECT_EQ(facts->method, "PUT");
  EXPECT_EQ(facts->timeout_s, 60);
  ASSERT_EQ(facts->headers.size(), 1U) << "the order of the headers is no header";
  EXPECT_EQ(facts->headers[0].second, "image/jpeg");
  EXPECT_FALSE(plist::response_facts(a, a.root()).has_value());
  EXPECT_FALSE(plist::error_facts(a, a.root()).has_value());
}

TEST(Foundation, ErrorWithItsCauses) {
  ArchiveBuilder b;
  const auto inner = b.error("NSPOSIXErrorDomain", 54);
  const auto middle = b.error("kCFErrorDomainCFNetwork", -1005, {{"NSUnderlyingError", inner}});
  const auto root = b.error("NSURLErrorDomain", -1005,
                            {{"NSUnderlyingError", middle},
                             {"NSLocalizedDescription", b.text("Die Verbindung wurde unterbrochen.")},
                             {"NSErrorFailingURLKey", b.url("https://example.com/u")},
                             {"NSURLErrorBackgroundTaskCancelledReasonKey", b.number(0)}});
  const KeyedArchive a = opened(b.bytes(root));
  const auto facts = plist::error_facts(a, a.root());
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->error.domain, "NSURLErrorDomain");
  EXPECT_EQ(facts->error.code, -1005);
  ASSERT_EQ(facts->underlying.size(), 2U);
  EXPECT_EQ(facts->underlying[1].code, 54);
  EXPECT_EQ(facts->description, "Die Verbindung wurde unterbrochen.");
  EXPECT_EQ(facts->failing_url, "https://example.com/u");
  EXPECT_EQ(facts->background_cancel_reason, 0);
}

TEST(Foundation, StatusOnlyWhenOneNumberCanBeIt) {
  const auto status = [](const std::vector<std::int64_t>& numbers) {
    ArchiveBuilder b;
    std::vector<std::pair<std::string, ArchiveBuilder::Uid>> members = {{"part.url", b.url("https://example.com/")}};
    for (const std::int64_t number : numbers) {
      members.emplace_back("part." + std::to_string(members.size()), b.number(number));
    }
    members.emplace_back("part.headers", b.dictionary({{"Server", b.text("x")}}));
    const auto root = b.object("NSHTTPURLResponse", members, {{"version", 8}, {"count", 300}}, "NSURLResponse");
    const KeyedArchive a = opened(b.bytes(root));
    const auto facts = plist::response_facts(a, a.root());
    EXPECT_TRUE(facts && facts->url == "https://example.com/" && facts->headers.size() == 1);
    return facts ? facts->status : std::nullopt;
  };
  EXPECT_EQ(status({200, 0, 70'000}), 200);
  EXPECT_EQ(status({200, 345}), std::nullopt) << "the length of the body may be 345";
  EXPECT_EQ(status({0}), std::nullopt);
}

TEST(Foundation, Configuration) {
  ArchiveBuilder b;
  const auto root = b.object("__NSCFURLSessionConfiguration", {{"identifier", b.text("com.example.photos")}},
                             {{"discretionary", 1}, {"sessionSendsLaunchEvents", 0}, {"timeoutIntervalForResource", 604'800}},
                             "NSURLSessionConfiguration");
  const KeyedArchive a = opened(b.bytes(root));
  const auto facts = plist::configuration_facts(a, a.root());
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->identifier, "com.example.photos");
  EXPECT_EQ(facts->discretionary, true);
  EXPECT_EQ(facts->sends_launch_events, false);
  EXPECT_EQ(facts->timeout_resource_s, 604'800);
  EXPECT_FALSE(facts->allows_cellular.has_value()) << "not said";
}

TEST(RealArchives, RequestWithBodyAndHeaders) {
  UPTRAIL_NEED_REAL(path, "stores/applewatch-android-bridge/NSMutableURLRequest_POST_modern.bplist");
  const KeyedArchive a = opened(test::read_file(path));
  const auto facts = plist::request_facts(a, a.root());
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->method, "POST");
  EXPECT_EQ(facts->body_bytes, 4U);
  EXPECT_EQ(facts->url.substr(0, 4), "http");
  EXPECT_FALSE(facts->headers.empty());
}

TEST(RealArchives, RequestsOfDownloadResumeData) {
  UPTRAIL_NEED_REAL(path, "stores/blog-resumeData-iOS10/resumeData_ios10_download.plist");
  const auto document = plist::Document::parse(as_bytes(test::read_file(path)), path);
  ASSERT_TRUE(document.ok()) << document.error().text();
  EXPECT_EQ(document->damage().objects, 0U);
  const auto current = document->data(document->find(document->root(), "NSURLSessionResumeCurrentRequest"));
  ASSERT_TRUE(current.has_value());
  const auto archive = KeyedArchive::parse(*current, path);
  ASSERT_TRUE(archive.ok()) << archive.error().text();
  const auto facts = plist::request_facts(*archive, archive->root());
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->method, "GET");
  EXPECT_EQ(facts->url, document->string(document->find(document->root(), "NSURLSessionDownloadURL")));
}

TEST(RealArchives, XmlFormWithEveryBasicType) {
  UPTRAIL_NEED_REAL(path, "stores/log2timeline+plaso/NSKeyedArchiver.plist");
  const KeyedArchive a = opened(test::read_file(path));
  EXPECT_NE(a.root(), kNoRef);
  EXPECT_EQ(a.document().damage().objects, 0U);
}

}  // namespace
}  // namespace uptrail
