// URLSession objects of each process: one a create, or one a name that is used without a create in the capture.
#pragma once

#include <vector>

#include "collector/analysis/facts_builder.h"
#include "collector/model/derived.h"

namespace uptrail::analysis {

// Appends the objects of one unit to `derived.objects`, links them to their sessions, and sets Fact::object (and Fact::session of
// facts that name only the object), and `lives.objects`. Facts must have their epochs. Returns the new ids.
std::vector<ObjectId> build_objects(UnitFacts& unit, Derived& derived);

}  // namespace uptrail::analysis
