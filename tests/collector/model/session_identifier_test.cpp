#include "collector/model/session_identifier.h"

#include <gtest/gtest.h>

namespace uptrail {
namespace {

const std::string kPlain = "com.google.GTMSessionFetcher_3F2504E0-4F89-41D3-9A0C-0305E82C3301";
// Synthetic, made from the documented keys.
const std::string kChunk =
    kPlain + R"(_{"_upChunk":true,"_upFileURL":"file:\/\/\/var\/mobile\/clip.mov","_upFileLen":20971520,)"
             R"("_upLocURL":"https:\/\/upload.example.com\/u?upload_id=A1","_uploadMIME":"video\/quicktime","_upChSize":1048576,)"
             R"("_upOffset":5242880,"_upAllowsCellularAccess":0,"_clientWillReconnect":true,"album":{"id":[1,{"a":null}]}})";

TEST(SessionIdentifier, what_gtm_session_fetcher_writes_into_it) {
  const auto session = gtm_session(kChunk);
  ASSERT_TRUE(session);
  EXPECT_TRUE(session->whole);
  EXPECT_EQ(session->uuid, *Uuid::parse("3F2504E0-4F89-41D3-9A0C-0305E82C3301"));
  EXPECT_EQ(session->chunk, true);
  EXPECT_EQ(session->offset, 5'242'880);
  EXPECT_EQ(session->chunk_size, 1'048'576);
  EXPECT_EQ(session->file_length, 20'971'520);
  EXPECT_EQ(session->location, "https://upload.example.com/u?upload_id=A1");
  EXPECT_EQ(session->upload_file, "file:///var/mobile/clip.mov");
  EXPECT_EQ(session->mime_type, "video/quicktime");
  EXPECT_EQ(session->cellular, false);
  EXPECT_EQ(session->client_reconnects, true);
  EXPECT_EQ(sentence_of_identifier(kChunk),
            "GTMSessionFetcher wrote into its identifier: it sends file:///var/mobile/clip.mov, from offset 5242880 of 20971520 "
            "bytes on, 1048576 bytes a chunk, to https://upload.example.com/u?upload_id=A1, the app is to reconnect to it");
}

TEST(SessionIdentifier, one_without_metadata) {
  const auto session = gtm_session(kPlain);
  ASSERT_TRUE(session);
  EXPECT_TRUE(session->whole);
  EXPECT_FALSE(session->offset);
  EXPECT_EQ(sentence_of_identifier(kPlain), "");
  EXPECT_EQ(shown_identifier(kPlain), "GTMSessionFetcher 3F2504E0");
  // The largest number stands for "not in chunks".
  EXPECT_FALSE(gtm_session(kPlain + R"(_{"_upChSize":9223372036854775807})")->chunk_size);
}

TEST(SessionIdentifier, others_stay_as_they_are) {
  for (const std::string other :
       {"", "uploads", "com.google.GTMSessionFetcher", "com.google.GTMSessionFetcher_", "com.google.GTMSessionFetcher_3F2504E0",
        "com.google.GTMSessionFetcher_no-uuid_{\"_upOffset\":1}"}) {
    EXPECT_FALSE(gtm_session(other)) << other;
    EXPECT_EQ(shown_identifier(other), other);
    EXPECT_TRUE(facts_in_identifier(other).empty());
    EXPECT_EQ(sentence_of_identifier(other), "");
  }
}

TEST(SessionIdentifier, metadata_that_is_cut_keeps_what_stood_before) {
  const auto at = kChunk.find("\"_uploadMIME\"");
  const auto session = gtm_session(kChunk.substr(0, at));
  ASSERT_TRUE(session);
  EXPECT_FALSE(session->whole);
  EXPECT_EQ(session->file_length, 20'971'520);
  EXPECT_EQ(session->location, "https://upload.example.com/u?upload_id=A1");
  EXPECT_FALSE(session->offset);
  EXPECT_EQ(facts_in_identifier(kChunk.substr(0, at)).back().second, "cut off or damaged");
  for (std::size_t length = kPlain.size() + 1; length < kChunk.size(); ++length) {
    EXPECT_FALSE(gtm_session(kChunk.substr(0, length))->whole) << length;
  }
}

TEST(SessionIdentifier, metadata_that_makes_no_sense) {
  for (const std::string tail : {"_", "_[]", "_{}x", "{}", "_{\"_upOffset\":}", "_{\"_upOffset\":01a}", "_{1:2}", "_{\"a\":tru}",
                                 "_{\"a\":\"\\ud8\"}", "-{}"}) {
    EXPECT_FALSE(gtm_session(kPlain + tail)->whole) << tail;
  }
  EXPECT_FALSE(gtm_session(kPlain + "_{\"a\":" + std::string(100'000, '[') + "}")->whole);
  EXPECT_FALSE(gtm_session(kPlain + "_{\"a\":" + std::string(100'000, '{') + "}")->whole);
  const auto odd = gtm_session(kPlain + R"(_{"_upOffset":-5,"_upFileLen":1e99,"_upChunk":7,"_upLocURL":3,"_upOffset":"x"})");
  EXPECT_TRUE(odd->whole);
  EXPECT_FALSE(odd->offset);
  EXPECT_FALSE(odd->file_length);
  EXPECT_FALSE(odd->chunk);
  EXPECT_EQ(odd->location, "");
  EXPECT_LT(gtm_session(kPlain + "_{\"_upLocURL\":\"" + std::string(100'000, 'u') + "\"}")->location.size(), 3000U);
  EXPECT_TRUE(gtm_session(kPlain + "_{\"_upLocURL\":\"\xFF\"}")->whole);
}

}  // namespace
}  // namespace uptrail
