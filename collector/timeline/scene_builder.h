// Internal to this folder: puts one scene together, lane by lane.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "collector/timeline/scene.h"

namespace uptrail::timeline {

class SceneBuilder {
 public:
  SceneBuilder(const Derived& derived, const std::vector<Stream>& streams) : derived_(derived), streams_(streams) {}

  void add_unit(const Unit& unit, const std::vector<Event>& device_events);
  void add_findings();
  // Lines that lie closer than a picture can show share one mark.
  void add_related(std::vector<RelatedMark> related);
  void finish(const CaseInfo& info);
  Scene take() { return std::move(scene_); }

 private:
  std::uint32_t add_lane(Lane lane);
  void add_bar(std::uint32_t lane, Interval span, BarStyle style, std::string label = {});
  void add_mark(std::uint32_t lane, TimeNs t, MarkStyle style, std::string label);
  void extend(Interval span);
  void add_device_lane(const Unit& unit, const std::vector<Event>& events);
  void add_process_lanes(const Unit& unit);
  void add_epoch(std::uint32_t lane, const ProcessEpoch& epoch);
  void add_session(const Unit& unit, const Session& session);
  void add_object(std::uint32_t lane, const SessionObject& object);
  void add_task(const Task& task);
  void add_wake(std::uint32_t session_lane, const Wake& wake);
  void add_app_hatches(std::uint32_t lane, UnitId unit, const std::vector<EventKind>& kinds, const std::string& why);
  [[nodiscard]] std::uint32_t lane_of(const Subject& subject) const;
  [[nodiscard]] TimeNs capture_end() const { return seen_.end; }
  void find_span();

  const Derived& derived_;
  const std::vector<Stream>& streams_;
  Scene scene_;
  Interval seen_{kTimeMax, kTimeMin};
  bool span_known_ = false;
  std::map<UnitId, std::uint32_t> unit_lanes_;
  std::map<EpochId, std::uint32_t> epoch_lanes_;
  std::map<SessionId, std::uint32_t> session_lanes_;
  std::map<TaskId, std::uint32_t> task_lanes_;
  std::map<UploadId, std::uint32_t> upload_lanes_;  // first task's lane
};

}  // namespace uptrail::timeline
