// The compact form in which one unit's events are analysed: 64 bytes each, so that ten million fit in memory, while the texts
// stay in the case. Built by FactsBuilder from a stream of events; read-only afterwards.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collector/base/ids.h"
#include "collector/base/interner.h"
#include "collector/base/time.h"
#include "collector/model/entities.h"
#include "collector/model/event.h"

namespace uptrail::analysis {

using FactIndex = std::uint32_t;
inline constexpr FactIndex kNoFact = UINT32_MAX;
using KindSet = std::bitset<kEventKindCount>;

// Words that rules compare, as one enumeration: values of mode, cause, reason, state, via, op, hook …; `other` is any other
// text (look it up in the case when it must be shown), `none` means that the field is missing.
enum class Word : std::uint8_t {
  none,
  other,
  // app.launch reason
  user,
  bg_urlsession,
  bg_other,
  prewarm,
  unknown,
  // app.terminate cause
  exit0,
  crash,
  jetsam,
  watchdog,
  assertion_expired,
  system,
  os_update,
  reboot,
  test_harness,
  // task and upload states
  running,
  suspended,
  canceling,
  completed,
  queued,
  waiting,
  uploading,
  paused,
  succeeded,
  failed,
  cancelled,
  // session.invalidate mode
  cancel,
  finish,
  // create-failed reason
  invalidated,
  unsupported,
  file,
  daemon,
  // wake via
  uikit,
  swiftui,
  watch,
  widget,
  // connection op
  interrupted,
  // wake.handler-called thread
  main,
  // stores
  app,
  background_db,
  // app.background, app.foreground and app.hook-registered hook
  hook_delegate,
  hook_scene,
  hook_notification,
  hook_inferred,
  // file.op op
  file_create,
  file_write,
  file_move,
  file_delete,
  file_open_failed,
  // app.install installKind
  install_restore,
  install_reinstall,
};

// Where the fields of a kind go (facts_builder.cpp holds the tables):
//   number  sent (progress, did-complete), fileSize or expected (create), bytesSent (daemon.task-finished, -totals), bytes (data,
//           receipt), clientPid (daemon.client-*, daemon.session-*), count (snapshot, restored, gap), seconds as ns (delay-set,
//           retry), optIn as 0 or 1 (discretionary)
//   word    reason (launch, create-failed), cause (terminate), mode (invalidate), state (upload, did-complete, store.entry),
//           stateBefore (resume, suspend, cancel), via (handle-events), store (snapshot), op (connection-*); `main` or `other`
//           thread of handler-called; `cancelled` for a cancelled daemon.task-finished; hook (background, foreground,
//           hook-registered); op (file.op); installKind (install)
//   code    errno (file.op)
//   kShared shared (invalidate), complete (tasks-answered, snapshot), wrapped (handle-events), pendingCallback (store.entry),
//           terminal (daemon.task-finished; missing means true), background (session.create), completionHandler or
//           perTaskDelegate (task.create), attached, locked, satisfied,
//           enabled, isExtension, value, protection (file.op)
struct Fact {
  TimeNs t;  // normalised
  EventId event;
  std::int64_t number = 0;  // bytes sent, seconds in ns, count …: see kind; 0 when missing
  EventKind kind = EventKind::capture_begin;
  StreamId stream;
  DomainId domain;
  std::int16_t status = 0;  // HTTP status; 0: none
  EpochId epoch;            // set by reconstruction
  SessionId session;
  ObjectId object;  // set by reconstruction
  TaskId task;
  UploadId upload;
  std::int32_t code = 0;        // error code, finish code, cancel reason's companion; see has_code
  Word word = Word::none;       // the kind's main word: reason, cause, mode, state, via
  std::int8_t reason_key = -1;  // cancelled-reason 0, 1, 2; -1: none
  std::uint8_t flags = 0;       // kHas…
  Word also = Word::none;       // a second word: via of wake.handler-called, store of store.entry
  [[nodiscard]] bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};
inline constexpr std::uint8_t kHasCode = 1;   // `code` is known (0 then means: no error)
inline constexpr std::uint8_t kShared = 2;    // session.invalidate(shared), snapshot complete, tasks-answered complete …
inline constexpr std::uint8_t kInferred = 4;  // EventConfidence::inferred
inline constexpr std::uint8_t kNoTime = 8;    // the source has no clock: only file order is known
inline constexpr std::uint8_t kDevice = 16;   // concerns the device or a whole stream, not this unit alone
inline constexpr std::uint8_t kHasNumber =
    32;  // the first field named for `number` above was logged (0 then means zero); tasks-answered: the list was
static_assert(sizeof(Fact) == 64);

Word word_from_text(std::string_view text);  // none for "", other for what is not listed
std::string_view word_text(Word word);       // as in event_kinds.json; "" for none

}  // namespace uptrail::analysis
