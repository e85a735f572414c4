// SHA-1, to compare names: nsurlsessiond names folders by the SHA-1 of an identifier. Own code, because none of the libraries
// that are used offers it to its callers, and one more dependency on every system is dearer than these lines. Not for secrets.
#pragma once

#include <string>
#include <string_view>

namespace uptrail {

inline constexpr std::size_t kSha1Digits = 40;

// 40 upper-case hexadecimal digits.
std::string sha1_hex(std::string_view bytes);
// Does the text look like one? Lower-case digits do not count.
bool is_sha1_hex(std::string_view text);

}  // namespace uptrail
