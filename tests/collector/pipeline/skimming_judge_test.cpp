// A line is judged alike by its text alone and in full, whatever stood before it, wherever it was cut or joined.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "collector/containers/container.h"
#include "collector/containers/line_reader.h"
#include "collector/messages/catalogue.h"
#include "collector/messages/decoder.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

// Never judges by the text: every line is read in full.
class FullFilter final : public RecordFilter {
 public:
  explicit FullFilter(const std::shared_ptr<const Catalogue>& catalogue) : inner_(catalogue) {}
  bool may_matter(const Record& record) override { return inner_.may_matter(record); }

 private:
  RelevanceFilter inner_;
};

class Judges {
 public:
  explicit Judges(const std::shared_ptr<const Catalogue>& catalogue) : quick_filter_(catalogue), full_filter_(catalogue) {
    for (const Container* c : builtin_containers()) {
      if (c->info().id == "log_show_syslog") {
        quick_ = c->judge(quick_filter_);
        full_ = c->judge(full_filter_);
      }
    }
  }
  void expect_same(std::string_view line) {
    padded_ = line;
    padded_.resize(line.size() + kLinePadding);
    const std::string_view text = std::string_view(padded_).substr(0, line.size());
    const auto quick = quick_->dull(text);
    const auto full = full_->dull(text);
    ++lines;
    dull += full ? 1U : 0U;
    const bool same = quick.has_value() == full.has_value() &&
                      (!quick || (quick->time == full->time && quick->zone_offset_minutes == full->zone_offset_minutes));
    if (!same && ++different <= 5) {
      ADD_FAILURE() << (full ? "dull" : "not dull") << " when read in full, but not by its text: " << line;
    }
  }
  std::size_t lines = 0, dull = 0, different = 0;

 private:
  RelevanceFilter quick_filter_;
  FullFilter full_filter_;
  std::unique_ptr<LineJudge> quick_, full_;
  std::string padded_;
};

// What may stand before a message: usual ones again and again, and all that only looks like one of them.
const std::vector<std::string> kHeaders = {
    "2026-11-18 14:00:01.000000+0100  localhost wifid[45]: (WiFiPolicy) [com.apple.WiFiPolicy:] ",
    "2026-11-18 14:00:01.000001+0100  localhost wifid[45]: ",
    "2026-11-18 14:00:01.000002+0100  localhost wifid[45]: (WiFiPolicy) ",
    "2026-11-18 14:00:01.000003+0100  localhost wifid[45]: [com.apple.WiFiPolicy:] ",
    "2026-11-18 14:00:01.000004+0100  localhost Shoebox[447]: (CFNetwork) [com.apple.CFNetwork:Default] ",
    "2026-11-18 14:00:01.000005+0100  localhost Photo Uploader[448]: ",
    "2026-11-18 14:00:02.500000+0100  localhost nsurlsessiond[91]: [com.apple.nsurlsessiond:background] ",
    "2026-11-18 14:00:02.500000+0100  localhost runningboardd[33]: (RunningBoard) [com.apple.runningboard:process] ",
    "2026-11-18 14:00:02.500000+0100  localhost symptomsd[112]: (SymptomEvaluator) ",
    "2026-11-18 14:00:02.500000+0100  localhost SpringBoard[57]: [com.apple.SpringBoard:Default] ",
    "2026-11-18 14:00:02.500000+0100  localhost powerd[40]: [com.apple.powerd:assertions] ",
    "2026-11-18 24:00:02.500000+0100  localhost wifid[45]: ",
    "2026-11-18 14:00:02.5000x0+0100  localhost wifid[45]: ",
    "2026-11-18 14:00:02.500+0100  localhost wifid[45]: ",
    "2026-11-18 14:00:02.500000+0200  localhost wifid[45]: ",
    "2026-11-19 14:00:02.500000+0100  localhost wifid[45]: ",
    "2026-11-31 14:00:02.500000+0100  localhost wifid[45]: ",
    "2026-11-18 14:00:03.000000+0100  iPhone wifid[45]: ",
    "2026-11-18 14:00:03.000000+0100  m wifid[45]: ",
    "2026-11-18 14:00:03.000000+0100 localhost wifid[45]: ",
    "2026-11-18 14:00:03.000000+0100  localhost  wifid[45]: ",
    "2026-11-18 14:00:03.000000+0100  localhost wifid[45]:",
    "2026-11-18 14:00:03.000000+0100  localhost wifid[45]:  ",
    "2026-11-18 14:00:03.000000+0100  localhost wifid[45]:x [a]: ",
    "2026-11-18 14:00:03.000000+0100  localhost wifid[4x]: ",
    "2026-11-18 14:00:03.000000+0100  localhost [45]: ",
    "2026-11-18 14:00:03.000000+0100  localhost wifid[45]: (WiFiPolicy)[com.apple.WiFiPolicy:] ",
    "2026-11-18 14:00:03.000000+0100  localhost wifid[45]: (WiFiPolicy) [12:34] ",
    "2026-11-18 14:00:03.000000+0100  localhost wifid[45]: (WiFiPolicy) (More) ",
    "2026-11-18 14:00:03.000000+0100  localhost wifid[45]: [com.apple.WiFiPolicy:] [a.b:c] ",
};

