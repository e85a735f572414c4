#include "collector/pipeline/intake_tree.h"

#include <filesystem>
#include <optional>

#include "collector/input/tree.h"
#include "collector/pipeline/member_kind.h"
#include "collector/pipeline/open_source.h"
#include "collector/pipeline/tree_stores.h"
#include "collector/pipeline/until_damage.h"

namespace uptrail {

bool TreeAccount::settle(const TreeMember& member, const Result<Taken>& taken) {
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

namespace {

class TreeIntake final : public TreeVisitor {
 public:
  TreeIntake(IntakeContext& context, std::string root, const TreeLimits& limits)
      : context_(context),
        root_(std::move(root)),
        stores_(context, account_, limits.spool_bytes,
                [this](const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage) {
                  return take_other(member, peeked, damage);
                }) {}

  bool file(const TreeMember& member, ByteSource& bytes) override;
  void trouble(const TreeMember& member, TreeTrouble trouble, const std::string& detail) override {
    account_.note(ContentsNotes::fate_of(trouble), member, detail);
  }

  // Stores wait for what belongs to them, which may come behind them.
  Status finish_stores() { return stores_.finish(); }
  [[nodiscard]] const TreeAccount& account() const { return account_; }

 private:
  bool take_other(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage);
  [[nodiscard]] bool is_root(const TreeMember& member) const { return member.path == root_; }

  IntakeContext& context_;
  std::string root_;
  TreeAccount account_;
  TreeStores stores_;
};

bool TreeIntake::file(const TreeMember& member, ByteSource& bytes) {
  if (context_.cancelled()) {
    return account_.stop(stopped(root_));
  }
  UntilDamage until(bytes, member.modified);
  auto made = PeekedSource::make(std::make_unique<BorrowedSource>(until), kSniffBytes);
  if (!made.ok()) {
    return account_.stop(made.error());
  }
  PeekedSource& peeked = **made;
  const std::string_view head = peeked.head();
  if (head.empty()) {
    const auto& damage = until.error();
    // The name alone of an empty file may tell something.
    if (const auto taken = damage || !may_be_part(member.path) ? std::nullopt : stores_.take(member, peeked, damage)) {
      return *taken;
    }
    account_.note(damage ? fate_of_error(*damage) : MemberFate::empty, member, damage ? damage->message : "");
    return true;
  }
  if (looks_like_case(head)) {
    account_.note(MemberFate::case_file, member, "a case cannot be added to another; open it alone");
    return true;
  }
  if (const auto taken = stores_.take(member, peeked, until.error())) {
    return *taken;
  }
  return take_other(member, peeked, until.error());
}

// What is no store: a log, or something that is named.
bool TreeIntake::take_other(const TreeMember& member, PeekedSource& peeked, const std::optional<Error>& damage) {
  if (const auto other = recognise_other(peeked.head())) {
    if (*other == MemberFate::picture) {
      account_.note(*other, member);
    } else {
      account_.note_bundle(*other, member);
    }
    return true;
  }
  const Recognition recognition = recognise(peeked.head(), peeked.head_is_all());
  if (recognition.chosen == nullptr) {
    account_.note(damage ? fate_of_error(*damage) : MemberFate::other, member, damage ? damage->message : "");
    return true;
  }
  TakeOptions options;
  options.if_relevant = !is_root(member) && recognition.candidates.front().sniffed.score < kSureMember;
  options.damage = &damage;
  return account_.settle(member, take_container(context_, peeked, recognition, member.path, options));
}

// What the user hears when the input is one compressed file, or when nothing in a folder or an archive can be used.
Error nothing_used(const TreeAccount& account, const Contents& contents, bool single) {
  if (single) {
    std::string why = account.last_detail();
    if (why.empty()) {
      why = account.last_fate() == MemberFate::empty ? "the input is empty"
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
  const Status finished = intake.account().status().ok() && walked.ok() ? intake.finish_stores() : done();
  context.tree = nullptr;
  UPTRAIL_TRY(intake.account().status());
  UPTRAIL_TRY(walked);
  UPTRAIL_TRY(finished);
  const TreeAccount& account = intake.account();
  Contents contents = account.notes().finish(path, std::string(tree.format()));
  // No archive has been met, or none that could be read.
  const bool single = tree.members() == 0 && contents.members() == 1 && tree.format() != "folder";
  if (account.added() + account.known() == 0) {
    return nothing_used(account, contents, single);
  }
  if (!single) {
    context.contents.push_back(std::move(contents));
  }
  return account.added() > 0 ? Taken::added : Taken::duplicate;
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
