#include "collector/pipeline/overlap.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace uptrail {

namespace {

bool of_the_capture(EventKind kind) {
  switch (kind) {
    case EventKind::capture_begin:
    case EventKind::capture_end:
    case EventKind::capture_gap:
    case EventKind::clock_step:
    case EventKind::clock_sync:
    case EventKind::store_entry:
    case EventKind::store_snapshot:
      return true;
    default:
      return false;
  }
}

// Clocks of one class show the same moment as the same number; -1: not to be compared.
int clock_class(const Source& s) {
  if (s.is_store || s.clock == ClockKind::none || s.clock_info.traits.precision >= seconds(1)) {
    return -1;
  }
  return s.clock == ClockKind::absolute ? 0 : 1 + static_cast<int>(s.clock_info.traits.date);
}

struct Window {
  std::int64_t first = INT64_MAX, last = INT64_MIN;
};

// Of each source: the part of its time that another source of its class has, too.
std::vector<Window> shared_windows(std::span<const Source> sources, const std::vector<int>& classes) {
  std::vector<Window> out(sources.size());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    for (std::size_t j = 0; j < sources.size(); ++j) {
      const Source& a = sources[i];
      const Source& b = sources[j];
      if (i == j || classes[i] < 0 || classes[i] != classes[j] || !a.first || !a.last || !b.first || !b.last) {
        continue;
      }
      const std::int64_t first = std::max(a.first->ns, b.first->ns);
      const std::int64_t last = std::min(a.last->ns, b.last->ns);
      if (first <= last) {
        out[i].first = std::min(out[i].first, first);
        out[i].last = std::max(out[i].last, last);
      }
    }
  }
  return out;
}

class Finder {
 public:
  Finder(std::span<const Source> sources, const Sightings& sightings) : sources_(sources), all_(sightings.all()) {
    for (const Source& s : sources) {
      classes_.push_back(clock_class(s));
    }
  }
  Overlap run();

 private:
  [[nodiscard]] auto key(std::uint32_t i) const {
    const Sighting& s = all_[i];
    return std::tie(classes_[s.source.value], s.t, s.kind, s.observer, s.pid, s.id, s.uuid, s.session_uuid, s.identifier,
                    s.object, s.desc, s.upload, s.process, s.bundle);
  }
  [[nodiscard]] std::vector<std::uint32_t> candidates() const;
  void settle(std::span<const std::uint32_t> same, Overlap& out) const;

  std::span<const Source> sources_;
  const std::vector<Sighting>& all_;
  std::vector<int> classes_;
};

std::vector<std::uint32_t> Finder::candidates() const {
  const std::vector<Window> windows = shared_windows(sources_, classes_);
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < all_.size(); ++i) {
    const Sighting& s = all_[i];
    const Window& w = windows[s.source.value];
    if (s.has_time() && s.t >= w.first && s.t <= w.last && !of_the_capture(s.kind)) {
      out.push_back(i);
    }
  }
  return out;
}

// Of the sources that tell the event, the one that tells it most often counts; of equals the one with the lower content hash.
void Finder::settle(std::span<const std::uint32_t> same, Overlap& out) const {
  std::map<std::uint32_t, std::size_t> told;
  for (const std::uint32_t i : same) {
    ++told[all_[i].source.value];
  }
  if (told.size() < 2) {
    return;
  }
  const auto best = std::max_element(told.begin(), told.end(), [&](const auto& a, const auto& b) {
    return a.second != b.second ? a.second < b.second : sources_[a.first].content_hash > sources_[b.first].content_hash;
  });
  if (out.repeated.empty()) {
    out.repeated.resize(all_.size());
    out.per_source.resize(sources_.size());
  }
  for (const std::uint32_t i : same) {
    if (all_[i].source.value != best->first) {
      out.repeated[i] = true;
      ++out.per_source[all_[i].source.value];
    }
  }
}

Overlap Finder::run() {
  Overlap out;
  std::vector<std::uint32_t> order = candidates();
  std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && key(order[begin]) == key(order[end])) {
      ++end;
    }
    if (end - begin > 1) {
      settle(std::span(order).subspan(begin, end - begin), out);
    }
    begin = end;
  }
  return out;
}

}  // namespace

Overlap find_overlap(std::span<const Source> sources, const Sightings& sightings) { return Finder(sources, sightings).run(); }

}  // namespace uptrail
