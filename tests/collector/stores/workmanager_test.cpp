#include "collector/stores/workmanager.h"

#include "tests/collector/stores/store_fixture.h"

namespace uptrail::test {
namespace {

// Synthetic stores, made from the documented table.
class WorkManagerTest : public StoreFixture {
 protected:
  static std::string tables() { return read_file(source_path("tests/collector/stores/workmanager.sql")); }
  static std::string row(const std::string& id, const std::string& state, const std::string& attempts,
                         const std::string& enqueued, const std::string& more = "9223372036854775807, -256") {
    return "INSERT INTO WorkSpec(id, state, run_attempt_count, last_enqueue_time, next_schedule_time_override, stop_reason, "
           "worker_class_name, input_merger_class_name, input, output, initial_delay, interval_duration, flex_duration, "
           "backoff_policy, backoff_delay_duration, minimum_retention_duration, schedule_requested_at, run_in_foreground, "
           "out_of_quota_policy, required_network_type, requires_charging, requires_device_idle, requires_battery_not_low, "
           "requires_storage_not_low, trigger_content_update_delay, trigger_max_content_delay, content_uri_triggers) VALUES('" +
           id + "'," + state + "," + attempts + "," + enqueued + "," + more +
           ", 'com.example.UploadWorker', 'M', x'', x'', 0, 0, 0, 0, 30000, 0, -1, 0, 0, 1, 0, 0, 0, 0, -1, -1, x'');";
  }
  WorkManager store_;
};

TEST_F(WorkManagerTest, every_state) {
  std::string sql = tables();
  for (int state = 0; state < 6; ++state) {
    sql += row("11111111-0000-0000-0000-00000000000" + std::to_string(state), std::to_string(state), std::to_string(state),
               "1763470800123");
  }
  sql += row("22222222-0000-0000-0000-000000000000", "0", "0", "-1", "1763474400000, 4");
  make(sql);
  const auto got = read(store_);
  EXPECT_EQ(stats_.matched, 7U);
  expect_golden("stores/workmanager.txt", got.text());
}

TEST_F(WorkManagerTest, unknown_states_versions_and_times) {
  make(tables() + "PRAGMA user_version = 31;" + row("A", "6", "1", "1763470800") + row("B", "'x'", "x'00'", "'soon'") +
       row("C", "1", "-3", "9223372036854775807") + "UPDATE WorkSpec SET worker_class_name = x'ff' WHERE id = 'B';" +
       row("D", "0", "0", "-1") + "UPDATE WorkSpec SET id = x'00' WHERE id = 'D';");
  const auto got = read(store_);
  EXPECT_EQ(stats_.unparsed, 1U);
  EXPECT_TRUE(got.has(IssueKind::bad_value, "version 31"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "state is none of 0 to 5"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "state is no whole number"));
  // Seconds where milliseconds belong, and the largest number there is.
  EXPECT_TRUE(got.has(IssueKind::bad_value, "last_enqueue_time is no time between 2001 and 2100"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "worker_class_name is no text"));
  for (const Event& e : got.events) {
    EXPECT_FALSE(e.fields.has(Field::created_at));
  }
}

TEST_F(WorkManagerTest, damage_and_other_databases) {
  std::string sql = tables();
  for (int i = 0; i < 200; ++i) {
    sql += row("W" + std::to_string(i), "1", "0", "1763470800000");
  }
  make(sql);
  expect_honest_when_cut(store_, 200);
  std::string why;
  files_.private_path = dir_ + "/other";
  make("CREATE TABLE WorkSpec(id, state)");
  EXPECT_FALSE(*store_.probe(files_, why));
  EXPECT_EQ(why, "table WorkSpec has no column worker_class_name");
}

}  // namespace
}  // namespace uptrail::test
