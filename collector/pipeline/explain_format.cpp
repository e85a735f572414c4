#include <algorithm>

#include "collector/input/input.h"
#include "collector/pipeline/collect.h"
#include "collector/pipeline/intake.h"

namespace uptrail {

namespace {

std::string match_word(Match m) { return m == Match::sure ? "sure" : m == Match::maybe ? "maybe" : "no"; }

Status add_stores(const std::string& path, std::string_view head, FormatAnswer& answer) {
  const Result<TempDir> dir = TempDir::make();
  if (!dir.ok()) {
    return dir.error();
  }
  const Result<SqliteCopy> copy = copy_sqlite(path, *dir);
  if (!copy.ok()) {
    return copy.error();
  }
  const StoreFiles files{path, copy->path, copy->has_wal, copy->modified};
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
  return done();
}

}  // namespace

Result<FormatAnswer> explain_format(const std::string& path) {
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
  } else if (looks_like_sqlite(head) && path != "-") {
    UPTRAIL_TRY(add_stores(path, head, answer));
  }
  const Recognition recognition = recognise(head, (*peeked)->head_is_all());
  for (const auto& c : recognition.candidates) {
    answer.candidates.push_back({std::string(c.container->info().id), std::string(c.container->info().title), c.sniffed.why,
                                 match_word(c.sniffed.match), c.sniffed.score});
  }
  if (answer.chosen.empty() && recognition.chosen != nullptr) {
    answer.chosen = recognition.chosen->info().id;
  }
  std::stable_sort(answer.candidates.begin(), answer.candidates.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  return answer;
}

}  // namespace uptrail
