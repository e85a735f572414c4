#include "collector/messages/decoder.h"
#include "collector/simulate/writers.h"

namespace uptrail::simulate {

std::string write_ndjson(const std::vector<Event>& events) {
  std::string out;
  for (const Event& event : events) {
    out += encode_event_json(event);
    out += '\n';
  }
  return out;
}

}  // namespace uptrail::simulate
