#include <algorithm>
#include <set>

#include "collector/pipeline/identity_parts.h"

namespace uptrail::identity {

namespace {

// Events that are about the device, or about the capture itself.
bool concerns_device(EventKind kind) {
  switch (kind) {
    case EventKind::clock_step:
    case EventKind::clock_sync:
    case EventKind::device_boot:
    case EventKind::device_first_unlock:
    case EventKind::device_lock:
    case EventKind::device_network:
    case EventKind::device_power:
    case EventKind::device_restore:
    case EventKind::daemon_start:
    case EventKind::daemon_exit:
      return true;
    default:
      return false;
  }
}

// Of the device when no app is named; of the app otherwise.
bool may_concern_device(EventKind kind) {
  return kind == EventKind::capture_begin || kind == EventKind::capture_end || kind == EventKind::capture_gap ||
         kind == EventKind::store_snapshot;
}

// A line of the system, or a row of a store, about some app that nothing in it names: it stays with the device.
bool is_anonymous(const Sighting& s) {
  const bool row = s.kind == EventKind::store_entry && !s.desc.valid() && !s.upload.valid();
  return (s.observer == Observer::daemon || s.observer == Observer::sys || row) && s.uuid == kNoUuid &&
         s.session_uuid == kNoUuid && !s.identifier.valid() && s.id == kNoNumber;
}

class Finder {
 public:
  Finder(const Sightings& sightings, const TimeLine& line, const HashedNames& names)
      : sightings_(sightings), line_(line), names_(names) {}
  Units find();

 private:
  void find_device();
  void map_processes();
  void vote();
  void link();
  void settle();
  using UnitsOf = std::map<StringId, std::set<std::uint32_t>>;
  std::map<StringId, std::uint32_t> units_of_hashes(const UnitsOf& units_of_identifier);
  std::uint32_t named_unit(std::uint32_t i);
  [[nodiscard]] UnitsOf units_of_descriptions() const;
  [[nodiscard]] std::optional<UnitKey> direct(std::uint32_t i) const;
  [[nodiscard]] bool better(const UnitKey& a, Observer of_a, const UnitKey& b, Observer of_b) const;
  std::uint32_t index_of(const UnitKey& key);
  [[nodiscard]] StringId device_of(const Sighting& s) const { return s.device.valid() ? s.device : only_device_; }

