#include <algorithm>
#include <filesystem>
#include <limits>
#include <vector>

#include "collector/input/digest.h"
#include "collector/input/file_source.h"
#include "collector/input/input.h"
#include "collector/input/tree.h"

namespace uptrail {

namespace fs = std::filesystem;

namespace {

Result<bool> exists(const std::string& path) {
  std::error_code error;
  const bool there = fs::exists(path, error);
  if (error) {
    return fail(ErrorKind::unreadable, "cannot be looked at: " + error.message(), path);
  }
  return there;
}

// Copies `from` and notes its time.
Status copy_file(const std::string& from, const std::string& to, TimeNs& modified) {
  auto source = input::open_file(from);
  UPTRAIL_TRY(source);
  modified = std::max(modified, (*source)->modified().value_or(kTimeMin));
  UPTRAIL_TRY(spool(**source, to, std::numeric_limits<std::uint64_t>::max()));
  return done();
}

Status hash_file(const std::string& path, Digest& digest, std::uint64_t& size) {
  auto source = input::open_file(path);
  UPTRAIL_TRY(source);
  std::vector<char> buffer(256U << 10U);
  for (;;) {
    const auto got = (*source)->read(buffer);
    UPTRAIL_TRY(got);
    if (*got == 0) {
      return done();
    }
    digest.add(std::string_view(buffer.data(), *got));
    size += *got;
  }
}

// A journal that a finished change leaves behind has no magic any more.
Result<bool> is_hot_journal(const std::string& path) {
  const auto there = exists(path);
  UPTRAIL_TRY(there);
  if (!*there) {
    return false;
  }
  const auto file = input::open_file(path);
  UPTRAIL_TRY(file);
  const auto head = (*file)->head(kSqliteJournalMagic.size());
  UPTRAIL_TRY(head);
  return *head == kSqliteJournalMagic;
}

}  // namespace

Result<SqliteCopy> describe_sqlite_copy(const std::string& path) {
  SqliteCopy copy;
  copy.path = path;
  copy.modified = kTimeMin;
  const auto wal = exists(path + "-wal");
  UPTRAIL_TRY(wal);
  copy.has_wal = *wal;
  Digest digest;
  UPTRAIL_TRY(hash_file(path, digest, copy.size));
  if (copy.has_wal) {
    UPTRAIL_TRY(hash_file(path + "-wal", digest, copy.size));
  }
  copy.content_hash = digest.hex();
  return copy;
}

Result<SqliteCopy> copy_sqlite(const std::string& path, const TempDir& dir) {
  std::string to;
  for (int n = 1;; ++n) {
    to = dir.path() + "/copy" + std::to_string(n) + ".sqlite";
    const auto taken = exists(to);
    UPTRAIL_TRY(taken);
    if (!*taken) {
      break;
    }
  }
  TimeNs modified = kTimeMin;
  UPTRAIL_TRY(copy_file(path, to, modified));
  const auto wal = exists(path + "-wal");
  UPTRAIL_TRY(wal);
  if (*wal) {
    UPTRAIL_TRY(copy_file(path + "-wal", to + "-wal", modified));
  }
  auto copy = describe_sqlite_copy(to);
  UPTRAIL_TRY(copy);
  copy->modified = modified;
  const auto hot = is_hot_journal(path + "-journal");
  UPTRAIL_TRY(hot);
  copy->hot_journal = *hot;
  return copy;
}

}  // namespace uptrail
