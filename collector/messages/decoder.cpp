#include "collector/messages/decoder.h"

#include "collector/base/text.h"
#include "collector/messages/event_json.h"

namespace uptrail {

class Catalogue {};

struct Decoder::State {
  std::shared_ptr<const Catalogue> catalogue;
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

}  // namespace

void Decoder::decode(const Record& record, Decoded& out) {
  out.relevance = Relevance::irrelevant;
  out.events.clear();
  out.issues.clear();
  out.observer = Observer::sys;
  const std::string_view text = trim(record.message);
  if (looks_like_event_json(text)) {
    decode_json(record, text, out);
  }
}

Result<std::shared_ptr<const Catalogue>> load_catalogue(const std::vector<CatalogueText>& files) {
  if (!files.empty()) {
    return fail(ErrorKind::usage, "message files cannot be read yet", files.front().name);
  }
  return std::shared_ptr<const Catalogue>(std::make_shared<Catalogue>());
}

Result<std::shared_ptr<const Catalogue>> builtin_catalogue() { return load_catalogue({}); }

}  // namespace uptrail
