// Skimming must never show: whatever the blocks and threads, the case is that of reading every record in full.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "collector/model/event.h"
#include "collector/pipeline/collect.h"
#include "collector/pipeline/intake.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::scratch_dir;
using test::source_path;
using test::write_file;

std::string span(const SourceSpan& s) {
  return std::to_string(s.offset) + "+" + std::to_string(s.length) + " line " + std::to_string(s.line);
}
template <class T>
std::string shown(const std::optional<T>& value) {
  if constexpr (std::is_same_v<T, TimeNs>) {
    return value ? std::to_string(value->ns) : "-";
  } else {
    return value ? std::to_string(*value) : "-";
  }
}

// Everything that a case keeps of its sources: accounts, times, issues, events and lines.
std::string dump(CaseReader& reader) {
  std::ostringstream out;
  for (const Source& s : reader.sources().take()) {
    const Accounting& a = s.accounting;
    out << s.container << ' ' << s.content_hash << ' ' << s.size << " read " << a.read << " = " << a.matched << " + " << a.related
        << " + " << a.irrelevant << " + " << a.unparsed << " first " << shown(s.first) << " last " << shown(s.last) << " zone "
        << shown(s.zone_offset_minutes) << " issues " << s.issue_count << ' ' << s.not_understood << '\n';
    for (const Issue& i : s.issues) {
      out << "issue " << issue_kind_name(i.kind) << ' ' << span(i.span) << ' ' << i.detail << '\n';
    }
    for (const RawLine& line : reader.raw_lines(s.id, 0, SIZE_MAX / 2).take()) {
      out << "line " << span(line.span) << ' ' << shown(line.t_src) << ' ' << line.is_event << ' ' << line.event.value << ' '
          << line.text << '\n';
    }
  }
  const Status read = reader.for_each_event({}, [&](const Event& e) {
    out << "event " << e.id.value << ' ' << kind_name(e.kind) << ' ' << e.seq << ' ' << e.t.ns << ' ' << span(e.span) << ' '
        << e.process << ' ' << shown(e.pid) << ' ' << encode_fields(e.fields) << '\n';
    return true;
  });
  EXPECT_TRUE(read.ok());
  return out.str();
}

std::string collected(const std::string& path, const ReadingOptions& reading) {
  const auto writer = create_memory_case().take();
  CollectOptions options;
  options.paths = {path};
  options.reading = reading;
  const auto report = collect(*writer, options);
  return report.ok() ? dump(writer->reader()) : "error: " + report.error().message;
}

void expect_unseen(const std::string& path, const std::vector<std::size_t>& blocks) {
  ReadingOptions plain;
  plain.skim = false;
  const std::string wanted = collected(path, plain);
  for (const std::size_t block : blocks) {
    for (const unsigned threads : {0U, 1U, 2U}) {
      EXPECT_EQ(collected(path, {true, 0, block, threads}), wanted)
          << path << ": blocks of " << block << " bytes, " << threads << " threads";
    }
  }
}

std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      out.push_back(entry.path().string());
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

const std::vector<std::pair<std::string, std::string>> kDull = {
    {"log_show_syslog.log",
     "2026-11-18 14:00:01.000000+0100  localhost wifid[45]: (WiFiPolicy) [com.apple.WiFiPolicy:] rssi -56"},
    {"log_show_default.log",
     "2026-11-18 14:00:01.000000+0100 0x7f8      Default     0x0                  45     0    wifid: (WiFiPolicy) rssi -56"},
    {"log_show_compact.log", "2026-11-18 14:00:01.000 Df wifid[45:7f8] [com.apple.WiFiPolicy:] rssi -56"},
    {"log_show_ndjson.ndjson",
     R"({"timestamp":"2026-11-18 14:00:01.000000+0100","processID":45,"eventMessage":"rssi -56","eventType":"logEvent",)"
     R"("messageType":"Default","processImagePath":"\/usr\/sbin\/wifid","subsystem":"","category":""})"},
};

// Each line of the fixture with some dull lines behind it: 0 to 9, so that all distances occur.
std::string thinned(const std::string& fixture, const std::string& dull, std::string_view line_end) {
  std::istringstream in(read_file(source_path("tests/fixtures/containers/" + fixture)));
  std::string out;
  std::string line;
  std::size_t n = 3;
  for (int round = 0; round < 3; ++round, in.clear(), in.seekg(0)) {
    while (std::getline(in, line)) {
      out += line;
      out += line_end;
      n = (n * 7 + 3) % 10;
      for (std::size_t i = 0; i < n; ++i) {
        out += dull;
        out += line_end;
      }
    }
  }
  return out;
}

TEST(Skimming, gives_the_same_case_for_every_fixture) {
  for (const std::string& path : files_in(source_path("tests/fixtures/containers"))) {
    expect_unseen(path, {1, 100, 4096});
  }
  for (const std::string& path : files_in(source_path("assets/samples/plain"))) {
    expect_unseen(path, {4096, 1U << 20U});
  }
}

