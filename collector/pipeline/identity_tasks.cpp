#include <algorithm>
#include <unordered_map>

#include "collector/pipeline/identity_parts.h"
#include "collector/pipeline/task_nodes.h"

namespace uptrail::identity {

namespace {

// A task may be created in the app and arrive in nsurlsessiond this much apart and still be one creation.
constexpr DurationNs kCreationWindow = seconds(60);
constexpr std::uint32_t kNotListed = UINT32_MAX;

bool is_start(EventKind kind) {
  return kind == EventKind::task_create || kind == EventKind::daemon_task_created || kind == EventKind::daemon_task_enqueued;
}
bool is_end(EventKind kind) { return kind == EventKind::task_did_complete || kind == EventKind::daemon_task_finished; }

// A mention of a task: a sighting, or one entry of a listing.
struct Mention {
  std::uint32_t sighting = 0;
  std::uint32_t listed = kNotListed;
  std::uint32_t uuid = kNoUuid;
  std::int64_t id = kNoNumber;
  StringId desc;
  bool weak = false;
};

// Where a mention stands; what it says is looked up there.
struct MentionPlace {
  std::uint32_t sighting = 0;
  std::uint32_t listed = kNotListed;
};

// Tasks that bear one taskIdentifier in one session, one after the other.
struct Window {
  std::uint32_t node = kNobody;
  DomainId domain;
  TimeNs first, last;
  bool placed = false;
  bool ended = false;
  std::uint8_t created_by = 0;  // bits of Observer
};

class Finder {
 public:
  Finder(const Sightings& sightings, const TimeLine& line, const Units& units, const Sessions& sessions)
      : sightings_(sightings), line_(line), units_(units), sessions_(sessions) {}
  Tasks find();

 private:
  using IdKey = std::tuple<std::uint32_t, std::uint32_t, std::int64_t>;  // unit, session, taskIdentifier
  void collect();
  void find_only_sessions();
  void add_uuid_nodes();
  void choose_ids();
  void split_by_id();
  void walk(const IdKey& key, const std::vector<std::uint32_t>& mentions);
  std::uint32_t window_for(const Mention& m, const IdKey& key, std::vector<Window>& windows);
  void join_domains(std::vector<Window>& windows);
  void join_by_desc();
  void assign_desc_only();
  void settle();
  using ByDesc = std::map<std::pair<std::uint32_t, StringId>, std::uint32_t>;  // unit, description
  ByDesc tasks_by_desc();
  void settle_beliefs();

  [[nodiscard]] std::uint32_t unit_of(const Mention& m) const { return units_.of[m.sighting]; }
  [[nodiscard]] std::uint32_t session_of(const Mention& m) const;
  [[nodiscard]] Mention mention(std::size_t i) const;
  [[nodiscard]] Sighting sighting(const Mention& m) const { return sightings_.all()[m.sighting]; }
  [[nodiscard]] const PlacedTime& time(const Mention& m) const { return line_.times[m.sighting]; }

