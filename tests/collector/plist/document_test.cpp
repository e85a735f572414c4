#include "collector/plist/document.h"

#include <gtest/gtest.h>

#include "collector/plist/build.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

using plist::as_bytes;
using plist::Builder;
using plist::Document;
using plist::kNoRef;
using plist::Ref;
using plist::Type;

Document parsed(std::string_view bytes) {
  auto document = Document::parse(as_bytes(bytes), "x.plist");
  EXPECT_TRUE(document.ok()) << document.error().text();
  return document.take();
}

Error refused(std::string_view bytes) {
  const auto document = Document::parse(as_bytes(bytes), "x.plist");
  EXPECT_FALSE(document.ok());
  return document.ok() ? Error{} : document.error();
}

TEST(BinaryPlist, EveryKindOfValue) {
  Builder b;
  const auto root = b.array({b.null(), b.boolean(true), b.boolean(false), b.integer(-5), b.real(2.5), b.date(86400), b.uid(7),
                             b.data("\x01\x02"), b.string("plain"), b.utf16(u"Gr\u00FC\u00DFe \U0001F600"), b.raw("\x10\xFF"),
                             b.raw(std::string("\x22\x3F\x80\x00\x00", 5))});
  const Document d = parsed(b.bytes(root));
  const auto at = [&](std::size_t n) { return d.item(d.root(), n); };
  ASSERT_EQ(d.count(d.root()), 12U);
  EXPECT_EQ(d.type(at(0)), Type::null);
  EXPECT_EQ(d.boolean(at(1)), true);
  EXPECT_EQ(d.boolean(at(2)), false);
  EXPECT_EQ(d.integer(at(3)), -5);
  EXPECT_EQ(d.real(at(4)), 2.5);
  EXPECT_EQ(format_iso(*d.date(at(5)), 0), "2001-01-02T00:00:00Z");
  EXPECT_EQ(d.uid(at(6)), 7U);
  EXPECT_EQ(d.data(at(7))->size(), 2U);
  EXPECT_EQ(d.string(at(8)), "plain");
  EXPECT_EQ(d.string(at(9)), "Gr\u00FC\u00DFe \U0001F600");
  EXPECT_EQ(d.integer(at(10)), 255) << "one byte is unsigned";
  EXPECT_EQ(d.real(at(11)), 1.0);
  EXPECT_EQ(d.damage().objects, 0U);
  EXPECT_FALSE(d.integer(at(8)).has_value()) << "a text is no number";
}

TEST(BinaryPlist, LongCountsAndDictionaries) {
  Builder b;
  const std::string text(300, 'x');
  const auto root = b.dict({{b.string("long"), b.string(text)}, {b.utf16(u"zwei"), b.integer(2)}});
  const Document d = parsed(b.bytes(root));
  EXPECT_EQ(d.string(d.find(d.root(), "long")), text);
  EXPECT_EQ(d.integer(d.find(d.root(), "zwei")), 2);
  EXPECT_EQ(d.find(d.root(), "three"), kNoRef);
  EXPECT_EQ(d.string(d.find(d.root(), "long"), 10).value().size(), 10U + std::string_view("…").size());
}

TEST(BinaryPlist, IntegersOfSixteenBytes) {
  Builder b;
  const std::string zeros(8, '\0');
  const auto root =
      b.array({b.raw("\x14" + zeros + std::string("\0\0\0\0\0\0\0\x09", 8)),
               b.raw("\x14" + zeros + std::string("\xFF\0\0\0\0\0\0\0", 8)), b.raw("\x14" + std::string(16, '\xFF'))});
  const Document d = parsed(b.bytes(root));
  EXPECT_EQ(d.integer(d.item(d.root(), 0)), 9);
  EXPECT_FALSE(d.integer(d.item(d.root(), 1)).has_value());
  EXPECT_EQ(d.real(d.item(d.root(), 1)), 0xFF00000000000000p0);
  EXPECT_EQ(d.integer(d.item(d.root(), 2)), -1);
}

TEST(BinaryPlist, CyclesAndSharedObjectsAreHeldOnce) {
  Builder b;
  const auto loop = b.later();
  b.fill_array(loop, {loop, loop});
  const Document d = parsed(b.bytes(loop));
  EXPECT_EQ(d.item(d.root(), 0), d.root());
  EXPECT_EQ(d.object_count(), 1U);
}

TEST(BinaryPlist, OneLargeTextAskedForTooOftenIsRefused) {
  Builder b;
  const auto large = b.string(std::string(1U << 20U, 'a'));
  const Document d = parsed(b.bytes(b.array(std::vector<plist::Made>(2, large))));
  int given = 0;
  while (given < 10'000 && d.string(d.item(d.root(), 0), 1U << 21U)) {
    ++given;
  }
  EXPECT_GT(given, 10);
  EXPECT_LT(given, 200);
  EXPECT_EQ(d.damage().first, "the same objects are referred to too often");
}

TEST(BinaryPlist, BadObjectsLeaveTheOthersReadable) {
  Builder b;
  const auto root = b.array({b.string("good"), b.raw("\x70\x99"), b.raw("\xF0"),
                             b.raw(std::string("\x5F\x13\x7F\0\0\0\0\0\0\0", 10)), b.raw("\x15"), b.integer(4)});
  const Document d = parsed(b.bytes(root));
  EXPECT_EQ(d.string(d.item(d.root(), 0)), "good");
  EXPECT_EQ(d.type(d.item(d.root(), 2)), Type::invalid);
  EXPECT_EQ(d.type(d.item(d.root(), 3)), Type::invalid) << "a text longer than the file";
  EXPECT_EQ(d.integer(d.item(d.root(), 5)), 4);
  EXPECT_EQ(d.damage().objects, 3U);
  EXPECT_EQ(d.damage().first, "an object of an unknown or impossible kind");
}

