#include "collector/pipeline/dispute.h"

#include <algorithm>
#include <set>

#include "collector/analysis/analyse.h"
#include "collector/pipeline/collect.h"
#include "collector/pipeline/dispute_script.h"

namespace uptrail {

namespace {

constexpr std::size_t kMostEvents = 20'000;  // of which a script is made at all
constexpr std::size_t kMostRuns = 400;       // of the analysis
constexpr std::size_t kMostWork = 300'000;   // lines analysed, over all runs

using Lines = std::vector<DisputeLine>;

class Disputer {
 public:
  Disputer(CaseReader& reader, const Finding& finding) : reader_(reader), finding_(finding) {}
  Result<Dispute> take();

 private:
  Status read();
  Status read_evidence();
  void choose_tasks();
  [[nodiscard]] bool is_related(const Event& event) const;
  [[nodiscard]] std::string text_of(const Lines& lines) const;
  bool fires(const Lines& lines);
  bool without(Lines& lines, const std::vector<bool>& drop);
  void drop_tasks(Lines& lines);
  void drop_chunks(Lines& lines);

  CaseReader& reader_;
  const Finding& finding_;
  Derived derived_;
  std::vector<Stream> streams_;
  DomainId domain_;
  std::optional<DisputeScript> script_;
  std::set<TaskId> related_tasks_;
  std::set<SessionId> related_sessions_;
  Lines all_, related_;
  std::string gaps_, last_failure_;
  Confidence required_ = Confidence::hint;
  std::size_t events_ = 0, runs_ = 0, work_ = 0;
};

Status Disputer::read_evidence() {
  for (const EvidenceRef& ref : finding_.evidence) {
    const auto event = reader_.event(ref.event);
    UPTRAIL_TRY(event);
    if (!*event) {
      continue;
    }
    const Event& e = **event;
    domain_ = !domain_.valid() || ref.key ? e.domain : domain_;
    if (e.task.valid()) {
      related_tasks_.insert(e.task);
    }
    if (e.session.valid()) {
      related_sessions_.insert(e.session);
    }
  }
  return done();
}

void Disputer::choose_tasks() {
  const Subject& s = finding_.subject;
  if (s.task.valid()) {
    related_tasks_.insert(s.task);
  }
  if (s.session.valid()) {
    related_sessions_.insert(s.session);
  }
  for (const Task& task : derived_.tasks) {
    if (s.upload.valid() && task.upload == s.upload) {
      related_tasks_.insert(task.id);
    }
  }
  const bool whole_sessions = related_tasks_.empty();
  for (const Task& task : derived_.tasks) {
    if (related_tasks_.contains(task.id) && task.session.valid()) {
      related_sessions_.insert(task.session);
    } else if (whole_sessions && related_sessions_.contains(task.session)) {
      related_tasks_.insert(task.id);
    }
  }
}

bool Disputer::is_related(const Event& e) const {
  if (e.task.valid()) {
    return related_tasks_.contains(e.task);
  }
  if (e.upload.valid() && e.kind == EventKind::upload_state) {
    return finding_.subject.upload == e.upload || std::any_of(related_tasks_.begin(), related_tasks_.end(), [&](TaskId t) {
             return t.value < derived_.tasks.size() && derived_.tasks[t.value].upload == e.upload;
           });
  }
  return !e.session.valid() || related_sessions_.empty() || related_sessions_.contains(e.session);
}

Status Disputer::read() {
  auto derived = reader_.derived();
  UPTRAIL_TRY(derived);
  derived_ = derived.take();
  auto streams = reader_.streams();
  UPTRAIL_TRY(streams);
  streams_ = streams.take();
  UPTRAIL_TRY(read_evidence());
  const bool clock =
      std::any_of(streams_.begin(), streams_.end(), [&](const Stream& s) { return s.domain == domain_ && s.open; });
  if (!domain_.valid() || !clock) {
    return fail(ErrorKind::usage, "the finding rests on no event with a time: a script of it would say nothing");
  }
  choose_tasks();
  script_.emplace(derived_, streams_, finding_.subject.unit, domain_);
  EventQuery query;
  if (finding_.subject.unit.valid()) {
    query.unit = finding_.subject.unit;
  }
  return reader_.for_each_event(query, [&](const Event& e) {
    if (e.domain != domain_) {
      return true;
    }
    gaps_ += script_->gap(e);
    if (auto line = script_->line(e)) {
      ++events_;
      if (is_related(e)) {
        related_.push_back(*line);
      }
      all_.push_back(std::move(*line));
    }
    return related_.size() <= kMostEvents;
  });
}

std::string Disputer::text_of(const Lines& lines) const {
  std::string out = "=== dispute of " + finding_.rule + "\n" + script_->head(lines) + gaps_;
  for (const DisputeLine& line : lines) {
    out += line.text + "\n";
  }
  return out + "fire: " + finding_.rule + "/" + std::string(severity_name(finding_.severity)) + "\n";
}

bool Disputer::fires(const Lines& lines) {
  ++runs_;
  work_ += lines.size();
  analysis::RuleSettings settings;
  if (finding_.rule != "capture-incomplete") {
    settings.only = {finding_.rule};
  }
  const auto reader = collect_text(text_of(lines), "dispute.scn", settings);
  if (!reader.ok()) {
    last_failure_ = reader.error().message;
    return false;
  }
  const auto derived = (*reader)->derived();
  if (!derived.ok()) {
    last_failure_ = derived.error().message;
    return false;
  }
  for (const Finding& f : derived->findings) {
    if (f.rule == finding_.rule && f.severity == finding_.severity && f.confidence >= required_) {
      return true;
    }
  }
  const auto asked = std::find_if(derived->undetermined.begin(), derived->undetermined.end(),
                                  [&](const Undetermined& u) { return u.rule == finding_.rule; });
  last_failure_ = asked == derived->undetermined.end() ? "the rule does not fire" : "the rule cannot tell: " + asked->reason;
  return false;
}

bool Disputer::without(Lines& lines, const std::vector<bool>& drop) {
  if (runs_ >= kMostRuns || work_ >= kMostWork) {
    return false;
  }
  Lines fewer;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!drop[i]) {
      fewer.push_back(lines[i]);
    }
  }
  if (fewer.size() == lines.size() || fewer.empty() || !fires(fewer)) {
    return false;
  }
  lines = std::move(fewer);
  return true;
}

