#include "collector/containers/script_timeline.h"

#include <algorithm>
#include <map>

#include "collector/base/text.h"
#include "collector/containers/script_values.h"

namespace uptrail {

namespace {

constexpr std::int64_t kHeartbeat = 5'000'000'000;
constexpr std::int64_t kTail = 120'000'000'000;  // of the capture behind the last line

struct Running {
  bool running = false;
  std::int64_t next_ns = 0;
  ScriptDraft beat;
};

class Placer {
 public:
  Placer(const Script& script, std::vector<ScriptDraft> drafts, std::vector<Issue> issues)
      : script_(script), drafts_(std::move(drafts)), issues_(std::move(issues)) {}
  ExpandedScript take();

 private:
  [[nodiscard]] std::vector<Observer> observers() const;
  [[nodiscard]] std::string kinds_of(Observer observer) const;
  void manifest(EventKind kind, Observer observer, std::int64_t at_ns, const ScriptLine& line);
  void add_gaps(const std::vector<Observer>& recorded);
  void beats_until(std::int64_t end_ns, bool inclusive);
  void follow(const ScriptDraft& draft);
  [[nodiscard]] bool in_gap(std::int64_t at_ns) const;
  void give(const ScriptDraft& draft, SourceSpan span, std::string_view text);

  const Script& script_;
  std::vector<ScriptDraft> drafts_;
  std::vector<Issue> issues_;
  std::map<std::string, Running> running_;
  ExpandedScript out_;
  bool full_ = false;
};

// Those that record and speak: the app and the daemon always, the others when a line is theirs.
std::vector<Observer> Placer::observers() const {
  std::vector<Observer> out;
  for (std::size_t i = 0; i < kObserverCount; ++i) {
    const auto observer = static_cast<Observer>(i);
    const bool speaks = observer == Observer::app || observer == Observer::daemon ||
                        std::any_of(drafts_.begin(), drafts_.end(), [&](const auto& d) { return d.observer == observer; });
    if (speaks && script_.cover[i].recorded) {
      out.push_back(observer);
    }
  }
  return out;
}

std::string Placer::kinds_of(Observer observer) const {
  const ScriptCover& cover = script_.cover[static_cast<std::size_t>(observer)];
  std::string out = "[";
  const auto add = [&](std::string_view kind) {
    out += out.size() > 1 ? "," : "";
    append_json_string(out, kind);
  };
  if (!cover.narrowed()) {
    add("*");
  } else if (cover.except.empty()) {
    std::for_each(cover.only.begin(), cover.only.end(), add);
  } else {
    for (std::size_t i = 0; i < kEventKindCount; ++i) {
      const std::string_view name = kind_name(static_cast<EventKind>(i));
      const Observer usual = script_observer(static_cast<EventKind>(i));
      const bool own = usual == observer || (usual == Observer::app && observer != Observer::daemon);
      if (own && cover.records(static_cast<EventKind>(i))) {
        add(name);
      }
    }
  }
  return out + ']';
}

void Placer::give(const ScriptDraft& draft, SourceSpan span, std::string_view text) {
  if (full_) {
    return;
  }
  if (out_.events.size() >= kMaxScriptEvents) {
    issues_.push_back({IssueKind::limit, span,
                       "the script has more than " + std::to_string(kMaxScriptEvents) + " events; the rest is left out"});
    full_ = true;
    return;
  }
  ScriptEvent event;
  event.t = script_.start + nanoseconds(draft.at_ns);
  event.span = span;
  event.text = text;
  event.process = draft.process;
  event.pid = draft.pid;
  event.thread = draft.thread;
  event.json = draft.json(event.t);
  out_.events.push_back(std::move(event));
}

void Placer::manifest(EventKind kind, Observer observer, std::int64_t at_ns, const ScriptLine& line) {
  ScriptDraft draft;
  draft.kind = kind;
  draft.observer = observer;
  draft.at_ns = at_ns;
  draft.set_text(Field::source, observer_name(observer));
  if (kind == EventKind::capture_begin) {
    draft.set(Field::kinds, kinds_of(observer));
    if (script_.cover[static_cast<std::size_t>(observer)].redacted) {
      draft.set(Field::redacted, "true");
    }
  }
  give(draft, line.span, line.text);
}

void Placer::add_gaps(const std::vector<Observer>& recorded) {
  for (std::size_t i = 0; i < script_.gaps.size(); ++i) {
    const ScriptGap& gap = script_.gaps[i];
    for (const Observer observer : recorded) {
      if (gap.observer && *gap.observer != observer) {
        continue;
      }
      ScriptDraft draft;
      draft.kind = EventKind::capture_gap;
      draft.observer = observer;
      draft.at_ns = gap.to_ns;
      draft.line = script_.lines.size() + i;
      draft.set_text(Field::source, observer_name(observer));
      draft.set(Field::from, std::to_string((script_.start + nanoseconds(gap.from_ns)).ns));
      draft.set(Field::to, std::to_string((script_.start + nanoseconds(gap.to_ns)).ns));
      draft.set_text(Field::reason, "dropped");
      drafts_.push_back(std::move(draft));
    }
  }
}

bool Placer::in_gap(std::int64_t at_ns) const {
  return std::any_of(script_.gaps.begin(), script_.gaps.end(), [&](const ScriptGap& gap) {
    return (!gap.observer || *gap.observer == Observer::app) && gap.from_ns <= at_ns && at_ns < gap.to_ns;
  });
}

void Placer::beats_until(std::int64_t end_ns, bool inclusive) {
  if (!script_.cover[static_cast<std::size_t>(Observer::app)].records(EventKind::app_heartbeat)) {
    return;
  }
  for (;;) {
    Running* first = nullptr;
    for (auto& [name, process] : running_) {
      const bool due = process.running && (process.next_ns < end_ns || (inclusive && process.next_ns == end_ns));
      if (due && (first == nullptr || process.next_ns < first->next_ns)) {
        first = &process;
      }
    }
    if (first == nullptr || full_) {
      return;
    }
    first->beat.at_ns = first->next_ns;
    first->next_ns += kHeartbeat;
    if (!in_gap(first->beat.at_ns)) {
      const ScriptLine& line = script_.lines[first->beat.line];
      give(first->beat, line.span, line.text);
    }
  }
}

// Who runs after this event.
void Placer::follow(const ScriptDraft& draft) {
  switch (draft.kind) {
    case EventKind::app_launch:
    case EventKind::app_resume:
    case EventKind::app_foreground: {
      Running& process = running_[draft.process];
      if (process.running && draft.kind != EventKind::app_launch) {
        return;
      }
      process.running = true;
      process.next_ns = draft.at_ns + kHeartbeat;
      process.beat = {};
      process.beat.kind = EventKind::app_heartbeat;
      process.beat.process = draft.process;
      process.beat.bundle = draft.bundle;
      process.beat.pid = draft.pid;
      process.beat.line = draft.line;
      return;
    }
    case EventKind::app_suspend:
    case EventKind::app_terminate:
    case EventKind::app_force_quit:
      running_[draft.process].running = false;
      return;
    case EventKind::device_boot:
      running_.clear();
      return;
    default:
      return;
  }
}

ExpandedScript Placer::take() {
  if (script_.lines.empty()) {
    out_.issues = std::move(issues_);
    return std::move(out_);
  }
  std::int64_t last_ns = 0;
  for (const ScriptLine& line : script_.lines) {
    last_ns = std::max(last_ns, line.at_ns);
  }
  const std::int64_t end_ns = script_.end_ns.value_or(last_ns + kTail);
  const auto recorded = observers();
  add_gaps(recorded);
  std::stable_sort(drafts_.begin(), drafts_.end(), [](const auto& a, const auto& b) { return a.at_ns < b.at_ns; });
  for (const Observer observer : recorded) {
    manifest(EventKind::capture_begin, observer, 0, script_.lines.front());
  }
  for (ScriptDraft& draft : drafts_) {
    if (draft.at_ns > end_ns) {
      break;
    }
    beats_until(draft.at_ns, false);
    follow(draft);
    const ScriptCover& cover = script_.cover[static_cast<std::size_t>(draft.observer)];
    const bool of_gap = draft.line >= script_.lines.size();
    if (!of_gap && !cover.records(draft.kind)) {
      continue;
    }
    if (cover.redacted) {
      draft.bundle.clear();
      draft.process.clear();
    }
    std::erase_if(draft.fields,
                  [&](const auto& f) { return f.first == Field::identifier && (cover.redacted || f.second == "\"\""); });
    if (of_gap) {
      const ScriptGap& gap = script_.gaps[draft.line - script_.lines.size()];
      give(draft, gap.span, gap.text);
    } else {
      give(draft, script_.lines[draft.line].span, script_.lines[draft.line].text);
    }
  }
  beats_until(end_ns, true);
  for (const Observer observer : recorded) {
    manifest(EventKind::capture_end, observer, end_ns, script_.lines.back());
  }
  out_.issues = std::move(issues_);
  return std::move(out_);
}

}  // namespace

ExpandedScript place_script(const Script& script, std::vector<ScriptDraft> drafts, std::vector<Issue> issues) {
  return Placer(script, std::move(drafts), std::move(issues)).take();
}

}  // namespace uptrail