  const Sightings& sightings_;
  const TimeLine& line_;
  const Units& units_;
  const Sessions& sessions_;
  std::vector<MentionPlace> mentions_;                             // in the order of the time line
  std::vector<std::uint32_t> node_of_;                             // of each mention
  std::vector<std::uint32_t> node_of_uuid_;                        // of each UUID
  std::unordered_map<std::uint32_t, std::uint32_t> only_session_;  // of a unit that has just one
  TaskNodes nodes_;
};

void Finder::collect() {
  const auto& listed = sightings_.listed();
  std::unordered_map<std::uint32_t, std::uint32_t> first_listed;
  for (std::uint32_t i = static_cast<std::uint32_t>(listed.size()); i-- > 0;) {
    first_listed[listed[i].sighting] = i;
  }
  for (const std::uint32_t i : line_.order) {
    const Sighting& s = sightings_.all()[i];
    if (units_.of[i] == kNobody) {
      continue;
    }
    if (s.uuid != kNoUuid || s.id != kNoNumber || s.desc.valid()) {
      mentions_.push_back({i, kNotListed});
    }
    const auto first = first_listed.empty() ? first_listed.end() : first_listed.find(i);
    for (std::uint32_t l = first == first_listed.end() ? kNotListed : first->second; l < listed.size() && listed[l].sighting == i;
         ++l) {
      mentions_.push_back({i, l});
    }
  }
  node_of_.assign(mentions_.size(), kNobody);
}

Mention Finder::mention(std::size_t i) const {
  const MentionPlace& at = mentions_[i];
  if (at.listed != kNotListed) {
    const ListedTask& t = sightings_.listed()[at.listed];
    return {at.sighting, at.listed, t.uuid, t.id, t.desc, false};
  }
  const Sighting s = sightings_.all()[at.sighting];
  return {at.sighting, kNotListed, s.uuid, s.id, s.desc, s.weak_task()};
}

void Finder::find_only_sessions() {
  for (std::uint32_t s = 0; s < sessions_.keys.size(); ++s) {
    const auto [it, fresh] = only_session_.try_emplace(sessions_.keys[s].unit, s);
    if (!fresh) {
      it->second = kNobody;
    }
  }
}

// A task of an app that has one background session and does not name it is of that session.
std::uint32_t Finder::session_of(const Mention& m) const {
  if (sessions_.of[m.sighting] != kNobody) {
    return sessions_.of[m.sighting];
  }
  if (m.uuid != kNoUuid && sessions_.of_task_uuid[m.uuid] != kNobody) {
    return sessions_.of_task_uuid[m.uuid];
  }
  if (m.uuid == kNoUuid && sighting(m).observer == Observer::app) {
    const auto it = only_session_.find(unit_of(m));
    return it == only_session_.end() ? kNobody : it->second;
  }
  return kNobody;
}

void Finder::add_uuid_nodes() {
  node_of_uuid_.assign(sightings_.uuid_count(), kNobody);
  for (std::size_t i = 0; i < mentions_.size(); ++i) {
    const Mention m = mention(i);
    if (m.uuid == kNoUuid || m.weak) {
      continue;
    }
    std::uint32_t& node = node_of_uuid_[m.uuid];
    if (node == kNobody) {
      const std::uint32_t unit = units_.of_uuid[m.uuid] != kNobody ? units_.of_uuid[m.uuid] : unit_of(m);
      node = nodes_.add(unit, sessions_.of_task_uuid[m.uuid], m.uuid, kNoNumber);
    }
    node_of_[i] = node;
    if (!nodes_[node].desc.valid()) {
      nodes_[node].desc = m.desc;
    }
  }
}

// The number behind a UUID may differ between lines of one task: the app's own word counts first, the mapping line's last.
void Finder::choose_ids() {
  std::vector<int> trust(nodes_.size(), INT32_MAX);
  for (std::size_t i = 0; i < mentions_.size(); ++i) {
    const Mention m = mention(i);
    if (node_of_[i] == kNobody || m.id == kNoNumber) {
      continue;
    }
    const Sighting& s = sighting(m);
    const int rank = s.kind == EventKind::daemon_task_mapped ? 100 : static_cast<int>(s.observer);
    if (rank < trust[node_of_[i]]) {
      trust[node_of_[i]] = rank;
      nodes_[node_of_[i]].id = m.id;
    }
  }
}

void Finder::split_by_id() {
  std::map<IdKey, std::vector<std::uint32_t>> by_key;
  auto last = by_key.end();  // tasks are spoken of in runs
  const auto note = [&by_key, &last](const IdKey& key, std::uint32_t i) {
    if (last == by_key.end() || last->first != key) {
      last = by_key.try_emplace(key).first;
    }
    last->second.push_back(i);
  };
  for (std::uint32_t i = 0; i < mentions_.size(); ++i) {
    const Mention m = mention(i);
    if (node_of_[i] != kNobody) {
      const TaskNode& n = nodes_[node_of_[i]];
      if (n.id != kNoNumber) {
        note({n.unit, n.session, n.id}, i);
      }
    } else if (m.uuid == kNoUuid && m.id != kNoNumber) {
      note({unit_of(m), session_of(m), m.id}, i);
    }
  }
  for (const auto& [key, mentions] : by_key) {
    walk(key, mentions);
  }
}

std::uint32_t Finder::window_for(const Mention& m, const IdKey& key, std::vector<Window>& windows) {
  const PlacedTime& at = time(m);
  const Sighting& s = sighting(m);
  const bool starts = m.listed == kNotListed && is_start(s.kind);
  std::uint32_t current = kNobody;
  for (std::uint32_t w = 0; w < windows.size(); ++w) {
    if (windows[w].domain == at.domain) {
      current = w;
    }
    if (m.uuid != kNoUuid && windows[w].domain == at.domain && nodes_[nodes_.root(windows[w].node)].uuid == m.uuid) {
      return w;
    }
  }
  const auto open = [&](std::uint32_t node) {
    windows.push_back({node, at.domain, at.t, at.t, at.placed, false, 0});
    return static_cast<std::uint32_t>(windows.size() - 1);
  };
  if (m.uuid != kNoUuid) {
    const std::uint32_t node = node_of_uuid_[m.uuid];
    if (current == kNobody || nodes_[nodes_.root(windows[current].node)].uuid != kNoUuid || (windows[current].ended && starts)) {
      return open(node);
    }
    return nodes_.merge(node, windows[current].node) ? current : open(node);
  }
  if (current != kNobody && starts) {
    const Window& w = windows[current];
    const bool again = (w.created_by >> static_cast<unsigned>(s.observer) & 1U) != 0;
    if (again || w.ended || at.t - w.first > kCreationWindow) {
      current = kNobody;
    }
  }
  if (current != kNobody || m.weak) {
    return current;
  }
  return open(nodes_.add(std::get<0>(key), std::get<1>(key), kNoUuid, std::get<2>(key)));
}

void Finder::walk(const IdKey& key, const std::vector<std::uint32_t>& mentions) {
  std::vector<Window> windows;
  for (const std::uint32_t i : mentions) {
    const Mention m = mention(i);
    const std::uint32_t w = window_for(m, key, windows);
    if (w == kNobody) {
      continue;
    }
    Window& window = windows[w];
    window.last = std::max(window.last, time(m).t);
    if (m.listed == kNotListed) {
      window.ended = window.ended || is_end(sighting(m).kind);
      if (is_start(sighting(m).kind)) {
        window.created_by = static_cast<std::uint8_t>(window.created_by | 1U << static_cast<unsigned>(sighting(m).observer));
      }
    }
    node_of_[i] = window.node;
    TaskNode& node = nodes_[nodes_.root(window.node)];
    if (!node.desc.valid()) {
      node.desc = m.desc;
    }
  }
  join_domains(windows);
  // The app's belief may have been written before the task's first proof, and by another clock.
  const bool one_task = !windows.empty() && std::all_of(windows.begin(), windows.end(), [&](const Window& w) {
    return nodes_.root(w.node) == nodes_.root(windows.front().node);
  });
  for (const std::uint32_t i : mentions) {
    if (node_of_[i] == kNobody && one_task) {
      node_of_[i] = windows.front().node;
    }
  }
}

// Between domains no order is known. Windows are one task when there is no other choice: the only ones, or, when both stand on
// the UTC axis, the only ones that overlap.
void Finder::join_domains(std::vector<Window>& windows) {
  const auto fits = [&](const Window& a, const Window& b) {
    if (a.domain == b.domain || !(a.placed && b.placed)) {
      return a.domain != b.domain;
    }
    return a.first <= b.last + kCreationWindow && b.first <= a.last + kCreationWindow;
  };
  for (const Window& a : windows) {
    for (const Window& b : windows) {
      if (a.domain >= b.domain || !fits(a, b)) {
        continue;
      }
      const auto rivals_a =
          std::count_if(windows.begin(), windows.end(), [&](const Window& w) { return w.domain == b.domain && fits(a, w); });
      const auto rivals_b =
          std::count_if(windows.begin(), windows.end(), [&](const Window& w) { return w.domain == a.domain && fits(w, b); });
      if (rivals_a == 1 && rivals_b == 1) {
        nodes_.merge(a.node, b.node);
      }
    }
  }
}

// A description that just one task with UUID and just one without it bear is one task's.
void Finder::join_by_desc() {
  std::map<std::pair<std::uint32_t, StringId>, std::vector<std::uint32_t>> by_desc;
  for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
    if (nodes_.root(n) == n && nodes_[n].desc.valid()) {
      by_desc[{nodes_[n].unit, nodes_[n].desc}].push_back(n);
    }
  }
  for (const auto& [key, nodes] : by_desc) {
    if (nodes.size() == 2 && (nodes_[nodes[0]].uuid == kNoUuid) != (nodes_[nodes[1]].uuid == kNoUuid)) {
      nodes_.merge(nodes[0], nodes[1]);
    }
  }
}

// Mentions that bear nothing but a description: the task of that description that was last spoken of, else one of their own.
void Finder::assign_desc_only() {
  const auto keyless = [](const Mention& m) { return m.uuid == kNoUuid && m.id == kNoNumber && m.desc.valid(); };
  std::size_t first = 0;
  for (; first < mentions_.size(); ++first) {
    if (const Mention m = mention(first); keyless(m) && !m.weak) {
      break;
    }
  }
  if (first == mentions_.size()) {
    return;
  }
  struct Last {
    std::uint32_t node = kNobody;
    DomainId domain;
    bool ended = false, created = false;
  };
  std::map<std::pair<std::uint32_t, StringId>, std::vector<std::uint32_t>> known;
  for (std::size_t i = 0; i < mentions_.size(); ++i) {
    if (node_of_[i] != kNobody && nodes_[nodes_.root(node_of_[i])].desc.valid()) {
      const std::uint32_t n = nodes_.root(node_of_[i]);
      auto& nodes = known[{nodes_[n].unit, nodes_[n].desc}];
      if (std::find(nodes.begin(), nodes.end(), n) == nodes.end()) {
        nodes.push_back(n);
      }
    }
  }
  std::map<std::tuple<std::uint32_t, StringId, DomainId>, Last> last;
  for (std::size_t i = 0; i < mentions_.size(); ++i) {
    const Mention m = mention(i);
    const bool starts = m.listed == kNotListed && is_start(sighting(m).kind);
    if (node_of_[i] != kNobody && nodes_[nodes_.root(node_of_[i])].desc.valid()) {
      const std::uint32_t n = nodes_.root(node_of_[i]);
      last[{nodes_[n].unit, nodes_[n].desc, time(m).domain}] = {n, time(m).domain, false, true};
      continue;
    }
    if (!keyless(m) || m.weak) {
      continue;
    }
    Last& l = last[{unit_of(m), m.desc, time(m).domain}];
    const auto& nodes = known[{unit_of(m), m.desc}];
    if (l.node == kNobody && nodes.size() == 1) {
      l.node = nodes.front();
    } else if (l.node == kNobody || (starts && (l.created || l.ended))) {
      l.node = nodes_.add(unit_of(m), session_of(m), kNoUuid, kNoNumber);
      nodes_[l.node].desc = m.desc;
      l.created = l.ended = false;
    }
    l.created = l.created || starts;
    l.ended = l.ended || (m.listed == kNotListed && is_end(sighting(m).kind));
    node_of_[i] = l.node;
  }
}

void Finder::settle() {
  for (std::size_t i = 0; i < mentions_.size(); ++i) {
    if (node_of_[i] == kNobody && mention(i).weak && mention(i).uuid != kNoUuid) {
      node_of_[i] = node_of_uuid_[mention(i).uuid];
    }
  }
  settle_beliefs();
}

// Tasks by description; kNobody: several bear it.
Finder::ByDesc Finder::tasks_by_desc() {
  ByDesc out;
  for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
    if (nodes_.root(n) == n && nodes_[n].desc.valid()) {
      const auto [it, fresh] = out.try_emplace({nodes_[n].unit, nodes_[n].desc}, n);
      it->second = fresh ? n : kNobody;
    }
  }
  return out;
}

