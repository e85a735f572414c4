#include "collector/stores/mapped_store.h"

#include "tests/collector/stores/store_fixture.h"
#include "tests/support/json_schema.h"

namespace uptrail::test {
namespace {

// The example in the documentation: the first block of JSON and the first block of SQL.
std::string block(const std::string& page, const std::string& kind) {
  const std::size_t begin = page.find("```" + kind + "\n") + kind.size() + 4;
  return page.substr(begin, page.find("```", begin) - begin);
}

MappedStore store_of(const std::string& text) {
  auto map = parse_store_map(text, "map.json");
  EXPECT_TRUE(map.ok()) << map.error().text();
  return MappedStore(map.take());
}

constexpr std::string_view kSchema = "schemas/store_map.schema.json";

std::string error_of(const std::string& text) {
  const auto map = parse_store_map(text, "map.json");
  EXPECT_NE(schema_problems(std::string(kSchema), text), "") << text;
  return map.ok() ? "" : map.error().text();
}

std::string with_fields(const std::string& fields, const std::string& where = R"("format":"json","path":"*")") {
  return R"({"uptrail_store_map":1,"name":"Mine",)" + where + R"(,"fields":{)" + fields + "}}";
}

class MappedStoreTest : public StoreFixture {
 protected:
  void make_file(const std::string& bytes) { write_file(files_.private_path, bytes); }
};

TEST_F(MappedStoreTest, the_example_of_the_page_works) {
  const std::string page = read_file(source_path("docs/formats/store_map.md"));
  const std::string map = block(page, "json");
  EXPECT_EQ(schema_problems(std::string(kSchema), map), "");
  make(block(page, "sql"));
  const auto got = read(store_of(map));
  expect_golden("stores/store_map.txt", got.text());
}

TEST_F(MappedStoreTest, json_of_either_shape) {
  const auto store = store_of(with_fields(
      R"("id":"$key","task":"task.number","session":"task.session","taskUUID":"task.uuid","created":{"from":"at","unit":"iso"},)"
      R"("state":{"from":"done","values":{"true":"succeeded","false":"uploading"}},"sent":"bytes")",
      R"("format":"json","path":"queue.*","bundle":"com.example.app")"));
  make_file(R"({"queue":{"a":{"task":{"number":3,"session":"s","uuid":"AAAAAAAA-AAAA-AAAA-AAAA-AAAAAAAAAAAA"},)"
            R"("at":"2026-11-18T14:00:00+01:00","done":false,"bytes":12.0},"b":{"done":true,"at":"yesterday","bytes":-1}}})");
  const auto got = read(store);
  ASSERT_EQ(got.events.size(), 3U) << got.text();
  EXPECT_EQ(got.events[0].bundle, "com.example.app");
  EXPECT_EQ(got.events[0].store_row, "queue.a");
  EXPECT_EQ(encode_fields(got.events[0].fields), encode_fields([] {
              Fields f;
              f.set(Field::store, std::string("app"));
              f.set(Field::upload_id, std::string("a"));
              f.set(Field::id, std::int64_t{3});
              f.set(Field::identifier, std::string("s"));
              f.set(Field::uuid, *Uuid::parse("AAAAAAAA-AAAA-AAAA-AAAA-AAAAAAAAAAAA"));
              f.set(Field::created_at, parse_iso("2026-11-18T13:00:00Z")->time);
              f.set(Field::state, std::string("uploading"));
              f.set(Field::sent, std::int64_t{12});
              f.set(Field::keyed_by, std::string("taskUUID"));
              return f;
            }()));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "queue.b: at (created) is no time"));
  EXPECT_FALSE(got.events[1].fields.has(Field::sent));
  EXPECT_EQ(got.events[2].fields.boolean(Field::complete), false);
  // The list itself as the file.
  make_file(R"([{"x":1},{"x":2},{"y":3},7])");
  const auto list = read(store_of(with_fields(R"("id":"x")")));
  EXPECT_EQ(stats_.matched, 2U);
  EXPECT_EQ(stats_.unparsed, 2U);
}