TEST(Skimming, gives_the_same_case_when_most_lines_concern_nobody) {
  const std::string dir = scratch_dir();
  for (const auto& [fixture, dull] : kDull) {
    for (const std::string_view end : {"\n", "\r\n"}) {
      std::string text = thinned(fixture, dull, end);
      const std::string path = dir + "/" + (end.size() == 1 ? "" : "crlf-") + fixture;
      write_file(path, text);
      expect_unseen(path, {1, 777, 5000, 1U << 20U});
      text.resize(text.size() - 40);  // ends inside a line
      write_file(path, "\xEF\xBB\xBFnot a record\n" + text);
      expect_unseen(path, {64, 5000});
    }
  }
}

TEST(Skimming, gives_the_same_case_for_real_logs) {
  UPTRAIL_NEED_REAL(folder, "real-logs");
  for (const std::string& path : files_in(folder)) {
    expect_unseen(path, {300, 1U << 16U});
  }
}

struct PlainFilter : RecordFilter {
  bool may_matter(const Record& r) override { return r.process != "wifid"; }
};

// Without this the tests above would hold for a source that leaves nothing out.
TEST(Skimming, leaves_out_what_concerns_nobody) {
  for (const auto& [fixture, dull] : kDull) {
    if (fixture == "log_show_compact.log") {
      continue;  // its times show no zone, so that each one is watched
    }
    std::string text;
    for (int i = 0; i < 1000; ++i) {
      text += dull + "\n";
    }
    const Recognition found = recognise(std::string_view(text).substr(0, kSniffBytes), false);
    ASSERT_NE(found.chosen, nullptr) << fixture;
    PlainFilter filter;
    for (const unsigned threads : {0U, 2U}) {
      MemorySource memory(text, "memory", 1000);
      SkimmedSource source(memory, {true, 0, text.size() / 4, threads}, [&] {
        OwnedJudge owned{std::make_unique<PlainFilter>(), nullptr};
        owned.judge = found.chosen->judge(*owned.filter);
        return owned;
      });
      std::uint64_t lines = 0;
      std::uint64_t bytes = 0;
      std::vector<char> buffer(100);
      for (std::size_t got = 1; got > 0;) {
        const SkippedLines skipped = source.take_skipped();
        lines += skipped.lines;
        bytes += skipped.bytes;
        got = source.read(buffer).take();
        bytes += got;
      }
      EXPECT_EQ(bytes, text.size());
      EXPECT_GT(lines, 960U) << fixture;
    }
  }
}

// The process of a user's own message file is as good as nsurlsessiond.
TEST(Skimming, asks_the_catalogue_that_is_used) {
  const auto catalogue = load_catalogue({{"mine.json", R"({"uptrail_messages":1,"processes":["wifid"],"observer":"app",
    "provenance":"seen","messages":[{"id":"wifid.signal","pattern":"rssi {int:number}","kind":"app.heartbeat","fields":{},
    "samples":[{"line":"rssi -56","gives":{}}]}]})"}});
  if (!catalogue.ok()) {
    GTEST_FAIL() << catalogue.error().text();
  }
  RelevanceFilter own(*catalogue);
  RelevanceFilter builtin(*builtin_catalogue());
  Record record;
  record.process = "wifid";
  record.message = "rssi -56";
  EXPECT_TRUE(own.may_matter(record));
  EXPECT_FALSE(builtin.may_matter(record));
}

class BrokenSource final : public ByteSource {
 public:
  explicit BrokenSource(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] std::string_view name() const override { return "broken"; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::nullopt; }
  Result<std::size_t> read(std::span<char> into) override {
    if (at_ == text_.size()) {
      return fail(ErrorKind::unreadable, "the disk is gone", "broken", at_);
    }
    const std::size_t n = std::min(into.size(), text_.size() - at_);
    std::copy_n(text_.data() + at_, n, into.data());
    at_ += n;
    return n;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

TEST(Skimming, tells_an_error_of_reading_behind_the_bytes_before_it) {
  const std::string text = kDull[0].second + "\n" + kDull[0].second + "\n";
  for (const unsigned threads : {0U, 1U}) {
    BrokenSource broken(text);
    SkimmedSource source(broken, {true, 0, 50, threads}, [] {
      OwnedJudge owned{std::make_unique<PlainFilter>(), nullptr};
      owned.judge = builtin_containers()[0]->judge(*owned.filter);
      for (const Container* c : builtin_containers()) {
        owned.judge = c->info().id == "log_show_syslog" ? c->judge(*owned.filter) : std::move(owned.judge);
      }
      return owned;
    });
    std::string got;
    std::vector<char> buffer(1000);
    for (;;) {
      (void)source.take_skipped();
      const auto n = source.read(buffer);
      if (!n.ok()) {
        EXPECT_EQ(n.error().message, "the disk is gone");
        break;
      }
      ASSERT_GT(*n, 0U);
      got.append(buffer.data(), *n);
    }
    EXPECT_EQ(got, text);
  }
}

}  // namespace
}  // namespace uptrail
