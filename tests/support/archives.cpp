#include "tests/support/archives.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <memory>

namespace uptrail::test {

namespace {

la_ssize_t append(::archive* /*a*/, void* data, const void* bytes, std::size_t size) {
  static_cast<std::string*>(data)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

void check(::archive* a, int code) { EXPECT_EQ(code, ARCHIVE_OK) << archive_error_string(a); }

struct Closer {
  void operator()(::archive* a) const {
    check(a, archive_write_close(a));
    archive_write_free(a);
  }
};
using Writer = std::unique_ptr<::archive, Closer>;

Writer open_writer(std::string& out, ArchiveFormat format, ArchiveFilter filter, std::string_view password) {
  ::archive* a = archive_write_new();
  switch (format) {
    case ArchiveFormat::tar:
      check(a, archive_write_set_format_pax_restricted(a));
      break;
    case ArchiveFormat::zip:
      check(a, archive_write_set_format_zip(a));
      break;
    case ArchiveFormat::raw:
      check(a, archive_write_set_format_raw(a));
      break;
  }
  const int code = filter == ArchiveFilter::gzip    ? archive_write_add_filter_gzip(a)
                   : filter == ArchiveFilter::bzip2 ? archive_write_add_filter_bzip2(a)
                   : filter == ArchiveFilter::xz    ? archive_write_add_filter_xz(a)
                   : filter == ArchiveFilter::zstd  ? archive_write_add_filter_zstd(a)
                                                    : archive_write_add_filter_none(a);
  check(a, code);
  check(a, archive_write_set_bytes_in_last_block(a, 1));
  if (filter == ArchiveFilter::gzip) {
    check(a, archive_write_set_filter_option(a, "gzip", "timestamp", nullptr));
  }
  if (!password.empty()) {
    check(a, archive_write_set_options(a, "zip:encryption=traditional"));
    check(a, archive_write_set_passphrase(a, std::string(password).c_str()));
  }
  check(a, archive_write_open(a, &out, nullptr, append, nullptr));
  return Writer(a);
}

void write_header(::archive* a, const ArchiveFile& file) {
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(), archive_entry_free);
  archive_entry* e = entry.get();
  archive_entry_set_pathname(e, file.path.c_str());
  archive_entry_set_perm(e, 0600);
  const bool holds = file.kind == ArchiveFile::Kind::file;
  archive_entry_set_filetype(e, file.kind == ArchiveFile::Kind::folder    ? AE_IFDIR
                                : file.kind == ArchiveFile::Kind::symlink ? AE_IFLNK
                                : file.kind == ArchiveFile::Kind::device  ? AE_IFCHR
                                                                          : AE_IFREG);
  if (file.kind == ArchiveFile::Kind::symlink) {
    archive_entry_set_symlink(e, file.bytes.c_str());
  } else if (file.kind == ArchiveFile::Kind::hardlink) {
    archive_entry_set_hardlink(e, file.bytes.c_str());
  }
  archive_entry_set_size(e, holds ? static_cast<la_int64_t>(file.bytes.size()) : 0);
  if (file.modified != 0) {
    archive_entry_set_mtime(e, file.modified, 0);
    archive_entry_set_atime(e, file.modified, 0);
  }
  check(a, archive_write_header(a, e));
}

}  // namespace

std::string make_archive(ArchiveFormat format, ArchiveFilter filter, const std::vector<ArchiveFile>& files,
                         std::string_view password) {
  std::string out;
  {
    const Writer writer = open_writer(out, format, filter, password);
    for (const ArchiveFile& file : files) {
      write_header(writer.get(), file);
      if (file.kind == ArchiveFile::Kind::file && !file.bytes.empty()) {
        EXPECT_EQ(archive_write_data(writer.get(), file.bytes.data(), file.bytes.size()),
                  static_cast<la_ssize_t>(file.bytes.size()));
      }
    }
  }
  return out;
}

// Several gzip streams behind each other are one file.
std::string gzip_of_zeros(std::uint64_t size) {
  constexpr std::uint64_t kPiece = 16U << 20U;
  EXPECT_EQ(size % kPiece, 0U);
  const std::string piece = packed(ArchiveFilter::gzip, std::string(kPiece, '\0'));
  std::string out;
  for (std::uint64_t i = 0; i < size / kPiece; ++i) {
    out += piece;
  }
  return out;
}

}  // namespace uptrail::test
