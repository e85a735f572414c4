#include "collector/stores/har.h"

#include "collector/stores/clipped_json.h"
#include "tests/collector/stores/store_fixture.h"

namespace uptrail::test {
namespace {

// Synthetic, made from the published format (docs/formats/har.md).
std::string entry(const std::string& url, const std::string& started, int status, const std::string& more = "") {
  return R"({"startedDateTime":")" + started + R"(","time":1234.5,"request":{"method":"PUT","url":")" + url +
         R"(","httpVersion":"HTTP/1.1","headers":[{"name":"url","value":"not this"}],"queryString":[],"cookies":[],)"
         R"("postData":{"text":"body","url":"nor this"},"headersSize":120,"bodySize":2000},"response":{"status":)" +
         std::to_string(status) +
         R"(,"statusText":"","headers":[],"cookies":[],"content":{"size":17,"mimeType":"application/json","text":"{}"},)"
         R"("redirectURL":"","headersSize":-1,"bodySize":-1},"cache":{},"timings":{"send":1,"wait":2,"receive":3})" +
         more + "}";
}
std::string har(const std::string& entries, const std::string& before = R"("version":"1.2","creator":{"name":"test"},)") {
  return R"({"log":{)" + before + R"("pages":[{"startedDateTime":"x","id":"p"}],"entries":[)" + entries + R"(],"comment":""}})";
}
const std::string kGood = entry("https://example.com/up/1", "2026-11-18T14:00:00.250+01:00", 201);

class HarTest : public StoreFixture {
 protected:
  CollectedStore read_text(const std::string& text, std::size_t stop_after = SIZE_MAX) {
    write_file(files_.private_path, text);
    EXPECT_TRUE(store_.may_be(std::string_view(text).substr(0, kStoreHeadBytes)));
    return read(store_, stop_after);
  }
  Har store_;
};

TEST_F(HarTest, gives_one_dated_entry_an_exchange) {
  const auto got =
      read_text(har(kGood + "," + entry("https://example.com/up/2", "2026-11-18T13:00:02Z", 0, R"(,"_error":"net::ERR_FAILED")") +
                    "," + entry("https://example.com/a?b=\\u00e4&c=\\\"", "2026-11-18T13:00:03.000Z", 500)));
  EXPECT_EQ(stats_.matched, 3U);
  EXPECT_TRUE(got.issues.empty());
  expect_golden("stores/har.txt", got.text());
  ASSERT_EQ(got.events.size(), 3U);
  const Event& first = got.events[0];
  EXPECT_EQ(first.kind, EventKind::store_entry);
  EXPECT_EQ(first.fields.text(Field::store), "proxy");
  EXPECT_EQ(first.t_src, parse_iso("2026-11-18T13:00:00.250Z")->time);
  EXPECT_EQ(first.fields.text(Field::url), "https://example.com/up/1");
  EXPECT_EQ(first.fields.integer(Field::status), 201);
  EXPECT_EQ(first.fields.integer(Field::sent), 2000);
  EXPECT_EQ(first.fields.integer(Field::bytes), 17);
  EXPECT_EQ(first.fields.real(Field::seconds), 1.2345);
  for (const Field field : {Field::uuid, Field::id, Field::desc, Field::identifier, Field::upload_id}) {
    EXPECT_FALSE(first.fields.has(field)) << "an exchange names no task";
  }
  EXPECT_FALSE(got.events[1].fields.has(Field::status)) << "0: no answer";
  EXPECT_EQ(got.events[1].fields.text(Field::error), "net::ERR_FAILED");
}

TEST_F(HarTest, the_order_of_members_does_not_matter) {
  const auto got = read_text(R"({ "log" : {"entries": [)" + kGood + R"(], "creator": {"name":"x"}}})");
  EXPECT_EQ(got.events.size(), 1U);
  EXPECT_TRUE(got.issues.empty());
  EXPECT_EQ(read_text("\xEF\xBB\xBF" + har(kGood)).events.size(), 1U) << "a byte order mark";
  EXPECT_TRUE(read_text(har("")).events.empty()) << "nothing was exchanged";
}

