#include "collector/simulate/writers.h"

#include <gtest/gtest.h>

#include <set>

#include "collector/base/text.h"
#include "collector/pipeline/collect.h"
#include "collector/simulate/degrade.h"
#include "collector/simulate/scenario.h"
#include "collector/simulate/simulate.h"
#include "collector/simulate/write_script.h"

namespace uptrail::test {
namespace {

simulate::Simulated with_everything() {
  simulate::SimulateOptions o;
  o.seed = 5;
  for (const auto& fault : simulate::fault_list()) o.faults.emplace_back(fault.id);
  auto made = simulate::simulate(o);
  EXPECT_TRUE(made.ok());
  return made.take();
}

std::string written(const std::vector<Event>& events, std::string_view container, bool redacted = false) {
  const auto catalogue = builtin_catalogue();
  const auto made = simulate::write_capture(events, **catalogue, {std::string(container), simulate::Lines::as_device, redacted});
  EXPECT_TRUE(made.ok());
  return made.ok() ? made->text : "";
}

Source source_of(const std::string& text) {
  const auto reader = collect_text(text, "simulated");
  EXPECT_TRUE(reader.ok());
  return (*reader)->sources()->front();
}

TEST(SimulateWriters, every_line_is_understood_in_every_container) {
  const simulate::Simulated made = with_everything();
  const std::set<std::string> kIds = {"event_script",     "event_ndjson",    "log_show_default",
                                      "log_show_compact", "log_show_syslog", "log_show_ndjson",
                                      "log_show_json",    "console_copy",    "idevicesyslog"};
  std::set<std::string> seen;
  for (const std::string_view container : simulate::container_names()) {
    const Source source = source_of(written(made.events, container));
    seen.insert(source.container);
    EXPECT_GT(source.accounting.read, 1000U) << container;
    EXPECT_EQ(source.accounting.matched, source.accounting.read) << container;
    EXPECT_EQ(source.issue_count, 0U) << container;
  }
  EXPECT_EQ(seen, kIds);
}

TEST(SimulateWriters, rendered_lines_tell_the_same_tasks) {
  const simulate::Simulated made = with_everything();
  std::set<Uuid> truth;
  for (const auto& task : made.truth.tasks) truth.insert(task.uuid);
  const auto reader = collect_text(written(made.events, "syslog"), "simulated");
  ASSERT_TRUE(reader.ok());
  std::set<Uuid> told;
  const auto derived = (*reader)->derived();
  for (const Task& task : derived->tasks) told.insert(task.uuid.value_or(Uuid{}));
  EXPECT_EQ(told, truth);
}

TEST(SimulateWriters, redaction_hides_bundle_and_identifier_from_the_daemon_lines) {
  const simulate::Simulated made = with_everything();
  std::vector<Event> daemon = made.events;
  simulate::keep_observers(daemon, {Observer::daemon});
  const std::string clear = written(daemon, "syslog");
  EXPECT_TRUE(contains(clear, "com.example.shoebox") && contains(clear, "photos"));
  const std::string hidden = written(daemon, "syslog", true);
  EXPECT_FALSE(contains(hidden, "com.example.shoebox") || contains(hidden, "photos"));
  EXPECT_TRUE(contains(hidden, "<private>"));
  simulate::redact(daemon);
  EXPECT_FALSE(contains(written(daemon, "event"), "com.example.shoebox"));
}

std::string losses(const std::vector<Event>& events, std::string_view container, simulate::Lines lines) {
  const auto catalogue = builtin_catalogue();
  const auto made = simulate::write_capture(events, **catalogue, {std::string(container), lines});
  std::string out;
  for (const std::string& loss : made->losses) out += loss + "\n";
  return out;
}

TEST(SimulateWriters, say_what_a_container_cannot) {
  const simulate::Simulated made = with_everything();
  EXPECT_EQ(losses(made.events, "event", simulate::Lines::as_device), "");
  const std::string syslog = losses(made.events, "syslog", simulate::Lines::as_device);
  EXPECT_TRUE(contains(syslog, "no known line tells capture.begin (3)")) << syslog;
  EXPECT_TRUE(contains(syslog, "do not show")) << syslog;
  EXPECT_FALSE(contains(syslog, "the times")) << syslog;
  EXPECT_FALSE(contains(losses(made.events, "syslog", simulate::Lines::everything), "no known line"));
  EXPECT_TRUE(contains(losses(made.events, "compact", simulate::Lines::as_device), "the times show milliseconds; "));
  EXPECT_TRUE(contains(losses(made.events, "compact", simulate::Lines::as_device), "no zone"));
  EXPECT_TRUE(contains(losses(made.events, "console", simulate::Lines::as_device), "no date"));
  EXPECT_TRUE(contains(losses(made.events, "idevicesyslog", simulate::Lines::as_device), "whole seconds"));
}

// A line that names neither the app nor its task would concern nobody.
TEST(SimulateWriters, an_event_whose_line_would_name_nobody_has_no_line) {
  Event event;
  event.kind = EventKind::daemon_delay_set;
  event.observer = Observer::daemon;
  event.t_src = TimeNs{1'780'308'000'000'000'000};
  event.bundle = "com.example.shoebox";
  event.fields.set(Field::seconds, 60.0);
  const auto catalogue = builtin_catalogue();
  EXPECT_EQ(simulate::log_lines({event}, **catalogue, simulate::Lines::as_device, false).left_out.size(), 1U);
  event.fields.set(Field::uuid, Uuid::from_name("X1"));
  const auto told = simulate::log_lines({event}, **catalogue, simulate::Lines::as_device, false);
  ASSERT_EQ(told.lines.size(), 1U);
  EXPECT_TRUE(contains(told.lines[0].message, "adding delay of 60")) << told.lines[0].message;
}

// Lines about a task show its UUID only; whose it is, is said once.
TEST(SimulateWriters, names_bundle_and_session_of_each_task) {
  Event event;
  event.kind = EventKind::daemon_task_enqueued;
  event.observer = Observer::daemon;
  event.t_src = TimeNs{1'780'308'000'000'000'000};
  event.bundle = "com.example.shoebox";
  event.fields.set(Field::uuid, Uuid::from_name("X1"));
  event.fields.set(Field::identifier, std::string("photos"));
  const auto catalogue = builtin_catalogue();
  const auto told = simulate::log_lines({event, event}, **catalogue, simulate::Lines::as_device, false);
  ASSERT_EQ(told.lines.size(), 3U);
  EXPECT_TRUE(contains(told.lines[0].message, "is for <com.example.shoebox>.<photos>")) << told.lines[0].message;
  EXPECT_TRUE(told.not_shown.empty());
}

// What a script has told is told again, to the nanosecond.
TEST(SimulateWriters, a_script_written_from_a_scenario_says_the_same) {
  for (const std::string_view name : simulate::scenario_names()) {
    const auto played = simulate::play_script(*simulate::scenario_text(name), std::string(name));
    const auto script = simulate::write_script(played->events);
    ASSERT_TRUE(script.ok());
    // Its only process is not the app; it has heartbeats of its own.
    const bool otherwise = name == "42-extension-without-shared-container" || name == "58-stalled-at-100-percent-foreground";
    EXPECT_EQ(script->losses.empty(), !otherwise) << name << ": " << script->losses.front();
    const auto again = simulate::play_script(script->text, std::string(name));
    EXPECT_TRUE(otherwise || again->events.size() == played->events.size()) << name;
  }
}

TEST(SimulateWriters, a_script_written_from_a_random_day_loses_the_bytes_of_listed_tasks_names_and_heartbeats_only) {
  const simulate::Simulated made = with_everything();
  const auto script = simulate::write_script(made.events);
  ASSERT_TRUE(script.ok());
  ASSERT_EQ(script->losses.size(), 2U) << script->losses.front();
  EXPECT_EQ(script->losses[0],
            "the script does not show session.tasks-answered tasks, the name of the process Shoebox (it is App)");
  EXPECT_TRUE(contains(script->losses[1], "every 5 s"));
}

TEST(SimulateWriters, a_script_says_what_it_cannot) {
  Event event;
  event.kind = EventKind::task_did_complete;
  event.t_src = TimeNs{1'780'308'000'000'000'000};
  event.bundle = "com.example.shoebox";
  event.fields.set(Field::uuid, Uuid::from_name("not one of ours"));
  event.fields.set(Field::text, std::string("a 5\" disk"));
  const auto script = simulate::write_script({event});
  ASSERT_TRUE(script.ok());
  ASSERT_EQ(script->losses.size(), 1U);
  EXPECT_TRUE(contains(script->losses[0], "task.did-complete text")) << script->losses[0];
  EXPECT_FALSE(contains(script->losses[0], "uuid")) << script->losses[0];
}

TEST(SimulateWriters, refuses_an_unknown_container) {
  const auto catalogue = builtin_catalogue();
  EXPECT_FALSE(simulate::write_capture({}, **catalogue, {"papyrus"}).ok());
}

TEST(SimulateDegrade, gap_is_empty_and_declared_by_each_source) {
  simulate::Simulated made = with_everything();
  const TimeNs from = made.truth.from + minutes(5);
  const TimeNs to = from + minutes(3);
  simulate::add_gap(made.events, from, to);
  std::set<Observer> declared;
  for (const Event& e : made.events) {
    if (e.kind == EventKind::capture_gap) {
      declared.insert(e.observer);
      EXPECT_EQ(e.fields.time(Field::from), from);
    } else if (e.kind != EventKind::capture_begin && e.kind != EventKind::capture_end) {
      EXPECT_FALSE(from <= *e.t_src && *e.t_src < to);
    }
  }
  EXPECT_EQ(declared.size(), 4U);
}

TEST(SimulateDegrade, cut_and_skew) {
  simulate::Simulated made = with_everything();
  const std::size_t all = made.events.size();
  simulate::skew(made.events, seconds(90));
  for (std::size_t i = 1; i < all; ++i) ASSERT_LE(made.events[i - 1].t_src->ns, made.events[i].t_src->ns);
  simulate::cut(made.events, made.truth.from + minutes(10));
  EXPECT_LT(made.events.size(), all);
  EXPECT_LT(made.events.back().t_src->ns, (made.truth.from + minutes(10)).ns);
}

}  // namespace
}  // namespace uptrail::test
