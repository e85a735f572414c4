#include "collector/pipeline/tree_stores.h"

#include <algorithm>
#include <filesystem>

#include "collector/pipeline/until_damage.h"

namespace uptrail {

namespace {

constexpr std::string_view kWal = "-wal";
constexpr std::string_view kJournal = "-journal";
constexpr std::size_t kMaxSpooled = 2000;  // stores and -wal files of one tree

std::string without_end(const std::string& path, std::string_view end) {
  return path.ends_with(end) ? path.substr(0, path.size() - end.size()) : std::string();
}

void remove_copy(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

void add_clock_issue(const TreeMember& member, std::vector<Issue>& issues) {
  if (member.modified_is_local) {
    issues.push_back({IssueKind::clock,
                      {},
                      "the zip names the time of the store without a zone: the zone of the computer that read it was assumed"});
  }
}

constexpr std::string_view kNoTime = "the archive does not say when the store was written: unpack it and name the store";

}  // namespace

std::optional<bool> TreeStores::take(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage) {
  const std::string_view head = peeked.head();
  if (looks_like_sqlite(head)) {
    return take_database(member, peeked, damage);
  }
  if (looks_like_sqlite_wal(head)) {
    return take_wal(member, peeked, damage);
  }
  if (head.starts_with(kSqliteJournalMagic)) {
    journals_.insert(without_end(member.path, kJournal));
    account_.note(MemberFate::other, member);
    return true;
  }
  if (may_be_store(head, context_.stores) && member.size.value_or(0) <= kMaxPlainStore) {
    return take_plain(member, peeked, damage);
  }
  if (may_be_part(member.path)) {
    return take_part(member, peeked, damage);
  }
  return std::nullopt;
}

std::optional<std::string> TreeStores::new_copy(const TreeMember& member) {
  if (copies_ >= kMaxSpooled + parts_.size()) {
    account_.note(MemberFate::limit, member, "more than " + std::to_string(kMaxSpooled) + " stores");
    return std::nullopt;
  }
  if (!dir_) {
    auto dir = TempDir::make();
    if (!dir.ok()) {
      account_.stop(dir.error());
      return std::nullopt;
    }
    dir_ = dir.take();
  }
  ++copies_;
  return dir_->path() + "/store" + std::to_string(names_++) + ".sqlite";
}

// nullopt: no copy could be made, which has been noted or has stopped the walk.
std::optional<std::pair<std::string, Spooled>> TreeStores::copy(const TreeMember& member, PeekedSource& peeked,
                                                                std::uint64_t most) {
  const auto path = new_copy(member);
  if (!path) {
    return std::nullopt;
  }
  const auto spooled = spool(peeked, *path, most);
  if (!spooled.ok()) {
    const Error& error = spooled.error();
    if (error.kind == ErrorKind::limit) {
      account_.note(MemberFate::limit, member, error.message);
    } else {
      account_.stop(error);
    }
    return std::nullopt;
  }
  return std::pair(*path, *spooled);
}

bool TreeStores::take_database(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage) {
  if (!may_be_store(peeked.head(), context_.stores)) {
    other_databases_.insert(member.path);
    account_.note(MemberFate::database, member, "not a known task store");
    return true;
  }
  std::string head(peeked.head());
  const auto copied = copy(member, peeked, spool_bytes_);
  if (copied && damage) {
    remove_copy(copied->first);
    account_.note(fate_of_error(*damage), member, "only a part of the store can be read: " + damage->message);
  } else if (copied) {
    databases_.push_back({member, std::move(head), copied->first, copied->second});
  }
  return account_.status().ok();
}

bool TreeStores::take_wal(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage) {
  const std::string store = without_end(member.path, kWal);
  if (store.empty() || other_databases_.contains(store) || wals_.contains(store)) {
    account_.note(MemberFate::database, member, "the -wal of no known task store");
    return true;
  }
  const auto copied = copy(member, peeked, spool_bytes_);
  if (copied && damage) {
    remove_copy(copied->first);
    account_.note(fate_of_error(*damage), member, "only a part of the store can be read: " + damage->message);
  } else if (copied) {
    wals_.emplace(store, WaitingWal{copied->first, member.modified});
  }
  return account_.status().ok();
}

// A file that some store may keep beside itself: whether it does is known when its main file has been met.
bool TreeStores::take_part(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage) {
  if (parts_.size() >= kMaxStoreParts || part_bytes_ > spool_bytes_) {
    account_.note(MemberFate::limit, member, "more files of stores than are looked at");
    return true;
  }
  Waiting part{member, {}, {}, {}};
  part.spooled.size = member.size.value_or(0);
  if (part.spooled.size <= kMaxStorePart) {
    const auto copied = copy(member, peeked, kMaxStorePart);
    if (!copied) {
      return account_.status().ok();
    }
    if (damage) {
      remove_copy(copied->first);
      account_.note(fate_of_error(*damage), member, damage->message);
      return true;
    }
    part.path = copied->first;
    part.spooled = copied->second;
    part_bytes_ += part.spooled.size;
  }
  parts_.emplace(member.path, std::move(part));
  return true;
}

// The bytes of an archive come only once: a file that turns out to be no store is read again from its copy.
bool TreeStores::take_plain(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage) {
  std::string head(peeked.head());
  const auto copied = copy(member, peeked, kMaxPlainStore);
  if (!copied) {
    return account_.status().ok();
  }
  if (!damage) {
    std::string reasons;
    const auto store =
        find_store(head, {member.path, copied->first, false, member.modified.value_or(kTimeMin)}, reasons, context_.stores);
    if (store.ok() && *store != nullptr) {
      // A store that does not gather is one file: a folder of its own.
      const Folder folder{*store, (*store)->info().gathers ? std::string((*store)->folder(member.path)) : member.path};
      const auto known = std::find_if(plain_.begin(), plain_.end(), [&](const auto& entry) { return entry.first == folder; });
      auto& files = known != plain_.end() ? known->second : plain_.emplace_back(folder, std::vector<Waiting>()).second;
      files.push_back({member, std::move(head), copied->first, copied->second});
      return true;
    }
  }
  const bool on = take_copy(member, copied->first, damage);
  remove_copy(copied->first);
  --copies_;
  return on;
}

bool TreeStores::take_copy(const TreeMember& member, const std::string& path, const std::optional<Error>& damage) {
  const auto bytes = open_input(path);
  if (!bytes.ok()) {
    return account_.stop(fail(ErrorKind::internal, "a private copy cannot be read: " + bytes.error().message, path));
  }
  UntilDamage dated(**bytes, member.modified);
  const auto peeked = PeekedSource::make(std::make_unique<BorrowedSource>(dated), kSniffBytes);
  if (!peeked.ok()) {
    return account_.stop(peeked.error());
  }
  return take_other_(member, **peeked, damage);
}

std::vector<StorePart> TreeStores::parts_of(const Store& store, const std::string& main) const {
  std::vector<StorePart> out;
  if (!store.info().has_parts) {
    return out;
  }
  const std::string folder(store.folder(main));
  const std::string below = folder.empty() ? folder : folder + "/";
  for (auto it = parts_.lower_bound(below); it != parts_.end() && it->first.starts_with(below); ++it) {
    const auto name = it->first == main ? std::nullopt : name_below(folder, it->first);
    if (name && store.belongs(*name)) {
      out.push_back({*name, it->second.path, it->second.spooled.size, it->second.member.modified});
    }
  }
  return out;
}

void TreeStores::settle_parts(const std::string& folder, const std::vector<StorePart>& parts) {
  for (const StorePart& part : parts) {
    const auto it = parts_.find(folder.empty() ? part.name : folder + "/" + part.name);
    if (it != parts_.end()) {
      account_.note(account_.last_fate(), it->second.member);
      remove_copy(it->second.path);
      parts_.erase(it);
    }
  }
}

bool TreeStores::finish_database(const Waiting& store) {
  std::optional<TimeNs> modified = store.member.modified;
  bool with_wal = false;
  if (const auto wal = wals_.find(store.member.path); wal != wals_.end()) {
    std::error_code error;
    std::filesystem::rename(wal->second.path, store.path + std::string(kWal), error);
    if (error) {
      return account_.stop(fail(ErrorKind::internal, "a private copy cannot be renamed: " + error.message(), wal->second.path));
    }
    modified = std::max(modified, wal->second.modified);
    wals_.erase(wal);
    with_wal = true;
  }
  if (!modified) {
    account_.note(MemberFate::unreadable, store.member, std::string(kNoTime));
    return true;
  }
  auto copy = describe_sqlite_copy(store.path);
  if (!copy.ok()) {
    return account_.stop(copy.error());
  }
  copy->modified = *modified;
  copy->hot_journal = journals_.contains(store.member.path);
  StoreIntake intake{store.member.path, *copy};
  add_clock_issue(store.member, intake.issues);
  std::vector<StorePart> parts;
  std::string folder;
  const Result<Taken> taken =
      take_sqlite_copy(context_, store.head, std::move(intake), [&](const Store& found, std::vector<Issue>& /*issues*/) {
        parts = parts_of(found, store.member.path);
        folder = found.folder(store.member.path);
        return Result<std::vector<StorePart>>(parts);
      });
  if (!taken.ok() && taken.error().kind == ErrorKind::unreadable) {
    account_.note(MemberFate::database, store.member, taken.error().message);
    parts.clear();
  } else if (!account_.settle(store.member, taken)) {
    return false;
  }
  if (with_wal) {
    TreeMember part;
    part.path = store.member.path + std::string(kWal);
    account_.note(account_.last_fate(), part);
  }
  settle_parts(folder, parts);
  return true;
}

// `files`: of one folder, or one file.
bool TreeStores::finish_plain(const Store& store, const std::vector<Waiting>& files) {
  const Waiting& main = files.front();
  const std::optional<TimeNs> modified = main.member.modified;
  const std::string folder(store.folder(main.member.path));
  const auto name = [&](const Waiting& file) { return name_below(folder, file.member.path).value_or(file.member.path); };
  StoreIntake intake;
  for (const Waiting& file : files) {
    if (&file != &main) {
      intake.parts.push_back({name(file), file.path, file.spooled.size, file.member.modified});
    }
  }
  if (!modified) {
    for (const Waiting& file : files) {
      account_.note(MemberFate::unreadable, file.member, std::string(kNoTime));
    }
    return true;
  }
  intake.path = files.size() > 1 ? folder : main.member.path;
  intake.main_name = files.size() > 1 ? name(main) : std::string();
  intake.copy.path = main.path;
  intake.copy.content_hash = main.spooled.content_hash;
  intake.copy.size = main.spooled.size;
  intake.copy.modified = *modified;
  add_clock_issue(main.member, intake.issues);
  const std::vector<StorePart> parts = parts_of(store, main.member.path);
  intake.parts.insert(intake.parts.end(), parts.begin(), parts.end());
  std::sort(intake.parts.begin(), intake.parts.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  if (!account_.settle(main.member, take_store(context_, store, std::move(intake)))) {
    return false;
  }
  for (const Waiting& file : files) {
    if (&file != &main) {
      account_.note(account_.last_fate(), file.member);
    }
  }
  settle_parts(folder, parts);
  return true;
}

bool TreeStores::finish_plain_stores() {
  for (auto& [folder, files] : plain_) {
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.member.path < b.member.path; });
    if (!finish_plain(*folder.first, files)) {
      return false;
    }
    for (const Waiting& file : files) {
      remove_copy(file.path);
    }
  }
  plain_.clear();
  return true;
}

// Parts without a main file: whatever else they may be.
bool TreeStores::finish_parts() {
  const auto left = std::move(parts_);
  parts_.clear();
  for (const auto& [path, part] : left) {
    if (part.path.empty()) {
      account_.note(MemberFate::other, part.member, "looks like a file of a store that is not here");
    } else if (part.spooled.size == 0) {
      account_.note(MemberFate::empty, part.member);
    } else if (!take_copy(part.member, part.path, std::nullopt)) {
      return false;
    } else {
      remove_copy(part.path);
    }
  }
  return true;
}

void TreeStores::finish_wals() {
  for (const auto& [store, wal] : wals_) {
    TreeMember member;
    member.path = store + std::string(kWal);
    account_.note(MemberFate::database, member, "the -wal of no known task store");
  }
}

Status TreeStores::finish() {
  for (const Waiting& store : databases_) {
    if (!finish_database(store)) {
      return account_.status();
    }
    // The disk is needed for one store at a time from here on.
    remove_copy(store.path);
    remove_copy(store.path + std::string(kWal));
  }
  if (finish_plain_stores() && finish_parts()) {
    finish_wals();
  }
  return account_.status();
}

}  // namespace uptrail
