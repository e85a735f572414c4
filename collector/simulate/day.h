// The user's day: what somebody who takes photos does with the app, in good weather and bad, while nothing goes wrong.
#pragma once

#include "collector/simulate/world.h"

namespace uptrail::simulate {

// A transfer that ends well, of a usual length.
Transfer good_transfer(World& world, DurationNs longest = minutes(4));
// A short one that begins at once and needs no second try.
Transfer quick_transfer(World& world);

// Some healthy minutes or hours with `uploads` new uploads, and at most `length` from one visit to the next. The app may be in
// any state before and after.
void healthy_episode(World& world, int uploads, DurationNs length);

// The app behaves well again, from now on.
void forget_habits(World& world);

// The app is in the foreground with all sessions open, nothing under way, the network there, and behaves well.
void make_ready(World& world);

// The user leaves: background, soon suspended, perhaps ended by the system for its memory.
void leave(World& world);

}  // namespace uptrail::simulate
