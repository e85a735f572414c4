// Foundation's network objects in a keyed archive, as plain facts.
//
// NSURLRequest keeps its parts under numbered keys, of which these are known from archives of several systems: 1 URL, 2 timeout,
// 18 method, 19 headers, 20 body. The keys of NSURLResponse are not known: its parts are told by their types, and a status is
// believed only when one number alone could be it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collector/plist/keyed_archive.h"

namespace uptrail::plist {

using Headers = std::vector<std::pair<std::string, std::string>>;  // as stored

struct RequestFacts {
  std::string url;     // empty: unknown
  std::string method;  // empty: unknown
  Headers headers;
  std::optional<double> timeout_s;
  std::optional<std::uint64_t> body_bytes;  // of a body held in memory
};

struct ResponseFacts {
  std::string url;  // empty: unknown
  std::optional<std::int64_t> status;
  Headers headers;
};

struct ErrorCode {
  std::string domain;
  std::int64_t code = 0;
};

struct ErrorFacts {
  ErrorCode error;
  std::vector<ErrorCode> underlying;  // NSUnderlyingError, outermost first
  std::string description;            // NSLocalizedDescription, in the device's language; may be empty
  std::string failing_url;
  std::optional<std::int64_t> background_cancel_reason;  // NSURLErrorBackgroundTaskCancelledReasonKey
};

struct ConfigurationFacts {
  std::string identifier;
  std::string shared_container;
  std::optional<bool> discretionary;
  std::optional<bool> sends_launch_events;
  std::optional<bool> allows_cellular;
  std::optional<bool> waits_for_connectivity;
  std::optional<double> timeout_request_s;
  std::optional<double> timeout_resource_s;
};

// nullopt: nil, or another class.
// Headers cost more than the rest: who does not need them says so.
enum class WantHeaders : std::uint8_t { no, yes };
std::optional<RequestFacts> request_facts(const KeyedArchive& archive, Ref request, WantHeaders headers = WantHeaders::yes);
std::optional<ResponseFacts> response_facts(const KeyedArchive& archive, Ref response, WantHeaders headers = WantHeaders::yes);
std::optional<ErrorFacts> error_facts(const KeyedArchive& archive, Ref error);
std::optional<ConfigurationFacts> configuration_facts(const KeyedArchive& archive, Ref configuration);

}  // namespace uptrail::plist
