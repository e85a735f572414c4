// Opening and creating cases.
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <span>

#include "collector/base/byte_reader.h"
#include "collector/trace/case_file.h"
#include "collector/trace/schema.h"
#include "collector/trace/sqlite_reader.h"
#include "collector/trace/sqlite_writer.h"

namespace uptrail {

namespace {

using sqlite::Access;
using sqlite::Connection;

constexpr std::size_t kHeaderBytes = 100;
constexpr std::string_view kMagic{"SQLite format 3\0", 16};
// Offsets inside the header: https://www.sqlite.org/fileformat2.html
constexpr std::size_t kPageSizeAt = 16, kWriteVersionAt = 18, kPageCountAt = 28, kUserVersionAt = 60, kApplicationIdAt = 68;
constexpr std::uint8_t kWalVersion = 2;

struct Header {
  std::uint64_t page_size = 0;
  std::uint64_t pages = 0;
  bool wal = false;
  std::int32_t user_version = 0;
  std::int32_t application_id = 0;
};

std::optional<Header> parse_header(std::string_view head) {
  if (head.size() < kHeaderBytes || head.substr(0, kMagic.size()) != kMagic) {
    return std::nullopt;
  }
  ByteReader in(std::as_bytes(std::span(head.data(), head.size())));
  const auto u32_at = [&](std::size_t at) {
    in.seek(at);
    return in.u32be().value_or(0);
  };
  Header header;
  in.seek(kPageSizeAt);
  const auto page_size = in.u16be().value_or(0);
  header.page_size = page_size == 1 ? 65536 : page_size;
  in.seek(kWriteVersionAt);
  header.wal = in.u8().value_or(0) == kWalVersion;
  header.pages = u32_at(kPageCountAt);
  header.user_version = static_cast<std::int32_t>(u32_at(kUserVersionAt));
  header.application_id = static_cast<std::int32_t>(u32_at(kApplicationIdAt));
  return header;
}

// Says what is wrong before SQLite looks at the file: its own words would not help anybody.
Result<Header> read_header(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    return fail(ErrorKind::unreadable, "no such file", path);
  }
  if (std::filesystem::is_directory(status)) {
    return fail(ErrorKind::unreadable, "is a folder, not a case file", path);
  }
  std::ifstream file(path, std::ios::binary);
  std::array<char, kHeaderBytes> bytes{};
  file.read(bytes.data(), bytes.size());
  if (!file.is_open()) {
    return fail(ErrorKind::unreadable, "cannot be opened", path);
  }
  const auto header = parse_header(std::string_view(bytes.data(), static_cast<std::size_t>(file.gcount())));
  if (!header) {
    return fail(ErrorKind::unreadable, "not a case file: it is no SQLite database", path, 0);
  }
  if (header->application_id != kCaseApplicationId) {
    return fail(ErrorKind::unreadable, "not a case file: an SQLite database of another application", path, kApplicationIdAt);
  }
  if (header->user_version > kCaseSchemaVersion) {
    auto newer = fail(ErrorKind::unreadable,
                      "written by a newer Uptrail: schema version " + std::to_string(header->user_version) +
                          ", this program knows versions up to " + std::to_string(kCaseSchemaVersion),
                      path, kUserVersionAt);
    newer.hint = "update Uptrail";
    return newer;
  }
  if (header->user_version < 1) {
    return fail(ErrorKind::malformed, "schema version " + std::to_string(header->user_version) + " does not exist", path,
                kUserVersionAt);
  }
  const auto size = std::filesystem::file_size(path, error);
  if (!error && !header->wal && size < header->pages * header->page_size) {
    return fail(ErrorKind::malformed,
                "the case is truncated: " + std::to_string(size) + " of " + std::to_string(header->pages * header->page_size) +
                    " bytes are there",
                path, size);
  }
  return *header;
}

Result<Connection> open_foreign(const std::string& path, const Header& header) {
  auto db = Connection::open(path, Access::read_foreign);
  UPTRAIL_TRY(db);
  UPTRAIL_TRY(trace::verify_schema(*db, header.user_version));
  return db;
}

}  // namespace

bool looks_like_case(std::string_view head) {
  const auto header = parse_header(head);
  return header && header->application_id == kCaseApplicationId;
}

Result<std::unique_ptr<CaseReader>> open_case(const std::string& path) {
  const auto header = read_header(path);
  UPTRAIL_TRY(header);
  auto db = open_foreign(path, *header);
  UPTRAIL_TRY(db);
  if (header->user_version < kCaseSchemaVersion) {
    // The file stays as it is: a copy in memory is brought up to date.
    auto copy = Connection::open(path, Access::memory);
    UPTRAIL_TRY(copy);
    UPTRAIL_TRY(db->copy_to(*copy));
    UPTRAIL_TRY(trace::migrate(*copy, header->user_version));
    db = std::move(copy);
  }
  auto reader = trace::SqliteCaseReader::of_file(db.take());
  UPTRAIL_TRY(reader);
  return std::unique_ptr<CaseReader>(reader.take());
}

Result<std::unique_ptr<CaseWriter>> create_case(const std::string& path, CaseMode mode) {
  std::error_code error;
  const bool exists = std::filesystem::exists(path, error) && std::filesystem::file_size(path, error) > 0;
  std::optional<Header> old;
  if (exists) {
    const auto header = read_header(path);
    if (!header.ok() && mode == CaseMode::keep) {
      return header.error();
    }
    std::ifstream file(path, std::ios::binary);
    std::array<char, kHeaderBytes> head{};
    file.read(head.data(), head.size());
    if (!looks_like_case(std::string_view(head.data(), static_cast<std::size_t>(file.gcount())))) {
      return fail(ErrorKind::usage, "exists and is not a case file; it is not overwritten", path);
    }
    if (mode == CaseMode::keep) {
      old = *header;
    }
  }
  auto partial = trace::PartialFile::create(path);
  UPTRAIL_TRY(partial);
  auto db = Connection::open(partial->path(), Access::write);
  UPTRAIL_TRY(db);
  db->set_shown_path(path);
  if (old) {
    auto source = open_foreign(path, *old);
    UPTRAIL_TRY(source);
    UPTRAIL_TRY(source->copy_to(*db));
    UPTRAIL_TRY(trace::migrate(*db, old->user_version));
  }
  return trace::SqliteCaseWriter::make(db.take(), partial.take(), !old.has_value());
}

Result<std::unique_ptr<CaseWriter>> create_memory_case() {
  auto db = Connection::open("memory", Access::memory);
  UPTRAIL_TRY(db);
  return trace::SqliteCaseWriter::make(db.take(), std::nullopt, true);
}

}  // namespace uptrail
