#include "collector/simulate/log_message.h"

#include <algorithm>
#include <array>

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

constexpr std::string_view kPrivate = "<private>";

// Which line tells which event.
struct Row {
  Observer observer;
  K kind;
  std::string_view pattern;
};
constexpr auto kRows = std::to_array<Row>({
    {Observer::cfn, K::session_setup_waiting, "cfnetwork.setup-will-wait"},
    {Observer::cfn, K::session_setup_failed, "cfnetwork.setup-error"},
    {Observer::cfn, K::session_exists_warning, "cfnetwork.session-exists"},
    {Observer::cfn, K::session_connection_lost, "cfnetwork.connection-invalidated"},
    {Observer::cfn, K::task_resume, "cfnetwork.resuming"},
    {Observer::cfn, K::task_cfn_finished, "cfnetwork.finished-code"},
    {Observer::sys, K::wake_never_called_warning, "cfnetwork.handler-never-called"},
    {Observer::sys, K::app_launch, "system.launch"},
    {Observer::sys, K::app_foreground, "system.springboard-foreground"},
    {Observer::sys, K::app_background, "system.springboard-background"},
    {Observer::sys, K::app_suspend, "system.suspending"},
    {Observer::sys, K::app_resume, "system.resuming"},
    {Observer::sys, K::app_terminate, "system.termination-reported"},
    {Observer::daemon, K::daemon_session_created, "nsurlsessiond.session-is-for"},
    {Observer::daemon, K::daemon_session_reconnected, "nsurlsessiond.session-reconnecting"},
    {Observer::daemon, K::daemon_session_cleaned, "nsurlsessiond.removing-session"},
    {Observer::daemon, K::daemon_client_connected, "nsurlsessiond.client-connected"},
    {Observer::daemon, K::daemon_client_disconnected, "nsurlsessiond.client-disconnected"},
    {Observer::daemon, K::daemon_callback_held, "nsurlsessiond.callbacks-held"},
    {Observer::daemon, K::daemon_callback_released, "nsurlsessiond.callbacks-ok"},
    {Observer::daemon, K::daemon_callback_acknowledged, "nsurlsessiond.acknowledged-end"},
    {Observer::daemon, K::daemon_task_created, "nsurlsessiond.upload-task"},
    {Observer::daemon, K::daemon_task_mapped, "nsurlsessiond.is-for"},
    {Observer::daemon, K::daemon_task_enqueued, "nsurlsessiond.enqueueing"},
    {Observer::daemon, K::daemon_task_resumed, "nsurlsessiond.resume"},
    {Observer::daemon, K::daemon_task_begin, "nsurlsessiond.will-begin"},
    {Observer::daemon, K::daemon_task_implicit_resume, "nsurlsessiond.implicit-resume"},
    {Observer::daemon, K::daemon_task_waiting, "nsurlsessiond.waiting-for-connection"},
    {Observer::daemon, K::daemon_task_connection, "nsurlsessiond.connection-used"},
    {Observer::daemon, K::daemon_task_sent, "nsurlsessiond.sent"},
    {Observer::daemon, K::daemon_task_response, "nsurlsessiond.response"},
    {Observer::daemon, K::daemon_task_retry, "nsurlsessiond.retry"},
    {Observer::daemon, K::daemon_task_totals, "nsurlsessiond.totals"},
    {Observer::daemon, K::daemon_task_finished, "nsurlsessiond.completed"},
    {Observer::daemon, K::daemon_wake_requested, "nsurlsessiond.waking"},
    {Observer::daemon, K::daemon_wake_launched, "nsurlsessiond.woke"},
    {Observer::daemon, K::daemon_wake_failed, "nsurlsessiond.open-failed"},
    {Observer::daemon, K::daemon_assertion_released, "nsurlsessiond.assertion-invalidated"},
    {Observer::daemon, K::daemon_delay_set, "nsurlsessiond.delay"},
    {Observer::daemon, K::daemon_force_quit_noticed, "nsurlsessiond.app-quit"},
    {Observer::daemon, K::file_op, "nsurlsessiond.protection-class"},
});

// What the lines show and no event says.
constexpr auto kFillers = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"request", kPrivate},
    {"from_file", kPrivate},
    {"props", kPrivate},
    {"response", kPrivate},
    {"qos", "0x9"},
    {"class", "__NSURLBackgroundSession"},
    {"xpc_connection", "<NSXPCConnection: 0x7f91d3f0>"},
    {"content", "K"},
    {"xpc", "Y"},
    {"proxy", "Y"},
    {"tail", ""},
    {"settings", " allowsCellularAccess: 1"},
    {"resourceTimeout", "604800.000000"},
    {"requestTimeout", "60.000000"},
    {"download", "N"},
    {"recoverable", "N"},
    {"by", "FBApplicationProcess"},
    {"address", "0x2812cd100"},
    {"namespace", "2"},
    {"code", "0"},
    {"signal", "9"},
    {"timeout", "YES"},
    {"what", "finished task"},
    {"nserror", "(null)"},
    {"identifier", kPrivate},
    {"limit", "1000"},
});

std::string text_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return *text;
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return std::to_string(*number);
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return std::to_string(static_cast<std::int64_t>(*real)) + ".000000";
  }
  if (const auto* uuid = std::get_if<Uuid>(&value)) {
    return uuid->text();
  }
  return {};
}

