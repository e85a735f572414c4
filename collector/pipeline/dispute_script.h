// Events as lines of an event script (docs/formats/event_script.md) without anything private: identifiers, names, paths, URLs
// and free texts become stable pseudonyms, times count from the beginning of the capture.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/model/derived.h"
#include "collector/model/event.h"

namespace uptrail {

struct DisputeLine {
  std::string text;  // "12.5 task.create X1 kind=upload-file"
  EventKind kind = EventKind::capture_begin;
  Observer observer = Observer::app;
  TaskId task;
};

class DisputeScript {
 public:
  // `derived` and `streams` are those of the case; both must outlive this.
  DisputeScript(const Derived& derived, const std::vector<Stream>& streams, UnitId unit, DomainId domain);

  // In time order, events of the unit and the domain. nullopt: a script says it otherwise (manifests, gaps, heartbeats).
  [[nodiscard]] std::optional<DisputeLine> line(const Event& event);
  // The gap line of a capture.gap; "" when it has no place in the script.
  [[nodiscard]] std::string gap(const Event& event) const;
  // `cover:` and `end:` lines for a script of these lines: what the sources of the case cover, and the kinds of the lines.
  [[nodiscard]] std::string head(const std::vector<DisputeLine>& lines) const;

 private:
  using Pseudonyms = std::map<std::string, std::string, std::less<>>;
  [[nodiscard]] std::string seconds_of(TimeNs t) const;
  [[nodiscard]] std::string words(const Event& event);
  [[nodiscard]] std::optional<std::string> value(const Event& event, Field field, const Value& value);
  [[nodiscard]] std::optional<std::string> text_value(const Event& event, Field field, const std::string& text);
  [[nodiscard]] std::string listing(const Event& event, const std::vector<TaskListing>& list);
  [[nodiscard]] std::string task_name(TaskId task);
  [[nodiscard]] std::string process_words(const Event& event);
  [[nodiscard]] EpochId epoch_of(const Event& event) const;
  [[nodiscard]] std::int64_t pid_of(EpochId epoch);
  [[nodiscard]] static std::string alias(Pseudonyms& names, std::string_view text, std::string_view prefix);

  const Derived& derived_;
  const std::vector<Stream>& streams_;
  UnitId unit_;
  DomainId domain_;
  Interval open_;
  std::string main_process_;
  Pseudonyms sessions_, session_groups_, numbered_sessions_, objects_, delegates_, uploads_, files_, urls_, processes_, uuids_,
      queues_, slots_;
  std::map<TaskId, std::string> tasks_;
  std::map<std::string, std::string, std::less<>> strangers_;  // listed tasks that the case does not know
  std::map<EpochId, std::int64_t> pids_;
  std::int64_t launches_ = 0;
  EpochId running_;
};

}  // namespace uptrail
