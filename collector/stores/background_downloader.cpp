#include "collector/stores/background_downloader.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "collector/base/text.h"
#include "collector/stores/app_store.h"
#include "collector/stores/store_file.h"

namespace uptrail {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxRecord = std::size_t{4} << 20U;
constexpr std::array<std::string_view, 4> kRequired = {"taskId", "url", "taskType", "status"};
// The identifier of the session is fixed in the package.
constexpr std::string_view kSession = "com.bbflight.background_downloader.Downloader";

struct StatusWord {
  std::string_view upload, other;
};
constexpr std::array<StatusWord, 8> kStatus = {{{"queued", "queued"},
                                                {"uploading", "running"},
                                                {"succeeded", "completed"},
                                                {"failed", "failed"},  // not found
                                                {"failed", "failed"},
                                                {"cancelled", "cancelled"},
                                                {"waiting", "waiting"},  // to be tried again
                                                {"paused", "suspended"}}};

// A record, and what is said of it in issues.
class TaskRecord {
 public:
  TaskRecord(const Json& json, std::string name, AppStoreBook& book) : json_(json), name_(std::move(name)), book_(book) {}

  void take() {
    const auto id = text("taskId");
    if (!id) {
      book_.unusable(name_, "taskId is missing");
      return;
    }
    Event event = book_.entry(name_);
    const std::string type = text("taskType").value_or("");
    const bool upload = contains(type, "Upload");
    if (upload) {
      event.fields.set(Field::upload_id, *id);
    }
    if (upload || contains(type, "Download")) {
      event.fields.set(Field::task_kind, std::string(upload ? "upload" : "download"));
    }
    event.fields.set(Field::identifier, std::string(kSession));
    set_status(upload, event);
    set_text("url", Field::url, event);
    set_text("httpRequestMethod", Field::method, event);
    set_file(event);
    set_numbers(event);
    set_exception(event);
    book_.keep(std::move(event));
  }

 private:
  [[nodiscard]] std::optional<std::string> text(const char* key) {
    const auto it = json_.find(key);
    if (it == json_.end() || it->is_null()) {
      return std::nullopt;
    }
    if (!it->is_string()) {
      book_.note(name_, IssueKind::bad_value, std::string(key) + " is no text");
      return std::nullopt;
    }
    const auto& value = it->get_ref<const std::string&>();
    return value.empty() ? std::nullopt : std::optional(ellipsize(to_valid_utf8(value), kMaxStoreText));
  }
  [[nodiscard]] std::optional<std::int64_t> number(const Json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end() || it->is_null()) {
      return std::nullopt;
    }
    if (!it->is_number_integer()) {
      book_.note(name_, IssueKind::bad_value, std::string(key) + " is no whole number");
      return std::nullopt;
    }
    return it->get<std::int64_t>();
  }
  void set_text(const char* key, Field field, Event& event) {
    if (auto found = text(key)) {
      event.fields.set(field, std::move(*found));
    }
  }

  void set_status(bool upload, Event& event) {
    const auto status = number(json_, "status");
    if (status && *status >= 0 && *status < static_cast<std::int64_t>(kStatus.size())) {
      const StatusWord& word = kStatus[static_cast<std::size_t>(*status)];
      event.fields.set(Field::state, std::string(upload ? word.upload : word.other));
    } else if (status) {
      book_.note(name_, IssueKind::bad_value, "status is none of 0 to 7");
    }
  }

  void set_file(Event& event) {
    const auto file = text("filename");
    const auto folder = text("directory");
    if (file) {
      event.fields.set(Field::file, folder ? *folder + "/" + *file : *file);
    }
  }

  void set_numbers(Event& event) {
    if (const auto created = number(json_, "creationTime")) {
      if (const auto t = stored_time(static_cast<double>(*created), Epoch::unix_1970, kMillisecond)) {
        event.fields.set(Field::created_at, *t);
      } else {
        book_.note(name_, IssueKind::bad_value, "creationTime is no time between 2001 and 2100");
      }
    }
    const auto retries = number(json_, "retries");
    const auto left = number(json_, "retriesRemaining");
    constexpr std::int64_t kMost = 1'000'000;
    if (retries && left && *left >= 0 && *retries >= *left && *retries < kMost) {
      event.fields.set(Field::retries, *retries - *left);
    }
    if (const auto size = number(json_, "expectedFileSize"); size && *size > 0) {
      event.fields.set(Field::expected, *size);
    }
  }

  void set_exception(Event& event) {
    const auto it = json_.find("exception");
    if (it == json_.end() || !it->is_object()) {
      return;
    }
    std::string said;
    for (const char* key : {"type", "description"}) {
      const auto part = it->find(key);
      if (part != it->end() && part->is_string()) {
        said += (said.empty() ? "" : ": ") + part->get_ref<const std::string&>();
      }
    }
    if (!said.empty()) {
      event.fields.set(Field::error, ellipsize(to_valid_utf8(said), kMaxStoreText));
    }
    if (const auto status = number(*it, "httpResponseCode"); status && *status > 0) {
      event.fields.set(Field::status, *status);
    }
  }

  const Json& json_;
  std::string name_;
  AppStoreBook& book_;
};

// nullopt: not a record; `why` says what is wrong.
std::optional<Json> read_record(const std::string& path, std::string& why) {
  const auto bytes = read_store_file(path, {}, kMaxRecord);
  if (!bytes.ok()) {
    why = bytes.error().message;
    return std::nullopt;
  }
  auto json = Json::parse(*bytes, nullptr, false);
  if (!json.is_object()) {
    why = "is no JSON object";
    return std::nullopt;
  }
  for (const std::string_view key : kRequired) {
    if (!json.contains(std::string(key))) {
      why = "has no key " + std::string(key);
      return std::nullopt;
    }
  }
  return json;
}

}  // namespace

const StoreInfo& BackgroundDownloader::info() const {
  static constexpr StoreInfo kInfo = {"background_downloader",
                                      "background_downloader (backgroundDownloaderTaskRecords)",
                                      "docs/formats/background_downloader.md",
                                      "JSON object with taskId, url, taskType, status",
                                      true,
                                      false};
  return kInfo;
}

bool BackgroundDownloader::may_be(std::string_view head) const {
  const auto first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || head[first] != '{') {
    return false;
  }
  return std::all_of(kRequired.begin(), kRequired.end(),
                     [&](std::string_view key) { return contains(head, "\"" + std::string(key) + "\""); });
}

Result<bool> BackgroundDownloader::probe(const StoreFiles& files, std::string& why) const {
  const bool fits = read_record(files.private_path, why).has_value();
  if (fits) {
    why = "is a " + std::string(info().requires_structure);
  }
  return fits;
}

Result<StoreStats> BackgroundDownloader::read(const StoreFiles& files, EventSink& sink) const {
  AppStoreBook book(info(), files, sink);
  const auto all = all_files(files);
  book.set_time(last_written(all));
  for (const StoreFile& file : all) {
    if (book.full() || book.stopped()) {
      break;
    }
    std::string why;
    const auto record = read_record(file.private_path, why);
    if (record) {
      TaskRecord(*record, file.name, book).take();
    } else {
      book.unusable(file.name, why);
    }
  }
  book.tell_snapshot("backgroundDownloaderTaskRecords", false);
  return book.stats();
}

}  // namespace uptrail
