#include "collector/timeline/picture_check.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace uptrail::timeline {

namespace {

constexpr std::size_t kDeepest = 8;  // of families in families: layout walks them recursively

constexpr int kMostZoneMinutes = 24 * 60;

bool good_severity(const std::optional<Severity>& severity) { return !severity || *severity <= Severity::error; }

class Checker {
 public:
  explicit Checker(const SavedPicture& picture) : scene_(picture.scene), overview_(picture.overview) {}
  [[nodiscard]] bool run() const {
    return scene_.axis <= AxisKind::relative && std::abs(scene_.zone_offset_minutes) <= kMostZoneMinutes &&
           scene_.whole.start < scene_.whole.end && lanes() && bars() && marks() && others() && uploads() && overview();
  }

 private:
  [[nodiscard]] bool lane(std::uint32_t i) const { return i < scene_.lanes.size(); }
  [[nodiscard]] bool text(TextId id) const { return id < scene_.texts.size(); }

  // Each lies inside the family of its parent, which is the innermost one that is still open.
  [[nodiscard]] bool lanes() const {
    std::vector<std::uint32_t> open;
    for (std::uint32_t i = 0; i < scene_.lanes.size(); ++i) {
      const Lane& l = scene_.lanes[i];
      while (!open.empty() && scene_.lanes[open.back()].end <= i) open.pop_back();
      const std::uint32_t parent = open.empty() ? kNoLane : open.back();
      const std::size_t room = open.empty() ? scene_.lanes.size() : scene_.lanes[open.back()].end;
      if (l.parent != parent || l.depth != open.size() || l.end <= i || l.end > room || open.size() >= kDeepest) return false;
      if (l.kind > LaneKind::task || !good_severity(l.worst) || !text(l.label) || !text(l.detail)) return false;
      if (l.hatch != kNoLane && l.hatch >= scene_.hatches.size()) return false;
      open.push_back(i);
    }
    return true;
  }

  [[nodiscard]] bool bars() const {
    std::pair<std::uint32_t, TimeNs> before{0, kTimeMin};
    for (const Bar& b : scene_.bars) {
      const std::pair<std::uint32_t, TimeNs> place{b.lane, b.span.start};
      if (place < before || !lane(b.lane) || !text(b.label) || b.span.end < b.span.start) return false;
      if (static_cast<std::size_t>(b.style) >= kBarStyles) return false;
      before = place;
    }
    return true;
  }

  [[nodiscard]] bool marks() const {
    std::pair<std::uint32_t, TimeNs> before{0, kTimeMin};
    for (const Mark& m : scene_.marks) {
      const std::pair<std::uint32_t, TimeNs> place{m.lane, m.t};
      if (place < before || !lane(m.lane) || !text(m.label) || m.style > MarkStyle::disagreement || !good_severity(m.severity)) {
        return false;
      }
      before = place;
    }
    return true;
  }

  [[nodiscard]] bool others() const {
    std::pair<std::uint32_t, TimeNs> before{0, kTimeMin};
    for (const Ghost& g : scene_.ghosts) {
      const std::pair<std::uint32_t, TimeNs> place{g.lane, g.due};
      if (place < before || !lane(g.lane) || !text(g.label)) return false;
      before = place;
    }
    for (const Arrow& a : scene_.arrows) {
      if (!lane(a.from_lane) || !lane(a.to_lane) || !text(a.label)) return false;
    }
    for (std::size_t i = 0; i < scene_.clocks.size(); ++i) {
      if (!lane(scene_.clocks[i].lane) || (i > 0 && scene_.clocks[i].lane <= scene_.clocks[i - 1].lane)) return false;
    }
    for (const Hatch& hatch : scene_.hatches) {
      TimeNs end = kTimeMin;
      for (const Interval& span : hatch.spans) {
        if (span.start < end || span.end < span.start) return false;
        end = span.end;
      }
    }
    return true;
  }

  [[nodiscard]] bool uploads() const {
    const UploadList& u = scene_.uploads;
    const std::size_t count = u.size();
    if (u.units.size() != count || u.names.size() != count || u.states.size() != count || u.outcomes.size() != count ||
        u.task_ends.size() != count) {
      return false;
    }
    const auto known = [this](TextId id) { return text(id); };
    return std::all_of(u.names.begin(), u.names.end(), known) && std::all_of(u.states.begin(), u.states.end(), known) &&
           std::all_of(u.outcomes.begin(), u.outcomes.end(), [](UploadOutcome o) { return o <= UploadOutcome::cannot_tell; }) &&
           std::is_sorted(u.task_ends.begin(), u.task_ends.end()) && (count == 0 ? 0 : u.task_ends.back()) == u.tasks.size();
  }

  [[nodiscard]] bool overview() const {
    const Overview& o = overview_;
    return o.starts.size() == o.ends.size() && std::is_sorted(o.starts.begin(), o.starts.end()) &&
           std::is_sorted(o.ends.begin(), o.ends.end());
  }

  const Scene& scene_;
  const Overview& overview_;
};

}  // namespace

bool holds_together(const SavedPicture& picture) { return Checker(picture).run(); }

bool fits(const SavedPicture& picture, const PictureLimits& limits) {
  const Scene& s = picture.scene;
  const auto in = [](auto id, std::uint64_t count) { return !id.valid() || id.value < count; };
  const auto lane = [&](const Lane& l) {
    return in(l.unit, limits.units) && in(l.session, limits.sessions) && in(l.task, limits.tasks) && in(l.upload, limits.uploads);
  };
  const auto tasks = std::count_if(s.lanes.begin(), s.lanes.end(), [](const Lane& l) { return l.kind == LaneKind::task; });
  return s.uploads.size() == limits.uploads && static_cast<std::uint64_t>(tasks) == limits.tasks &&
         std::all_of(s.lanes.begin(), s.lanes.end(), lane) &&
         std::all_of(s.marks.begin(), s.marks.end(), [&](const Mark& m) { return in(m.finding, limits.findings); }) &&
         std::all_of(s.ghosts.begin(), s.ghosts.end(), [&](const Ghost& g) { return in(g.finding, limits.findings); }) &&
         std::all_of(s.uploads.tasks.begin(), s.uploads.tasks.end(),
                     [&](TaskId t) { return t.valid() && t.value < limits.tasks; }) &&
         std::all_of(s.uploads.units.begin(), s.uploads.units.end(),
                     [&](UnitId u) { return u.valid() && u.value < limits.units; });
}

}  // namespace uptrail::timeline
