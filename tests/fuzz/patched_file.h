// A valid file with holes: the input is a list of patches to it, so that the fuzzer gets past the first checks at once.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace uptrail::fuzz {

inline std::string scratch_path(const std::string& name) {
  return (std::filesystem::temp_directory_path() / ("uptrail-fuzz-" + std::to_string(::getpid()) + "-" + name)).string();
}

inline std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// First byte 0xff: the rest is the whole file. Else patches: offset (4 bytes, little endian, modulo the size), length (1 byte),
// then that many bytes.
inline std::string patched(const std::string& base, const std::uint8_t* data, std::size_t size) {
  if (size > 0 && data[0] == 0xff) {
    return {reinterpret_cast<const char*>(data + 1), size - 1};
  }
  std::string out = base;
  for (std::size_t at = 0; size - at >= 5;) {
    std::uint32_t offset = 0;
    std::memcpy(&offset, data + at, sizeof offset);
    const std::size_t length = std::min<std::size_t>(data[at + 4], size - at - 5);
    at += 5;
    const std::size_t place = offset % out.size();
    const std::size_t fits = std::min(length, out.size() - place);
    std::memcpy(out.data() + place, data + at, fits);
    at += length;
  }
  return out;
}

inline void store(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace uptrail::fuzz
