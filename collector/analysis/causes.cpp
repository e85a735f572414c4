#include "collector/analysis/causes.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "collector/analysis/upload_label.h"
#include "collector/base/text.h"
#include "collector/model/finding_key.h"

namespace uptrail::analysis {

namespace {

std::string subject_key(const Finding& f, const Derived& d) { return finding_key(f, d, KeyForm::one_capture); }

class CauseBuilder {
 public:
  CauseBuilder(Derived& derived, std::span<const UnitFacts> units, int zone) : d_(derived), units_(units), zone_(zone) {}

  void run(std::span<const std::string> ignored) {
    sort_findings();
    leave_out(ignored);
    fold();
    make_causes();
    sort_causes();
    mark_uploads();
  }

 private:
  static auto subject_order(const Subject& s) { return std::tuple(s.unit, s.session, s.task, s.upload, s.epoch, s.object); }

  void sort_findings() {
    std::stable_sort(d_.findings.begin(), d_.findings.end(), [](const Finding& a, const Finding& b) {
      return std::tuple(a.t, std::string_view(a.rule), subject_order(a.subject)) <
             std::tuple(b.t, std::string_view(b.rule), subject_order(b.subject));
    });
    std::map<std::string, std::size_t> seen;
    for (std::size_t i = 0; i < d_.findings.size(); ++i) {
      Finding& f = d_.findings[i];
      f.id = FindingId{static_cast<std::uint32_t>(i)};
      f.folded_into = {};
      f.cause = {};
      f.fingerprint = fingerprint(f, d_, seen[subject_key(f, d_)]++);
    }
  }

  // Behind the fingerprints, which would be others without the findings that are left out.
  void leave_out(std::span<const std::string> ignored) {
    d_.left_out += std::erase_if(
        d_.findings, [&](const Finding& f) { return std::find(ignored.begin(), ignored.end(), f.fingerprint) != ignored.end(); });
    for (std::size_t i = 0; i < d_.findings.size(); ++i) {
      d_.findings[i].id = FindingId{static_cast<std::uint32_t>(i)};
    }
  }

  // Findings of one rule by what may make them speak of the same thing as a symptom; lists are ascending, and so are their times.
  // Two findings about tasks are never one by their session, and two about sessions never by their process: kept apart.
  using List = std::vector<FindingId>;
  struct OfRule {
    std::map<TaskId, List> of_task;
    std::map<UploadId, List> of_upload;
    std::map<std::pair<SessionId, bool>, List> of_session;                 // has it a task?
    std::map<std::tuple<SessionId, EpochId, bool>, List> of_session_once;  // in one process, or in none; has it a task?
    std::map<std::tuple<EpochId, bool, bool>, List> of_epoch;              // has it a task, a session?
    void add(const Finding& f) {
      const Subject& s = f.subject;
      const bool task = s.task.valid();
      of_task[s.task].push_back(f.id);
      of_upload[s.upload].push_back(f.id);
      of_session[{s.session, task}].push_back(f.id);
      of_session_once[{s.session, s.epoch, task}].push_back(f.id);
      of_epoch[{s.epoch, task, s.session.valid()}].push_back(f.id);
    }
  };

  void fold() {
    std::map<std::string_view, std::array<OfRule, 2>> by_rule;  // all; those that are no hints
    for (const Fold& row : fold_table()) {
      by_rule.try_emplace(row.cause);
    }
    for (const Finding& f : d_.findings) {
      if (const auto it = by_rule.find(f.rule); it != by_rule.end()) {
        it->second[0].add(f);
        if (f.confidence != Confidence::hint) {
          it->second[1].add(f);
        }
      }
    }
    for (Finding& symptom : d_.findings) {
      for (const Fold& row : fold_table()) {
        if (symptom.rule == row.symptom) {
          // A hint explains nothing stronger than a hint.
          const OfRule& causes = by_rule[row.cause][symptom.confidence == Confidence::hint ? 0 : 1];
          if (const FindingId cause = nearest(causes, symptom); cause.valid()) {
            symptom.folded_into = cause;
            break;
          }
        }
      }
    }
  }

  DurationNs distance(FindingId id, const Finding& symptom) const {
    const TimeNs t = d_.findings[id.value].t;
    return t < symptom.t ? symptom.t - t : t - symptom.t;
  }

  // Of several findings that would explain the symptom: the nearest in time, of those at one distance the first.
  FindingId nearest(const OfRule& causes, const Finding& symptom) const {
    FindingId best;
    const Subject& s = symptom.subject;
    const auto look = [&](const auto& lists, const auto& key) {
      if (const auto list = lists.find(key); list != lists.end()) {
        nearest_in(list->second, symptom, best);
      }
    };
    if (s.task.valid()) {
      look(causes.of_task, s.task);
    }
    if (s.upload.valid()) {
      look(causes.of_upload, s.upload);
    }
    for (const bool task : {false, true}) {
      if (task && s.task.valid()) {
        break;
      }
      if (s.session.valid() && s.epoch.valid()) {
        look(causes.of_session_once, std::tuple(s.session, s.epoch, task));
        look(causes.of_session_once, std::tuple(s.session, EpochId{}, task));
      } else if (s.session.valid()) {
        look(causes.of_session, std::pair(s.session, task));
      }
      if (s.epoch.valid()) {
        look(causes.of_epoch, std::tuple(s.epoch, task, false));
      }
      if (s.epoch.valid() && !s.session.valid()) {
        look(causes.of_epoch, std::tuple(s.epoch, task, true));
      }
    }
    return best;
  }

