#include "collector/pipeline/identity.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "collector/pipeline/identity_parts.h"

namespace uptrail {

namespace {

using identity::kNobody;

// When something was first seen, comparable over all domains: what stands on the UTC axis comes first.
using FirstSeen = std::pair<bool, TimeNs>;
constexpr FirstSeen kNeverSeen{true, kTimeMax};

struct UploadNode {
  std::uint32_t unit = kNobody;
  StringId name;
};

class Assembler {
 public:
  Assembler(const Sightings& sightings, const TimeLine& line) : sightings_(sightings), line_(line), names_(sightings) {}
  Identity run();

 private:
  void find_uploads();
  void adopt_receipts();
  void note_first_seen();
  void emit_units();
  void emit_sessions();
  void emit_tasks();
  void emit_uploads();
  void emit_assignments();
  [[nodiscard]] std::vector<std::string> unit_titles() const;
  std::uint32_t upload_index(std::uint32_t unit, StringId name);
  [[nodiscard]] std::string text(StringId id) const { return std::string(sightings_.text(id)); }

  const Sightings& sightings_;
  const TimeLine& line_;
  identity::HashedNames names_;
  identity::Units units_;
  identity::Sessions sessions_;
  identity::Tasks tasks_;
  std::vector<UploadNode> uploads_;
  std::map<std::pair<std::uint32_t, StringId>, std::uint32_t> upload_index_;
  std::vector<std::uint32_t> upload_of_task_;
  std::vector<std::uint32_t> upload_of_;  // of each sighting
  std::vector<FirstSeen> unit_seen_, session_seen_, task_seen_, upload_seen_;
  std::vector<std::uint32_t> unit_rank_, session_rank_, task_rank_, upload_rank_;  // node -> id
  Identity out_;
};

std::uint32_t Assembler::upload_index(std::uint32_t unit, StringId name) {
  const auto [it, fresh] = upload_index_.try_emplace({unit, name}, static_cast<std::uint32_t>(uploads_.size()));
  if (fresh) {
    uploads_.push_back({unit, name});
  }
  return it->second;
}

// The id that the app gives in a task's own event, else in upload.state that names the task, else the description.
void Assembler::find_uploads() {
  const auto& all = sightings_.all();
  upload_of_task_.assign(tasks_.nodes.size(), kNobody);
  for (const bool weak : {false, true}) {
    for (const std::uint32_t i : line_.order) {
      const std::uint32_t task = tasks_.of[i];
      if (task != kNobody && all[i].upload.valid() && all[i].weak_task() == weak && upload_of_task_[task] == kNobody) {
        upload_of_task_[task] = upload_index(tasks_.nodes[task].unit, all[i].upload);
      }
    }
  }
  for (std::size_t t = 0; t < tasks_.nodes.size(); ++t) {
    if (upload_of_task_[t] == kNobody && tasks_.nodes[t].desc.valid()) {
      upload_of_task_[t] = upload_index(tasks_.nodes[t].unit, tasks_.nodes[t].desc);
    }
  }
  upload_of_.assign(all.size(), kNobody);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].upload.valid() && units_.of[i] != kNobody && all[i].kind != EventKind::server_receipt) {
      upload_of_[i] = upload_index(units_.of[i], all[i].upload);
    } else if (tasks_.of[i] != kNobody) {
      upload_of_[i] = upload_of_task_[tasks_.of[i]];
    }
  }
}

// A server knows no bundle. Its receipt is of the app whose upload has that name, if there is just one.
void Assembler::adopt_receipts() {
  const auto& all = sightings_.all();
  std::map<StringId, std::set<std::uint32_t>> units_of_name;
  for (const UploadNode& u : uploads_) {
    units_of_name[u.name].insert(u.unit);
  }
  for (const std::uint32_t i : line_.order) {
    const Sighting& s = all[i];
    if (s.kind != EventKind::server_receipt || !s.upload.valid() || units_.of[i] == kNobody) {
      continue;
    }
    const auto it = units_of_name.find(s.upload);
    if (!s.bundle.valid() && it != units_of_name.end() && it->second.size() == 1) {
      units_.of[i] = *it->second.begin();
    }
    upload_of_[i] = upload_index(units_.of[i], s.upload);
  }
}

