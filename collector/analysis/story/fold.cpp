#include "collector/analysis/story/fold.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "collector/base/text.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;

constexpr DurationNs kOneStep = seconds(10);   // background and suspend, launch and foreground
constexpr DurationNs kSameThing = seconds(2);  // one transition, told by two observers
constexpr std::size_t kKeptRun = 3;            // alike, before they are folded
constexpr std::size_t kKeptEnds = 1;           // at each end of a run of context
constexpr std::size_t kMostBeats = 28;

void absorb(Beat& into, const Beat& from) {
  into.events.insert(into.events.end(), from.events.begin(), from.events.end());
  into.until = std::max(into.until, from.until);
}

bool one_after_other(const Beat& a, const Beat& b, DurationNs within) { return a.domain == b.domain && b.t - a.t <= within; }

// Each of them is a step of its own, however near the next one is.
bool repeats(K kind) { return kind == K::task_progress || kind == K::daemon_task_retry || kind == K::task_redirect; }

// True when `b` was joined into `a`, the beat before it.
bool join(Beat& a, const Beat& b) {
  if (!one_after_other(a, b, kOneStep)) {
    return false;
  }
  const bool told_twice = a.kind == b.kind && a.task == b.task && a.actor == b.actor && !repeats(a.kind);
  if (told_twice && b.t - a.t <= kSameThing && (a.life || a.text == b.text)) {
    absorb(a, b);
    a.until = a.t;
    a.detail = a.detail.size() >= b.detail.size() ? a.detail : b.detail;
    return true;
  }
  const bool quit = a.kind == K::app_force_quit && b.kind == K::app_terminate;
  if (quit || (a.kind == K::app_launch && b.kind == K::app_foreground)) {
    absorb(a, b);
    a.until = a.t;
    return true;
  }
  const bool ended = a.kind == K::app_terminate && b.kind == K::app_force_quit;
  if (ended || (a.kind == K::app_background && b.kind == K::app_suspend)) {
    absorb(a, b);
    a.kind = b.kind;
    a.text = b.text;
    a.until = a.t;
    return true;
  }
  if (a.kind == K::app_resume && b.kind == K::app_foreground) {
    absorb(a, b);
    a.text = "came back to the foreground";
    a.kind = b.kind;
    a.until = a.t;
    return true;
  }
  if (a.kind == K::task_create && b.kind == K::task_resume && a.task == b.task && b.t - a.t <= kSameThing) {
    absorb(a, b);
    if (!a.text.starts_with("created and resumed")) {
      a.text = "created and resumed" + a.text.substr(std::string_view("created").size());
    }
    a.until = a.t;
    return true;
  }
  return false;
}

void join_neighbours(std::vector<Beat>& beats) {
  std::vector<Beat> out;
  for (Beat& beat : beats) {
    // nsurlsessiond's own steps may stand between two of the app.
    bool joined = false;
    for (std::size_t back = 1; back <= 4 && back <= out.size() && !joined; ++back) {
      joined = join(out[out.size() - back], beat);
    }
    if (!joined) {
      out.push_back(std::move(beat));
    }
  }
  beats = std::move(out);
}

// Of more than kKeptRun alike, the first stays, the others become one beat at the last one's place; progress is always one.
void fold_repetitions(std::vector<Beat>& beats) {
  std::map<std::tuple<DomainId, K, TaskId, std::string>, std::vector<std::size_t>> alike;
  for (std::size_t i = 0; i < beats.size(); ++i) {
    const Beat& b = beats[i];
    if (b.task.valid() && b.kind != K::session_tasks_answered) {  // what the session does between others keeps its place
      const bool progress = b.kind == K::task_progress;
      alike[{b.domain, b.kind, b.task, progress ? std::string() : b.text}].push_back(i);
    }
  }
  std::vector<bool> drop(beats.size(), false);
  for (const auto& [key, places] : alike) {
    const bool progress = std::get<1>(key) == K::task_progress;
    if (places.size() < 2 || (!progress && places.size() <= kKeptRun)) {
      continue;
    }
    Beat& last = beats[places.back()];
    std::vector<EventId> events;
    for (std::size_t i = 1; i < places.size(); ++i) {
      const Beat& b = beats[places[i]];
      events.insert(events.end(), b.events.begin(), b.events.end());
      drop[places[i]] = places[i] != places.back();
    }
    last.events = std::move(events);
    last.times = places.size() - 1;
  }
  std::size_t i = 0;
  std::erase_if(beats, [&](const Beat& /*beat*/) { return drop[i++]; });
}

