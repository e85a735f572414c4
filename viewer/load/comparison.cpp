#include "viewer/load/comparison.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace uptrail::viewer {

namespace {

std::string_view bundle_of(const LoadedCase& data, const timeline::UploadView& upload) {
  return upload.unit.value < data.derived.units.size() ? std::string_view(data.derived.units[upload.unit.value].bundle)
                                                       : std::string_view();
}

using Key = std::pair<std::string_view, std::string_view>;  // bundle, name

}  // namespace

UploadDifferences compare_uploads(const LoadedCase& a, const LoadedCase& b) {
  std::map<Key, std::vector<UploadId>> waiting;  // of b, the last one first
  const auto nth = [](std::size_t i) { return UploadId{static_cast<std::uint32_t>(i)}; };
  for (std::size_t i = b.upload_count(); i-- > 0;) {
    const timeline::UploadView upload = b.upload(nth(i));
    waiting[{bundle_of(b, upload), upload.name}].push_back(nth(i));
  }
  UploadDifferences out;
  std::vector<bool> taken(b.upload_count(), false);
  for (std::size_t i = 0; i < a.upload_count(); ++i) {
    const timeline::UploadView upload = a.upload(nth(i));
    const auto at = waiting.find({bundle_of(a, upload), upload.name});
    if (at == waiting.end() || at->second.empty()) {
      out.only_a.push_back({std::string(upload.name), upload.id, std::nullopt});
      continue;
    }
    const UploadId partner = at->second.back();
    at->second.pop_back();
    taken[partner.value] = true;
    if (b.upload(partner).outcome == upload.outcome) {
      ++out.same;
    } else {
      out.differ.push_back({std::string(upload.name), upload.id, partner});
    }
  }
  for (std::size_t i = 0; i < b.upload_count(); ++i) {
    if (!taken[i]) out.only_b.push_back({std::string(b.upload(nth(i)).name), std::nullopt, nth(i)});
  }
  return out;
}

TimeNs first_task_moment(const LoadedCase& data) {
  if (!data.has_all_tasks() && !data.overview.starts.empty()) return data.overview.starts.front();
  TimeNs first = kTimeMax;
  for (const Task& task : data.derived.tasks) {
    if (!task.seen.empty()) first = std::min(first, task.seen.start);
  }
  return first == kTimeMax ? data.scene.seen.start : first;
}

}  // namespace uptrail::viewer
