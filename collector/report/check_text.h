// Parts of the text report of `uptrail check`, and how it calls places.
#pragma once

#include <string>

#include "collector/report/check_data.h"
#include "collector/report/judgement.h"
#include "collector/report/text_layout.h"

namespace uptrail {

// Clocks, overlaps, problems and contents of the sources; "" when there is nothing to say.
std::string sources_text(const CheckData& data, const TextStyle& style);
// What the pipeline's policy makes of it: baseline, required evidence, project file; "" when none was given.
std::string judgement_text(const CheckReport& report, const TextStyle& style);

// "system.log:3391", "tasks.sqlite, session_tasks rowid 7". File names stand without folder unless two sources share one.
std::string place_of(const CheckData& data, const EvidenceLine& line);
std::string short_path(const CheckData& data, SourceId source);

}  // namespace uptrail
