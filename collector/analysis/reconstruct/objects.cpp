#include "collector/analysis/reconstruct/objects.h"

#include <algorithm>
#include <array>
#include <unordered_map>

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
      StringId object;
      if (name != unit_.object_names.end() && name->first == i) {
        object = name->second;
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

  void take(FactIndex i, Fact& f, StringId object) {
    if (f.kind == K::session_invalidate && f.has(kShared)) {
      return;  // not one of the app's own sessions
    }
    ObjectId id = f.kind == K::session_create ? created(f, object) : meant(f, object);
    if (!id.valid() && is_session_kind(f.kind) && (f.session.valid() || object.valid())) {
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
      if (!o.created) {
        o.created = f.t;
        o.delegate = info_of(i).delegate;
      }
    } else if (f.kind == K::session_invalidate && !o.invalidated) {
      o.invalidated = f.t;
      o.cancel = f.word == Word::cancel;
    } else if (f.kind == K::session_did_become_invalid && !o.became_invalid) {
      o.became_invalid = f.t;
    }
    if (f.kind == K::task_create && f.task.valid()) {
      of_task_[pair_key(f.epoch.value, f.task.value)] = f.object;
    }
  }

  // While an object of that name is not yet invalid, creating it again hands back the same one. An address may be used again
  // once the object is gone.
  ObjectId created(const Fact& f, StringId object) {
    if (object.valid()) {
      if (const ObjectId same = named(f, object); same.valid() && at(same).last_state != S::invalid) {
        return same;
      }
    }
    return make(f, object);
  }

  // The youngest of that name.
  ObjectId named(const Fact& f, StringId object) {
    const auto it = of_name_.find(pair_key(f.epoch.value, object.value));
    if (it == of_name_.end()) {
      return {};
    }
    const auto fits = [&](ObjectId o) { return !f.session.valid() || !at(o).session.valid() || at(o).session == f.session; };
    const auto o = std::find_if(it->second.rbegin(), it->second.rend(), fits);
    return o == it->second.rend() ? ObjectId{} : *o;
  }

  // Without a name: the task's own object, else the last living one of the session.
  ObjectId meant(const Fact& f, StringId object) {
    if (object.valid()) {
      return named(f, object);
    }
    if (f.task.valid()) {
      if (const auto it = of_task_.find(pair_key(f.epoch.value, f.task.value)); it != of_task_.end()) {
        return it->second;
      }
    }
    const auto it = f.session.valid() ? of_session_.find(pair_key(f.epoch.value, f.session.value)) : of_session_.end();
    if (it == of_session_.end()) {
      return {};
    }
    const std::vector<ObjectId>& own = it->second;
    if (f.kind == K::session_did_become_invalid) {
      const auto waits = std::find_if(own.begin(), own.end(), [&](ObjectId o) { return at(o).last_state == S::invalidating; });
      if (waits != own.end()) {
        return *waits;
      }
    }
    const auto alive = std::find_if(own.rbegin(), own.rend(), [&](ObjectId o) { return at(o).last_state != S::invalid; });
    return alive == own.rend() ? own.front() : *alive;
  }

  ObjectId make(const Fact& f, StringId object) {
    const ObjectId id{static_cast<std::uint32_t>(derived_.objects.size())};
    SessionObject o;
    o.id = id;
    o.epoch = f.epoch;
    o.object = unit_.names.text(object);
    derived_.objects.push_back(std::move(o));
    if (f.kind == K::session_create) {
      runner_.begin(id.value - first_, lifecycle::session_object::absent);
    }
    if (f.session.valid()) {
      adopt_session(derived_.objects.back(), f.session);
    }
    if (object.valid()) {
      of_name_[pair_key(f.epoch.value, object.value)].push_back(id);
    }
    made_.push_back(id);
    return id;
  }

  void adopt_session(SessionObject& o, SessionId session) {
    o.session = session;
    derived_.sessions[session.value].objects.push_back(o.id);
    std::vector<ObjectId>& own = of_session_[pair_key(o.epoch.value, session.value)];
    own.insert(std::upper_bound(own.begin(), own.end(), o.id), o.id);
  }

  [[nodiscard]] const ObjectInfo& info_of(FactIndex create) const {
    return std::lower_bound(unit_.objects.begin(), unit_.objects.end(), create,
                            [](const auto& entry, FactIndex i) { return entry.first < i; })
        ->second;
  }

  // Of something in one process.
  static std::uint64_t pair_key(std::uint32_t epoch, std::uint32_t what) {
    constexpr unsigned kIdBits = 32;
    return (std::uint64_t{epoch} << kIdBits) | what;
  }

  UnitFacts& unit_;
  Derived& derived_;
  std::uint32_t first_;  // id of the unit's first object; they are consecutive
  lifecycle::Runner runner_;
  // By process and name, session or task; never iterated. Lists are oldest first.
  std::unordered_map<std::uint64_t, std::vector<ObjectId>> of_name_, of_session_;
  std::unordered_map<std::uint64_t, ObjectId> of_task_;
  std::vector<ObjectId> made_;
};

}  // namespace

std::vector<ObjectId> build_objects(UnitFacts& unit, Derived& derived) { return ObjectBuilder(unit, derived).run(); }

}  // namespace uptrail::analysis