  const Sightings& sightings_;
  const TimeLine& line_;
  const HashedNames& names_;
  StringId only_device_;  // the one device that is named at all: events that name none are of it
  Timed<std::int64_t, StringId> bundle_of_pid_;
  std::map<StringId, std::set<StringId>> bundles_of_process_;
  struct Vote {
    std::optional<UnitKey> key;
    Observer observer = Observer::tool;
  };
  std::vector<Vote> votes_;  // of each UUID
  std::map<UnitKey, std::uint32_t> index_;
  Units out_;
};

void Finder::find_device() {
  std::set<StringId> devices;
  for (const Sighting& s : sightings_.all()) {
    if (s.device.valid()) {
      devices.insert(s.device);
    }
  }
  if (devices.size() == 1) {
    only_device_ = *devices.begin();
  }
}

void Finder::map_processes() {
  const auto& all = sightings_.all();
  for (const std::uint32_t i : line_.order) {
    if (all[i].bundle.valid() && all[i].pid != kNoNumber) {
      bundle_of_pid_.add(all[i].pid, line_.times[i], all[i].bundle);
    }
  }
  for (const std::uint32_t i : line_.order) {
    const Sighting& s = all[i];
    if (!s.process.valid()) {
      continue;
    }
    if (s.bundle.valid()) {
      bundles_of_process_[s.process].insert(s.bundle);
    } else if (const auto bundle = bundle_of_pid_.find(s.pid, line_.times[i])) {
      bundles_of_process_[s.process].insert(*bundle);
    }
  }
}

std::optional<UnitKey> Finder::direct(std::uint32_t i) const {
  const Sighting& s = sightings_.all()[i];
  const StringId device = device_of(s);
  if (names_.is_unknown_bundle(s)) {
    return std::nullopt;
  }
  if (s.bundle.valid()) {
    return UnitKey{device, names_.bundle(s), {}};
  }
  if (s.pid != kNoNumber) {
    if (const auto bundle = bundle_of_pid_.find(s.pid, line_.times[i])) {
      return UnitKey{device, *bundle, {}};
    }
  }
  if (!s.process.valid() || s.observer == Observer::daemon || s.observer == Observer::store || s.observer == Observer::server) {
    return std::nullopt;
  }
  if (const auto it = bundles_of_process_.find(s.process); it != bundles_of_process_.end() && it->second.size() == 1) {
    return UnitKey{device, *it->second.begin(), {}};
  }
  return UnitKey{device, {}, s.process};
}

// A bundle beats a bare process; then who sees the app from nearer; then the text, so that the order of reading does not matter.
bool Finder::better(const UnitKey& a, Observer of_a, const UnitKey& b, Observer of_b) const {
  const auto rank = [&](const UnitKey& k, Observer o) {
    return std::tuple(!k.bundle.valid(), o, sightings_.text(k.bundle), sightings_.text(k.process), sightings_.text(k.device));
  };
  return rank(a, of_a) < rank(b, of_b);
}

void Finder::vote() {
  const auto& all = sightings_.all();
  votes_.resize(sightings_.uuid_count());
  const auto cast = [&](std::uint32_t uuid, const UnitKey& key, Observer observer) {
    if (uuid != kNoUuid && (!votes_[uuid].key || better(key, observer, *votes_[uuid].key, votes_[uuid].observer))) {
      votes_[uuid] = {key, observer};
    }
  };
  for (const std::uint32_t i : line_.order) {
    if (const auto key = direct(i)) {
      cast(all[i].uuid, *key, all[i].observer);
      cast(all[i].session_uuid, *key, all[i].observer);
    }
  }
  for (const ListedTask& t : sightings_.listed()) {
    if (const auto key = direct(t.sighting)) {
      cast(t.uuid, *key, all[t.sighting].observer);
    }
  }
}

// A task's UUID and its session's UUID in one line name the same app: what one lacks the other lends.
void Finder::link() {
  for (int round = 0; round < 3; ++round) {
    const auto known = votes_;
    for (const std::uint32_t i : line_.order) {
      const Sighting& s = sightings_.all()[i];
      if (s.uuid == kNoUuid || s.session_uuid == kNoUuid) {
        continue;
      }
      for (const auto& [to, from] : {std::pair(s.uuid, s.session_uuid), std::pair(s.session_uuid, s.uuid)}) {
        const bool lacks = !known[to].key || !known[to].key->bundle.valid();
        if (lacks && known[from].key && (known[from].key->bundle.valid() || !known[to].key) &&
            (!votes_[to].key || better(*known[from].key, known[from].observer, *votes_[to].key, votes_[to].observer))) {
          votes_[to] = known[from];
        }
      }
    }
  }
}

std::uint32_t Finder::index_of(const UnitKey& key) {
  const auto [it, fresh] = index_.try_emplace(key, static_cast<std::uint32_t>(out_.keys.size()));
  if (fresh) {
    out_.keys.push_back(key);
  }
  return it->second;
}

// An app that is known only by the hash of its bundle is no app whose bundle is known. When its sessions are all those of one app
// of which no bundle is known, it is that app.
std::map<StringId, std::uint32_t> Finder::units_of_hashes(const UnitsOf& units_of_identifier) {
  struct Found {
    StringId device;
    std::set<std::uint32_t> units;
  };
  std::map<StringId, Found> hashes;
  for (const std::uint32_t i : line_.order) {
    const Sighting& s = sightings_.all()[i];
    if (!names_.is_unknown_bundle(s)) {
      continue;
    }
    Found& found = hashes.try_emplace(s.bundle, Found{device_of(s), {}}).first->second;
    const auto it = units_of_identifier.find(names_.identifier(s));
    if (s.identifier.valid() && it != units_of_identifier.end()) {
      found.units.insert(it->second.begin(), it->second.end());
    }
  }
  std::map<StringId, std::uint32_t> out;
  for (const auto& [hash, found] : hashes) {
    const bool one = found.units.size() == 1 && !out_.keys[*found.units.begin()].bundle.valid();
    out.emplace(hash, one ? *found.units.begin() : index_of({found.device, hash, {}}));
  }
  return out;
}

// Of the rows of stores that name no app, the descriptions that are UUIDs: those are nobody else's.
Finder::UnitsOf Finder::units_of_descriptions() const {
  const auto& all = sightings_.all();
  UnitsOf found;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Sighting& s = all[i];
    if (out_.of[i] == kNobody && s.kind == EventKind::store_entry && s.desc.valid() && Uuid::parse(sightings_.text(s.desc))) {
      found.try_emplace(s.desc);
    }
  }
  const auto add = [&](StringId desc, std::uint32_t i) {
    const auto it = desc.valid() && out_.of[i] != kNobody ? found.find(desc) : found.end();
    if (it != found.end()) {
      it->second.insert(out_.of[i]);
    }
  };
  for (std::uint32_t i = 0; !found.empty() && i < all.size(); ++i) {
    add(all[i].desc, i);
  }
  for (const ListedTask& t : sightings_.listed()) {
    if (!found.empty()) {
      add(t.desc, t.sighting);
    }
  }
  return found;
}

void Finder::settle() {
  const auto& all = sightings_.all();
  out_.of.assign(all.size(), kNobody);
  out_.of_uuid.assign(sightings_.uuid_count(), kNobody);
  for (std::uint32_t u = 0; u < votes_.size(); ++u) {
    if (votes_[u].key) {
      out_.of_uuid[u] = index_of(*votes_[u].key);
    }
  }
  UnitsOf units_of_identifier;
  for (const std::uint32_t i : line_.order) {
    out_.of[i] = named_unit(i);
    if (out_.of[i] != kNobody && all[i].identifier.valid()) {
      units_of_identifier[names_.identifier(all[i])].insert(out_.of[i]);
    }
  }
  const auto of_hash = units_of_hashes(units_of_identifier);
  const UnitsOf of_description = units_of_descriptions();
  const auto only = [](const UnitsOf& units, StringId name) {
    const auto it = units.find(name);
    return it != units.end() && it->second.size() == 1 ? *it->second.begin() : kNobody;
  };
  for (const std::uint32_t i : line_.order) {
    const Sighting& s = all[i];
    const bool hashed = names_.is_unknown_bundle(s);
    if (out_.of[i] != kNobody || concerns_device(s.kind) || (may_concern_device(s.kind) && !hashed)) {
      continue;
    }
    if (hashed) {
      out_.of[i] = of_hash.at(s.bundle);
    } else if (const std::uint32_t unit = only(units_of_identifier, names_.identifier(s)); unit != kNobody) {
      out_.of[i] = unit;
    } else if (const std::uint32_t other = only(of_description, s.desc); other != kNobody) {
      out_.of[i] = other;
    } else if (!is_anonymous(s)) {
      out_.of[i] = index_of({device_of(s), {}, {}});
    }
    for (const std::uint32_t uuid : {s.uuid, s.session_uuid}) {
      if (uuid != kNoUuid && out_.of_uuid[uuid] == kNobody) {
        out_.of_uuid[uuid] = out_.of[i];
      }
    }
  }
}

std::uint32_t Finder::named_unit(std::uint32_t i) {
  const Sighting& s = sightings_.all()[i];
  if (concerns_device(s.kind)) {
    return kNobody;
  }
  if (s.uuid != kNoUuid && out_.of_uuid[s.uuid] != kNobody) {
    return out_.of_uuid[s.uuid];
  }
  if (s.session_uuid != kNoUuid && out_.of_uuid[s.session_uuid] != kNobody) {
    return out_.of_uuid[s.session_uuid];
  }
  const auto key = direct(i);
  return key ? index_of(*key) : kNobody;
}

Units Finder::find() {
  find_device();
  map_processes();
  vote();
  link();
  settle();
  return std::move(out_);
}

}  // namespace

Units find_units(const Sightings& sightings, const TimeLine& line, const HashedNames& names) {
  return Finder(sightings, line, names).find();
}

}  // namespace uptrail::identity
