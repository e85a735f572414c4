#include "collector/pipeline/sightings.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "collector/base/sha1.h"
#include "collector/base/text.h"

namespace uptrail {

namespace {

constexpr std::array kSystemProcesses = {
    std::string_view("nsurlsessiond"), std::string_view("runningboardd"),
    std::string_view("SpringBoard"),   std::string_view("dasd"),
    std::string_view("powerd"),        std::string_view("launchd"),
    std::string_view("kernel"),        std::string_view("assertiond"),
    std::string_view("symptomsd"),     std::string_view("mediaserverd"),
    std::string_view("backboardd"),    std::string_view("installd"),
    std::string_view("ReportCrash"),   std::string_view("osanalyticshelper"),
};

// A capture's own events may speak for another observer: `source` then holds its name.
Observer observer_meant(const Event& e) {
  if (e.observer != Observer::tool) {
    return e.observer;
  }
  if (e.kind != EventKind::capture_begin && e.kind != EventKind::capture_end && e.kind != EventKind::capture_gap) {
    return e.observer;
  }
  return observer_from_name(e.fields.text(Field::source)).value_or(e.observer);
}

std::uint64_t mixed(std::initializer_list<std::uint64_t> parts) {
  constexpr std::uint64_t kOdd = 0x9FB21C651E98DF25U;
  std::uint64_t out = 0;
  for (const std::uint64_t part : parts) {
    out = (out ^ part) * kOdd;
    out ^= out >> 29U;
  }
  return out;
}

}  // namespace

bool is_system_process(std::string_view name) {
  return std::find(kSystemProcesses.begin(), kSystemProcesses.end(), name) != kSystemProcesses.end();
}

std::uint64_t SightingList::Origin::hash() const {
  return mixed({static_cast<std::uint64_t>(pid), source.value, device.value, bundle.value, process.value,
                static_cast<std::uint64_t>(observer)});
}

std::uint64_t SightingList::Subject::hash() const {
  return mixed({static_cast<std::uint64_t>(id), identifier.value, object.value, desc.value, upload.value, uuid, session_uuid});
}

void SightingList::push_back(const Sighting& s) {
  if (size_ % kChunk == 0) {
    chunks_.emplace_back().reserve(size_ == 0 ? 0 : kChunk);  // most captures are small
  }
  const std::uint32_t origin = origins_.number({s.pid, s.source, s.device, s.bundle, s.process, s.observer});
  const std::uint32_t subject = subjects_.number({s.id, s.identifier, s.object, s.desc, s.upload, s.uuid, s.session_uuid});
  chunks_.back().push_back({s.event, s.t, s.seq, origin, subject, s.kind, s.flags});
  ++size_;
}

void SightingList::shrink(std::size_t size) {
  size_ = std::min(size_, size);
  chunks_.resize((size_ + kChunk - 1) / kChunk);
  if (size_ % kChunk != 0) {
    chunks_.back().resize(size_ % kChunk);
  }
}

void SightingList::erase(const std::vector<bool>& marked) {
  std::size_t next = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    if (!marked[i]) {
      chunks_[next / kChunk][next % kChunk] = chunks_[i / kChunk][i % kChunk];
      ++next;
    }
  }
  shrink(next);
}

std::uint32_t Sightings::intern(const std::optional<Uuid>& uuid) {
  if (!uuid || uuid->is_nil()) {
    return kNoUuid;
  }
  if (last_uuid_ != kNoUuid && uuids_[last_uuid_] == *uuid) {
    return last_uuid_;
  }
  const auto [it, fresh] = uuid_index_.try_emplace(*uuid, static_cast<std::uint32_t>(uuids_.size()));
  if (fresh) {
    uuids_.push_back(*uuid);
  }
  return last_uuid_ = it->second;
}

StringId Sightings::intern(Slot slot, std::string_view text) {
  if (text.empty()) {
    return {};
  }
  StringId& last = last_[static_cast<std::size_t>(slot)];
  if (!last.valid() || texts_.text(last) != text) {
    last = texts_.intern(text);
  }
  return last;
}

