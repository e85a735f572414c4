// The report of `uptrail check` for programs: one object, uptrail.check/1 (schemas/check.schema.json).
#pragma once

#include <string>

#include "collector/report/check_data.h"

namespace uptrail {

// Keys in the order of the schema; equal cases give equal bytes. Ends with '\n'.
std::string check_json(const CheckData& data);

}  // namespace uptrail
