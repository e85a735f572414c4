#include "collector/base/byte_source.h"

#include <algorithm>

namespace uptrail {

Result<std::size_t> MemorySource::read(std::span<char> into) {
  const std::size_t n = std::min({into.size(), chunk_, bytes_.size() - at_});
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), n, into.begin());
  at_ += n;
  return n;
}

}  // namespace uptrail
