#include "collector/report/compare.h"

#include <algorithm>
#include <map>

#include "collector/model/finding_key.h"

namespace uptrail {

namespace {

std::string bundle_of(const CheckData& data, UnitId unit) {
  const auto& units = data.derived.units;
  return unit.valid() && unit.value < units.size() ? units[unit.value].bundle : std::string();
}

std::optional<DurationNs> duration_of(const CheckData& data, const Upload& upload) {
  std::optional<TimeNs> first;
  std::optional<TimeNs> last;
  for (const TaskId id : upload.tasks) {
    if (id.value >= data.derived.tasks.size()) {
      continue;
    }
    const Task& task = data.derived.tasks[id.value];
    const std::optional<TimeNs> end = task.delivered ? task.delivered : task.finished_in_daemon;
    if (!task.created || !end) {
      return std::nullopt;
    }
    first = first ? std::min(*first, *task.created) : *task.created;
    last = last ? std::max(*last, *end) : *end;
  }
  return first && *last >= *first ? std::optional(*last - *first) : std::nullopt;
}

ComparedUpload::Side side_of(const CheckData& data, const Upload& upload) {
  return {upload.outcome, duration_of(data, upload), upload.name};
}

// Which uploads of b go with those of a.
class Pairing {
 public:
  Pairing(const CheckData& a, const CheckData& b)
      : a_(a), b_(b), partner_(a.derived.uploads.size()), taken_(b.derived.uploads.size()) {
    pair([](const std::string& name) { return name; });
    pair([](const std::string& name) { return with_placeholders(name); });
  }

  std::vector<ComparedUpload> take() const {
    std::vector<ComparedUpload> out;
    for (std::size_t i = 0; i < partner_.size(); ++i) {
      const Upload& upload = a_.derived.uploads[i];
      ComparedUpload row{upload.name, bundle_of(a_, upload.unit), side_of(a_, upload), std::nullopt};
      if (partner_[i]) {
        row.b = side_of(b_, b_.derived.uploads[*partner_[i]]);
      }
      out.push_back(std::move(row));
    }
    for (std::size_t i = 0; i < taken_.size(); ++i) {
      if (!taken_[i]) {
        const Upload& upload = b_.derived.uploads[i];
        out.push_back({upload.name, bundle_of(b_, upload.unit), std::nullopt, side_of(b_, upload)});
      }
    }
    return out;
  }

 private:
  template <class F>
  void pair(const F& named) {
    std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> waiting;  // the first one last
    const auto key = [&](const CheckData& data, const Upload& u) { return std::pair(bundle_of(data, u.unit), named(u.name)); };
    for (std::size_t i = taken_.size(); i-- > 0;) {
      if (!taken_[i]) {
        waiting[key(b_, b_.derived.uploads[i])].push_back(i);
      }
    }
    for (std::size_t i = 0; i < partner_.size(); ++i) {
      const auto at = partner_[i] ? waiting.end() : waiting.find(key(a_, a_.derived.uploads[i]));
      if (at != waiting.end() && !at->second.empty()) {
        partner_[i] = at->second.back();
        taken_[at->second.back()] = true;
        at->second.pop_back();
      }
    }
  }

  const CheckData& a_;
  const CheckData& b_;
  std::vector<std::optional<std::size_t>> partner_;
  std::vector<bool> taken_;
};

}  // namespace

Baseline baseline_of(const CheckData& data, const std::string& name) {
  Baseline out;
  out.path = name;
  for (const Finding& f : data.derived.findings) {
    out.findings.push_back({f.fingerprint, key_digest(finding_key(f, data.derived, KeyForm::over_runs)), f.rule,
                            bundle_of(data, f.subject.unit), f.title, f.severity, f.confidence});
  }
  return out;
}

CaseComparison compare_cases(const CheckData& a, const CheckData& b) {
  CaseComparison out;
  out.uploads = Pairing(a, b).take();
  Policy policy;
  policy.baseline = baseline_of(a, {});
  Judgement judgement = judge(b, policy);
  for (const Finding& f : b.derived.findings) {
    (judgement.novelty[f.id.value] == Novelty::fresh ? out.fresh : out.same).push_back(&f);
  }
  out.gone = std::move(judgement.gone);
  return out;
}

}  // namespace uptrail
