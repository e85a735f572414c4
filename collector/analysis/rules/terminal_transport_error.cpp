#include "collector/analysis/rules/terminal_transport_error.h"

#include <algorithm>
#include <array>
#include <optional>

#include "collector/analysis/rules/file_trouble.h"
#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/analysis/rules/timeouts.h"
#include "collector/base/text.h"
#include "collector/model/system_unit.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "terminal-transport-error",
    .title = "Task ended with a transport error",
    .severity = Severity::warning,
    .summary =
        "The system gave the task up: the error could not be recovered from, and what becomes of the upload is for the app to "
        "decide.",
    .needs = "task.did-complete, or the end in nsurlsessiond, with the error's number.",
    .remedy =
        "Enqueue again with growing pauses after -1001 to -1009; other errors need a change of the request, the file or the "
        "server.",
    .thresholds = {{"T_RESOURCE", 604800, "s", "timeoutIntervalForResource when it is not logged"},
                   {"T_SOON", 5, "s", "an error about the file this soon after the start belongs to temp-file-missing"},
                   {"T_AROUND", 60, "s", "network changes this near are shown with it"}},
};

struct Known {
  std::int32_t code;
  std::string_view name;
  Severity severity;
  std::string_view meaning;
};
constexpr auto kKnown = std::to_array<Known>({
    {-1, "NSURLErrorUnknown", Severity::error, "the task could not be made or its session not reached"},
    {-1001, "NSURLErrorTimedOut", Severity::warning, "a timeout, long before timeoutIntervalForResource was over"},
    {-1003, "NSURLErrorCannotFindHost", Severity::warning, "the host's name is not known"},
    {-1004, "NSURLErrorCannotConnectToHost", Severity::warning, "the host does not answer"},
    {-1005, "NSURLErrorNetworkConnectionLost", Severity::warning, "the connection broke; the system usually tries again itself"},
    {-1006, "NSURLErrorDNSLookupFailed", Severity::warning, "the host's name could not be looked up"},
    {-1009, "NSURLErrorNotConnectedToInternet", Severity::warning, "no network; background tasks usually wait for one"},
    {-1017, "NSURLErrorCannotParseResponse", Severity::error, "the server or a proxy broke HTTP; the system does not try again"},
    {-1018, "NSURLErrorInternationalRoamingOff", Severity::warning, "data roaming is off"},
    {-1019, "NSURLErrorCallIsActive", Severity::warning, "a phone call was in the way"},
    {-1020, "NSURLErrorDataNotAllowed", Severity::warning, "cellular data is not allowed"},
    {-1021, "NSURLErrorRequestBodyStreamExhausted", Severity::error, "a streamed body cannot be sent twice"},
    {-1022, "NSURLErrorAppTransportSecurityRequiresSecureConnection", Severity::error, "App Transport Security forbids it"},
    {-1100, "NSURLErrorFileDoesNotExist", Severity::error, "the body file does not exist"},
    {-1102, "NSURLErrorNoPermissionsToReadFile", Severity::error, "the body file may not be read"},
    {-1200, "NSURLErrorSecureConnectionFailed", Severity::error, "TLS failed"},
});
constexpr std::int32_t kTlsFirst = -1299;
constexpr std::int32_t kTlsLast = -1201;

Known known(std::string_view domain, std::int32_t code) {
  if (is_file_error(domain, code) && code > 0) return {code, domain, Severity::error, "the body file could not be read"};
  const bool url = domain.empty() || domain == "NSURLErrorDomain";
  const auto it = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& k) { return url && k.code == code; });
  if (it != kKnown.end()) return *it;
  if (url && code >= kTlsFirst && code <= kTlsLast)
    return {code, "TLS error", Severity::error, "the server's certificate or TLS"};
  return {code, domain.empty() ? "error" : domain, Severity::warning, ""};
}

// -995, -996 and -997 have rules of their own; -999 is asked separately.
bool has_own_rule(std::int32_t code) { return code == kNeedsContainer || code == kInUse || code == kDisconnected; }

bool went_on(const World& world, TaskId task, FactIndex end) {
  if (world.fact(end).kind != EventKind::daemon_task_finished) return false;
  const FactIndex last = last_of(world, world.of_task(task),
                                 {EventKind::daemon_task_retry, EventKind::daemon_task_begin, EventKind::daemon_task_connection});
  return last != kNoFact && maybe_before(world, end, last);
}

// The upload got there after all.
FactIndex recovery(const World& world, TaskId task, FactIndex end) {
  const UploadId upload = task_of(world, task).upload;
  if (!upload.valid()) return kNoFact;
  for (const FactIndex i : world.of_upload(upload)) {
    const Fact& fact = world.fact(i);
    const bool good = (fact.kind == EventKind::upload_state && fact.word == Word::succeeded) ||
                      (fact.task != task && is_end(fact) && fact.has(kHasCode) && fact.code == 0 && fact.status < 400);
    if (good && surely_before(world, end, i)) return i;
  }
  return kNoFact;
}

