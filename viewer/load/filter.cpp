#include "viewer/load/filter.h"

#include <algorithm>

#include "viewer/load/text_match.h"

namespace uptrail::viewer {

namespace {

class Sieve {
 public:
  Sieve(const LoadedCase& data, const Filter& filter) : data_(data), filter_(filter), text_(filter.text) {}

  // First every task, by id, in one of two ways; then finish().
  void add(const Task& task) {
    TaskBrief brief{task.session, task.upload, !text_.empty() && text_in(task)};
    out_.tasks.push_back(fits_app(task.unit) && fits_span(task.seen) && passes(brief));
    tasks_.push_back(brief);
  }
  void add_lanes() {
    tasks_.resize(data_.task_count());
    out_.tasks.resize(tasks_.size());
    for (const timeline::Lane& lane : data_.scene.lanes) {
      if (lane.kind != timeline::LaneKind::task || lane.task.value >= tasks_.size()) continue;
      TaskBrief& brief = tasks_[lane.task.value];
      brief = {lane.session, lane.upload, false};
      out_.tasks[lane.task.value] = fits_app(lane.unit) && passes(brief);
    }
  }

  Passing finish() {
    const Derived& d = data_.derived;
    out_.units.assign(d.units.size(), true);
    for (std::size_t i = 0; i < d.units.size(); ++i) out_.units[i] = fits_app(UnitId{static_cast<std::uint32_t>(i)});
    for (const Session& session : d.sessions) out_.sessions.push_back(passes(session));
    for (const Finding& finding : d.findings) out_.findings.push_back(passes(finding));
    mark_uploads_with_findings();
    out_.uploads.reserve(data_.upload_count());
    for (std::uint32_t i = 0; i < data_.upload_count(); ++i) out_.uploads.push_back(passes(data_.upload(UploadId{i})));
    for (const Cause& cause : d.causes) out_.causes.push_back(passes(cause));
    const auto count = [](const std::vector<bool>& v) {
      return static_cast<std::uint64_t>(std::count(v.begin(), v.end(), true));
    };
    out_.finding_count = count(out_.findings);
    out_.cause_count = count(out_.causes);
    out_.upload_count = count(out_.uploads);
    return std::move(out_);
  }

 private:
  struct TaskBrief {
    SessionId session;
    UploadId upload;
    bool text = false;  // it has the text itself
  };

  [[nodiscard]] bool fits_app(UnitId unit) const { return !filter_.app || unit == *filter_.app; }
  [[nodiscard]] bool fits_span(Interval seen) const {
    return !filter_.span || filter_.span->overlaps({seen.start, std::max(seen.end, seen.start + nanoseconds(1))});
  }
  [[nodiscard]] const TaskBrief* task(TaskId id) const { return id.value < tasks_.size() ? &tasks_[id.value] : nullptr; }
  [[nodiscard]] bool about_findings() const {
    return !filter_.rule.empty() || !filter_.severities.all() || !filter_.confidences.all();
  }

  [[nodiscard]] bool text_in(const Session& session) const {
    return text_.in(session.identifier) ||
           std::any_of(session.uuids.begin(), session.uuids.end(), [&](const Uuid& uuid) { return text_.in(uuid.text()); });
  }
  [[nodiscard]] bool text_in(const Task& t) const {
    return text_.in(t.desc) || text_.in(t.url) || text_.in(t.file) || (t.uuid && text_.in(t.uuid->text()));
  }
  [[nodiscard]] bool text_in(const Finding& f) const {
    return text_.in(f.title) || text_.in(f.rule) || text_.in(f.subject.label) || text_.in(f.explanation);
  }

  [[nodiscard]] bool passes(const Session& session) const {
    return fits_app(session.unit) && (!filter_.session || session.id == *filter_.session) && (text_.empty() || text_in(session));
  }

  [[nodiscard]] bool passes(const TaskBrief& t) const {
    if (filter_.session && t.session != *filter_.session) return false;
    if (!fits_outcome(t.upload)) return false;
    return text_.empty() || t.text || (data_.has(t.upload) && text_.in(data_.upload(t.upload).name));
  }

