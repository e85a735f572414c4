// Message files as users write them: an error or a catalogue that passes its own samples, never a crash.
#include "collector/messages/catalogue.h"
#include "collector/messages/decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto loaded = uptrail::load_messages({{"fuzz.json", std::string(reinterpret_cast<const char*>(data), size)}});
  if (loaded) {
    uptrail::Decoder decoder(*loaded);
    uptrail::Decoded decoded;
    uptrail::Record record;
    record.process = "App";
    record.message = "Task <?>.<0> does something";
    decoder.decode(record, decoded);
  }
  return 0;
}
