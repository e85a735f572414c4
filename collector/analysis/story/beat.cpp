#include "collector/analysis/story/beat.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "collector/base/path_names.h"
#include "collector/base/text.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;
using F = Field;

// What a beat says; no text: nothing to tell.
struct Phrase {
  std::string text, detail;
};

std::string http(const Event& e) {
  const auto status = e.fields.integer(F::status);
  return status ? "HTTP " + std::to_string(*status) : std::string();
}

std::string in_brackets(const std::string& text) { return text.empty() ? text : " (" + text + ")"; }

std::string reason_of(const Event& e) {
  for (const F field : {F::reason, F::why, F::text, F::error}) {
    if (const auto text = e.fields.text(field); !text.empty()) {
      return ellipsize(text, 120);
    }
  }
  return {};
}

std::string listed(std::string a, const std::string& b) {
  a += a.empty() || b.empty() ? "" : ", ";
  return a + b;
}

std::string reason_key_words(const Event& e) {
  switch (e.fields.integer(F::reason_key).value_or(-1)) {
    case 0:
      return "because the user force quit the app";
    case 1:
      return "because background updates are disabled";
    case 2:
      return "for lack of system resources";
    default:
      return {};
  }
}

// -- the app and its process -------------------------------------------------------------------------------------------------

std::string launch_words(const Event& e) {
  const auto reason = e.fields.text(F::reason);
  if (reason == "user") return "was launched by the user";
  if (reason == "bg-urlsession") return "was launched for the session's events";
  if (reason == "bg-other") return "was launched into the background for another reason";
  if (reason == "prewarm") return "was prewarmed";
  return "was launched";
}

std::string end_words(const Event& e) {
  const auto cause = e.fields.text(F::cause);
  if (cause == "exit0") return "called exit(0)";
  if (cause == "crash") return "crashed";
  if (cause == "jetsam") return "was killed for memory (jetsam)";
  if (cause == "watchdog") return "was killed by the watchdog";
  if (cause == "assertion-expired") return "was killed because its background assertion expired";
  if (cause == "os-update") return "ended for an update of the system";
  if (cause == "reboot") return "ended with the reboot";
  if (cause == "system") return "was ended by the system";
  return "ended";
}

Phrase process_phrase(const Event& e) {
  switch (e.kind) {
    case K::device_boot:
      return {"started", {}};
    case K::app_launch:
      return {launch_words(e), {}};
    case K::app_foreground:
      return {"came to the foreground", {}};
    case K::app_background:
      return {"went to the background", {}};
    case K::app_suspend:
      return {"was suspended", {}};
    case K::app_resume:
      return {"was resumed", {}};
    case K::app_terminate:
      return {end_words(e), in_brackets(ellipsize(e.fields.text(F::text), 80))};
    case K::app_force_quit:
      return {"was closed by the user in the app switcher", {}};
    default:
      return {};
  }
}

Phrase session_phrase(const Event& e, const Names& n) {
  switch (e.kind) {
    case K::session_create:
      return {"created " + n.session, {}};
    case K::session_exists_warning:
      return {"warned that " + n.session + " exists already", {}};
    case K::session_blocked_first_unlock:
      return {"had to wait for the first unlock with " + n.session, {}};
    case K::session_setup_failed:
      return {"could not set " + n.session + " up", in_brackets(reason_of(e))};
    case K::session_invalidate: {
      const bool cancel = e.fields.text(F::mode) == "cancel";
      const bool finish = e.fields.text(F::mode) == "finish";
      return {"invalidated " + n.session, cancel ? " (invalidateAndCancel)" : finish ? " (finishTasksAndInvalidate)" : ""};
    }
    case K::session_did_become_invalid:
      return {"was told that " + n.session + " had become invalid", {}};
    case K::session_connection_lost:
      return {"lost its connection to nsurlsessiond", {}};
    case K::session_connection_restored:
      return {"got its connection to nsurlsessiond back", {}};
    case K::session_did_finish_events:
      return {"received urlSessionDidFinishEvents", {}};
    case K::wake_handle_events:
      return {"was handed the events of " + n.session, {}};
    case K::wake_handler_called: {
      const auto thread = e.thread;
      return {"called the completion handler", thread.empty() || thread == "main" ? "" : " off the main thread"};
    }
    case K::wake_never_called_warning:
      return {"warned that the completion handler was never called", {}};
    default:
      return {};
  }
}

