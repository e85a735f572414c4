// The user's message files (docs/formats/messages.md): those named on the command line and those of the configuration folder.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/messages/decoder.h"

namespace uptrail {

// "$XDG_CONFIG_HOME/uptrail/messages", on every system; without that variable "~/.config/uptrail/messages". "": no home is known.
std::string user_message_folder();

struct MessageFiles {
  std::vector<std::string> named;  // in this order; they count before those of the folder
  std::string folder;              // all *.json in it are read, by name; "" or missing: none
};

struct LoadedMessages {
  std::shared_ptr<const Catalogue> catalogue;
  std::vector<std::string> files;  // that were read beside the built-in ones, in the order in which they count
};

// The texts alone. A file whose content was there before is left out.
Result<std::vector<CatalogueText>> read_message_files(const MessageFiles& wanted);
// Errors name the file and the place in it; those of a file of the folder say how to leave it out.
Result<LoadedMessages> load_message_files(const MessageFiles& wanted);

}  // namespace uptrail
