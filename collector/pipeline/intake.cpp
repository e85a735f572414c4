#include "collector/pipeline/intake.h"

#include <optional>

#include "collector/input/input.h"
#include "collector/input/tree.h"
#include "collector/pipeline/intake_store.h"
#include "collector/pipeline/intake_tree.h"
#include "collector/pipeline/member_kind.h"
#include "collector/pipeline/open_source.h"

namespace uptrail {

namespace {

constexpr std::string_view kSqliteMagic("SQLite format 3\0", 16);

Error not_a_log(std::string_view head, const std::string& path) {
  const auto kind = recognise_other(head);
  const Advice advice = kind ? advice_for(*kind, path) : Advice{};
  if (!advice.detail.empty()) {
    return unreadable(path, "not a log that is read here: " + advice.detail, advice.command);
  }
  return unreadable(path, "no known format: nothing in it looks like a log record", "uptrail formats " + path);
}

Result<Taken> take_log(IntakeContext& context, PeekedSource& peeked, const std::string& path) {
  const Recognition recognition = recognise(peeked.head(), peeked.head_is_all());
  if (recognition.chosen == nullptr) {
    return not_a_log(peeked.head(), path);
  }
  return take_container(context, peeked, recognition, path, {});
}

}  // namespace

bool looks_like_sqlite(std::string_view head) { return head.starts_with(kSqliteMagic); }

Result<Taken> take_source(IntakeContext& context, std::unique_ptr<ByteSource> source, const std::string& path) {
  Result<std::unique_ptr<PeekedSource>> peeked = PeekedSource::make(std::move(source), kSniffBytes);
  if (!peeked.ok()) {
    return peeked.error();
  }
  const std::string_view head = (*peeked)->head();
  if (head.empty()) {
    return unreadable(path, "the input is empty", "uptrail howto");
  }
  if (looks_packed(head)) {
    return take_packed_stream(context, peeked.take(), path);
  }
  if (looks_like_case(head)) {
    return unreadable(path, "this is a case, not a capture; a case cannot be added to another",
                      "open it alone: uptrail check " + path);
  }
  if (looks_like_sqlite(head)) {
    if (path == "-") {
      return unreadable(path, "a task store cannot be read from standard input, because its -wal file belongs to it",
                        "name the file");
    }
    return take_sqlite(context, std::string(head), path);
  }
  const bool small = (*peeked)->size().value_or(0) <= kMaxPlainStore;
  std::optional<TempDir> dir;  // what `peeked` reads may lie in it
  if (small && may_be_store(head, context.stores)) {
    auto made = TempDir::make();
    if (!made.ok()) {
      return made.error();
    }
    dir = made.take();
    std::unique_ptr<PeekedSource> bytes = peeked.take();
    const Result<std::optional<Taken>> taken = take_plain(context, bytes, path, *dir);
    if (!taken.ok()) {
      return taken.error();
    }
    if (*taken) {
      return **taken;
    }
    return take_log(context, *bytes, path);
  }
  return take_log(context, **peeked, path);
}

Result<Taken> take_path(IntakeContext& context, const std::string& path) {
  if (context.cancelled()) {
    return stopped(path);
  }
  const Result<bool> tree = is_tree(path);
  if (!tree.ok()) {
    return tree.error();
  }
  if (*tree) {
    return take_tree(context, path);
  }
  Result<std::unique_ptr<ByteSource>> input = open_input(path);
  if (!input.ok()) {
    return input.error();
  }
  return take_source(context, input.take(), path);
}

}  // namespace uptrail
