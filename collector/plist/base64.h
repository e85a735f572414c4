// Base64 as it stands in property lists: blanks and line ends anywhere, padding at the end.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace uptrail::plist {

// nullopt for any other character, or for a number of them that encodes nothing.
std::optional<std::vector<std::byte>> decode_base64(std::string_view text);

}  // namespace uptrail::plist
