#include "tests/collector/simulate/accuracy.h"

#include <algorithm>
#include <array>

#include "collector/pipeline/collect.h"
#include "collector/simulate/degrade.h"
#include "collector/simulate/random.h"
#include "collector/simulate/writers.h"

namespace uptrail::test {

namespace {

using simulate::InjectedFault;
using simulate::TrueFinding;
using simulate::Truth;

struct Keys {
  std::optional<Uuid> task;
  std::string identifier, upload;
};

Keys keys_of(const Subject& s, const Derived& d) {
  Keys out;
  SessionId session = s.session;
  UploadId upload = s.upload;
  if (s.task.valid()) {
    const Task& task = d.tasks[s.task.value];
    out.task = task.uuid;
    session = session.valid() ? session : task.session;
    upload = upload.valid() ? upload : task.upload;
  }
  if (s.object.valid() && !session.valid()) {
    session = d.objects[s.object.value].session;
  }
  if (session.valid()) {
    out.identifier = d.sessions[session.value].identifier;
  }
  if (upload.valid()) {
    out.upload = d.uploads[upload.value].name;
  }
  return out;
}

// The strongest key that both have decides.
bool same_subject(const TrueFinding& truth, const Keys& keys) {
  if (truth.task && keys.task) {
    return *truth.task == *keys.task || (!truth.upload.empty() && truth.upload == keys.upload);
  }
  if (!truth.upload.empty() && !keys.upload.empty()) {
    return truth.upload == keys.upload;
  }
  return truth.identifier.empty() || keys.identifier.empty() || truth.identifier == keys.identifier;
}

bool counts(const Finding& f) { return f.confidence != Confidence::hint; }
bool grave(const Finding& f) { return f.severity != Severity::info && counts(f); }

struct Judged {
  const Finding* finding;
  Keys keys;
  [[nodiscard]] bool is(const TrueFinding& t) const { return finding->rule == t.rule && same_subject(t, keys); }
  // Graver than the truth allows is wrong.
  [[nodiscard]] bool right(const TrueFinding& t) const { return is(t) && finding->severity <= t.severity; }
};

bool explained(const Judged& j, const Truth& truth) {
  const auto right = [&](const TrueFinding& t) { return j.right(t); };
  return std::any_of(truth.by_nature.begin(), truth.by_nature.end(), right) ||
         std::any_of(truth.faults.begin(), truth.faults.end(), [&](const InjectedFault& f) {
           return right(f.finding) || std::any_of(f.consequences.begin(), f.consequences.end(), right);
         });
}

void complain(Accuracy& into, const Truth& truth, const std::string& what) {
  if (into.complaints.size() >= kMaxComplaints) {
    return;
  }
  std::string faults;
  for (const InjectedFault& f : truth.faults) {
    faults += (faults.empty() ? "" : ",") + f.fault;
  }
  into.complaints.push_back("seed " + std::to_string(truth.seed) + " [" + faults + "]: " + what);
}

// What the rule says instead.
std::string why_not(const std::string& rule, const Derived& derived) {
  std::string out;
  for (const Finding& f : derived.findings) {
    if (f.rule == rule) {
      out +=
          "; fired " + std::string(severity_name(f.severity)) + " " + std::string(confidence_name(f.confidence)) + ": " + f.title;
    }
  }
  for (const Undetermined& u : derived.undetermined) {
    if (u.rule == rule) {
      out += "; cannot tell " + u.subject.label + ": " + u.reason;
    }
  }
  return out;
}

std::string pad(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

std::uint64_t sum(const Accuracy& a, std::uint64_t AccuracyRow::*what, bool grave_only) {
  std::uint64_t out = 0;
  for (const auto& [rule, row] : a.rows) {
    out += grave_only && row.severity == Severity::info ? 0 : row.*what;
  }
  return out;
}

}  // namespace

std::uint64_t Accuracy::injected() const { return sum(*this, &AccuracyRow::injected, true); }
std::uint64_t Accuracy::missed() const { return sum(*this, &AccuracyRow::missed, true); }
std::uint64_t Accuracy::wrong() const { return sum(*this, &AccuracyRow::wrong, false); }

void add(Accuracy& into, const Accuracy& more) {
  for (const auto& [rule, row] : more.rows) {
    AccuracyRow& sum = into.rows[rule];
    sum.severity = std::max(sum.severity, row.severity);
    sum.injected += row.injected;
    sum.found += row.found;
    sum.folded += row.folded;
    sum.missed += row.missed;
    sum.wrong += row.wrong;
  }
  into.captures += more.captures;
  into.events += more.events;
  into.findings += more.findings;
  into.right += more.right;
  const std::size_t room = kMaxComplaints - std::min(kMaxComplaints, into.complaints.size());
  const auto taken = static_cast<std::ptrdiff_t>(std::min(room, more.complaints.size()));
  into.complaints.insert(into.complaints.end(), more.complaints.begin(), more.complaints.begin() + taken);
}

void count_capture(Accuracy& into, const Truth& truth, const Derived& derived, bool recall) {
  std::vector<Judged> judged;
  for (const Finding& f : derived.findings) {
    judged.push_back({&f, keys_of(f.subject, derived)});
  }
  ++into.captures;
  into.findings += judged.size();
  for (const Judged& j : judged) {
    if (grave(*j.finding) && explained(j, truth)) {
      ++into.right;
    } else if (grave(*j.finding)) {
      ++into.rows[j.finding->rule].wrong;
      complain(into, truth,
               "wrong " + j.finding->rule + "/" + std::string(severity_name(j.finding->severity)) + ": " + j.finding->title +
                   " | " + j.finding->explanation);
    }
  }
  for (const InjectedFault& fault : truth.faults) {
    AccuracyRow& row = into.rows[fault.fault];
    row.severity = std::max(row.severity, fault.finding.severity);
    ++row.injected;
    const auto hits = [&](const TrueFinding& t) {
      return std::any_of(judged.begin(), judged.end(), [&](const Judged& j) {
        return counts(*j.finding) && j.is(t) && (fault.finding.severity == Severity::info || grave(*j.finding));
      });
    };
    if (hits(fault.finding)) {
      ++row.found;
    } else if (std::any_of(fault.consequences.begin(), fault.consequences.end(), hits)) {
      ++row.folded;
    } else if (recall) {
      ++row.missed;
      complain(
          into, truth,
          "missed " + fault.fault + " " + fault.finding.upload + " " + fault.finding.identifier + why_not(fault.fault, derived));
    }
  }
}

std::string_view spoil_name(Spoil spoil) {
  constexpr std::array<std::string_view, kSpoils> kNames = {
      "nothing", "app dropped", "CFNetwork dropped", "nsurlsessiond dropped", "system dropped",  "cut",
      "gap",     "redacted",    "skewed by 1.5 s",   "skewed by 90 s",        "log show, syslog"};
  return kNames[static_cast<std::size_t>(spoil)];
}

namespace {

void drop(std::vector<Event>& events, Observer observer) {
  std::vector<Observer> kept = {Observer::app, Observer::cfn, Observer::daemon, Observer::sys, Observer::store};
  std::erase(kept, observer);
  simulate::keep_observers(events, kept);
}

void spoil_events(std::vector<Event>& events, const Truth& truth, Spoil spoil) {
  simulate::Random random(truth.seed ^ 0x50011U);
  const auto somewhere = [&] { return truth.from + nanoseconds(random.between(0, (truth.to - truth.from).ns)); };
  switch (spoil) {
    case Spoil::no_app:
      return drop(events, Observer::app);
    case Spoil::no_cfn:
      return drop(events, Observer::cfn);
    case Spoil::no_daemon:
      return drop(events, Observer::daemon);
    case Spoil::no_system:
      return drop(events, Observer::sys);
    case Spoil::cut:
      return simulate::cut(events, somewhere());
    case Spoil::gap: {
      const TimeNs from = somewhere();
      return simulate::add_gap(events, from, from + random.spread(seconds(1), minutes(20)));
    }
    case Spoil::redacted:
      return simulate::redact(events);
    case Spoil::skewed:
      return simulate::skew(events, milliseconds(1500));
    case Spoil::far_off:
      return simulate::skew(events, seconds(90));
    case Spoil::nothing:
    case Spoil::as_log:
      return;
  }
}

Result<std::unique_ptr<CaseReader>> collect_spoiled(const std::vector<Event>& events, Spoil spoil) {
  if (spoil == Spoil::skewed || spoil == Spoil::far_off) {
    const simulate::Split parts = simulate::split_by_log(events);
    const std::string app = simulate::write_ndjson(parts.app);
    const std::string system = simulate::write_ndjson(parts.system);
    return collect_texts({{"app", app}, {"system", system}});
  }
  if (spoil != Spoil::as_log) {
    return collect_text(simulate::write_ndjson(events), "simulated");
  }
  const auto catalogue = builtin_catalogue();
  UPTRAIL_TRY(catalogue);
  const auto text = simulate::write_capture(events, **catalogue, {"syslog", simulate::Lines::as_device, false});
  UPTRAIL_TRY(text);
  return collect_text(text->text, "simulated");
}

}  // namespace

std::string try_capture(Accuracy& into, const simulate::SimulateOptions& options, Spoil spoil) {
  auto made = simulate::simulate(options);
  if (!made.ok()) {
    return made.error().text();
  }
  spoil_events(made->events, made->truth, spoil);
  into.events += made->events.size();
  if (made->events.empty()) {
    return {};
  }
  const auto reader = collect_spoiled(made->events, spoil);
  if (!reader.ok()) {
    return reader.error().text();
  }
  const auto derived = (*reader)->derived();
  if (!derived.ok()) {
    return derived.error().text();
  }
  count_capture(into, made->truth, *derived, spoil == Spoil::nothing);
  return {};
}

std::string Accuracy::table() const {
  std::string out = pad("rule", 42) + pad("severity", 10) + pad("injected", 10) + pad("found", 9) + pad("folded", 9) +
                    pad("missed", 9) + "false\n";
  for (const auto& [rule, row] : rows) {
    out += pad(rule, 42) + pad(std::string(severity_name(row.severity)), 10) + pad(std::to_string(row.injected), 10) +
           pad(std::to_string(row.found), 9) + pad(std::to_string(row.folded), 9) + pad(std::to_string(row.missed), 9) +
           std::to_string(row.wrong) + "\n";
  }
  const std::uint64_t hits = injected() - missed();
  const auto percent = [](std::uint64_t part, std::uint64_t whole) {
    const std::uint64_t tenths = whole == 0 ? 1000 : part * 1000 / whole;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
  };
  out += std::to_string(captures) + " captures, " + std::to_string(events) + " events; warnings and errors: recall " +
         percent(hits, injected()) + ", precision " + percent(right, right + wrong()) + "\n";
  return out;
}

}  // namespace uptrail::test
