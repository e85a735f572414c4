// libarchive behind results: the entries of a tar or zip, or the one stream of a compressed file. Private to this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/base/byte_source.h"
#include "collector/base/time.h"
#include "collector/input/file_source.h"
#include "collector/input/packing.h"

struct archive;
struct archive_entry;

namespace uptrail::input {

struct ArchiveEntry {
  enum class Kind : std::uint8_t { file, folder, link, special };
  Kind kind = Kind::file;
  std::string path;  // as stored; may be anything
  std::optional<std::uint64_t> size;
  std::optional<TimeNs> modified;
  bool modified_is_local = false;
  bool encrypted = false;
};

class ArchiveStream {
 public:
  // `packing`: xz, bzip2 or zstd (one entry), tar or zip. `bytes` and `seekable` outlive this. With `seekable` (the file behind
  // `bytes`) the reader may move in it: zip then goes by its directory, and a plain tar's members are passed over without
  // reading.
  static Result<std::unique_ptr<ArchiveStream>> open(Packing packing, ByteSource& bytes, FileSource* seekable);
  ~ArchiveStream();
  ArchiveStream(const ArchiveStream&) = delete;
  ArchiveStream& operator=(const ArchiveStream&) = delete;

  // nullopt: the end. Errors: malformed; those of the source.
  Result<std::optional<ArchiveEntry>> next();
  // Of the entry that next() gave; 0 at its end. Errors as next(); the next entry may still be good.
  Result<std::size_t> read(std::span<char> into);

 private:
  ArchiveStream(ByteSource& bytes, FileSource* seekable);
  struct Callbacks;
  Error error() const;
  Result<bool> next_block();

  ByteSource& bytes_;
  FileSource* seekable_;
  Packing packing_ = Packing::none;
  ::archive* archive_;
  std::vector<char> buffer_;
  std::optional<Error> source_error_;
  const char* block_ = nullptr;  // what is left of the current block, at offset block_at_ of the entry
  std::size_t block_size_ = 0;
  std::int64_t block_at_ = 0;
  std::int64_t at_ = 0;  // of the entry, given so far
  bool entry_end_ = false;
};

}  // namespace uptrail::input
