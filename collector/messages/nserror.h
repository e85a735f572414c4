// NSError as it is printed: one line or many, in any language, by Objective-C or Swift, nested and cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "collector/base/ids.h"

namespace uptrail {

// Views point into the text. Only what stands there in clear is set.
struct NsError {
  struct Cause {
    std::string_view domain;
    std::optional<std::int64_t> code;
  };
  std::string_view domain;                       // "": hidden, or a form that names none
  std::optional<std::int64_t> code;              // nullopt: cut before it
  std::string_view text;                         // localised description; "": none
  std::vector<Cause> underlying;                 // as printed, outermost first, at most kMaxCauses
  std::optional<std::int64_t> cancelled_reason;  // NSURLErrorBackgroundTaskCancelledReasonKey
  std::string_view failing_url;
  std::optional<Uuid> task;            // the failing task, else the related one
  std::optional<std::int64_t> number;  // its taskIdentifier
  std::string_view task_class;         // "BackgroundUploadTask": what it says the task is
  std::size_t length = 0;              // bytes of the text that belong to the error
  static constexpr std::size_t kMaxCauses = 16;
};

// Can an error begin here? Cheap.
bool begins_nserror(std::string_view text);

// The error at the beginning of the text, in any of the forms
//   Error Domain=D Code=N "text" UserInfo={…}      also without "Error ", inside Optional(…) or URLError(_nsError: …), or cut
//   D, N       D error N.       D Code=N           where D is a …ErrorDomain or …Error
//   (error code: N [a:b])       error code: N
// Time is linear in the text; nothing is recursive.
std::optional<NsError> parse_nserror(std::string_view text);

}  // namespace uptrail
