// What tests of readers of stores have in common: a sink that keeps everything, and the events as text for golden files.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "collector/sqlite/connection.h"
#include "collector/stores/store.h"
#include "tests/support/files.h"

namespace uptrail::test {

struct CollectedStore final : EventSink {
  std::vector<Event> events;
  std::vector<Issue> issues;
  std::size_t stop_after = SIZE_MAX;
  bool event(Event e) override {
    events.push_back(std::move(e));
    return events.size() < stop_after;
  }
  void issue(const Issue& i) override { issues.push_back(i); }
  [[nodiscard]] bool has(IssueKind kind, std::string_view part) const {
    return std::any_of(issues.begin(), issues.end(),
                       [&](const Issue& i) { return i.kind == kind && i.detail.find(part) != std::string::npos; });
  }
  [[nodiscard]] std::vector<Event> of(EventKind kind) const {
    std::vector<Event> out;
    std::copy_if(events.begin(), events.end(), std::back_inserter(out), [&](const Event& e) { return e.kind == kind; });
    return out;
  }
  [[nodiscard]] const Event* row(std::string_view row) const {
    const auto it = std::find_if(events.begin(), events.end(), [&](const Event& e) { return e.store_row == row; });
    return it == events.end() ? nullptr : &*it;
  }
  // For golden files.
  [[nodiscard]] std::string text() const {
    std::string out;
    for (const Event& e : events) {
      out += std::string(kind_name(e.kind)) + " " + (e.t_src ? format_iso(*e.t_src, 3) : "-") +
             (e.bundle.empty() ? "" : " " + e.bundle) + " [" + e.store_row + "] " + encode_fields(e.fields) + "\n";
    }
    for (const Issue& i : issues) {
      out += "issue " + std::string(issue_kind_name(i.kind)) + ": " + i.detail + "\n";
    }
    return out;
  }
};

inline constexpr TimeNs kStoreModified{1'763'470'863'000'000'000};

// A store made by SQL statements, read by one reader.
class StoreFixture : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = scratch_dir();
    files_ = {"shown/store", dir_ + "/store", false, kStoreModified};
  }
  void make(const std::string& sql) { make_at(files_.private_path, sql); }
  static void make_at(const std::string& path, const std::string& sql) {
    auto db = sqlite::Connection::open(path, sqlite::Access::write);
    ASSERT_TRUE(db.ok());
    const auto status = db->exec("PRAGMA synchronous = OFF;" + sql);
    EXPECT_TRUE(status.ok()) << status.error().text();
  }
  CollectedStore read(const Store& store, std::size_t stop_after = SIZE_MAX) {
    CollectedStore sink;
    sink.stop_after = stop_after;
    std::string why;
    const auto fits = store.probe(files_, why);
    EXPECT_TRUE(fits.ok() && *fits) << why;
    const auto result = store.read(files_, sink);
    EXPECT_TRUE(result.ok()) << result.error().text();
    if (result.ok()) {
      stats_ = *result;
      EXPECT_GE(stats_.read, stats_.matched + stats_.unparsed);
    }
    return sink;
  }
  // Cut at several places: an error with the path, or some rows with an issue; never silence.
  void expect_honest_when_cut(const Store& store, std::uint64_t rows) {
    const std::string whole = read_file(files_.private_path);
    for (const double share : {0.9, 0.5, 0.2, 0.05}) {
      write_file(files_.private_path, whole.substr(0, static_cast<std::size_t>(share * static_cast<double>(whole.size()))));
      CollectedStore sink;
      const auto result = store.read(files_, sink);
      if (result.ok()) {
        EXPECT_LE(result->read, rows);
        EXPECT_FALSE(sink.issues.empty()) << share;
      } else {
        EXPECT_NE(result.error().path.find("shown/store"), std::string::npos) << result.error().text();
      }
    }
  }

  std::string dir_;
  StoreFiles files_;
  StoreStats stats_;
};

}  // namespace uptrail::test
