#include "collector/analysis/reconstruct/tasks.h"

#include <algorithm>

#include "collector/analysis/lifecycle/machine.h"
#include "collector/analysis/lifecycle/task_phase.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;

constexpr std::int32_t kCancelled = -999;

TaskPhase drawn(lifecycle::State state) { return static_cast<TaskPhase>(state - lifecycle::task_phase::created); }

void fill(std::string& to, std::string_view text) {
  if (to.empty()) {
    to = text;
  }
}

}  // namespace

void fill_entity(Derived& derived, const Event& event, const EventFields& fields) {
  if (event.task.valid() && event.task.value < derived.tasks.size()) {
    Task& t = derived.tasks[event.task.value];
    fill(t.desc, fields.text(Field::desc));
    fill(t.kind, fields.text(Field::task_kind));
    if (t.kind == "upload" && fields.text(Field::task_kind) == "upload-file") {
      t.kind = "upload-file";  // most stores know uploads only
    }
    fill(t.url, fields.text(Field::url));
    fill(t.file, fields.text(Field::file));
    if (event.kind == K::task_create) {
      fill(t.method, fields.text(Field::method));
    }
    if (const auto expected = fields.integer(Field::expected)) {
      t.bytes_expected = expected;
    } else if (const auto size = fields.integer(Field::file_size); size && !t.bytes_expected) {
      t.bytes_expected = size;
    }
    if (event.kind == K::task_did_complete && fields.integer(Field::error_code).value_or(0) != 0) {
      t.error_domain = fields.text(Field::error_domain);
    } else if (event.kind == K::daemon_task_finished) {
      fill(t.error_domain, fields.text(Field::error_domain));
    }
  }
}

TaskBuilder::TaskBuilder(const UnitFacts& unit, Derived& derived, std::span<const Stream> streams)
    : unit_(unit), derived_(derived), streams_(streams), open_(derived.tasks.size()), uploads_(derived.uploads.size()) {}

void TaskBuilder::build(std::span<const TaskId> tasks, std::span<const UploadId> uploads) {
  choose_domains();
  for (const Fact& f : unit_.facts) {
    if (f.task.valid()) {
      take(f);
    }
    if (f.upload.valid()) {
      take_upload(f);
    }
  }
  for (const TaskId id : tasks) {
    close(derived_.tasks[id.value]);
  }
  for (const UploadId id : uploads) {
    outcome(derived_.uploads[id.value]);
  }
}

// The times of a task are those of who saw it happen; a store's, which were written down later, only when nobody else did.
void TaskBuilder::choose_domains() {
  const auto is_store = [&](const Fact& f) {
    return f.stream.valid() && f.stream.value < streams_.size() && streams_[f.stream.value].observer == Observer::store;
  };
  for (const bool store : {false, true}) {
    for (const Fact& f : unit_.facts) {
      if (is_store(f) != store) {
        continue;
      }
      if (f.task.valid() && !open_[f.task.value].chosen) {
        open_[f.task.value].chosen = true;
        open_[f.task.value].by_store = store;
        open_[f.task.value].domain = f.domain;
      }
      if (f.upload.valid() && !uploads_[f.upload.value].chosen) {
        uploads_[f.upload.value].chosen = true;
        uploads_[f.upload.value].domain = f.domain;
      }
    }
  }
}

void TaskBuilder::take(const Fact& f) {
  Task& task = derived_.tasks[f.task.value];
  Open& open = open_[f.task.value];
  values(task, f);
  if (f.domain != open.domain) {
    return;  // exists, but its time cannot be compared
  }
  if (!open.any) {
    open.any = true;
    task.seen = {f.t, f.t + nanoseconds(1)};
  }
  task.seen.end = std::max(task.seen.end, f.t + nanoseconds(1));
  step(task, f);
}

