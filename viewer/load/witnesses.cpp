#include "viewer/load/witnesses.h"

#include <algorithm>

#include "viewer/load/loaded_case.h"

namespace uptrail::viewer {

namespace {
constexpr std::size_t kKept = 512;
constexpr std::uint64_t kScanned = 2'000'000;  // events: in larger cases only those that name their task are asked for
}  // namespace

const Testimony* Witnesses::of(const TestimonyOf& what) {
  const std::lock_guard lock(mutex_);
  const auto at = known_.find(what);
  if (at != known_.end()) return at->second.get();
  wishes_.insert(what);
  return nullptr;
}

bool Witnesses::wants() const {
  const std::lock_guard lock(mutex_);
  return !wishes_.empty();
}

void Witnesses::trim() {
  const std::lock_guard lock(mutex_);
  if (known_.size() > kKept) known_.clear();
}

std::shared_ptr<const StoreList> Witnesses::stores() const {
  const std::lock_guard lock(mutex_);
  return stores_;
}

std::vector<TestimonyOf> Witnesses::take_wishes() {
  const std::lock_guard lock(mutex_);
  std::vector<TestimonyOf> out(wishes_.begin(), wishes_.end());
  wishes_.clear();
  return out;
}

void Witnesses::answer(const TestimonyOf& what, Testimony testimony) {
  const std::lock_guard lock(mutex_);
  known_[what] = std::make_unique<const Testimony>(std::move(testimony));
}

void Witnesses::set_stores(std::shared_ptr<const StoreList> stores) {
  const std::lock_guard lock(mutex_);
  stores_ = std::move(stores);
}

namespace {

// The rules have found that the app goes on waiting for a task that is over: an earlier word of the app, but its last one.
void add_stuck(const LoadedCase& data, const TestimonyOf& what, Testimony& out) {
  using timeline::Stand;
  if (!data.has(what.upload) || data.upload(what.upload).outcome != UploadOutcome::affected) return;
  const auto& words = out.words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].who != timeline::Witness::app || words[i].stand != Stand::under_way) continue;
    const bool told = std::any_of(out.disagreements.begin(), out.disagreements.end(), [&](const auto& d) { return d.says == i; });
    for (std::size_t k = 0; k < words.size() && !told; ++k) {
      if (words[k].stand != Stand::over && words[k].stand != Stand::well && words[k].stand != Stand::badly) continue;
      if (!timeline::surely_before(words[i], words[k], data.streams)) continue;
      out.disagreements.push_back({i, k});
      break;
    }
  }
}

}  // namespace

Testimony read_testimony(CaseReader& reader, const LoadedCase& data, const TestimonyOf& what) {
  std::vector<TaskId> tasks;
  std::optional<UploadId> upload;
  Interval seen;
  if (what.task.valid()) tasks.push_back(what.task);
  if (data.has(what.upload)) {
    const timeline::UploadView view = data.upload(what.upload);
    if (data.event_count <= kScanned) upload = view.id;
    seen = {view.seen.start, view.seen.end + nanoseconds(1)};
    if (tasks.empty() && !view.tasks.empty()) tasks.push_back(view.tasks.back());
  }
  const auto said = timeline::beliefs_about(reader, tasks, upload, seen);
  if (!said) return {};
  Testimony out;
  out.words = timeline::last_words(*said);
  out.disagreements = timeline::disagreements(out.words, data.streams);
  add_stuck(data, what, out);
  return out;
}

}  // namespace uptrail::viewer
