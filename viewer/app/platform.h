// Everything the viewer asks of the operating system, in one file.
#pragma once

#include <string>

#include "collector/base/time.h"

namespace uptrail::viewer {

// Folder of the settings, without a final slash: $XDG_CONFIG_HOME/uptrail, ~/Library/Application Support/Uptrail on macOS.
// "": there is no home; nothing is saved then.
std::string config_dir();
// What this computer's clock adds to UTC at that time.
int local_zone_minutes(TimeNs t);
std::string today();  // in UTC, "2027-01-31"

}  // namespace uptrail::viewer
