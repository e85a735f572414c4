#include "collector/stores/aws_transfer_utility.h"

#include "tests/collector/stores/store_fixture.h"

namespace uptrail::test {
namespace {

// Synthetic stores, made from the documented table.
class AwsTransferUtilityTest : public StoreFixture {
 protected:
  static std::string tables() { return read_file(source_path("tests/collector/stores/aws_transfer_utility.sql")); }
  static std::string row(const std::string& values) { return "INSERT INTO awstransfer VALUES(" + values + ");"; }
  AwsTransferUtility store_;
};

const std::string kSession = "'com.amazonaws.AWSS3TransferUtility.Default.Identifier'";

TEST_F(AwsTransferUtilityTest, every_state_and_type) {
  make(tables() +
       row("'T1'," + kSession + ",3,'UPLOAD','photos','a/1.jpg',NULL,NULL,NULL,'/var/up1',0,2000,'IN_PROGRESS',1,'{}','{}'") +
       row("'T2'," + kSession + ",0,'UPLOAD','photos','a/2.jpg',NULL,NULL,NULL,'/var/up2',0,0,'WAITING',0,'{}','{}'") +
       row("'T3'," + kSession + ",4,'DOWNLOAD','photos','a/3.jpg',NULL,NULL,NULL,'/var/dl3',0,-1,'IN_PROGRESS',0,'{}','{}'") +
       row("'T4'," + kSession + ",0,'MULTI_PART_UPLOAD','films','b.mov',0,'M4',NULL,'/var/up4',0,9000,'PAUSED',0,'{}','{}'") +
       row("'T4'," + kSession +
           ",7,'MULTI_PART_UPLOAD_SUB_TASK','films','b.mov',1,'M4','e1','/var/up4.1',1,5000,'COMPLETED',0,'{}','{}'") +
       row("'T4'," + kSession +
           ",8,'MULTI_PART_UPLOAD_SUB_TASK','films','b.mov',2,'M4',NULL,'/var/up4.2',1,4000,'ERROR',3,'{}','{}'") +
       row("'T5'," + kSession + ",9,'UPLOAD','photos','a/5.jpg',NULL,NULL,NULL,'/var/up5',0,1,'CANCELLED',0,'{}','{}'") +
       row("'T6'," + kSession + ",10,'UPLOAD','photos','a/6.jpg',NULL,NULL,NULL,'/var/up6',0,1,'UNKNOWN',0,'{}','{}'"));
  const auto got = read(store_);
  EXPECT_EQ(stats_.matched, 8U);
  expect_golden("stores/aws_transfer_utility.txt", got.text());
}

TEST_F(AwsTransferUtilityTest, what_cannot_be_used_is_named_and_the_rest_is_kept) {
  make(tables() + row("x'ff'," + kSession + ",1,'UPLOAD','b','k',NULL,NULL,NULL,'f',0,1,'ERROR',0,'',''") +
       row("'A',x'00',1,'UPLOAD','b','k',NULL,NULL,NULL,'f',0,1,'ERROR',0,'',''") +
       row("'B'," + kSession + ",'junk','UPLOAD',x'00','k',NULL,NULL,NULL,x'aa',0,'many','SOMETHING',9.5,'',''") +
       row("'C'," + kSession +
           ",-4,'OTHER',hex(zeroblob(100000)),'k',NULL,NULL,NULL,'f',0,-9223372036854775808,'COMPLETED',-1,'',''"));
  const auto got = read(store_);
  EXPECT_EQ(stats_.read, 4U);
  EXPECT_EQ(stats_.unparsed, 2U);
  EXPECT_TRUE(got.has(IssueKind::unparsed, "awstransfer rowid 1: transfer_id"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "awstransfer rowid 2: ns_url_session_id"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "rowid 3: session_task_id"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "rowid 3: status \"SOMETHING\""));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "rowid 3: content_length"));
  EXPECT_TRUE(got.has(IssueKind::limit, "rowid 4: bucket_name"));
  const Event* poor = got.row("awstransfer rowid 4");
  ASSERT_NE(poor, nullptr);
  EXPECT_FALSE(poor->fields.has(Field::id));
  EXPECT_FALSE(poor->fields.has(Field::expected));
  EXPECT_FALSE(poor->fields.has(Field::upload_id));  // neither an upload nor a download, as far as is known
}

// A library's store knows the library's transfers only: a task that is missing may be somebody else's.
TEST_F(AwsTransferUtilityTest, is_never_a_complete_list) {
  make(tables());
  const auto got = read(store_);
  ASSERT_EQ(got.events.size(), 1U);
  EXPECT_EQ(got.events[0].fields.boolean(Field::complete), false);
}

TEST_F(AwsTransferUtilityTest, lacking_columns_and_damage) {
  std::string sql = tables();
  for (int i = 0; i < 300; ++i) {
    sql += row("'T" + std::to_string(i) + "'," + kSession + ",3,'UPLOAD','p','k',NULL,NULL,NULL,'/f',0,2,'ERROR',1,'{}','{}'");
  }
  make(sql);
  EXPECT_EQ(read(store_, 7).events.size(), 7U);
  expect_honest_when_cut(store_, 300);
  std::string why;
  files_.private_path = dir_ + "/other";
  make("CREATE TABLE awstransfer(transfer_id, ns_url_session_id, session_task_id, transfer_type, status)");
  const auto fits = store_.probe(files_, why);
  ASSERT_TRUE(fits.ok());
  EXPECT_FALSE(*fits);
  EXPECT_EQ(why, "table awstransfer has no column retry_count");
  CollectedStore sink;
  EXPECT_FALSE(store_.read(files_, sink).ok());
}

}  // namespace
}  // namespace uptrail::test
