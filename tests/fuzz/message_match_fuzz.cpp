// The built-in catalogue on any text in any process. First byte: the process; the rest: the message. A match renders back.
#include <array>
#include <cstdlib>

#include "collector/base/text.h"
#include "collector/messages/catalogue.h"
#include "collector/messages/decoder.h"

namespace {
constexpr std::array<std::string_view, 8> kProcesses = {"",          "nsurlsessiond", "App",    "runningboardd", "SpringBoard",
                                                        "symptomsd", "dasd",          "launchd"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto catalogue = uptrail::builtin_catalogue().take();
  static uptrail::Decoder decoder(catalogue);
  static uptrail::Decoded decoded;
  if (size == 0) {
    return 0;
  }
  uptrail::Record record;
  record.process = kProcesses[data[0] % kProcesses.size()];
  record.message = {reinterpret_cast<const char*>(data) + 1, size - 1};
  decoder.decode(record, decoded);
  const std::string_view text = uptrail::trim(record.message);
  uptrail::MessageMatch match;
  if (catalogue->match(record, text, match)) {
    const auto line = match.compiled->render(uptrail::values_of(match, text));
    // The match ends with a line; what follows is not rendered.
    if (!line || text.substr(0, line->size()) != *line) {
      std::abort();
    }
  }
  return 0;
}
