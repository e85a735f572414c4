#include <nlohmann/json.hpp>

#include "collector/report/judgement.h"

namespace uptrail {

namespace {

using Json = nlohmann::json;

Error not_a_baseline(const std::string& path, const std::string& what) {
  Error error = fail(ErrorKind::usage, what);
  error.path = path;
  error.hint = "a baseline is what uptrail check --json printed of an earlier capture";
  return error;
}

std::string text_of(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

template <class E>
E named(std::string_view word, std::string_view (*name)(E), E otherwise) {
  for (int i = 0; i < 3; ++i) {
    if (name(static_cast<E>(i)) == word) {
      return static_cast<E>(i);
    }
  }
  return otherwise;
}

}  // namespace

Result<Baseline> parse_baseline(std::string_view text, const std::string& path) {
  const Json root = Json::parse(text, nullptr, false);
  if (root.is_discarded() || !root.is_object()) {
    return not_a_baseline(path, "not one JSON object");
  }
  if (text_of(root, "schema") != "uptrail.check/1" || !root.contains("findings") || !root["findings"].is_array()) {
    return not_a_baseline(path, "not the output of uptrail check --json");
  }
  Baseline out;
  out.path = path;
  for (const Json& item : root["findings"]) {
    BaselineFinding f;
    f.id = text_of(item, "id");
    f.key = text_of(item, "key");
    f.rule = text_of(item, "rule");
    f.title = text_of(item, "title");
    if (f.id.empty() || f.key.empty() || f.rule.empty()) {
      return not_a_baseline(path, "finding " + std::to_string(out.findings.size() + 1) + " lacks id, key or rule");
    }
    f.severity = named(text_of(item, "severity"), severity_name, Severity::warning);
    f.confidence = named(text_of(item, "confidence"), confidence_name, Confidence::likely);
    if (const auto subject = item.find("subject"); subject != item.end() && subject->is_object()) {
      f.bundle = text_of(*subject, "bundle");
    }
    out.findings.push_back(std::move(f));
  }
  return out;
}

}  // namespace uptrail
