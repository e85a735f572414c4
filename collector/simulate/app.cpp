#include <algorithm>

#include "collector/simulate/world.h"

namespace uptrail::simulate {

namespace {
using K = EventKind;
using F = Field;
constexpr DurationNs kBeat = seconds(5);
}  // namespace

void App::beat() {
  const std::uint64_t life = life_;
  w_.log.app(K::app_heartbeat);
  w_.clock.after(kBeat, [this, life] {
    if (life == life_) {
      beat();
    }
  });
}

void App::launch(std::string_view reason) {
  pid_ += w_.random.between(7, 90);
  ++life_;
  w_.log.set_pid(pid_);
  state_ = AppState::background;
  force_quit_ = force_quit_ && reason != "user";
  w_.log.sys(K::app_launch).text(F::reason, reason);
  w_.clock.spend(w_.random.between(milliseconds(40), milliseconds(180)));
  w_.log.app(K::capture_begin).text(F::source, "app").with(F::kinds, World::app_kinds()).text(F::reason, "synthetic");
  w_.log.app(K::app_launch).text(F::reason, reason).text(F::build, w_.build).with(F::debug, false).with(F::simulator, false);
  w_.log.app(K::app_launch_phase).text(F::phase, "will-finish");
  w_.log.app(K::app_launch_phase).text(F::phase, "did-finish");
  beat();
}

std::string App::new_object() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "0x1";
  for (int i = 0; i < 6; ++i) {
    out += kDigits[w_.random.below(16)];
  }
  return out + kDigits[++objects_ % 16] + "0";
}

void App::open_all() {
  for (std::size_t i = 0; i < w_.sessions.size(); ++i) {
    if (w_.sessions[i].habits.opened && !w_.sessions[i].retired) {
      open_session(i);
    }
  }
  for (std::size_t i = 0; i < w_.sessions.size(); ++i) {
    if (!w_.sessions[i].object.empty()) {
      ask_for_tasks(i);
    }
  }
}

void App::open_session(std::size_t index, std::string_view object) {
  SimSession& session = w_.sessions[index];
  session.object = object.empty() ? new_object() : std::string(object);
  session.launch_events = session.habits.launch_events;
  say(K::session_create, session)
      .text(F::delegate, "Uploader")
      .text(F::queue, session.habits.queue)
      .with(F::discretionary, false)
      .with(F::sends_launch_events, session.launch_events)
      .with(F::background, true)
      .with(F::resource_timeout,
            session.habits.resource_timeout.ns > 0 ? Value(session.habits.resource_timeout.seconds()) : Value());
  say(K::session_setup_waiting, session, Observer::cfn);
  w_.daemon.connect(index);
  say(K::session_setup_ok, session, Observer::cfn);
}

void App::request_tasks(std::size_t index) {
  say(K::session_tasks_requested, w_.sessions[index]).text(F::api, "getAllTasks");
  w_.clock.spend(w_.random.between(milliseconds(2), milliseconds(40)));
}

void App::ask_for_tasks(std::size_t index) {
  request_tasks(index);
  answer_tasks(index);
}

void App::answer_tasks(std::size_t index) {
  SimSession& session = w_.sessions[index];
  std::vector<TaskListing> list;
  std::vector<SimTask*> adopted;
  for (SimTask* task : session.tasks) {
    if (task->told || task->lost) {
      continue;
    }
    TaskListing row;
    row.uuid = task->uuid;
    row.id = task->id;
    row.desc = task->upload;
    row.state = !task->live()                          ? "completed"
                : task->cancelled                      ? "canceling"
                : task->resumed && task->suspends == 0 ? "running"
                                                       : "suspended";
    row.sent = task->sent;
    row.expected = task->size;
    list.push_back(std::move(row));
    if (task->moving() && task->plan.app.known) {
      adopted.push_back(task);
    }
  }
  say(K::session_tasks_answered, session).text(F::api, "getAllTasks").with(F::complete, true).with(F::tasks, std::move(list));
  for (const SimTask* task : adopted) {
    upload_state(*task, "uploading", true);
  }
}

void App::enter_foreground() {
  state_ = AppState::foreground;
  w_.log.sys(K::app_foreground).text(F::hook, "inferred");
  w_.log.app(K::app_foreground).text(F::hook, "scene");
}

void App::to_foreground() {
  if (state_ == AppState::foreground) {
    return;
  }
  const bool fresh = state_ == AppState::gone;
  if (fresh) {
    launch("user");
  } else if (state_ == AppState::suspended) {
    resume(true);
  }
  enter_foreground();
  if (fresh) {
    open_all();
  }
  for (std::size_t i = 0; i < w_.sessions.size(); ++i) {
    if (!w_.sessions[i].connected) {
      continue;
    }
    w_.daemon.release(i, "immediate");
    w_.pause(milliseconds(20), milliseconds(150));
    w_.daemon.settle(i);
  }
}

void App::to_background() {
  state_ = AppState::background;
  w_.log.app(K::app_background).text(F::hook, "scene");
  w_.log.sys(K::app_background).text(F::hook, "inferred");
}

