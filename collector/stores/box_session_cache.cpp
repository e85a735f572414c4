#include "collector/stores/box_session_cache.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "collector/base/text.h"
#include "collector/plist/foundation.h"
#include "collector/stores/app_store.h"
#include "collector/stores/store_file.h"

namespace uptrail {

namespace {

using plist::KeyedArchive;

constexpr std::string_view kClass = "BOXUserIdAndAssociateId";
constexpr std::string_view kOwner = "userIdAndAssociateId";
constexpr std::array<std::string_view, 6> kFiles = {kOwner,     "destinationFilePath", "resumeData",
                                                    "response", "responseData",        "error"};
constexpr std::uint64_t kMaxArchive = std::uint64_t{16} << 20U;
constexpr std::uint64_t kMaxPath = std::uint64_t{16} << 10U;
constexpr std::int64_t kCancelled = -999;

bool is_number(std::string_view text) { return parse_int(text).value_or(-1) >= 0; }

// Where a file stands in the tree.
struct Place {
  enum class Kind : std::uint8_t { none, ongoing, completed, marker } kind = Kind::none;
  std::size_t parts = 0;                   // of the path, below the tree's folder
  std::string session, task, owner, file;  // owner: "<userId>/<associateId>"
};

bool is_file_of_task(std::string_view name) { return std::find(kFiles.begin(), kFiles.end(), name) != kFiles.end(); }

// onGoingSessionTasks/<session>/<task>/<file>, users/<user>/<associate>/completed/<file>, or
// users/<user>/<associate>/info/<session>-<task>, at the end of a path.
Place place_of(std::string_view path) {
  const auto parts = split(path, '/');
  const auto from_end = [&](std::size_t n) { return n < parts.size() ? parts[parts.size() - 1 - n] : std::string_view(); };
  Place place;
  const std::string_view file = from_end(0);
  if (from_end(3) == "onGoingSessionTasks" && is_number(from_end(1)) && is_file_of_task(file)) {
    place = {Place::Kind::ongoing, 4, std::string(from_end(2)), std::string(from_end(1)), {}, std::string(file)};
  } else if (from_end(4) == "users") {
    const std::string owner = std::string(from_end(3)) + "/" + std::string(from_end(2));
    const std::size_t dash = file.find_last_of('-');
    if (from_end(1) == "completed" && is_file_of_task(file)) {
      place = {Place::Kind::completed, 5, {}, {}, owner, std::string(file)};
    } else if (from_end(1) == "info" && dash != std::string_view::npos && dash > 0 && is_number(file.substr(dash + 1))) {
      place = {Place::Kind::marker, 5, std::string(file.substr(0, dash)), std::string(file.substr(dash + 1)), owner, {}};
    }
  }
  return place;
}

// One task of the cache, with its files.
struct CachedTask {
  bool completed = false;
  std::string session, number;  // "": not known
  std::string owner;            // as in Place
  std::map<std::string, StoreFile, std::less<>> files;
  TimeNs modified = kTimeMin;
};

class Reader {
 public:
  Reader(const StoreFiles& files, AppStoreBook& book) : files_(files), book_(book) {}

  void run(const std::vector<StoreFile>& all) {
    for (const StoreFile& file : all) {
      sort_in(file);
    }
    for (auto& [row, task] : tasks_) {
      if (book_.full() || book_.stopped()) {
        return;
      }
      take(row, task);
    }
  }

 private:
  void sort_in(const StoreFile& file) {
    const Place place = place_of(file.name);
    if (place.kind == Place::Kind::none) {
      book_.unusable(file.name, "its path does not say which session and task it is of");
      return;
    }
    if (place.kind == Place::Kind::marker) {
      markers_.emplace(place.owner, std::pair(place.session, place.task));
      return;
    }
    CachedTask& task = tasks_[file.name.substr(0, file.name.find_last_of('/'))];
    task.completed = place.kind == Place::Kind::completed;
    task.session = place.session;
    task.number = place.task;
    task.owner = place.owner;
    task.modified = std::max(task.modified, file.modified);
    task.files.emplace(place.file, file);
  }

  // nullopt: there is no such file, or it cannot be read, which has been told.
  std::optional<KeyedArchive> archive(const std::string& row, const CachedTask& task, std::string_view name) {
    const auto it = task.files.find(name);
    if (it == task.files.end()) {
      return std::nullopt;
    }
    const auto bytes = read_store_file(it->second.private_path, files_.shown_path, kMaxArchive);
    auto parsed = bytes.ok() ? KeyedArchive::parse(std::as_bytes(std::span(bytes->data(), bytes->size())), files_.shown_path)
                             : Result<KeyedArchive>(bytes.error());
    if (!parsed.ok()) {
      book_.note(row, IssueKind::bad_value, std::string(name) + ": " + parsed.error().message);
      return std::nullopt;
    }
    return parsed.take();
  }

  // Of a finished task only a marker says the session and the number.
  void name_completed(const std::string& row, CachedTask& task) {
    const auto [first, last] = markers_.equal_range(task.owner);
    if (std::distance(first, last) == 1) {
      task.session = first->second.first;
      task.number = first->second.second;
    } else if (first != last) {
      book_.note(row, IssueKind::bad_value, "info names several tasks");
    }
  }

