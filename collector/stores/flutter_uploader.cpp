#include "collector/stores/flutter_uploader.h"

#include <algorithm>
#include <array>
#include <map>

#include "collector/base/ids.h"
#include "collector/base/text.h"
#include "collector/stores/plist_row.h"

namespace uptrail {

namespace {

using plist::Document;
using plist::Ref;
using plist::Type;

constexpr std::uint64_t kMaxResults = std::uint64_t{64} << 20U;
constexpr std::string_view kLibrary = "chillisource.flutter_uploader.";
// Entries that are looked at by probe().
constexpr std::size_t kMaxProbed = 64;
// undefined, enqueue, running, completed, failed, canceled, paused
constexpr std::array<std::string_view, 7> kStatus = {"", "queued", "uploading", "succeeded", "failed", "cancelled", "paused"};
constexpr std::size_t kMaxMessage = 500;
// What the library writes as status when there was no response at all.
constexpr std::int64_t kNoResponse = 500;

std::string row_name(std::size_t place) { return "entry " + std::to_string(place); }

// "<session identifier>.<taskDescription>", where the description is a UUID that the library has made.
void set_names(const std::string& task, Event& event) {
  const auto dot = task.find_last_of('.');
  const std::string desc = dot == std::string::npos ? task : task.substr(dot + 1);
  if (dot == std::string::npos || !Uuid::parse(desc)) {
    event.fields.set(Field::upload_id, task);
    return;
  }
  event.fields.set(Field::upload_id, desc);
  event.fields.set(Field::desc, desc);
  event.fields.set(Field::keyed_by, std::string("taskDescription"));
  if (task.starts_with(kLibrary)) {
    event.fields.set(Field::identifier, task.substr(0, dot));
  }
}

void take_entry(PlistRow& row, const std::string& task, AppStoreBook& book) {
  Event event = book.entry(row.name());
  set_names(task, event);
  event.fields.set(Field::task_kind, std::string("upload"));
  std::string_view state;
  if (const auto status = row.integer("status")) {
    if (*status >= 0 && *status < static_cast<std::int64_t>(kStatus.size())) {
      state = kStatus[static_cast<std::size_t>(*status)];
    } else {
      row.note("status", "is none of 0 to 6");
    }
  }
  if (!state.empty()) {
    event.fields.set(Field::state, std::string(state));
  }
  const auto http = row.integer("statusCode");
  if (http && *http > 0 && (state == "succeeded" || *http != kNoResponse)) {
    event.fields.set(Field::status, *http);
  }
  // Of a response that is no success the message is the body.
  if (const auto message = row.text("message"); message && (state == "failed" || state == "cancelled")) {
    event.fields.set(Field::error, ellipsize(*message, kMaxMessage));
  }
  book.keep(std::move(event));
}

// The last entry of a task is what the app knows of it.
void take_results(const Document& document, AppStoreBook& book) {
  const Ref root = document.root();
  const std::size_t count = std::min(document.count(root), kMaxAppStoreRows);
  std::map<std::string, std::size_t> last;
  std::vector<std::string> tasks(count);  // "": unusable
  for (std::size_t n = 0; n < count; ++n) {
    const Ref entry = document.item(root, n);
    auto task = document.string(document.find(entry, "taskId"), kMaxStoreText);
    if (!task || task->empty()) {
      book.unusable(row_name(n), document.type(entry) == Type::dictionary ? "taskId is missing" : "is no dictionary");
      continue;
    }
    last[*task] = n;
    tasks[n] = std::move(*task);
  }
  for (std::size_t n = 0; n < count && !book.stopped(); ++n) {
    if (tasks[n].empty()) {
      continue;
    }
    if (last[tasks[n]] != n) {
      book.pass();
      continue;
    }
    PlistRow row(document, document.item(root, n), row_name(n), book);
    take_entry(row, tasks[n], book);
  }
  if (document.count(root) > count) {
    book.broken(IssueKind::limit, "only the first " + std::to_string(kMaxAppStoreRows) + " entries were read");
  }
}

bool has_result(const Document& document) {
  const Ref root = document.root();
  for (std::size_t n = 0; n < std::min(document.count(root), kMaxProbed); ++n) {
    const Ref entry = document.item(root, n);
    if (document.string(document.find(entry, "taskId"), kMaxStoreText) && document.integer(document.find(entry, "status"))) {
      return true;
    }
  }
  return false;
}

}  // namespace

const StoreInfo& FlutterUploader::info() const {
  static constexpr StoreInfo kInfo = {"flutter_uploader", "flutter_uploader (flutter_uploader-results.plist)",
                                      "docs/formats/flutter_uploader.md",
                                      "property list that is an array of entries with taskId and status"};
  return kInfo;
}

bool FlutterUploader::may_be(std::string_view head) const {
  return plist::form_of(head) != plist::Form::none && contains(head, "taskId") && contains(head, "status") &&
         contains(head, "flutter_uploader");
}

Result<bool> FlutterUploader::probe(const StoreFiles& files, std::string& why) const {
  const auto document = open_plist(files.private_path, files.shown_path, kMaxResults);
  if (!document.ok()) {
    why = document.error().message;
    return false;
  }
  const bool fits = document->type(document->root()) == Type::array && has_result(*document);
  why =
      fits ? "is a " + std::string(info().requires_structure) : "a property list, but no array of entries with taskId and status";
  return fits;
}

Result<StoreStats> FlutterUploader::read(const StoreFiles& files, EventSink& sink) const {
  const auto document = open_plist(files.private_path, files.shown_path, kMaxResults);
  UPTRAIL_TRY(document);
  if (document->type(document->root()) != Type::array) {
    return fail(ErrorKind::unreadable, "not the results of flutter_uploader: the property list is no array", files.shown_path);
  }
  AppStoreBook book(info(), files, sink);
  take_results(*document, book);
  if (auto damage = damage_of(*document); !damage.empty()) {
    book.broken(IssueKind::damaged, std::move(damage));
  }
  book.tell_snapshot("results", false);
  return book.stats();
}

}  // namespace uptrail
