// Puts a list of beats into order and makes it short enough to be read.
#pragma once

#include <vector>

#include "collector/analysis/story/beat.h"

namespace uptrail::analysis {

// By domain and time; the domain with the most beats first.
void sort_beats(std::vector<Beat>& beats);

// Joins what one thing made several events of (launched and came to the foreground, went to the background and was suspended,
// created and resumed, seen by two observers), folds repetitions, and leaves out the middle of what is still too long. Beats are
// sorted by domain, then time. Nothing is lost: a folded beat has the ids of all its events.
void fold_beats(std::vector<Beat>& beats);

}  // namespace uptrail::analysis
