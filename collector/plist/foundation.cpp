#include "collector/plist/foundation.h"

#include <algorithm>

namespace uptrail::plist {

namespace {

constexpr std::string_view kRequestPart = "__nsurlrequest_proto_prop_obj_";
constexpr std::string_view kHeaderOrder = "__hhaa__";  // not a header: the order of the original ones
constexpr std::size_t kMaxHeaders = 256;
constexpr std::size_t kMaxHeaderText = 4096;
constexpr std::size_t kMaxUnderlying = 8;
constexpr std::size_t kMaxMembers = 256;

Ref part_of_request(const KeyedArchive& archive, Ref request, int number) {
  return archive.member(request, std::string(kRequestPart) + std::to_string(number));
}

Headers headers_of(const KeyedArchive& archive, Ref dictionary) {
  Headers headers;
  for (std::size_t n = 0; n < std::min(archive.count(dictionary), kMaxHeaders); ++n) {
    auto name = archive.text(archive.key(dictionary, n), kMaxHeaderText);
    auto value = archive.text(archive.item(dictionary, n), kMaxHeaderText);
    if (name && value && *name != kHeaderOrder) {
      headers.emplace_back(std::move(*name), std::move(*value));
    }
  }
  return headers;
}

ErrorCode code_of(const KeyedArchive& archive, Ref error) {
  return {archive.text(archive.member(error, "NSDomain")).value_or(""),
          archive.integer(archive.member(error, "NSCode")).value_or(0)};
}

bool is_error(const KeyedArchive& archive, Ref error) {
  return archive.text(archive.member(error, "NSDomain")) && archive.integer(archive.member(error, "NSCode"));
}

}  // namespace

std::optional<RequestFacts> request_facts(const KeyedArchive& archive, Ref request, WantHeaders headers) {
  constexpr int kUrl = 1;
  constexpr int kTimeout = 2;
  constexpr int kMethod = 18;
  constexpr int kHeaders = 19;
  constexpr int kBody = 20;
  if (!archive.is_a(request, "NSURLRequest")) {
    return std::nullopt;
  }
  RequestFacts facts;
  facts.url = archive.url(part_of_request(archive, request, kUrl)).value_or("");
  facts.method = archive.text(part_of_request(archive, request, kMethod), kMaxHeaderText).value_or("");
  if (headers == WantHeaders::yes) {
    facts.headers = headers_of(archive, part_of_request(archive, request, kHeaders));
  }
  facts.timeout_s = archive.real(part_of_request(archive, request, kTimeout));
  if (const auto body = archive.data(part_of_request(archive, request, kBody))) {
    facts.body_bytes = body->size();
  }
  return facts;
}

std::optional<ResponseFacts> response_facts(const KeyedArchive& archive, Ref response, WantHeaders headers) {
  constexpr std::int64_t kLowest = 100;
  constexpr std::int64_t kHighest = 599;
  if (!archive.is_a(response, "NSURLResponse")) {
    return std::nullopt;
  }
  ResponseFacts facts;
  std::size_t candidates = 0;
  const Document& document = archive.document();
  for (std::size_t n = 0; n < std::min(document.count(response), kMaxMembers); ++n) {
    const Ref stored = document.value(response, n);
    const Ref part = archive.resolve(stored);
    if (facts.url.empty() && archive.is_a(part, "NSURL")) {
      facts.url = archive.url(part).value_or("");
    } else if (facts.headers.empty() && archive.is_a(part, "NSDictionary")) {
      if (headers == WantHeaders::yes) {
        facts.headers = headers_of(archive, part);
      }
    } else if (const auto number = archive.integer(part);
               number && document.type(stored) == Type::uid && *number >= kLowest && *number <= kHighest) {
      facts.status = *number;
      ++candidates;
    }
  }
  if (candidates != 1) {
    facts.status.reset();
  }
  return facts;
}

std::optional<ErrorFacts> error_facts(const KeyedArchive& archive, Ref error) {
  if (!is_error(archive, error)) {
    return std::nullopt;
  }
  ErrorFacts facts;
  facts.error = code_of(archive, error);
  const Ref info = archive.member(error, "NSUserInfo");
  facts.description = archive.text(archive.value(info, "NSLocalizedDescription"), kMaxHeaderText).value_or("");
  facts.background_cancel_reason = archive.integer(archive.value(info, "NSURLErrorBackgroundTaskCancelledReasonKey"));
  facts.failing_url = archive.text(archive.value(info, "NSErrorFailingURLStringKey"), kMaxHeaderText).value_or("");
  if (facts.failing_url.empty()) {
    facts.failing_url = archive.url(archive.value(info, "NSErrorFailingURLKey")).value_or("");
  }
  Ref inner = archive.value(info, "NSUnderlyingError");
  while (is_error(archive, inner) && facts.underlying.size() < kMaxUnderlying) {
    facts.underlying.push_back(code_of(archive, inner));
    inner = archive.value(archive.member(inner, "NSUserInfo"), "NSUnderlyingError");
  }
  return facts;
}

std::optional<ConfigurationFacts> configuration_facts(const KeyedArchive& archive, Ref configuration) {
  if (!archive.is_a(configuration, "NSURLSessionConfiguration")) {
    return std::nullopt;
  }
  const auto flag = [&](std::string_view key) { return archive.boolean(archive.member(configuration, key)); };
  const auto number = [&](std::string_view key) { return archive.real(archive.member(configuration, key)); };
  ConfigurationFacts facts;
  facts.identifier = archive.text(archive.member(configuration, "identifier")).value_or("");
  facts.shared_container = archive.text(archive.member(configuration, "sharedContainerIdentifier")).value_or("");
  facts.discretionary = flag("discretionary");
  facts.sends_launch_events = flag("sessionSendsLaunchEvents");
  facts.allows_cellular = flag("allowsCellularAccess");
  facts.waits_for_connectivity = flag("waitsForConnectivity");
  facts.timeout_request_s = number("timeoutIntervalForRequest");
  facts.timeout_resource_s = number("timeoutIntervalForResource");
  return facts;
}

}  // namespace uptrail::plist
