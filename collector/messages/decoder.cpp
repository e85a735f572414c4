#include "collector/messages/decoder.h"

#include <algorithm>

#include "collector/base/text.h"
#include "collector/messages/catalogue.h"
#include "collector/messages/event_json.h"
#include "collector/messages/redaction.h"

namespace uptrail {

namespace {
constexpr std::string_view kDaemonProcess = "nsurlsessiond";
}  // namespace

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
  auto decoded = decode_json_event(text, record.json, out.issues);
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
  drop_redacted(e);
  out.events.push_back(std::move(e));
}

// Who wrote a line that no pattern knows.
Observer observer_of(const Record& record, const SubjectMatch& subject) {
  if (record.process == kDaemonProcess || (record.process.empty() && subject.kind == SubjectForm::session)) {
    return Observer::daemon;
  }
  const bool cfnetwork = subject.kind != SubjectForm::none || ends_with_ignore_case(record.library, "CFNetwork");
  return cfnetwork ? Observer::cfn : Observer::sys;
}

// What a line names that tells no event.
LineSubject subject_of(std::string_view text, const MessageMatch& match) {
  LineSubject out{match.subject.task, match.subject.session, match.subject.number};
  if (match.pattern == nullptr) {
    return match.subject.kind != SubjectForm::none ? out : named_in(text);
  }
  for (const Captured& c : match.captures) {
    const auto& node = match.compiled->nodes()[c.node];
    const std::string_view value = text.substr(c.offset, c.length);
    if (node.text == "uuid") {
      out.task = Uuid::parse(value);
    } else if (node.text == "sessionUUID") {
      out.session = Uuid::parse(value);
    } else if (node.text == "id") {
      out.number = parse_int(value);
    }
  }
  return out;
}

// Does such a line still concern a task, a session or the daemon?
bool is_related(const Record& record, const MessageMatch& match, const LineSubject& about) {
  return record.process == kDaemonProcess || match.subject.kind != SubjectForm::none || about.task || about.session ||
         (match.pattern != nullptr && match.pattern->observer != Observer::sys);
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

struct RelevanceFilter::State {
  std::shared_ptr<const Catalogue> catalogue;
  MessageMatch match;
};

RelevanceFilter::RelevanceFilter(std::shared_ptr<const Catalogue> catalogue) : state_(std::make_unique<State>()) {
  state_->catalogue = std::move(catalogue);
}
RelevanceFilter::~RelevanceFilter() = default;

bool RelevanceFilter::may_matter(const Record& record) {
  const std::string_view text = trim(record.message);
  if (record.process == kDaemonProcess || read_subject(text).kind != SubjectForm::none) {
    return true;  // related at least
  }
  MessageMatch& match = state_->match;
  return looks_like_event_json(text) || state_->catalogue->match(record, text, match) ||
         is_related(record, match, subject_of(text, match));
}

bool RelevanceFilter::judges_by_text(std::string_view process) {
  return !process.empty() && process != kDaemonProcess && state_->catalogue->begins_literally(process);
}

bool RelevanceFilter::text_may_matter(std::string_view message) {
  const std::string_view text = trim(message);
  return looks_like_event_json(text) || state_->catalogue->may_begin(text) || may_name(text);
}

void Decoder::decode(const Record& record, Decoded& out) {
  out.relevance = Relevance::irrelevant;
  out.events.clear();
  out.issues.clear();
  out.known = false;
  out.about = {};
  const std::string_view text = trim(record.message);
  if (looks_like_event_json(text)) {
    decode_json(record, text, out);
    return;
  }
  MessageMatch& match = state_->match;
  const bool known = state_->catalogue->match(record, text, match);
  // A library's line is on the word of the process it runs in.
  const bool speaks = known && (match.pattern->kind || match.pattern->observer != Observer::sys);
  out.observer = speaks ? match.pattern->observer : observer_of(record, match.subject);
  if (known && match.pattern->kind) {
    out.events.push_back(complete(event_of(match, text), record, match.pattern->about_logger));
    out.relevance = Relevance::matched;
    drop_redacted(out.events.back());
    return;
  }
  out.about = subject_of(text, match);
  if (is_related(record, match, out.about)) {
    out.relevance = Relevance::related;
    out.known = known;
  }
}

}  // namespace uptrail
