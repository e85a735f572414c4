#include "collector/stores/gtm_session_fetcher.h"

#include "collector/plist/build.h"
#include "tests/collector/stores/store_fixture.h"

namespace uptrail::test {
namespace {

using plist::Builder;
using plist::Made;

const std::string kFirst =
    R"(com.google.GTMSessionFetcher_3F2504E0-4F89-41D3-9A0C-0305E82C3301_{"_upChunk":true,"_upOffset":5242880})";
const std::string kSecond = "com.google.GTMSessionFetcher_3F2504E0-4F89-41D3-9A0C-0305E82C3302";

// Synthetic preferences, made from the documented key.
std::string preferences(const std::vector<std::string>& identifiers) {
  Builder plist;
  std::vector<Made> items;
  items.reserve(identifiers.size());
  for (const std::string& identifier : identifiers) {
    items.push_back(plist.string(identifier));
  }
  return plist.bytes(plist.dict({{plist.string("AppleLanguages"), plist.array({plist.string("en")})},
                                 {plist.string("com.google.GTMSessionFetcher.downloads"), plist.array(items)}}));
}

class GtmSessionFetcherTest : public StoreFixture {
 protected:
  void make_file(const std::string& bytes) { write_file(files_.private_path, bytes); }
  GtmSessionFetcher store_;
};

TEST_F(GtmSessionFetcherTest, live_sessions) {
  files_.shown_path = "x.xcappdata/AppData/Library/Preferences/com.example.photos.plist";
  make_file(preferences({kFirst, kSecond, kFirst, "uploads"}));
  const auto got = read(store_);
  EXPECT_EQ(stats_.read, 4U);
  EXPECT_EQ(stats_.matched, 2U);
  EXPECT_EQ(stats_.unparsed, 1U);
  expect_golden("stores/gtm_session_fetcher.txt", got.text());
}

TEST_F(GtmSessionFetcherTest, names_a_bundle_only_when_the_system_named_the_file) {
  for (const std::string path : {"a/Preferences/group.example.plist", "Preferences.plist", "a/com.example.app.plist",
                                 "Preferences/.GlobalPreferences.plist", "com.example.app.plist", "a/Preferences/"}) {
    files_.shown_path = path;
    make_file(preferences({kSecond}));
    EXPECT_EQ(read(store_).events.front().bundle, "") << path;
  }
}

TEST_F(GtmSessionFetcherTest, an_empty_list_is_one_and_other_preferences_are_not) {
  make_file(preferences({}));
  const auto got = read(store_);
  EXPECT_EQ(stats_.read, 0U);
  EXPECT_EQ(got.events.back().fields.integer(Field::count), 0);
  EXPECT_EQ(got.events.back().fields.boolean(Field::complete), false);
  Builder other;
  make_file(other.bytes(other.dict({{other.string("x"), other.string("com.google.GTMSessionFetcher.downloads")}})));
  EXPECT_TRUE(store_.may_be(read_file(files_.private_path)));
  std::string why;
  EXPECT_FALSE(*store_.probe(files_, why));
  EXPECT_FALSE(store_.may_be("com.google.GTMSessionFetcher.downloads"));
  CollectedStore sink;
  EXPECT_EQ(store_.read(files_, sink).error().kind, ErrorKind::unreadable);
}

TEST_F(GtmSessionFetcherTest, a_file_that_is_cut_or_hostile) {
  const std::string whole = preferences({kFirst, kSecond});
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    make_file(whole.substr(0, length));
    CollectedStore sink;
    const auto result = store_.read(files_, sink);
    EXPECT_TRUE(!result.ok() || !sink.issues.empty()) << length;
  }
  Builder plist;
  const auto list = plist.later();
  plist.fill_array(list, {list, plist.integer(1), plist.string(std::string(1'000'000, 'x')), plist.null()});
  make_file(plist.bytes(plist.dict({{plist.string("com.google.GTMSessionFetcher.downloads"), list}})));
  const auto got = read(store_);
  EXPECT_EQ(stats_.unparsed, 4U);
}

}  // namespace
}  // namespace uptrail::test
