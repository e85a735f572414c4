// The log, nsurlsessiond's store and the app's own, each harmless alone: only together they show that an upload hangs.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "collector/pipeline/collect.h"
#include "collector/pipeline/stories.h"
#include "collector/simulate/app_store.h"
#include "collector/simulate/degrade.h"
#include "collector/simulate/scenario.h"
#include "collector/simulate/task_store.h"
#include "collector/simulate/writers.h"
#include "collector/trace/case_file.h"
#include "tests/support/files.h"

namespace uptrail::test {
namespace {

constexpr std::string_view kScenario = "91-three-witnesses";
constexpr std::string_view kRule = "app-thinks-uploading";

enum Witness : unsigned { kLog = 1, kDaemonStore = 2, kAppStore = 4, kAll = 7 };

simulate::Simulated played() {
  auto made = simulate::play_script(simulate::scenario_text(kScenario).value(), std::string(kScenario));
  EXPECT_TRUE(made.ok());
  return made.take();
}

// What somebody can get of a device whose app logs nothing of its own: the log of the system, and the two stores.
struct Capture {
  std::unique_ptr<CaseWriter> writer = create_memory_case().take();
  Derived derived;
  std::vector<Source> sources;

  using Change = std::function<void(simulate::TaskStore&)>;

  Capture(unsigned witnesses, TimeNs stores_until, const std::string& container = "event", const Change& change = {}) {
    const std::string dir = scratch_dir();
    simulate::Simulated made = played();
    CollectOptions options;
    if ((witnesses & kDaemonStore) != 0) {
      options.paths.push_back(dir + "/trip.tasks.sqlite");
      simulate::TaskStore store = simulate::task_store(made.events, stores_until);
      if (change) change(store);
      EXPECT_TRUE(simulate::write_task_store(options.paths.back(), store).ok());
    }
    if ((witnesses & kAppStore) != 0) {
      options.paths.push_back(dir + "/trip.transfers.sqlite");
      EXPECT_TRUE(simulate::write_app_store(options.paths.back(), simulate::app_store(made.events, made.truth.to)).ok());
    }
    if ((witnesses & kLog) != 0) {
      simulate::keep_observers(made.events, {Observer::daemon, Observer::sys});
      const auto catalogue = builtin_catalogue();
      const auto text = simulate::write_capture(made.events, **catalogue, {container, simulate::Lines::everything, false});
      EXPECT_TRUE(text.ok());
      options.paths.push_back(dir + "/trip.log");
      write_file(options.paths.back(), text->text);
    }
    collect_all(options);
  }

  [[nodiscard]] const Finding* found() const {
    for (const Finding& f : derived.findings) {
      if (f.rule == kRule && f.confidence != Confidence::hint) return &f;
    }
    return nullptr;
  }
  [[nodiscard]] std::vector<std::string> alarms() const {
    std::vector<std::string> out;
    for (const Finding& f : derived.findings) {
      if (f.severity != Severity::info) out.push_back(f.rule);
    }
    return out;
  }
  [[nodiscard]] std::vector<std::string> questions(std::string_view rule) const {
    std::vector<std::string> out;
    for (const Undetermined& u : derived.undetermined) {
      if (u.rule == rule) out.push_back(u.reason);
    }
    return out;
  }
  // Kinds of the events that a finding rests on, by the source's reader.
  [[nodiscard]] std::map<std::string, std::set<std::string>> witnesses_of(const Finding& finding) const {
    std::map<std::string, std::set<std::string>> out;
    for (const EvidenceRef& ref : finding.evidence) {
      const auto event = writer->reader().event(ref.event);
      EXPECT_TRUE(event.ok() && event->has_value());
      out[sources[(*event)->source.value].container].insert(std::string(kind_name((*event)->kind)));
    }
    return out;
  }

