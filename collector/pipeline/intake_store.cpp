#include "collector/pipeline/intake_store.h"

#include <algorithm>
#include <filesystem>

#include "collector/input/digest.h"
#include "collector/input/tree.h"
#include "collector/pipeline/intake_capture.h"
#include "collector/pipeline/open_source.h"

namespace uptrail {

namespace {

constexpr int kMaxPartFolders = 4;  // between the folder of a store and a part

// Events of a store. Each has one row, kept as a line of its own.
class StoreSink final : public EventSink {
 public:
  StoreSink(IntakeContext& context, Source& source) : context_(context), source_(source) {}
  bool event(Event e) override {
    if (context_.cancelled()) {
      return false;
    }
    e.source = source_.id;
    e.seq = seq_++;
    e.observer = Observer::store;
    if (e.t_src) {
      source_.first = source_.first ? std::min(*source_.first, *e.t_src) : *e.t_src;
      source_.last = source_.last ? std::max(*source_.last, *e.t_src) : *e.t_src;
    }
    const Result<EventId> id = context_.writer.add_event(e);
    if (!id.ok()) {
      status_ = id.error();
      return false;
    }
    e.id = *id;
    context_.sightings.add(e);
    RawLine line;
    line.source = source_.id;
    line.span = e.span;
    line.t_src = e.t_src;
    line.text = e.store_row + (e.store_row.empty() ? "" : ": ") + encode_fields(e.fields);
    line.is_event = true;
    line.event = e.id;
    status_ = context_.writer.add_raw(line);
    return status_.ok();
  }
  void issue(const Issue& issue) override { keep_issue(source_, issue); }
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  IntakeContext& context_;
  Source& source_;
  Status status_ = done();
  std::uint64_t seq_ = 0;
};

// A copy on disk that is shown as what it was copied from.
class CopySource final : public ByteSource {
 public:
  CopySource(std::unique_ptr<ByteSource> copy, std::string name, std::optional<TimeNs> modified)
      : copy_(std::move(copy)), name_(std::move(name)), modified_(modified) {}
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return copy_->size(); }
  [[nodiscard]] std::optional<TimeNs> modified() const override { return modified_; }
  Result<std::size_t> read(std::span<char> into) override { return copy_->read(into); }

 private:
  std::unique_ptr<ByteSource> copy_;
  std::string name_;
  std::optional<TimeNs> modified_;
};

std::string digest_of(const StoreIntake& intake) {
  if (intake.parts.empty()) {
    return intake.copy.content_hash;
  }
  Digest digest;
  digest.add(intake.copy.content_hash);
  for (const StorePart& part : intake.parts) {
    digest.add(part.name + " " + std::to_string(part.size) + " ");
    const auto bytes =
        part.private_path.empty() ? Result<std::string>(std::string()) : read_small_file(part.private_path, kMaxPlainStore);
    digest.add(bytes.ok() ? *bytes : std::string());
  }
  return digest.hex();
}

// The files below `folder` that the store keeps there, by name, but for `path`. Links are not followed.
std::vector<StorePart> list_parts(const Store& store, const std::string& folder, const std::string& path,
                                  std::vector<Issue>& issues) {
  namespace fs = std::filesystem;
  constexpr std::size_t kMaxLooked = 100'000;
  std::vector<StorePart> parts;
  std::error_code error;
  const fs::path parent = folder.empty() ? fs::path(path.starts_with('/') ? "/" : ".") : fs::path(folder);
  fs::recursive_directory_iterator it(parent, fs::directory_options::skip_permission_denied, error);
  for (std::size_t looked = 0; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (++looked > kMaxLooked || parts.size() >= kMaxStoreParts) {
      issues.push_back({IssueKind::limit, {}, "there are more files around the store than are looked at"});
      break;
    }
    if (it.depth() >= kMaxPartFolders) {
      it.disable_recursion_pending();
    }
    std::error_code ignored;
    const std::string found = it->path().string();
    const auto name = name_below(folder, found);
    if (name && found != path && found != "./" + path && !it->is_symlink(ignored) && it->is_regular_file(ignored) &&
        store.belongs(*name)) {
      parts.push_back({*name, {}, it->file_size(ignored), std::nullopt});
    }
  }
  std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return parts;
}

// What belongs to a store on disk; parts that are small enough are copied to `dir`.
Result<std::vector<StorePart>> parts_on_disk(const Store& store, const std::string& path, const TempDir& dir,
                                             std::vector<Issue>& issues) {
  if (!store.info().has_parts || path == "-") {
    return std::vector<StorePart>();
  }
  const std::string folder(store.folder(path));
  std::vector<StorePart> parts = list_parts(store, folder, path, issues);
  for (std::size_t n = 0; n < parts.size(); ++n) {
    StorePart& part = parts[n];
    const auto source = open_input((folder.empty() && !path.starts_with('/') ? "" : folder + "/") + part.name);
    UPTRAIL_TRY(source);
    part.modified = (*source)->modified();
    if (part.size > kMaxStorePart) {
      continue;
    }
    part.private_path = dir.path() + "/part" + std::to_string(n);
    const auto spooled = spool(**source, part.private_path, kMaxStorePart);
    UPTRAIL_TRY(spooled);
    part.size = spooled->size;
  }
  return parts;
}

}  // namespace

