// Fields as text: what is understood is written and understood again the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "collector/model/event.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto fields = uptrail::decode_fields({reinterpret_cast<const char*>(data), size});
  if (fields && uptrail::decode_fields(uptrail::encode_fields(*fields)) != fields) {
    std::abort();
  }
  return 0;
}