void Assembler::note_first_seen() {
  unit_seen_.assign(units_.keys.size(), kNeverSeen);
  session_seen_.assign(sessions_.keys.size(), kNeverSeen);
  task_seen_.assign(tasks_.nodes.size(), kNeverSeen);
  upload_seen_.assign(uploads_.size(), kNeverSeen);
  const auto note = [&](std::vector<FirstSeen>& list, std::uint32_t index, std::size_t sighting) {
    if (index != kNobody) {
      list[index] = std::min(list[index], FirstSeen{!line_.times[sighting].placed, line_.times[sighting].t});
    }
  };
  for (std::size_t i = 0; i < sightings_.all().size(); ++i) {
    note(unit_seen_, units_.of[i], i);
    note(session_seen_, sessions_.of[i], i);
    note(task_seen_, tasks_.of[i], i);
    note(upload_seen_, upload_of_[i], i);
    if (tasks_.of[i] != kNobody) {
      note(unit_seen_, tasks_.nodes[tasks_.of[i]].unit, i);
      note(upload_seen_, upload_of_task_[tasks_.of[i]], i);
    }
  }
  for (std::size_t l = 0; l < sightings_.listed().size(); ++l) {
    if (const std::uint32_t task = tasks_.of_listed[l]; task != kNobody) {
      note(task_seen_, task, sightings_.listed()[l].sighting);
      note(unit_seen_, tasks_.nodes[task].unit, sightings_.listed()[l].sighting);
      note(upload_seen_, upload_of_task_[task], sightings_.listed()[l].sighting);
    }
  }
}

// Sorts 0..count-1 by key(i), drops what is not `used`, and gives node -> id and id -> node.
template <class Key>
std::vector<std::uint32_t> sorted(std::size_t count, const std::vector<FirstSeen>& seen, std::vector<std::uint32_t>& rank,
                                  Key key) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (seen[i] != kNeverSeen) {
      order.push_back(i);
    }
  }
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  rank.assign(count, kNobody);
  for (std::uint32_t r = 0; r < order.size(); ++r) {
    rank[order[r]] = r;
  }
  return order;
}

// The name of the process that speaks most often, else the bundle.
std::vector<std::string> Assembler::unit_titles() const {
  std::map<std::pair<std::uint32_t, std::string_view>, std::size_t> names;
  auto last = names.end();  // one process speaks many times
  StringId last_process;
  const auto& all = sightings_.all();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Sighting s = all[i];
    if (units_.of[i] == kNobody || !s.process.valid() || s.observer > Observer::cfn) {
      continue;
    }
    if (last == names.end() || last->first.first != units_.of[i] || last_process != s.process) {
      last = names.try_emplace({units_.of[i], sightings_.text(s.process)}).first;
      last_process = s.process;
    }
    ++last->second;
  }
  std::vector<std::string> titles(units_.keys.size());
  std::vector<std::size_t> most(units_.keys.size(), 0);
  for (const auto& [name, count] : names) {
    if (count > most[name.first]) {
      most[name.first] = count;
      titles[name.first] = name.second;
    }
  }
  for (std::size_t u = 0; u < titles.size(); ++u) {
    const auto& key = units_.keys[u];
    if (titles[u].empty()) {
      titles[u] = names_.is_unknown(key.bundle) ? "app known only by its hash " + text(key.bundle)
                  : key.bundle.valid()          ? text(key.bundle)
                  : key.process.valid()         ? text(key.process)
                                                : "unknown app";
    }
  }
  return titles;
}

void Assembler::emit_units() {
  const auto order = sorted(units_.keys.size(), unit_seen_, unit_rank_, [&](std::uint32_t u) {
    const auto& k = units_.keys[u];
    return std::tuple(sightings_.text(k.device), !k.bundle.valid(), sightings_.text(k.bundle), sightings_.text(k.process));
  });
  const auto titles = unit_titles();
  for (const std::uint32_t u : order) {
    Unit unit;
    unit.id = UnitId{static_cast<std::uint32_t>(out_.units.size())};
    unit.device = text(units_.keys[u].device);
    unit.bundle = text(units_.keys[u].bundle);
    unit.title = titles[u];
    out_.units.push_back(std::move(unit));
  }
  out_.builds.resize(out_.units.size());
  for (const BuildSeen& b : sightings_.builds()) {
    if (units_.of[b.sighting] != kNobody) {
      std::string& build = out_.builds[unit_rank_[units_.of[b.sighting]]];
      build = std::max(build, b.build);
    }
  }
}

