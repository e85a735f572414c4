#include <algorithm>
#include <set>

#include "collector/pipeline/identity_parts.h"

namespace uptrail::identity {

namespace {

class Finder {
 public:
  Finder(const Sightings& sightings, const TimeLine& line, const Units& units, const HashedNames& names)
      : sightings_(sightings), line_(line), units_(units), names_(names) {}
  Sessions find();

 private:
  void map_objects();
  void find_identifiers();
  void map_uuids();
  void map_uuids_by_task();
  void settle();
  std::uint32_t index_of(const SessionKey& key);
  std::uint32_t session_of_uuid(std::uint32_t uuid, std::uint32_t unit);

  const Sightings& sightings_;
  const TimeLine& line_;
  const Units& units_;
  const HashedNames& names_;
  using ObjectKey = std::tuple<std::uint32_t, std::int64_t, StringId>;  // unit, pid or kNoNumber, object
  Timed<ObjectKey, StringId> identifier_of_object_;
  std::vector<StringId> identifiers_;               // of each sighting, objects resolved
  std::vector<std::optional<SessionKey>> of_uuid_;  // of each session UUID
  std::map<SessionKey, std::uint32_t> index_;
  Sessions out_;
};

void Finder::map_objects() {
  const auto& all = sightings_.all();
  for (const std::uint32_t i : line_.order) {
    const Sighting& s = all[i];
    if (s.object.valid() && s.identifier.valid()) {
      identifier_of_object_.add({units_.of[i], s.pid, s.object}, line_.times[i], s.identifier);
      if (s.pid != kNoNumber) {
        identifier_of_object_.add({units_.of[i], kNoNumber, s.object}, line_.times[i], s.identifier);
      }
    }
  }
}

void Finder::find_identifiers() {
  const auto& all = sightings_.all();
  identifiers_.resize(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Sighting& s = all[i];
    identifiers_[i] = names_.identifier(s);
    if (!s.identifier.valid() && s.object.valid()) {
      const auto found = identifier_of_object_.find({units_.of[i], s.pid, s.object}, line_.times[i]);
      identifiers_[i] = found.value_or(StringId{});
    }
  }
}

// A session's UUID is of the identifier it is first named with.
void Finder::map_uuids() {
  of_uuid_.resize(sightings_.uuid_count());
  for (const std::uint32_t i : line_.order) {
    const Sighting& s = sightings_.all()[i];
    if (s.session_uuid != kNoUuid && identifiers_[i].valid() && units_.of[i] != kNobody && !of_uuid_[s.session_uuid]) {
      of_uuid_[s.session_uuid] = SessionKey{units_.of[i], identifiers_[i], kNoUuid};
    }
  }
}

// One line names a task's UUID and its session's UUID, another the same task and its session's identifier.
void Finder::map_uuids_by_task() {
  const auto& all = sightings_.all();
  if (std::none_of(all.begin(), all.end(), [](const Sighting& s) { return s.session_uuid != kNoUuid; })) {
    return;
  }
  struct Named {
    std::set<StringId> identifiers;
    std::set<std::uint32_t> sessions;
    std::uint32_t unit = kNobody;
  };
  std::map<std::uint32_t, Named> tasks;
  for (const std::uint32_t i : line_.order) {
    const Sighting& s = sightings_.all()[i];
    if (s.uuid == kNoUuid || s.weak_task()) {
      continue;
    }
    Named& named = tasks[s.uuid];
    named.unit = units_.of[i];
    if (identifiers_[i].valid()) {
      named.identifiers.insert(identifiers_[i]);
    }
    if (s.session_uuid != kNoUuid) {
      named.sessions.insert(s.session_uuid);
    }
  }
  std::map<std::uint32_t, std::set<std::pair<std::uint32_t, StringId>>> found;
  for (const auto& [uuid, named] : tasks) {
    if (named.identifiers.size() == 1 && named.sessions.size() == 1) {
      found[*named.sessions.begin()].insert({named.unit, *named.identifiers.begin()});
    }
  }
  for (const auto& [session, names] : found) {
    if (!of_uuid_[session] && names.size() == 1) {
      of_uuid_[session] = SessionKey{names.begin()->first, names.begin()->second, kNoUuid};
    }
  }
}

std::uint32_t Finder::index_of(const SessionKey& key) {
  const auto [it, fresh] = index_.try_emplace(key, static_cast<std::uint32_t>(out_.keys.size()));
  if (fresh) {
    out_.keys.push_back(key);
    out_.uuids.emplace_back();
  }
  return it->second;
}

std::uint32_t Finder::session_of_uuid(std::uint32_t uuid, std::uint32_t unit) {
  if (!of_uuid_[uuid]) {
    of_uuid_[uuid] = SessionKey{unit, {}, uuid};
  }
  const std::uint32_t session = index_of(*of_uuid_[uuid]);
  auto& uuids = out_.uuids[session];
  if (std::find(uuids.begin(), uuids.end(), uuid) == uuids.end()) {
    uuids.push_back(uuid);
  }
  return session;
}

void Finder::settle() {
  const auto& all = sightings_.all();
  out_.of.assign(all.size(), kNobody);
  out_.of_task_uuid.assign(sightings_.uuid_count(), kNobody);
  const auto lend = [&](std::uint32_t uuid, std::uint32_t session) {
    if (uuid != kNoUuid && out_.of_task_uuid[uuid] == kNobody) {
      out_.of_task_uuid[uuid] = session;
    }
  };
  for (const std::uint32_t i : line_.order) {
    const Sighting& s = all[i];
    if (units_.of[i] == kNobody) {
      continue;
    }
    if (s.session_uuid != kNoUuid) {
      out_.of[i] = session_of_uuid(s.session_uuid, units_.of[i]);
    } else if (identifiers_[i].valid()) {
      out_.of[i] = index_of({units_.of[i], identifiers_[i], kNoUuid});
    }
    if (out_.of[i] != kNobody && !s.weak_task()) {
      lend(s.uuid, out_.of[i]);
    }
  }
  for (const ListedTask& t : sightings_.listed()) {
    if (out_.of[t.sighting] != kNobody) {
      lend(t.uuid, out_.of[t.sighting]);
    }
  }
}

Sessions Finder::find() {
  map_objects();
  find_identifiers();
  map_uuids();
  map_uuids_by_task();
  settle();
  return std::move(out_);
}

}  // namespace

Sessions find_sessions(const Sightings& sightings, const TimeLine& line, const Units& units, const HashedNames& names) {
  return Finder(sightings, line, units, names).find();
}

}  // namespace uptrail::identity
