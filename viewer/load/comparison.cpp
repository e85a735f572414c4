#include "viewer/load/comparison.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace uptrail::viewer {

namespace {

std::string_view bundle_of(const LoadedCase& data, const Upload& upload) {
  return upload.unit.value < data.derived.units.size() ? std::string_view(data.derived.units[upload.unit.value].bundle)
                                                       : std::string_view();
}

using Key = std::pair<std::string_view, std::string_view>;  // bundle, name

}  // namespace

UploadDifferences compare_uploads(const LoadedCase& a, const LoadedCase& b) {
  std::map<Key, std::vector<UploadId>> waiting;  // of b, the last one first
  for (auto upload = b.derived.uploads.rbegin(); upload != b.derived.uploads.rend(); ++upload) {
    waiting[{bundle_of(b, *upload), upload->name}].push_back(upload->id);
  }
  UploadDifferences out;
  std::vector<bool> taken(b.derived.uploads.size(), false);
  for (const Upload& upload : a.derived.uploads) {
    const auto at = waiting.find({bundle_of(a, upload), upload.name});
    if (at == waiting.end() || at->second.empty()) {
      out.only_a.push_back({upload.name, upload.id, std::nullopt});
      continue;
    }
    const UploadId partner = at->second.back();
    at->second.pop_back();
    taken[partner.value] = true;
    if (b.derived.uploads[partner.value].outcome == upload.outcome) {
      ++out.same;
    } else {
      out.differ.push_back({upload.name, upload.id, partner});
    }
  }
  for (const Upload& upload : b.derived.uploads) {
    if (!taken[upload.id.value]) out.only_b.push_back({upload.name, std::nullopt, upload.id});
  }
  return out;
}

TimeNs first_task_moment(const LoadedCase& data) {
  TimeNs first = kTimeMax;
  for (const Task& task : data.derived.tasks) {
    if (!task.seen.empty()) first = std::min(first, task.seen.start);
  }
  return first == kTimeMax ? data.scene.seen.start : first;
}

}  // namespace uptrail::viewer
