// A hand-filled case behind CaseReader: two sources, one app, one cause with two findings, one open question.
#pragma once

#include <map>
#include <utility>

#include "collector/trace/case_file.h"

namespace uptrail::test {

class FakeCase final : public CaseReader {
 public:
  CaseInfo case_info;
  std::vector<Source> source_list;
  std::vector<Stream> stream_list;
  std::vector<Contents> contents_list;
  Derived result;
  std::map<EventId, std::pair<Event, RawLine>> events;

  Result<CaseInfo> info() override { return case_info; }
  Result<std::vector<Source>> sources() override { return source_list; }
  Result<std::vector<Stream>> streams() override { return stream_list; }
  Result<std::vector<Contents>> contents() override { return contents_list; }
  Result<Derived> derived() override { return result; }
  Status for_each_event(const EventQuery&, const std::function<bool(const Event&)>& callback) override {
    for (const auto& [id, pair] : events) {
      if (!callback(pair.first)) break;
    }
    return done();
  }
  Result<std::optional<Event>> event(EventId id) override {
    const auto it = events.find(id);
    return it == events.end() ? std::optional<Event>() : it->second.first;
  }
  Result<std::uint64_t> event_count() override { return events.size(); }
  Result<std::vector<RawLine>> raw_lines(SourceId, std::uint64_t, std::size_t) override { return std::vector<RawLine>(); }
  Result<std::optional<RawLine>> raw_of(EventId id) override {
    const auto it = events.find(id);
    return it == events.end() ? std::optional<RawLine>() : it->second.second;
  }
  Result<std::uint64_t> raw_line_count(SourceId) override { return events.size(); }
};

// 18 Nov 2026 14:00:00 +01:00, the sample's zero.
inline constexpr TimeNs kSampleStart{1'795'006'800'000'000'000};

FakeCase sample_case();

}  // namespace uptrail::test
