#include <set>

#include "collector/base/sha1.h"
#include "collector/pipeline/identity_parts.h"

namespace uptrail::identity {

// All events are asked before any hash is answered, so that the order of reading never shows. Bundles and identifiers are asked
// alike: whatever has the hash is the name.
HashedNames::HashedNames(const Sightings& sightings) {
  if (!sightings.may_have_hashes()) {
    return;
  }
  std::set<StringId> known;
  for (const Sighting& s : sightings.all()) {
    for (const StringId name : {s.bundle, s.identifier}) {
      if (!name.valid()) {
        continue;
      }
      if (s.observer == Observer::store && is_sha1_hex(sightings.text(name))) {
        names_.emplace(name, StringId{});
      } else {
        known.insert(name);
      }
    }
  }
  std::map<std::string_view, StringId> by_hash;
  for (const auto& [name, unknown] : names_) {
    by_hash.emplace(sightings.text(name), name);
  }
  for (const StringId name : known) {
    if (const auto it = by_hash.find(sha1_hex(sightings.text(name))); it != by_hash.end()) {
      names_[it->second] = name;
    }
  }
}

}  // namespace uptrail::identity
