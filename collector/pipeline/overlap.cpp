#include "collector/pipeline/overlap.h"

#include <algorithm>
#include <iterator>
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

// Shows whole seconds: a moment alone says little there.
bool is_coarse(const Source& s) { return s.clock_info.traits.precision >= seconds(1); }

// Clocks of one class show the same moment as the same number; -1: not to be compared.
int clock_class(const Source& s) {
  if (s.is_store || s.clock == ClockKind::none) {
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
      if (i == j || classes[i] < 0 || classes[i] != classes[j] || is_coarse(a) != is_coarse(b) || !a.first || !a.last ||
          !b.first || !b.last) {
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
    const Sighting s = all_[i];
    return std::tuple(classes_[s.source.value], s.t, s.kind, s.observer, s.pid, s.id, s.uuid, s.session_uuid, s.identifier,
                      s.object, s.desc, s.upload, s.process, s.bundle);
  }
  [[nodiscard]] std::vector<std::uint32_t> candidates() const;
  void settle(std::span<const std::uint32_t> same);
  using Shared = std::span<const std::uint32_t>;
  void find_runs(const Shared& coarse);
  bool compare(const Shared& a, const Shared& b, Window seconds);
  [[nodiscard]] std::size_t length_of_run(const Shared& a, const Shared& b, std::int64_t last_second) const;
  [[nodiscard]] bool is_proof(const Shared& run) const;
  void mark(std::uint32_t i);

  std::span<const Source> sources_;
  const SightingList& all_;
  std::vector<int> classes_;
  Overlap out_;
};

void Finder::mark(std::uint32_t i) {
  if (out_.repeated.empty()) {
    out_.repeated.resize(all_.size());
    out_.per_source.resize(sources_.size());
  }
  out_.per_source[all_[i].source.value] += out_.repeated[i] ? 0U : 1U;
  out_.repeated[i] = true;
}

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
void Finder::settle(std::span<const std::uint32_t> same) {
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
  for (const std::uint32_t i : same) {
    if (all_[i].source.value != best->first) {
      mark(i);
    }
  }
}

// How many events both tell one for one from their begin on, when that is all of one of them, and what the other has more is of
// the last second, in which one log may end earlier; else 0.
std::size_t Finder::length_of_run(const Shared& a, const Shared& b, std::int64_t last_second) const {
  const std::size_t n = std::min(a.size(), b.size());
  const Shared more = (a.size() > b.size() ? a : b).subspan(n);
  const bool at_end = std::all_of(more.begin(), more.end(), [&](std::uint32_t i) { return all_[i].t == last_second; });
  const bool same = at_end && std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(n), b.begin(),
                                         [this](std::uint32_t x, std::uint32_t y) { return key(x) == key(y); });
  return same ? n : 0;
}

// Longer than chance: several events that name a task or session by its UUID, in more than one second.
bool Finder::is_proof(const Shared& run) const {
  constexpr std::ptrdiff_t kLeast = 3;
  const auto named = std::count_if(
      run.begin(), run.end(), [this](std::uint32_t i) { return all_[i].uuid != kNoUuid || all_[i].session_uuid != kNoUuid; });
  return named >= kLeast && all_[run.front()].t != all_[run.back()].t;
}

// `a` and `b`: what two logs tell of the seconds that both cover, in the order of the files. In the first of these seconds `b`
// may begin later. Either all the rest is the same, or nothing is taken for the same. False: the latter.
bool Finder::compare(const Shared& a, const Shared& b, Window seconds) {
  constexpr std::size_t kMostTries = 1000;
  for (std::size_t from = 0; from < std::min(a.size(), kMostTries); ++from) {
    if (from > 0 && all_[a[from - 1]].t != seconds.first) {
      return false;
    }
    const std::size_t n = length_of_run(a.subspan(from), b, seconds.last);
    if (n > 0 && is_proof(b.first(n))) {
      const Source& one = sources_[all_[a.front()].source.value];
      const Source& two = sources_[all_[b.front()].source.value];
      const Shared run = one.content_hash > two.content_hash ? a.subspan(from, n) : b.first(n);
      std::for_each(run.begin(), run.end(), [this](std::uint32_t i) { mark(i); });
      return true;
    }
  }
  return false;
}

void Finder::find_runs(const Shared& coarse) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_source;
  for (const std::uint32_t i : coarse) {
    by_source[all_[i].source.value].push_back(i);
  }
  for (auto a = by_source.begin(); a != by_source.end(); ++a) {
    for (auto b = std::next(a); b != by_source.end(); ++b) {
      const Source& one = sources_[a->first];
      const Source& two = sources_[b->first];
      if (classes_[a->first] != classes_[b->first] || !one.first || !one.last || !two.first || !two.last) {
        continue;
      }
      const Window seconds{std::max(one.first->ns, two.first->ns), std::min(one.last->ns, two.last->ns)};
      const auto outside = [&](std::uint32_t i) { return all_[i].t < seconds.first || all_[i].t > seconds.last; };
      std::vector<std::uint32_t> x = a->second;
      std::vector<std::uint32_t> y = b->second;
      std::erase_if(x, outside);
      std::erase_if(y, outside);
      if (!compare(x, y, seconds)) {
        compare(y, x, seconds);
      }
    }
  }
}

Overlap Finder::run() {
  std::vector<std::uint32_t> order = candidates();
  const auto fine_end = std::stable_partition(order.begin(), order.end(),
                                              [this](std::uint32_t i) { return !is_coarse(sources_[all_[i].source.value]); });
  find_runs(Shared(fine_end, order.end()));
  order.erase(fine_end, order.end());
  std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && key(order[begin]) == key(order[end])) {
      ++end;
    }
    if (end - begin > 1) {
      settle(std::span(order).subspan(begin, end - begin));
    }
    begin = end;
  }
  return std::move(out_);
}

}  // namespace

Overlap find_overlap(std::span<const Source> sources, const Sightings& sightings) { return Finder(sources, sightings).run(); }

}  // namespace uptrail