TEST_F(MappedStoreTest, property_lists) {
  make_file(
      "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>up</key><array><dict><key>name</key><string>p1</string>"
      "<key>when</key><date>2026-11-18T13:00:00Z</date><key>id</key><data>qqqqqqqqqqqqqqqqqqqqqg==</data></dict>"
      "<dict><key>name</key><data>AAAA</data></dict></array></dict></plist>");
  const auto got = read(
      store_of(with_fields(R"("taskDescription":"name","taskUUID":"id","created":"when")", R"("format":"plist","path":"up.*")")));
  ASSERT_EQ(got.events.size(), 2U) << got.text();
  EXPECT_EQ(got.events[0].fields.text(Field::desc), "p1");
  EXPECT_EQ(got.events[0].fields.uuid(Field::uuid)->text(), "AAAAAAAA-AAAA-AAAA-AAAA-AAAAAAAAAAAA");
  EXPECT_EQ(got.events[0].fields.time(Field::created_at), parse_iso("2026-11-18T13:00:00Z")->time);
  EXPECT_TRUE(got.has(IssueKind::bad_value, "up.1: name (taskDescription) is no text"));
  EXPECT_EQ(stats_.unparsed, 1U);
}

TEST_F(MappedStoreTest, complete_holds_only_when_every_row_could_be_used) {
  const auto store = store_of(
      R"({"uptrail_store_map":1,"name":"M","format":"sqlite","table":"my \"table\"","complete":true,"fields":{"id":"my id"}})");
  make("CREATE TABLE \"my \"\"table\"\"\"(\"my id\"); INSERT INTO \"my \"\"table\"\"\" VALUES('a'), (17);");
  auto got = read(store);
  ASSERT_EQ(got.events.size(), 3U) << got.text();
  EXPECT_EQ(got.events.back().fields.boolean(Field::complete), true);
  EXPECT_EQ(got.events[1].fields.text(Field::upload_id), "17");
  make_at(files_.private_path, "INSERT INTO \"my \"\"table\"\"\" VALUES(NULL);");
  got = read(store);
  EXPECT_EQ(got.events.back().fields.boolean(Field::complete), false);
  EXPECT_EQ(stats_.unparsed, 1U);
}

TEST_F(MappedStoreTest, values_that_are_not_what_the_mapping_says) {
  make("CREATE TABLE u(i, s, t, n, b); INSERT INTO u VALUES('a', 9, 785163663, 'x', x'00'), ('b', 1, 1763470800, 5, 'tt');");
  const auto got = read(store_of(with_fields(
      R"("id":"i","state":{"from":"s","values":{"1":"failed"}},"created":{"from":"t","epoch":2001},"sent":"n","url":"b")",
      R"("format":"sqlite","table":"u")")));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "u rowid 1: s (state) has a value that the mapping file does not name"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "u rowid 1: n (sent) is no whole number"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "u rowid 1: b (url) is no text"));
  EXPECT_EQ(got.events[0].fields.time(Field::created_at), kStoreModified);  // 2025-11-18
  EXPECT_FALSE(got.events[1].fields.has(Field::error));
  EXPECT_EQ(stats_.matched, 2U);
}

TEST_F(MappedStoreTest, other_files_are_refused_with_a_reason) {
  const auto why_of = [&](const MappedStore& store) {
    std::string why;
    const auto fits = store.probe(files_, why);
    EXPECT_TRUE(fits.ok() && !*fits);
    return why;
  };
  const auto json = store_of(with_fields(R"("id":"x")", R"("format":"json","path":"a.*")"));
  make_file("{\"b\":[]}");
  EXPECT_EQ(why_of(json), "nothing lies under a.*");
  make_file("{\"a\":[{\"y\":1}]}");
  EXPECT_EQ(why_of(json), "no item under a.* has what names an upload");
  make_file("{\"a\":");
  EXPECT_EQ(why_of(json), "is no JSON");
  EXPECT_FALSE(json.may_be("SQLite format 3"));
  EXPECT_FALSE(json.may_be(""));
  // A keyed archive has no paths.
  const auto list = store_of(with_fields(R"("id":"x")", R"("format":"plist","path":"a.*")"));
  make_file(
      "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>$archiver</key><string>NSKeyedArchiver</string><key>$version"
      "</key><integer>100000</integer><key>$objects</key><array><string>$null</string></array><key>$top</key><dict><key>root</"
      "key>"
      "<dict><key>CF$UID</key><integer>0</integer></dict></dict></dict></plist>");
  EXPECT_NE(why_of(list).find("keyed archive"), std::string::npos);
  make_file("bplist00 and nothing more");
  EXPECT_NE(why_of(list), "");
}