void App::suspend() {
  state_ = AppState::suspended;
  ++life_;
  w_.log.sys(K::app_suspend);
  for (std::size_t i = 0; i < w_.sessions.size(); ++i) {
    w_.daemon.disconnect(i);
  }
}

void App::resume(bool by_user) {
  state_ = AppState::background;
  ++life_;
  w_.log.sys(K::app_resume).text(F::reason, by_user ? "user" : "bg-urlsession");
  beat();
  for (std::size_t i = 0; i < w_.sessions.size(); ++i) {
    if (!w_.sessions[i].object.empty()) {
      w_.daemon.connect(i);
    }
  }
}

void App::forget_process() {
  ++life_;
  state_ = AppState::gone;
  for (std::size_t i = 0; i < w_.sessions.size(); ++i) {
    w_.daemon.disconnect(i);
    w_.sessions[i].object.clear();
    w_.sessions[i].held = false;
  }
}

void App::terminate(std::string_view cause) {
  w_.log.sys(K::app_terminate).text(F::cause, cause);
  forget_process();
}

void App::force_quit() {
  w_.log.sys(K::app_force_quit).text(F::via, "app-switcher");
  forget_process();
  force_quit_ = true;
  for (SimSession& session : w_.sessions) {
    for (SimTask* task : session.tasks) {
      if (task->live()) {
        w_.daemon.cancel(*task, 0);
      }
    }
  }
}

SimTask& App::create(std::size_t index, const std::string& upload, const Transfer& plan, std::string_view kind) {
  SimSession& session = w_.sessions[index];
  const auto same = std::find_if(w_.tasks.begin(), w_.tasks.end(), [&](const SimTask& t) { return t.upload == upload; });
  const std::int64_t size = same == w_.tasks.end() ? w_.random.between(20'000, 9'000'000) : same->size;  // the same body again
  SimTask& task = w_.tasks.emplace_back();
  task.uuid = w_.random.uuid();
  task.id = session.next_id++;
  task.session = index;
  task.upload = upload;
  task.file = upload + ".body";
  task.kind = kind;
  task.size = size;
  task.plan = plan;
  task.created = w_.clock.now();
  session.tasks.push_back(&task);
  say(K::task_create, task)
      .text(F::object, session.object)
      .text(F::task_kind, kind)
      .text(F::method, "POST")
      .text(F::file, task.file)
      .text(F::url, plan.url)
      .with(F::file_size, task.size);
  w_.daemon.take(task);
  return task;
}

void App::resume_task(SimTask& task) {
  say(K::task_resume, task);
  say(K::task_resume, task, Observer::cfn);
  task.suspends = std::max(0, task.suspends - 1);
  if (task.suspends == 0) {
    w_.daemon.resume(task);
  }
}

void App::suspend_task(SimTask& task) {
  say(K::task_suspend, task);
  if (++task.suspends == 1) {
    w_.daemon.suspend(task);
  }
}

SimTask& App::start(std::size_t session, const std::string& upload, const Transfer& plan) {
  upload_state(upload, session, "queued");
  w_.log.app(K::file_op).text(F::op, "create").text(F::path, upload + ".body");
  SimTask& task = create(session, upload, plan);
  upload_state(task, "uploading", true);
  resume_task(task);
  return task;
}

void App::cancel(SimTask& task) {
  task.cancelled = true;
  say(K::task_cancel, task);
  w_.daemon.cancel(task);
}

Said App::say(K kind, const SimTask& task, Observer observer) {
  Said said = w_.log.say(observer, kind);
  said.with(F::uuid, task.uuid).with(F::id, task.id);
  if (observer == Observer::app) {  // CFNetwork's lines name the task only
    said.text(F::identifier, w_.sessions[task.session].identifier).text(F::desc, task.upload);
  }
  return said;
}

Said App::say(K kind, const SimSession& session, Observer observer) {
  Said said = w_.log.say(observer, kind);
  said.text(F::identifier, session.identifier).text(F::object, session.object);
  if (observer == Observer::cfn || kind == K::session_create) {
    said.with(F::session_uuid, session.uuid);
  }
  return said;
}

void App::upload_state(const std::string& upload, std::size_t session, std::string_view state) {
  records[upload] = {std::string(state), session, std::nullopt};
  w_.log.app(K::upload_state)
      .text(F::upload_id, upload)
      .text(F::state, state)
      .text(F::identifier, w_.sessions[session].identifier);
}

void App::upload_state(const SimTask& task, std::string_view state, bool with_task) {
  records[task.upload] = {std::string(state), task.session, task.uuid};
  Said said = w_.log.app(K::upload_state);
  said.text(F::upload_id, task.upload).text(F::state, state).text(F::identifier, w_.sessions[task.session].identifier);
  if (with_task) {
    said.with(F::task, task.uuid.text()).with(F::uuid, task.uuid).with(F::id, task.id);
  }
}

}  // namespace uptrail::simulate
