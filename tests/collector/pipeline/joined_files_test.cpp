// What people do to files before they send them: cut them off, put two into one, put the same one in twice. Whatever lies outside
// the touched place must give the events that it gave before.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "collector/base/text.h"
#include "collector/model/event.h"
#include "collector/pipeline/collect.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

namespace fs = std::filesystem;

struct Collected {
  std::vector<std::string> events;  // in the order of the file
  std::uint64_t read = 0, unparsed = 0;
  std::string error;
};

// One line an event, without its place.
std::string told(const Event& e) {
  std::string out = std::string(kind_name(e.kind)) + " " + std::string(observer_name(e.observer)) + " " + e.process + " " +
                    (e.pid ? std::to_string(*e.pid) : "-") + " ";
  out += (e.t_src ? format_iso(*e.t_src, 9) : "-") + " " + encode_fields(e.fields);
  return out;
}

Collected collected(const std::string& text) {
  Collected out;
  const auto reader = collect_text(text, "memory");
  if (!reader.ok()) {
    out.error = reader.error().text();
    return out;
  }
  std::vector<Event> events;
  EXPECT_TRUE((*reader)
                  ->for_each_event({},
                                   [&](const Event& e) {
                                     events.push_back(e);
                                     return true;
                                   })
                  .ok());
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.span.offset < b.span.offset; });
  for (const Event& e : events) {
    out.events.push_back(told(e));
  }
  const auto sources = (*reader)->sources();
  for (const Source& s : *sources) {
    EXPECT_TRUE(s.accounting.balanced()) << s.path;
    out.read += s.accounting.read;
    out.unparsed += s.accounting.unparsed;
  }
  return out;
}

// Some fixtures begin with the end of a record that is not in them.
std::string from_second_line(const std::string& text) { return text.substr(text.find('\n') + 1); }

std::map<std::string, std::string> fixtures() {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::directory_iterator(test::source_path("tests/fixtures/containers"))) {
    if (entry.path().extension() != ".scn") {  // a script is one whole: its times count from its beginning
      out[entry.path().filename().string()] = test::read_file(entry.path().string());
    }
  }
  EXPECT_GT(out.size(), 30U);
  return out;
}

// Events of `all` that `part` lacks, counted.
std::string missing(const std::vector<std::string>& part, const std::vector<std::string>& all) {
  std::map<std::string, int> left;
  for (const std::string& e : all) {
    ++left[e];
  }
  std::string out;
  for (const std::string& e : part) {
    if (--left[e] < 0) {
      out += "  " + e + "\n";
    }
  }
  return out;
}

TEST(JoinedFiles, what_stands_before_a_cut_gives_its_events) {
  for (const auto& [name, text] : fixtures()) {
    const Collected whole = collected(text);
    const std::size_t step = std::max<std::size_t>(1, text.size() / 25);
    for (std::size_t n = 1; n < text.size(); n += step) {
      const Collected cut = collected(text.substr(0, n));
      if (!cut.error.empty()) {
        continue;  // too little to know the format by: said, not lost
      }
      // The record at the cut may be another, and the one event it gives with it.
      const std::size_t sure = cut.events.empty() ? 0 : cut.events.size() - 1;
      ASSERT_LE(sure, whole.events.size()) << name << " cut at " << n;
      EXPECT_TRUE(std::equal(cut.events.begin(), cut.events.begin() + static_cast<std::ptrdiff_t>(sure), whole.events.begin()))
          << name << " cut at " << n;
    }
  }
}

TEST(JoinedFiles, the_same_file_twice_gives_its_events_twice) {
  for (const auto& [name, text] : fixtures()) {
    if (name.starts_with("console_copy")) {
      continue;  // Console itself copies lines twice: they are read once, and an issue says so
    }
    const Collected once = collected(text);
    const Collected twice = collected(text + (text.ends_with('\n') ? "" : "\n") + text);
    EXPECT_EQ(twice.error, "") << name;
    EXPECT_EQ(missing(once.events, twice.events), "") << name;
    EXPECT_GE(twice.events.size(), 2 * once.events.size()) << name;
    EXPECT_GE(twice.read + twice.unparsed, 2 * once.read) << name;
  }
}

// Times of these say so little that what stands before them changes their date.
std::vector<std::string> without_times(std::vector<std::string> events) {
  constexpr std::size_t kStamp = 30;  // "2026-11-18T13:41:03.123456000Z"
  for (std::string& e : events) {
    if (const std::size_t at = e.find("000Z "); at != std::string::npos && at + 4 >= kStamp) {
      e.erase(at + 4 - kStamp, kStamp);
    }
  }
  return events;
}

// Containers whose every record shows that it is one. Where none does (a console with bare prints, a prefix of one file only),
// lines of the second file can only be text of the first.
TEST(JoinedFiles, two_files_in_one_give_the_events_of_both) {
  auto all = fixtures();
  all["xcode.log"] = from_second_line(all["xcode.log"]);
  all["asl.log"] = from_second_line(all["asl.log"]);
  const std::vector<std::string> names = {"log_show_syslog.log",        "log_show_default.log",
                                          "log_show_compact.log",       "log_show_ndjson.ndjson",
                                          "log_show_json.json",         "event_ndjson.ndjson",
                                          "console_copy.log",           "xcode.log",
                                          "idevicesyslog.log",          "asl.log",
                                          "log_show_default_no_ttl.log"};
  std::map<std::string, Collected> alone;
  for (const std::string& name : names) {
    alone[name] = collected(all.at(name));
  }
  for (const std::string& first : names) {
    for (const std::string& second : names) {
      const bool alike = first == "asl.log" && second == "idevicesyslog.log";       // line by line either could be the other
      const bool inside = first == "event_ndjson.ndjson" && second == "xcode.log";  // which holds events of the first, too
      if (alike || inside) {
        continue;
      }
      const std::string& before = all.at(first);
      const Collected both = collected(before + (before.ends_with('\n') ? "" : "\n") + all.at(second));
      const auto events = without_times(both.events);
      EXPECT_EQ(both.error, "") << first << " + " << second;
      EXPECT_EQ(missing(without_times(alone[first].events), events), "") << first << " + " << second;
      EXPECT_EQ(missing(without_times(alone[second].events), events), "") << first << " + " << second;
    }
  }
}

}  // namespace
}  // namespace uptrail
