// What the observers of a simulated device write down: events, in time order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collector/model/event.h"
#include "collector/simulate/clock.h"
#include "collector/simulate/random.h"

namespace uptrail::simulate {

// The event being said; valid until the next one is.
class Said {
 public:
  explicit Said(Event& event) : event_(event) {}
  Said& with(Field field, Value value) {
    event_.fields.set(field, std::move(value));
    return *this;
  }
  Said& text(Field field, std::string_view value) {
    if (!value.empty()) {
      event_.fields.set(field, std::string(value));
    }
    return *this;
  }
  Said& of(std::string process, std::string bundle, std::int64_t pid) {  // another process than the app
    event_.process = std::move(process);
    event_.bundle = std::move(bundle);
    event_.pid = pid;
    return *this;
  }
  Said& about(std::string bundle) {  // nsurlsessiond names its client
    event_.bundle = std::move(bundle);
    return *this;
  }
  Said& thread(std::string name) {
    event_.thread = std::move(name);
    return *this;
  }

 private:
  Event& event_;
};

class Recorder {
 public:
  Recorder(Clock& clock, Random& random, std::string bundle, std::string process)
      : clock_(clock), random_(random), bundle_(std::move(bundle)), process_(std::move(process)) {}

  // Every line takes a moment, so no two events have the same time.
  Said say(Observer observer, EventKind kind) {
    clock_.spend(random_.between(nanoseconds(20'000), nanoseconds(900'000)));
    clock_.spend(nanoseconds(1000 - clock_.now().ns % 1000));  // logs show microseconds
    Event event;
    event.kind = kind;
    event.observer = observer;
    event.t_src = clock_.now();
    event.bundle = bundle_;
    if (observer != Observer::daemon && observer != Observer::tool && observer != Observer::store) {
      event.process = process_;
      event.pid = pid_;
    }
    events_.push_back(std::move(event));
    return Said(events_.back());
  }
  Said app(EventKind kind) { return say(Observer::app, kind); }
  Said cfn(EventKind kind) { return say(Observer::cfn, kind); }
  Said daemon(EventKind kind) { return say(Observer::daemon, kind); }
  Said sys(EventKind kind) { return say(Observer::sys, kind); }
  Said store(EventKind kind) { return say(Observer::store, kind); }

  Said device(EventKind kind) {  // concerns no app
    Said said = say(Observer::sys, kind);
    events_.back().bundle.clear();
    events_.back().process.clear();
    events_.back().pid.reset();
    return said;
  }

  void set_pid(std::optional<std::int64_t> pid) { pid_ = pid; }
  [[nodiscard]] std::vector<Event>& events() { return events_; }

 private:
  Clock& clock_;
  Random& random_;
  std::string bundle_, process_;
  std::optional<std::int64_t> pid_;
  std::vector<Event> events_;
};

}  // namespace uptrail::simulate