Phrase create_phrase(const Event& e, const Names& n) {
  const auto kind = e.fields.text(F::task_kind);
  auto size = e.fields.integer(F::file_size);
  size = size ? size : e.fields.integer(F::expected);
  std::string detail = kind.empty() || kind == "upload-file" ? std::string() : std::string(kind);
  detail = listed(detail, size && *size >= 0 ? size_words(*size) : std::string());
  return {n.many_tasks ? "created " + n.it : "created the task", in_brackets(detail)};
}

Phrase complete_phrase(const Event& e, const Names& n) {
  const auto code = e.fields.integer(F::error_code);
  std::string how = code ? error_words(e.fields.text(F::error_domain), *code) : std::string();
  how = listed(how, http(e));
  const std::string why = reason_key_words(e);
  const bool own = e.kind == K::task_did_complete;
  const std::string what = own ? "received didCompleteWithError" : "saw " + n.it + " end";
  return {what + (own && n.many_tasks ? " for " + n.it : ""), in_brackets(how) + (why.empty() ? "" : ", " + why)};
}

std::string progress_words(const Event& e) {
  const auto sent = e.fields.integer(F::sent);
  const auto expected = e.fields.integer(F::expected);
  std::string out = sent ? size_words(*sent) : std::string();
  return sent && expected && *expected > 0 ? out + " of " + size_words(*expected) : out;
}

Phrase upload_phrase(const Event& e) {
  const auto state = e.fields.text(F::state);
  return state.empty() ? Phrase{} : Phrase{"recorded the upload as " + std::string(state), {}};
}

Phrase file_phrase(const Event& e) {
  const auto op = e.fields.text(F::op);
  const auto path = e.fields.text(F::path);
  const std::string name = path.empty() ? "the body file" : std::string(last_part(path));
  const auto number = e.fields.integer(F::error_number);
  if (op == "delete") return {"deleted " + name, {}};
  if (op == "move") return {"moved " + name, {}};
  if (op == "open-failed")
    return {"could not open " + name, in_brackets(number ? "errno " + std::to_string(*number) : std::string())};
  return {};
}

Phrase app_task_phrase(const Event& e, const Names& n) {
  switch (e.kind) {
    case K::task_create:
      return create_phrase(e, n);
    case K::task_create_failed:
      return {"could not create a task",
              e.fields.text(F::reason) == "invalidated" ? ", since the session was invalidated" : in_brackets(reason_of(e))};
    case K::task_resume:
      return {"resumed " + n.it, {}};
    case K::task_suspend:
      return {"suspended " + n.it, {}};
    case K::task_cancel:
      return {"cancelled " + n.it, {}};
    case K::task_progress:
      return {"saw progress", in_brackets(progress_words(e))};
    case K::task_response:
      return {"received the response", in_brackets(http(e))};
    case K::task_challenge:
      return {"was asked to authenticate", in_brackets(std::string(e.fields.text(F::method)))};
    case K::task_challenge_answered:
      return {"answered the challenge", in_brackets(std::string(e.fields.text(F::disposition)))};
    case K::task_delayed_request:
      return {"was asked about the delayed request", {}};
    case K::task_delayed_answered:
      return {"answered it", in_brackets(std::string(e.fields.text(F::disposition)))};
    case K::task_redirect:
      return {"followed a redirect", in_brackets(http(e))};
    case K::task_waiting:
      return {"was told that " + n.it + " waits for connectivity", {}};
    case K::task_did_complete:
    case K::task_cfn_finished:
      return complete_phrase(e, n);
    case K::delegate_dropped:
      return {"dropped the callback", in_brackets(reason_of(e))};
    case K::upload_state:
      return upload_phrase(e);
    case K::file_op:
      return file_phrase(e);
    default:
      return {};
  }
}

// -- nsurlsessiond, the server, stores -----------------------------------------------------------------------------------------

