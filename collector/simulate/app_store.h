// The app's own database of uploads, as the app's words in a simulation imply it: that of the AWS S3 TransferUtility
// (docs/formats/aws_transfer_utility.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/model/event.h"

namespace uptrail::simulate {

struct UploadRow {
  std::string upload;      // transfer_id
  std::string identifier;  // of the session
  std::int64_t task = 0;   // taskIdentifier; 0: no task has been made yet
  std::string state;       // as upload.state has it
  std::string file;
  std::optional<std::int64_t> size;  // bytes
};

struct AppStore {
  std::vector<UploadRow> rows;  // by upload
  TimeNs written;               // the last change
  std::size_t nameless = 0;     // uploads without session identifier: a row needs one
};

// The store at `end`. Events of all observers, ascending in time, before anything was left out of them.
AppStore app_store(const std::vector<Event>& events, TimeNs end);

// Makes the file at `path`, which must not exist; its time of modification becomes that of the last change.
Status write_app_store(const std::string& path, const AppStore& store);

}  // namespace uptrail::simulate
