#include "collector/stores/nsurlsessiond_session.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "collector/base/sha1.h"
#include "collector/base/text.h"
#include "collector/plist/foundation.h"
#include "collector/plist/keyed_archive.h"
#include "collector/stores/daemon_task.h"
#include "collector/stores/store_file.h"

namespace uptrail {

namespace {

using plist::KeyedArchive;
using plist::Ref;

constexpr std::string_view kUploads = "Uploads/CFNetworkUpload_";
constexpr std::size_t kMaxTasks = 200'000;
constexpr std::size_t kMaxLookedAt = 64;  // entries of a dictionary that may be tasks

enum class Role : std::uint8_t { none, configuration, options, tasks };

bool is_task(const KeyedArchive& archive, Ref object) {
  const std::string name = archive.class_name(object);
  return name == "__NSCFURLSessionTaskInfo" || name == "NDTaskInfo" ||
         (archive.integer(archive.member(object, "identifier")) && archive.integer(archive.member(object, "state")) &&
          archive.text(archive.member(object, "sessionID")));
}

Role role_of(const KeyedArchive& archive) {
  const Ref root = archive.root();
  if (const auto facts = plist::configuration_facts(archive, root); facts && !facts->identifier.empty()) {
    return Role::configuration;
  }
  if (!archive.is_a(root, "NSDictionary")) {
    return Role::none;
  }
  if (disconnected_at(archive)) {
    return Role::options;
  }
  for (std::size_t n = 0; n < std::min(archive.count(root), kMaxLookedAt); ++n) {
    if (is_task(archive, archive.item(root, n))) {
      return Role::tasks;
    }
  }
  return Role::none;
}

Result<KeyedArchive> open_file(const std::string& private_path, const std::string& shown_path) {
  const auto text = read_store_file(private_path, shown_path, plist::kMaxDocumentBytes);
  UPTRAIL_TRY(text);
  return KeyedArchive::parse(std::as_bytes(std::span(text->data(), text->size())), shown_path);
}

// nsurlsessiond names folders by the SHA-1 of an identifier: that of the bundle, below it those of its sessions.
struct FolderNames {
  std::string bundle, session;  // "": the path does not say
};
FolderNames names_in(std::string_view folder) {
  FolderNames names;
  const auto parts = split(folder, '/');
  if (!parts.empty() && is_sha1_hex(parts.back())) {
    names.session = parts.back();
    names.bundle = parts.size() > 1 && is_sha1_hex(parts[parts.size() - 2]) ? parts[parts.size() - 2] : std::string_view();
  }
  return names;
}

class Reader {
 public:
  Reader(const StoreFiles& files, EventSink& sink) : files_(files), sink_(sink) {}

  Result<StoreStats> run() {
    // Of gathered files the folder is shown, and the first has no name.
    const bool gathered = std::any_of(files_.parts.begin(), files_.parts.end(),
                                      [](const StorePart& part) { return !part.name.starts_with(kUploads); });
    UPTRAIL_TRY(open(gathered ? std::string() : file_name(files_.shown_path), files_.private_path, files_.modified));
    for (const StorePart& part : files_.parts) {
      if (part.name.starts_with(kUploads)) {
        uploads_.push_back(&part);
      } else if (!part.private_path.empty()) {
        UPTRAIL_TRY(open(part.name, part.private_path, part.modified.value_or(files_.modified)));
      }
    }
    const std::string& shown = files_.shown_path;
    find_names(names_in(gathered ? shown : shown.substr(0, std::min(shown.find_last_of('/'), shown.size()))));
    if (!give_session() || !give_tasks()) {
      return stats_;
    }
    give_uploads();
    return stats_;
  }

 private:
  struct Opened {
    std::string name;
    KeyedArchive archive;
    TimeNs modified;
  };

  void issue(IssueKind kind, std::string detail) { sink_.issue({kind, {}, std::move(detail)}); }

  Status open(std::string name, const std::string& private_path, TimeNs modified) {
    auto archive = open_file(private_path, files_.shown_path);
    UPTRAIL_TRY(archive);
    const Role role = role_of(*archive);
    if (role == Role::none) {
      return fail(ErrorKind::unreadable, "no property list of an nsurlsessiond session", files_.shown_path);
    }
    if (name.empty()) {
      name = role == Role::configuration ? "configuration" : role == Role::options ? "options" : "tasks";
    }
    if (const auto& damage = archive->document().damage(); damage.objects > 0) {
      issue(IssueKind::damaged, name + ": " + count_of(damage.objects, "object") + " cannot be read; the first: " + damage.first);
    }
    if (!opened_.emplace(role, Opened{name, archive.take(), modified}).second) {
      ++stats_.read;
      ++stats_.unparsed;
      issue(IssueKind::unparsed, name + ": the session has another property list of that kind");
    }
    return done();
  }

  [[nodiscard]] const Opened* find(Role role) const {
    const auto it = opened_.find(role);
    return it == opened_.end() ? nullptr : &it->second;
  }