void TaskBuilder::values(Task& task, const Fact& f) {
  if (f.status != 0) {
    task.status = f.status;
  }
  if (f.kind == K::task_did_complete && f.has(kHasCode)) {
    task.error_code = f.code;
  } else if (f.kind == K::daemon_task_finished && f.has(kShared) && f.has(kHasCode) && !task.delivered) {
    task.error_code = f.code;
  }
  if ((f.kind == K::task_progress || f.kind == K::task_did_complete || f.kind == K::daemon_task_totals ||
       f.kind == K::daemon_task_finished) &&
      f.number > task.bytes_sent.value_or(-1) && (f.number > 0 || f.kind == K::task_progress)) {
    task.bytes_sent = f.number;
  }
}

void TaskBuilder::step(Task& task, const Fact& f) {
  if (f.kind == K::task_create && !task.created) {
    task.created = f.t;
  } else if (f.kind == K::daemon_task_finished && f.has(kShared) && !task.finished_in_daemon) {
    task.finished_in_daemon = f.t;
  } else if (f.kind == K::task_did_complete && !task.delivered) {
    task.delivered = f.t;
  }
  Open& open = open_[f.task.value];
  open.acknowledged = open.acknowledged || f.kind == K::daemon_callback_acknowledged;
  const lifecycle::State next = lifecycle::machine_of(lifecycle::kTaskPhase).step(open.phase, f, {}).to;
  if (next == open.phase) {
    return;
  }
  if (open.phase != lifecycle::kUnseen && open.since < f.t) {
    task.phases.push_back({{open.since, f.t}, drawn(open.phase)});
  }
  open.phase = next;
  open.since = f.t;
}

void TaskBuilder::close(Task& task) {
  const Open& open = open_[task.id.value];
  if (open.phase == lifecycle::kUnseen) {
    return;
  }
  TimeNs end = task.seen.end;
  // A store's last row is the last that is known: it would not show what came after.
  if (!open.by_store && open.phase != lifecycle::task_phase::delivered &&
      !(open.phase == lifecycle::task_phase::finished && open.acknowledged)) {
    for (const Stream& s : streams_) {
      if (s.domain == open.domain && s.open) {
        end = std::max(end, s.open->end);
      }
    }
  }
  if (open.since < end) {
    task.phases.push_back({{open.since, end}, drawn(open.phase)});
  }
}

void TaskBuilder::take_upload(const Fact& f) {
  Upload& upload = derived_.uploads[f.upload.value];
  Up& up = uploads_[f.upload.value];
  if (f.domain == up.domain) {
    if (!up.any) {
      up.any = true;
      upload.seen = {f.t, f.t + nanoseconds(1)};
    }
    upload.seen.start = std::min(upload.seen.start, f.t);
    upload.seen.end = std::max(upload.seen.end, f.t + nanoseconds(1));
  }
  if (f.kind == K::upload_state && f.word != Word::none) {
    upload.last_state = word_text(f.word);
  }
}

// What became of the upload: the app's own word, else what its last task shows, else nothing.
void TaskBuilder::outcome(Upload& upload) {
  using O = UploadOutcome;
  const Task* last = nullptr;
  bool live = false;
  for (const TaskId id : upload.tasks) {
    const Task& t = derived_.tasks[id.value];
    if (open_[id.value].any && (last == nullptr || t.seen.start >= last->seen.start)) {
      last = &t;
    }
    live = live || (open_[id.value].any && !t.delivered && !t.finished_in_daemon);
  }
  const std::string& s = upload.last_state;
  if (s == "succeeded" || s == "failed" || s == "cancelled") {
    upload.outcome = s == "succeeded" ? O::succeeded : (s == "failed" ? O::failed : O::cancelled);
  } else if (live || ((s == "queued" || s == "waiting" || s == "paused") && (last == nullptr || last->delivered))) {
    upload.outcome = O::running;
  } else if (s.empty() && last != nullptr && last->delivered && last->error_code) {
    if (*last->error_code != 0) {
      upload.outcome = *last->error_code == kCancelled ? O::cancelled : O::failed;
    } else if (last->status) {
      upload.outcome = *last->status < 400 ? O::succeeded : O::failed;
    } else {
      upload.outcome = O::cannot_tell;  // the transport worked; what the server said is not known
    }
  } else {
    upload.outcome = O::cannot_tell;
  }
}

}  // namespace uptrail::analysis