// Each of the catalogue's samples, and what else may matter in the text of any process.
std::vector<std::string> messages(const Catalogue& catalogue) {
  const std::string uuid = "0A1B2C3D-1111-4222-8333-444455556666";
  std::vector<std::string> out = {"",
                                  "x",
                                  "T",
                                  "rssi -56 snr 36",
                                  "{\"uptrail\":1,\"kind\":\"app.heartbeat\"}",
                                  "  {\"kind\":\"app.heartbeat\"}",
                                  "{\"msg\":\"fix\", \"n\":14}",
                                  "saw Task <" + uuid + ">.<7> go",
                                  "of BackgroundSession <" + uuid + ">",
                                  "of Session <" + uuid + " and no more",
                                  "a < b, Task < 3",
                                  "Process mediaserverd.38 Created",
                                  "Task <" + uuid + ">.<7>",
                                  "\xEF\xBB\xBF<private>"};
  for (const MessagePattern& p : catalogue.patterns()) {
    for (const MessagePattern::Sample& sample : p.samples) {
      out.push_back(sample.line);
    }
  }
  return out;
}

TEST(SkimmingJudge, by_text_and_in_full_are_the_same) {
  const auto catalogue = builtin_catalogue();
  ASSERT_TRUE(catalogue.ok());
  Judges judges(*catalogue);
  const std::vector<std::string> texts = messages(**catalogue);
  std::size_t n = 1;
  for (const std::string& text : texts) {
    for (std::size_t round = 0; round < kHeaders.size(); ++round) {
      n = (n * 13 + 7) % 1009;
      judges.expect_same(kHeaders[0] + "rssi -56");  // what the next lines may be taken to be like
      judges.expect_same(kHeaders[n % kHeaders.size()] + text);
      judges.expect_same(kHeaders[n % 11] + text);
      judges.expect_same(kHeaders[n % 6] + texts[n % texts.size()] + " " + text);  // joined
    }
  }
  EXPECT_EQ(judges.different, 0U);
  EXPECT_GT(judges.dull, judges.lines / 4);
}

TEST(SkimmingJudge, cut_lines_too) {
  const auto catalogue = builtin_catalogue();
  ASSERT_TRUE(catalogue.ok());
  Judges judges(*catalogue);
  std::vector<std::string> texts = messages(**catalogue);
  for (std::size_t i = 0; i < texts.size(); i += i < 14 ? 1 : 9) {
    for (std::size_t h = 0; h < kHeaders.size(); h += i < 14 ? 1 : 5) {
      const std::string line = kHeaders[h] + texts[i];
      for (std::size_t cut = 0; cut <= line.size(); ++cut) {
        judges.expect_same(std::string_view(line).substr(0, cut));
        if (cut % 8 == 0) {
          judges.expect_same(std::string_view(line).substr(cut));
          judges.expect_same(kHeaders[1] + std::string(std::string_view(line).substr(cut)));
        }
      }
    }
  }
  EXPECT_EQ(judges.different, 0U);
  EXPECT_GT(judges.lines, 50'000U);
}

TEST(SkimmingJudge, damaged_bytes_too) {
  const auto catalogue = builtin_catalogue();
  ASSERT_TRUE(catalogue.ok());
  Judges judges(*catalogue);
  const std::string usual = kHeaders[0] + "Task <0A1B2C3D-1111-4222-8333-444455556666>.<7> resuming, QOS(0x19)";
  for (const std::string& header : kHeaders) {
    for (std::size_t at = 0; at < header.size(); ++at) {
      for (const char c : std::string_view(" 09:/[]().-+xZ\xC3\0", 16)) {
        std::string line = header + "rssi -56";
        line[at] = c;
        judges.expect_same(usual);
        judges.expect_same(kHeaders[0] + "rssi -56");
        judges.expect_same(line);
        judges.expect_same(line);  // as it would be judged when it was remembered
      }
    }
  }
  EXPECT_EQ(judges.different, 0U);
}

TEST(SkimmingJudge, fixtures_and_real_logs_too) {
  const auto catalogue = builtin_catalogue();
  ASSERT_TRUE(catalogue.ok());
  Judges judges(*catalogue);
  const auto all = [&](const std::string& path) {
    std::istringstream in(test::read_file(path));
    for (std::string line; std::getline(in, line);) {
      judges.expect_same(line);
      judges.expect_same(kHeaders[1] + line);
      judges.expect_same(kHeaders[4] + line);
    }
  };
  for (const std::string_view name : {"log_show_syslog.log", "log_show_syslog_flutter.log", "idevicesyslog.log", "bare.log"}) {
    all(test::source_path("tests/fixtures/containers/" + std::string(name)));
  }
  all(test::source_path("assets/samples/plain/system.log"));
  EXPECT_EQ(judges.different, 0U);
}

// A user's message file makes other lines matter.
TEST(SkimmingJudge, asks_the_catalogue_that_is_used) {
  const auto catalogue = load_catalogue({{"mine.json", R"({"uptrail_messages":1,"processes":["*any*"],"observer":"app",
    "provenance":"seen","messages":[{"id":"mine.signal","pattern":"rssi {int:number}","kind":"app.heartbeat","fields":{},
    "samples":[{"line":"rssi -56","gives":{}}]},{"id":"mine.one","pattern":"q{int:number}","kind":"app.heartbeat","fields":{},
    "samples":[{"line":"q7","gives":{}}]}]})"}});
  ASSERT_TRUE(catalogue.ok()) << catalogue.error().text();
  Judges judges(*catalogue);
  for (const char* text : {"rssi -56", "rssi 9", "rssi", "q7", "q", "quiet", " q7 ", "noise"}) {
    judges.expect_same(kHeaders[0] + "noise noise");
    judges.expect_same(kHeaders[0] + text);
    judges.expect_same(kHeaders[1] + text);
  }
  EXPECT_EQ(judges.different, 0U);
  EXPECT_GT(judges.dull, 0U);
}

}  // namespace
}  // namespace uptrail