  // From the symptom outwards, until nothing nearer can come.
  void nearest_in(const std::vector<FindingId>& causes, const Finding& symptom, FindingId& best) const {
    const auto consider = [&](FindingId id) {
      const Finding& c = d_.findings[id.value];
      const bool nearer = !best.valid() || std::pair(distance(id, symptom), id) < std::pair(distance(best, symptom), best);
      if (nearer && c.id != symptom.id && same_subject(c, symptom)) {
        best = id;
      }
    };
    const auto too_far = [&](FindingId id) { return best.valid() && distance(id, symptom) > distance(best, symptom); };
    const auto middle =
        std::partition_point(causes.begin(), causes.end(), [&](FindingId id) { return d_.findings[id.value].t < symptom.t; });
    for (auto i = middle; i != causes.end() && !too_far(*i); ++i) {
      consider(*i);
    }
    for (auto i = middle; i != causes.begin() && !too_far(*(i - 1)); --i) {
      consider(*(i - 1));
    }
  }

  FindingId root(FindingId id) const {
    for (std::size_t steps = 0; d_.findings[id.value].folded_into.valid() && steps < fold_table().size(); ++steps) {
      id = d_.findings[id.value].folded_into;
    }
    return id;
  }

  // The event that two findings of one rule have in common when one mishap hit several tasks.
  static EventId key_event(const Finding& f) {
    for (const EvidenceRef& e : f.evidence) {
      if (e.key) {
        return e.event;
      }
    }
    return {};
  }

  void make_causes() {
    const bool grave =
        std::any_of(d_.findings.begin(), d_.findings.end(), [&](const Finding& f) { return f.severity > Severity::info; });
    std::map<FindingId, CauseId> cause_of_root;
    const std::set<FindingId> with_grave_symptom = roots_of_grave_symptoms();
    std::map<std::pair<std::string_view, EventId>, CauseId> by_event;
    for (const Finding& f : d_.findings) {
      if (f.folded_into.valid()) {
        continue;
      }
      const bool counts = f.severity > Severity::info || !grave || with_grave_symptom.contains(f.id);
      if (!counts) {
        continue;
      }
      const EventId event = key_event(f);
      const auto known = event.valid() ? by_event.find({f.rule, event}) : by_event.end();
      if (known != by_event.end()) {
        cause_of_root[f.id] = known->second;
        d_.causes[known->second.value].findings.push_back(f.id);
        continue;
      }
      const CauseId id{static_cast<std::uint32_t>(d_.causes.size())};
      Cause c;
      c.id = id;
      c.main = f.id;
      c.findings = {f.id};
      d_.causes.push_back(std::move(c));
      cause_of_root[f.id] = id;
      if (event.valid()) {
        by_event[{f.rule, event}] = id;
      }
    }
    for (const Finding& f : d_.findings) {
      const auto it = f.folded_into.valid() ? cause_of_root.find(root(f.id)) : cause_of_root.end();
      if (it != cause_of_root.end()) {
        d_.causes[it->second.value].findings.push_back(f.id);
      }
    }
    for (Cause& c : d_.causes) {
      weigh(c);
      collect_uploads(c);
      c.title = title(c);
    }
  }

  std::set<FindingId> roots_of_grave_symptoms() const {
    std::set<FindingId> out;
    for (const Finding& f : d_.findings) {
      if (f.folded_into.valid() && f.severity > Severity::info) {
        out.insert(root(f.id));
      }
    }
    return out;
  }

  // As grave as its gravest finding that is more than a hint, and as sure as the surest of those.
  void weigh(Cause& c) const {
    bool hints_only = true;
    for (const FindingId id : c.findings) {
      hints_only = hints_only && d_.findings[id.value].confidence == Confidence::hint;
    }
    c.severity = Severity::info;
    c.confidence = Confidence::hint;
    for (const FindingId id : c.findings) {
      const Finding& f = d_.findings[id.value];
      if (!hints_only && f.confidence == Confidence::hint) {
        continue;
      }
      if (f.severity > c.severity) {
        c.severity = f.severity;
        c.confidence = f.confidence;
      } else if (f.severity == c.severity) {
        c.confidence = std::max(c.confidence, f.confidence);
      }
    }
  }

  void collect_uploads(Cause& c) {
    std::set<UploadId> uploads;
    for (const FindingId id : c.findings) {
      const Finding& f = d_.findings[id.value];
      UploadId u = f.subject.upload;
      if (!u.valid() && f.subject.task.valid()) {
        u = d_.tasks[f.subject.task.value].upload;
      }
      if (u.valid()) {
        uploads.insert(u);
      } else if (f.severity > Severity::info) {
        refused(f, uploads);
      }
    }
    c.uploads.assign(uploads.begin(), uploads.end());
  }