  // By the configuration; else by the tasks; else by the names of the folders, whose hashes are told as they stand: who knows
  // other sources may know the name.
  void find_names(const FolderNames& folder) {
    if (const Opened* file = find(Role::configuration)) {
      identifier_ = plist::configuration_facts(file->archive, file->archive.root())->identifier;
    }
    if (const Opened* file = find(Role::tasks)) {
      const KeyedArchive& archive = file->archive;
      for (std::size_t n = 0; n < std::min(archive.count(archive.root()), kMaxLookedAt); ++n) {
        const Ref task = archive.item(archive.root(), n);
        bundle_ = bundle_.empty() ? archive.text(archive.member(task, "bundleID")).value_or("") : bundle_;
        identifier_ = identifier_.empty() ? archive.text(archive.member(task, "sessionID")).value_or("") : identifier_;
      }
    }
    if (identifier_.empty()) {
      identifier_ = folder.session;
      if (!identifier_.empty()) {
        issue(IssueKind::loss, "no file in the folder names the session: it is known only by its hash " + identifier_ +
                                   ", the SHA-1 of its identifier, unless another source names it");
      }
    }
    bundle_ = bundle_.empty() ? folder.bundle : bundle_;
  }

  Event blank(EventKind kind, TimeNs when, std::string row) const {
    Event event;
    event.kind = kind;
    event.observer = Observer::store;
    event.t_src = when;
    event.pattern = "store:nsurlsessiond_session";
    event.bundle = bundle_;
    event.store_row = std::move(row);
    event.fields.set(Field::store, std::string("daemon"));
    return event;
  }

  // Configuration and options are one record.
  bool give_session() {
    const Opened* configuration = find(Role::configuration);
    const Opened* options = find(Role::options);
    if (configuration == nullptr && options == nullptr) {
      return true;
    }
    ++stats_.read;
    if (identifier_.empty()) {
      ++stats_.unparsed;
      issue(IssueKind::unparsed, options->name + ": nothing names the session, neither a file beside nor the folder");
      return true;
    }
    ++stats_.matched;
    const Opened& first = configuration != nullptr ? *configuration : *options;
    Event event = blank(EventKind::store_session, first.modified, first.name);
    event.fields.set(Field::identifier, identifier_);
    if (configuration != nullptr) {
      const KeyedArchive& archive = configuration->archive;
      describe_session(*plist::configuration_facts(archive, archive.root()), event);
    }
    if (options != nullptr) {
      if (const auto when = disconnected_at(options->archive)) {
        event.fields.set(Field::disconnected_at, *when);
      }
    }
    return sink_.event(std::move(event));
  }

  bool give_tasks() {
    const Opened* file = find(Role::tasks);
    if (file == nullptr) {
      return true;
    }
    const KeyedArchive& archive = file->archive;
    const std::size_t all = archive.count(archive.root());
    if (all > kMaxTasks) {
      issue(IssueKind::limit, "only the first " + std::to_string(kMaxTasks) + " tasks were read");
    }
    std::map<std::int64_t, Event> entries;  // by number: an archive's order is that of a hash table
    for (std::size_t n = 0; n < std::min(all, kMaxTasks); ++n) {
      ++stats_.read;
      const auto number = archive.integer(archive.key(archive.root(), n));
      auto event = entry(*file, archive.item(archive.root(), n), number, n);
      const auto id = event ? event->fields.integer(Field::id) : std::nullopt;
      if (id && !entries.contains(*id)) {
        entries.emplace(*id, std::move(*event));
        ++stats_.matched;
        continue;
      }
      ++stats_.unparsed;
      if (id) {
        issue(IssueKind::unparsed, event->store_row + ": its number is that of another task");
      }
    }
    // The folder is that of one session, so that what it lacks may be in another one.
    Event snapshot = blank(EventKind::store_snapshot, file->modified, file->name);
    snapshot.fields.set(Field::complete, false);
    snapshot.fields.set(Field::taken_at, file->modified);
    snapshot.fields.set(Field::count, static_cast<std::int64_t>(all));
    bool on = sink_.event(std::move(snapshot));
    for (auto it = entries.begin(); on && it != entries.end(); ++it) {
      on = sink_.event(std::move(it->second));
    }
    return on;
  }

