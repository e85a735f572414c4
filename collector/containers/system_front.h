// By its front a message of CFNetwork, nsurlsessiond or the network library is told from any other text. What a message means is
// not said here.
#pragma once

#include <string_view>

namespace uptrail {

// Does the line begin as such messages do? A category may stand before it, which stays when the rest of a header is cut off.
bool has_system_front(std::string_view line);

}  // namespace uptrail
