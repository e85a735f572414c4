// Units of the system's own processes: nobody can add a line to them.
#pragma once

#include "collector/model/entities.h"

namespace uptrail {

inline bool is_system_unit(const Unit& unit) { return unit.bundle.starts_with("com.apple."); }

}  // namespace uptrail
