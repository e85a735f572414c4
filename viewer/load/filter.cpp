#include "viewer/load/filter.h"

#include <algorithm>

#include "viewer/load/text_match.h"

namespace uptrail::viewer {

namespace {

class Sieve {
 public:
  Sieve(const LoadedCase& data, const Filter& filter) : data_(data), filter_(filter), text_(filter.text) {}

  Passing run() {
    const Derived& d = data_.derived;
    out_.units.assign(d.units.size(), true);
    for (std::size_t i = 0; i < d.units.size(); ++i) out_.units[i] = fits_app(UnitId{static_cast<std::uint32_t>(i)});
    for (const Session& session : d.sessions) out_.sessions.push_back(passes(session));
    for (const Task& task : d.tasks) out_.tasks.push_back(passes(task));
    for (const Finding& finding : d.findings) out_.findings.push_back(passes(finding));
    mark_uploads_with_findings();
    for (const Upload& upload : d.uploads) out_.uploads.push_back(passes(upload));
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
  [[nodiscard]] bool fits_app(UnitId unit) const { return !filter_.app || unit == *filter_.app; }
  [[nodiscard]] bool fits_span(Interval seen) const {
    return !filter_.span || filter_.span->overlaps({seen.start, std::max(seen.end, seen.start + nanoseconds(1))});
  }
  [[nodiscard]] const Upload* upload(UploadId id) const {
    return id.value < data_.derived.uploads.size() ? &data_.derived.uploads[id.value] : nullptr;
  }
  [[nodiscard]] const Task* task(TaskId id) const {
    return id.value < data_.derived.tasks.size() ? &data_.derived.tasks[id.value] : nullptr;
  }
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

  [[nodiscard]] bool passes(const Task& t) const {
    if (!fits_app(t.unit) || (filter_.session && t.session != *filter_.session) || !fits_span(t.seen)) return false;
    const Upload* own = upload(t.upload);
    if (!filter_.outcomes.all() && (own == nullptr || !filter_.outcomes.has(own->outcome))) return false;
    return text_.empty() || text_in(t) || (own != nullptr && text_.in(own->name));
  }

  [[nodiscard]] bool fits_outcome(const Finding& f) const {
    if (filter_.outcomes.all()) return true;
    const Task* t = task(f.subject.task);
    const Upload* own = upload(f.subject.upload.valid() ? f.subject.upload : t != nullptr ? t->upload : UploadId{});
    return own != nullptr && filter_.outcomes.has(own->outcome);
  }

  [[nodiscard]] bool passes(const Finding& f) const {
    if (!filter_.severities.has(f.severity) || !filter_.confidences.has(f.confidence)) return false;
    if (!filter_.rule.empty() && f.rule != filter_.rule) return false;
    if (!fits_app(f.subject.unit) || !fits_outcome(f)) return false;
    const Task* t = task(f.subject.task);
    if (filter_.session) {
      const SessionId session = f.subject.session.valid() ? f.subject.session : t != nullptr ? t->session : SessionId{};
      if (session != *filter_.session) return false;
    }
    if (filter_.span && !filter_.span->contains(f.t)) return false;
    return text_.empty() || text_in(f) || (t != nullptr && text_in(*t));
  }

  void mark_uploads_with_findings() {
    found_.assign(data_.derived.uploads.size(), false);
    const auto mark = [&](UploadId id) {
      if (id.value < found_.size()) found_[id.value] = true;
    };
    for (const Finding& f : data_.derived.findings) {
      if (!out_.findings[f.id.value]) continue;
      mark(f.subject.upload);
      if (const Task* t = task(f.subject.task)) mark(t->upload);
      if (!f.cause.valid() || f.cause.value >= data_.derived.causes.size()) continue;
      for (const UploadId id : data_.derived.causes[f.cause.value].uploads) mark(id);
    }
  }

  [[nodiscard]] bool passes(const Upload& u) const {
    if (!fits_app(u.unit) || !filter_.outcomes.has(u.outcome) || !fits_span(u.seen)) return false;
    if (about_findings() && !found_[u.id.value]) return false;
    const auto any = [&](auto&& fits) {
      return std::any_of(u.tasks.begin(), u.tasks.end(), [&](TaskId id) { return task(id) != nullptr && fits(*task(id)); });
    };
    if (filter_.session && !any([&](const Task& t) { return t.session == *filter_.session; })) return false;
    return text_.empty() || text_.in(u.name) || any([&](const Task& t) { return text_in(t); });
  }

  [[nodiscard]] bool passes(const Cause& c) const {
    return std::any_of(c.findings.begin(), c.findings.end(),
                       [&](FindingId id) { return id.value < out_.findings.size() && out_.findings[id.value]; });
  }

  const LoadedCase& data_;
  const Filter& filter_;
  TextMatch text_;
  std::vector<bool> found_;  // uploads that a passing finding concerns
  Passing out_;
};

}  // namespace

Passing make_passing(const LoadedCase& data, const Filter& filter) { return Sieve(data, filter).run(); }

}  // namespace uptrail::viewer