void Sightings::add_keys(const Event& e, Sighting& s) {
  s.device = intern(Slot::device, e.device);
  s.bundle = intern(Slot::bundle, e.bundle);
  const bool system = is_system_process(e.process);
  if (!system) {
    s.process = intern(Slot::process, e.process);
  }
  if (const auto client = e.fields.integer(Field::client_pid)) {
    s.pid = *client;
  } else if (e.pid && !system) {
    s.pid = *e.pid;
  }
  s.identifier = intern(Slot::identifier, e.fields.text(Field::identifier));
  s.object = intern(Slot::object, e.fields.text(Field::object));
  s.desc = intern(Slot::desc, e.fields.text(Field::desc));
  s.upload = intern(Slot::upload, e.fields.text(Field::upload_id));
  s.uuid = intern(e.fields.uuid(Field::uuid));
  s.session_uuid = intern(e.fields.uuid(Field::session_uuid));
  s.id = e.fields.integer(Field::id).value_or(kNoNumber);
  if (e.kind == EventKind::upload_state) {
    const std::string_view task = e.fields.text(Field::task);
    if (s.uuid == kNoUuid) {
      s.uuid = intern(Uuid::parse(task));
    }
    if (s.uuid == kNoUuid && s.id == kNoNumber) {
      s.id = parse_int(task).value_or(kNoNumber);
    }
    s.flags |= kWeakTask;
  }
  if (e.kind == EventKind::store_entry && e.fields.text(Field::store) == "app") {
    s.flags |= kWeakTask;
  }
  may_have_hashes_ = may_have_hashes_ ||
                     (s.observer == Observer::store && (is_sha1_hex(e.bundle) || is_sha1_hex(e.fields.text(Field::identifier))));
}

void Sightings::add_rare(const Event& e, std::uint32_t index) {
  switch (e.kind) {
    case EventKind::capture_begin: {
      const auto* kinds = e.fields.texts(Field::kinds);
      manifests_.push_back({index, kinds != nullptr && !kinds->empty(), e.fields.boolean(Field::lossy).value_or(false),
                            e.fields.boolean(Field::redacted).value_or(false)});
      synthetic_ = synthetic_ || contains(to_lower_ascii(e.fields.text(Field::source)), "synthetic") ||
                   contains(to_lower_ascii(e.fields.text(Field::reason)), "synthetic");
      break;
    }
    case EventKind::clock_sync:
      syncs_.push_back({index, std::string(e.fields.text(Field::source)), from_seconds(e.fields.real(Field::offset).value_or(0)),
                        from_seconds(e.fields.real(Field::uncertainty).value_or(2))});
      break;
    case EventKind::app_launch:
      if (const auto build = e.fields.text(Field::build); !build.empty()) {
        builds_.push_back({index, std::string(build)});
      }
      break;
    case EventKind::session_tasks_answered:
      if (const auto* tasks = e.fields.tasks(Field::tasks)) {
        for (const TaskListing& t : *tasks) {
          listed_.push_back({index, intern(t.uuid), t.id.value_or(kNoNumber), texts_.intern(t.desc)});
        }
      }
      break;
    default:
      break;
  }
}

void Sightings::add(const Event& e) {
  Sighting s;
  s.event = e.id;
  s.seq = static_cast<std::uint32_t>(std::min<std::uint64_t>(e.seq, UINT32_MAX));
  s.source = e.source;
  s.kind = e.kind;
  s.observer = observer_meant(e);
  if (e.t_src) {
    s.t = e.t_src->ns;
    s.flags |= kHasTime;
  }
  add_keys(e, s);
  all_.push_back(s);
  add_rare(e, static_cast<std::uint32_t>(all_.size() - 1));
}

Sightings Sightings::without(const std::vector<bool>& marked) const {
  Sightings out = *this;
  std::vector<std::uint32_t> place(all_.size(), UINT32_MAX);
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (!marked[i]) {
      place[i] = next++;
    }
  }
  out.all_.erase(marked);
  const auto move = [&place](auto& list) {
    std::erase_if(list, [&place](const auto& seen) { return place[seen.sighting] == UINT32_MAX; });
    for (auto& seen : list) {
      seen.sighting = place[seen.sighting];
    }
  };
  move(out.listed_);
  move(out.manifests_);
  move(out.syncs_);
  move(out.builds_);
  return out;
}

Sightings::Mark Sightings::mark() const {
  return {all_.size(), listed_.size(), manifests_.size(), syncs_.size(), builds_.size(), synthetic_};
}

void Sightings::rewind(const Mark& mark) {
  all_.shrink(mark.sightings);
  listed_.resize(mark.listed);
  manifests_.resize(mark.manifests);
  syncs_.resize(mark.syncs);
  builds_.resize(mark.builds);
  synthetic_ = mark.synthetic;
}

}  // namespace uptrail
