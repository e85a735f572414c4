// How much of one input is understood: what `uptrail formats --table` prints.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "collector/base/result.h"
#include "collector/model/record.h"

namespace uptrail {

struct SurveyRow {
  std::string container;  // id of the container or store
  Accounting accounting;
  std::map<std::string_view, std::uint64_t> events;  // by name of the kind
};

// Reads the input alone, with the built-in messages. Errors are those of collect().
Result<SurveyRow> survey(const std::string& path);

}  // namespace uptrail
