// A made-up case for tests of the panels: one afternoon with three causes, put together by hand so that no other folder's work
// is needed.
#pragma once

#include <memory>

#include "viewer/load/loaded_case.h"

namespace uptrail::test {

// 10 uploads (0 and 3 affected, 9 cannot tell), causes 0 (error), 1 (error), 2 (warning); finding n is the main one of cause n,
// finding 3 is folded into finding 0.
std::shared_ptr<const viewer::LoadedCase> sample_case();

// A case that says nothing: no causes, outcome unknown.
std::shared_ptr<const viewer::LoadedCase> uninstrumented_case();

// Lines 1 to 400 of source 0; the sample's evidence stands on some of them.
viewer::LogPage sample_page(const viewer::LoadedCase& data);

}  // namespace uptrail::test
