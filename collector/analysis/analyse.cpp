#include "collector/analysis/analyse.h"

#include <algorithm>
#include <set>

#include "collector/analysis/causes.h"
#include "collector/analysis/outcome.h"
#include "collector/analysis/provenance.h"
#include "collector/analysis/reconstruct/epochs.h"
#include "collector/analysis/reconstruct/objects.h"
#include "collector/analysis/reconstruct/process_states.h"
#include "collector/analysis/reconstruct/tasks.h"
#include "collector/analysis/reconstruct/wakes.h"
#include "collector/analysis/rules/capture_incomplete.h"

namespace uptrail::analysis {

namespace {

class SettingsThresholds final : public Thresholds {
 public:
  SettingsThresholds(const RuleInfo& info, const RuleSettings& settings) : info_(info) {
    if (const auto it = settings.thresholds.find(std::string(info.id)); it != settings.thresholds.end()) {
      changed_ = &it->second;
    }
  }
  [[nodiscard]] double value(std::string_view name) const override {
    if (changed_ != nullptr) {
      if (const auto it = changed_->find(std::string(name)); it != changed_->end()) {
        return it->second;
      }
    }
    const auto it =
        std::find_if(info_.thresholds.begin(), info_.thresholds.end(), [&](const Threshold& t) { return t.name == name; });
    return it == info_.thresholds.end() ? 0 : it->value;
  }

 private:
  const RuleInfo& info_;
  const std::map<std::string, double>* changed_ = nullptr;
};

class Collector final : public Verdicts {
 public:
  Collector(std::vector<Finding>& findings, std::vector<Undetermined>& questions, const RuleInfo& info,
            const RuleSettings& settings)
      : findings_(findings), questions_(questions), info_(info) {
    if (const auto it = settings.severity.find(std::string(info.id)); it != settings.severity.end()) {
      severity_ = it->second;
    }
    tally_.rule = info.id;
  }
  void fired(Finding finding) override {
    finding.rule = info_.id;
    if (finding.remedy.empty()) {
      finding.remedy = info_.remedy;
    }
    finding.severity = severity_.value_or(finding.severity);
    ++tally_.fired;
    findings_.push_back(std::move(finding));
  }
  void cleared(const Subject& /*subject*/) override { ++tally_.cleared; }
  void undetermined(Undetermined question) override {
    question.rule = info_.id;
    ++tally_.undetermined;
    questions_.push_back(std::move(question));
  }
  void not_applicable(const Subject& /*subject*/) override { ++tally_.not_applicable; }
  [[nodiscard]] const RuleTally& tally() const { return tally_; }

 private:
  std::vector<Finding>& findings_;
  std::vector<Undetermined>& questions_;
  const RuleInfo& info_;
  std::optional<Severity> severity_;
  RuleTally tally_;
};

bool is_named(const std::vector<std::string>& list, std::string_view id) {
  return std::find(list.begin(), list.end(), id) != list.end();
}
bool is_on(const RuleSettings& settings, std::string_view id) {
  return !is_named(settings.ignore, id) && (settings.only.empty() || is_named(settings.only, id));
}

std::vector<UnitEntities> entities_by_unit(const Derived& d) {
  std::vector<UnitEntities> out(d.units.size());
  const auto put = [&](UnitId unit, auto member, auto id) {
    if (unit.valid() && unit.value < out.size()) {
      (out[unit.value].*member).push_back(id);
    }
  };
  for (const Session& s : d.sessions) {
    put(s.unit, &UnitEntities::sessions, s.id);
  }
  for (const Task& t : d.tasks) {
    put(t.unit, &UnitEntities::tasks, t.id);
  }
  for (const Upload& u : d.uploads) {
    put(u.unit, &UnitEntities::uploads, u.id);
  }
  return out;
}

// The zone in which the device printed its times; UTC when no source says.
int zone_of(std::span<const Source> sources) {
  for (const Source& s : sources) {
    if (s.zone_offset_minutes) {
      return *s.zone_offset_minutes;
    }
  }
  return 0;
}

// `format_only`: the events that no log has shown yet.
Result<std::vector<UnitFacts>> read_facts(const AnalysisInput& input, Derived& derived, std::set<EventId>& format_only) {
  FactsBuilder builder(derived.units, input.streams, derived.tasks);
  UPTRAIL_TRY(input.events([&](const Event& e) {
    const EventFields fields(e);
    fill_entity(derived, e, fields);
    builder.add(e, fields);
    if (e.format_only) {
      format_only.insert(e.id);
    }
    return true;
  }));
  return builder.take();
}

// What the rules said of all units; kept apart because they read the entities while they speak.
struct Said {
  std::vector<Finding> findings;
  std::vector<Undetermined> undetermined;
  std::vector<RuleTally> tallies;
  std::uint64_t left_out = 0;