// Whole tasks first: that makes big scripts small soonest.
void Disputer::drop_tasks(Lines& lines) {
  std::set<TaskId> tasks;
  for (const DisputeLine& line : lines) {
    if (line.task.valid()) {
      tasks.insert(line.task);
    }
  }
  std::vector<TaskId> left(tasks.begin(), tasks.end());
  for (std::size_t chunk = left.size(); chunk > 0; chunk /= 2) {
    for (std::size_t at = 0; at < left.size();) {
      const std::size_t end = std::min(at + chunk, left.size());
      const std::set<TaskId> tried(left.begin() + static_cast<std::ptrdiff_t>(at),
                                   left.begin() + static_cast<std::ptrdiff_t>(end));
      std::vector<bool> drop;
      for (const DisputeLine& line : lines) {
        drop.push_back(line.task.valid() && tried.contains(line.task));
      }
      if (without(lines, drop)) {
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(at), left.begin() + static_cast<std::ptrdiff_t>(end));
      } else {
        at = end;
      }
    }
  }
}

void Disputer::drop_chunks(Lines& lines) {
  for (std::size_t chunk = std::max<std::size_t>(lines.size() / 2, 1); chunk > 0; chunk /= 2) {
    for (std::size_t at = lines.size(); at > 0;) {  // from the end: what comes last is needed least often
      const std::size_t from = at > chunk ? at - chunk : 0;
      std::vector<bool> drop(lines.size(), false);
      std::fill(drop.begin() + static_cast<std::ptrdiff_t>(from),
                drop.begin() + static_cast<std::ptrdiff_t>(std::min(at, lines.size())), true);
      without(lines, drop);
      at = from;
    }
  }
}

Result<Dispute> Disputer::take() {
  UPTRAIL_TRY(read());
  Dispute out;
  out.of = events_;
  Lines* lines = &related_;
  if (related_.size() > kMostEvents) {
    return fail(ErrorKind::limit, "more than " + std::to_string(kMostEvents) + " events belong to the finding");
  }
  // As sure as on the case, else at least at all: what makes it surer may be private (the query of a URL).
  for (const Confidence wanted : {finding_.confidence, Confidence::hint}) {
    required_ = out.reproduced ? required_ : wanted;
    out.reproduced = out.reproduced || fires(related_);
    if (!out.reproduced && all_.size() > related_.size() && all_.size() <= kMostEvents && fires(all_)) {
      out.reproduced = true;
      lines = &all_;
    }
  }
  out.weaker = out.reproduced && required_ < finding_.confidence;
  out.why_not = out.reproduced ? std::string() : last_failure_;
  if (out.reproduced) {
    drop_tasks(*lines);
    drop_chunks(*lines);
  }
  out.events = lines->size();
  out.script = text_of(*lines);
  return out;
}

}  // namespace

Result<Dispute> make_dispute(CaseReader& reader, const Finding& finding) { return Disputer(reader, finding).take(); }

}  // namespace uptrail
