#include "tests/fuzz/container_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return uptrail::fuzz::read_container("idevicesyslog", data, size);
}
