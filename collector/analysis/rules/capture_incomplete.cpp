#include "collector/analysis/rules/capture_incomplete.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "collector/analysis/rules/contradictions.h"
#include "collector/analysis/rules/older_copies.h"
#include "collector/base/text.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;

// One thing about the capture that limits what can be concluded.
struct Limit {
  std::string text;
  std::string add;
  std::vector<EvidenceRef> evidence;
};

// Questions with one reason, told as one line.
struct Group {
  std::string rule, reason, add;
  std::size_t count = 0;
};

std::vector<Group> group(std::span<const Undetermined> questions) {
  std::map<std::tuple<std::string, std::string>, Group> by_reason;
  for (const Undetermined& q : questions) {
    Group& g = by_reason[{q.rule, q.reason}];
    g.rule = q.rule;
    g.reason = q.reason;
    g.add = g.add.empty() ? q.add : g.add;
    ++g.count;
  }
  std::vector<Group> out;
  out.reserve(by_reason.size());
  for (auto& [key, g] : by_reason) {
    out.push_back(std::move(g));
  }
  std::stable_sort(out.begin(), out.end(), [](const Group& a, const Group& b) { return a.count > b.count; });
  return out;
}

bool has_observer(const World& world, Observer observer) {
  const auto streams = world.streams();
  return std::any_of(streams.begin(), streams.end(), [&](const Stream& s) { return s.observer == observer; });
}

void no_callbacks(const World& world, std::vector<Limit>& limits) {
  if (world.tasks().empty() || !world.of_kind(K::task_did_complete).empty()) {
    return;
  }
  const Fact* first = world.facts().empty() ? nullptr : &world.facts().front();
  const bool app =
      has_observer(world, Observer::app) && std::any_of(world.facts().begin(), world.facts().end(), [&](const Fact& f) {
        return !f.has(kDevice) && f.stream.valid() && world.streams()[f.stream.value].observer == Observer::app;
      });
  Limit l{app ? "No didCompleteWithError is logged by the app." : "Nothing in the capture was logged by the app's own code.",
          "add the in-app logger: uptrail howto instrument",
          {}};
  if (first != nullptr) {
    l.evidence.push_back({first->event, "the capture begins here", false});
  }
  limits.push_back(std::move(l));
}

void gaps(const World& world, std::vector<Limit>& limits) {
  Limit missing{"", "record without gaps", {}};
  for (const FactIndex i : world.of_kind(K::capture_gap)) {
    missing.evidence.push_back({world.fact(i).event, "records are missing here", false});
  }
  if (!missing.evidence.empty()) {
    missing.text = count_of(missing.evidence.size(), "gap") + " in the capture.";
    limits.push_back(std::move(missing));
  }
  Limit steps{"The clock was moved during the capture.", "", {}};
  for (const FactIndex i : world.of_kind(K::clock_step)) {
    steps.evidence.push_back({world.fact(i).event, "the clock was moved here", false});
  }
  if (!steps.evidence.empty()) {
    limits.push_back(std::move(steps));
  }
}

// Returns whether there are any: they are told of however little else is known.
bool contradictory(const World& world, std::vector<Limit>& limits) {
  const std::vector<Contradiction> found = contradictions(world);
  for (const Contradiction& c : found) {
    limits.push_back({c.text, "check the clocks, and whether the logs are of one device and one run", c.evidence});
  }
  const std::vector<Contradiction> older = older_copies(world);
  for (const Contradiction& c : older) {
    limits.push_back({c.text, "copy tasks.sqlite together with its -wal", c.evidence});
  }
  return !found.empty() || !older.empty();
}

// Said along with the rest, but no reason to speak up: nearly every system log hides names and may lose lines.
void losses(const World& world, std::vector<Limit>& limits) {
  std::set<StreamId> used;
  for (const Fact& f : world.facts()) {
    used.insert(f.stream);
  }
  bool lossy = false;
  bool redacted = false;
  for (const Stream& s : world.streams()) {
    lossy = lossy || (s.lossy && used.contains(s.id));
    redacted = redacted || (s.redacted && used.contains(s.id));
  }
  if (lossy) {
    limits.push_back({"A log may have lost records without saying so.", "record live instead of from the log store", {}});
  }
  if (redacted) {
    limits.push_back({"A log hides identifiers and URLs as <private>.", "record with private data enabled", {}});
  }
}

