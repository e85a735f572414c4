// The steps of resolve_identity(). Each works on the result of the one before; all keys are interned, all orders are by time
// line.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "collector/pipeline/identity.h"

namespace uptrail::identity {

inline constexpr std::uint32_t kNobody = UINT32_MAX;

// -- names of which a store knows only the SHA-1: nsurlsessiond's folders
// A hash stands for the bundle or identifier of another event that has it. What nobody names stays the hash.
class HashedNames {
 public:
  explicit HashedNames(const Sightings& sightings);
  [[nodiscard]] StringId bundle(const Sighting& s) const { return meant(s.observer, s.bundle); }
  [[nodiscard]] StringId identifier(const Sighting& s) const { return meant(s.observer, s.identifier); }
  // A hash whose name nobody knows.
  [[nodiscard]] bool is_unknown(StringId name) const {
    const auto it = names_.find(name);
    return it != names_.end() && !it->second.valid();
  }
  [[nodiscard]] bool is_unknown_bundle(const Sighting& s) const {
    return s.observer == Observer::store && s.bundle.valid() && is_unknown(s.bundle);
  }

 private:
  [[nodiscard]] StringId meant(Observer observer, StringId name) const {
    if (observer != Observer::store || names_.empty()) {
      return name;
    }
    const auto it = names_.find(name);
    return it != names_.end() && it->second.valid() ? it->second : name;
  }
  std::map<StringId, StringId> names_;  // by hash; invalid: unknown
};

// -- who: app of each sighting
struct UnitKey {
  StringId device, bundle, process;  // process only when the bundle is unknown
  friend auto operator<=>(const UnitKey&, const UnitKey&) = default;
};
struct Units {
  std::vector<UnitKey> keys;
  std::vector<std::uint32_t> of;       // of each sighting: index into keys, or kNobody
  std::vector<std::uint32_t> of_uuid;  // of each UUID, task's or session's
};
Units find_units(const Sightings& sightings, const TimeLine& line, const HashedNames& names);

// -- which session
struct SessionKey {
  std::uint32_t unit = kNobody;
  StringId identifier;           // none: only the UUID is known
  std::uint32_t uuid = kNoUuid;  // set when the identifier is unknown
  friend auto operator<=>(const SessionKey&, const SessionKey&) = default;
};
struct Sessions {
  std::vector<SessionKey> keys;
  std::vector<std::vector<std::uint32_t>> uuids;  // of each key
  std::vector<std::uint32_t> of;                  // of each sighting, by its own keys; or kNobody
  std::vector<std::uint32_t> of_task_uuid;        // of each UUID: the session of that task
};
Sessions find_sessions(const Sightings& sightings, const TimeLine& line, const Units& units, const HashedNames& names);

// -- which task
struct TaskNode {
  std::uint32_t unit = kNobody;
  std::uint32_t session = kNobody;
  std::uint32_t uuid = kNoUuid;
  std::int64_t id = kNoNumber;
  StringId desc;
};
struct Tasks {
  std::vector<TaskNode> nodes;
  std::vector<std::uint32_t> of;         // of each sighting, or kNobody
  std::vector<std::uint32_t> of_listed;  // of each entry of Sightings::listed()
};
Tasks find_tasks(const Sightings& sightings, const TimeLine& line, const Units& units, const Sessions& sessions);

// A value that holds from a time on, per key: the last one at or before a moment in the same domain, else the first after it,
// else, from other domains, the only one there is.
template <class Key, class Value>
class Timed {
 public:
  // In the order of the time line.
  void add(const Key& key, const PlacedTime& at, const Value& value) {
    auto& list = by_key_[key];
    if (list.empty() || list.back().domain != at.domain || list.back().value != value) {
      list.push_back({at.domain, at.t, value});
    }
  }
  [[nodiscard]] std::optional<Value> find(const Key& key, const PlacedTime& at) const {
    const auto it = by_key_.find(key);
    if (it == by_key_.end()) {
      return std::nullopt;
    }
    std::optional<Value> best;
    bool only = true;
    for (const Entry& e : it->second) {
      only = only && e.value == it->second.front().value;
      if (e.domain == at.domain && (!best || e.t <= at.t)) {
        best = e.value;
      }
    }
    return best ? best : only ? std::optional(it->second.front().value) : std::nullopt;
  }

 private:
  struct Entry {
    DomainId domain;
    TimeNs t;
    Value value;
  };
  std::map<Key, std::vector<Entry>> by_key_;
};

}  // namespace uptrail::identity