// A row of the app's own store is about the task that bears its description, when just one of the app does. A number that led to
// a task of another description is an old one: numbers begin again.
void Finder::settle_beliefs() {
  std::optional<ByDesc> by_desc;  // few captures have such rows
  for (std::size_t i = 0; i < mentions_.size(); ++i) {
    const Mention m = mention(i);
    if (!m.weak || !m.desc.valid() || m.uuid != kNoUuid) {
      continue;
    }
    if (!by_desc) {
      by_desc = tasks_by_desc();
    }
    const std::uint32_t by_number = node_of_[i] == kNobody ? kNobody : nodes_.root(node_of_[i]);
    if (by_number != kNobody && (!nodes_[by_number].desc.valid() || nodes_[by_number].desc == m.desc)) {
      continue;
    }
    const auto found = by_desc->find({unit_of(m), m.desc});
    node_of_[i] = found == by_desc->end() ? kNobody : found->second;
  }
}

Tasks Finder::find() {
  collect();
  find_only_sessions();
  add_uuid_nodes();
  choose_ids();
  split_by_id();
  join_by_desc();
  assign_desc_only();
  settle();
  Tasks out;
  out.of.assign(sightings_.all().size(), kNobody);
  out.of_listed.assign(sightings_.listed().size(), kNobody);
  std::vector<std::uint32_t> dense(nodes_.size(), kNobody);
  for (std::size_t i = 0; i < mentions_.size(); ++i) {
    if (node_of_[i] == kNobody) {
      continue;
    }
    const std::uint32_t n = nodes_.root(node_of_[i]);
    if (dense[n] == kNobody) {
      dense[n] = static_cast<std::uint32_t>(out.nodes.size());
      out.nodes.push_back(nodes_[n]);
    }
    (mentions_[i].listed == kNotListed ? out.of[mentions_[i].sighting] : out.of_listed[mentions_[i].listed]) = dense[n];
  }
  return out;
}

}  // namespace

Tasks find_tasks(const Sightings& sightings, const TimeLine& line, const Units& units, const Sessions& sessions) {
  return Finder(sightings, line, units, sessions).find();
}

}  // namespace uptrail::identity