// The same: most good captures begin and end in the middle of something.
void edges(const World& world, std::vector<Limit>& limits) {
  for (const EpochId id : world.epochs()) {
    const ProcessEpoch& e = world.derived().epochs[id.value];
    if (!e.launch && e.seen.start < world.capture_begin(e.domain) + seconds(10)) {
      limits.push_back({"The capture starts in the middle of a process.", "start recording before the app is launched", {}});
      break;
    }
  }
  std::size_t live = 0;
  for (const TaskId id : world.tasks()) {
    const Task& t = world.derived().tasks[id.value];
    live += !t.delivered && !world.of_task(id).empty() ? 1 : 0;
  }
  if (live > 0) {
    limits.push_back({"The capture ends with " + count_of(live, "task") + " not delivered.", "record longer", {}});
  }
  const auto open = std::count_if(world.derived().wakes.begin(), world.derived().wakes.end(), [&](const Wake& w) {
    return w.unit == world.unit().id && w.handle_events && !w.handler_called;
  });
  if (open > 0) {
    limits.push_back({count_of(static_cast<std::uint64_t>(open), "wake") + " without a call of the handler.", "", {}});
  }
}

std::string clause(const Group& g) {
  return g.rule + ": " + count_of(g.count, "question") + ", " + (g.reason.empty() ? "no reason given" : g.reason);
}

void write_texts(Finding& f, const std::vector<Group>& groups, const std::vector<Limit>& limits, std::size_t questions) {
  f.title = questions > 0 ? count_of(questions, "question") + " cannot be answered" : "The capture is incomplete";
  const std::string why = !groups.empty() ? groups.front().reason : limits.front().text;
  f.title += why.empty() ? "" : ": " + why;
  while (f.title.ends_with('.')) {
    f.title.pop_back();
  }
  std::vector<std::string> adds;
  const auto want = [&](const std::string& add) {
    if (!add.empty() && std::find(adds.begin(), adds.end(), add) == adds.end()) {
      adds.push_back(add);
    }
  };
  for (const Limit& l : limits) {
    f.explanation += l.text + "\n";
    want(l.add);
  }
  for (const Group& g : groups) {
    f.explanation += clause(g) + ".\n";
    want(g.add);
  }
  if (f.explanation.ends_with('\n')) {
    f.explanation.pop_back();
  }
  constexpr std::size_t kShown = 3;  // the first ones answer most
  adds.resize(std::min(adds.size(), kShown));
  for (const std::string& add : adds) {
    f.remedy += f.remedy.empty() ? add : "; " + add;
  }
  if (f.remedy.empty()) {
    f.remedy = capture_incomplete_info().remedy;
  } else {
    f.remedy += ".";
  }
}

}  // namespace

const RuleInfo& capture_incomplete_info() {
  static const RuleInfo kInfo{
      "capture-incomplete",
      "This capture cannot answer some questions",
      Severity::info,
      "Says which questions stay open because the capture lacks the evidence, and the smallest thing that would answer them.",
      "Nothing: it is the report on what is absent.",
      "Record the named source, start before the launch, and stop at least 30 s of run time after the last event.",
      {}};
  return kInfo;
}

std::optional<Finding> judge_capture(const World& world, std::span<const Undetermined> questions) {
  std::vector<Limit> limits;
  no_callbacks(world, limits);
  gaps(world, limits);
  const bool broken = contradictory(world, limits);
  if (questions.empty() && !broken && (limits.empty() || world.tasks().empty())) {
    return std::nullopt;
  }
  losses(world, limits);
  edges(world, limits);
  const std::vector<Group> groups = group(questions);
  Finding f;
  f.rule = capture_incomplete_info().id;
  f.severity = Severity::info;
  f.confidence = Confidence::proven;
  f.subject.unit = world.unit().id;
  f.subject.label = !world.unit().title.empty() ? world.unit().title : world.unit().bundle;
  f.t = world.facts().empty() ? TimeNs{} : world.facts().front().t;
  write_texts(f, groups, limits, questions.size());
  for (const Limit& l : limits) {
    f.evidence.insert(f.evidence.end(), l.evidence.begin(), l.evidence.end());
  }
  f.numbers.push_back({"questions", static_cast<double>(questions.size()), std::nullopt, ""});
  f.clears_if = "A capture in which the named events are recorded.";
  return f;
}

}  // namespace uptrail::analysis
