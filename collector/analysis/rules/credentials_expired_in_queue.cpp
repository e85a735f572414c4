#include "collector/analysis/rules/credentials_expired_in_queue.h"

#include <optional>
#include <string>
#include <string_view>

#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"
#include "collector/model/system_unit.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "credentials-expired-in-queue",
    .title = "Credentials older than the queue delay",
    .severity = Severity::warning,
    .summary =
        "Headers and signed URLs are fixed when the task is made; it waited in the queue until they had expired, and was "
        "refused.",
    .needs = "A 401 or 403, when the task was made, when the request went out, and the expiry if the URL shows it.",
    .remedy = "Use credentials that outlive the queue (days), or renew the request in willBeginDelayedRequest.",
    .thresholds = {{"T_CRED", 900, "s", "wait in the queue, when the URL shows no expiry: the usual least lifetime"}},
};

// -- what the URL says

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto hex = [](char c) {
      return c >= '0' && c <= '9' ? c - '0' : (c >= 'a' && c <= 'f' ? c - 'a' + 10 : (c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1));
    };
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    out += escape ? static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2])) : text[i];
    i += escape ? 2 : 0;
  }
  return out;
}

std::optional<std::string> parameter(std::string_view url, std::string_view name) {
  const std::size_t query = url.find('?');
  if (query == std::string_view::npos) return std::nullopt;
  url = url.substr(query + 1);
  for (const std::string_view pair : split(url.substr(0, url.find('#')), '&')) {
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && to_lower_ascii(pair.substr(0, equals)) == name)
      return decoded(pair.substr(equals + 1));
  }
  return std::nullopt;
}

// 20261118T140000Z
std::optional<TimeNs> parse_compact(std::string_view s) {
  constexpr std::size_t kLength = 16;
  if (s.size() != kLength || s[8] != 'T' || s[15] != 'Z') return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t n) { return parse_int(s.substr(at, n)); };
  const auto year = part(0, 4), month = part(4, 2), day = part(6, 2), hour = part(9, 2), minute = part(11, 2),
             second = part(13, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  CivilTime civil;
  civil.year = static_cast<int>(*year);
  civil.month = static_cast<int>(*month);
  civil.day = static_cast<int>(*day);
  civil.hour = static_cast<int>(*hour);
  civil.minute = static_cast<int>(*minute);
  civil.second = static_cast<int>(*second);
  return to_time(civil);
}

// When the URL stops being valid; a relative one counts from its signing, which is before the task was made.
std::optional<TimeNs> expiry_of(std::string_view url, std::optional<TimeNs> created) {
  for (const std::string_view prefix : {"x-amz-", "x-goog-"}) {
    const auto valid = parameter(url, std::string(prefix) + "expires");
    const auto seconds_valid = valid ? parse_int(*valid) : std::optional<std::int64_t>();
    if (!seconds_valid || *seconds_valid <= 0) continue;
    const auto date = parameter(url, std::string(prefix) + "date");
    const auto signed_at = date ? parse_compact(*date) : std::optional<TimeNs>();
    const auto from = signed_at ? signed_at : created;
    return from ? std::optional(*from + from_seconds(static_cast<double>(*seconds_valid))) : std::nullopt;
  }
  const auto unix_time = parameter(url, "expires");
  const bool is_signed = parameter(url, "signature") || parameter(url, "awsaccesskeyid") || parameter(url, "googleaccessid");
  if (const auto t = unix_time && is_signed ? parse_int(*unix_time) : std::optional<std::int64_t>()) {
    return TimeNs{} + from_seconds(static_cast<double>(*t));
  }
  const auto shared_access = parameter(url, "se");
  const auto end = shared_access && parameter(url, "sig") ? parse_iso(*shared_access) : std::optional<ParsedTime>();
  return end ? std::optional(end->time) : std::nullopt;
}

// -- what the capture says

struct Case {
  TaskId task;
  FactIndex created = kNoFact;  // or the answer of willBeginDelayedRequest, which renews the request
  FactIndex sent = kNoFact;     // the last sign that the request went out
  FactIndex response = kNoFact;
  int status = 0;
};

bool is_sending(EventKind kind) {
  return kind == EventKind::daemon_task_connection || kind == EventKind::daemon_task_sent || kind == EventKind::daemon_task_begin;
}

bool is_response(const Fact& fact) {
  return fact.status >= 200 && (fact.kind == EventKind::task_response || fact.kind == EventKind::daemon_task_response ||
                                fact.kind == EventKind::task_did_complete || fact.kind == EventKind::task_cfn_finished);
}