bool may_be_store(std::string_view head, MoreStores more) {
  const auto stores = builtin_stores();
  return std::any_of(more.begin(), more.end(), [&](const auto& store) { return store->may_be(head); }) ||
         std::any_of(stores.begin(), stores.end(), [&](const Store* store) { return store->may_be(head); });
}

bool may_be_part(std::string_view path) {
  const auto stores = builtin_stores();
  std::size_t end = path.size();
  for (int folders = 0; folders <= kMaxPartFolders; ++folders) {
    const std::size_t at = path.substr(0, end).find_last_of('/');
    const std::string_view name = path.substr(at == std::string_view::npos ? 0 : at + 1);
    if (std::any_of(stores.begin(), stores.end(), [&](const Store* store) { return store->belongs(name); })) {
      return true;
    }
    if (at == std::string_view::npos) {
      break;
    }
    end = at;
  }
  return false;
}

std::optional<std::string> name_below(std::string_view folder, std::string_view path) {
  if (folder.empty()) {
    path.remove_prefix(path.starts_with("./") ? 2 : path.starts_with('/') ? 1 : 0);
    return std::string(path);
  }
  if (!path.starts_with(folder) || path.size() < folder.size() + 2 || path[folder.size()] != '/') {
    return std::nullopt;
  }
  return std::string(path.substr(folder.size() + 1));
}

Result<const Store*> find_store(std::string_view head, const StoreFiles& files, std::string& reasons, MoreStores more) {
  std::vector<const Store*> stores;
  for (const auto& store : more) {
    stores.push_back(store.get());
  }
  const auto builtin = builtin_stores();
  stores.insert(stores.end(), builtin.begin(), builtin.end());
  for (const Store* store : stores) {
    std::string why = "its head is not that of the store";
    if (store->may_be(head)) {
      const Result<bool> fits = store->probe(files, why);
      if (!fits.ok()) {
        return fits.error();
      }
      if (*fits) {
        return store;
      }
    }
    reasons += (reasons.empty() ? "" : "; ") + std::string(store->info().id) + ": " + why;
  }
  return static_cast<const Store*>(nullptr);
}

