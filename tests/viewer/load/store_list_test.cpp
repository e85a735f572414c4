// Stores of a case: what they are, what their rows claim, and who says what beside them.
#include "viewer/load/store_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include "tests/support/files.h"
#include "viewer/load/loader.h"

namespace uptrail::viewer {
namespace {

// An app's log that also tells how it read its own store, twice: 35 s after the daemon had finished task 7 the store still has it
// as uploading. Synthetic.
std::string log_text() {
  const auto line = [](const std::string& kind, const std::string& t, const std::string& more) {
    return R"({"uptrail":1,"kind":")" + kind + R"(","t":"2026-11-18T12:)" + t + R"(Z","bundle":"com.example.shoebox","pid":41)" +
           more + "}\n";
  };
  const std::string uuid = R"(,"uuid":"11111111-2222-3333-4444-555555555555","id":7,"identifier":"photos")";
  return line("app.launch", "00:00.000", R"(,"observer":"app","reason":"user")") +
         line("store.snapshot", "00:00.100", R"(,"observer":"store","store":"app","complete":true,"count":0)") +
         line("task.create", "00:01.000", R"(,"observer":"app","uploadId":"upload 17","desc":"upload 17")" + uuid) +
         line("upload.state", "00:02.000", R"(,"observer":"app","uploadId":"upload 17","state":"uploading")" + uuid) +
         line("daemon.task-finished", "00:25.000", R"(,"observer":"daemon","code":0)" + uuid) +
         line("store.snapshot", "01:00.000", R"(,"observer":"store","store":"app","complete":true,"count":2)") +
         line("store.entry", "01:00.000",
              R"(,"observer":"store","store":"app","uploadId":"upload 17","state":"uploading","sent":5000,"expected":5000)" +
                  uuid) +
         line(
             "store.entry", "01:00.000",
             R"(,"observer":"store","store":"app","uploadId":"upload 18","state":"failed","errorDomain":"NSURLErrorDomain","errorCode":-1001)");
}

template <class T>
std::optional<T> soon(const std::function<std::optional<T>()>& ask) {
  for (int i = 0; i < 2000; ++i) {
    if (auto got = ask()) return got;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return std::nullopt;
}

class Stores : public testing::Test {
 protected:
  void open(const std::vector<std::string>& paths) {
    loader_.open(paths);
    using Case = std::shared_ptr<const LoadedCase>;
    const auto loaded = soon<Case>([&]() -> std::optional<Case> {
      auto data = loader_.take_case();
      return data ? std::optional(data) : std::nullopt;
    });
    ASSERT_TRUE(loaded) << loader_.status().error.text();
    data_ = *loaded;
    using List = std::shared_ptr<const StoreList>;
    const auto list = soon<List>([&]() -> std::optional<List> {
      auto stores = data_->witnesses->stores();
      return stores ? std::optional(stores) : std::nullopt;
    });
    ASSERT_TRUE(list);
    list_ = *list;
  }
  void open_log() {
    const std::string path = test::scratch_dir() + "/app.ndjson";
    test::write_file(path, log_text());
    open({path});
  }
  std::shared_ptr<const StoreAnswer> ask(std::size_t store, const std::string& text) {
    loader_.request_store(++number_, store, text);
    using Answer = std::shared_ptr<const StoreAnswer>;
    return soon<Answer>([&]() -> std::optional<Answer> {
             auto got = loader_.take_store();
             return got ? std::optional(got) : std::nullopt;
           })
        .value_or(nullptr);
  }
  Loader loader_;
  std::shared_ptr<const LoadedCase> data_;
  std::shared_ptr<const StoreList> list_;
  std::uint64_t number_ = 0;
};

TEST_F(Stores, each_time_that_a_log_tells_of_a_store_is_one) {
  open_log();
  ASSERT_EQ(list_->size(), 2U);
  EXPECT_EQ((*list_)[0].rows, 0U);
  const StoreHeading& second = (*list_)[1];
  EXPECT_EQ(second.rows, 2U);
  EXPECT_EQ(second.store, "app");
  EXPECT_EQ(second.bundles, std::vector<std::string>{"com.example.shoebox"});
  EXPECT_EQ(second.taken_by, TakenBy::log);
  EXPECT_EQ(second.complete, true);
}

TEST_F(Stores, rows_say_what_they_claim_and_whom_they_are_about) {
  open_log();
  const auto all = ask(1, "");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->rows->rows.size(), 2U);
  EXPECT_EQ(all->shown.size(), 2U);
  const StoreRow& row = all->rows->rows[0];
  EXPECT_EQ(row.about, "upload 17");
  EXPECT_EQ(row.claims, "uploading");
  EXPECT_EQ(row.bytes, "all of 5.0 kB");
  EXPECT_EQ(row.session, "photos");
  EXPECT_TRUE(row.task.valid());
  EXPECT_EQ(all->rows->rows[1].error, "NSURLErrorDomain -1001");
  const auto some = ask(1, "-1001");
  ASSERT_TRUE(some);
  EXPECT_EQ(some->shown, std::vector<std::uint32_t>{1});
  EXPECT_TRUE(ask(0, "")->rows->rows.empty()) << "the first time it was empty";
}

TEST_F(Stores, what_a_store_says_against_the_log_is_told_and_drawn) {
  open_log();
  const StoreRow row = ask(1, "upload 17")->rows->rows[0];
  using Told = const Testimony*;
  const auto told = soon<Told>([&]() -> std::optional<Told> {
    if (const Testimony* t = data_->witnesses->of({row.task, row.upload})) return t;
    loader_.request_tasks();
    return std::nullopt;
  });
  ASSERT_TRUE(told);
  using timeline::Witness;
  std::vector<Witness> who;
  for (const auto& word : (*told)->words) who.push_back(word.who);
  EXPECT_EQ(who, (std::vector<Witness>{Witness::app, Witness::app_store, Witness::delegate, Witness::daemon}));
  ASSERT_EQ((*told)->disagreements.size(), 1U) << "what the app said before the end is only old";
  EXPECT_EQ((*told)->words[(*told)->disagreements[0].says].who, Witness::app_store);
  EXPECT_EQ((*told)->words[(*told)->disagreements[0].against].says, "finished");
  const auto& marks = data_->scene.marks;
  const auto count = [&](timeline::MarkStyle style) {
    return std::count_if(marks.begin(), marks.end(), [&](const timeline::Mark& m) {
      return m.style == style && data_->scene.lanes[m.lane].task == row.task;
    });
  };
  EXPECT_EQ(count(timeline::MarkStyle::store), 1);
  EXPECT_EQ(count(timeline::MarkStyle::disagreement), 1);
}

TEST_F(Stores, a_case_without_a_store_has_none) {
  open({test::source_path("assets/samples/plain/system.log")});
  EXPECT_TRUE(list_->empty());
}

}  // namespace
}  // namespace uptrail::viewer
