#include "collector/analysis/event_fact.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "collector/analysis/store_facts.h"

namespace uptrail::analysis {

namespace {

struct WordText {
  Word word;
  std::string_view text;
};
constexpr auto kWords = std::to_array<WordText>({
    {Word::user, "user"},
    {Word::bg_urlsession, "bg-urlsession"},
    {Word::bg_other, "bg-other"},
    {Word::prewarm, "prewarm"},
    {Word::unknown, "unknown"},
    {Word::exit0, "exit0"},
    {Word::crash, "crash"},
    {Word::jetsam, "jetsam"},
    {Word::watchdog, "watchdog"},
    {Word::assertion_expired, "assertion-expired"},
    {Word::system, "system"},
    {Word::os_update, "os-update"},
    {Word::reboot, "reboot"},
    {Word::test_harness, "test-harness"},
    {Word::running, "running"},
    {Word::suspended, "suspended"},
    {Word::canceling, "canceling"},
    {Word::completed, "completed"},
    {Word::queued, "queued"},
    {Word::waiting, "waiting"},
    {Word::uploading, "uploading"},
    {Word::paused, "paused"},
    {Word::succeeded, "succeeded"},
    {Word::failed, "failed"},
    {Word::cancelled, "cancelled"},
    {Word::cancel, "cancel"},
    {Word::finish, "finish"},
    {Word::invalidated, "invalidated"},
    {Word::unsupported, "unsupported"},
    {Word::file, "file"},
    {Word::daemon, "daemon"},
    {Word::uikit, "uikit"},
    {Word::swiftui, "swiftui"},
    {Word::watch, "watch"},
    {Word::widget, "widget"},
    {Word::interrupted, "interrupted"},
    {Word::main, "main"},
    {Word::app, "app"},
    {Word::background_db, "background-db"},
    {Word::hook_delegate, "delegate"},
    {Word::hook_scene, "scene"},
    {Word::hook_notification, "notification"},
    {Word::hook_inferred, "inferred"},
    {Word::file_create, "create"},
    {Word::file_write, "write"},
    {Word::file_move, "move"},
    {Word::file_delete, "delete"},
    {Word::file_open_failed, "open-failed"},
    {Word::install_restore, "restore"},
    {Word::install_reinstall, "reinstall"},
});

// Which field is the main word, the number and the flag of a kind. Kinds that are not listed have none.
struct FieldOf {
  EventKind kind;
  Field field;
};
using K = EventKind;
constexpr auto kWordFields = std::to_array<FieldOf>({
    {K::app_launch, Field::reason},
    {K::app_terminate, Field::cause},
    {K::session_invalidate, Field::mode},
    {K::session_connection_lost, Field::op},
    {K::session_connection_restored, Field::op},
    {K::task_create_failed, Field::reason},
    {K::task_resume, Field::state_before},
    {K::task_suspend, Field::state_before},
    {K::task_cancel, Field::state_before},
    {K::task_did_complete, Field::state},
    {K::upload_state, Field::state},
    {K::wake_handle_events, Field::via},
    {K::store_snapshot, Field::store},
    {K::store_entry, Field::state},
    {K::app_foreground, Field::hook},
    {K::app_background, Field::hook},
    {K::app_hook_registered, Field::hook},
    {K::app_install, Field::install_kind},
    {K::file_op, Field::op},
});
constexpr auto kNumberFields = std::to_array<FieldOf>({
    {K::task_create, Field::file_size},
    {K::task_create, Field::expected},
    {K::task_progress, Field::sent},
    {K::task_data, Field::bytes},
    {K::task_did_complete, Field::sent},
    {K::server_receipt, Field::bytes},
    {K::daemon_session_created, Field::client_pid},
    {K::daemon_session_reconnected, Field::client_pid},
    {K::daemon_session_refused, Field::client_pid},
    {K::daemon_session_invalidating, Field::client_pid},
    {K::daemon_session_cleaned, Field::client_pid},
    {K::daemon_client_connected, Field::client_pid},
    {K::daemon_client_disconnected, Field::client_pid},
    {K::daemon_task_totals, Field::bytes_sent},
    {K::daemon_task_finished, Field::bytes_sent},
    {K::daemon_tasks_restored, Field::count},
    {K::daemon_too_many_tasks, Field::count},
    {K::store_snapshot, Field::count},
    {K::store_entry, Field::sent},
    {K::capture_gap, Field::count},
});
constexpr auto kSecondsFields = std::to_array<FieldOf>({
    {K::daemon_delay_set, Field::seconds},
    {K::daemon_task_retry, Field::seconds},
    {K::clock_step, Field::delta},
    {K::clock_sync, Field::offset},
});
constexpr auto kFlagFields = std::to_array<FieldOf>({
    {K::session_invalidate, Field::shared},
    {K::session_create, Field::background},
    {K::task_create, Field::completion_handler},
    {K::task_create, Field::per_task_delegate},
    {K::session_tasks_answered, Field::complete},
    {K::store_snapshot, Field::complete},
    {K::store_entry, Field::pending_callback},
    {K::wake_handle_events, Field::wrapped},
    {K::app_debugger, Field::attached},
    {K::app_refresh_setting, Field::enabled},
    {K::device_lock, Field::locked},
    {K::device_network, Field::satisfied},
    {K::daemon_session_created, Field::is_extension},
    {K::daemon_session_reconnected, Field::is_extension},
    {K::daemon_session_refused, Field::is_extension},
    {K::daemon_client_state, Field::value},
    {K::daemon_discretionary, Field::value},
    {K::file_op, Field::protection},
});

// The fields that a table names for a kind, in the order of the table. Most kinds have none.
template <const auto& kTable>
std::span<const Field> fields_for(K kind) {
  struct Rows {
    std::array<std::uint16_t, kEventKindCount + 1> from{};
    std::vector<Field> fields;
  };
  static const Rows kRows = [] {
    Rows rows;
    for (std::size_t k = 0; k < kEventKindCount; ++k) {
      for (const FieldOf& row : kTable) {
        if (static_cast<std::size_t>(row.kind) == k) {
          rows.fields.push_back(row.field);
        }
      }
      rows.from[k + 1] = static_cast<std::uint16_t>(rows.fields.size());
    }
    return rows;
  }();
  const auto k = static_cast<std::size_t>(kind);
  return std::span(kRows.fields).subspan(kRows.from[k], kRows.from[k + 1] - kRows.from[k]);
}

void set_number(Fact& f, const EventFields& fields) {
  for (const Field field : fields_for<kNumberFields>(f.kind)) {
    if (f.number == 0) {
      const auto number = fields.integer(field);
      const bool first = !f.has(kHasNumber) && field != Field::expected;
      f.number = number.value_or(0);
      if (number && first) {
        f.flags |= kHasNumber;
      }
    }
  }
  if (f.kind == K::daemon_discretionary && fields.has(Field::opt_in)) {
    f.number = fields.boolean(Field::opt_in).value_or(false) ? 1 : 0;
    f.flags |= kHasNumber;
  }
  for (const Field field : fields_for<kSecondsFields>(f.kind)) {
    f.number = from_seconds(fields.real(field, 0)).ns;
  }
}

void set_words(Fact& f, const Event& e, const EventFields& fields) {
  for (const Field field : fields_for<kWordFields>(f.kind)) {
    f.word = word_from_text(fields.text(field));
  }
  if (f.kind == K::wake_handler_called) {
    f.word = e.thread.empty() ? Word::none : (e.thread == "main" ? Word::main : Word::other);
    f.also = word_from_text(fields.text(Field::via));
  } else if (f.kind == K::store_entry || f.kind == K::store_session) {
    f.also = word_from_text(fields.text(Field::store));
  } else if (f.kind == K::daemon_task_finished && fields.boolean(Field::cancelled).value_or(false)) {
    f.word = Word::cancelled;
  }
}

void set_flags(Fact& f, const Event& e, const EventFields& fields, bool device) {
  for (const Field field : fields_for<kFlagFields>(f.kind)) {
    if (fields.boolean(field).value_or(false)) {
      f.flags |= kShared;
    }
  }
  if (f.kind == K::daemon_task_finished && fields.boolean(Field::terminal).value_or(true)) {
    f.flags |= kShared;
  }
  if (f.kind == K::session_tasks_answered && fields.tasks(Field::tasks) != nullptr) {
    f.flags |= kHasNumber;
  }
  if (f.kind == K::store_entry || f.kind == K::daemon_task_finished || f.kind == K::daemon_task_retry) {
    f.flags |= fields.boolean(Field::discretionary).value_or(false) ? kDiscretionary : std::uint8_t{0};
  }
  if (f.kind == K::store_entry && fields.has(Field::begin_at)) {
    f.flags |= kBeginsLater;
  }
  // getAllTasks answers with all tasks of the session by contract.
  if (f.kind == K::session_tasks_answered && !fields.has(Field::complete) && fields.text(Field::api) == "getAllTasks") {
    f.flags |= kShared;
  }
  const int more = (e.confidence == EventConfidence::inferred ? kInferred : 0) | (e.t_src ? 0 : kNoTime) | (device ? kDevice : 0);
  f.flags = static_cast<std::uint8_t>(f.flags | more);
}

// The POSIX number of a failed file operation.
std::optional<std::int32_t> file_errno(K kind, const EventFields& fields) {
  const auto number = kind == K::file_op ? fields.integer(Field::error_number) : std::optional<std::int64_t>();
  return number && *number >= 0 && *number <= INT16_MAX ? std::optional(static_cast<std::int32_t>(*number)) : std::nullopt;
}

void set_code(Fact& f, const EventFields& fields) {
  const auto code = fields.integer(fields.has(Field::error_code) ? Field::error_code : Field::code);
  if (const auto number = file_errno(f.kind, fields); number) {
    f.code = *number;
    f.flags |= kHasCode;
  } else if (code && *code >= INT32_MIN && *code <= INT32_MAX) {
    f.code = static_cast<std::int32_t>(*code);
    f.flags |= kHasCode;
  }
}

// By text, for looking up.
const std::vector<WordText>& sorted_words() {
  static const std::vector<WordText> kSorted = [] {
    std::vector<WordText> words(kWords.begin(), kWords.end());
    std::sort(words.begin(), words.end(), [](const WordText& a, const WordText& b) { return a.text < b.text; });
    return words;
  }();
  return kSorted;
}

}  // namespace

Fact make_fact(const Event& e, const EventFields& fields, bool device) {
  Fact f;
  f.t = e.t;
  f.event = e.id;
  f.kind = e.kind;
  f.stream = e.stream;
  f.domain = e.domain;
  f.session = e.session;
  f.task = e.task;
  f.upload = e.upload;
  f.status = static_cast<std::int16_t>(std::clamp<std::int64_t>(fields.integer(Field::status).value_or(0), 0, 999));
  f.reason_key = static_cast<std::int8_t>(std::clamp<std::int64_t>(fields.integer(Field::reason_key).value_or(-1), -1, 127));
  set_code(f, fields);
  set_number(f, fields);
  set_words(f, e, fields);
  set_flags(f, e, fields, device);
  return f;
}

Word word_from_text(std::string_view text) {
  if (text.empty()) {
    return Word::none;
  }
  const std::vector<WordText>& words = sorted_words();
  const auto it =
      std::lower_bound(words.begin(), words.end(), text, [](const WordText& w, std::string_view t) { return w.text < t; });
  return it == words.end() || it->text != text ? Word::other : it->word;
}

std::string_view word_text(Word word) {
  const auto it = std::find_if(kWords.begin(), kWords.end(), [&](const WordText& w) { return w.word == word; });
  return it != kWords.end() ? it->text : (word == Word::none ? std::string_view() : std::string_view("other"));
}

}  // namespace uptrail::analysis
