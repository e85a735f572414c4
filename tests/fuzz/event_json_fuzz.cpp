// Event JSON: whatever the bytes, no crash; what decodes also encodes, and reads back to the same.
#include <cstdlib>

#include "collector/messages/decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<uptrail::Issue> issues;
  const auto event = uptrail::decode_event_json({reinterpret_cast<const char*>(data), size}, issues);
  if (event) {
    const std::string line = uptrail::encode_event_json(*event);
    std::vector<uptrail::Issue> none;
    const auto back = uptrail::decode_event_json(line, none);
    if (!back || uptrail::encode_event_json(*back) != line) {
      std::abort();
    }
  }
  return 0;
}
