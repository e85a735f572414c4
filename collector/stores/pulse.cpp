#include "collector/stores/pulse.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "collector/stores/app_store.h"
#include "collector/stores/pulse_document.h"

namespace uptrail {

namespace {

// The order of the columns is that of both kinds of tables; one that a version lacks reads as NULL.
enum Column : int {
  kUrl,
  kMethod,
  kCreated,
  kStatus,
  kErrorCode,
  kErrorDomain,
  kErrorText,
  kType,
  kState,
  kCompleted,
  kBodySize,
  kDescription
};
constexpr std::array<WantedColumn, 12> kTaskColumns = {{{"ZURL", "ZURL"},
                                                        {"ZHTTPMETHOD", "ZHTTPMETHOD"},
                                                        {"ZCREATEDAT", "ZCREATEDAT"},
                                                        {"ZSTATUSCODE", "ZSTATUSCODE"},
                                                        {"ZERRORCODE", "ZERRORCODE"},
                                                        {"ZERRORDOMAIN", "ZERRORDOMAIN"},
                                                        {"ZERRORDEBUGDESCRIPTION", "ZERRORDEBUGDESCRIPTION"},
                                                        {"ZTASKTYPE", "ZTASKTYPE"},
                                                        {"ZREQUESTSTATE", "ZREQUESTSTATE"},
                                                        {"ZISCOMPLETED", "ZISCOMPLETED"},
                                                        {"ZREQUESTBODYSIZE", "ZREQUESTBODYSIZE"},
                                                        {"ZTASKDESCRIPTION", "ZTASKDESCRIPTION"}}};
constexpr std::array<std::string_view, 4> kTaskRequired = {"ZURL", "ZHTTPMETHOD", "ZCREATEDAT", "ZREQUESTSTATE"};
constexpr TableSpec kTasks{"ZNETWORKTASKENTITY", kTaskRequired, kTaskColumns, "ZCREATEDAT, ZURL"};
// Until version 1 of the store.
constexpr std::array<std::string_view, 4> kOldRequired = {"ZURL", "ZHTTPMETHOD", "ZCREATEDAT", "ZISCOMPLETED"};
constexpr TableSpec kOldRequests{"ZLOGGERNETWORKREQUESTENTITY", kOldRequired, kTaskColumns, "ZCREATEDAT, ZURL"};

enum MessageColumn : int { kMessageText, kMessageCreated, kMessageTask };
constexpr std::array<std::string_view, 2> kMessageRequired = {"ZTEXT", "ZCREATEDAT"};
constexpr std::array<WantedColumn, 3> kMessageColumns = {{{"ZTEXT", "ZTEXT"}, {"ZCREATEDAT", "ZCREATEDAT"}, {"ZTASK", "ZTASK"}}};
constexpr TableSpec kMessages{"ZLOGGERMESSAGEENTITY", kMessageRequired, kMessageColumns, "ZCREATEDAT"};

void set_state(TableRow& row, Event& event) {
  const auto code = row.integer(kErrorCode);
  if (const auto state = row.integer(kState)) {
    constexpr std::array<std::string_view, 4> kStates = {"", "running", "completed", "failed"};
    if (*state < 1 || *state >= static_cast<std::int64_t>(kStates.size())) {
      row.note(kState, IssueKind::bad_value, "is none of 1 to 3");
    } else {
      event.fields.set(Field::state, std::string(kStates[static_cast<std::size_t>(*state)]));
    }
  } else if (const auto completed = row.integer(kCompleted)) {
    const bool failed = code && *code != 0;
    event.fields.set(Field::state, std::string(failed ? "failed" : *completed != 0 ? "completed" : "running"));
  }
  if (code && *code != 0) {
    event.fields.set(Field::error_code, *code);
    row.set_text(kErrorDomain, Field::error_domain, event);
  }
  row.set_text(kErrorText, Field::error, event);
}

void take_task(TableRow& row, AppStoreBook& book) {
  Event event = book.entry(row.name());
  row.set_text(kUrl, Field::url, event);
  if (event.fields.text(Field::url).empty()) {
    book.unusable(row.name(), "ZURL is missing");
    return;
  }
  row.set_text(kMethod, Field::method, event);
  row.set_time(kCreated, Field::created_at, Epoch::apple_2001, 1.0, event);
  if (const auto status = row.integer(kStatus); status && *status > 0) {
    event.fields.set(Field::status, *status);
  }
  set_state(row, event);
  constexpr std::array<std::string_view, 3> kKinds = {"data", "download", "upload"};
  if (const auto type = row.integer(kType); type && *type >= 0 && *type < static_cast<std::int64_t>(kKinds.size())) {
    event.fields.set(Field::task_kind, std::string(kKinds[static_cast<std::size_t>(*type)]));
  }
  if (event.fields.text(Field::state) == "completed") {
    row.set_count(kBodySize, Field::sent, event);
  }
  row.set_text(kDescription, Field::desc, event);
  book.keep(std::move(event));
}

struct Counts {
  std::int64_t tasks = 0, messages = 0, of_tasks = 0;
};

// A message that is no text is damage like any other; what the others say is the app's own log, which tells no event here.
void take_message(TableRow& row, AppStoreBook& book, Counts& counts) {
  ++counts.messages;
  counts.of_tasks += row.type(kMessageTask) == sqlite::ColumnType::null ? 0 : 1;
  const auto type = row.type(kMessageText);
  if (type != sqlite::ColumnType::text && type != sqlite::ColumnType::null) {
    book.unusable(row.name(), "ZTEXT is no text");
  } else {
    book.pass();
  }
}

// The database inside a document, for as long as it is read.
class Unpacked {
 public:
  explicit Unpacked(const StoreFiles& document)
      : files_{document.shown_path + " (database)", document.private_path + "-database", false, document.modified} {}
  Unpacked(const Unpacked&) = delete;
  Unpacked& operator=(const Unpacked&) = delete;
  ~Unpacked() {
    std::error_code ignored;
    std::filesystem::remove(files_.private_path, ignored);
  }
  [[nodiscard]] const StoreFiles& files() const { return files_; }

