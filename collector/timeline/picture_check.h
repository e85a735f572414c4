// Internal to this folder: a picture from a file may hold any number.
#pragma once

#include "collector/timeline/picture_codec.h"

namespace uptrail::timeline {

// No index leads outside its list, no word is unknown, and lists have the order that looking up relies on.
bool holds_together(const SavedPicture& picture);

}  // namespace uptrail::timeline
