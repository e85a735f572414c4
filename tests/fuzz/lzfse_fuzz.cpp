// Apple's compression, of bytes that nobody vouches for.
#include <cstddef>
#include <cstdint>

#include "collector/stores/lzfse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMost = std::size_t{1} << 20U;
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  const auto out = uptrail::decode_lzfse({begin, size}, kMost);
  if (out.ok() && out->size() > kMost) {
    __builtin_trap();
  }
  return 0;
}
