#include "tests/collector/containers/checks.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "collector/base/text.h"
#include "tests/support/files.h"

namespace uptrail::test {

namespace {

class DumpSink final : public RecordSink {
 public:
  bool record(const Record& r) override {
    ++result.records;
    std::string& out = result.dump;
    out += "record " + span(r.span);
    out += r.time ? " t=" + format_iso(*r.time, 9) : " t=-";
    out += r.zone_offset_minutes ? " zone=" + std::to_string(*r.zone_offset_minutes) : "";
    text("process", r.process);
    out += r.pid ? " pid=" + std::to_string(*r.pid) : "";
    text("thread", r.thread);
    out += r.level == LogLevel::unknown ? "" : " level=" + std::string(level_name(r.level));
    text("library", r.library);
    text("subsystem", r.subsystem);
    text("category", r.category);
    out += "\n  message=";
    append_json_string(out, r.message);
    if (r.raw != r.message) {
      out += "\n  raw=";
      append_json_string(out, r.raw);
    }
    out += '\n';
    return true;
  }
  void issue(const Issue& issue) override {
    result.unparsed += issue.kind == IssueKind::unparsed ? 1 : 0;
    result.dump += "issue " + std::string(issue_kind_name(issue.kind)) + ' ' + span(issue.span) + ": " + issue.detail + '\n';
  }
  ReadResult result;

 private:
  static std::string span(const SourceSpan& s) {
    return std::to_string(s.offset) + '+' + std::to_string(s.length) + " line " + std::to_string(s.line);
  }
  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) {
      result.dump += ' ';
      result.dump += name;
      result.dump += '=';
      append_json_string(result.dump, value);
    }
  }
};

class StoppingSink final : public RecordSink {
 public:
  bool record(const Record&) override {
    ++records;
    return false;
  }
  void issue(const Issue&) override {}
  int records = 0;
};

}  // namespace

ReadResult read_dump(const Container& container, std::string_view bytes, std::size_t chunk, const LinePrefix& prefix) {
  MemorySource source(bytes, "memory", chunk);
  DumpSink sink;
  const Status status = read_records(container, prefix, source, sink);
  sink.result.error = status ? "" : status.error().text();
  return sink.result;
}

void check_container(const Container& container, const std::string& fixture, bool line_records) {
  SCOPED_TRACE(fixture);
  const std::string bytes = read_file(source_path("tests/fixtures/containers/" + fixture));
  const Recognition recognised = recognise(std::string_view(bytes).substr(0, kSniffBytes), bytes.size() <= kSniffBytes);
  for (const auto& candidate : recognised.candidates) {
    EXPECT_FALSE(candidate.sniffed.why.empty());
    EXPECT_EQ(candidate.sniffed.match == Match::sure, candidate.container == &container && !is_fallback(container))
        << candidate.container->info().id << ": " << candidate.sniffed.why;
  }
  ASSERT_NE(recognised.chosen, nullptr);
  EXPECT_EQ(recognised.chosen->info().id, container.info().id);

  const ReadResult whole = read_dump(container, bytes, SIZE_MAX, recognised.prefix);
  EXPECT_EQ(whole.error, "");
  EXPECT_GT(whole.records, 0U);
  expect_golden("containers/" + fixture + ".txt", whole.dump);
  EXPECT_EQ(read_dump(container, bytes, 1, recognised.prefix).dump, whole.dump);

  MemorySource source(bytes);
  StoppingSink stopping;
  const Status stopped = read_records(container, recognised.prefix, source, stopping);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().kind, ErrorKind::interrupted);
  EXPECT_EQ(stopping.records, 1);

  std::uint64_t most = 0;
  for (std::size_t n = 0; n <= bytes.size(); ++n) {
    const ReadResult cut = read_dump(container, std::string_view(bytes).substr(0, n), SIZE_MAX, recognised.prefix);
    ASSERT_EQ(cut.error, "") << "cut at " << n;
    // Each line end completes at most one record or one unparsed piece: none may be lost by cutting later.
    if (line_records) {
      ASSERT_GE(cut.records + cut.unparsed + 1, most) << "cut at " << n;
    }
    most = std::max(most, cut.records + cut.unparsed);
  }
}

const Container& container_by_id(std::string_view id) {
  for (const Container* container : builtin_containers()) {
    if (container->info().id == id) {
      return *container;
    }
  }
  ADD_FAILURE() << "no container " << id;
  return *builtin_containers()[0];
}

bool is_fallback(const Container& container) { return container.info().id == "app_log" || container.info().id == "bare"; }

}  // namespace uptrail::test