void Assembler::emit_sessions() {
  const auto uuid_of = [&](std::uint32_t s) {
    const auto& uuids = sessions_.uuids[s];
    Uuid least;
    for (std::size_t i = 0; i < uuids.size(); ++i) {
      least = i == 0 ? sightings_.uuid(uuids[i]) : std::min(least, sightings_.uuid(uuids[i]));
    }
    return least;
  };
  const auto order = sorted(sessions_.keys.size(), session_seen_, session_rank_, [&](std::uint32_t s) {
    const auto& k = sessions_.keys[s];
    return std::tuple(unit_rank_[k.unit], sightings_.text(k.identifier), session_seen_[s], uuid_of(s));
  });
  for (const std::uint32_t s : order) {
    Session session;
    session.id = SessionId{static_cast<std::uint32_t>(out_.sessions.size())};
    session.unit = UnitId{unit_rank_[sessions_.keys[s].unit]};
    session.identifier = text(sessions_.keys[s].identifier);
    for (const std::uint32_t u : sessions_.uuids[s]) {
      session.uuids.push_back(sightings_.uuid(u));
    }
    std::sort(session.uuids.begin(), session.uuids.end());
    out_.sessions.push_back(std::move(session));
  }
}

void Assembler::emit_tasks() {
  const auto order = sorted(tasks_.nodes.size(), task_seen_, task_rank_, [&](std::uint32_t t) {
    const auto& n = tasks_.nodes[t];
    return std::tuple(unit_rank_[n.unit], task_seen_[t], n.uuid == kNoUuid ? Uuid{} : sightings_.uuid(n.uuid), n.id,
                      sightings_.text(n.desc), n.session == kNobody ? kNobody : session_rank_[n.session]);
  });
  for (const std::uint32_t t : order) {
    const auto& n = tasks_.nodes[t];
    Task task;
    task.id = TaskId{static_cast<std::uint32_t>(out_.tasks.size())};
    task.unit = UnitId{unit_rank_[n.unit]};
    if (n.session != kNobody) {
      task.session = SessionId{session_rank_[n.session]};
    }
    if (n.uuid != kNoUuid) {
      task.uuid = sightings_.uuid(n.uuid);
    }
    if (n.id != kNoNumber) {
      task.identifier = n.id;
    }
    task.desc = text(n.desc);
    out_.tasks.push_back(std::move(task));
  }
}

void Assembler::emit_uploads() {
  const auto order = sorted(uploads_.size(), upload_seen_, upload_rank_, [&](std::uint32_t u) {
    return std::tuple(unit_rank_[uploads_[u].unit], upload_seen_[u], sightings_.text(uploads_[u].name));
  });
  for (const std::uint32_t u : order) {
    Upload upload;
    upload.id = UploadId{static_cast<std::uint32_t>(out_.uploads.size())};
    upload.unit = UnitId{unit_rank_[uploads_[u].unit]};
    upload.name = text(uploads_[u].name);
    out_.uploads.push_back(std::move(upload));
  }
  for (std::size_t t = 0; t < tasks_.nodes.size(); ++t) {
    if (upload_of_task_[t] != kNobody && task_rank_[t] != kNobody) {
      const UploadId id{upload_rank_[upload_of_task_[t]]};
      out_.tasks[task_rank_[t]].upload = id;
      out_.uploads[id.value].tasks.push_back(TaskId{task_rank_[t]});
    }
  }
  for (Upload& u : out_.uploads) {
    std::sort(u.tasks.begin(), u.tasks.end());
  }
}

// The nodes of each sighting become its ids, in place.
void Assembler::emit_assignments() {
  static_assert(kNobody == TaskId::kNone);
  const auto ranked = [](std::uint32_t node, const std::vector<std::uint32_t>& rank) {
    return node == kNobody ? kNobody : rank[node];
  };
  for (std::size_t i = 0; i < tasks_.of.size(); ++i) {
    std::uint32_t& task = tasks_.of[i];
    if (task != kNobody) {
      const identity::TaskNode& node = tasks_.nodes[task];
      units_.of[i] = node.unit;
      sessions_.of[i] = node.session != kNobody ? node.session : sessions_.of[i];
    }
    task = ranked(task, task_rank_);
    units_.of[i] = ranked(units_.of[i], unit_rank_);
    sessions_.of[i] = ranked(sessions_.of[i], session_rank_);
    upload_of_[i] = ranked(upload_of_[i], upload_rank_);
  }
  out_.of = AssignedList(std::move(units_.of), std::move(sessions_.of), std::move(tasks_.of), std::move(upload_of_));
}

Identity Assembler::run() {
  units_ = identity::find_units(sightings_, line_, names_);
  sessions_ = identity::find_sessions(sightings_, line_, units_, names_);
  tasks_ = identity::find_tasks(sightings_, line_, units_, sessions_);
  find_uploads();
  adopt_receipts();
  note_first_seen();
  emit_units();
  emit_sessions();
  emit_tasks();
  emit_uploads();
  emit_assignments();
  return std::move(out_);
}

}  // namespace

Identity resolve_identity(const Sightings& sightings, const TimeLine& line) { return Assembler(sightings, line).run(); }

}  // namespace uptrail