  // Uploads whose task could not be created, named only by the evidence.
  void refused(const Finding& f, std::set<UploadId>& uploads) {
    if (!f.subject.unit.valid() || f.subject.unit.value >= units_.size()) {
      return;
    }
    const auto [it, fresh] = refusals_.try_emplace(f.subject.unit);
    if (fresh) {
      for (const Fact& fact : units_[f.subject.unit.value].facts) {
        if (fact.kind == EventKind::task_create_failed && fact.upload.valid()) {
          it->second.emplace(fact.event, fact.upload);
        }
      }
    }
    for (const EvidenceRef& e : f.evidence) {
      if (const auto upload = it->second.find(e.event); upload != it->second.end()) {
        uploads.insert(upload->second);
      }
    }
  }

  std::string names_of(const std::vector<UploadId>& uploads) const {
    constexpr std::size_t kShown = 4;
    std::string out;
    for (std::size_t i = 0; i < uploads.size() && i < kShown; ++i) {
      out += (i > 0 ? ", " : "") + upload_label(d_.uploads[uploads[i].value]);
    }
    if (uploads.size() > kShown) {
      out += " and " + std::to_string(uploads.size() - kShown) + " more";
    }
    return out;
  }

  std::string title(const Cause& c) const {
    const Finding& main = d_.findings[c.main.value];
    const std::string_view phrase = cause_phrase(main.rule);
    const auto stuck =
        std::find_if(c.findings.begin(), c.findings.end(), [&](FindingId id) { return is_stuck(d_.findings[id.value].rule); });
    // An adopted task that is an error has been waited for in vain.
    const bool waits = stuck != c.findings.end() || (main.rule == "completed-task-adopted" && main.severity == Severity::error);
    if (waits && !phrase.empty() && !c.uploads.empty()) {
      const Finding& f = stuck != c.findings.end() ? d_.findings[stuck->value] : main;
      const Task* task = f.subject.task.valid() ? &d_.tasks[f.subject.task.value] : nullptr;
      const TimeNs since = task != nullptr && task->finished_in_daemon ? *task->finished_in_daemon : f.t;
      return names_of(c.uploads) + " stuck since " + format_clock(since, 0, zone_) + ": " + std::string(phrase);
    }
    std::string text = main.title.empty() ? main.rule : main.title;
    const bool named = std::any_of(c.uploads.begin(), c.uploads.end(), [&](UploadId u) {
      return !d_.uploads[u.value].name.empty() && contains(text, d_.uploads[u.value].name);
    });
    return c.uploads.empty() || (named && c.uploads.size() == 1) ? text : text + " (" + names_of(c.uploads) + ")";
  }

  void sort_causes() {
    std::stable_sort(d_.causes.begin(), d_.causes.end(), [&](const Cause& a, const Cause& b) {
      return std::tuple(b.severity, b.confidence, d_.findings[a.main.value].t, a.main) <
             std::tuple(a.severity, a.confidence, d_.findings[b.main.value].t, b.main);
    });
    for (std::size_t i = 0; i < d_.causes.size(); ++i) {
      d_.causes[i].id = CauseId{static_cast<std::uint32_t>(i)};
      for (const FindingId id : d_.causes[i].findings) {
        d_.findings[id.value].cause = d_.causes[i].id;
      }
    }
  }

  void mark_uploads() {
    for (const Cause& c : d_.causes) {
      if (c.severity > Severity::info && c.confidence > Confidence::hint) {
        for (const UploadId u : c.uploads) {
          d_.uploads[u.value].outcome = UploadOutcome::affected;
        }
      }
    }
  }

  Derived& d_;
  std::span<const UnitFacts> units_;
  int zone_;
  std::map<UnitId, std::map<EventId, UploadId>> refusals_;  // refused creations of a unit, from the first question on
};

}  // namespace

bool same_subject(const Finding& a, const Finding& b) {
  const Subject& x = a.subject;
  const Subject& y = b.subject;
  if (x.unit != y.unit) {
    return false;
  }
  const bool one_process = !x.epoch.valid() || !y.epoch.valid() || x.epoch == y.epoch;
  const bool one_upload = x.upload.valid() && x.upload == y.upload;
  if (x.task.valid() && y.task.valid()) {
    return x.task == y.task || one_upload;
  }
  if (x.upload.valid() && y.upload.valid() && !one_upload) {
    return false;  // in one session, yet each has its own story
  }
  if (x.session.valid() && y.session.valid()) {
    return x.session == y.session && one_process;
  }
  return one_upload || (x.epoch.valid() && x.epoch == y.epoch);
}

std::string fingerprint(const Finding& finding, const Derived& derived, std::size_t ordinal) {
  std::string key = subject_key(finding, derived);
  if (ordinal > 0) {
    key += "|" + std::to_string(ordinal);
  }
  return key_digest(key);
}

void build_causes(Derived& derived, std::span<const UnitFacts> units, int zone_offset_minutes,
                  std::span<const std::string> ignored) {
  derived.causes.clear();
  CauseBuilder(derived, units, zone_offset_minutes).run(ignored);
}

}  // namespace uptrail::analysis
