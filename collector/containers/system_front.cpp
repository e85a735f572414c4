#include "collector/containers/system_front.h"

#include <algorithm>
#include <array>

#include "collector/base/text.h"

namespace uptrail {

namespace {

constexpr std::size_t kLookAt = 4096;  // of one line
constexpr std::size_t kLongestCategory = 40;

constexpr std::array<std::string_view, 15> kFronts = {
    "NDSession <",
    "NDNWSession <",
    "BackgroundSession <",
    "ProxySession <",
    "<BKProcessAssertion: 0x",
    "TIC TCP Conn ",
    "TIC Read Status ",
    "TIC Write Status ",
    "nw_connection_",
    "nw_endpoint_",
    "nw_resolver_",
    "nw_protocol_",
    "boringssl_context_",
    "CredStore - performQuery - ",
    "NSURLSession/NSURLConnection HTTP load failed",
};
// "Task <UUID>.<7>", also masked by whoever pasted it.
bool begins_with_task(std::string_view line) {
  constexpr std::string_view kTask = "Task <";
  if (!line.starts_with(kTask)) {
    return false;
  }
  const std::size_t close = line.find(">.<", kTask.size());
  return close != std::string_view::npos && close - kTask.size() <= 64 &&
         line.substr(kTask.size(), close - kTask.size()).find(' ') == std::string_view::npos;
}

}  // namespace

bool has_system_front(std::string_view line) {
  line = trim(line.substr(0, kLookAt));
  // A category, also empty, may have stayed when the rest was cut off.
  if (line.starts_with('[')) {
    const std::size_t end = line.substr(0, kLongestCategory).find_first_of(" ]");
    line.remove_prefix(end != std::string_view::npos && line.substr(end).starts_with("] ") ? end + 2 : 0);
  }
  return begins_with_task(line) ||
         std::any_of(kFronts.begin(), kFronts.end(), [&](std::string_view front) { return line.starts_with(front); });
}

}  // namespace uptrail