Phrase finished_phrase(const Event& e, const Names& n) {
  const auto code = e.fields.integer(F::code);
  const auto sent = e.fields.integer(F::bytes_sent);
  const std::string bytes = in_brackets(sent && *sent > 0 ? size_words(*sent) + " sent" : std::string());
  const std::string why = reason_key_words(e);
  const bool cancelled = e.fields.boolean(F::cancelled).value_or(false);
  const bool again = !e.fields.boolean(F::terminal).value_or(true);
  if (again) {
    return {"ended an attempt" + std::string(n.many_tasks ? " of " + n.it : ""),
            code ? " with " + error_words(e.fields.text(F::error_domain), *code) : ""};
  }
  if (cancelled) {
    return {"ended " + n.it + " as cancelled", why.empty() ? "" : " " + why};
  }
  if (code && *code != 0) {
    return {"ended " + n.it, " with " + error_words(e.fields.text(F::error_domain), *code) + (why.empty() ? "" : " " + why)};
  }
  return {"finished " + n.it, (code ? " without error" : "") + bytes};
}

Phrase retry_phrase(const Event& e, const Names& n) {
  const auto code = e.fields.integer(F::code);
  return {"retried " + n.it, code && *code != 0 ? " after " + error_words(e.fields.text(F::error_domain), *code) : ""};
}

Phrase daemon_task_phrase(const Event& e, const Names& n) {
  switch (e.kind) {
    case K::daemon_task_enqueued:
      return {"took " + n.it + " over", {}};
    case K::daemon_task_begin:
      return {"began the transfer", {}};
    case K::daemon_task_implicit_resume:
      return {"resumed " + n.it + ", which the app had not", {}};
    case K::daemon_task_suspended:
      return {"suspended " + n.it, {}};
    case K::daemon_task_cancelled:
      return {"cancelled " + n.it, {}};
    case K::daemon_task_waiting:
      return {"let " + n.it + " wait", in_brackets(reason_of(e))};
    case K::daemon_task_connection:
      return {"opened a connection", {}};
    case K::daemon_task_sent:
      return {e.fields.text(F::body) == "N" ? "sent the request" : "sent the body", {}};
    case K::daemon_task_response:
      return {"got " + (http(e).empty() ? std::string("a response") : http(e)), {}};
    case K::daemon_task_retry:
      return retry_phrase(e, n);
    case K::daemon_task_finished:
      return finished_phrase(e, n);
    case K::daemon_callback_acknowledged:
      return {"saw the app process take the end", {}};
    case K::daemon_discretionary:
      return e.fields.boolean(F::value).value_or(false)
                 ? Phrase{"treated " + n.it + " as discretionary", in_brackets(reason_of(e))}
                 : Phrase{};
    case K::server_receipt: {
      const auto bytes = e.fields.integer(F::bytes);
      const std::string answer = http(e);
      return {"received " + (bytes ? size_words(*bytes) : std::string("the request")),
              answer.empty() ? "" : " and answered " + answer};
    }
    case K::store_entry: {
      const auto state = e.fields.text(F::state);
      if (state.empty()) return {};
      const bool belief = store_actor(e) == Actor::app_store;
      return {(belief ? "called the upload " : "had " + n.it + " as ") + std::string(state), {}};
    }
    default:
      return {};
  }
}

Phrase daemon_session_phrase(const Event& e, const Names& n) {
  switch (e.kind) {
    case K::daemon_exit:
      return {"ended", in_brackets(reason_of(e))};
    case K::daemon_start:
      return {"started", {}};
    case K::daemon_session_refused:
      return {"refused the client of " + n.session, {}};
    case K::daemon_session_invalidating:
      return {"invalidated " + n.session, {}};
    case K::daemon_session_cleaned:
      return {"removed " + n.session, {}};
    case K::daemon_callback_held:
      return {"held the callbacks back", {}};
    case K::daemon_callback_released:
      return {"released the callbacks", {}};
    case K::daemon_wake_requested:
      return {"asked for a wake", {}};
    case K::daemon_wake_launched:
      return {"had the app launched", {}};
    case K::daemon_wake_failed:
      return {"could not have the app launched", in_brackets(reason_of(e))};
    case K::daemon_wake_suppressed:
      return {"did not wake the app", in_brackets(reason_of(e))};
    case K::daemon_assertion_released:
      return {"released the assertion of the wake", {}};
    case K::daemon_delay_set: {
      const auto delay = e.fields.real(F::seconds);
      return {"delayed the app" + (delay ? " by " + format_duration(from_seconds(*delay)) : std::string()), " (rate limiter)"};
    }
    case K::daemon_too_many_tasks:
      return {"complained of too many tasks", {}};
    case K::daemon_force_quit_noticed:
      return {"noticed a force quit", {}};
    default:
      return {};
  }
}

