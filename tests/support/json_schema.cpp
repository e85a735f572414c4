#include "tests/support/json_schema.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/files.h"

namespace uptrail::test {

namespace {

using Json = nlohmann::json;

bool has_type(const Json& value, const std::string& type) {
  return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
         (type == "string" && value.is_string()) || (type == "integer" && value.is_number_integer()) ||
         (type == "number" && value.is_number()) || (type == "null" && value.is_null()) ||
         (type == "boolean" && value.is_boolean());
}

bool type_fits(const Json& value, const Json& wanted) {
  if (wanted.is_string()) return has_type(value, wanted.get<std::string>());
  return std::any_of(wanted.begin(), wanted.end(), [&](const Json& t) { return has_type(value, t.get<std::string>()); });
}

// `root` is the whole schema: "$ref" points into it.
void check(const Json& root, const Json& schema, const Json& value, const std::string& at, std::string& problems);

void check_object(const Json& root, const Json& schema, const Json& value, const std::string& at, std::string& problems) {
  for (const Json& key : schema.value("required", Json::array())) {
    if (!value.contains(key.get<std::string>())) problems += at + ": lacks " + key.get<std::string>() + "\n";
  }
  const Json properties = schema.value("properties", Json::object());
  for (const auto& item : value.items()) {
    if (properties.contains(item.key())) {
      check(root, properties[item.key()], item.value(), at + "." + item.key(), problems);
    } else if (const auto others = schema.find("additionalProperties"); others != schema.end() && others->is_object()) {
      check(root, *others, item.value(), at + "." + item.key(), problems);
    } else if (others != schema.end() && *others == false) {
      problems += at + ": has " + item.key() + "\n";
    }
  }
}

bool fits(const Json& root, const Json& schema, const Json& value) {
  std::string problems;
  check(root, schema, value, "$", problems);
  return problems.empty();
}

// Schemas made of schemas.
void check_combined(const Json& root, const Json& schema, const Json& value, const std::string& at, std::string& problems) {
  const auto matching = [&](const char* word) {
    return std::count_if(schema[word].begin(), schema[word].end(), [&](const Json& one) { return fits(root, one, value); });
  };
  if (schema.contains("oneOf") && matching("oneOf") != 1) problems += at + ": fits not exactly one form\n";
  if (schema.contains("anyOf") && matching("anyOf") == 0) problems += at + ": fits no form\n";
  for (const Json& one : schema.value("allOf", Json::array())) check(root, one, value, at, problems);
  if (schema.contains("not") && fits(root, schema["not"], value)) problems += at + ": is what it must not be\n";
  if (schema.contains("if")) {
    const char* branch = fits(root, schema["if"], value) ? "then" : "else";
    if (schema.contains(branch)) check(root, schema[branch], value, at, problems);
  }
}

void check(const Json& root, const Json& schema, const Json& value, const std::string& at, std::string& problems) {
  static const std::set<std::string> kKnown = {"$schema",   "$id",     "title",    "description", "type",
                                               "enum",      "const",   "required", "properties",  "additionalProperties",
                                               "items",     "minimum", "maximum",  "maxItems",    "minItems",
                                               "minLength", "$defs",   "$ref",     "maxLength",   "minProperties",
                                               "oneOf",     "anyOf",   "allOf",    "not",         "if",
                                               "then",      "else"};
  for (const auto& keyword : schema.items()) {
    if (!kKnown.contains(keyword.key())) problems += at + ": schema word not checked: " + keyword.key() + "\n";
  }
  if (schema.contains("$ref")) {
    check(root, root.at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1))), value, at, problems);
  }
  check_combined(root, schema, value, at, problems);
  if (schema.contains("type") && !type_fits(value, schema["type"])) problems += at + ": wrong type\n";
  if (schema.contains("const") && value != schema["const"]) problems += at + ": wrong constant\n";
  if (schema.contains("enum") && std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end()) {
    problems += at + ": not one of the allowed values\n";
  }
  if (value.is_number() && schema.contains("minimum") && value < schema["minimum"]) problems += at + ": too small\n";
  if (value.is_number() && schema.contains("maximum") && value > schema["maximum"]) problems += at + ": too large\n";
  if (value.is_string() && schema.contains("minLength") && value.get<std::string>().size() < schema["minLength"]) {
    problems += at + ": too short\n";
  }
  if (value.is_string() && schema.contains("maxLength") && value.get<std::string>().size() > schema["maxLength"]) {
    problems += at + ": too long\n";
  }
  if (value.is_object() && schema.contains("minProperties") && value.size() < schema["minProperties"]) {
    problems += at + ": too few entries\n";
  }
  if (value.is_object()) check_object(root, schema, value, at, problems);
  if (value.is_array()) {
    if (schema.contains("maxItems") && value.size() > schema["maxItems"]) problems += at + ": too many items\n";
    if (schema.contains("minItems") && value.size() < schema["minItems"]) problems += at + ": too few items\n";
    for (std::size_t i = 0; schema.contains("items") && i < value.size(); ++i) {
      check(root, schema["items"], value[i], at + "[" + std::to_string(i) + "]", problems);
    }
  }
}

}  // namespace

std::string schema_problems(const std::string& schema_file, const std::string& json) {
  const Json schema = Json::parse(read_file(source_path(schema_file)), nullptr, false);
  const Json value = Json::parse(json, nullptr, false);
  if (schema.is_discarded() || value.is_discarded()) return "not JSON\n";
  std::string problems;
  check(schema, schema, value, "$", problems);
  return problems;
}

}  // namespace uptrail::test
