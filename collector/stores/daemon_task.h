// One task as nsurlsessiond remembers it, whichever of its stores it comes from: tasks.sqlite or a session's tasks.plist.
// Private to this folder.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "collector/base/ids.h"
#include "collector/base/time.h"
#include "collector/model/event.h"
#include "collector/plist/foundation.h"
#include "collector/stores/resume_data.h"

namespace uptrail {

// As stored; nullopt, or an empty text: the store does not say.
struct DaemonTask {
  std::string session;  // identifier of the session
  std::string bundle;
  std::int64_t identifier = 0;  // taskIdentifier
  std::optional<Uuid> uuid;
  std::optional<std::int64_t> state;  // NSURLSessionTaskState: 0 running, 1 suspended, 2 canceling, 3 completed
  std::optional<std::int64_t> kind;   // 0 download, 1 upload, 2 data; others are of AVFoundation
  std::string description;
  std::optional<std::int64_t> sent, expected;  // bytes; negative: not known
  std::optional<TimeNs> created;
  std::optional<TimeNs> begin;  // earliestBeginDate
  std::optional<std::int64_t> suspend_count, retries;
  std::optional<bool> started, discretionary;
  bool has_file = false;  // a body file is named, even if its name cannot be read
  std::string file;
  std::optional<plist::RequestFacts> request;
  std::optional<plist::ResponseFacts> response;
  bool has_error = false;  // an error is stored, even if it cannot be read
  std::optional<plist::ErrorFacts> error;
  std::optional<plist::ErrorFacts> retry_error;  // of the last attempt that was repeated
  std::optional<ResumeData> resume;              // of an upload that can go on where it was
};

// Seconds as the stores keep them, since 2001 or 1970. nullopt: 0, which stands for no time, negative, or no number at all.
enum class StoreEpoch : std::uint8_t { year_1970, year_2001 };
std::optional<TimeNs> time_of(StoreEpoch epoch, std::optional<double> seconds);

using TellProblem = std::function<void(const std::string&)>;

// Sets the fields of a store.entry. `problem` hears of values that mean nothing.
void describe_task(const DaemonTask& task, Event& event, const TellProblem& problem);

// A keyed archive inside a store. nullopt: empty, or unreadable, of which `problem` hears once with the reason.
std::optional<plist::KeyedArchive> open_archive(std::span<const std::byte> bytes, const std::string& name,
                                                const TellProblem& problem);

// Resume data inside a store. nullopt: none, or unreadable, of which `problem` hears.
std::optional<ResumeData> open_resume_data(std::span<const std::byte> bytes, const std::string& name, const TellProblem& problem);

// Sets the fields of a store.session, the identifier apart.
void describe_session(const plist::ConfigurationFacts& configuration, Event& event);
// When the app was last connected, from a session's options: a keyed dictionary.
std::optional<TimeNs> disconnected_at(const plist::KeyedArchive& options);

}  // namespace uptrail