Beat summary(const std::vector<Beat>& beats, std::size_t from, std::size_t to, std::string_view what, std::string_view plural) {
  Beat out = beats[from];
  out.times = 1;
  out.events.clear();
  std::uint64_t n = 0;
  for (std::size_t i = from; i < to; ++i) {
    out.events.insert(out.events.end(), beats[i].events.begin(), beats[i].events.end());
    n += beats[i].times;
  }
  out.until = beats[to - 1].until;
  out.text = "… " + count_of(n, what, plural);
  out.detail.clear();
  out.timed = false;  // the beats around it say when
  out.kind = K::capture_gap;
  return out;
}

// Runs of the process's own life between two steps of the subject.
void fold_runs(std::vector<Beat>& beats) {
  std::vector<Beat> out;
  for (std::size_t i = 0; i < beats.size();) {
    std::size_t end = i;
    while (end < beats.size() && beats[end].life && beats[end].domain == beats[i].domain) {
      ++end;
    }
    if (end - i > 2 * kKeptEnds + 1) {
      out.insert(out.end(), beats.begin() + static_cast<std::ptrdiff_t>(i),
                 beats.begin() + static_cast<std::ptrdiff_t>(i + kKeptEnds));
      out.push_back(summary(beats, i + kKeptEnds, end - kKeptEnds, "more event of the app and its session",
                            "more events of the app and its session"));
      out.insert(out.end(), beats.begin() + static_cast<std::ptrdiff_t>(end - kKeptEnds),
                 beats.begin() + static_cast<std::ptrdiff_t>(end));
      i = end;
    } else {
      const std::size_t stop = std::max(end, i + 1);
      out.insert(out.end(), beats.begin() + static_cast<std::ptrdiff_t>(i), beats.begin() + static_cast<std::ptrdiff_t>(stop));
      i = stop;
    }
  }
  beats = std::move(out);
}

void leave_out_middle(std::vector<Beat>& beats) {
  if (beats.size() <= kMostBeats) {
    return;
  }
  const std::size_t head = kMostBeats / 2;
  const std::size_t tail = beats.size() - (kMostBeats - head - 1);
  std::vector<Beat> out(beats.begin(), beats.begin() + static_cast<std::ptrdiff_t>(head));
  out.push_back(summary(beats, head, tail, "more event", "more events"));
  out.insert(out.end(), beats.begin() + static_cast<std::ptrdiff_t>(tail), beats.end());
  beats = std::move(out);
}

}  // namespace

void fold_beats(std::vector<Beat>& beats) {
  join_neighbours(beats);
  fold_repetitions(beats);
  fold_runs(beats);
  leave_out_middle(beats);
}

void sort_beats(std::vector<Beat>& beats) {
  // The domain with the most beats is the main one; ties go to the first.
  std::map<DomainId, std::size_t> count;
  for (const Beat& b : beats) {
    count[b.domain] += b.life ? 0 : 1;
  }
  const auto most =
      std::max_element(count.begin(), count.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  const DomainId main = most == count.end() ? DomainId{} : most->first;
  std::stable_sort(beats.begin(), beats.end(), [&](const Beat& a, const Beat& b) {
    const bool am = a.domain != main;
    const bool bm = b.domain != main;
    return std::tie(am, a.domain, a.t) < std::tie(bm, b.domain, b.t);
  });
}

}  // namespace uptrail::analysis
