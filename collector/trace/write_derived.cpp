// What is derived, written under a new generation.
#include "collector/trace/sqlite_writer.h"
#include "collector/trace/tables.h"

namespace uptrail::trace {

namespace {

// One row a part of `parts`, after (generation, owner, n).
template <class Parts, class Write>
Status write_parts(const Parts& parts, Write write) {
  std::int64_t n = 0;
  for (const auto& part : parts) {
    UPTRAIL_TRY(write(n++, part));
  }
  return done();
}

}  // namespace

Status SqliteCaseWriter::set_derived(const Derived& derived) {
  UPTRAIL_TRY(usable());
  const auto streams = reader_->streams();
  UPTRAIL_TRY(streams);
  Bounds bounds;
  bounds.streams = static_cast<std::uint32_t>(streams->size());
  for (const auto& stream : *streams) {
    bounds.domains = std::max(bounds.domains, stream.domain.valid() ? stream.domain.value + 1 : 0);
  }
  bounds.tasks = static_cast<std::uint32_t>(derived.tasks.size());
  bounds.uploads = static_cast<std::uint32_t>(derived.uploads.size());
  // What a reader would refuse is not written.
  UPTRAIL_TRY(keep(check_derived(derived, bounds, db_.shown_path())));
  const auto current = db_.integer("SELECT generation FROM case_info");
  UPTRAIL_TRY(current);
  const std::int64_t generation = *current + 1;
  if (new_generation_) {  // set twice before commit: the last one counts
    for (const Table* table : kDerivedTables) {
      UPTRAIL_TRY(
          keep(db_.exec("DELETE FROM " + std::string(table->name) + " WHERE generation = " + std::to_string(generation))));
    }
  }
  new_generation_ = generation;
  UPTRAIL_TRY(keep(write_derived(derived, generation)));
  reader_->show_generation(generation);
  return done();
}

Status SqliteCaseWriter::add_picture(std::string_view part, std::span<const std::byte> records) {
  UPTRAIL_TRY(usable());
  if (!new_generation_) {
    return fail(ErrorKind::usage, "a picture of nothing: set_derived() comes first", db_.shown_path());
  }
  auto rows = db_.prepare(
      "INSERT INTO picture (generation, part, n, records) SELECT ?1, ?2, count(*), ?3 FROM picture "
      "WHERE generation = ?1 AND part = ?2");
  UPTRAIL_TRY(rows);
  return keep(rows->run(*new_generation_, part, records));
}

Status SqliteCaseWriter::write_derived(const Derived& derived, std::int64_t generation) {
  UPTRAIL_TRY(write_entities(derived, generation));
  UPTRAIL_TRY(write_tasks(derived, generation));
  UPTRAIL_TRY(write_findings(derived, generation));
  return write_causes(derived, generation);
}

Status SqliteCaseWriter::write_entities(const Derived& derived, std::int64_t g) {
  auto units = inserter(kUnits, true), epochs = inserter(kEpochs, true), states = inserter(kEpochStates, true),
       running = inserter(kEpochRunning, true), sessions = inserter(kSessions, true), uuids = inserter(kSessionUuids, true),
       members = inserter(kSessionObjects, true), objects = inserter(kObjects, true), wakes = inserter(kWakes, true);
  for (const auto* statement : {&units, &epochs, &states, &running, &sessions, &uuids, &members, &objects, &wakes}) {
    UPTRAIL_TRY(*statement);
  }
  for (const auto& u : derived.units) {
    UPTRAIL_TRY(units->run(g, u.id, u.device, u.bundle, u.title, u.platform));
  }
  for (const auto& e : derived.epochs) {
    UPTRAIL_TRY(epochs->run(g, e.id, e.unit, e.process, e.pid, e.build, e.domain, e.launch, e.end, e.launch_reason, e.end_cause,
                            e.seen.start, e.seen.end));
    UPTRAIL_TRY(write_parts(e.states, [&](std::int64_t n, const ProcessSpan& s) {
      return states->run(g, e.id, n, s.span.start, s.span.end, process_state_name(s.state));
    }));
    UPTRAIL_TRY(write_parts(e.running.intervals(),
                            [&](std::int64_t n, const Interval& i) { return running->run(g, e.id, n, i.start, i.end); }));
  }
  for (const auto& s : derived.sessions) {
    UPTRAIL_TRY(sessions->run(g, s.id, s.unit, s.identifier));
    UPTRAIL_TRY(write_parts(s.uuids, [&](std::int64_t n, const Uuid& u) { return uuids->run(g, s.id, n, u.text()); }));
    UPTRAIL_TRY(write_parts(s.objects, [&](std::int64_t n, ObjectId o) { return members->run(g, s.id, n, o); }));
  }
  for (const auto& o : derived.objects) {
    UPTRAIL_TRY(objects->run(g, o.id, o.session, o.epoch, o.object, o.delegate, o.created, o.invalidated, o.became_invalid,
                             o.cancel, object_state_name(o.last_state)));
  }
  return write_parts(derived.wakes, [&](std::int64_t n, const Wake& w) {
    return wakes->run(g, n, w.unit, w.session, w.epoch, w.requested, w.launched, w.handle_events, w.did_finish_events,
                      w.handler_called, w.seen.start, w.seen.end);
  });
}

Status SqliteCaseWriter::write_tasks(const Derived& derived, std::int64_t g) {
  auto tasks = inserter(kTasks, true), phases = inserter(kTaskPhases, true), uploads = inserter(kUploads, true),
       members = inserter(kUploadTasks, true), coverage = inserter(kCoverage, true);
  for (const auto* statement : {&tasks, &phases, &uploads, &members, &coverage}) {
    UPTRAIL_TRY(*statement);
  }
  for (const auto& t : derived.tasks) {
    const auto uuid = t.uuid ? std::optional(t.uuid->text()) : std::nullopt;
    UPTRAIL_TRY(tasks->run(g, t.id, t.unit, t.session, t.upload, uuid, t.identifier, t.desc, t.kind, t.method, t.url, t.file,
                           t.status, t.error_code, t.error_domain, t.bytes_sent, t.bytes_expected, t.created,
                           t.finished_in_daemon, t.delivered, t.seen.start, t.seen.end));
    UPTRAIL_TRY(write_parts(t.phases, [&](std::int64_t n, const TaskPhaseSpan& p) {
      return phases->run(g, t.id, n, p.span.start, p.span.end, task_phase_name(p.phase));
    }));
  }
  for (const auto& u : derived.uploads) {
    UPTRAIL_TRY(uploads->run(g, u.id, u.unit, u.name, u.last_state, upload_outcome_name(u.outcome), u.seen.start, u.seen.end));
    UPTRAIL_TRY(write_parts(u.tasks, [&](std::int64_t n, TaskId t) { return members->run(g, u.id, n, t); }));
  }
  return write_parts(derived.coverage, [&](std::int64_t n, const CoverageSpan& c) -> Status {
    const auto kind = kind_id(c.kind);
    UPTRAIL_TRY(kind);
    return coverage->run(g, n, c.stream, c.unit, *kind, c.span.start, c.span.end, c.declared, c.ever_logged);
  });
}

Status SqliteCaseWriter::write_findings(const Derived& derived, std::int64_t g) {
  auto findings = inserter(kFindings, true), evidence = inserter(kEvidence, true), missing = inserter(kMissing, true),
       numbers = inserter(kNumbers, true), searched = inserter(kSearched, true);
  for (const auto* statement : {&findings, &evidence, &missing, &numbers, &searched}) {
    UPTRAIL_TRY(*statement);
  }
  for (const auto& f : derived.findings) {
    const auto& s = f.subject;
    UPTRAIL_TRY(findings->run(g, f.id, f.fingerprint, f.rule, severity_name(f.severity), confidence_name(f.confidence), s.unit,
                              s.epoch, s.session, s.object, s.task, s.upload, s.label, f.t, f.title, f.explanation, f.remedy,
                              f.clears_if, f.folded_into, f.cause));
    UPTRAIL_TRY(write_parts(
        f.evidence, [&](std::int64_t n, const EvidenceRef& e) { return evidence->run(g, f.id, n, e.event, e.note, e.key); }));
    const auto write_missing = [&](std::int64_t n, const MissingEvent& m) -> Status {
      const auto kind = kind_id(m.kind);
      UPTRAIL_TRY(kind);
      return missing->run(g, f.id, n, *kind, m.due, m.note);
    };
    const auto write_search = [&](std::int64_t n, const SearchDone& d) -> Status {
      const auto kind = kind_id(d.kind);
      UPTRAIL_TRY(kind);
      return searched->run(g, f.id, n, *kind, d.stream, d.span.start, d.span.end, d.records, d.siblings_found);
    };
    UPTRAIL_TRY(write_parts(f.missing, write_missing));
    UPTRAIL_TRY(write_parts(f.numbers, [&](std::int64_t n, const NumberUsed& u) {
      return numbers->run(g, f.id, n, u.name, u.value, u.threshold, u.unit);
    }));
    UPTRAIL_TRY(write_parts(f.searched, write_search));
  }
  return done();
}

Status SqliteCaseWriter::write_causes(const Derived& derived, std::int64_t g) {
  auto undetermined = inserter(kUndetermined, true), causes = inserter(kCauses, true), findings = inserter(kCauseFindings, true),
       uploads = inserter(kCauseUploads, true), outcomes = inserter(kOutcomes, true), verdicts = inserter(kRuleVerdicts, true);
  for (const auto* statement : {&undetermined, &causes, &findings, &uploads, &outcomes, &verdicts}) {
    UPTRAIL_TRY(*statement);
  }
  UPTRAIL_TRY(write_parts(derived.undetermined, [&](std::int64_t n, const Undetermined& u) {
    const auto& s = u.subject;
    return undetermined->run(g, n, u.rule, u.reason, s.unit, s.epoch, s.session, s.object, s.task, s.upload, s.label, u.add);
  }));
  UPTRAIL_TRY(write_parts(derived.tallies, [&](std::int64_t n, const RuleTally& t) {
    return verdicts->run(g, n, t.unit, t.rule, t.fired, t.cleared, t.undetermined, t.not_applicable);
  }));
  for (const auto& c : derived.causes) {
    UPTRAIL_TRY(causes->run(g, c.id, severity_name(c.severity), confidence_name(c.confidence), c.title, c.main));
    UPTRAIL_TRY(write_parts(c.findings, [&](std::int64_t n, FindingId f) { return findings->run(g, c.id, n, f); }));
    UPTRAIL_TRY(write_parts(c.uploads, [&](std::int64_t n, UploadId u) { return uploads->run(g, c.id, n, u); }));
  }
  return outcomes->run(g, outcome_name(derived.outcome), derived.outcome_reason, derived.next_step,
                       static_cast<std::int64_t>(derived.left_out));
}

}  // namespace uptrail::trace
