#include "collector/input/archive_stream.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace uptrail::input {

namespace {

constexpr std::size_t kBufferBytes = 128U << 10U;
constexpr int kMaxRetries = 16;

Status support(::archive* a, Packing packing) {
  int code = ARCHIVE_FATAL;
  switch (packing) {
    case Packing::tar:
      code = archive_read_support_format_tar(a);
      break;
    case Packing::zip:
      code = archive_read_support_format_zip(a);
      break;
    case Packing::xz:
    case Packing::bzip2:
    case Packing::zstd: {
      const int filter = packing == Packing::xz      ? ARCHIVE_FILTER_XZ
                         : packing == Packing::bzip2 ? ARCHIVE_FILTER_BZIP2
                                                     : ARCHIVE_FILTER_ZSTD;
      archive_read_support_format_raw(a);
      archive_read_support_format_empty(a);
      // Anything but OK would mean that an external program does the work: never with foreign bytes.
      code = archive_read_append_filter(a, filter);
      break;
    }
    default:
      break;
  }
  return code == ARCHIVE_OK ? done() : fail(ErrorKind::unreadable, "this build cannot unpack it");
}

std::string text_of(const char* utf8, const char* raw) { return utf8 != nullptr ? utf8 : raw != nullptr ? raw : ""; }

ArchiveEntry::Kind kind_of(archive_entry* e) {
  if (archive_entry_hardlink(e) != nullptr || archive_entry_hardlink_utf8(e) != nullptr) {
    return ArchiveEntry::Kind::link;
  }
  switch (archive_entry_filetype(e)) {
    case AE_IFDIR:
      return ArchiveEntry::Kind::folder;
    case AE_IFLNK:
      return ArchiveEntry::Kind::link;
    case AE_IFREG:
    case 0:  // a zip that keeps no modes
      return ArchiveEntry::Kind::file;
    default:
      return ArchiveEntry::Kind::special;
  }
}

std::optional<TimeNs> modified_of(archive_entry* e) {
  // Years 1970 to 2200; 0 is what archives without times hold.
  constexpr std::int64_t kMost = 7'258'118'400;
  const std::int64_t t = archive_entry_mtime(e);
  if (archive_entry_mtime_is_set(e) == 0 || t <= 0 || t > kMost) {
    return std::nullopt;
  }
  return TimeNs{0} + seconds(t) + nanoseconds(archive_entry_mtime_nsec(e));
}

}  // namespace

// What libarchive calls back. It stores nothing of ours but the pointer.
struct ArchiveStream::Callbacks {
  static la_ssize_t read(::archive* a, void* data, const void** block) {
    auto& self = *static_cast<ArchiveStream*>(data);
    const auto got = self.bytes_.read(self.buffer_);
    if (!got.ok()) {
      self.source_error_ = got.error();
      archive_set_error(a, EIO, "the packed bytes end early");
      return ARCHIVE_FATAL;
    }
    *block = self.buffer_.data();
    return static_cast<la_ssize_t>(*got);
  }

  static la_int64_t seek(::archive* a, void* data, la_int64_t offset, int whence) {
    auto& self = *static_cast<ArchiveStream*>(data);
    const auto size = static_cast<std::int64_t>(self.seekable_->size().value_or(0));
    const std::int64_t base = whence == SEEK_SET   ? 0
                              : whence == SEEK_CUR ? static_cast<std::int64_t>(self.seekable_->at())
                                                   : size;
    std::int64_t to = 0;
    if (__builtin_add_overflow(base, offset, &to) || to < 0 || !self.seekable_->seek(static_cast<std::uint64_t>(to)).ok()) {
      archive_set_error(a, EIO, "it points outside of itself");
      return ARCHIVE_FATAL;
    }
    return to;
  }

  static la_int64_t skip(::archive* /*a*/, void* data, la_int64_t bytes) {
    auto& self = *static_cast<ArchiveStream*>(data);
    const std::uint64_t size = self.seekable_->size().value_or(0);
    const std::uint64_t at = self.seekable_->at();
    const std::uint64_t most = size > at ? size - at : 0;
    const std::uint64_t step = std::min(most, static_cast<std::uint64_t>(std::max<la_int64_t>(bytes, 0)));
    return self.seekable_->seek(at + step).ok() ? static_cast<la_int64_t>(step) : 0;
  }
};

