#include <algorithm>

#include "collector/input/input.h"
#include "collector/input/tree.h"
#include "collector/pipeline/collect.h"
#include "collector/pipeline/intake_store.h"
#include "collector/pipeline/intake_tree.h"
#include "collector/pipeline/member_kind.h"
#include "collector/pipeline/until_damage.h"

namespace uptrail {

namespace {

std::string match_word(Match m) { return m == Match::sure ? "sure" : m == Match::maybe ? "maybe" : "no"; }

// Asks every store about a private copy of the file.
void ask_stores(const StoreFiles& files, std::string_view head, FormatAnswer& answer) {
  for (const Store* store : builtin_stores()) {
    FormatAnswer::Candidate c{std::string(store->info().id), std::string(store->info().title), "", "no", 0};
    if (!store->may_be(head)) {
      c.why = "the head is not that of this store";
    } else if (const Result<bool> fits = store->probe(files, c.why); !fits.ok()) {
      c.why = fits.error().message;
    } else if (*fits) {
      c.match = "sure";
      c.score = 100;
      answer.is_store = true;
      answer.chosen = answer.chosen.empty() ? c.id : answer.chosen;
    }
    answer.candidates.push_back(std::move(c));
  }
}

Status add_stores(const std::string& path, std::string_view head, FormatAnswer& answer) {
  const Result<TempDir> dir = TempDir::make();
  if (!dir.ok()) {
    return dir.error();
  }
  if (looks_like_sqlite(head)) {
    const Result<SqliteCopy> copy = copy_sqlite(path, *dir);
    if (!copy.ok()) {
      return copy.error();
    }
    ask_stores({path, copy->path, copy->has_wal, copy->modified}, head, answer);
    return done();
  }
  const auto bytes = open_input(path);
  UPTRAIL_TRY(bytes);
  const std::string copy = dir->path() + "/plain";
  UPTRAIL_TRY(spool(**bytes, copy, kMaxPlainStore));
  ask_stores({path, copy, false, (*bytes)->modified().value_or(kTimeMin)}, head, answer);
  return done();
}

void add_containers(const Recognition& recognition, FormatAnswer& answer) {
  for (const auto& c : recognition.candidates) {
    answer.candidates.push_back({std::string(c.container->info().id), std::string(c.container->info().title), c.sniffed.why,
                                 match_word(c.sniffed.match), c.sniffed.score});
  }
  if (answer.chosen.empty() && recognition.chosen != nullptr) {
    answer.chosen = recognition.chosen->info().id;
  }
  std::stable_sort(answer.candidates.begin(), answer.candidates.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
}

// Looks at the beginning of every member.
class Explainer final : public TreeVisitor {
 public:
  Explainer(std::string root, FormatAnswer& answer) : root_(std::move(root)), answer_(answer) {}

  bool file(const TreeMember& member, ByteSource& bytes) override {
    UntilDamage until(bytes);
    const auto peeked = PeekedSource::make(std::make_unique<BorrowedSource>(until), kSniffBytes);
    if (!peeked.ok()) {
      return false;
    }
    const std::string_view head = (*peeked)->head();
    if (until.error()) {
      trouble(member, TreeTrouble::damaged, until.error()->message);
    }
    if (looks_like_sqlite(head) || may_be_store(head)) {
      store(member, head);
    } else if (const auto other = recognise_other(head); other && *other != MemberFate::picture) {
      notes_.note_bundle(*other, member.path);
      list(member, std::string(member_fate_name(*other)), advice_for(*other, member.path).detail, 100);
    } else {
      log(member, head, (*peeked)->head_is_all());
    }
    return true;
  }
  void trouble(const TreeMember& member, TreeTrouble trouble, const std::string& detail) override {
    const MemberFate fate = ContentsNotes::fate_of(trouble);
    notes_.note(fate, member.path, detail);
    list(member, std::string(member_fate_name(fate)), detail, 0);
  }
  [[nodiscard]] const ContentsNotes& notes() const { return notes_; }

 private:
  void list(const TreeMember& member, std::string chosen, std::string why, int score) {
    if (answer_.members.size() < kMaxListed) {
      answer_.members.push_back({member.path, std::move(chosen), std::move(why), score});
    }
  }
  void store(const TreeMember& member, std::string_view head) {
    for (const Store* store : builtin_stores()) {
      if (store->may_be(head)) {
        notes_.note(MemberFate::used, member.path);
        list(member, std::string(store->info().id),
             looks_like_sqlite(head) ? "SQLite; its tables decide when it is read" : "its content decides when it is read",
             kMaybeStore);
        return;
      }
    }
    notes_.note(MemberFate::database, member.path);
  }
  void log(const TreeMember& member, std::string_view head, bool complete) {
    const Recognition recognition = recognise(head, complete);
    if (member.path == root_) {
      add_containers(recognition, answer_);
    }
    if (recognition.chosen == nullptr) {
      const bool picture = recognise_other(head).has_value();
      notes_.note(head.empty() ? MemberFate::empty : picture ? MemberFate::picture : MemberFate::other, member.path);
      return;
    }
    const Sniffed& sniffed = recognition.candidates.front().sniffed;
    notes_.note(MemberFate::used, member.path);
    list(member, std::string(recognition.chosen->info().id),
         sniffed.why + (sniffed.score < kSureMember ? "; used only when a line of it matters" : ""), sniffed.score);
  }

  static constexpr int kMaybeStore = 80;
  std::string root_;
  FormatAnswer& answer_;
  ContentsNotes notes_;
};

Result<FormatAnswer> explain_tree(const std::string& path) {
  auto tree = open_tree(path, {});
  if (!tree.ok()) {
    return tree.error();
  }
  FormatAnswer answer;
  answer.path = path;
  Explainer explainer(path, answer);
  UPTRAIL_TRY((*tree)->walk(explainer));
  if (answer.candidates.empty()) {
    answer.contents = explainer.notes().finish(path, std::string((*tree)->format()));
  } else {
    answer.members.clear();  // one compressed log: it is told like the log itself
  }
  return answer;
}

}  // namespace

Result<FormatAnswer> explain_format(const std::string& path) {
  const Result<bool> tree = is_tree(path);
  if (!tree.ok()) {
    return tree.error();
  }
  if (*tree) {
    return explain_tree(path);
  }
  Result<std::unique_ptr<ByteSource>> input = open_input(path);
  if (!input.ok()) {
    return input.error();
  }
  Result<std::unique_ptr<PeekedSource>> peeked = PeekedSource::make(input.take(), kSniffBytes);
  if (!peeked.ok()) {
    return peeked.error();
  }
  const std::string_view head = (*peeked)->head();
  FormatAnswer answer;
  answer.path = path;
  if (head.empty()) {
    return fail(ErrorKind::unreadable, "the input is empty", path);
  }
  if (looks_like_case(head)) {
    answer.chosen = "uptrail";
    answer.is_case = true;
  } else if ((looks_like_sqlite(head) || may_be_store(head)) && path != "-") {
    UPTRAIL_TRY(add_stores(path, head, answer));
  }
  add_containers(recognise(head, (*peeked)->head_is_all()), answer);
  return answer;
}

}  // namespace uptrail
