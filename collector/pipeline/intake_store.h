// Task stores: from a private copy into the case. Private to this folder.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/input/input.h"
#include "collector/pipeline/intake.h"

namespace uptrail {

// A larger file that is no SQLite database is not looked at as a store.
inline constexpr std::uint64_t kMaxPlainStore = 256ULL << 20U;
// Parts of one store, or of all stores of a tree.
inline constexpr std::size_t kMaxStoreParts = 20'000;

// Finds what belongs to a store besides its main file, sorted by name.
using FindParts = std::function<Result<std::vector<StorePart>>(const Store& store, std::vector<Issue>& issues)>;

// A store in a private place, on its way into the case. `path` is shown; content_hash and size of `copy` are those of the main
// file and its -wal.
struct StoreIntake {
  std::string path;
  SqliteCopy copy;
  std::vector<StorePart> parts{};
  std::string main_name{};      // StoreFiles::name
  std::vector<Issue> issues{};  // noted with the source
};

// Readers that a run has beside the built-in ones, which are asked after them.
using MoreStores = std::span<const std::shared_ptr<const Store>>;

// Could a file with this head be a store at all?
bool may_be_store(std::string_view head, MoreStores more = {});
// Could a file with this path be part of a store?
bool may_be_part(std::string_view path);
// The name of `path` as seen from `folder`; nullopt: it does not lie there or below.
std::optional<std::string> name_below(std::string_view folder, std::string_view path);

// The store that the copy is. nullptr: none; `reasons` says of each why. Errors: what probe() met.
Result<const Store*> find_store(std::string_view head, const StoreFiles& files, std::string& reasons, MoreStores more = {});
Result<Taken> take_store(IntakeContext& context, const Store& store, StoreIntake intake);

// A SQLite database in a private place. ErrorKind::unreadable: no known store.
Result<Taken> take_sqlite_copy(IntakeContext& context, std::string_view head, StoreIntake intake, const FindParts& find_parts);
// A SQLite database on disk, copied first.
Result<Taken> take_sqlite(IntakeContext& context, std::string_view head, const std::string& path);

// A file, or standard input, that may be a store and is no SQLite database. nullopt: it is none, and `peeked` reads the copy
// from its beginning, as long as `dir` lives.
Result<std::optional<Taken>> take_plain(IntakeContext& context, std::unique_ptr<PeekedSource>& peeked, const std::string& path,
                                        const TempDir& dir);

}  // namespace uptrail
