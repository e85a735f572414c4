#include <nlohmann/json.hpp>

#include "collector/report/collect_summary.h"

namespace uptrail {

namespace {

using Json = nlohmann::ordered_json;

Json source_json(const CollectedSource& s) {
  const auto time = [&](bool start) {
    return s.span && s.placed ? Json((start ? s.span->start : s.span->end).ns) : Json(nullptr);
  };
  return {{"path", s.path},
          {"container", s.container},
          {"store", s.is_store},
          {"added", s.added},
          {"bytes", s.size},
          {"first_ns", time(true)},
          {"last_ns", time(false)},
          {"read", s.accounting.read},
          {"matched", s.accounting.matched},
          {"related", s.accounting.related},
          {"irrelevant", s.accounting.irrelevant},
          {"unparsed", s.accounting.unparsed},
          {"events", s.events},
          {"clock", s.clock},
          {"placed", s.placed},
          {"not_understood", s.not_understood}};
}

}  // namespace

std::string collect_json(const CollectSummary& summary) {
  Json out = {{"schema", "uptrail.collect/1"}, {"case", summary.case_path}, {"complete", summary.complete}};
  std::uint64_t events = 0;
  out["sources"] = Json::array();
  for (const auto& s : summary.sources) {
    events += s.events;
    out["sources"].push_back(source_json(s));
  }
  out["inputs"] = Json::array();
  for (const auto& other : summary.others) {
    Json item = {{"path", other.path}, {"what", other.word}};
    if (!other.detail.empty()) {
      item["detail"] = other.detail;
    }
    out["inputs"].push_back(std::move(item));
  }
  out["counts"] = {{"events", events}, {"sessions", summary.sessions}, {"tasks", summary.tasks}, {"causes", summary.causes}};
  out["bytes_read"] = summary.bytes_read;
  out["seconds"] = summary.seconds ? Json(*summary.seconds) : Json(nullptr);
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace uptrail
