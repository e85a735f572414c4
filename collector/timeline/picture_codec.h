// The picture of a case as it lies in the file (table `picture`), so that a large case is seen without reading its tasks one by
// one. Parts are arrays of records of one width: the fields of the struct in the order of its put() in picture_codec.cpp, numbers
// little-endian, times as int64, ids as they are (all ones: none), a missing severity as 255. Before all others stands `head`,
// with the version of this layout and the number of records of each part.
#pragma once

#include <optional>

#include "collector/timeline/overview.h"
#include "collector/timeline/scene.h"

namespace uptrail::timeline {

inline constexpr std::uint32_t kPictureFormat = 1;

struct SavedPicture {
  Scene scene;
  Overview overview;  // without `events`: those are in the grid of the case
};

// How many there are of what a picture names.
struct PictureLimits {
  std::uint64_t units = 0, sessions = 0, tasks = 0, uploads = 0, findings = 0;
};

// After set_derived() of the same case, once.
Status write_picture(CaseWriter& writer, const Scene& scene, const Overview& overview);
// What a file says, checked in itself: an index leads somewhere, an order is kept. nullopt: there is none, it has another format,
// or does not hold together; build_scene() then gives the same.
Result<std::optional<SavedPicture>> read_picture(CaseReader& reader);
// Whether it names only what is there, and has a lane for each task.
bool fits(const SavedPicture& picture, const PictureLimits& limits);

}  // namespace uptrail::timeline
