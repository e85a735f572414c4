#include "collector/simulate/faults.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace uptrail::simulate {

std::span<const Fault> all_faults() {
  static const std::vector<Fault> kAll = [] {
    std::vector<Fault> out;
    for (const auto part : {session_faults(), wake_faults(), task_faults(), outcome_faults(), call_faults(), state_faults(),
                            transfer_faults(), relaunch_faults(), invalidation_faults()}) {
      out.insert(out.end(), part.begin(), part.end());
    }
    std::sort(out.begin(), out.end(), [](const Fault& a, const Fault& b) { return a.id < b.id; });
    return out;
  }();
  return kAll;
}

const Fault* find_fault(std::string_view id) {
  for (const Fault& fault : all_faults()) {
    if (fault.id == id) {
      return &fault;
    }
  }
  return nullptr;
}

InjectedFault& note_fault(World& world, std::string_view id, Severity severity, const SimTask* task, const SimSession* session,
                          std::string_view upload) {
  InjectedFault& fault = world.truth.faults.emplace_back();
  fault.fault = id;
  fault.at = world.clock.now();
  fault.finding.rule = id;
  fault.finding.severity = severity;
  if (task != nullptr) {
    fault.finding.task = task->uuid;
    fault.finding.upload = task->upload;
    session = session == nullptr ? &world.sessions[task->session] : session;
  }
  if (session != nullptr) {
    fault.finding.identifier = session->identifier;
  }
  if (!upload.empty()) {
    fault.finding.upload = upload;
  }
  return fault;
}

Said Extension::say(World& w, EventKind kind, Observer observer) const {
  return w.log.say(observer, kind).of(process, bundle, pid);
}

Extension start_extension(World& w) {
  Extension out{w.options.process + "Share", w.options.bundle + ".share", w.app.new_object(), 50'000 + ++w.extensions};
  out.say(w, EventKind::app_launch, Observer::sys).text(Field::reason, "bg-other");
  out.say(w, EventKind::capture_begin, Observer::app)
      .text(Field::source, "app")
      .with(Field::kinds, World::app_kinds())
      .text(Field::reason, "synthetic");
  out.say(w, EventKind::app_launch, Observer::app).text(Field::reason, "bg-other").text(Field::build, w.build);
  return out;
}

Transfer held() {
  Transfer plan;
  plan.manual = true;
  return plan;
}

SimTask& held_upload(World& w, std::size_t session) {
  SimTask& task = w.app.start(session, w.new_upload(), held());
  w.linger(seconds(1), seconds(12));
  return task;
}

SimTask& held_upload(World& w) { return held_upload(w, any(w)); }

SimTask& end_asleep(World& w, std::size_t session, bool gone, const Transfer& plan) {
  SimTask& task = w.app.start(session, w.new_upload(), plan);
  w.linger(seconds(1), seconds(9));
  std::vector<std::function<void()>> also;
  for (const auto& begin : std::exchange(w.asleep, {})) {
    also.push_back(begin());
    w.pause(milliseconds(200), seconds(3));
  }
  w.app.to_background();
  w.app.suspend();
  w.pause(seconds(2), minutes(3));
  if (gone) {
    w.app.terminate("jetsam");
    w.pause(seconds(1), minutes(2));
  }
  for (const auto& happens : also) {
    happens();
  }
  w.daemon.end(task, 0, 200);
  return task;
}

SimTask& end_asleep(World& w, std::size_t session, bool gone) { return end_asleep(w, session, gone, held()); }

void good_wake(World& w, std::size_t session) {
  end_asleep(w, session, false);
  w.pause(seconds(20), minutes(2));
  make_ready(w);
}

void sleep_and_die(World& w) {
  w.app.to_background();
  w.app.suspend();
  w.pause(seconds(3), minutes(3));
  w.app.terminate("jetsam");
  w.pause(seconds(3), minutes(3));
}

void end_process(World& w) {
  if (w.app.state() == AppState::suspended) {
    w.app.terminate("jetsam");
  }
}

void invalidate(World& w, SimSession& session, std::string_view mode) {
  w.app.say(EventKind::session_invalidate, session).text(Field::mode, mode).with(Field::shared, false);
}

void become_invalid(World& w, std::size_t index) {
  SimSession& session = w.sessions[index];
  w.daemon.disconnect(index);
  w.app.say(EventKind::session_did_become_invalid, session).with(Field::error_code, std::int64_t{0});
  session.object.clear();
  w.pause(milliseconds(200), seconds(2));
  w.app.open_session(index);
}

void add_consequence(InjectedFault& fault, std::string_view rule, Severity severity) {
  TrueFinding finding = fault.finding;
  finding.rule = rule;
  finding.severity = severity;
  fault.consequences.push_back(std::move(finding));
}

}  // namespace uptrail::simulate