TEST_F(HarTest, bad_entries_are_counted_and_the_others_kept) {
  const auto got = read_text(har(R"(17,"text",null,true,[{"url":"x"}],{},)" + entry("", "2026-11-18T13:00:00Z", 200) + "," +
                                 entry("https://a/b", "2026-11-18T13:00:00", 200) + "," + entry("https://a/b", "yesterday", 200) +
                                 "," + kGood + R"(,{"startedDateTime":"2026-11-18T13:00:00Z",)" +
                                 R"("time":"long","request":{"url":"https://a/c","bodySize":1.5},"response":[]})"));
  EXPECT_EQ(stats_.read, 11U);
  EXPECT_EQ(stats_.unparsed, 9U);
  ASSERT_EQ(got.events.size(), 2U);
  EXPECT_TRUE(got.has(IssueKind::unparsed, "log.entries[0]: is no object"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "log.entries[4]: is no object"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "log.entries[5]: request.url is missing"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "log.entries[7]: startedDateTime is no time with a zone"));
  EXPECT_EQ(got.events[0].store_row, "log.entries[9]");
  EXPECT_TRUE(got.has(IssueKind::bad_value, "log.entries[10]: time is of another type"));
  EXPECT_FALSE(got.events[1].fields.has(Field::sent)) << "half a byte";
}

TEST_F(HarTest, what_is_cut_off_keeps_what_stands_before) {
  const std::string whole = har(kGood + "," + kGood + "," + kGood);
  for (std::size_t size = whole.find("entries") + 12; size < whole.size() - 3; size += 37) {
    const auto got = read_text(whole.substr(0, size));
    EXPECT_TRUE(got.has(IssueKind::damaged, "about byte")) << size;
    EXPECT_EQ(stats_.read, stats_.matched + stats_.unparsed);
    const std::size_t complete = (size + 1 - whole.find(kGood)) / (kGood.size() + 1);
    EXPECT_EQ(stats_.matched, std::min<std::size_t>(complete, 3)) << size;
  }
  const auto got = read_text(whole + "junk");
  EXPECT_EQ(stats_.matched, 3U);
  EXPECT_TRUE(got.has(IssueKind::damaged, "about byte"));
}

TEST_F(HarTest, long_bodies_and_deep_nests_are_passed_over) {
  std::string deep(100'000, '[');
  const std::string body(5'000'000, 'x');
  const auto got =
      read_text(har(kGood + R"(,{"response":{"status":200,"content":{"text":")" + body + R"("}},"request":{"url":"https://a/)" +
                    std::string(100'000, 'y') + R"("},"startedDateTime":"2026-11-18T13:00:00Z"},{"x":)" + deep +
                    std::string(100'000, ']') + "}," + kGood));
  EXPECT_EQ(stats_.matched, 3U);
  EXPECT_EQ(stats_.unparsed, 1U);
  EXPECT_LE(got.events[1].fields.text(Field::url).size(), 70'000U);
}

TEST_F(HarTest, bytes_that_are_no_text_cost_nothing_else) {
  std::string text = har(entry("https://example.com/\xFF", "2026-11-18T13:00:00Z", 200) + "," + kGood);
  text.insert(text.find("statusText\":\"") + 13, "\x01\n\xC3");
  const auto got = read_text(text);
  EXPECT_EQ(stats_.matched, 2U);
  EXPECT_TRUE(got.has(IssueKind::invalid_utf8, "replaced"));
  EXPECT_EQ(got.events[0].fields.text(Field::url), "https://example.com/\xEF\xBF\xBD");
}

TEST_F(HarTest, others_are_refused_with_a_reason) {
  for (const std::string text :
       {"", "{", "[]", R"({"log":[]})", R"({"log":"entries"})", "log: {\"version\"",
        R"({"uptrail":1,"kind":"app.launch","log":{"version":1}})", R"({"timestamp":"x","entries":[]})"}) {
    EXPECT_FALSE(store_.may_be(text)) << text;
  }
  std::string why;
  for (const std::string text : {R"({"log":{"version":"1.2"}})", R"({"log":{"entries":[]}})",
                                 R"({"log":{"version":"1.2","entries":{}}})", R"({"log":{"version")"}) {
    write_file(files_.private_path, text);
    EXPECT_FALSE(*store_.probe(files_, why)) << text;
    EXPECT_EQ(why.substr(0, 3), "not") << why;
    CollectedStore sink;
    const auto result = store_.read(files_, sink);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().path, "shown/store");
  }
}

TEST_F(HarTest, stops_when_the_sink_says_so) {
  EXPECT_EQ(read_text(har(kGood + "," + kGood + "," + kGood), 2).events.size(), 2U);
}

std::string clipped(const std::string& text, std::size_t most) {
  const std::string path = scratch_dir() + "/json";
  write_file(path, text);
  ClippedJson json(path, most);
  std::string out;
  for (auto it = json.begin(); !(it == ClippedJson::end()); ++it) {
    out += *it;
  }
  return out;
}

TEST(ClippedJson, strings_end_early_and_nothing_else_changes) {
  EXPECT_EQ(clipped(R"({"a":"12345678","b":[1.5,"\"x"]})", 4), R"({"a":"1234","b":[1.5,"\"x"]})");
  EXPECT_EQ(clipped("", 4), "");
  EXPECT_EQ(clipped(R"("12345\"67" : "1")", 4), R"("1234" : "1")") << "an escaped quote ends nothing";
  EXPECT_EQ(clipped(R"("12\n45")", 3), R"("12\n")") << "no half escape";
  EXPECT_EQ(clipped(R"("1\u00e45")", 3), R"("1\u00e4")");
  EXPECT_EQ(clipped(R"("\ud83d\ude00\ud83d\ude00")", 3), R"("\ud83d\ude00")") << "no half pair";
  EXPECT_EQ(clipped("\"1\xC3\xA4\xC3\xA4\"", 2), "\"1\xC3\xA4\"") << "no half character";
}

TEST(ClippedJson, characters_across_blocks_stay_whole) {
  for (std::size_t shift = 0; shift < 4; ++shift) {
    std::string text = "\"" + std::string(shift, 'x');
    while (text.size() < (600U << 10U)) {
      text += "\xF0\x9F\x98\x80\xC3\xA4\xE4\xB8\xAD";
    }
    text += "\"";
    EXPECT_EQ(clipped(text, SIZE_MAX - 8), text);
  }
}

}  // namespace
}  // namespace uptrail::test
