#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "collector/messages/catalogue.h"
#include "collector/simulate/writers.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

constexpr std::string_view kPrivate = "<private>";
constexpr std::int64_t kDaemonPid = 88;

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
  values["bundle"] = event.bundle;
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

std::string_view pattern_for(const Event& event) {
  if (event.kind == K::daemon_task_waiting && event.fields.text(F::reason) == "delay") {
    return "nsurlsessiond.retry-delay";
  }
  if (event.kind == K::daemon_task_created && event.fields.text(F::task_kind) == "data") {
    return "nsurlsessiond.data-task";
  }
  if (event.kind == K::daemon_callback_released && event.fields.text(F::mode) == "immediate") {
    return "nsurlsessiond.callbacks-delivered-at-once";
  }
  if (event.kind == K::task_cfn_finished && event.fields.integer(F::error_code).value_or(0) == 0) {
    return "cfnetwork.finished-ok";
  }
  for (const Row& row : kRows) {
    if (row.observer == event.observer && row.kind == event.kind) {
      return row.pattern;
    }
  }
  return {};
}

std::optional<LogLine> system_line(const Event& event, const Catalogue& catalogue, bool redacted) {
  const MessagePattern* pattern = catalogue.find(pattern_for(event));
  if (pattern == nullptr) {
    return std::nullopt;
  }
  Result<std::string> text = pattern->compiled.render(values_for(event, redacted));
  if (!text.ok()) {
    return std::nullopt;  // the event lacks what the line shows
  }
  LogLine line;
  line.message = text.take();
  const std::string& process = pattern->processes.front();
  if (process.starts_with("*")) {
    line.process = event.process;
    line.pid = event.pid.value_or(0);
  } else {
    line.process = process;
    line.pid = process == "nsurlsessiond" ? kDaemonPid : process == "SpringBoard" ? 59 : 34;
  }
  const bool transfer = event.observer == Observer::cfn || event.observer == Observer::daemon;
  line.library = event.observer == Observer::cfn ? "CFNetwork" : "";
  line.subsystem = transfer ? "com.apple.CFNetwork" : "com.apple." + line.process;
  line.category = transfer ? "Default" : "process";
  return line;
}

// The app's logger: event JSON whose time is that of its record.
LogLine app_line(Event event) {
  LogLine line;
  line.process = event.process;
  line.pid = event.pid.value_or(0);
  line.subsystem = event.bundle;
  line.category = "uptrail";
  event.t_src.reset();
  line.message = encode_event_json(event);
  return line;
}

}  // namespace

std::vector<LogLine> log_lines(const std::vector<Event>& events, const Catalogue& catalogue, bool redacted) {
  std::vector<LogLine> out;
  std::string process;  // of the app: its logger tells the gaps, too
  std::int64_t pid = 0;
  for (const Event& event : events) {
    const bool own = event.observer == Observer::app;
    if (!event.t_src || (own && event.process.empty() && process.empty())) {
      continue;
    }
    if (auto line = own ? std::optional(app_line(event)) : system_line(event, catalogue, redacted)) {
      process = own && !event.process.empty() ? event.process : process;
      pid = own ? event.pid.value_or(pid) : pid;
      if (line->process.empty()) {
        line->process = process;
        line->pid = pid;
      }
      line->t = *event.t_src;
      out.push_back(std::move(*line));
    }
  }
  return out;
}

}  // namespace uptrail::simulate
