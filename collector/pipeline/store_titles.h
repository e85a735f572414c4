// What the stores that can be read are called, for people.
#pragma once

#include <string>
#include <string_view>

namespace uptrail {

// By the id that a source has as its container; of one that is not built in, the id.
std::string store_title(std::string_view id);

}  // namespace uptrail