  [[nodiscard]] bool fits_outcome(UploadId id) const {
    return filter_.outcomes.all() || (data_.has(id) && filter_.outcomes.has(data_.upload(id).outcome));
  }
  [[nodiscard]] bool fits_outcome(const Finding& f) const {
    const TaskBrief* t = task(f.subject.task);
    return fits_outcome(f.subject.upload.valid() ? f.subject.upload : t != nullptr ? t->upload : UploadId{});
  }

  [[nodiscard]] bool passes(const Finding& f) const {
    if (!filter_.severities.has(f.severity) || !filter_.confidences.has(f.confidence)) return false;
    if (!filter_.rule.empty() && f.rule != filter_.rule) return false;
    if (!fits_app(f.subject.unit) || !fits_outcome(f)) return false;
    const TaskBrief* t = task(f.subject.task);
    if (filter_.session) {
      const SessionId session = f.subject.session.valid() ? f.subject.session : t != nullptr ? t->session : SessionId{};
      if (session != *filter_.session) return false;
    }
    if (filter_.span && !filter_.span->contains(f.t)) return false;
    return text_.empty() || text_in(f) || (t != nullptr && t->text);
  }

  void mark_uploads_with_findings() {
    found_.assign(data_.upload_count(), false);
    const auto mark = [&](UploadId id) {
      if (id.value < found_.size()) found_[id.value] = true;
    };
    for (const Finding& f : data_.derived.findings) {
      if (!out_.findings[f.id.value]) continue;
      mark(f.subject.upload);
      if (const TaskBrief* t = task(f.subject.task)) mark(t->upload);
      if (!f.cause.valid() || f.cause.value >= data_.derived.causes.size()) continue;
      for (const UploadId id : data_.derived.causes[f.cause.value].uploads) mark(id);
    }
  }

  [[nodiscard]] bool passes(const timeline::UploadView& u) const {
    if (!fits_app(u.unit) || !filter_.outcomes.has(u.outcome) || !fits_span(u.seen)) return false;
    if (about_findings() && !found_[u.id.value]) return false;
    const auto any = [&](auto&& fits) {
      return std::any_of(u.tasks.begin(), u.tasks.end(), [&](TaskId id) { return task(id) != nullptr && fits(*task(id)); });
    };
    if (filter_.session && !any([&](const TaskBrief& t) { return t.session == *filter_.session; })) return false;
    return text_.empty() || text_.in(u.name) || any([&](const TaskBrief& t) { return t.text; });
  }

  [[nodiscard]] bool passes(const Cause& c) const {
    return std::any_of(c.findings.begin(), c.findings.end(),
                       [&](FindingId id) { return id.value < out_.findings.size() && out_.findings[id.value]; });
  }

  const LoadedCase& data_;
  const Filter& filter_;
  TextMatch text_;
  std::vector<TaskBrief> tasks_;
  std::vector<bool> found_;  // uploads that a passing finding concerns
  Passing out_;
};

}  // namespace

bool needs_reading(const LoadedCase& data, const Filter& filter) {
  return !data.has_all_tasks() && (!filter.text.empty() || filter.span);
}

Passing make_passing(const LoadedCase& data, const Filter& filter) {
  Sieve sieve(data, filter);
  if (data.has_all_tasks()) {
    for (const Task& task : data.derived.tasks) sieve.add(task);
  } else {
    sieve.add_lanes();
  }
  return sieve.finish();
}

Result<Passing> make_passing(const LoadedCase& data, const Filter& filter, CaseReader& reader) {
  if (!needs_reading(data, filter)) return make_passing(data, filter);
  Sieve sieve(data, filter);
  UPTRAIL_TRY(reader.for_each_task(TaskId{0}, [&](const Task& task) {
    sieve.add(task);
    return true;
  }));
  return sieve.finish();
}

}  // namespace uptrail::viewer
