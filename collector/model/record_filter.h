// What a reader asks to leave out records that nothing would come of.
#pragma once

#include "collector/model/record.h"

namespace uptrail {

// Not thread-safe; one per reading thread.
class RecordFilter {
 public:
  virtual ~RecordFilter() = default;
  // False promises: the record gives no event, names no task or session, and is worth no issue. `record` has everything but
  // span and raw; a yes promises nothing.
  virtual bool may_matter(const Record& record) = 0;
};

}  // namespace uptrail
