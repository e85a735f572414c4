#include "collector/report/judgement.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "collector/base/text.h"
#include "collector/model/finding_key.h"

namespace uptrail {

namespace {

constexpr std::array<std::string_view, 4> kFailOn = {"info", "warning", "error", "never"};
constexpr std::array<std::string_view, 3> kUnknownEnds = {"fail", "report", "pass"};

template <class E, std::size_t N>
std::optional<E> named(const std::array<std::string_view, N>& names, std::string_view word) {
  const auto it = std::find(names.begin(), names.end(), word);
  return it == names.end() ? std::nullopt : std::optional(static_cast<E>(it - names.begin()));
}

bool counts(Severity severity, Confidence confidence, FailOn limit) {
  return confidence != Confidence::hint && limit != FailOn::never &&
         static_cast<std::size_t>(severity) >= static_cast<std::size_t>(limit);
}

// First by the id, which is exact in captures of the same run; what is left by the key, each finding of the baseline once.
std::vector<Novelty> compare(const CheckData& data, const Baseline& baseline, std::vector<bool>& seen_again) {
  const auto& findings = data.derived.findings;
  std::vector<Novelty> out(findings.size(), Novelty::fresh);
  seen_again.assign(baseline.findings.size(), false);
  const auto take = [&](const auto& text_of_old, const auto& text_of_new) {
    std::multimap<std::string, std::size_t> old;
    for (std::size_t i = 0; i < baseline.findings.size(); ++i) {
      if (!seen_again[i]) {
        old.emplace(text_of_old(baseline.findings[i]), i);
      }
    }
    for (std::size_t i = 0; i < findings.size(); ++i) {
      const auto it = out[i] == Novelty::fresh ? old.find(text_of_new(findings[i])) : old.end();
      if (it != old.end()) {
        out[i] = Novelty::known;
        seen_again[it->second] = true;
        old.erase(it);
      }
    }
  };
  take([](const BaselineFinding& f) { return f.rule + "|" + f.id; },
       [](const Finding& f) { return f.rule + "|" + f.fingerprint; });
  take([](const BaselineFinding& f) { return f.key; },
       [&](const Finding& f) { return key_digest(finding_key(f, data.derived, KeyForm::over_runs)); });
  return out;
}

// Why nobody knows whether it is fixed; "": it is.
std::string not_checked_because(const CheckData& data, const BaselineFinding& old) {
  const Derived& d = data.derived;
  std::set<UnitId> units;
  for (const Unit& u : d.units) {
    if (old.bundle.empty() || u.bundle == old.bundle) {
      units.insert(u.id);
    }
  }
  if (units.empty()) {
    return "nothing of " + old.bundle + " is in this capture";
  }
  RuleTally sum;
  bool judged = false;
  for (const RuleTally& t : d.tallies) {
    if (t.rule == old.rule && units.contains(t.unit)) {
      judged = true;
      sum.cleared += t.cleared;
      sum.undetermined += t.undetermined;
    }
  }
  if (!judged) {
    return "the rule did not judge";
  }
  if (sum.undetermined > 0) {
    const auto open = std::find_if(d.undetermined.begin(), d.undetermined.end(), [&](const Undetermined& u) {
      return u.rule == old.rule && (!u.subject.unit.valid() || units.contains(u.subject.unit));
    });
    return "the rule could not tell" + (open == d.undetermined.end() ? std::string() : ": " + open->reason);
  }
  return sum.cleared == 0 ? "nothing of the kind happened in this capture" : "";
}

void add_baseline(const CheckData& data, const Policy& policy, Judgement& out) {
  if (!policy.baseline) {
    out.novelty.assign(data.derived.findings.size(), Novelty::no_baseline);
    return;
  }
  std::vector<bool> seen_again;
  out.novelty = compare(data, *policy.baseline, seen_again);
  out.fresh = static_cast<std::size_t>(std::count(out.novelty.begin(), out.novelty.end(), Novelty::fresh));
  out.known = out.novelty.size() - out.fresh;
  for (std::size_t i = 0; i < seen_again.size(); ++i) {
    if (!seen_again[i]) {
      GoneFinding gone{policy.baseline->findings[i], false, not_checked_because(data, policy.baseline->findings[i])};
      gone.fixed = gone.why.empty();
      ++(gone.fixed ? out.fixed : out.not_checked);
      out.gone.push_back(std::move(gone));
    }
  }
}

// With a baseline a cause fails by what is new in it, however grave the rest.
bool fails(const CheckData& data, const Cause& cause, const Policy& policy, const Judgement& judgement) {
  if (!policy.baseline) {
    return counts(cause.severity, cause.confidence, policy.fail_on);
  }
  return std::any_of(cause.findings.begin(), cause.findings.end(), [&](FindingId id) {
    const Finding* f = data.finding(id);
    return f != nullptr && judgement.novelty[id.value] == Novelty::fresh && counts(f->severity, f->confidence, policy.fail_on);
  });
}

}  // namespace

std::string_view fail_on_name(FailOn f) { return kFailOn[static_cast<std::size_t>(f)]; }
std::string_view unknown_ends_name(UnknownEnds u) { return kUnknownEnds[static_cast<std::size_t>(u)]; }
std::optional<FailOn> parse_fail_on(std::string_view word) { return named<FailOn>(kFailOn, word); }
std::optional<UnknownEnds> parse_unknown_ends(std::string_view word) { return named<UnknownEnds>(kUnknownEnds, word); }

std::string_view verdict_name(Verdict v) {
  constexpr std::array<std::string_view, 3> kNames = {"passed", "failed", "unknown"};
  return kNames[static_cast<std::size_t>(v)];
}

std::string_view evidence_words(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kWords = {
      {{"app", "the app's callbacks (didCompleteWithError)"},
       {"cfnetwork", "CFNetwork's lines"},
       {"daemon", "nsurlsessiond's lines"},
       {"system", "the system's lines"},
       {"store", "a task store"}}};
  const auto* it = std::find_if(kWords.begin(), kWords.end(), [&](const auto& w) { return w.first == name; });
  return it == kWords.end() ? name : it->second;
}

std::string lacking_text(const Judgement& judgement) {
  std::string out;
  for (const std::string& name : judgement.lacking) {
    out += (out.empty() ? "Required evidence is missing: " : ", ") + std::string(evidence_words(name));
  }
  return out.empty() ? out : out + ".";
}

bool has_evidence(const CheckData& data, std::string_view name) {
  if (name == "app") {
    return std::any_of(data.derived.coverage.begin(), data.derived.coverage.end(),
                       [](const CoverageSpan& c) { return c.kind == EventKind::task_did_complete; });
  }
  if (name == "store") {
    // A store of which no row was understood shows nothing; what was understood is a stream.
    return std::any_of(data.streams.begin(), data.streams.end(), [&](const Stream& s) {
      const Source* source = data.source(s.source);
      return s.observer == Observer::store && source != nullptr && source->accounting.matched > 0;
    });
  }
  const Observer observer = name == "cfnetwork" ? Observer::cfn : name == "daemon" ? Observer::daemon : Observer::sys;
  return std::any_of(data.streams.begin(), data.streams.end(), [&](const Stream& s) { return s.observer == observer; });
}

Judgement judge(const CheckData& data, const Policy& policy) {
  Judgement out;
  const Derived& d = data.derived;
  add_baseline(data, policy, out);
  for (const Cause& cause : d.causes) {
    out.failing.push_back(fails(data, cause, policy, out));
  }
  std::copy_if(policy.require.begin(), policy.require.end(), std::back_inserter(out.lacking),
               [&](const std::string& name) { return !has_evidence(data, name); });
  const bool unchecked = std::any_of(out.gone.begin(), out.gone.end(), [&](const GoneFinding& g) {
    return !g.fixed && counts(g.finding.severity, g.finding.confidence, policy.fail_on);
  });
  // A failing case whose causes are below the limit may still lack the evidence for an OK.
  const bool untold = d.outcome == Outcome::unknown || (d.outcome == Outcome::fail && !silent_apps(data).empty());
  if (std::find(out.failing.begin(), out.failing.end(), true) != out.failing.end()) {
    out.verdict = Verdict::failed;
  } else if (!out.lacking.empty()) {
    out.reason = lacking_text(out);
  } else if (untold) {
    out.reason = d.outcome == Outcome::unknown && !d.outcome_reason.empty() ? d.outcome_reason
                                                                            : "The callbacks of an app are not recorded.";
  } else if (unchecked) {
    out.reason = "Findings of the baseline could not be checked again.";
  } else {
    out.verdict = Verdict::passed;
  }
  return out;
}

}  // namespace uptrail