Actor actor_of(const Event& e) {
  const std::string_view name = kind_name(e.kind);
  if (name.starts_with("daemon.")) return Actor::daemon;
  if (name.starts_with("server.")) return Actor::server;
  if (name.starts_with("store.")) return store_actor(e);
  if (e.kind == K::device_boot) return Actor::system;
  if (e.kind == K::wake_never_called_warning) return Actor::system;
  if (e.observer == Observer::store) return Actor::store;
  if (e.kind == K::task_cfn_finished || e.kind == K::session_exists_warning || e.kind == K::session_setup_failed ||
      e.kind == K::session_blocked_first_unlock) {
    return Actor::cfnetwork;
  }
  return Actor::app;
}

}  // namespace

Actor store_actor(const Event& event) {
  const std::string_view store = event.fields.text(F::store);
  return store == "app" ? Actor::app_store : store == "daemon" ? Actor::daemon_store : Actor::store;
}

std::string size_words(std::int64_t bytes) {
  constexpr std::array<const char*, 4> kUnits{"kB", "MB", "GB", "TB"};
  if (bytes < 1000) {
    return count_of(static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0)), "byte");
  }
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> buf{};
  std::snprintf(buf.data(), buf.size(), value < 9.95 && std::floor(value) != value ? "%.1f %s" : "%.0f %s", value,
                kUnits.at(unit));
  return buf.data();
}

std::string error_words(std::string_view domain, std::int64_t code) {
  struct Known {
    std::int64_t code;
    std::string_view words;
  };
  static constexpr std::array<Known, 11> kUrl{{{-996, "the session is in use by another process"},
                                               {-997, "the connection to nsurlsessiond was lost"},
                                               {-999, "cancelled"},
                                               {-1001, "timed out"},
                                               {-1003, "host not found"},
                                               {-1004, "could not connect"},
                                               {-1005, "the connection was lost"},
                                               {-1009, "offline"},
                                               {-1012, "authentication was cancelled"},
                                               {-1100, "the file does not exist"},
                                               {-3000, "could not create the file"}}};
  if (code == 0) {
    return "no error";
  }
  const bool url = domain == "NSURLErrorDomain" || (domain.empty() && code <= -900 && code > -4000);
  std::string out = (domain.empty() ? std::string("error") : std::string(domain)) + " " + std::to_string(code);
  for (const Known& known : kUrl) {
    if (url && known.code == code) {
      out += ", " + std::string(known.words);
    }
  }
  return out;
}

Beat beat_at(const Event& event) {
  Beat beat;
  beat.t = beat.until = event.t;
  beat.timed = event.t_src.has_value();
  beat.domain = event.domain;
  beat.stream = event.stream;
  beat.kind = event.kind;
  beat.events = {event.id};
  return beat;
}

std::optional<Beat> beat_of(const Event& event, const Names& names) {
  Phrase phrase = process_phrase(event);
  const bool life = !phrase.text.empty();
  if (!life) {
    phrase = app_task_phrase(event, names);
  }
  if (phrase.text.empty()) {
    phrase = daemon_task_phrase(event, names);
  }
  if (phrase.text.empty()) {
    phrase = session_phrase(event, names);
  }
  if (phrase.text.empty()) {
    phrase = daemon_session_phrase(event, names);
  }
  if (phrase.text.empty()) {
    return std::nullopt;
  }
  Beat beat = beat_at(event);
  beat.task = event.task;
  beat.actor = actor_of(event);
  beat.text = std::move(phrase.text);
  beat.detail = std::move(phrase.detail);
  beat.life = life;
  return beat;
}

}  // namespace uptrail::analysis
