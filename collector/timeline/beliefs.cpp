#include "collector/timeline/beliefs.h"

#include <algorithm>
#include <array>

namespace uptrail::timeline {

namespace {

using K = EventKind;

constexpr DurationNs kBetweenSources = seconds(2);

std::optional<Witness> witness_of(const Event& e) {
  if (e.kind == K::store_entry) {
    const std::string_view store = e.fields.text(Field::store);
    if (store == "app") return Witness::app_store;
    if (store == "daemon" || store == "background-db") return Witness::daemon_store;
    return std::nullopt;
  }
  switch (e.observer) {
    case Observer::app:
      return e.kind == K::upload_state ? Witness::app : Witness::delegate;
    case Observer::cfn:
      return Witness::cfnetwork;
    case Observer::daemon:
      return Witness::daemon;
    case Observer::store:
      return e.pattern == "store:powerlog" ? std::optional(Witness::powerlog) : std::nullopt;
    default:
      return std::nullopt;
  }
}

Stand stand_of_state(std::string_view state) {
  if (state == "uploading" || state == "running") return Stand::under_way;
  if (state == "succeeded") return Stand::well;
  if (state == "failed") return Stand::badly;
  if (state == "cancelled") return Stand::over;
  return Stand::open;
}

std::int64_t error_code(const Event& e) {
  return e.fields.integer(Field::error_code).value_or(e.fields.integer(Field::code).value_or(0));
}

bool is_http_error(const Event& e) {
  const auto status = e.fields.integer(Field::status);
  return status && *status >= 400;
}

Stand stand_of_end(const Event& e) {
  if (e.fields.boolean(Field::cancelled).value_or(false)) return Stand::over;
  return error_code(e) != 0 || is_http_error(e) ? Stand::badly : Stand::well;
}

Stand stand_of_entry(const Event& e) {
  const std::string_view state = e.fields.text(Field::state);
  if (state != "completed") return stand_of_state(state);
  return error_code(e) != 0 ? Stand::badly : Stand::over;
}

// nullopt: the event says nothing of whether a transfer goes on.
std::optional<Stand> stand_of(const Event& e) {
  switch (e.kind) {
    case K::upload_state:
      return stand_of_state(e.fields.text(Field::state));
    case K::store_entry:
      return stand_of_entry(e);
    case K::task_create:
    case K::task_resume:
    case K::task_progress:
    case K::daemon_task_created:
    case K::daemon_task_enqueued:
    case K::daemon_task_resumed:
    case K::daemon_task_begin:
    case K::daemon_task_implicit_resume:
    case K::daemon_task_connection:
    case K::daemon_task_sent:
    case K::daemon_task_retry:
    case K::daemon_task_waiting:
      return Stand::under_way;
    case K::task_suspend:
    case K::daemon_task_suspended:
    case K::task_cancel:
      return Stand::open;
    case K::daemon_task_cancelled:
      return Stand::over;
    case K::task_did_complete:
    case K::task_cfn_finished:
      return stand_of_end(e);
    case K::daemon_task_finished:
      return e.fields.boolean(Field::terminal).value_or(true) ? stand_of_end(e) : Stand::under_way;
    default:
      return std::nullopt;
  }
}

std::string with_error(const Event& e, std::string text) {
  const std::int64_t code = error_code(e);
  if (code != 0) text += ", error " + std::to_string(code);
  if (const auto status = e.fields.integer(Field::status)) text += ", HTTP " + std::to_string(*status);
  return text;
}

std::string entry_words(const Event& e) {
  const std::string_view state = e.fields.text(Field::state);
  std::string text = state.empty() ? "listed" : std::string(state);
  if (e.fields.boolean(Field::pending_callback).value_or(false)) text += ", callback pending";
  return with_error(e, std::move(text));
}

std::string sent_words(const Event& e) {
  const auto sent = e.fields.integer(Field::sent);
  const auto expected = e.fields.integer(Field::expected);
  if (!sent || !expected || *expected <= 0) return "sending";
  return "sent " + std::to_string(std::clamp<std::int64_t>(*sent / std::max<std::int64_t>(*expected / 100, 1), 0, 100)) + " %";
}

std::string end_words(const Event& e) {
  if (e.fields.boolean(Field::cancelled).value_or(false)) return "cancelled";
  if (!e.fields.boolean(Field::terminal).value_or(true)) return with_error(e, "failed, to be tried again");
  return with_error(e, stand_of_end(e) == Stand::badly ? "failed" : "finished");
}

}  // namespace

std::string_view witness_name(Witness w) {
  constexpr std::array<std::string_view, kWitnesses> kNames = {
      "the app", "the app's store", "the app's delegate", "CFNetwork", "nsurlsessiond", "nsurlsessiond's store", "Powerlog"};
  return kNames[static_cast<std::size_t>(w)];
}

std::string claim_words(const Event& e) {
  switch (e.kind) {
    case K::store_entry:
      return entry_words(e);
    case K::store_session:
      return "configuration of a session";
    case K::store_file:
      return "keeps a file";
    case K::upload_state:
      return std::string(e.fields.text(Field::state));
    case K::task_create:
    case K::daemon_task_created:
      return "created";
    case K::task_resume:
    case K::daemon_task_resumed:
      return "resumed";
    case K::daemon_task_implicit_resume:
      return "resumed, which the app had not";
    case K::task_suspend:
    case K::daemon_task_suspended:
      return "suspended";
    case K::task_cancel:
      return "asked to cancel";
    case K::daemon_task_cancelled:
      return "cancelled";
    case K::task_progress:
      return sent_words(e);
    case K::daemon_task_enqueued:
      return "queued";
    case K::daemon_task_begin:
      return "started";
    case K::daemon_task_connection:
      return "connected";
    case K::daemon_task_sent:
      return "sent";
    case K::daemon_task_waiting:
      return "waiting";
    case K::daemon_task_retry:
      return with_error(e, "tried again");
    case K::task_did_complete:
    case K::task_cfn_finished:
    case K::daemon_task_finished:
      return end_words(e);
    case K::daemon_task_assertion:
      return e.fields.text(Field::op) == "end" ? "device no longer kept awake" : "device kept awake";
    case K::daemon_task_scheduled:
      return "scheduled";
    case K::app_network_usage:
      return "network used";
    default:
      return std::string(kind_name(e.kind));
  }
}

std::optional<Belief> belief_of(const Event& e, bool words) {
  const auto who = witness_of(e);
  const auto stand = who ? stand_of(e) : std::nullopt;
  if (!stand) return std::nullopt;
  Belief out{*who, *stand, e.t, e.t_src.has_value(), e.id, e.stream, e.task, e.upload, {}};
  if (words) out.says = claim_words(e);
  return out;
}

std::vector<Belief> last_words(std::span<const Belief> beliefs) {
  std::array<const Belief*, kWitnesses> last{};
  for (const Belief& b : beliefs) {
    const Belief*& known = last[static_cast<std::size_t>(b.who)];
    if (known == nullptr || known->t <= b.t) known = &b;
  }
  std::vector<Belief> out;
  for (const Belief* b : last) {
    if (b != nullptr) out.push_back(*b);
  }
  return out;
}

bool surely_before(const Belief& a, const Belief& b, const std::vector<Stream>& streams) {
  const auto stream_of = [&](const Belief& word) {
    return std::find_if(streams.begin(), streams.end(), [&](const Stream& s) { return s.id == word.stream; });
  };
  const auto x = stream_of(a);
  const auto y = stream_of(b);
  if (!a.timed || !b.timed || x == streams.end() || y == streams.end()) return false;
  DurationNs apart = x == y ? DurationNs{} : x->uncertainty + y->uncertainty;
  if (x->domain != y->domain) {
    if (!x->placed || !y->placed) return false;
    apart = apart + kBetweenSources;
  }
  return b.t - a.t > apart;
}

std::vector<Disagreement> disagreements(std::span<const Belief> words, const std::vector<Stream>& streams) {
  const auto is_over = [](Stand s) { return s == Stand::over || s == Stand::well || s == Stand::badly; };
  std::vector<Disagreement> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::optional<std::size_t> against;
    for (std::size_t k = 0; k < words.size(); ++k) {
      const Belief& later = words[i];
      const Belief& before = words[k];
      if (i == k || later.who == Witness::powerlog || before.who == Witness::powerlog) continue;
      if ((later.task.valid() && before.task.valid() && later.task != before.task)) continue;
      const bool contradicts = (later.stand == Stand::under_way && is_over(before.stand)) ||
                               (later.stand == Stand::well && before.stand == Stand::badly);
      if (!contradicts || !surely_before(before, later, streams)) continue;
      if (!against || words[*against].t < before.t) against = k;
    }
    if (against) out.push_back({i, *against});
  }
  return out;
}

}  // namespace uptrail::timeline
