#include "collector/pipeline/identity.h"

#include <gtest/gtest.h>

#include "collector/base/sha1.h"
#include "tests/collector/pipeline/events.h"

namespace uptrail {
namespace {

using K = EventKind;
using O = Observer;
using test::event;
using test::of_app;
using test::of_task;
using test::resolve;
using test::Resolved;
using test::with;

Resolved in_one_source(const std::vector<Event>& events) {
  return resolve(events, {test::source("a", ClockKind::absolute, 0, 100'000)});
}
Event app(K kind, double t) { return with(of_app(event(kind, O::app, t), "com.a", "A", 7), Field::identifier, "up"); }
Event daemon(K kind, double t) { return event(kind, O::daemon, t); }
Event numbered(Event e, std::int64_t id) { return with(std::move(e), Field::id, id); }

TEST(IdentityTasks, a_uuid_joins_both_sides_and_lends_the_bundle_to_the_redacted_one) {
  const auto r = in_one_source({of_task(app(K::task_create, 1), "X1"), of_task(daemon(K::daemon_task_enqueued, 1.1), "X1")});
  ASSERT_EQ(r.identity.tasks.size(), 1U);
  ASSERT_EQ(r.identity.units.size(), 1U);
  EXPECT_EQ(r.identity.of[0].task, r.identity.of[1].task);
  EXPECT_EQ(r.identity.of[1].unit, r.identity.of[0].unit);
  EXPECT_EQ(r.identity.of[1].session, r.identity.of[0].session);
}

TEST(IdentityTasks, two_uuids_are_never_one_task_whatever_else_agrees) {
  const auto r = in_one_source({numbered(with(of_task(app(K::task_create, 1), "X1"), Field::desc, "U1"), 1),
                                numbered(with(of_task(app(K::task_create, 2), "X2"), Field::desc, "U1"), 1)});
  EXPECT_EQ(r.identity.tasks.size(), 2U);
  ASSERT_EQ(r.identity.uploads.size(), 1U);
  EXPECT_EQ(r.identity.uploads[0].tasks.size(), 2U);
}

TEST(IdentityTasks, session_and_number_join_an_app_that_logs_no_uuid) {
  const auto r = in_one_source(
      {numbered(app(K::task_create, 1), 1),
       numbered(of_task(with(of_app(daemon(K::daemon_task_enqueued, 1.1), "com.a"), Field::identifier, "up"), "X1"), 1),
       numbered(app(K::task_did_complete, 9), 1)});
  ASSERT_EQ(r.identity.tasks.size(), 1U);
  EXPECT_EQ(r.identity.tasks[0].uuid, Uuid::from_name("X1"));
  EXPECT_EQ(r.identity.tasks[0].identifier, 1);
}

TEST(IdentityTasks, a_number_that_is_created_again_is_another_task) {
  const auto r = in_one_source({numbered(app(K::task_create, 1), 1), numbered(app(K::task_did_complete, 2), 1),
                                numbered(app(K::task_create, 50'000), 1), numbered(app(K::task_did_complete, 50'002), 1)});
  ASSERT_EQ(r.identity.tasks.size(), 2U);
  EXPECT_EQ(r.identity.of[0].task, r.identity.of[1].task);
  EXPECT_EQ(r.identity.of[2].task, r.identity.of[3].task);
  EXPECT_NE(r.identity.of[0].task, r.identity.of[2].task);
}

TEST(IdentityTasks, a_number_with_another_uuid_is_another_task_and_late_lines_find_the_old_one) {
  const auto named = [](K kind, double t, std::string_view uuid) {
    return numbered(of_task(with(of_app(daemon(kind, t), "com.a"), Field::identifier, "up"), uuid), 1);
  };
  const auto r = in_one_source({named(K::daemon_task_enqueued, 1, "X1"), named(K::daemon_task_enqueued, 90, "X2"),
                                named(K::daemon_callback_acknowledged, 91, "X1"), numbered(app(K::task_resume, 92), 1)});
  ASSERT_EQ(r.identity.tasks.size(), 2U);
  EXPECT_EQ(r.identity.of[2].task, r.identity.of[0].task);
  EXPECT_EQ(r.identity.of[3].task, r.identity.of[1].task);
}

TEST(IdentityTasks, equal_numbers_of_two_sessions_are_two_tasks) {
  const auto r =
      in_one_source({numbered(app(K::task_create, 1), 1), numbered(with(app(K::task_create, 1), Field::identifier, "other"), 1)});
  EXPECT_EQ(r.identity.tasks.size(), 2U);
}

TEST(IdentityTasks, the_mapping_line_may_print_another_number) {
  const auto mapped =
      with(of_app(numbered(of_task(daemon(K::daemon_task_mapped, 2), "X1"), 1478), "com.a"), Field::identifier, "up");
  const auto r = in_one_source({numbered(of_task(daemon(K::daemon_task_enqueued, 1), "X1"), 1541), mapped});
  ASSERT_EQ(r.identity.tasks.size(), 1U);
  EXPECT_EQ(r.identity.tasks[0].identifier, 1541);
  EXPECT_EQ(r.identity.units[0].bundle, "com.a");
  EXPECT_TRUE(r.identity.tasks[0].session.valid());
}

TEST(IdentityTasks, a_description_alone_joins_the_only_task_that_bears_it) {
  const auto r = in_one_source(
      {with(of_task(app(K::task_create, 1), "X1"), Field::desc, "U1"), with(app(K::task_did_complete, 5), Field::desc, "U1")});
  ASSERT_EQ(r.identity.tasks.size(), 1U);
  EXPECT_EQ(r.identity.of[1].task, r.identity.of[0].task);
}

TEST(IdentityTasks, what_the_app_believes_makes_no_task) {
  const auto state = with(with(app(K::upload_state, 1), Field::upload_id, "U1"), Field::task, Uuid::from_name("X9").text());
  const auto r = in_one_source({state});
  EXPECT_TRUE(r.identity.tasks.empty());
  EXPECT_EQ(r.identity.uploads.size(), 1U);
}

TEST(IdentityTasks, listed_tasks_exist) {
  TaskListing listed;
  listed.uuid = Uuid::from_name("X1");
  listed.desc = "U1";
  const auto r = in_one_source({with(app(K::session_tasks_answered, 1), Field::tasks, std::vector<TaskListing>{listed}),
                                with(with(app(K::upload_state, 2), Field::upload_id, "7"), Field::uuid, Uuid::from_name("X1"))});
  ASSERT_EQ(r.identity.tasks.size(), 1U);
  EXPECT_EQ(r.identity.of[1].task, r.identity.tasks[0].id);
  ASSERT_TRUE(r.identity.tasks[0].upload.valid());
  EXPECT_EQ(r.identity.uploads[r.identity.tasks[0].upload.value].name, "7") << "an id the app gives beats the description";
}

TEST(IdentityTasks, files_without_common_order_join_only_what_has_no_rival) {
  const auto two_files = [](std::vector<Event> events) {
    return resolve(std::move(events),
                   {test::source("a", ClockKind::floating, 0, 100), test::source("b", ClockKind::floating, 0, 100)});
  };
  Event there =
      numbered(of_task(with(of_app(event(K::daemon_task_enqueued, O::daemon, 1, 1), "com.a"), Field::identifier, "up"), "X1"), 1);
  const auto joined = two_files({numbered(app(K::task_create, 70), 1), there});
  EXPECT_EQ(joined.identity.tasks.size(), 1U);
  Event rival = of_task(there, "X2");
  const auto open = two_files({numbered(app(K::task_create, 70), 1), there, rival});
  EXPECT_EQ(open.identity.tasks.size(), 3U);
}

TEST(IdentitySessions, a_session_uuid_is_of_the_identifier_it_is_named_with) {
  const Uuid s1 = Uuid::from_name("S1");
  const Uuid s2 = Uuid::from_name("S2");
  const auto r = in_one_source(
      {with(with(of_app(daemon(K::daemon_session_created, 1), "com.a"), Field::identifier, "up"), Field::session_uuid, s1),
       with(daemon(K::daemon_client_disconnected, 2), Field::session_uuid, s1),
       with(with(of_app(daemon(K::daemon_session_created, 3), "com.a"), Field::identifier, "up"), Field::session_uuid, s2)});
  ASSERT_EQ(r.identity.sessions.size(), 1U);
  EXPECT_EQ(r.identity.sessions[0].uuids.size(), 2U);
  EXPECT_EQ(r.identity.of[1].session, SessionId{0});
  EXPECT_EQ(r.identity.of[1].unit, UnitId{0});
}

TEST(IdentitySessions, a_task_ties_its_sessions_uuid_to_the_identifier) {
  const Uuid s1 = Uuid::from_name("S1");
  const auto r = in_one_source({of_task(app(K::task_create, 1), "X1"),
                                with(of_task(daemon(K::daemon_task_resumed, 2), "X1"), Field::session_uuid, s1),
                                with(daemon(K::daemon_client_disconnected, 3), Field::session_uuid, s1)});
  ASSERT_EQ(r.identity.sessions.size(), 1U);
  EXPECT_EQ(r.identity.sessions[0].identifier, "up");
  EXPECT_EQ(r.identity.of[2].session, SessionId{0});
}

TEST(IdentitySessions, an_object_stands_for_the_session_it_was_created_for) {
  const auto named = [](std::string_view identifier, double t) {
    return with(with(of_app(event(K::session_create, O::app, t), "com.a", "A", 7), Field::object, "O1"), Field::identifier,
                std::string(identifier));
  };
  const auto invalidate = with(of_app(event(K::session_invalidate, O::app, 5), "com.a", "A", 7), Field::object, "O1");
  Event later = invalidate;
  later.t_src = TimeNs{} + seconds(15);
  const auto r = in_one_source({named("a", 1), invalidate, named("b", 10), later});
  ASSERT_EQ(r.identity.sessions.size(), 2U);
  EXPECT_EQ(r.identity.of[1].session, r.identity.of[0].session);
  EXPECT_EQ(r.identity.of[3].session, r.identity.of[2].session);
}

TEST(IdentityUnits, a_pid_names_the_bundle_of_lines_that_show_only_the_process) {
  const auto state = of_app(event(K::app_foreground, O::sys, 1), "com.a", "", 7);
  const auto line = of_app(event(K::task_resume, O::cfn, 2), "", "A", 7);
  const auto other_launch = of_app(event(K::task_resume, O::cfn, 9), "", "A", 8);
  const auto r = in_one_source({state, of_task(line, "X1"), of_task(other_launch, "X2")});
  ASSERT_EQ(r.identity.units.size(), 1U);
  EXPECT_EQ(r.identity.units[0].bundle, "com.a");
  EXPECT_EQ(r.identity.units[0].title, "A");
}

TEST(IdentityUnits, a_reused_pid_is_of_whom_it_was_last_said) {
  const auto r = in_one_source({of_app(event(K::app_foreground, O::sys, 1), "com.a", "", 7),
                                of_task(of_app(event(K::task_resume, O::cfn, 2), "", "", 7), "X1"),
                                of_app(event(K::app_foreground, O::sys, 50), "com.b", "", 7),
                                of_task(of_app(event(K::task_resume, O::cfn, 51), "", "", 7), "X2")});
  EXPECT_EQ(r.identity.units[r.identity.of[1].unit.value].bundle, "com.a");
  EXPECT_EQ(r.identity.units[r.identity.of[3].unit.value].bundle, "com.b");
}

TEST(IdentityUnits, without_a_bundle_a_unit_is_named_after_the_process_or_is_unknown) {
  const auto r = in_one_source({of_task(of_app(event(K::task_resume, O::cfn, 1), "", "Runner", 7), "X1"),
                                of_task(daemon(K::daemon_task_enqueued, 2), "X2")});
  ASSERT_EQ(r.identity.units.size(), 2U);
  EXPECT_EQ(r.identity.units[r.identity.of[0].unit.value].title, "Runner");
  EXPECT_EQ(r.identity.units[r.identity.of[1].unit.value].title, "unknown app");
  EXPECT_EQ(r.identity.units[r.identity.of[1].unit.value].bundle, "");
}

TEST(IdentityUnits, lines_that_name_no_app_make_none) {
  const auto r = in_one_source({daemon(K::daemon_force_quit_noticed, 1), event(K::device_network, O::app, 2),
                                of_app(event(K::daemon_exit, O::sys, 3), "com.a")});
  EXPECT_TRUE(r.identity.units.empty());
  EXPECT_FALSE(r.identity.of[0].unit.valid());
}

TEST(IdentityUnits, an_identifier_that_one_app_bears_names_that_app) {
  const auto r =
      in_one_source({app(K::session_create, 1), with(daemon(K::daemon_assertion_released, 2), Field::identifier, "up")});
  ASSERT_EQ(r.identity.units.size(), 1U);
  EXPECT_EQ(r.identity.of[1].session, r.identity.of[0].session);
  const auto two = in_one_source({app(K::session_create, 1),
                                  with(of_app(event(K::session_create, O::app, 1), "com.b", "B", 8), Field::identifier, "up"),
                                  with(daemon(K::daemon_assertion_released, 2), Field::identifier, "up")});
  EXPECT_EQ(two.identity.units[two.identity.of[2].unit.value].title, "unknown app");
}

TEST(IdentityUploads, a_receipt_is_of_the_app_with_that_upload) {
  const auto r = in_one_source({with(of_task(app(K::task_create, 1), "X1"), Field::desc, "U1"),
                                with(event(K::server_receipt, O::server, 2), Field::upload_id, "U1")});
  ASSERT_EQ(r.identity.uploads.size(), 1U);
  EXPECT_EQ(r.identity.of[1].upload, UploadId{0});
  EXPECT_EQ(r.identity.units.size(), 1U);
}

TEST(IdentityOrder, the_order_of_adding_does_not_show) {
  std::vector<Event> events = {of_task(app(K::task_create, 3), "X1"), of_task(app(K::task_create, 1), "X2"),
                               of_task(daemon(K::daemon_task_enqueued, 2), "X3")};
  const auto one = in_one_source(events);
  std::swap(events[0], events[2]);
  const auto other = in_one_source(events);
  ASSERT_EQ(one.identity.tasks.size(), other.identity.tasks.size());
  for (std::size_t i = 0; i < one.identity.tasks.size(); ++i) {
    EXPECT_EQ(one.identity.tasks[i].uuid, other.identity.tasks[i].uuid);
  }
  EXPECT_EQ(one.identity.tasks[0].uuid, Uuid::from_name("X2"));
}

Event stored(K kind, std::string bundle, std::string identifier) {
  return with(of_app(event(kind, O::store, 500), std::move(bundle)), Field::identifier, std::move(identifier));
}
Event named(std::string bundle, std::string identifier, double t) {
  return with(of_app(event(K::session_create, O::app, t), std::move(bundle), "A", 7), Field::identifier, std::move(identifier));
}

TEST(IdentityUnits, a_row_of_a_store_that_names_nobody_stays_with_the_device) {
  Event exchange = with(event(K::store_entry, O::store, 5), Field::url, std::string("https://example.com/a"));
  const auto r = in_one_source({named("com.a", "up", 1), exchange, with(exchange, Field::desc, std::string("photo 1"))});
  EXPECT_FALSE(r.identity.of[1].unit.valid());
  EXPECT_TRUE(r.identity.of[2].unit.valid()) << "a description names a task of some app";
}

TEST(IdentityHashes, a_folder_is_of_the_app_and_session_whose_hashes_name_it_in_either_order) {
  const Event row = stored(K::store_session, sha1_hex("com.a"), sha1_hex("up"));
  for (const bool store_first : {false, true}) {
    std::vector<Event> events = {named("com.b", "other", 1), named("com.a", "up", 2), named("com.a", "down", 3)};
    events.insert(store_first ? events.begin() : events.end(), row);
    const std::size_t at = store_first ? 0 : 3;
    const std::size_t of = store_first ? 2 : 1;
    const auto r = in_one_source(events);
    EXPECT_EQ(r.identity.units.size(), 2U);
    EXPECT_EQ(r.identity.sessions.size(), 3U);
    EXPECT_EQ(r.identity.of[at].unit, r.identity.of[of].unit);
    EXPECT_EQ(r.identity.of[at].session, r.identity.of[of].session);
    EXPECT_EQ(r.identity.units[r.identity.of[at].unit.value].bundle, "com.a");
    EXPECT_EQ(r.identity.sessions[r.identity.of[at].session.value].identifier, "up");
  }
}

TEST(IdentityHashes, another_store_names_it_as_well_as_a_log) {
  const auto r = in_one_source({stored(K::store_session, sha1_hex("com.a"), sha1_hex("up")),
                                numbered(of_task(stored(K::store_entry, "com.a", "up"), "X1"), 1)});
  EXPECT_EQ(r.identity.units.size(), 1U);
  EXPECT_EQ(r.identity.sessions.size(), 1U);
  EXPECT_EQ(r.identity.of[0].session, r.identity.of[1].session);
}

TEST(IdentityHashes, what_nobody_names_stays_a_hash_and_is_no_known_app) {
  const std::string app_hash = sha1_hex("com.unseen");
  const std::string session_hash = sha1_hex("unseen");
  Event snapshot = of_app(event(K::store_snapshot, O::store, 500), app_hash);
  const auto r = in_one_source({named("com.a", "up", 1), stored(K::store_session, app_hash, session_hash), snapshot,
                                stored(K::store_session, app_hash, "up")});
  ASSERT_EQ(r.identity.units.size(), 2U);
  const Unit& unit = r.identity.units[r.identity.of[1].unit.value];
  EXPECT_EQ(unit.bundle, app_hash);
  EXPECT_EQ(unit.title, "app known only by its hash " + app_hash);
  EXPECT_EQ(r.identity.sessions[r.identity.of[1].session.value].identifier, session_hash);
  EXPECT_EQ(r.identity.of[2].unit, unit.id);
  EXPECT_EQ(r.identity.of[3].unit, unit.id) << "com.a has a session of that name, too, but it is not the app of this hash";
  EXPECT_NE(r.identity.of[3].session, r.identity.of[0].session);
}

TEST(IdentityHashes, an_app_without_a_bundle_may_be_the_one_behind_a_hash) {
  const auto r = in_one_source({with(of_app(event(K::session_create, O::app, 1), "", "Shoebox", 7), Field::identifier, "up"),
                                stored(K::store_session, sha1_hex("com.unseen"), "up")});
  ASSERT_EQ(r.identity.units.size(), 1U);
  EXPECT_EQ(r.identity.of[0].session, r.identity.of[1].session);
}

TEST(IdentityHashes, an_identifier_that_only_looks_like_a_hash_is_itself) {
  const std::string looks = sha1_hex("up");
  const auto r = in_one_source({named("com.a", looks, 1), named("com.a", "up", 2)});
  EXPECT_EQ(r.identity.sessions.size(), 2U) << "a log prints identifiers, never hashes";
}

}  // namespace
}  // namespace uptrail
