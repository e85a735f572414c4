#include "collector/base/result.h"

namespace uptrail {

std::string Error::text() const {
  std::string out;
  if (!path.empty()) {
    out += path;
    if (offset) {
      out += ": byte " + std::to_string(*offset);
    }
    out += ": ";
  }
  out += message;
  if (!hint.empty()) {
    out += " (" + hint + ")";
  }
  return out;
}

}  // namespace uptrail
