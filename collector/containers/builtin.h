// The containers of this build: each is made in its own file; registry.cpp lists them.
#pragma once

#include "collector/containers/container.h"

namespace uptrail {

const Container& event_ndjson_container();
const Container& event_script_container();

}  // namespace uptrail
