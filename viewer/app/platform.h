// Everything the viewer asks of the operating system, in one file.
#pragma once

#include <string>

namespace uptrail::viewer {

// Folder of the settings, without a final slash: $XDG_CONFIG_HOME/uptrail, ~/Library/Application Support/Uptrail on macOS.
// "": there is no home; nothing is saved then.
std::string config_dir();

}  // namespace uptrail::viewer
