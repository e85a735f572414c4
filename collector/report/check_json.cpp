#include <cmath>
#include <nlohmann/json.hpp>

#include "collector/model/finding_key.h"
#include "collector/report/check_formats.h"

namespace uptrail {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxSubjects = 100;

Json number(double v) {
  // Whole numbers read better without ".0"; beyond 2^53 a double is not exact anyway.
  constexpr double kExact = 9007199254740992.0;
  if (std::isfinite(v) && std::floor(v) == v && std::abs(v) < kExact) {
    return static_cast<std::int64_t>(v);
  }
  return std::isfinite(v) ? Json(v) : Json(nullptr);
}

// null: open, or not on the UTC axis.
Json time(TimeNs t, bool on_utc) { return on_utc && t != kTimeMin && t != kTimeMax ? Json(t.ns) : Json(nullptr); }

std::string fingerprint(const CheckData& data, FindingId id) {
  const Finding* f = data.finding(id);
  return f == nullptr ? std::string() : f->fingerprint;
}

Json fingerprints(const CheckData& data, const std::vector<FindingId>& ids) {
  Json out = Json::array();
  for (const FindingId id : ids) {
    out.push_back(fingerprint(data, id));
  }
  return out;
}

template <class T, class Id>
const T* at(const std::vector<T>& items, Id id) {
  return id.valid() && id.value < items.size() ? &items[id.value] : nullptr;
}

Json subject(const CheckData& data, const Subject& s) {
  const Derived& d = data.derived;
  Json out = {{"label", s.label}};
  if (const Unit* u = at(d.units, s.unit)) {
    if (!u->device.empty()) out["device"] = u->device;
    if (!u->bundle.empty()) out["bundle"] = u->bundle;
  }
  if (const ProcessEpoch* e = at(d.epochs, s.epoch)) {
    out["process"] = e->process;
    if (e->pid) out["pid"] = *e->pid;
  }
  if (const Session* session = at(d.sessions, s.session)) {
    out["session"] = session->identifier;
  }
  if (const SessionObject* o = at(d.objects, s.object)) {
    out["object"] = o->object;
  }
  if (const Task* t = at(d.tasks, s.task)) {
    if (t->uuid) out["task_uuid"] = t->uuid->text();
    if (t->identifier) out["task_identifier"] = *t->identifier;
  }
  if (const Upload* u = at(d.uploads, s.upload)) {
    out["upload"] = u->name;
  }
  return out;
}

std::string stream_name(const CheckData& data, StreamId id) {
  const Stream* s = data.stream(id);
  const Source* source = s == nullptr ? nullptr : data.source(s->source);
  return source == nullptr ? std::string() : source->path + " (" + std::string(observer_name(s->observer)) + ")";
}

Json evidence(const CheckData& data, const Finding& finding) {
  Json out = Json::array();
  for (const EvidenceRef& ref : finding.evidence) {
    const EvidenceLine* line = data.line(ref.event);
    if (line == nullptr) {
      continue;
    }
    const Source* source = data.source(line->source);
    Json item = {{"source", source == nullptr ? std::string() : source->path}, {"offset", line->span.offset}};
    if (line->row.empty()) {
      item["line"] = line->span.line;
    } else {
      item["row"] = line->row;
    }
    item["kind"] = kind_name(line->kind);
    item["text"] = line->text;
    out.push_back(std::move(item));
  }
  return out;
}

Json finding_json(const CheckReport& report, const Finding& f) {
  const CheckData& data = report.data;
  const bool utc = data.on_utc(f);
  Json missing = Json::array();
  for (const MissingEvent& m : f.missing) {
    missing.push_back({{"kind", kind_name(m.kind)}, {"due_ns", time(m.due, utc)}, {"note", m.note}});
  }
  Json numbers = Json::array();
  for (const NumberUsed& n : f.numbers) {
    numbers.push_back({{"name", n.name},
                       {"value", number(n.value)},
                       {"threshold", n.threshold ? number(*n.threshold) : Json(nullptr)},
                       {"unit", n.unit}});
  }
  Json searched = Json::array();
  for (const SearchDone& s : f.searched) {
    const Stream* stream = data.stream(s.stream);
    const bool placed = stream == nullptr ? utc : stream->placed;
    searched.push_back({{"kind", kind_name(s.kind)},
                        {"stream", stream_name(data, s.stream)},
                        {"from_ns", time(s.span.start, placed)},
                        {"to_ns", time(s.span.end, placed)},
                        {"records", s.records},
                        {"siblings_found", s.siblings_found}});
  }
  const Novelty novelty =
      f.id.value < report.judgement.novelty.size() ? report.judgement.novelty[f.id.value] : Novelty::no_baseline;
  return {{"id", f.fingerprint},
          {"key", key_digest(finding_key(f, data.derived, KeyForm::over_runs))},
          {"baseline", novelty == Novelty::no_baseline ? Json(nullptr) : Json(novelty == Novelty::fresh ? "new" : "known")},
          {"rule", f.rule},
          {"severity", severity_name(f.severity)},
          {"confidence", confidence_name(f.confidence)},
          {"subject", subject(data, f.subject)},
          {"time_ns", time(f.t, utc)},
          {"title", f.title},
          {"explanation", f.explanation},
          {"remedy", f.remedy},
          {"evidence", evidence(data, f)},
          {"missing", std::move(missing)},
          {"numbers", std::move(numbers)},
          {"searched", std::move(searched)},
          {"clears_if", f.clears_if},
          {"folded_into", f.folded_into.valid() ? Json(fingerprint(data, f.folded_into)) : Json(nullptr)}};
}

Json clock_json(const CheckData& data, const Source& s) {
  const SourceClockInfo& c = s.clock_info;
  const bool placed = c.placed_by != PlacedBy::nothing;
  Json suggestion = nullptr;
  if (!c.suggested_date.empty()) {
    suggestion = {{"option", date_option(data, s)}, {"why", c.suggested_why}};
  }
  return {{"kind", clock_kind_name(s.clock)},
          {"date", date_shown_name(s.clock == ClockKind::none ? DateShown::none : c.traits.date)},
          {"zone_minutes", s.zone_offset_minutes ? Json(*s.zone_offset_minutes) : Json(nullptr)},
          {"precision_ns", c.traits.precision.ns},
          {"placed_by", placed_by_name(c.placed_by)},
          {"offset_ns", placed ? Json(c.offset.ns) : Json(nullptr)},
          {"uncertainty_ns", c.uncertainty.ns},
          {"placed_as", c.placed_as.empty() ? Json(nullptr) : Json(c.placed_as)},
          {"suggestion", std::move(suggestion)}};
}

Json sources_json(const CheckData& data) {
  Json out = Json::array();
  for (const Source& s : data.sources) {
    out.push_back({{"path", s.path},
                   {"container", s.container},
                   {"confidence", s.confidence},
                   {"read", s.accounting.read},
                   {"matched", s.accounting.matched},
                   {"related", s.accounting.related},
                   {"known", s.accounting.known},
                   {"irrelevant", s.accounting.irrelevant},
                   {"unparsed", s.accounting.unparsed},
                   {"not_understood", s.not_understood},
                   {"events_repeated", s.repeated},
                   {"clock", clock_json(data, s)}});
  }
  return out;
}

Json contents_json(const CheckData& data) {
  Json out = Json::array();
  for (const Contents& c : data.contents) {
    Json groups = Json::array();
    for (const Contents::Group& g : c.groups) {
      groups.push_back({{"fate", member_fate_name(g.fate)},
                        {"members", g.members},
                        {"place", g.where},
                        {"detail", g.detail},
                        {"command", g.command},
                        {"examples", g.examples}});
    }
    out.push_back({{"path", c.path}, {"format", c.format}, {"members", c.members()}, {"groups", std::move(groups)}});
  }
  return out;
}

Json causes_json(const CheckData& data, const std::vector<bool>& failing) {
  Json out = Json::array();
  for (const Cause& c : data.derived.causes) {
    Json uploads = Json::array();
    for (const UploadId id : c.uploads) {
      if (const Upload* u = at(data.derived.uploads, id)) {
        uploads.push_back(u->name);
      }
    }
    out.push_back({{"id", cause_name(c.id)},
                   {"severity", severity_name(c.severity)},
                   {"title", c.title},
                   {"fails", c.id.value < failing.size() && failing[c.id.value]},
                   {"uploads", std::move(uploads)},
                   {"findings", fingerprints(data, c.findings)}});
  }
  return out;
}

Json undetermined_json(const CheckData& data) {
  Json out = Json::array();
  for (const OpenQuestion& q : open_questions(data.derived)) {
    Json subjects = Json::array();
    for (std::size_t i = 0; i < q.subjects.size() && i < kMaxSubjects; ++i) {
      subjects.push_back(q.subjects[i]);
    }
    out.push_back({{"rule", q.rule}, {"reason", q.reason}, {"count", q.subjects.size()}, {"subjects", std::move(subjects)}});
  }
  return out;
}

Json judgement_json(const CheckReport& report) {
  const Judgement& j = report.judgement;
  Json out = {{"verdict", verdict_name(j.verdict)},
              {"reason", j.reason},
              {"exit_code", report.exit_code},
              {"fail_on", fail_on_name(report.policy.fail_on)},
              {"could_not_tell", unknown_ends_name(report.policy.could_not_tell)},
              {"require", report.policy.require},
              {"lacking", j.lacking},
              {"project_file", report.policy.project_file.empty() ? Json(nullptr) : Json(report.policy.project_file)}};
  if (report.policy.baseline) {
    Json gone = Json::array();
    for (const GoneFinding& g : j.gone) {
      gone.push_back({{"id", g.finding.id},
                      {"key", g.finding.key},
                      {"rule", g.finding.rule},
                      {"title", g.finding.title},
                      {"state", g.fixed ? "fixed" : "not re-checked"},
                      {"why", g.why}});
    }
    out["baseline"] = {{"path", report.policy.baseline->path}, {"new", j.fresh},         {"known", j.known}, {"fixed", j.fixed},
                       {"not_rechecked", j.not_checked},       {"gone", std::move(gone)}};
  }
  return out;
}

}  // namespace

std::string check_json(const CheckReport& report) {
  const CheckData& data = report.data;
  const Derived& d = data.derived;
  Json findings = Json::array();
  for (const Finding& f : d.findings) {
    findings.push_back(finding_json(report, f));
  }
  Json root = {{"schema", "uptrail.check/1"},
               {"outcome", outcome_name(d.outcome)},
               {"judgement", judgement_json(report)},
               {"sources", sources_json(data)},
               {"counts",
                {{"sessions", d.sessions.size()},
                 {"tasks", d.tasks.size()},
                 {"uploads", d.uploads.size()},
                 {"events", data.events},
                 {"left_out", d.left_out}}},
               {"causes", causes_json(data, report.judgement.failing)},
               {"findings", std::move(findings)},
               {"undetermined", undetermined_json(data)}};
  if (const std::vector<std::string> files = message_files(data); !files.empty()) {
    root["message_files"] = files;
  }
  if (!data.contents.empty()) {
    root["contents"] = contents_json(data);
  }
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace uptrail
