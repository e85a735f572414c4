#include "collector/stores/tuskit.h"

#include "collector/plist/build.h"
#include "tests/collector/stores/store_fixture.h"

namespace uptrail::test {
namespace {

using plist::Builder;
using plist::Made;

constexpr std::string_view kFirst = "0A1B2C3D-0000-4000-8000-000000000001";
constexpr std::string_view kSecond = "0A1B2C3D-0000-4000-8000-000000000002";

// Synthetic metadata, made from the documented keys as Swift's property list encoder writes them.
class Metadata {
 public:
  explicit Metadata(std::string_view id) {
    set("id", plist_.string(id));
    set("uploadURL", url("https://tus.example.com/files/"));
    set("filePath", url("file:///var/mobile/Documents/TUS/" + std::string(id) + "clip.mov"));
    set("remoteDestination", nil());
    set("version", plist_.integer(1));
    set("context", nil());
    set("uploadedRange", nil());
    set("mimeType", nil());
    set("customHeaders", nil());
    set("size", plist_.integer(5000));
    set("errorCount", plist_.integer(0));
  }
  Metadata& set(std::string key, Made value) {
    entries_.emplace_back(std::move(key), value);
    return *this;
  }
  Metadata& range(std::int64_t lower, std::int64_t upper) {
    return set("uploadedRange", plist_.array({plist_.integer(lower), plist_.integer(upper)}));
  }
  Made nil() { return plist_.string("$null"); }
  Made url(const std::string& relative) { return plist_.dict({{plist_.string("relative"), plist_.string(relative)}}); }
  Made url(const std::string& relative, Made base) {
    return plist_.dict({{plist_.string("base"), base}, {plist_.string("relative"), plist_.string(relative)}});
  }
  Builder& plist() { return plist_; }
  // Of two values for a key the later one.
  [[nodiscard]] std::string bytes(std::string_view without = {}) {
    std::map<std::string, Made> last;
    for (const auto& [key, value] : entries_) {
      last[key] = value;
    }
    std::vector<std::pair<Made, Made>> members;
    for (const auto& [key, value] : last) {
      if (key != without) {
        members.emplace_back(plist_.string(key), value);
      }
    }
    return plist_.bytes(plist_.dict(members));
  }

 private:
  Builder plist_;
  std::vector<std::pair<std::string, Made>> entries_;
};

constexpr TimeNs kLater{kStoreModified.ns + 60'000'000'000};

class TusKitTest : public StoreFixture {
 protected:
  // The first is the main file, as the intake gives them; the others were written later.
  void put(const std::vector<std::pair<std::string, std::string>>& contents) {
    files_.parts.clear();
    for (const auto& [name, bytes] : contents) {
      write_file(dir_ + "/" + name, bytes);
      if (&name == &contents.front().first) {
        files_ = {contents.size() > 1 ? "shown/TUS" : "shown/TUS/" + name, dir_ + "/" + name, false, kStoreModified, {}, {}};
        files_.name = contents.size() > 1 ? name : "";
      } else {
        files_.parts.push_back({name, dir_ + "/" + name, bytes.size(), kLater});
      }
    }
  }
  TusKit store_;
};

TEST_F(TusKitTest, metadata_of_a_folder) {
  Metadata fresh(kFirst);
  Metadata half(kSecond);
  half.range(0, 2000).set("errorCount", half.plist().integer(2));
  half.set("remoteDestination", half.url("abc?x=1", half.url("https://tus.example.com/files/")));
  Metadata whole("0A1B2C3D-0000-4000-8000-000000000003");
  whole.range(0, 5000).set("remoteDestination", whole.url("https://cdn.example.com/u/9"));
  put({{"a.plist", fresh.bytes()}, {"b.plist", half.bytes()}, {"c.plist", whole.bytes()}});
  const auto got = read(store_);
  EXPECT_EQ(stats_.matched, 3U);
  expect_golden("stores/tuskit.txt", got.text());
}

TEST_F(TusKitTest, metadata_that_makes_no_sense) {
  Metadata odd(kFirst);
  odd.range(7, 3).set("size", odd.plist().string("large")).set("filePath", odd.plist().integer(5));
  odd.set("remoteDestination", odd.plist().dict({})).set("errorCount", odd.plist().integer(-1));
  Metadata nameless(kSecond);
  nameless.set("id", nameless.plist().string("clip.mov"));
  Metadata deep(kSecond);
  Made base = deep.url("https://tus.example.com/");
  for (int n = 0; n < 2000; ++n) {
    base = deep.url("x", base);
  }
  deep.set("remoteDestination", base).set("size", deep.plist().integer(INT64_MAX)).range(0, INT64_MAX);
  Metadata cut(kFirst);
  const std::string whole = cut.bytes();
  put({{"a", odd.bytes()},
       {"b", nameless.bytes()},
       {"c", deep.bytes()},
       {"d", whole.substr(0, whole.size() / 2)},
       {"e", Metadata(kFirst).bytes("uploadedRange")},
       {"f", "bplist00"},
       {"g", "<plist><array/></plist>"}});
  files_.parts.push_back({"huge", "", 20U << 20U, kLater});  // too large to have been copied
  const auto got = read(store_);
  EXPECT_EQ(stats_.read, 8U);
  EXPECT_EQ(stats_.matched, 2U);
  EXPECT_TRUE(got.has(IssueKind::bad_value, "a: uploadedRange is no range"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "a: size is no whole number"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "a: filePath is no URL"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "a: remoteDestination is no URL"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "b: id is no UUID"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "e: has no key uploadedRange"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "g: is no dictionary"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "huge: larger than"));
  ASSERT_NE(got.row("a"), nullptr);
  EXPECT_FALSE(got.row("a")->fields.has(Field::retries));
  EXPECT_EQ(got.row("a")->fields.text(Field::url), "https://tus.example.com/files/");
  EXPECT_EQ(got.events.back().fields.boolean(Field::complete), false);
}

TEST_F(TusKitTest, is_told_from_other_property_lists) {
  const std::string good = Metadata(kFirst).bytes();
  EXPECT_TRUE(store_.may_be(good));
  EXPECT_FALSE(store_.may_be(Metadata(kFirst).bytes("errorCount")));
  EXPECT_FALSE(store_.may_be("id uploadURL filePath uploadedRange size errorCount"));
  EXPECT_FALSE(store_.may_be(""));
  put({{"a", good}});
  std::string why;
  EXPECT_TRUE(*store_.probe(files_, why));
  // The words of the keys, but not as keys.
  Builder list;
  put({{"a", list.bytes(list.array({list.string("id uploadURL filePath uploadedRange size errorCount")}))}});
  EXPECT_TRUE(store_.may_be(read_file(files_.private_path)));
  EXPECT_FALSE(*store_.probe(files_, why));
  EXPECT_EQ(why, "is no dictionary");
}

TEST_F(TusKitTest, stops_when_told) {
  put({{"a", Metadata(kFirst).bytes()}, {"b", Metadata(kSecond).bytes()}});
  EXPECT_EQ(read(store_, 1).events.size(), 1U);
}

}  // namespace
}  // namespace uptrail::test
