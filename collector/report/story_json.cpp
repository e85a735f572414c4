#include <nlohmann/json.hpp>

#include "collector/report/story_text.h"

namespace uptrail {

namespace {

using Json = nlohmann::ordered_json;

Json event_json(const CheckData& data, EventId id) {
  Json out = {{"event", id.value}};
  const EvidenceLine* line = data.line(id);
  if (line == nullptr) {
    return out;
  }
  const Source* source = data.source(line->source);
  out["kind"] = kind_name(line->kind);
  out["observer"] = observer_name(line->observer);
  out["source"] = source == nullptr ? std::string() : source->path;
  if (!line->row.empty()) {
    out["row"] = line->row;
  } else if (line->span.line > 0) {
    out["line"] = line->span.line;
  } else {
    out["offset"] = line->span.offset;
  }
  return out;
}

Json story_json(const CheckData& data, const Story& story) {
  Json clauses = Json::array();
  for (const Clause& clause : story.clauses) {
    Json events = Json::array();
    for (const EventId id : clause.events) {
      events.push_back(event_json(data, id));
    }
    clauses.push_back({{"text", clause.text}, {"events", std::move(events)}});
  }
  Json findings = Json::array();
  for (const FindingId id : story.findings) {
    if (const Finding* f = data.finding(id)) {
      findings.push_back({{"id", f->fingerprint},
                          {"rule", f->rule},
                          {"severity", severity_name(f->severity)},
                          {"confidence", confidence_name(f->confidence)}});
    }
  }
  return {{"kind", story_kind_name(story.kind)},
          {"subject", story.subject},
          {"paragraph", story_paragraph(story)},
          {"clauses", std::move(clauses)},
          {"findings", std::move(findings)}};
}

}  // namespace

std::string stories_json(const CheckData& data, std::span<const Story> stories) {
  Json root = {{"schema", "uptrail.story/1"}, {"stories", Json::array()}};
  for (const Story& story : stories) {
    root["stories"].push_back(story_json(data, story));
  }
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace uptrail
