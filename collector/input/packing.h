// What a file is packed with, by its first bytes. Private to this folder.
#pragma once

#include <cstdint>
#include <string_view>

namespace uptrail::input {

enum class Packing : std::uint8_t {
  none,
  gzip,
  bzip2,
  xz,
  zstd,
  tar,
  zip,
  unsupported,  // an archive or compressed file of a kind that is not read; see packing_name
};

// `head`: the first kPackedHeadBytes, or all.
Packing packing_of(std::string_view head);
// "gzip", "tar" …; for `unsupported` what it is ("7-Zip").
std::string_view packing_name(Packing packing, std::string_view head);
// One stream, not an archive.
constexpr bool is_compression(Packing p) {
  return p == Packing::gzip || p == Packing::bzip2 || p == Packing::xz || p == Packing::zstd;
}

}  // namespace uptrail::input
