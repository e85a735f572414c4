// Hand-made captures for the analysis tests: events in, everything derived out, without containers or case files.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/analysis/analyse.h"
#include "collector/analysis/coverage.h"
#include "collector/analysis/world_impl.h"

namespace uptrail::analysis::test {

inline TimeNs at(double s) { return TimeNs{0} + from_seconds(s); }

// One case with one unit, an app stream and a daemon stream in one source, unless more is added.
class Capture {
 public:
  Capture();

  // Adds one event; the kind's usual observer logs it (daemon.* the daemon, all else the app), pid 100 unless changed.
  Event& add(double t, EventKind kind, std::initializer_list<std::pair<Field, Value>> fields = {});
  Event& add_to(StreamId stream, double t, EventKind kind, std::initializer_list<std::pair<Field, Value>> fields = {});
  // capture.begin with these kinds, in the app's and the daemon's stream.
  void declare(std::vector<std::string> kinds = {"*"});
  void heartbeats(double from, double to);
  void pid(std::int64_t pid) { pid_ = pid; }
  // From the first event (or 0) to `end` everything is open.
  void end(double end);
  StreamId add_stream(Observer observer, bool own_source = false, DurationNs uncertainty = {}, DomainId domain = DomainId{0});

  static constexpr StreamId kApp{0};
  static constexpr StreamId kDaemon{1};

  AnalysisInput input() const;
  Derived run(std::span<const Rule* const> rules = {}) const;

  std::vector<Event> events;
  std::vector<Stream> streams;
  std::vector<Source> sources;
  std::vector<Unit> units;
  std::vector<Session> sessions;
  std::vector<Task> tasks;
  std::vector<Upload> uploads;

 private:
  SessionId session_of(const std::string& identifier);
  TaskId task_of(const Uuid& uuid, SessionId session);
  UploadId upload_of(const std::string& name);
  std::int64_t pid_ = 100;
};

// The world of the capture's only unit, with everything it refers to.
class Stage {
 public:
  explicit Stage(const Capture& capture);
  const WorldImpl& world() const { return *world_; }
  const Coverage& coverage() const { return *coverage_; }
  const Derived& derived() const { return derived_; }
  const ProcessEpoch& epoch(std::size_t i) const { return derived_.epochs.at(i); }
  FactIndex fact(EventKind kind, std::size_t nth = 0) const { return world_->of_kind(kind)[nth]; }

 private:
  std::vector<Stream> streams_;
  Derived derived_;
  std::vector<UnitFacts> facts_;
  UnitEntities entities_;
  std::unique_ptr<Coverage> coverage_;
  std::unique_ptr<WorldImpl> world_;
};

}  // namespace uptrail::analysis::test