TEST(BinaryPlist, ReferencesOutsideOfTheTableAreNothing) {
  Builder b;
  const Document d = parsed(b.bytes(b.array({99})));
  EXPECT_EQ(d.item(d.root(), 0), kNoRef);
  EXPECT_EQ(d.damage().objects, 1U);
  EXPECT_EQ(d.type(kNoRef), Type::invalid);
}

TEST(BinaryPlist, EachCutIsAnErrorWithItsPlace) {
  Builder b;
  const std::string whole = b.bytes(b.array({b.string("some text"), b.integer(1)}));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const auto error = refused(whole.substr(0, n));
    EXPECT_EQ(error.path, "x.plist") << n;
    EXPECT_TRUE(error.offset.has_value()) << n;
  }
}

TEST(BinaryPlist, AnyFlippedByteIsSurvived) {
  Builder b;
  const std::string whole =
      b.bytes(b.dict({{b.string("key"), b.array({b.utf16(u"text"), b.date(1)})}, {b.string("n"), b.uid(3)}}));
  std::size_t found = 0;
  for (std::size_t n = 0; n < whole.size(); ++n) {
    for (const unsigned mask : {0x01U, 0x80U, 0xFFU}) {
      std::string bad = whole;
      bad[n] = static_cast<char>(static_cast<unsigned char>(bad[n]) ^ mask);
      const auto document = Document::parse(as_bytes(bad));
      if (document.ok()) {
        for (Ref ref = 0; ref < document->object_count(); ++ref) {
          found += document->string(ref).has_value() ? 1U : 0U;
          found += document->find(ref, "key") != kNoRef ? 1U : 0U;
          found += document->item(ref, 1) != kNoRef ? 1U : 0U;
        }
      }
    }
  }
  EXPECT_GT(found, whole.size()) << "most bytes do not concern most objects";
}

constexpr std::string_view kXml = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
  <key>text</key><string>a &lt; b &#x1F600;</string>
  <key>number</key><integer>-12</integer>
  <key>hex</key><integer>0x1F</integer>
  <key>real</key><real>1.5</real>
  <key>yes</key><true/>
  <key>when</key><date>2026-11-18T14:41:03Z</date>
  <key>bytes</key><data>
    AQID
    BA==
  </data>
  <key>list</key><array><string>x</string><array/></array>
  <key>ref</key><dict><key>CF$UID</key><integer>5</integer></dict>
  <key>blank</key><string> </string>
</dict></plist>
)";

TEST(XmlPlist, EveryKindOfValue) {
  const Document d = parsed(kXml);
  const auto at = [&](std::string_view key) { return d.find(d.root(), key); };
  EXPECT_EQ(d.form(), plist::Form::xml);
  EXPECT_EQ(d.string(at("text")), "a < b \U0001F600");
  EXPECT_EQ(d.integer(at("number")), -12);
  EXPECT_EQ(d.integer(at("hex")), 31);
  EXPECT_EQ(d.real(at("real")), 1.5);
  EXPECT_EQ(d.boolean(at("yes")), true);
  EXPECT_EQ(format_iso(*d.date(at("when")), 0), "2026-11-18T14:41:03Z");
  ASSERT_TRUE(d.data(at("bytes")).has_value());
  EXPECT_EQ(d.data(at("bytes"))->size(), 4U);
  EXPECT_EQ(d.count(at("list")), 2U);
  EXPECT_EQ(d.string(d.item(at("list"), 0)), "x");
  EXPECT_EQ(d.uid(at("ref")), 5U);
  EXPECT_EQ(d.string(at("blank")), " ");
  EXPECT_EQ(d.damage().objects, 0U);
}

TEST(XmlPlist, BadElementsLeaveTheOthersReadable) {
  const Document d = parsed(
      "<plist><dict><string>no key</string><key>a</key><key>b</key><integer>1</integer><key>c</key><integer>many</integer>"
      "<key>d</key><other/><key>e</key><data>A</data><key>f</key><true/><key>last</key></dict></plist>");
  EXPECT_EQ(d.integer(d.find(d.root(), "b")), 1);
  EXPECT_EQ(d.type(d.find(d.root(), "c")), Type::invalid);
  EXPECT_EQ(d.boolean(d.find(d.root(), "f")), true);
  EXPECT_EQ(d.find(d.root(), "a"), kNoRef);
  EXPECT_EQ(d.damage().objects, 6U);
}

TEST(XmlPlist, DeepNestingNeedsNoStack) {
  constexpr std::size_t kDeep = 200'000;
  std::string text = "<plist>";
  for (std::size_t n = 0; n < kDeep; ++n) {
    text += "<array>";
  }
  const auto document = Document::parse(as_bytes(text), "x.plist");
  ASSERT_TRUE(document.ok()) << document.error().text();
  EXPECT_EQ(document->object_count(), kDeep);
  EXPECT_GT(document->damage().objects, 0U) << "the elements are not closed";
}

TEST(XmlPlist, EntitiesOfItsOwnAreNotExpanded) {
  const Document d =
      parsed("<!DOCTYPE plist [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><plist><string>&b;</string></plist>");
  EXPECT_EQ(d.string(d.root()), "&b;");
}

TEST(Plist, OtherFilesAreRefused) {
  EXPECT_EQ(refused("").message, "not a property list: neither bplist00 nor <plist>");
  EXPECT_EQ(refused("{ a = b; }").kind, ErrorKind::unreadable);
  EXPECT_EQ(refused("<html><body/></html>").kind, ErrorKind::unreadable);
  EXPECT_EQ(refused("<plist></plist>").kind, ErrorKind::malformed);
}

}  // namespace
}  // namespace uptrail
