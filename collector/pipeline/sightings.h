// What clocks, streams and identity need of every event, in compact form: 32 bytes each; who tells it and what it names are kept
// once for all events that have them in common, texts interned. Filled while sources are read (or streamed from a case that is
// being added to), so that no event has to be kept or decoded again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collector/base/ids.h"
#include "collector/base/interner.h"
#include "collector/model/event.h"
#include "collector/pipeline/distinct.h"

namespace uptrail {

inline constexpr std::int64_t kNoNumber = std::numeric_limits<std::int64_t>::min();
inline constexpr std::uint32_t kNoUuid = UINT32_MAX;

// Who names a task but is no proof that it exists: the app's own belief.
inline constexpr std::uint8_t kWeakTask = 1;
inline constexpr std::uint8_t kHasTime = 2;

struct Sighting {
  EventId event;
  std::int64_t t = 0;            // source clock; see kHasTime
  std::int64_t pid = kNoNumber;  // of the app process
  std::int64_t id = kNoNumber;   // taskIdentifier
  std::uint32_t seq = 0;
  SourceId source;
  StringId device, bundle, process, identifier, object, desc, upload;
  std::uint32_t uuid = kNoUuid;          // of the task
  std::uint32_t session_uuid = kNoUuid;  // indices for Sightings::uuid()
  EventKind kind = EventKind::capture_begin;
  Observer observer = Observer::app;
  std::uint8_t flags = 0;
  [[nodiscard]] bool has_time() const { return (flags & kHasTime) != 0; }
  [[nodiscard]] bool weak_task() const { return (flags & kWeakTask) != 0; }
};

// Sightings in the order in which they were added. They are put together when they are asked for.
class SightingList {
 public:
  void push_back(const Sighting& s);
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] Sighting operator[](std::size_t i) const {
    const Packed& p = chunks_[i / kChunk][i % kChunk];
    const Origin& o = origins_.key(p.origin);
    const Subject& a = subjects_.key(p.subject);
    return {p.event,      p.t,      o.pid,  a.id,     p.seq,  o.source,       o.device, o.bundle,   o.process,
            a.identifier, a.object, a.desc, a.upload, a.uuid, a.session_uuid, p.kind,   o.observer, p.flags};
  }
  // Keeps the first `size`.
  void shrink(std::size_t size);
  // Keeps those that are not marked, by index.
  void erase(const std::vector<bool>& marked);

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Sighting;
    using difference_type = std::ptrdiff_t;
    using pointer = const Sighting*;
    using reference = Sighting;
    Iterator(const SightingList& list, std::size_t at) : list_(&list), at_(at) {}
    Sighting operator*() const { return (*list_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const SightingList* list_;
    std::size_t at_;
  };
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size_}; }

 private:
  struct Origin {  // who told it
    std::int64_t pid = kNoNumber;
    SourceId source;
    StringId device, bundle, process;
    Observer observer = Observer::app;
    friend bool operator==(const Origin&, const Origin&) = default;
    [[nodiscard]] std::uint64_t hash() const;
  };
  struct Subject {  // what it names
    std::int64_t id = kNoNumber;
    StringId identifier, object, desc, upload;
    std::uint32_t uuid = kNoUuid, session_uuid = kNoUuid;
    friend bool operator==(const Subject&, const Subject&) = default;
    [[nodiscard]] std::uint64_t hash() const;
  };
  struct Packed {
    EventId event;
    std::int64_t t = 0;
    std::uint32_t seq = 0, origin = 0, subject = 0;
    EventKind kind = EventKind::capture_begin;
    std::uint8_t flags = 0;
  };
  static constexpr std::size_t kChunk = std::size_t{32} << 10U;

  std::vector<std::vector<Packed>> chunks_;  // of kChunk each: nothing is moved when more come
  std::size_t size_ = 0;
  Distinct<Origin> origins_;
  Distinct<Subject> subjects_;
};

struct ListedTask {  // one entry of session.tasks-answered
  std::uint32_t sighting = 0;
  std::uint32_t uuid = kNoUuid;
  std::int64_t id = kNoNumber;
  StringId desc;
};
struct ManifestSeen {  // capture.begin
  std::uint32_t sighting = 0;
  bool declares = false;  // it lists kinds
  bool lossy = false, redacted = false;
};
struct SyncSeen {  // clock.sync
  std::uint32_t sighting = 0;
  std::string source;  // "": the one it stands in
  DurationNs offset, uncertainty;
};
struct BuildSeen {  // app.launch
  std::uint32_t sighting = 0;
  std::string build;
};

// Processes of the system: their names never name an app.
bool is_system_process(std::string_view name);

class Sightings {
 public:
  // `event` has id, seq and source.
  void add(const Event& event);

  // Undo of everything added after mark(): a source that was dropped.
  struct Mark {
    std::size_t sightings = 0, listed = 0, manifests = 0, syncs = 0, builds = 0;
    bool synthetic = false;
  };
  // A copy without those that are marked, by index; texts and UUIDs keep their ids.
  [[nodiscard]] Sightings without(const std::vector<bool>& marked) const;
  [[nodiscard]] Mark mark() const;
  void rewind(const Mark& mark);

  [[nodiscard]] const SightingList& all() const { return all_; }
  [[nodiscard]] const std::vector<ListedTask>& listed() const { return listed_; }  // ascending by sighting
  [[nodiscard]] const std::vector<ManifestSeen>& manifests() const { return manifests_; }
  [[nodiscard]] const std::vector<SyncSeen>& syncs() const { return syncs_; }
  [[nodiscard]] const std::vector<BuildSeen>& builds() const { return builds_; }
  [[nodiscard]] bool synthetic() const { return synthetic_; }  // an event says that it is made up
  // A store may name an app or a session by a hash. Stays true when that source is dropped.
  [[nodiscard]] bool may_have_hashes() const { return may_have_hashes_; }
  [[nodiscard]] std::string_view text(StringId id) const { return texts_.text(id); }
  [[nodiscard]] const Uuid& uuid(std::uint32_t index) const { return uuids_[index]; }
  [[nodiscard]] std::size_t uuid_count() const { return uuids_.size(); }

 private:
  enum class Slot : std::uint8_t { device, bundle, process, identifier, object, desc, upload, count };
  std::uint32_t intern(const std::optional<Uuid>& uuid);
  StringId intern(Slot slot, std::string_view text);
  void add_keys(const Event& event, Sighting& s);
  void add_rare(const Event& event, std::uint32_t index);

  SightingList all_;
  std::vector<ListedTask> listed_;
  std::vector<ManifestSeen> manifests_;
  std::vector<SyncSeen> syncs_;
  std::vector<BuildSeen> builds_;
  Interner texts_;
  std::array<StringId, static_cast<std::size_t>(Slot::count)> last_{};  // of the event before: often that of the next, too
  std::uint32_t last_uuid_ = kNoUuid;
  std::vector<Uuid> uuids_;
  std::unordered_map<Uuid, std::uint32_t> uuid_index_;
  bool synthetic_ = false;
  bool may_have_hashes_ = false;
};

}  // namespace uptrail
