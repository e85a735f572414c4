// The panel of stores, and the table of who says what.
#include <gtest/gtest.h>

#include "tests/viewer/support/shown_case.h"

namespace uptrail::viewer {
namespace {

StoreHeading heading(const std::string& path, std::uint64_t rows) {
  StoreHeading out;
  out.source = SourceId{0};
  out.path = path;
  out.format = "nsurlsessiond's task store (tasks.sqlite)";
  out.store = "daemon";
  out.bundles = {"com.example.shoebox"};
  out.taken_by = TakenBy::file_time;
  out.rows = rows;
  return out;
}

class StoresPanel : public test::ShownCase {
 protected:
  void give(StoreList list) {
    for (StoreHeading& h : list) h.taken = {ui.state.data->scene.seen.start, ui.state.data->scene.seen.start};
    ui.state.data->witnesses->set_stores(std::make_shared<const StoreList>(std::move(list)));
    ui.key(Key::five);
    ui.frame(3);
  }
  // As the worker would answer the last question; row n is about task n.
  void answer(std::size_t count) {
    auto rows = std::make_shared<StoreRows>();
    for (std::size_t i = 0; i < count; ++i) {
      StoreRow row;
      row.event = EventId{static_cast<std::int64_t>(i + 1)};
      row.task = TaskId{static_cast<std::uint32_t>(i < 10 ? i : 9)};
      row.about = "photo-" + std::to_string(i);
      row.claims = i % 3 == 0 ? "completed, callback pending" : "running";
      row.bytes = "1.2 MB of 3.4 MB";
      row.session = "photos";
      row.row = "session_tasks rowid " + std::to_string(i + 1);
      rows->rows.push_back(row);
    }
    auto out = std::make_shared<StoreAnswer>();
    out->number = ui.state.stores.number;
    out->rows = rows;
    out->shown = rows_with(*rows, ui.state.stores.text);
    show_store(out, ui.state);
    ui.frame(3);
  }
};

TEST_F(StoresPanel, opens_by_its_key_and_asks_for_the_first_store) {
  ui.effects = {};
  give({heading("a/tasks.sqlite", 3), heading("b/tasks.sqlite", 9)});
  EXPECT_EQ(ui.state.left_tab, LeftTab::stores);
  EXPECT_EQ(ui.state.stores.store, 0U);
  EXPECT_TRUE(ui.effects.ask_store);
  EXPECT_GT(ui.place("uploads").width(), 700) << "a table needs room";
  answer(3);
  EXPECT_TRUE(ui.has("store-row-2"));
  ui.effects = {};
  ui.click("store-1");
  EXPECT_EQ(ui.state.stores.store, 1U);
  EXPECT_TRUE(ui.effects.ask_store);
  EXPECT_EQ(ui.state.stores.answer, nullptr) << "the rows are another store's";
}

TEST_F(StoresPanel, a_row_selects_its_task_and_shows_its_fields) {
  give({heading("tasks.sqlite", 3)});
  answer(3);
  ui.effects = {};
  ui.click("store-row-2");
  EXPECT_EQ(ui.state.data->scene.lanes[ui.state.selection.lane].task, TaskId{2});
  EXPECT_EQ(ui.effects.request_event, EventId{3});
  EventShown shown;
  shown.event.id = EventId{3};
  shown.event.kind = EventKind::store_entry;
  shown.event.observer = Observer::store;
  shown.event.task = TaskId{2};
  shown.event.store_row = "session_tasks rowid 3";
  shown.event.fields.set(uptrail::Field::state, std::string("running"));
  show_event(shown, ui.state, ui.effects);
  ui.frame(3);
  EXPECT_TRUE(ui.has("event-close")) << "with all its fields";
}

TEST_F(StoresPanel, rows_are_walked_by_keys) {
  give({heading("tasks.sqlite", 3)});
  answer(3);
  ui.key(Key::period);
  EXPECT_EQ(ui.state.stores.picked, 0U);
  ui.key(Key::period);
  ui.key(Key::period);
  ui.key(Key::period);
  EXPECT_EQ(ui.state.stores.picked, 2U) << "the last one stays";
  ui.key(Key::comma);
  EXPECT_EQ(ui.state.data->scene.lanes[ui.state.selection.lane].task, TaskId{1});
}

TEST_F(StoresPanel, typing_filters_and_enter_takes_the_first_row) {
  give({heading("tasks.sqlite", 12)});
  answer(12);
  apply(FocusField{Field::stores}, ui.state, ui.effects);
  ui.frame(3);
  ui.effects = {};
  ui.type("photo-7");
  EXPECT_EQ(ui.state.stores.text, "photo-7");
  EXPECT_TRUE(ui.effects.ask_store);
  answer(12);
  EXPECT_TRUE(ui.has("store-row-0"));
  EXPECT_FALSE(ui.has("store-row-1"));
  ui.key(Key::enter);
  EXPECT_EQ(ui.state.data->scene.lanes[ui.state.selection.lane].task, TaskId{7});
}

TEST_F(StoresPanel, a_hundred_thousand_rows_draw_only_what_is_seen) {
  give({heading("tasks.sqlite", 100'000)});
  answer(100'000);
  EXPECT_TRUE(ui.has("store-row-0"));
  EXPECT_FALSE(ui.has("store-row-200"));
  EXPECT_LT(ImGui::GetDrawData()->TotalVtxCount, 200'000);
  apply(PickStoreRow{60'000}, ui.state, ui.effects);
  ui.frame(3);
  EXPECT_TRUE(ui.has("store-row-60000")) << "what is picked comes into sight";
  ui.move(ui.place("store-row-60000").centre());
  ui.wheel(30);
  EXPECT_FALSE(ui.has("store-row-60000")) << "and can be scrolled away again";
}

TEST_F(StoresPanel, an_answer_to_an_older_question_is_dropped) {
  give({heading("tasks.sqlite", 3)});
  auto old = std::make_shared<StoreAnswer>();
  old->number = ui.state.stores.number - 1;
  old->rows = std::make_shared<const StoreRows>();
  show_store(old, ui.state);
  EXPECT_EQ(ui.state.stores.answer, nullptr);
  EXPECT_TRUE(ui.state.stores.asked);
}

TEST_F(StoresPanel, without_stores_it_says_what_to_open_and_a_narrow_window_is_no_trouble) {
  give({});
  EXPECT_FALSE(ui.has("store-filter"));
  give({heading("tasks.sqlite", 3)});
  answer(3);
  ImGui::GetIO().DisplaySize = {420, 320};
  ui.frame(4);
}

class WhoSaysWhat : public test::ShownCase {
 protected:
  static timeline::Belief word(timeline::Witness who, timeline::Stand stand, TimeNs t, const std::string& says,
                               std::int64_t event) {
    timeline::Belief b;
    b.who = who;
    b.stand = stand;
    b.t = t;
    b.timed = true;
    b.stream = StreamId{static_cast<std::uint16_t>(who == timeline::Witness::daemon ? 1 : 0)};
    b.event = EventId{event};
    b.says = says;
    return b;
  }
};

TEST_F(WhoSaysWhat, words_stand_beside_each_other_and_lead_to_their_lines) {
  using timeline::Stand;
  using timeline::Witness;
  const TimeNs t = ui.state.data->derived.tasks[1].seen.start;
  apply(SelectUpload{UploadId{1}}, ui.state, ui.effects);
  ui.frame(2);
  ASSERT_TRUE(ui.state.data->witnesses->wants()) << "asked for when it is looked at";
  const auto wishes = ui.state.data->witnesses->take_wishes();
  Testimony told;
  told.words = {word(Witness::app_store, Stand::under_way, t + seconds(90), "uploading", 7),
                word(Witness::daemon, Stand::well, t + seconds(20), "finished", 8)};
  told.disagreements = {{0, 1}};
  for (const TestimonyOf& what : wishes) {
    if (what.upload == UploadId{1}) ui.state.data->witnesses->answer(what, told);
  }
  ui.frame(2);
  const std::string store = std::to_string(static_cast<int>(Witness::app_store));
  const std::string daemon = std::to_string(static_cast<int>(Witness::daemon));
  EXPECT_TRUE(ui.has("disagrees-" + store));
  EXPECT_TRUE(ui.has("word-" + daemon));
  EXPECT_FALSE(ui.has("disagrees-" + daemon));
  ui.effects = {};
  ui.click("word-" + daemon);
  EXPECT_EQ(ui.effects.request_event, EventId{8});
}

}  // namespace
}  // namespace uptrail::viewer
