#include "collector/stores/tuskit.h"

#include <algorithm>
#include <array>

#include "collector/base/ids.h"
#include "collector/base/text.h"
#include "collector/stores/plist_row.h"
#include "collector/stores/store_file.h"

namespace uptrail {

namespace {

using plist::Document;
using plist::Ref;
using plist::Type;

constexpr std::uint64_t kMaxRecord = std::uint64_t{4} << 20U;
// Written even when there is nothing to write.
constexpr std::array<std::string_view, 6> kRequired = {"id", "uploadURL", "filePath", "uploadedRange", "size", "errorCount"};

// "": it is the metadata of an upload.
std::string missing_in_record(const Document& document) {
  if (document.type(document.root()) != Type::dictionary) {
    return "is no dictionary";
  }
  for (const std::string_view key : kRequired) {
    if (document.find(document.root(), key) == plist::kNoRef) {
      return "has no key " + std::string(key);
    }
  }
  return {};
}

// [0, upper]: what the server has. nullopt: nothing yet, or unusable.
std::optional<std::int64_t> uploaded(PlistRow& row) {
  const Ref range = row.value("uploadedRange");
  if (range == plist::kNoRef) {
    return std::nullopt;
  }
  const Document& document = row.document();
  const auto lower = document.integer(document.item(range, 0));
  const auto upper = document.integer(document.item(range, 1));
  if (document.count(range) != 2 || !lower || !upper || *lower < 0 || *upper < *lower) {
    row.note("uploadedRange", "is no range");
    return std::nullopt;
  }
  return *upper - *lower;
}

void take_record(const Document& document, const StoreFile& file, AppStoreBook& book) {
  PlistRow row(document, document.root(), file.name, book);
  const auto id = row.text("id");
  if (!id || !Uuid::parse(*id)) {
    book.unusable(file.name, "id is no UUID");
    return;
  }
  Event event = book.entry(file.name);
  event.t_src = file.modified;
  event.fields.set(Field::upload_id, *id);
  event.fields.set(Field::desc, *id);
  event.fields.set(Field::keyed_by, std::string("taskDescription"));
  event.fields.set(Field::task_kind, std::string("upload"));
  // Chunks go to where the server keeps the upload; before it was created there is only the address that creates uploads.
  auto target = row.url("remoteDestination");
  auto creator = row.url("uploadURL");
  if (target || creator) {
    event.fields.set(Field::url, target ? std::move(*target) : std::move(*creator));
  }
  if (auto path = row.url("filePath")) {
    event.fields.set(Field::file, std::move(*path));
  }
  const auto size = row.integer("size");
  const auto sent = uploaded(row);
  if (size && *size >= 0) {
    event.fields.set(Field::expected, *size);
  }
  if (sent) {
    event.fields.set(Field::sent, *sent);
  }
  // Nothing else in it says whether the upload runs, waits or was given up.
  if (size && sent && *size > 0 && *sent == *size) {
    event.fields.set(Field::state, std::string("succeeded"));
  }
  row.set_count("errorCount", Field::retries, event);
  if (auto damage = damage_of(document); !damage.empty()) {
    book.note(file.name, IssueKind::damaged, damage);
  }
  book.keep(std::move(event));
}

}  // namespace

const StoreInfo& TusKit::info() const {
  static constexpr StoreInfo kInfo = {"tuskit",
                                      "TUSKit (Documents/TUS)",
                                      "docs/formats/tuskit.md",
                                      "property list with id, uploadURL, filePath, uploadedRange, size, errorCount",
                                      true,
                                      false};
  return kInfo;
}

bool TusKit::may_be(std::string_view head) const {
  return plist::form_of(head) != plist::Form::none &&
         std::all_of(kRequired.begin(), kRequired.end(), [&](std::string_view key) { return contains(head, key); });
}

Result<bool> TusKit::probe(const StoreFiles& files, std::string& why) const {
  const auto document = open_plist(files.private_path, files.shown_path, kMaxRecord);
  why = document.ok() ? missing_in_record(*document) : document.error().message;
  const bool fits = why.empty();
  if (fits) {
    why = "is a " + std::string(info().requires_structure);
  }
  return fits;
}

Result<StoreStats> TusKit::read(const StoreFiles& files, EventSink& sink) const {
  AppStoreBook book(info(), files, sink);
  const auto all = all_files(files);
  book.set_time(last_written(all));
  for (const StoreFile& file : all) {
    if (book.full() || book.stopped()) {
      break;
    }
    const auto document = open_plist(file.private_path, files.shown_path, kMaxRecord);
    const std::string why = document.ok() ? missing_in_record(*document) : document.error().message;
    if (why.empty()) {
      take_record(*document, file, book);
    } else {
      book.unusable(file.name, why);
    }
  }
  book.tell_snapshot("TUS", false);
  return book.stats();
}

}  // namespace uptrail
