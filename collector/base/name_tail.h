// Names that end with an id, one for each upload or run: "up_17", "up.9A0C3D1E-55B7-4C28-A6F0-718293A4B5C6", "up-3fa9c1d2".
#pragma once

#include <cstddef>
#include <string_view>

namespace uptrail {

// Where the number, hash (eight hexadecimal digits at least) or UUID begins that the name ends with; its size: there is none.
std::size_t id_at_end(std::string_view name);

}  // namespace uptrail
