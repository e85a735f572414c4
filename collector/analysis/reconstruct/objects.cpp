#include "collector/analysis/reconstruct/objects.h"

#include <algorithm>
#include <array>
#include <map>

#include "collector/analysis/lifecycle/session_object.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;
using S = ObjectState;

bool is_session_kind(K k) { return k >= K::session_create && k <= K::session_did_finish_events; }
bool is_task_kind(K k) { return k >= K::task_create && k <= K::delegate_dropped; }
S drawn(lifecycle::State state) {
  constexpr std::array kDrawn = {S::unknown, S::unknown,      S::connecting,   S::active, S::reconnecting,
                                 S::failed,  S::invalidating, S::invalidating, S::invalid};
  return kDrawn[state];
}

class ObjectBuilder {
 public:
  ObjectBuilder(UnitFacts& unit, Derived& derived)
      : unit_(unit),
        derived_(derived),
        first_(static_cast<std::uint32_t>(derived.objects.size())),
        runner_(lifecycle::kSessionObject, first_, unit.lives.breaks) {}

  std::vector<ObjectId> run() {
    auto name = unit_.object_names.begin();
    for (FactIndex i = 0; i < unit_.facts.size(); ++i) {
      Fact& f = unit_.facts[i];
      std::string_view object;
      if (name != unit_.object_names.end() && name->first == i) {
        object = unit_.names.text(name->second);
        ++name;
      }
      if (f.epoch.valid() && (is_session_kind(f.kind) || is_task_kind(f.kind))) {
        take(i, f, object);
      }
    }
    unit_.lives.objects = runner_.close(made_.size());
    return made_;
  }

 private:
  SessionObject& at(ObjectId id) { return derived_.objects[id.value]; }

  void take(FactIndex i, Fact& f, std::string_view object) {
    if (f.kind == K::session_invalidate && f.has(kShared)) {
      return;  // not one of the app's own sessions
    }
    ObjectId id = f.kind == K::session_create ? created(f, object) : meant(f, object);
    if (!id.valid() && is_session_kind(f.kind) && (f.session.valid() || !object.empty())) {
      id = make(f, object);
    }
    if (!id.valid()) {
      return;
    }
    f.object = id;
    SessionObject& o = at(id);
    if (!f.session.valid()) {
      f.session = o.session;
    } else if (!o.session.valid()) {
      adopt_session(o, f.session);
    }
    step(i, f, o);
  }

  void step(FactIndex i, const Fact& f, SessionObject& o) {
    o.last_state = drawn(runner_.take(o.id.value - first_, i, f).to);
    if (f.kind == K::session_create) {
      const ObjectInfo& info = unit_.objects.at(i);
      if (!o.created) {
        o.created = f.t;
        o.delegate = info.delegate;
      }
    } else if (f.kind == K::session_invalidate && !o.invalidated) {
      o.invalidated = f.t;
      o.cancel = f.word == Word::cancel;
    } else if (f.kind == K::session_did_become_invalid && !o.became_invalid) {
      o.became_invalid = f.t;
    }
    if (f.kind == K::task_create && f.task.valid()) {
      of_task_[{f.epoch, f.task}] = f.object;
    }
  }

  // While an object of that name is not yet invalid, creating it again hands back the same one. An address may be used again
  // once the object is gone.
  ObjectId created(const Fact& f, std::string_view object) {
    if (!object.empty()) {
      if (const ObjectId same = named(f, object); same.valid() && at(same).last_state != S::invalid) {
        return same;
      }
    }
    return make(f, object);
  }

  ObjectId named(const Fact& f, std::string_view object) {
    const auto it = live_.find(f.epoch);
    if (it == live_.end()) {
      return {};
    }
    for (auto o = it->second.rbegin(); o != it->second.rend(); ++o) {
      if (at(*o).object == object && (!f.session.valid() || !at(*o).session.valid() || at(*o).session == f.session)) {
        return *o;
      }
    }
    return {};
  }

  // Without a name: the task's own object, else the last living one of the session.
  ObjectId meant(const Fact& f, std::string_view object) {
    if (!object.empty()) {
      return named(f, object);
    }
    if (f.task.valid()) {
      if (const auto it = of_task_.find({f.epoch, f.task}); it != of_task_.end()) {
        return it->second;
      }
    }
    const auto it = live_.find(f.epoch);
    if (it == live_.end() || !f.session.valid()) {
      return {};
    }
    ObjectId last;
    for (const ObjectId o : it->second) {
      if (at(o).session != f.session) {
        continue;
      }
      const bool gone = at(o).last_state == S::invalid;
      const bool closing = at(o).last_state == S::invalidating;
      if (f.kind == K::session_did_become_invalid && closing) {
        return o;  // the one that waits for it
      }
      if (!last.valid() || !gone) {
        last = o;
      }
    }
    return last;
  }

  ObjectId make(const Fact& f, std::string_view object) {
    const ObjectId id{static_cast<std::uint32_t>(derived_.objects.size())};
    SessionObject o;
    o.id = id;
    o.epoch = f.epoch;
    o.object = object;
    derived_.objects.push_back(std::move(o));
    if (f.kind == K::session_create) {
      runner_.begin(id.value - first_, lifecycle::session_object::absent);
    }
    if (f.session.valid()) {
      adopt_session(derived_.objects.back(), f.session);
    }
    live_[f.epoch].push_back(id);
    made_.push_back(id);
    return id;
  }

  void adopt_session(SessionObject& o, SessionId session) {
    o.session = session;
    derived_.sessions[session.value].objects.push_back(o.id);
  }

  UnitFacts& unit_;
  Derived& derived_;
  std::uint32_t first_;  // id of the unit's first object; they are consecutive
  lifecycle::Runner runner_;
  std::map<EpochId, std::vector<ObjectId>> live_;  // all objects of the process, oldest first
  std::map<std::pair<EpochId, TaskId>, ObjectId> of_task_;
  std::vector<ObjectId> made_;
};

}  // namespace

std::vector<ObjectId> build_objects(UnitFacts& unit, Derived& derived) { return ObjectBuilder(unit, derived).run(); }

}  // namespace uptrail::analysis
