// What is derived, read back and checked: no id leads outside its list.
#include "collector/trace/sqlite_reader.h"
#include "collector/trace/tables.h"

namespace uptrail::trace {

namespace {

constexpr std::uint32_t kMostReserved = 1 << 20;  // a foreign file may claim any number
constexpr int kProcessStateCount = 7;
constexpr int kObjectStateCount = 7;
constexpr int kTaskPhaseCount = 8;
constexpr int kUploadOutcomeCount = 6;
constexpr int kSeverityCount = 3;
constexpr int kConfidenceCount = 3;
constexpr int kOutcomeCount = 3;

// The element that the id at the front of a row of parts belongs to; nullptr, and the row is bad, when there is none.
template <class Id, class T>
T* owner(Row& row, std::vector<T>& list) {
  const Id id = row.id<Id>();
  (void)row.i64();  // n: rows come in its order
  if (!id.valid() || static_cast<std::size_t>(id.value) >= list.size()) {
    row.reject();
    return nullptr;
  }
  return &list[static_cast<std::size_t>(id.value)];
}

// Appends with the id that the row has, which must be the place in the list.
template <class Id, class T>
T& append(Row& row, std::vector<T>& list) {
  const Id id = row.id<Id>();
  if (!id.valid() || static_cast<std::size_t>(id.value) != list.size()) {
    row.reject();
  }
  T& item = list.emplace_back();
  if constexpr (requires { item.id; }) {
    item.id = id;
  }
  return item;
}

void read_subject(Row& row, Subject& subject) {
  subject.unit = row.id<UnitId>();
  subject.epoch = row.id<EpochId>();
  subject.session = row.id<SessionId>();
  subject.object = row.id<ObjectId>();
  subject.task = row.id<TaskId>();
  subject.upload = row.id<UploadId>();
  subject.label = row.text();
}

}  // namespace

Status SqliteCaseReader::each(const Table& table, const std::function<void(Row&)>& use) {
  const auto current = generation();
  UPTRAIL_TRY(current);
  auto rows = db_->prepare(select_sql(table, true));
  UPTRAIL_TRY(rows);
  rows->bind(*current);
  for (auto more = rows->step();; more = rows->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      return done();
    }
    Row row(*rows);
    use(row);
    if (row.bad()) {
      return impossible(table.name);
    }
  }
}

Status SqliteCaseReader::read_processes(Derived& out) {
  UPTRAIL_TRY(each(kUnits, [&](Row& row) {
    auto& unit = append<UnitId>(row, out.units);
    unit.device = row.text();
    unit.bundle = row.text();
    unit.title = row.text();
    unit.platform = row.text();
  }));
  UPTRAIL_TRY(each(kEpochs, [&](Row& row) {
    auto& epoch = append<EpochId>(row, out.epochs);
    epoch.unit = row.id<UnitId>();
    epoch.process = row.text();
    epoch.pid = row.optional_i64();
    epoch.build = row.text();
    epoch.domain = row.id<DomainId>();
    epoch.launch = row.optional_time();
    epoch.end = row.optional_time();
    epoch.launch_reason = row.text();
    epoch.end_cause = row.text();
    epoch.seen = row.interval();
  }));
  UPTRAIL_TRY(each(kEpochStates, [&](Row& row) {
    if (auto* epoch = owner<EpochId>(row, out.epochs)) {
      const Interval span = row.interval();
      epoch->states.push_back({span, row.named<ProcessState>(process_state_name, kProcessStateCount)});
    }
  }));
  return each(kEpochRunning, [&](Row& row) {
    if (auto* epoch = owner<EpochId>(row, out.epochs)) {
      epoch->running.add(row.interval());
    }
  });
}