 private:
  void collect_all(const CollectOptions& options) {
    const auto report = collect(*writer, options);
    ASSERT_TRUE(report.ok()) << report.error().text();
    derived = writer->reader().derived().take();
    sources = writer->reader().sources().take();
  }
};

TimeNs at(std::int64_t second) { return played().truth.from + seconds(second); }

TEST(ThreeWitnesses, together_show_that_the_upload_hangs) {
  for (const std::string container : {"event", "syslog"}) {
    const Capture c(kAll, at(1500), container);
    EXPECT_EQ(c.alarms(), std::vector<std::string>{std::string(kRule)}) << container;
    const Finding* f = c.found();
    ASSERT_NE(f, nullptr) << container;
    EXPECT_EQ(f->severity, Severity::error);
    EXPECT_EQ(f->confidence, Confidence::likely);
    EXPECT_EQ(f->subject.label, "upload U1");
    auto witnesses = c.witnesses_of(*f);
    EXPECT_EQ(witnesses["aws_transfer_utility"], std::set<std::string>{"store.entry"}) << container;
    EXPECT_EQ(witnesses["nsurlsessiond_tasks"], std::set<std::string>{"store.snapshot"}) << container;
    EXPECT_EQ(witnesses.size(), 3U) << container;  // and the log
    const bool log_tells_the_end =
        std::any_of(witnesses.begin(), witnesses.end(), [](const auto& w) { return w.second.contains("daemon.task-finished"); });
    EXPECT_TRUE(log_tells_the_end) << container;
    EXPECT_NE(f->explanation.find("nothing left to tell"), std::string::npos) << f->explanation;
  }
}

TEST(ThreeWitnesses, the_story_names_who_said_what) {
  const Capture c(kAll, at(1500));
  StoryQuery query;
  query.upload = "U1";
  const auto stories = tell_stories(c.writer->reader(), query);
  ASSERT_TRUE(stories.ok()) << stories.error().text();
  ASSERT_EQ(stories->size(), 1U);
  const std::string text = story_paragraph(stories->front());
  for (const std::string_view part :
       {"app's store (trip.transfers.sqlite) called the upload uploading at 12:20:00",
        "nsurlsessiond's store (trip.tasks.sqlite) no longer had it at 12:10:", "nsurlsessiond got HTTP 200 at 12:04:40"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

// The task's end may still wait for the app.
TEST(ThreeWitnesses, without_nsurlsessiond_s_store_nobody_can_tell) {
  const Capture c(kLog | kAppStore, at(1500));
  EXPECT_EQ(c.alarms(), std::vector<std::string>());
  EXPECT_EQ(c.questions(kRule),
            std::vector<std::string>{"the upload's task has finished, and nsurlsessiond may still have its end to tell"});
}

// Neither that the task ended, nor that it ever was.
TEST(ThreeWitnesses, without_the_log_nobody_can_tell) {
  const Capture c(kDaemonStore | kAppStore, at(1500));
  EXPECT_EQ(c.alarms(), std::vector<std::string>());
  EXPECT_EQ(c.questions(kRule), std::vector<std::string>{"what became of the upload's task is not in the capture"});
}

// What the app believes is then not known at all: the weaker question is whether it was told.
TEST(ThreeWitnesses, without_the_app_s_store_its_belief_is_no_question) {
  const Capture c(kLog | kDaemonStore, at(1500));
  EXPECT_EQ(c.alarms(), std::vector<std::string>());
  EXPECT_EQ(c.questions(kRule), std::vector<std::string>());
  const std::vector<std::string> told = c.questions("task-completed-without-callback");
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.front(), "this capture has no app-side callbacks");
}

// A copy from before the end was taken still has the row, one from before the task's end says nothing about later.
TEST(ThreeWitnesses, an_older_copy_of_nsurlsessiond_s_store_proves_nothing) {
  const Capture waiting(kAll, played().truth.from + milliseconds(280'850));
  EXPECT_EQ(waiting.alarms(), std::vector<std::string>());
  EXPECT_EQ(waiting.questions(kRule),
            std::vector<std::string>{"the upload's task has finished, and nsurlsessiond's store still has it: the app may be "
                                     "told yet"});
  const Capture older(kAll, at(100));
  EXPECT_EQ(older.alarms(), std::vector<std::string>());
  EXPECT_EQ(older.questions(kRule),
            std::vector<std::string>{"the upload's task has finished, and nsurlsessiond's store was written before that"});
}

// Everything is there, but nsurlsessiond's store is not worth what it seems.
TEST(ThreeWitnesses, a_store_that_may_be_another_s_or_of_another_time_proves_nothing) {
  const auto asked = [](const Capture::Change& change) {
    const Capture c(kAll, at(1500), "event", change);
    EXPECT_EQ(c.alarms(), std::vector<std::string>());
    const auto questions = c.questions(kRule);
    return questions.size() == 1 ? questions.front() : std::to_string(questions.size()) + " questions";
  };
  EXPECT_EQ(asked([](simulate::TaskStore& s) { s.sessions.clear(); }),
            "the upload's task has finished, and nsurlsessiond's store does not know the app");
  EXPECT_EQ(asked([](simulate::TaskStore& s) {
              s.sessions.push_back({"com.example.other", "up", std::nullopt, std::nullopt, std::nullopt});
            }),
            "what became of the upload's task is not in the capture");  // nor whose store it is: it names no app
  const std::string too_near =
      "the upload's task has finished, and the app's store was not written long enough after nsurlsessiond's";
  EXPECT_EQ(asked([](simulate::TaskStore& s) { s.written = at(1100); }), too_near);
  EXPECT_EQ(asked([](simulate::TaskStore& s) { s.written = at(1400); }), too_near);
}

TEST(AppStore, has_what_the_app_said_last) {
  const simulate::Simulated made = played();
  const auto told = [&](std::int64_t second) {
    std::string out;
    for (const auto& row : simulate::app_store(made.events, made.truth.from + seconds(second)).rows) {
      out += row.upload + ":" + row.identifier + ":" + std::to_string(row.task) + ":" + row.state + " ";
    }
    return out;
  };
  EXPECT_EQ(told(0), "");
  EXPECT_EQ(told(300), "U1:up:1:uploading ");
  EXPECT_EQ(told(1500), "U1:up:1:uploading U2:up:2:succeeded U3:up:0:waiting ");
  EXPECT_EQ(simulate::app_store(made.events, made.truth.to).written, made.truth.from + seconds(1200));
}

}  // namespace
}  // namespace uptrail::test