TEST_F(MappedStoreTest, deep_and_repeated_content_costs_no_stack_and_no_ages) {
  const auto store = store_of(with_fields(R"("id":"x")", R"("format":"json","path":"*.*.*.*.*.*")"));
  make_file(std::string(200'000, '['));
  std::string why;
  EXPECT_FALSE(*store.probe(files_, why));
  make_file(std::string(200'000, '[') + std::string(200'000, ']'));
  EXPECT_FALSE(*store.probe(files_, why));
}

TEST(StoreMap, errors_name_the_file_the_place_and_the_cause) {
  EXPECT_EQ(error_of("[1]"), "map.json: the file: is not one JSON object");
  EXPECT_EQ(error_of(R"({"name":"x"})"), "map.json: uptrail_store_map: must be 1");
  EXPECT_EQ(error_of(R"({"uptrail_store_map":2})"), "map.json: uptrail_store_map: must be 1");
  EXPECT_EQ(error_of(R"({"uptrail_store_map":1,"name":"x"})"), "map.json: format: is missing: sqlite, json or plist");
  EXPECT_EQ(error_of(R"({"uptrail_store_map":1,"format":"csv"})"), "map.json: format: \"csv\" is none of sqlite, json, plist");
  EXPECT_EQ(error_of(R"({"uptrail_store_map":1,"nam":"x"})"), "map.json: the file: unknown key \"nam\" (did you mean name?)");
  EXPECT_EQ(error_of(R"({"uptrail_store_map":1,"name":"x","format":"sqlite","fields":{"id":"i"}})"),
            "map.json: table: is missing: the table that holds the uploads");
  EXPECT_EQ(error_of(R"({"uptrail_store_map":1,"name":"x","format":"json","table":"t","fields":{"id":"i"}})"),
            "map.json: table: is for SQLite; use path");
  EXPECT_EQ(error_of(R"({"uptrail_store_map":1,"name":"x","format":"json","path":"*"})"),
            "map.json: fields: is missing: it says which column is what");
  EXPECT_EQ(error_of(with_fields(R"("url":"u","session":"s")")),
            "map.json: fields: names none of id, taskUUID, taskDescription, task: nothing would say whose row it is");
  EXPECT_EQ(error_of(with_fields(R"("ids":"u")")), "map.json: fields: unknown key \"ids\" (did you mean id?)");
  EXPECT_EQ(error_of(with_fields(R"("id":7)")), "map.json: fields.id: is no text of at most 200 bytes");
  EXPECT_EQ(error_of(with_fields(R"("id":{"colum":"x"})")),
            "map.json: fields.id: unknown key \"colum\" (docs/formats/store_map.md has them all)");
  EXPECT_EQ(
      error_of(with_fields(R"("id":"i","state":{"from":"s","values":{"3":"sent"}})")),
      "map.json: fields.state.values.3: \"sent\" is none of queued, waiting, uploading, paused, succeeded, failed, cancelled");
  EXPECT_EQ(error_of(with_fields(R"("id":"i","created":{"from":"s","epoch":1904})")),
            "map.json: fields.created.epoch: is neither 1970 nor 2001");
  EXPECT_EQ(error_of(with_fields(R"("id":"i","created":{"from":"s","unit":"days"})")),
            "map.json: fields.created.unit: \"days\" is none of s, ms, us, ns, iso");
  const auto no_json = parse_store_map("{\"a\":", "map.json");
  ASSERT_FALSE(no_json.ok());
  EXPECT_EQ(no_json.error().kind, ErrorKind::usage);
  EXPECT_TRUE(no_json.error().offset);
}

}  // namespace
}  // namespace uptrail::test