Status SqliteCaseReader::read_sessions(Derived& out) {
  UPTRAIL_TRY(each(kSessions, [&](Row& row) {
    auto& session = append<SessionId>(row, out.sessions);
    session.unit = row.id<UnitId>();
    session.identifier = row.text();
  }));
  UPTRAIL_TRY(each(kSessionUuids, [&](Row& row) {
    if (auto* session = owner<SessionId>(row, out.sessions)) {
      session->uuids.push_back(row.uuid());
    }
  }));
  UPTRAIL_TRY(each(kSessionObjects, [&](Row& row) {
    if (auto* session = owner<SessionId>(row, out.sessions)) {
      session->objects.push_back(row.id<ObjectId>());
    }
  }));
  UPTRAIL_TRY(each(kObjects, [&](Row& row) {
    auto& object = append<ObjectId>(row, out.objects);
    object.session = row.id<SessionId>();
    object.epoch = row.id<EpochId>();
    object.object = row.text();
    object.delegate = row.text();
    object.created = row.optional_time();
    object.invalidated = row.optional_time();
    object.became_invalid = row.optional_time();
    object.cancel = row.flag();
    object.last_state = row.named<ObjectState>(object_state_name, kObjectStateCount);
  }));
  return each(kWakes, [&](Row& row) {
    (void)row.i64();
    auto& wake = out.wakes.emplace_back();
    wake.unit = row.id<UnitId>();
    wake.session = row.id<SessionId>();
    wake.epoch = row.id<EpochId>();
    wake.requested = row.optional_time();
    wake.launched = row.optional_time();
    wake.handle_events = row.optional_time();
    wake.did_finish_events = row.optional_time();
    wake.handler_called = row.optional_time();
    wake.seen = row.interval();
  });
}

Status SqliteCaseReader::read_tasks(Derived& out) {
  if (bounds_) {
    out.tasks.reserve(std::min(bounds_->tasks, kMostReserved));
  }
  UPTRAIL_TRY(each(kTasks, [&](Row& row) { read_task(row, append<TaskId>(row, out.tasks)); }));
  return each(kTaskPhases, [&](Row& row) {
    if (auto* task = owner<TaskId>(row, out.tasks)) {
      const Interval span = row.interval();
      task->phases.push_back({span, row.named<TaskPhase>(task_phase_name, kTaskPhaseCount)});
    }
  });
}

Status SqliteCaseReader::read_uploads(Derived& out) {
  if (bounds_) {
    out.uploads.reserve(std::min(bounds_->uploads, kMostReserved));
  }
  UPTRAIL_TRY(each(kUploads, [&](Row& row) {
    auto& upload = append<UploadId>(row, out.uploads);
    upload.unit = row.id<UnitId>();
    upload.name = row.text();
    upload.last_state = row.text();
    upload.outcome = row.named<UploadOutcome>(upload_outcome_name, kUploadOutcomeCount);
    upload.seen = row.interval();
  }));
  return each(kUploadTasks, [&](Row& row) {
    if (auto* upload = owner<UploadId>(row, out.uploads)) {
      upload->tasks.push_back(row.id<TaskId>());
    }
  });
}

EventKind SqliteCaseReader::known_kind(Row& row) {
  const auto it = kinds_.find(row.i64());
  if (it == kinds_.end()) {
    row.reject();
    return {};
  }
  return it->second;
}

Status SqliteCaseReader::read_coverage(Derived& out) {
  return each(kCoverage, [&](Row& row) {
    (void)row.i64();
    auto& span = out.coverage.emplace_back();
    span.stream = row.id<StreamId>();
    span.unit = row.id<UnitId>();
    span.kind = known_kind(row);
    span.span = row.interval();
    span.declared = row.flag();
    span.ever_logged = row.flag();
  });
}

Status SqliteCaseReader::read_findings(Derived& out) {
  UPTRAIL_TRY(each(kFindings, [&](Row& row) {
    auto& finding = append<FindingId>(row, out.findings);
    finding.fingerprint = row.text();
    finding.rule = row.text();
    finding.severity = row.named<Severity>(severity_name, kSeverityCount);
    finding.confidence = row.named<Confidence>(confidence_name, kConfidenceCount);
    read_subject(row, finding.subject);
    finding.t = row.time();
    finding.title = row.text();
    finding.explanation = row.text();
    finding.remedy = row.text();
    finding.clears_if = row.text();
    finding.folded_into = row.id<FindingId>();
    finding.cause = row.id<CauseId>();
  }));
  UPTRAIL_TRY(each(kEvidence, [&](Row& row) {
    if (auto* finding = owner<FindingId>(row, out.findings)) {
      auto& evidence = finding->evidence.emplace_back();
      evidence.event = row.id<EventId>();
      evidence.note = row.text();
      evidence.key = row.flag();
    }
  }));
  return read_finding_parts(out);
}