void fire(const Judging& j, TaskId task, FactIndex end, const Known& error, Confidence confidence, const CovAnswer* rests) {
  const World& world = j.world;
  const FactIndex good = recovery(world, task, end);
  Draft draft(j, good != kNoFact ? Severity::info : error.severity, confidence, task_subject(world, task), world.fact(end).t);
  const std::string name = task_name(world, task);
  const std::string text = std::string(error.name) + " (" + std::to_string(error.code) + ")";
  const Waited waited = waited_until(world, task, world.fact(end).t, world.fact(end).domain);
  const auto retries = pick_of_task(world, task, {}, {EventKind::daemon_task_retry});
  draft.title(name + " ended with " + text + (good != kNoFact ? ", and a later try got through" : ""));
  draft.explain(capitalised(name) + " ended with " + text +
                (waited.comparable ? " after " + format_duration(waited.time) : std::string()) +
                (retries.empty() ? "." : " and " + count_of(retries.size(), "retry", "retries") + "."));
  if (!error.meaning.empty()) draft.explain("That is: " + std::string(error.meaning) + ".");
  for (std::size_t i = 0; i < retries.size() && i < kShownEvidence; ++i) draft.evidence(retries[i], "retried by the system");
  std::size_t shown = 0;
  const DurationNs around = j.thresholds.duration("T_AROUND");
  const Interval span{world.fact(end).t - around, world.fact(end).t + around};
  for (const FactIndex i : world.within(world.of_kind(EventKind::device_network), span)) {
    if (near_in_time(world, i, end, around) && shown++ < kShownEvidence) draft.evidence(i, "network");
  }
  draft.evidence(end, "ended with " + std::to_string(error.code), true).evidence(good, "the upload got through later");
  draft.number("error code", error.code).number("retries", static_cast<double>(retries.size()));
  if (rests != nullptr) draft.rests_on(*rests);
  draft.clears_if(error.code == kCancelled ? "A task.cancel or session.invalidate before it."
                                           : "Nothing: it is how the task ended. A later success of the upload makes it info.");
  j.verdicts.fired(draft.take());
}

// -999 without a reason is the app's own cancellation, if only one could see it.
void judge_cancelled(const Judging& j, TaskId task, FactIndex end) {
  const World& world = j.world;
  const Subject subject = task_subject(world, task);
  FactIndex where = kNoFact;
  const auto quit = [&](EventKind kind) { return !world.of_kind(kind).empty(); };
  if (cancelled_reason(world, task, where) >= 0 || cancelled_by_app(world, task) || quit(EventKind::app_force_quit) ||
      quit(EventKind::daemon_force_quit_noticed)) {
    j.verdicts.cleared(subject);
    return;
  }
  const FactIndex created = first_of(world, task, {EventKind::task_create});
  if (created == kNoFact || world.fact(created).domain != world.fact(end).domain ||
      world.fact(end).kind == EventKind::daemon_task_finished) {
    undetermined(j, subject, "the task was cancelled, and who did it is not in the capture",
                 "log task.cancel, session.invalidate and the error of didCompleteWithError with its reason");
    return;
  }
  Scope scope;
  scope.session = task_of(world, task).session;
  scope.domain = world.fact(end).domain;
  const Interval span{world.fact(created).t, world.fact(end).t};
  CovAnswer cancel = world.cov(EventKind::task_cancel, scope, span);
  const CovAnswer invalidate = world.cov(EventKind::session_invalidate, scope, span);
  if (cancel.cov != Cov::yes || invalidate.cov != Cov::yes) {
    undetermined(j, subject, "cannot see whether the app cancelled the task itself",
                 cancel.cov != Cov::yes ? cancel : invalidate);
    return;
  }
  cancel.declared_never_logged = cancel.declared_never_logged || invalidate.declared_never_logged;
  const Known error{kCancelled, "NSURLErrorCancelled", Severity::warning,
                    "cancelled, but not by a cancel() or invalidate of the app"};
  fire(j, task, end, error, Confidence::likely, &cancel);
}

class TransportErrors {
 public:
  explicit TransportErrors(const Judging& j) : j_(j) {}

  void judge(TaskId task) {
    const World& world = j_.world;
    const FactIndex end = end_of_task(world, task);
    if (end == kNoFact || !world.fact(end).has(kHasCode) || !in_background_session(world, task)) return;
    const std::int32_t code = world.fact(end).code;
    if (code == 0 || has_own_rule(code) || went_on(world, task, end)) return;
    if (code == kCancelled) {
      judge_cancelled(j_, task, end);
      return;
    }
    const std::string domain = error_domain(world, task, end);
    if (is_file_error(domain, code) && is_claimed_by_file(task)) return;
    if (code == kTimedOut && is_resource_timeout(task, end)) return;
    const Confidence sure = world.fact(end).has(kInferred) ? Confidence::likely : Confidence::proven;
    fire(j_, task, end, known(domain, code), sure, nullptr);
  }

 private:
  bool is_claimed_by_file(TaskId task) {
    if (!files_) files_.emplace(j_.world);
    const FileCase c = file_case(j_.world, *files_, task, j_.thresholds.duration("T_SOON"));
    return c.trouble == FileTrouble::missing || c.trouble == FileTrouble::locked;
  }
  bool is_resource_timeout(TaskId task, FactIndex end) {
    if (!limits_) limits_.emplace(j_.world);
    const double limit = limits_->of(task).value_or(j_.thresholds.value("T_RESOURCE"));
    const Fact& fact = j_.world.fact(end);
    const Waited waited = waited_until(j_.world, task, fact.t, fact.domain);
    return waited.comparable && waited.time.seconds() >= kExceeded * limit;
  }

  const Judging& j_;
  std::optional<FileOps> files_;
  std::optional<ResourceLimits> limits_;
};

}  // namespace

const RuleInfo& TerminalTransportError::info() const { return kInfo; }

void TerminalTransportError::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  if (is_system_unit(world.unit())) return;
  const Judging j{world, thresholds, verdicts, kInfo};
  TransportErrors errors(j);
  for (const TaskId task : world.tasks()) errors.judge(task);
}

}  // namespace uptrail::analysis