 private:
  StoreFiles files_;
};

// Which of the two kinds of tables there are; `why` says what is missing when there is none.
Result<const TableSpec*> task_table(sqlite::Connection& db, std::string& why) {
  const auto messages = missing_in(db, kMessages);
  UPTRAIL_TRY(messages);
  const auto tasks = missing_in(db, kTasks);
  UPTRAIL_TRY(tasks);
  if (messages->empty() && tasks->empty()) {
    return &kTasks;
  }
  const auto old = missing_in(db, kOldRequests);
  UPTRAIL_TRY(old);
  if (messages->empty() && old->empty()) {
    return &kOldRequests;
  }
  why = *tasks;
  return static_cast<const TableSpec*>(nullptr);
}

Result<Counts> read_database(const StoreFiles& files, AppStoreBook& book) {
  auto db = open_store(files);
  UPTRAIL_TRY(db);
  std::string why;
  const auto spec = task_table(*db, why);
  UPTRAIL_TRY(spec);
  if (*spec == nullptr) {
    return fail(ErrorKind::unreadable, "not a database of Pulse: " + why, files.shown_path);
  }
  Counts counts;
  UPTRAIL_TRY(read_table(*db, **spec, book, [&](TableRow& row) {
    ++counts.tasks;
    take_task(row, book);
  }));
  UPTRAIL_TRY(read_table(*db, kMessages, book, [&](TableRow& row) { take_message(row, book, counts); }));
  book.tell_snapshot(std::string((*spec)->table), false);  // a log, never a list of what there is to upload
  return counts;
}

// The document says how much it holds; its messages are those that belong to no task.
void compare(const PulseInfo& info, const Counts& counts, AppStoreBook& book) {
  const auto differ = [&](const std::optional<std::int64_t>& said, std::int64_t found, const char* what) {
    if (said && *said != found) {
      book.issue(IssueKind::loss, "the document says that it holds " + std::to_string(*said) + " " + what + ", and " +
                                      std::to_string(found) + " were read");
    }
  };
  differ(info.tasks, counts.tasks, "tasks");
  differ(info.messages, counts.messages - counts.of_tasks, "messages of the app");
}

}  // namespace

const StoreInfo& Pulse::info() const {
  static constexpr StoreInfo kInfo = {"pulse", "Pulse network logger (.pulse document, its ZIP and directory forms)",
                                      "docs/formats/pulse.md",
                                      "table ZPULSEBLOBENTITY(ZKEY, ZDATA), or ZLOGGERMESSAGEENTITY(ZTEXT, ZCREATEDAT) with "
                                      "ZNETWORKTASKENTITY or ZLOGGERNETWORKREQUESTENTITY(ZURL, ZHTTPMETHOD, ZCREATEDAT)"};
  return kInfo;
}

bool Pulse::may_be(std::string_view head) const { return is_sqlite_head(head); }

Result<bool> Pulse::probe(const StoreFiles& files, std::string& why) const {
  auto db = open_store(files);
  UPTRAIL_TRY(db);
  const auto document = missing_in_pulse_document(*db);
  UPTRAIL_TRY(document);
  if (document->empty()) {
    why = "has the table ZPULSEBLOBENTITY(ZKEY, ZDATA)";
    return true;
  }
  const auto spec = task_table(*db, why);
  UPTRAIL_TRY(spec);
  if (*spec == nullptr) {
    why = *document + ", " + why;
    return false;
  }
  why = "has the tables ZLOGGERMESSAGEENTITY and " + std::string((*spec)->table);
  return true;
}

Result<StoreStats> Pulse::read(const StoreFiles& files, EventSink& sink) const {
  AppStoreBook book(info(), files, sink);
  look_at_file(book);
  auto db = open_store(files);
  UPTRAIL_TRY(db);
  const auto no_document = missing_in_pulse_document(*db);
  UPTRAIL_TRY(no_document);
  if (!no_document->empty()) {
    UPTRAIL_TRY(read_database(files, book));
    return book.stats();
  }
  const auto document = read_pulse_info(*db);
  UPTRAIL_TRY(document);
  book.set_bundle(document->bundle);
  book.set_time(document->modified.value_or(files.modified));
  const Unpacked inner(files);
  UPTRAIL_TRY(unpack_pulse_database(*db, inner.files().private_path));
  const auto counts = read_database(inner.files(), book);
  UPTRAIL_TRY(counts);
  if (!book.stopped()) {
    compare(*document, *counts, book);
  }
  return book.stats();
}

}  // namespace uptrail
