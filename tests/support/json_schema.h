// A small JSON Schema check for our own schemas: type, enum, const, required, properties, additionalProperties: false, items,
// minimum, maximum, maxItems. An unknown keyword is reported, so that a schema cannot promise what nobody checks.
#pragma once

#include <string>

namespace uptrail::test {

// "" when `json` fits the schema file (path inside the project), else one problem a line.
std::string schema_problems(const std::string& schema_file, const std::string& json);

}  // namespace uptrail::test