  void count(RuleTally tally, UnitId unit) {
    tally.unit = unit;
    tallies.push_back(std::move(tally));
  }
};

UnitVerdict judge_unit(const AnalysisInput& input, const WorldImpl& world, Said& said) {
  const std::size_t asked = said.undetermined.size();
  for (const Rule* rule : input.rules) {
    if (is_on(input.settings, rule->info().id)) {
      Collector collector(said.findings, said.undetermined, rule->info(), input.settings);
      rule->judge(world, SettingsThresholds(rule->info(), input.settings), collector);
      said.count(collector.tally(), world.unit().id);
    } else if (is_named(input.settings.ignore, rule->info().id)) {
      Said unsaid;  // only how much it would have said
      Collector collector(unsaid.findings, unsaid.undetermined, rule->info(), input.settings);
      rule->judge(world, SettingsThresholds(rule->info(), input.settings), collector);
      said.left_out += unsaid.findings.size();
    }
  }
  if (is_on(input.settings, capture_incomplete_info().id)) {
    Collector collector(said.findings, said.undetermined, capture_incomplete_info(), input.settings);
    if (auto finding = judge_capture(world, std::span(said.undetermined).subspan(asked))) {
      collector.fired(std::move(*finding));
    } else {
      collector.cleared({});
    }
    said.count(collector.tally(), world.unit().id);
  }
  return judge_callbacks(world);
}

}  // namespace

Result<Derived> analyse(AnalysisInput input) {
  Derived derived;
  derived.units = std::move(input.units);
  derived.sessions = std::move(input.sessions);
  derived.tasks = std::move(input.tasks);
  derived.uploads = std::move(input.uploads);
  for (Session& s : derived.sessions) {
    s.objects.clear();
  }
  const auto enter = [&input](std::string_view phase) {
    if (input.entered) {
      input.entered(phase);
    }
  };
  std::set<EventId> format_only;
  enter("facts");
  auto facts = read_facts(input, derived, format_only);
  if (!facts.ok()) {
    return facts.error();
  }
  std::vector<UnitEntities> entities = entities_by_unit(derived);
  std::vector<UnitVerdict> verdicts;
  Said said;
  for (const Unit& unit : derived.units) {
    UnitFacts& u = facts.value()[unit.id.value];
    UnitEntities& e = entities[unit.id.value];
    enter("epochs");
    e.epochs = build_epochs(u, unit.id, input.streams, derived.epochs);
    std::vector<std::uint32_t>().swap(u.process_of);  // nobody else asks
    enter("objects");
    e.objects = build_objects(u, derived);
    enter("wakes");
    build_wakes(u, unit.id, derived);
    enter("tasks");
    TaskBuilder(u, derived, input.streams).build(e.tasks, e.uploads);
    enter("coverage");
    const Coverage coverage(u, input.streams, derived.epochs, e.epochs, derived.sessions);
    enter("states");
    build_process_states(u, input.streams, coverage, e.epochs, derived.epochs);
    enter("spans");
    const auto spans = coverage.spans(unit.id);
    derived.coverage.insert(derived.coverage.end(), spans.begin(), spans.end());
    enter("world");
    const WorldImpl world(unit.id, u, e, derived, input.streams, coverage, input.event);
    enter("rules");
    verdicts.push_back(judge_unit(input, world, said));
  }
  enter("causes");
  const auto kind_of = [&input](EventId id) -> Result<EventKind> {
    const auto event = input.event(id);
    UPTRAIL_TRY(event);
    return *event ? Result<EventKind>((*event)->kind)
                  : fail(ErrorKind::internal, "a finding rests on an event that is not there");
  };
  UPTRAIL_TRY(weaken_unseen(said.findings, format_only, kind_of));
  derived.findings = std::move(said.findings);
  derived.undetermined = std::move(said.undetermined);
  derived.tallies = std::move(said.tallies);
  derived.left_out = said.left_out;
  build_causes(derived, facts.value(), zone_of(input.sources), input.settings.ignore);
  decide_outcome(derived, verdicts, input.sources);
  enter({});
  return derived;
}

}  // namespace uptrail::analysis