  void take(const std::string& row, CachedTask& task) {
    if (task.completed) {
      name_completed(row, task);
    }
    Event event = book_.entry(row);
    event.t_src = task.modified;
    const bool download = task.files.contains("destinationFilePath");
    const auto owner = archive(row, task, kOwner);
    const auto associate = owner ? owner->text(owner->member(owner->root(), "associateId")) : std::nullopt;
    if (associate && !associate->empty() && !download) {
      event.fields.set(Field::upload_id, ellipsize(*associate, kMaxStoreText));
    }
    const auto number = parse_int(task.number);
    if (!task.session.empty() && number) {
      event.fields.set(Field::identifier, task.session);
      event.fields.set(Field::id, *number);
      event.fields.set(Field::keyed_by, std::string("session+taskIdentifier"));
    } else if (!associate) {
      book_.unusable(row, "nothing says which task it is");
      return;
    }
    if (download) {
      set_destination(row, task, event);
    }
    set_end(row, task, download, event);
    book_.keep(std::move(event));
  }

  void set_destination(const std::string& row, const CachedTask& task, Event& event) {
    event.fields.set(Field::task_kind, std::string("download"));
    const auto path = read_store_file(task.files.find("destinationFilePath")->second.private_path, files_.shown_path, kMaxPath);
    if (path.ok() && !path->empty() && is_valid_utf8(*path)) {
      event.fields.set(Field::file, *path);
    } else {
      book_.note(row, IssueKind::bad_value, "destinationFilePath is no path");
    }
  }

  void set_end(const std::string& row, const CachedTask& task, bool download, Event& event) {
    const auto failed = archive(row, task, "error");
    const auto error = failed ? plist::error_facts(*failed, failed->root()) : std::nullopt;
    const auto answered = archive(row, task, "response");
    const auto response = answered ? plist::response_facts(*answered, answered->root()) : std::nullopt;
    std::string_view state = task.completed ? "" : download ? "running" : "uploading";
    if (response) {
      if (response->status) {
        event.fields.set(Field::status, *response->status);
        state = *response->status >= 400 ? "failed" : download ? "completed" : "succeeded";
      }
      if (!response->url.empty()) {
        event.fields.set(Field::url, response->url);
      }
    }
    if (error) {
      event.fields.set(Field::error_domain, error->error.domain);
      event.fields.set(Field::error_code, error->error.code);
      if (!error->description.empty()) {
        event.fields.set(Field::error, error->description);
      }
      state = error->error.domain == "NSURLErrorDomain" && error->error.code == kCancelled ? "cancelled" : "failed";
    }
    if (!state.empty()) {
      event.fields.set(Field::state, std::string(state));
    }
  }

  const StoreFiles& files_;
  AppStoreBook& book_;
  std::map<std::string, CachedTask> tasks_;                                  // by their folder
  std::multimap<std::string, std::pair<std::string, std::string>> markers_;  // by owner: session and task
};

}  // namespace

const StoreInfo& BoxSessionCache::info() const {
  static constexpr StoreInfo kInfo = {"box_session_cache",
                                      "Box's BOXURLSessionCache",
                                      "docs/formats/box_session_cache.md",
                                      "keyed archive of a BOXUserIdAndAssociateId",
                                      true,
                                      true};
  return kInfo;
}

bool BoxSessionCache::may_be(std::string_view head) const {
  return plist::form_of(head) != plist::Form::none && contains(head, "NSKeyedArchiver") && contains(head, kClass);
}

std::string_view BoxSessionCache::folder(std::string_view path) const {
  const Place place = place_of(path);
  if (place.kind == Place::Kind::none) {
    return Store::folder(path);
  }
  for (std::size_t n = 0; n < place.parts; ++n) {
    path = Store::folder(path);
  }
  return path;
}

bool BoxSessionCache::belongs(std::string_view name) const {
  // Asked of every file of a large archive.
  if (!name.starts_with("onGoingSessionTasks/") && !name.starts_with("users/")) {
    return false;
  }
  const Place place = place_of(name);
  return place.kind != Place::Kind::none && split(name, '/').size() == place.parts;
}

Result<bool> BoxSessionCache::probe(const StoreFiles& files, std::string& why) const {
  const auto bytes = read_store_file(files.private_path, files.shown_path, kMaxArchive);
  UPTRAIL_TRY(bytes);
  const auto archive = KeyedArchive::parse(std::as_bytes(std::span(bytes->data(), bytes->size())), files.shown_path);
  const bool fits = archive.ok() && archive->class_name(archive->root()) == kClass;
  why = fits           ? "is a " + std::string(info().requires_structure)
        : archive.ok() ? "a keyed archive, but not of a " + std::string(kClass)
                       : archive.error().message;
  return fits;
}

Result<StoreStats> BoxSessionCache::read(const StoreFiles& files, EventSink& sink) const {
  AppStoreBook book(info(), files, sink);
  StoreFiles named = files;
  if (named.name.empty()) {
    const std::size_t folder_size = folder(files.shown_path).size();
    named.name = files.shown_path.substr(folder_size == 0 ? 0 : folder_size + 1);
  }
  const auto all = all_files(named);
  book.set_time(last_written(all));
  Reader(files, book).run(all);
  book.tell_snapshot("BOXURLSessionCache", false);
  return book.stats();
}

}  // namespace uptrail
