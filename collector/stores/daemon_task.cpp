#include "collector/stores/daemon_task.h"

#include <array>
#include <cmath>

#include "collector/base/text.h"

namespace uptrail {

namespace {

constexpr double k2001 = 978'307'200;           // seconds since 1970
constexpr double kMostSeconds = 4'102'444'800;  // since 1970: 2100
constexpr std::size_t kMaxArchive = 4U << 20U;
constexpr std::int64_t kCompletedTask = 3;

void set_text(Fields& fields, Field field, const std::string& text) {
  if (!text.empty()) {
    fields.set(field, text);
  }
}

void set_number(Fields& fields, Field field, const std::optional<std::int64_t>& number) {
  if (number && *number >= 0) {
    fields.set(field, *number);
  }
}

template <class T>
void set_if(Fields& fields, Field field, const std::optional<T>& value) {
  if (value) {
    fields.set(field, *value);
  }
}

// An ended task without an error ended well: nsurlsessiond writes the error down with the end.
void add_state(const DaemonTask& task, Fields& fields, const TellProblem& problem) {
  constexpr std::array<std::string_view, 4> kStates = {"running", "suspended", "canceling", "completed"};
  if (!task.state || *task.state < 0 || *task.state >= static_cast<std::int64_t>(kStates.size())) {
    problem("state is none of 0 to 3");
    return;
  }
  fields.set(Field::state, std::string(kStates[static_cast<std::size_t>(*task.state)]));
  // The daemon keeps the record of an ended task until the app has taken its end.
  if (*task.state == kCompletedTask) {
    fields.set(Field::pending_callback, true);
  }
}

void add_kind(const DaemonTask& task, Fields& fields) {
  constexpr std::array<std::string_view, 3> kKinds = {"download", "upload", "data"};
  constexpr std::int64_t kUpload = 1;
  if (!task.kind || *task.kind < 0 || *task.kind >= static_cast<std::int64_t>(kKinds.size())) {
    return;  // the kinds above are of AVFoundation, for which there is no word
  }
  const bool from_file = *task.kind == kUpload && task.has_file;
  fields.set(Field::task_kind, std::string(from_file ? "upload-file" : kKinds[static_cast<std::size_t>(*task.kind)]));
}

std::string in_words(const plist::ErrorFacts& error) {
  std::string out = error.error.domain + " " + std::to_string(error.error.code);
  for (const plist::ErrorCode& below : error.underlying) {
    out += " < " + below.domain + " " + std::to_string(below.code);
  }
  return out;
}

void add_errors(const DaemonTask& task, Fields& fields) {
  if (task.error) {
    fields.set(Field::error_domain, task.error->error.domain);
    fields.set(Field::error_code, task.error->error.code);
    fields.set(Field::error, in_words(*task.error));
    set_if(fields, Field::reason_key, task.error->background_cancel_reason);
  } else if (task.has_error) {
    fields.set(Field::error, std::string("archived"));
  }
  if (task.retry_error) {
    fields.set(Field::why, "last attempt: " + in_words(*task.retry_error));
  }
}

}  // namespace

std::optional<TimeNs> time_of(StoreEpoch epoch, std::optional<double> seconds) {
  if (!seconds || !std::isfinite(*seconds) || *seconds <= 0 || *seconds > kMostSeconds) {
    return std::nullopt;
  }
  // Apart, because a double cannot hold nanoseconds since 1970.
  const double whole = std::floor(*seconds);
  const double since = epoch == StoreEpoch::year_2001 ? k2001 : 0;
  return TimeNs{static_cast<std::int64_t>(whole + since) * 1'000'000'000} + from_seconds(*seconds - whole);
}

void describe_task(const DaemonTask& task, Event& event, const TellProblem& problem) {
  Fields& fields = event.fields;
  event.bundle = task.bundle;
  fields.set(Field::identifier, task.session);
  fields.set(Field::id, task.identifier);
  set_if(fields, Field::uuid, task.uuid);
  add_state(task, fields, problem);
  add_kind(task, fields);
  set_text(fields, Field::desc, task.description);
  set_number(fields, Field::sent, task.sent);
  set_number(fields, Field::expected, task.expected);
  set_text(fields, Field::file, task.file);
  if (task.request) {
    set_text(fields, Field::url, task.request->url);
    set_text(fields, Field::method, task.request->method);
  }
  if (task.response) {
    set_if(fields, Field::status, task.response->status);
  }
  add_errors(task, fields);
  set_if(fields, Field::created_at, task.created);
  set_if(fields, Field::begin_at, task.begin);
  set_if(fields, Field::started, task.started);
  set_number(fields, Field::suspend_count, task.suspend_count);
  set_number(fields, Field::retries, task.retries);
  set_if(fields, Field::discretionary, task.discretionary);
  if (task.resume) {
    describe_resume_data(*task.resume, fields);
  }
}

std::optional<plist::KeyedArchive> open_archive(std::span<const std::byte> bytes, const std::string& name,
                                                const TellProblem& problem) {
  if (bytes.empty()) {
    return std::nullopt;
  }
  if (bytes.size() > kMaxArchive) {
    problem(name + " is not read, it has " + std::to_string(bytes.size()) + " bytes");
    return std::nullopt;
  }
  auto archive = plist::KeyedArchive::parse(bytes);
  if (!archive.ok()) {
    problem(name + " is no keyed archive: " + archive.error().message);
    return std::nullopt;
  }
  return archive.take();
}

std::optional<ResumeData> open_resume_data(std::span<const std::byte> bytes, const std::string& name,
                                           const TellProblem& problem) {
  if (bytes.empty()) {
    return std::nullopt;
  }
  if (bytes.size() > kMaxArchive) {
    problem(name + " is not read, it has " + std::to_string(bytes.size()) + " bytes");
    return std::nullopt;
  }
  std::string why;
  auto data = read_resume_data(bytes, why);
  if (!data) {
    problem(name + " is no resume data: " + why);
  } else if (!data->damage.empty()) {
    problem(name + ": " + data->damage);
  }
  return data;
}

void describe_session(const plist::ConfigurationFacts& configuration, Event& event) {
  Fields& fields = event.fields;
  set_if(fields, Field::discretionary, configuration.discretionary);
  set_if(fields, Field::sends_launch_events, configuration.sends_launch_events);
  set_if(fields, Field::cellular, configuration.allows_cellular);
  set_if(fields, Field::request_timeout, configuration.timeout_request_s);
  set_if(fields, Field::resource_timeout, configuration.timeout_resource_s);
  set_text(fields, Field::shared_container, configuration.shared_container);
}

std::optional<TimeNs> disconnected_at(const plist::KeyedArchive& options) {
  return options.date(options.value(options.root(), "NSURLSessionLastDisconnectDateKey"));
}

}  // namespace uptrail