Result<Taken> take_store(IntakeContext& context, const Store& store, StoreIntake intake) {
  if (std::find(context.stores_used.begin(), context.stores_used.end(), &store) == context.stores_used.end()) {
    context.stores_used.push_back(&store);
  }
  Source source;
  source.path = intake.path;
  source.container = store.info().id;
  source.is_store = true;
  source.confidence = 100;
  source.clock = ClockKind::absolute;
  source.content_hash = digest_of(intake);
  source.size = intake.copy.size;
  for (const StorePart& part : intake.parts) {
    source.size += part.size;
  }
  const Result<SourceId> id = context.writer.begin_source(source);
  if (!id.ok()) {
    return id.error();
  }
  source.id = *id;
  OpenSource open(context, *id);
  StoreSink sink(context, source);
  for (const Issue& issue : intake.issues) {
    keep_issue(source, issue);
  }
  const StoreFiles files{intake.path,          intake.copy.path,        intake.copy.has_wal,
                         intake.copy.modified, std::move(intake.parts), std::move(intake.main_name)};
  const Result<StoreStats> stats = store.read(files, sink);
  UPTRAIL_TRY(sink.status());
  if (context.cancelled()) {
    return stopped(intake.path);
  }
  if (!stats.ok()) {
    return stats.error();
  }
  const std::uint64_t known = std::min(stats->read, stats->matched + stats->unparsed);
  source.accounting = {stats->read, stats->matched, 0, stats->read - known, stats->unparsed};
  Result<Taken> taken = close_source(context, source, open);
  if (taken.ok()) {
    open.keep();
  }
  return taken;
}

Result<Taken> take_sqlite_copy(IntakeContext& context, std::string_view head, StoreIntake intake, const FindParts& find_parts) {
  if (intake.copy.hot_journal) {
    intake.issues.push_back(
        {IssueKind::damaged, {}, "a -journal lies beside: a change was under way, and rows may be half changed"});
  }
  std::string reasons;
  const StoreFiles files{intake.path, intake.copy.path, intake.copy.has_wal, intake.copy.modified};
  const auto store = find_store(head, files, reasons, context.stores);
  if (!store.ok()) {
    return store.error();
  }
  if (*store == nullptr) {
    return unreadable(intake.path,
                      "this SQLite database is not a known task store" + (reasons.empty() ? "" : " (" + reasons + ")"),
                      "uptrail formats " + intake.path);
  }
  auto parts = find_parts(**store, intake.issues);
  UPTRAIL_TRY(parts);
  intake.parts = parts.take();
  return take_store(context, **store, std::move(intake));
}

Result<Taken> take_sqlite(IntakeContext& context, std::string_view head, const std::string& path) {
  const Result<TempDir> dir = TempDir::make();
  if (!dir.ok()) {
    return dir.error();
  }
  const Result<SqliteCopy> copy = copy_sqlite(path, *dir);
  if (!copy.ok()) {
    return copy.error();
  }
  return take_sqlite_copy(context, head, {path, *copy}, [&](const Store& store, std::vector<Issue>& issues) {
    return parts_on_disk(store, path, *dir, issues);
  });
}

Result<std::optional<Taken>> take_plain(IntakeContext& context, std::unique_ptr<PeekedSource>& peeked, const std::string& path,
                                        const TempDir& dir) {
  const std::string head(peeked->head());
  const auto modified = peeked->modified();
  StoreIntake intake;
  intake.path = path;
  intake.copy.path = dir.path() + "/plain";
  const auto spooled = spool(*peeked, intake.copy.path, kMaxPlainStore);
  UPTRAIL_TRY(spooled);
  intake.copy.content_hash = spooled->content_hash;
  intake.copy.size = spooled->size;
  intake.copy.modified = modified.value_or(kTimeMin);
  std::string reasons;
  const auto store = find_store(head, {path, intake.copy.path, false, intake.copy.modified}, reasons, context.stores);
  UPTRAIL_TRY(store);
  if (*store != nullptr) {
    if (!modified) {
      return unreadable(path, "nothing says when this store was written, because it has no file", "name the file");
    }
    auto parts = parts_on_disk(**store, path, dir, intake.issues);
    UPTRAIL_TRY(parts);
    intake.parts = parts.take();
    const auto taken = take_store(context, **store, std::move(intake));
    UPTRAIL_TRY(taken);
    return std::optional(*taken);
  }
  auto copy = open_input(intake.copy.path);
  UPTRAIL_TRY(copy);
  auto again = PeekedSource::make(std::make_unique<CopySource>(copy.take(), std::string(peeked->name()), modified), kSniffBytes);
  UPTRAIL_TRY(again);
  peeked = again.take();
  return std::optional<Taken>();
}

}  // namespace uptrail
