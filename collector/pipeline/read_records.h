// The records of a capture without a case: for verbs that look at lines only.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "collector/base/result.h"
#include "collector/model/record.h"

namespace uptrail {

struct RecordsRead {
  std::string container;       // "": nothing was recognised, each line was taken for a message of an unknown process
  std::uint64_t unparsed = 0;  // pieces that should have been records
};

// Calls `take` for each record, in file order. "-" is standard input. Errors: unreadable (missing, empty, a case, a store),
// interrupted.
Result<RecordsRead> read_records(const std::string& path, const std::atomic<bool>* cancel,
                                 const std::function<void(const Record&)>& take);

}  // namespace uptrail
