// Stores in a folder or an archive: copied to a private place as they are met, and read when everything that may belong to them
// has been met, too. Private to this folder.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "collector/input/tree.h"
#include "collector/pipeline/intake_store.h"
#include "collector/pipeline/tree_account.h"

namespace uptrail {

class TreeStores {
 public:
  // Takes a member that turned out to be no store; what could not be read of it is `damage`. False: stop walking.
  using TakeOther = std::function<bool(const TreeMember&, PeekedSource&, const std::optional<Error>& damage)>;

  // `spool_bytes`: of one SQLite database; and of all parts together.
  TreeStores(IntakeContext& context, TreeAccount& account, std::uint64_t spool_bytes, TakeOther take_other)
      : context_(context), account_(account), spool_bytes_(spool_bytes), take_other_(std::move(take_other)) {}

  // nullopt: it is nothing of a store, and no byte of it was read. Otherwise whether to go on walking.
  std::optional<bool> take(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage);
  // Reads what was met, and what only looked as if it belonged to a store.
  Status finish();

 private:
  struct Waiting {
    TreeMember member;
    std::string head;
    std::string path;  // of the private copy
    Spooled spooled;
  };
  struct WaitingWal {
    std::string path;
    std::optional<TimeNs> modified;
  };
  using Folder = std::pair<const Store*, std::string>;

  bool take_database(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage);
  bool take_wal(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage);
  bool take_part(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage);
  bool take_plain(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage);
  bool take_copy(const TreeMember& member, const std::string& path, const std::optional<Error>& damage);
  bool finish_database(const Waiting& store);
  bool finish_plain(const Store& store, const std::vector<Waiting>& files);
  bool finish_plain_stores();
  bool finish_parts();
  void finish_wals();
  // Notes what was read together with a main file.
  void settle_parts(const std::string& folder, const std::vector<StorePart>& parts);
  [[nodiscard]] std::vector<StorePart> parts_of(const Store& store, const std::string& main) const;
  // A new private file, or nullopt when there are too many, which is noted or stops the walk.
  std::optional<std::string> new_copy(const TreeMember& member);
  std::optional<std::pair<std::string, Spooled>> copy(const TreeMember& member, PeekedSource& peeked, std::uint64_t most);

  IntakeContext& context_;
  TreeAccount& account_;
  std::uint64_t spool_bytes_;
  TakeOther take_other_;
  std::optional<TempDir> dir_;
  std::size_t copies_ = 0, names_ = 0;
  std::uint64_t part_bytes_ = 0;
  std::vector<Waiting> databases_;
  std::vector<std::pair<Folder, std::vector<Waiting>>> plain_;  // in the order of their first files
  std::map<std::string, Waiting> parts_;                        // by path; of those too large to be copied `path` is empty
  std::map<std::string, WaitingWal> wals_;                      // by the path of the store
  std::set<std::string> journals_;                              // by the path of the store
  std::set<std::string> other_databases_;                       // their -wal matters as little
};

}  // namespace uptrail
