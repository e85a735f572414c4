#include "collector/base/name_tail.h"

#include "collector/base/ids.h"

namespace uptrail {

std::size_t id_at_end(std::string_view name) {
  constexpr std::size_t kUuid = 36;
  constexpr std::size_t kShortHash = 8;
  if (name.size() > kUuid && Uuid::parse(name.substr(name.size() - kUuid))) {
    return name.size() - kUuid;
  }
  const std::size_t hash = name.find_last_not_of("0123456789abcdefABCDEF") + 1;
  const bool digit = name.substr(hash).find_first_of("0123456789") != std::string_view::npos;
  return digit && name.size() - hash >= kShortHash ? hash : name.find_last_not_of("0123456789") + 1;
}

}  // namespace uptrail
