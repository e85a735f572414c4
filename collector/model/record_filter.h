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
  // True: of all records of this process, and with whatever else in their headers, text_may_matter() can tell by the message.
  virtual bool judges_by_text(std::string_view process) { return static_cast<void>(process), false; }
  // For such records. False promises what may_matter() does.
  virtual bool text_may_matter(std::string_view message) { return static_cast<void>(message), true; }
};

}  // namespace uptrail
