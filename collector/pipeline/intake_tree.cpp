#include "collector/pipeline/intake_tree.h"

#include <filesystem>
#include <optional>
#include <set>

#include "collector/input/tree.h"
#include "collector/pipeline/intake_store.h"
#include "collector/pipeline/member_kind.h"
#include "collector/pipeline/open_source.h"
#include "collector/pipeline/until_damage.h"

namespace uptrail {

namespace {

constexpr std::string_view kWal = "-wal";
constexpr std::string_view kJournal = "-journal";
constexpr std::size_t kMaxSpooled = 2000;  // stores and -wal files of one tree

std::string without_end(const std::string& path, std::string_view end) {
  return path.ends_with(end) ? path.substr(0, path.size() - end.size()) : std::string();
}

class TreeIntake final : public TreeVisitor {
 public:
  TreeIntake(IntakeContext& context, std::string root, const TreeLimits& limits)
      : context_(context), root_(std::move(root)), limits_(limits) {}

  bool file(const TreeMember& member, ByteSource& bytes) override;
  void trouble(const TreeMember& member, TreeTrouble trouble, const std::string& detail) override {
    note(ContentsNotes::fate_of(trouble), member, detail);
  }

  // Stores wait for their -wal, which may come behind them.
  Status finish_stores();
  // Set when the case or the user said stop.
  [[nodiscard]] const Status& status() const { return status_; }
  [[nodiscard]] std::size_t added() const { return added_; }
  [[nodiscard]] std::size_t known() const { return known_; }
  [[nodiscard]] const std::string& last_detail() const { return last_detail_; }
  [[nodiscard]] MemberFate last_fate() const { return last_fate_; }
  [[nodiscard]] const ContentsNotes& notes() const { return notes_; }

 private:
  struct WaitingStore {
    TreeMember member;
    std::string head;
    std::string path;  // of the private copy
  };
  struct WaitingWal {
    std::string path;
    std::optional<TimeNs> modified;
  };

  void note(MemberFate fate, const TreeMember& member, const std::string& detail = {});
  bool take_log(const TreeMember& member, PeekedSource& peeked, const Recognition& recognition,
                const std::optional<Error>& damage);
  bool take_database(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage);
  bool take_wal(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage);
  bool finish_store(const WaitingStore& store);
  bool settle(const TreeMember& member, const Result<Taken>& taken);
  std::optional<std::string> spool_member(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage);
  bool stop(const Error& error) {
    status_ = error;
    return false;
  }
  [[nodiscard]] bool is_root(const TreeMember& member) const { return member.path == root_; }

