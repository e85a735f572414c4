#include "collector/messages/decoder.h"

#include <algorithm>

#include "collector/base/text.h"
#include "collector/messages/catalogue.h"
#include "collector/messages/event_json.h"

namespace uptrail {

struct Decoder::State {
  std::shared_ptr<const Catalogue> catalogue;
  MessageMatch match;
};

Decoder::Decoder(std::shared_ptr<const Catalogue> catalogue) : state_(std::make_unique<State>()) {
  state_->catalogue = std::move(catalogue);
}
Decoder::~Decoder() = default;

namespace {

bool usual(EventKind kind, Observer observer) {
  for (const Observer o : kind_info(kind).observers) {
    if (o == observer) {
      return true;
    }
  }
  return false;
}

void decode_json(const Record& record, std::string_view text, Decoded& out) {
  auto decoded = decode_json_event(text, out.issues);
  for (Issue& issue : out.issues) {
    issue.span = record.span;
  }
  if (!decoded) {
    out.relevance = out.issues.empty() ? Relevance::irrelevant : Relevance::related;
    out.observer = Observer::app;
    return;
  }
  Event& e = decoded->event;
  const bool inside_log = !record.process.empty() || record.pid.has_value();
  if (inside_log && !decoded->observer_given && usual(e.kind, Observer::app)) {
    e.observer = Observer::app;
  }
  if (record.time) {
    e.t_src = record.time;
  }
  if (e.process.empty()) {
    e.process = record.process;
  }
  if (!e.pid) {
    e.pid = record.pid;
  }
  if (e.thread.empty()) {
    e.thread = record.thread;
  }
  e.span = record.span;
  e.pattern = "event-json";
  out.relevance = Relevance::matched;
  out.observer = e.observer;
  out.events.push_back(std::move(e));
}

// Who wrote a line that no pattern knows.
Observer observer_of(const Record& record, const SubjectMatch& subject) {
  if (record.process == "nsurlsessiond" || (record.process.empty() && subject.kind == Subject::session)) {
    return Observer::daemon;
  }
  const bool cfnetwork = subject.kind != Subject::none || ends_with_ignore_case(record.library, "CFNetwork");
  return cfnetwork ? Observer::cfn : Observer::sys;
}

// A line that tells no event: does it still concern a task or session?
bool is_related(const Record& record, std::string_view text, const MessageMatch& match) {
  if (record.process == "nsurlsessiond" || match.subject.kind != Subject::none) {
    return true;
  }
  if (match.pattern == nullptr) {
    return names_task_or_session(text);
  }
  const auto names_uuid = [&match](const Captured& c) { return match.compiled->nodes()[c.node].type == CaptureType::uuid; };
  return match.pattern->observer != Observer::sys || std::any_of(match.captures.begin(), match.captures.end(), names_uuid);
}

Event complete(Event e, const Record& record, bool about_logger) {
  e.t_src = record.time;
  e.span = record.span;
  if (about_logger) {
    if (e.process.empty()) {
      e.process = record.process;
    }
    if (!e.pid) {
      e.pid = record.pid;
    }
    e.thread = record.thread;
  }
  return e;
}

}  // namespace

void Decoder::decode(const Record& record, Decoded& out) {
  out.relevance = Relevance::irrelevant;
  out.events.clear();
  out.issues.clear();
  const std::string_view text = trim(record.message);
  if (looks_like_event_json(text)) {
    decode_json(record, text, out);
    return;
  }
  MessageMatch& match = state_->match;
  const bool known = state_->catalogue->match(record, text, match);
  out.observer = known ? match.pattern->observer : observer_of(record, match.subject);
  if (known && match.pattern->kind) {
    out.events.push_back(complete(event_of(match, text), record, match.pattern->about_logger));
    out.relevance = Relevance::matched;
  } else if (is_related(record, text, match)) {
    out.relevance = Relevance::related;
  }
}

}  // namespace uptrail
