// What the writers of simulated stores share. Private to this folder.
#pragma once

#include <string>

#include "collector/base/result.h"
#include "collector/base/time.h"

namespace uptrail::simulate {

// The file's time of modification: when the store was last written.
Status set_written(const std::string& path, TimeNs written);

}  // namespace uptrail::simulate