  std::optional<Event> entry(const Opened& file, Ref object, std::optional<std::int64_t> number, std::size_t n) {
    const KeyedArchive& archive = file.archive;
    const std::string row = file.name + " task " + (number ? std::to_string(*number) : "at place " + std::to_string(n));
    const auto problem = [&](const std::string& detail) { issue(IssueKind::bad_value, row + ": " + detail); };
    const auto integer = [&](std::string_view key) { return archive.integer(archive.member(object, key)); };
    const auto text = [&](std::string_view key) { return archive.text(archive.member(object, key)); };
    const auto id = integer("identifier") ? integer("identifier") : number;
    const auto session = text("sessionID");
    if (!is_task(archive, object) || !id || (!session && identifier_.empty())) {
      issue(IssueKind::unparsed, row + ": no task with a number and a session");
      return std::nullopt;
    }
    DaemonTask task;
    task.session = session.value_or(identifier_);
    task.bundle = text("bundleID").value_or(bundle_);
    task.identifier = *id;
    task.uuid = archive.uuid(archive.member(object, "uniqueIdentifierUUID"));
    if (!task.uuid) {
      task.uuid = Uuid::parse(text("uniqueIdentifier").value_or(""));
    }
    task.state = integer("state");
    task.kind = integer("taskKind");
    task.description = text("taskDescription").value_or("");
    task.sent = integer("countOfBytesSent");
    task.expected = integer("countOfBytesExpectedToSend");
    task.created = time_of(StoreEpoch::year_2001, archive.real(archive.member(object, "creationTime")));
    task.begin = archive.date(archive.member(object, "earliestBeginDate"));
    task.suspend_count = integer("suspendCount");
    task.started = archive.boolean(archive.member(object, "hasStarted"));
    task.discretionary = archive.boolean(archive.member(object, "discretionary"));
    add_objects(archive, object, task);
    if (const auto resume = archive.data(archive.member(object, "resumableUploadData"))) {
      task.resume = open_resume_data(*resume, "resumableUploadData", problem);
    }
    note_body(task);
    Event event = blank(EventKind::store_entry, file.modified, row);
    describe_task(task, event, problem);
    return event;
  }

  static void add_objects(const KeyedArchive& archive, Ref object, DaemonTask& task) {
    const Ref file = archive.member(object, "fileURL");
    task.has_file = archive.is_a(file, "NSURL");
    task.file = archive.url(file).value_or("");
    task.request = plist::request_facts(archive, archive.member(object, "currentRequest"), plist::WantHeaders::no);
    if (!task.request || task.request->url.empty()) {
      task.request = plist::request_facts(archive, archive.member(object, "originalRequest"), plist::WantHeaders::no);
    }
    task.response = plist::response_facts(archive, archive.member(object, "response"), plist::WantHeaders::no);
    const Ref error = archive.member(object, "error");
    task.has_error = archive.is_a(error, "NSError");
    task.error = plist::error_facts(archive, error);
    task.retry_error = plist::error_facts(archive, archive.member(object, "retryError"));
  }

  void note_body(const DaemonTask& task) {
    if (!task.file.empty() && task.uuid) {
      bodies_.emplace(file_name(task.file), *task.uuid);
    }
  }

  // A copy that no task names is a leftover; without the tasks nobody knows.
  void give_uploads() {
    for (const StorePart* part : uploads_) {
      ++stats_.read;
      ++stats_.matched;
      Event event = blank(EventKind::store_file, part->modified.value_or(files_.modified), part->name);
      event.fields.set(Field::identifier, identifier_);
      event.fields.set(Field::file, part->name);
      event.fields.set(Field::size, static_cast<std::int64_t>(part->size));
      if (const auto body = bodies_.find(file_name(part->name)); body != bodies_.end()) {
        event.fields.set(Field::uuid, body->second);
      }
      if (!sink_.event(std::move(event))) {
        return;
      }
    }
  }

  const StoreFiles& files_;
  EventSink& sink_;
  StoreStats stats_;
  std::map<Role, Opened> opened_;
  std::vector<const StorePart*> uploads_;
  std::map<std::string, Uuid> bodies_;  // by the name of the file
  std::string identifier_, bundle_;
};

}  // namespace

const StoreInfo& NsurlsessiondSession::info() const {
  static constexpr StoreInfo kInfo = {
      "nsurlsessiond_session",
      "nsurlsessiond's folder of a session (tasks.plist, configuration.plist, options.plist)",
      "docs/formats/nsurlsessiond_session.md",
      "a keyed archive of an NSURLSessionConfiguration with an identifier, of a session's options, or of its tasks",
      true,
      true};
  return kInfo;
}

bool NsurlsessiondSession::may_be(std::string_view head) const {
  constexpr std::array<std::string_view, 5> kNames = {"NSURLSessionConfiguration", "NSURLSessionLastDisconnectDateKey",
                                                      "__NSCFURLSessionTaskInfo", "NDTaskInfo",
                                                      "respondedToWillBeginDelayedRequestCallback"};
  return plist::form_of(head) != plist::Form::none && contains(head, "NSKeyedArchiver") &&
         std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) { return contains(head, name); });
}

bool NsurlsessiondSession::belongs(std::string_view name) const {
  return name.starts_with(kUploads) && name.size() > kUploads.size() && name.find('/', kUploads.size()) == std::string_view::npos;
}

Result<bool> NsurlsessiondSession::probe(const StoreFiles& files, std::string& why) const {
  const auto archive = open_file(files.private_path, files.shown_path);
  if (!archive.ok()) {
    why = archive.error().message;
    return false;
  }
  const Role role = role_of(*archive);
  why = role == Role::none            ? "a keyed archive, but not " + std::string(info().requires_structure)
        : role == Role::configuration ? "has the configuration of a session"
        : role == Role::options       ? "has the options of a session"
                                      : "has the tasks of a session";
  return role != Role::none;
}

Result<StoreStats> NsurlsessiondSession::read(const StoreFiles& files, EventSink& sink) const {
  return Reader(files, sink).run();
}

}  // namespace uptrail
