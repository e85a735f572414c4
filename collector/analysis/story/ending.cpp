#include "collector/analysis/story/ending.h"

#include <algorithm>

namespace uptrail::analysis {

namespace {

using K = EventKind;

// Where the absence of a kind means something, over all streams of one order domain.
struct Covered {
  IntervalSet set;
  bool ever_logged = false;
  TimeNs until = kTimeMin;     // end of the log
  std::vector<EventId> basis;  // manifests of the streams
};

Covered covered(const EndingInput& in, K kind, DomainId domain) {
  Covered out;
  std::vector<StreamId> streams;
  for (const CoverageSpan& c : in.derived.coverage) {
    const bool mine = c.kind == kind && (!c.unit.valid() || c.unit == in.unit);
    if (!mine || !c.stream.valid() || c.stream.value >= in.streams.size()) {
      continue;
    }
    const Stream& stream = in.streams[c.stream.value];
    if (stream.domain != domain) {
      continue;
    }
    const TimeNs end = stream.open ? std::min(c.span.end, stream.open->end) : c.span.end;
    out.set.add(c.span);
    out.ever_logged = out.ever_logged || c.ever_logged;
    out.until = std::max(out.until, end);
    streams.push_back(c.stream);
  }
  for (const Event& e : in.context) {
    if (e.kind == K::capture_begin && std::find(streams.begin(), streams.end(), e.stream) != streams.end()) {
      out.basis.push_back(e.id);
    }
  }
  return out;
}

bool is_placed(const EndingInput& in, DomainId domain) {
  return std::any_of(in.streams.begin(), in.streams.end(), [&](const Stream& s) { return s.domain == domain && s.placed; });
}

DurationNs run_time(const EndingInput& in, DomainId domain, Interval span) {
  DurationNs out;
  for (const ProcessEpoch& epoch : in.derived.epochs) {
    if (epoch.unit == in.unit && epoch.domain == domain) {
      out = out + epoch.running.measure(span);
    }
  }
  return out;
}

std::string until_words(const EndingInput& in, DomainId domain, TimeNs from, TimeNs until) {
  return clock_words(in.telling, until, from, is_placed(in, domain));
}

Clause clause_of(std::string text, std::vector<EventId> events, const Covered& cover) {
  events.insert(events.end(), cover.basis.begin(), cover.basis.end());
  return {std::move(text), std::move(events), Joint::sentence};
}

// The last event of the task that says when it ended, else its last event.
const Event* last_of(const Task& task, std::span<const Event> own, bool ends_only) {
  const Event* out = nullptr;
  for (const Event& e : own) {
    const bool end = e.kind == K::daemon_task_finished || e.kind == K::task_cfn_finished || e.kind == K::store_entry;
    if (e.task == task.id && (end || !ends_only)) {
      out = &e;
    }
  }
  return out;
}

// Where the end of a task shows.
struct End {
  TimeNs t;
  DomainId domain;
  EventId event;
};

Clause not_told(const EndingInput& in, const std::string& it, const End& end, bool fired) {
  const DomainId domain = end.domain;
  const TimeNs finished = end.t;
  const Covered cover = covered(in, K::task_did_complete, domain);
  const Interval after{finished, std::max(finished, cover.until)};
  const std::string callback = "didCompleteWithError for " + it;
  if (cover.set.empty() && !fired) {
    return clause_of("whether the app was told cannot be said: no log shows its didCompleteWithError", {end.event}, cover);
  }
  const std::string until = until_words(in, domain, finished, after.end);
  if (cover.set.empty() || (!fired && (after.empty() || !cover.set.covers(after)))) {
    const bool over = after.empty();
    return clause_of(
        callback + " was not seen; " +
            (over ? "the app's log does not reach beyond that" : "the app's log covers only part of the time until " + until),
        {end.event}, cover);
  }
  if (!cover.ever_logged) {
    return clause_of(callback + " was not seen; the app's log declares it, but never shows one", {end.event}, cover);
  }
  const DurationNs ran = run_time(in, domain, after);
  if (ran.ns == 0) {
    return clause_of(
        "the app is not known to have run after that until its log ends at " + until + ", so it could not be told yet",
        {end.event}, cover);
  }
  return clause_of("the app never received " + callback + ", though its log covers it until " + until + " and it ran for " +
                       format_duration(ran) + " of that time",
                   {end.event}, cover);
}

bool was_cancelled(const Task& task) {
  return std::any_of(task.phases.begin(), task.phases.end(),
                     [](const TaskPhaseSpan& p) { return p.phase == TaskPhase::cancelled; });
}

}  // namespace

std::optional<Clause> task_ending(const EndingInput& in, const Task& task, const std::string& it, std::span<const Event> own,
                                  const Beat* listed, bool fired) {
  const Event* last = last_of(task, own, false);
  if (task.delivered || was_cancelled(task) || (last == nullptr && listed == nullptr)) {
    return std::nullopt;
  }
  if (const Event* end = last_of(task, own, true); end != nullptr && task.finished_in_daemon) {
    return not_told(in, it, {*task.finished_in_daemon, end->domain, end->id}, fired);
  }
  if (listed != nullptr) {
    return not_told(in, it, {listed->t, listed->domain, listed->events.front()}, fired);
  }
  if (task.finished_in_daemon || fired) {
    return not_told(in, it, {task.finished_in_daemon.value_or(last->t), last->domain, last->id}, fired);
  }
  const Covered daemon = covered(in, K::daemon_task_finished, last->domain);
  const Covered app = covered(in, K::task_did_complete, last->domain);
  if (daemon.set.empty() && app.set.empty()) {
    return clause_of("how " + it + " ended cannot be told: no log shows the ends of tasks", {last->id}, daemon);
  }
  const Covered& longest = daemon.until >= app.until ? daemon : app;
  const Interval after{last->t, std::max(last->t, longest.until)};
  const std::string who = daemon.set.empty() ? "the app's log" : app.set.empty() ? "nsurlsessiond's log" : "the logs";
  const bool plural = who == "the logs";
  if (!after.empty() && !daemon.set.covers(after) && !app.set.covers(after)) {
    return clause_of("no end of " + it + " was seen; " + who + (plural ? " cover" : " covers") + " only part of the time",
                     {last->id}, longest);
  }
  return clause_of("no end of " + it + " was seen by " + until_words(in, last->domain, last->t, after.end) + ", when " + who +
                       (plural ? " end" : " ends"),
                   {last->id}, longest);
}

std::optional<Clause> wake_ending(const EndingInput& in, const Wake& wake, DomainId domain) {
  if (!wake.handle_events || wake.handler_called) {
    return std::nullopt;
  }
  const Covered cover = covered(in, K::wake_handler_called, domain);
  if (cover.set.empty()) {
    return clause_of("whether the app called the completion handler cannot be said: no log shows it", {}, cover);
  }
  const Interval after{*wake.handle_events, std::max(*wake.handle_events, cover.until)};
  const std::string until = until_words(in, domain, after.start, after.end);
  if (after.empty() || !cover.set.covers(after)) {
    return clause_of("a call of the completion handler was not seen; the app's log covers only part of the time", {}, cover);
  }
  if (!cover.ever_logged) {
    return clause_of("a call of the completion handler was not seen; the app's log declares it, but never shows one", {}, cover);
  }
  return clause_of("the app never called the completion handler, though its log covers it until " + until, {}, cover);
}

}  // namespace uptrail::analysis
