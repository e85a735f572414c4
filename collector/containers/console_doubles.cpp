#include "collector/containers/console_doubles.h"

#include <algorithm>

#include "collector/base/text.h"

namespace uptrail {

namespace {
constexpr std::int64_t kMostApart = 1'000'000;  // ns
constexpr std::uint64_t kProbed = 200;
}  // namespace

bool ConsoleDoubles::seen(const Record& record) {
  if (!record.time) {
    return false;
  }
  const std::int64_t ns = record.time->ns;
  for (Said& said : last_) {
    if (said.used && said.ns - ns <= kMostApart && ns - said.ns <= kMostApart && said.process == record.process &&
        said.message == record.message) {
      said.used = false;
      return true;
    }
  }
  Said& said = last_[next_];
  next_ = (next_ + 1) % last_.size();
  said.used = true;
  said.ns = ns;
  said.process = record.process;
  said.message = record.message;
  return false;
}

bool DoublesProbe::record(const Record& record) {
  ++records_;
  doubles_ += doubles_seen_.seen(record) ? 1U : 0U;
  return records_ < kProbed;
}

bool WithoutDoubles::record(const Record& record) {
  if (!doubles_seen_.seen(record)) {
    return inner_.record(record);
  }
  first_ = doubles_ == 0 ? record.span : first_;
  ++doubles_;
  return true;
}

void WithoutDoubles::finish() {
  if (doubles_ > 0) {
    inner_.issue({IssueKind::repeated, first_,
                  "this copy holds its lines twice: " + count_of(doubles_, "line") + (doubles_ == 1 ? " was" : " were") +
                      " left out, each the double of one above it"});
  }
}

}  // namespace uptrail
