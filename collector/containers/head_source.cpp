#include "collector/containers/head_source.h"

#include <algorithm>
#include <cstring>

namespace uptrail {

Status HeadSource::fill() {
  head_.resize(kSniffBytes);
  std::size_t have = 0;
  while (have < head_.size()) {
    auto got = inner_.read(std::span(head_).subspan(have));
    if (!got) {
      return got.error();
    }
    if (*got == 0) {
      complete_ = true;
      break;
    }
    have += *got;
  }
  head_.resize(have);
  return done();
}

Result<std::size_t> HeadSource::read(std::span<char> into) {
  if (given_ == head_.size()) {
    return inner_.read(into);
  }
  const std::size_t n = std::min(into.size(), head_.size() - given_);
  std::memcpy(into.data(), head_.data() + given_, n);
  given_ += n;
  return n;
}

}  // namespace uptrail
