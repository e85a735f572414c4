// A foreign case may hold any number as an id. Everybody downstream indexes with ids, so none that leads nowhere gets through.
#include <string_view>

#include "collector/trace/sqlite_reader.h"

namespace uptrail::trace {

namespace {

class Checker {
 public:
  Checker(const Derived& derived, const Bounds& bounds) : d_(derived), b_(bounds) {}

  std::string_view first_bad() {
    processes();
    sessions();
    tasks();
    findings();
    causes();
    return bad_;
  }

 private:
  template <class Id>
  void in(Id id, std::size_t count, std::string_view what, bool needed = false) {
    if (id.valid() ? static_cast<std::size_t>(id.value) >= count : needed) {
      bad_ = what;
    }
  }

  void processes() {
    for (const auto& epoch : d_.epochs) {
      in(epoch.unit, d_.units.size(), "unit of an epoch", true);
      in(epoch.domain, static_cast<std::size_t>(b_.domains), "domain of an epoch");
    }
    for (const auto& span : d_.coverage) {
      in(span.stream, b_.streams, "stream of a coverage", true);
      in(span.unit, d_.units.size(), "unit of a coverage");
    }
  }

  void sessions() {
    for (const auto& session : d_.sessions) {
      in(session.unit, d_.units.size(), "unit of a session", true);
      for (const auto object : session.objects) {
        in(object, d_.objects.size(), "object of a session", true);
      }
    }
    for (const auto& object : d_.objects) {
      in(object.session, d_.sessions.size(), "session of an object");
      in(object.epoch, d_.epochs.size(), "epoch of an object");
    }
    for (const auto& wake : d_.wakes) {
      in(wake.unit, d_.units.size(), "unit of a wake", true);
      in(wake.session, d_.sessions.size(), "session of a wake");
      in(wake.epoch, d_.epochs.size(), "epoch of a wake");
    }
  }

  void tasks() {
    for (const auto& task : d_.tasks) {
      in(task.unit, d_.units.size(), "unit of a task", true);
      in(task.session, d_.sessions.size(), "session of a task");
      in(task.upload, b_.uploads, "upload of a task");
    }
    for (const auto& upload : d_.uploads) {
      in(upload.unit, d_.units.size(), "unit of an upload", true);
      for (const auto task : upload.tasks) {
        in(task, b_.tasks, "task of an upload", true);
      }
    }
  }

  void subject(const Subject& s) {
    in(s.unit, d_.units.size(), "unit of a subject");
    in(s.epoch, d_.epochs.size(), "epoch of a subject");
    in(s.session, d_.sessions.size(), "session of a subject");
    in(s.object, d_.objects.size(), "object of a subject");
    in(s.task, b_.tasks, "task of a subject");
    in(s.upload, b_.uploads, "upload of a subject");
  }

  void findings() {
    for (const auto& finding : d_.findings) {
      subject(finding.subject);
      in(finding.folded_into, d_.findings.size(), "finding of a finding");
      in(finding.cause, d_.causes.size(), "cause of a finding");
      for (const auto& search : finding.searched) {
        in(search.stream, b_.streams, "stream of a search");
      }
    }
    for (const auto& tally : d_.tallies) {
      in(tally.unit, d_.units.size(), "unit of a rule's verdicts", true);
    }
    for (const auto& question : d_.undetermined) {
      subject(question.subject);
    }
  }

  void causes() {
    for (const auto& cause : d_.causes) {
      in(cause.main, d_.findings.size(), "main finding of a cause");
      for (const auto finding : cause.findings) {
        in(finding, d_.findings.size(), "finding of a cause", true);
      }
      for (const auto upload : cause.uploads) {
        in(upload, b_.uploads, "upload of a cause", true);
      }
    }
  }

  const Derived& d_;
  const Bounds& b_;
  std::string_view bad_;
};

}  // namespace

Status check_derived(const Derived& derived, const Bounds& bounds, const std::string& path) {
  const auto bad = Checker(derived, bounds).first_bad();
  if (!bad.empty()) {
    return fail(ErrorKind::malformed, "the " + std::string(bad) + " does not exist in this case", path);
  }
  return done();
}

}  // namespace uptrail::trace