std::string error_text(const Event& event, std::int64_t code) {
  if (code == 0) {
    return "(null)";
  }
  const std::string_view domain = event.fields.text(F::error_domain);
  std::string out = "Error Domain=" + std::string(domain.empty() ? "NSURLErrorDomain" : domain) + " Code=" + std::to_string(code);
  if (const auto reason = event.fields.integer(F::reason_key)) {
    out += " \"(null)\" UserInfo={NSURLErrorBackgroundTaskCancelledReasonKey=" + std::to_string(*reason) + "}";
  }
  return out;
}

PatternValues values_for(const Event& event, bool redacted) {
  PatternValues values;
  for (const auto& [name, text] : kFillers) {
    values.emplace(name, text);
  }
  for (const auto& [field, value] : event.fields.all()) {
    if (std::string text = text_of(value); !text.empty()) {
      values[std::string(field_name(field))] = std::move(text);
    }
  }
  values["bundle"] = event.bundle.empty() ? kPrivate : event.bundle;
  values["number"] = values.contains("id") ? values["id"] : "0";
  if (event.pid) {
    values["pid"] = std::to_string(*event.pid);
  }
  if (values.contains("sessionUUID")) {
    values["again"] = values["sessionUUID"];
  }
  if (event.kind == K::daemon_task_waiting) {
    values["number"] = "10000";  // conditional connection
  }
  const auto code = event.fields.integer(F::code);
  values["nserror"] = error_text(event, code.value_or(0));
  if (event.kind == K::session_setup_failed) {
    values["text"] = error_text(event, code.value_or(-996));
  }
  if (redacted && event.observer == Observer::daemon) {
    values["bundle"] = values["identifier"] = kPrivate;
  }
  return values;
}

// The record that a container would make of the line, as far as matching looks at it.
Record record_of(const MessagePattern& pattern, const Event& event) {
  const std::string& process = pattern.processes.front();
  Record out;
  out.process = process.starts_with("*") ? std::string_view(event.process) : std::string_view(process);
  out.library = event.observer == Observer::cfn ? "CFNetwork" : "";
  return out;
}

// Flags as the pattern prints them: Y and N, or 1 and 0.
void add_flags(PatternValues& values, const MessagePattern& pattern, const Event& event) {
  for (const CompiledPattern::Node& node : pattern.compiled.nodes()) {
    const auto field = field_from_name(node.text);
    const auto flag = field ? event.fields.boolean(*field) : std::nullopt;
    if (flag && node.type == CaptureType::yes_no) {
      values[node.text] = *flag ? "Y" : "N";
    } else if (flag && node.type == CaptureType::bit) {
      values[node.text] = *flag ? "1" : "0";
    }
  }
}

// nsurlsessiond speaks of all apps: a line that names neither the app nor one of its tasks or sessions concerns nobody.
bool names_its_app(const Event& event, const Event& read) {
  return event.observer != Observer::daemon || event.bundle.empty() || !read.bundle.empty() || read.fields.has(F::uuid) ||
         read.fields.has(F::session_uuid);
}

}  // namespace

MessageWriter::MessageWriter(const Catalogue& catalogue, bool redacted) : catalogue_(catalogue), redacted_(redacted) {
  for (const MessagePattern& pattern : catalogue.patterns()) {
    if (pattern.kind && pattern.built_in && pattern.library.empty()) {
      patterns_[{pattern.observer, *pattern.kind}].push_back(&pattern);
    }
  }
  for (const Row& row : kRows) {
    if (const auto it = patterns_.find({row.observer, row.kind}); it != patterns_.end()) {
      std::stable_partition(it->second.begin(), it->second.end(), [&](const auto* p) { return p->id == row.pattern; });
    }
  }
}

std::optional<LogMessage> MessageWriter::try_pattern(const MessagePattern& pattern, const Event& event) const {
  if (pattern.processes.front().starts_with("*") && event.process.empty()) {
    return std::nullopt;
  }
  PatternValues values = values_for(event, redacted_);
  add_flags(values, pattern, event);
  Result<std::string> text = pattern.compiled.render(values);
  if (!text.ok()) {
    return std::nullopt;  // the event lacks what the line shows
  }
  LogMessage out{&pattern, text.take(), {}};
  MessageMatch match;
  if (!catalogue_.match(record_of(pattern, event), out.text, match) || match.pattern->kind != event.kind) {
    return std::nullopt;
  }
  const Event read = event_of(match, out.text);
  if (!redacted_ && !names_its_app(event, read)) {
    return std::nullopt;
  }
  for (const auto& [field, value] : event.fields.all()) {
    const Value* found = read.fields.find(field);
    if (found == nullptr || *found != value) {
      out.not_shown.push_back(field_name(field));
    }
  }
  return out;
}

std::optional<LogMessage> MessageWriter::message(const Event& event) const {
  std::optional<LogMessage> best;
  const auto it = patterns_.find({event.observer, event.kind});
  if (it == patterns_.end()) {
    return best;
  }
  for (const MessagePattern* pattern : it->second) {
    auto tried = try_pattern(*pattern, event);
    if (tried && (!best || tried->not_shown.size() < best->not_shown.size())) {
      best = std::move(tried);
    }
  }
  return best;
}

}  // namespace uptrail::simulate