  IntakeContext& context_;
  std::string root_;
  TreeLimits limits_;
  ContentsNotes notes_;
  Status status_ = done();
  std::size_t added_ = 0, known_ = 0;
  std::string last_detail_;
  MemberFate last_fate_ = MemberFate::other;
  std::optional<TempDir> dir_;
  std::size_t spooled_ = 0;
  std::vector<WaitingStore> stores_;
  std::map<std::string, WaitingWal> wals_;  // by the path of the store
  std::set<std::string> journals_;          // by the path of the store
  std::set<std::string> databases_;         // of other kinds: their -wal matters as little
};

void TreeIntake::note(MemberFate fate, const TreeMember& member, const std::string& detail) {
  notes_.note(fate, member.path, detail);
  last_fate_ = fate;
  last_detail_ = detail;
}

bool TreeIntake::file(const TreeMember& member, ByteSource& bytes) {
  if (context_.cancelled()) {
    return stop(stopped(root_));
  }
  UntilDamage until(bytes, member.modified);
  auto made = PeekedSource::make(std::make_unique<BorrowedSource>(until), kSniffBytes);
  if (!made.ok()) {
    return stop(made.error());
  }
  PeekedSource& peeked = **made;
  const std::string_view head = peeked.head();
  if (head.empty()) {
    const auto& damage = until.error();
    note(damage ? fate_of_error(*damage) : MemberFate::empty, member, damage ? damage->message : "");
    return true;
  }
  if (looks_like_case(head)) {
    note(MemberFate::case_file, member, "a case cannot be added to another; open it alone");
    return true;
  }
  if (looks_like_sqlite(head)) {
    return take_database(member, peeked, until.error());
  }
  if (looks_like_sqlite_wal(head)) {
    return take_wal(member, peeked, until.error());
  }
  if (head.starts_with(kSqliteJournalMagic)) {
    journals_.insert(without_end(member.path, kJournal));
    note(MemberFate::other, member);
    return true;
  }
  if (const auto other = recognise_other(head)) {
    if (*other == MemberFate::picture) {
      note(*other, member);
    } else {
      notes_.note_bundle(*other, member.path);
      last_fate_ = *other;
    }
    return true;
  }
  const Recognition recognition = recognise(head, peeked.head_is_all());
  if (recognition.chosen == nullptr) {
    const auto& damage = until.error();
    note(damage ? fate_of_error(*damage) : MemberFate::other, member, damage ? damage->message : "");
    return true;
  }
  return take_log(member, peeked, recognition, until.error());
}

bool TreeIntake::take_log(const TreeMember& member, PeekedSource& peeked, const Recognition& recognition,
                          const std::optional<Error>& damage) {
  TakeOptions options;
  options.if_relevant = !is_root(member) && recognition.candidates.front().sniffed.score < kSureMember;
  options.damage = &damage;
  return settle(member, take_container(context_, peeked, recognition, member.path, options));
}

bool TreeIntake::settle(const TreeMember& member, const Result<Taken>& taken) {
  if (!taken.ok()) {
    const Error& error = taken.error();
    if (error.kind == ErrorKind::interrupted || error.kind == ErrorKind::internal) {
      return stop(error);
    }
    note(MemberFate::unreadable, member, error.message);
    return true;
  }
  switch (*taken) {
    case Taken::added:
      ++added_;
      note(MemberFate::used, member);
      break;
    case Taken::duplicate:
      ++known_;
      note(MemberFate::known, member);
      break;
    case Taken::unrelated:
      note(MemberFate::unrelated, member);
      break;
  }
  return true;
}

// The path of a private copy; nullopt: none could be made, which has been noted or has stopped the walk.
std::optional<std::string> TreeIntake::spool_member(const TreeMember& member, PeekedSource& peeked,
                                                    const std::optional<Error>& damage) {
  if (spooled_ >= kMaxSpooled) {
    note(MemberFate::limit, member, "more than " + std::to_string(kMaxSpooled) + " stores");
    return std::nullopt;
  }
  if (!dir_) {
    auto dir = TempDir::make();
    if (!dir.ok()) {
      stop(dir.error());
      return std::nullopt;
    }
    dir_ = dir.take();
  }
  const std::string path = dir_->path() + "/store" + std::to_string(spooled_++) + ".sqlite";
  const auto spooled = spool(peeked, path, limits_.spool_bytes);
  if (!spooled.ok()) {
    const Error& error = spooled.error();
    if (error.kind == ErrorKind::limit) {
      note(MemberFate::limit, member, error.message);
    } else {
      stop(error);
    }
    return std::nullopt;
  }
  if (damage) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    note(fate_of_error(*damage), member, "only a part of the store can be read: " + damage->message);
    return std::nullopt;
  }
  return path;
}

bool TreeIntake::take_database(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage) {
  if (!may_be_store(peeked.head())) {
    databases_.insert(member.path);
    note(MemberFate::database, member, "not a known task store");
    return true;
  }
  std::string head(peeked.head());
  const auto path = spool_member(member, peeked, damage);
  if (path) {
    stores_.push_back({member, std::move(head), *path});
  }
  return status_.ok();
}

bool TreeIntake::take_wal(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage) {
  const std::string store = without_end(member.path, kWal);
  if (store.empty() || databases_.contains(store) || wals_.contains(store)) {
    note(MemberFate::database, member, "the -wal of no known task store");
    return true;
  }
  const auto path = spool_member(member, peeked, damage);
  if (path) {
    wals_.emplace(store, WaitingWal{*path, member.modified});
  }
  return status_.ok();
}

bool TreeIntake::finish_store(const WaitingStore& store) {
  std::optional<TimeNs> modified = store.member.modified;
  bool with_wal = false;
  if (const auto wal = wals_.find(store.member.path); wal != wals_.end()) {
    std::error_code error;
    std::filesystem::rename(wal->second.path, store.path + std::string(kWal), error);
    if (error) {
      return stop(fail(ErrorKind::internal, "a private copy cannot be renamed: " + error.message(), wal->second.path));
    }
    modified = std::max(modified, wal->second.modified);
    wals_.erase(wal);
    with_wal = true;
  }
  if (!modified) {
    note(MemberFate::unreadable, store.member,
         "the archive does not say when the store was written: unpack it and name the store");
    return true;
  }
  auto copy = describe_sqlite_copy(store.path);
  if (!copy.ok()) {
    return stop(copy.error());
  }
  copy->modified = *modified;
  copy->hot_journal = journals_.contains(store.member.path);
  std::vector<Issue> issues;
  if (store.member.modified_is_local) {
    issues.push_back({IssueKind::clock,
                      {},
                      "the zip names the time of the store without a zone: the zone of the computer that read it was assumed"});
  }
  const Result<Taken> taken = take_sqlite_copy(context_, store.head, *copy, store.member.path, std::move(issues));
  if (!taken.ok() && taken.error().kind == ErrorKind::unreadable) {
    note(MemberFate::database, store.member, taken.error().message);
  } else if (!settle(store.member, taken)) {
    return false;
  }
  if (with_wal) {
    TreeMember part;
    part.path = store.member.path + std::string(kWal);
    note(last_fate_, part);
  }
  return true;
}

Status TreeIntake::finish_stores() {
  for (const WaitingStore& store : stores_) {
    if (!finish_store(store)) {
      return status_;
    }
    // The disk is needed for one store at a time from here on.
    std::error_code ignored;
    std::filesystem::remove(store.path, ignored);
    std::filesystem::remove(store.path + std::string(kWal), ignored);
  }
  for (const auto& [store, wal] : wals_) {
    TreeMember member;
    member.path = store + std::string(kWal);
    note(MemberFate::database, member, "the -wal of no known task store");
  }
  return done();
}

// What the user hears when the input is one compressed file, or when nothing in a folder or an archive can be used.
Error nothing_used(const TreeIntake& intake, const Contents& contents, bool single) {
  if (single) {
    std::string why = intake.last_detail();
    if (why.empty()) {
      why = intake.last_fate() == MemberFate::empty ? "the input is empty"
                                                    : "no known format: nothing in it looks like a log record";
    }
    return unreadable(contents.path, why, "uptrail formats " + contents.path);
  }
  if (contents.groups.empty()) {
    return unreadable(contents.path, "it holds no file", "name a file, or a folder or an archive that holds some");
  }
  if (contents.groups.size() == 1 && contents.members() == 1 && !contents.groups.front().detail.empty()) {
    return unreadable(contents.path, contents.groups.front().detail, contents.groups.front().command);
  }
  std::string hint;
  for (const Contents::Group& group : contents.groups) {
    if (hint.empty()) {
      hint = group.command;
    }
  }
  return unreadable(contents.path, contents_line(contents), hint.empty() ? "uptrail formats " + contents.path : hint);
}

Result<Taken> take(IntakeContext& context, FileTree& tree, const std::string& path, const TreeLimits& limits) {
  TreeIntake intake(context, path, limits);
  context.tree = &tree;
  const Status walked = tree.walk(intake);
  const Status finished = intake.status().ok() && walked.ok() ? intake.finish_stores() : done();
  context.tree = nullptr;
  UPTRAIL_TRY(intake.status());
  UPTRAIL_TRY(walked);
  UPTRAIL_TRY(finished);
  Contents contents = intake.notes().finish(path, std::string(tree.format()));
  // No archive has been met, or none that could be read.
  const bool single = tree.members() == 0 && contents.members() == 1 && tree.format() != "folder";
  if (intake.added() + intake.known() == 0) {
    return nothing_used(intake, contents, single);
  }
  if (!single) {
    context.contents.push_back(std::move(contents));
  }
  return intake.added() > 0 ? Taken::added : Taken::duplicate;
}

TreeOptions options_of(const IntakeContext& context) {
  TreeOptions options;
  options.cancelled = [&context] { return context.cancelled(); };
  return options;
}

}  // namespace

Result<bool> is_tree(const std::string& path) {
  std::error_code ignored;
  if (path == "-") {
    return false;
  }
  if (std::filesystem::is_directory(path, ignored)) {
    return true;
  }
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return false;  // a pipe cannot be looked at twice
  }
  const auto file = open_input(path);
  if (!file.ok()) {
    return file.error();
  }
  std::string head(kPackedHeadBytes, '\0');
  const auto got = (*file)->read(head);
  UPTRAIL_TRY(got);
  head.resize(*got);
  return looks_packed(head);
}

Result<Taken> take_tree(IntakeContext& context, const std::string& path) {
  const TreeOptions options = options_of(context);
  auto tree = open_tree(path, options);
  if (!tree.ok()) {
    return tree.error();
  }
  return take(context, **tree, path, options.limits);
}

Result<Taken> take_packed_stream(IntakeContext& context, std::unique_ptr<ByteSource> bytes, const std::string& path) {
  const TreeOptions options = options_of(context);
  const auto tree = stream_tree(std::move(bytes), path, options);
  return take(context, *tree, path, options.limits);
}

}  // namespace uptrail
