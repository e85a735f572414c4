// What people read for an upload: "upload 17"; the app's own name when that begins with the word already, in any case.
#pragma once

#include <string>

#include "collector/base/text.h"
#include "collector/model/entities.h"

namespace uptrail::analysis {

inline std::string upload_label(const Upload& upload) {
  return to_lower_ascii(upload.name).starts_with("upload") ? upload.name : "upload " + upload.name;
}

}  // namespace uptrail::analysis
