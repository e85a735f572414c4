#include <algorithm>
#include <array>

#include "collector/input/input.h"

namespace uptrail {

Result<std::string> read_small_file(const std::string& path, std::size_t limit) {
  const auto source = open_input(path);
  UPTRAIL_TRY(source);
  std::string text;
  std::array<char, 65536> buffer{};
  for (;;) {
    const auto got = (*source)->read(buffer);
    UPTRAIL_TRY(got);
    if (*got == 0) {
      return text;
    }
    text.append(buffer.data(), *got);
    if (text.size() > limit) {
      return fail(ErrorKind::limit, "larger than " + std::to_string(limit >> 20U) + " MB", path);
    }
  }
}

}  // namespace uptrail
