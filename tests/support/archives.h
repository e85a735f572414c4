// Archives made for a test, with libarchive's writer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace uptrail::test {

struct ArchiveFile {
  enum class Kind : std::uint8_t { file, folder, symlink, hardlink, device };
  std::string path;
  std::string bytes;  // of a link: where it leads
  Kind kind = Kind::file;
  std::int64_t modified = 1'763'470'800;  // seconds since 1970; 0: none
};

enum class ArchiveFormat : std::uint8_t { tar, zip, raw };
enum class ArchiveFilter : std::uint8_t { none, gzip, bzip2, xz, zstd };

// `raw` takes one file and packs its bytes alone. With `password` (zip only) the members are encrypted.
std::string make_archive(ArchiveFormat format, ArchiveFilter filter, const std::vector<ArchiveFile>& files,
                         std::string_view password = {});
inline std::string packed(ArchiveFilter filter, std::string bytes) {
  return make_archive(ArchiveFormat::raw, filter, {{"data", std::move(bytes)}});
}
// `size` bytes 0 (a multiple of 16 MiB) as gzip.
std::string gzip_of_zeros(std::uint64_t size);

}  // namespace uptrail::test