Status SqliteCaseReader::read_finding_parts(Derived& out) {
  UPTRAIL_TRY(each(kMissing, [&](Row& row) {
    if (auto* finding = owner<FindingId>(row, out.findings)) {
      auto& missing = finding->missing.emplace_back();
      missing.kind = known_kind(row);
      missing.due = row.time();
      missing.note = row.text();
    }
  }));
  UPTRAIL_TRY(each(kNumbers, [&](Row& row) {
    if (auto* finding = owner<FindingId>(row, out.findings)) {
      auto& number = finding->numbers.emplace_back();
      number.name = row.text();
      number.value = row.real();
      number.threshold = row.optional_real();
      number.unit = row.text();
    }
  }));
  return each(kSearched, [&](Row& row) {
    if (auto* finding = owner<FindingId>(row, out.findings)) {
      auto& search = finding->searched.emplace_back();
      search.kind = known_kind(row);
      search.stream = row.id<StreamId>();
      search.span = row.interval();
      search.records = row.count<std::uint64_t>();
      search.siblings_found = row.count<std::uint64_t>();
    }
  });
}

Status SqliteCaseReader::read_causes(Derived& out) {
  UPTRAIL_TRY(each(kUndetermined, [&](Row& row) {
    (void)row.i64();
    auto& question = out.undetermined.emplace_back();
    question.rule = row.text();
    question.reason = row.text();
    read_subject(row, question.subject);
    question.add = row.text();
  }));
  UPTRAIL_TRY(each(kCauses, [&](Row& row) {
    auto& cause = append<CauseId>(row, out.causes);
    cause.severity = row.named<Severity>(severity_name, kSeverityCount);
    cause.confidence = row.named<Confidence>(confidence_name, kConfidenceCount);
    cause.title = row.text();
    cause.main = row.id<FindingId>();
  }));
  UPTRAIL_TRY(each(kCauseFindings, [&](Row& row) {
    if (auto* cause = owner<CauseId>(row, out.causes)) {
      cause->findings.push_back(row.id<FindingId>());
    }
  }));
  return each(kCauseUploads, [&](Row& row) {
    if (auto* cause = owner<CauseId>(row, out.causes)) {
      cause->uploads.push_back(row.id<UploadId>());
    }
  });
}

Status SqliteCaseReader::read_outcome(Derived& out) {
  UPTRAIL_TRY(each(kRuleVerdicts, [&](Row& row) {
    RuleTally tally;
    (void)row.i64();
    tally.unit = row.id<UnitId>();
    tally.rule = row.text();
    for (std::uint64_t* count : {&tally.fired, &tally.cleared, &tally.undetermined, &tally.not_applicable}) {
      *count = row.count<std::uint64_t>();
    }
    out.tallies.push_back(std::move(tally));
  }));
  return each(kOutcomes, [&](Row& row) {
    out.outcome = row.named<Outcome>(outcome_name, kOutcomeCount);
    out.outcome_reason = row.text();
    out.next_step = row.text();
    out.left_out = row.count<std::uint64_t>();
  });
}

Status SqliteCaseReader::read_all(Derived& out, bool tasks) {
  UPTRAIL_TRY(load_kinds());
  UPTRAIL_TRY(read_processes(out));
  UPTRAIL_TRY(read_sessions(out));
  if (tasks) {
    UPTRAIL_TRY(read_tasks(out));
    UPTRAIL_TRY(read_uploads(out));
  }
  UPTRAIL_TRY(read_coverage(out));
  UPTRAIL_TRY(read_findings(out));
  UPTRAIL_TRY(read_causes(out));
  UPTRAIL_TRY(read_outcome(out));
  if (!bounds_) {
    return done();
  }
  Bounds bounds = *bounds_;
  if (tasks) {
    bounds.tasks = static_cast<std::uint32_t>(out.tasks.size());
    bounds.uploads = static_cast<std::uint32_t>(out.uploads.size());
  }
  return check_derived(out, bounds, db_->shown_path());
}

Result<Derived> SqliteCaseReader::derived() {
  Derived out;
  UPTRAIL_TRY(read_all(out, true));
  return out;
}

Result<Derived> SqliteCaseReader::derived_without_tasks() {
  Derived out;
  UPTRAIL_TRY(read_all(out, false));
  return out;
}

}  // namespace uptrail::trace