ArchiveStream::ArchiveStream(ByteSource& bytes, FileSource* seekable)
    : bytes_(bytes), seekable_(seekable), archive_(archive_read_new()), buffer_(kBufferBytes) {}

ArchiveStream::~ArchiveStream() { archive_read_free(archive_); }

Result<std::unique_ptr<ArchiveStream>> ArchiveStream::open(Packing packing, ByteSource& bytes, FileSource* seekable) {
  std::unique_ptr<ArchiveStream> out(new ArchiveStream(bytes, seekable));
  if (out->archive_ == nullptr) {
    return fail(ErrorKind::internal, "no memory to unpack");
  }
  out->packing_ = packing;
  ::archive* a = out->archive_;
  UPTRAIL_TRY(support(a, packing));
  archive_read_set_callback_data(a, out.get());
  archive_read_set_read_callback(a, Callbacks::read);
  if (seekable != nullptr) {
    archive_read_set_seek_callback(a, Callbacks::seek);
    archive_read_set_skip_callback(a, Callbacks::skip);
  }
  if (archive_read_open1(a) != ARCHIVE_OK) {
    return out->error();
  }
  return out;
}

Error ArchiveStream::error() const {
  if (source_error_) {
    return *source_error_;
  }
  const char* text = archive_error_string(archive_);
  return fail(ErrorKind::malformed, text != nullptr ? std::string(text) : std::string("damaged"), std::string(bytes_.name()));
}

Result<std::optional<ArchiveEntry>> ArchiveStream::next() {
  archive_entry* e = nullptr;
  int code = ARCHIVE_RETRY;
  for (int tries = 0; code == ARCHIVE_RETRY && tries < kMaxRetries; ++tries) {
    code = archive_read_next_header(archive_, &e);
  }
  if (code == ARCHIVE_EOF) {
    return std::optional<ArchiveEntry>();
  }
  if (code != ARCHIVE_OK && code != ARCHIVE_WARN) {
    return error();
  }
  block_ = nullptr;
  block_size_ = 0;
  block_at_ = at_ = 0;
  entry_end_ = false;
  ArchiveEntry out;
  out.kind = kind_of(e);
  out.path = text_of(archive_entry_pathname_utf8(e), archive_entry_pathname(e));
  if (archive_entry_size_is_set(e) != 0 && archive_entry_size(e) >= 0) {
    out.size = static_cast<std::uint64_t>(archive_entry_size(e));
  }
  out.modified = modified_of(e);
  // A zip's own times have no zone; the extra field that has one holds the time of the last access, too.
  out.modified_is_local = packing_ == Packing::zip && archive_entry_atime(e) == 0;
  out.encrypted = archive_entry_is_data_encrypted(e) != 0;
  return std::optional(std::move(out));
}

// False: the entry ends.
Result<bool> ArchiveStream::next_block() {
  const void* data = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  int code = ARCHIVE_RETRY;
  for (int tries = 0; code == ARCHIVE_RETRY && tries < kMaxRetries; ++tries) {
    code = archive_read_data_block(archive_, &data, &size, &offset);
  }
  if (code == ARCHIVE_EOF) {
    entry_end_ = true;
    return false;
  }
  if (code != ARCHIVE_OK) {
    return error();
  }
  if (offset < at_) {
    return fail(ErrorKind::malformed, "parts of it overlap", std::string(bytes_.name()));
  }
  block_ = static_cast<const char*>(data);
  block_size_ = size;
  block_at_ = offset;
  return true;
}

Result<std::size_t> ArchiveStream::read(std::span<char> into) {
  while (!entry_end_ && block_size_ == 0) {
    const auto more = next_block();
    UPTRAIL_TRY(more);
  }
  if (block_size_ == 0 || into.empty()) {
    return std::size_t{0};
  }
  std::size_t n = 0;
  if (at_ < block_at_) {  // a hole of a sparse file
    n = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), static_cast<std::uint64_t>(block_at_ - at_)));
    std::memset(into.data(), 0, n);
  } else {
    n = std::min(into.size(), block_size_);
    std::memcpy(into.data(), block_, n);
    block_ += n;
    block_size_ -= n;
    block_at_ += static_cast<std::int64_t>(n);
  }
  at_ += static_cast<std::int64_t>(n);
  return n;
}

}  // namespace uptrail::input