Case read_case(const World& world, TaskId task) {
  Case c;
  c.task = task;
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (fact.kind == EventKind::task_create && c.created == kNoFact) c.created = i;
    if (fact.kind == EventKind::task_delayed_answered) c.created = i;
    if (is_sending(fact.kind) && c.response == kNoFact) c.sent = i;
    if (!is_response(fact)) continue;
    // The first telling of the last status: callbacks may come much later than the response.
    if (fact.status != c.status) c.response = i;
    c.status = fact.status;
  }
  return c;
}

// When the request went out. A response that only the app tells of counts when the app ran on before it: else it may be old.
std::optional<TimeNs> request_time(const World& world, const Case& c) {
  const Fact& response = world.fact(c.response);
  if (c.sent != kNoFact && world.fact(c.sent).domain == response.domain) return world.fact(c.sent).t;
  if (response.kind == EventKind::daemon_task_response) return response.t;
  constexpr DurationNs kAround = seconds(60);
  constexpr DurationNs kEnough = seconds(30);
  if (!response.epoch.valid()) return std::nullopt;
  const bool awake = world.run_time(response.epoch, {response.t - kAround, response.t}) >= kEnough;
  return awake ? std::optional(response.t) : std::nullopt;
}

void fire(const Judging& j, const Case& c, TimeNs requested, std::optional<TimeNs> expiry) {
  const World& world = j.world;
  const DurationNs waited = c.created != kNoFact ? requested - world.fact(c.created).t : DurationNs{};
  Draft draft(j, Severity::warning, expiry ? Confidence::proven : Confidence::likely, task_subject(world, c.task),
              world.fact(c.response).t);
  const std::string name = task_name(world, c.task);
  draft.title(name + " refused with " + std::to_string(c.status) + ": its credentials expired in the queue");
  std::string text = capitalised(name);
  text += c.created != kNoFact ? " was sent " + format_duration(waited) + " after it was made" : " was sent";
  if (expiry) text += ", " + format_duration(requested - *expiry) + " after its URL had expired";
  draft.explain(text + ", and the server answered " + std::to_string(c.status) + ".");
  draft.evidence(c.created, "the request was fixed here").evidence(c.sent, "sent").evidence(c.response, "refused", true);
  for (const FactIndex i : pick_of_task(world, c.task, {}, {EventKind::daemon_task_waiting, EventKind::task_waiting})) {
    draft.evidence(i, "waiting");
  }
  draft.number("status", c.status);
  if (c.created != kNoFact) draft.compared("T_CRED", waited.seconds());
  if (expiry) draft.number("expired before it was sent", (requested - *expiry).seconds(), "s");
  draft.clears_if("A renewed request (task.delayed-answered), or credentials that are valid longer.");
  j.verdicts.fired(draft.take());
}

void judge_task(const Judging& j, TaskId task) {
  const World& world = j.world;
  const Case c = read_case(world, task);
  if (c.status != 401 && c.status != 403) return;
  const Subject subject = task_subject(world, task);
  const Fact& response = world.fact(c.response);
  const bool made = c.created != kNoFact && world.fact(c.created).domain == response.domain && !response.has(kNoTime);
  const auto created = made ? std::optional(world.fact(c.created).t) : std::nullopt;
  const bool renewed = made && world.fact(c.created).kind == EventKind::task_delayed_answered;
  const auto expiry = renewed ? std::optional<TimeNs>() : expiry_of(task_of(world, task).url, created);
  const auto requested = request_time(world, c);
  if (!requested || (!created && !expiry)) {
    undetermined(j, subject,
                 created || expiry ? "the server refused, and when the request was sent is not in the capture"
                                   : "the server refused, and when the task was made is not in the capture",
                 created || expiry ? "add nsurlsessiond's log" : "start recording before the task is made");
  } else if (expiry ? *expiry < *requested : *requested - *created >= j.thresholds.duration("T_CRED")) {
    fire(j, c, *requested, expiry);
  } else {
    j.verdicts.cleared(subject);
  }
}

}  // namespace

const RuleInfo& CredentialsExpiredInQueue::info() const { return kInfo; }

void CredentialsExpiredInQueue::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  if (is_system_unit(world.unit())) return;
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const TaskId task : world.tasks()) {
    if (in_background_session(world, task)) judge_task(j, task);
  }
}

}  // namespace uptrail::analysis
