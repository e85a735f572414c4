// The report of `uptrail check` for people.
#pragma once

#include <string>

#include "collector/report/check_data.h"
#include "collector/report/text_layout.h"

namespace uptrail {

// First line: the outcome. Lines end with '\n'; times are those of the device when its zone is known, else UTC.
std::string check_text(const CheckData& data, const TextStyle& style);

// "system.log:3391", "tasks.sqlite, session_tasks rowid 7". File names stand without folder unless two sources share one.
std::string place_of(const CheckData& data, const EvidenceLine& line);
std::string short_path(const CheckData& data, SourceId source);

}  // namespace uptrail
