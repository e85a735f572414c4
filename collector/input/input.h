// Files and standard input behind ByteSource, and private copies of stores.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "collector/base/byte_source.h"
#include "collector/base/time.h"

namespace uptrail {

// "-" is standard input. Errors: missing, a folder, no permission: ErrorKind::unreadable with path and hint.
Result<std::unique_ptr<ByteSource>> open_input(const std::string& path);

// A small file as a whole. Errors: unreadable, or larger than `limit` bytes (ErrorKind::limit).
Result<std::string> read_small_file(const std::string& path, std::size_t limit);

// A source whose first bytes can be looked at before it is read: the head is kept and given out again by read().
class PeekedSource final : public ByteSource {
 public:
  // Reads up to `head_bytes` ahead. An error with nothing before it is returned here, a later one by read().
  static Result<std::unique_ptr<PeekedSource>> make(std::unique_ptr<ByteSource> inner, std::size_t head_bytes);
  [[nodiscard]] std::string_view head() const { return head_; }
  [[nodiscard]] bool head_is_all() const { return head_is_all_; }
  [[nodiscard]] std::string_view name() const override { return inner_->name(); }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return inner_->size(); }
  [[nodiscard]] std::optional<TimeNs> modified() const override { return inner_->modified(); }
  Result<std::size_t> read(std::span<char> into) override;

 private:
  PeekedSource() = default;
  std::unique_ptr<ByteSource> inner_;
  std::string head_;
  std::size_t given_ = 0;
  bool head_is_all_ = false;
  std::optional<Error> error_;  // met while looking ahead; told when the head has been given
};

// Another's source, where an owner is wanted.
class BorrowedSource final : public ByteSource {
 public:
  explicit BorrowedSource(ByteSource& inner) : inner_(inner) {}
  [[nodiscard]] std::string_view name() const override { return inner_.name(); }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return inner_.size(); }
  [[nodiscard]] std::optional<TimeNs> modified() const override { return inner_.modified(); }
  Result<std::size_t> read(std::span<char> into) override { return inner_.read(into); }

 private:
  ByteSource& inner_;
};

// Passes bytes through and hashes them: the content hash is taken in the reading pass.
class HashingSource final : public ByteSource {
 public:
  explicit HashingSource(ByteSource& inner);
  ~HashingSource() override;
  [[nodiscard]] std::string_view name() const override { return inner_.name(); }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return inner_.size(); }
  Result<std::size_t> read(std::span<char> into) override;
  [[nodiscard]] std::string hex_digest() const;  // XXH3-128 of what was read so far
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_; }
  Status drain();  // reads the rest, so that the digest is of everything

 private:
  ByteSource& inner_;
  struct State;
  std::unique_ptr<State> state_;
  std::uint64_t bytes_ = 0;
};

// A private temporary folder, mode 0700, removed with its content by the destructor.
class TempDir {
 public:
  static Result<TempDir> make();
  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&& other) noexcept;
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  TempDir() = default;
  std::string path_;
};

// Copies a SQLite file and, when there is one, its -wal into `dir` (never the -shm), so that the original is not touched.
struct SqliteCopy {
  std::string path;
  bool has_wal = false;
  bool hot_journal = false;  // a -journal lies beside the original: a change was under way
  TimeNs modified;           // newest mtime of both, UTC; kTimeMin: not known
  std::string content_hash;  // XXH3-128 over main file and -wal
  std::uint64_t size = 0;    // bytes of both
};
Result<SqliteCopy> copy_sqlite(const std::string& path, const TempDir& dir);
// The same of a file that lies in a private place already, with its -wal beside it. `modified` and `hot_journal` are left unset.
Result<SqliteCopy> describe_sqlite_copy(const std::string& path);

// First bytes of the files that SQLite keeps.
inline constexpr std::string_view kSqliteJournalMagic("\xD9\xD5\x05\xF9\x20\xA1\x63\xD7", 8);
bool looks_like_sqlite_wal(std::string_view head);

}  // namespace uptrail
