// Internal to this folder: puts one scene together, lane by lane. Lanes come in drawing order, so bars are nearly sorted as they
// are added.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "collector/timeline/scene.h"

namespace uptrail::timeline {

class SceneBuilder {
 public:
  SceneBuilder(const Derived& derived, const std::vector<Stream>& streams, const std::vector<Event>& events);

  void add_device();
  void add_unit(const Unit& unit);
  void add_findings();
  // Lines that lie closer than a picture can show share one mark.
  void add_related(std::vector<RelatedMark> related);
  // Marks on the lanes of tasks: what stores say, and who cannot be right.
  void add_beliefs(const std::vector<Belief>& beliefs);
  void add_upload_list();
  void finish(const CaseInfo& info);
  Scene take() { return std::move(scene_); }

 private:
  struct State {  // one thing that is so for a while
    std::optional<TimeNs> since;
    BarStyle style = BarStyle::device_online;
    TextId label = 0;
  };

  std::uint32_t add_lane(LaneKind kind, std::uint32_t parent, std::string_view label, std::string_view detail);
  void add_bar(std::uint32_t lane, Interval span, BarStyle style, TextId label = 0);
  void add_mark(std::uint32_t lane, TimeNs t, MarkStyle style, std::string_view label);
  void extend(Interval span);
  void find_span();
  void index_parts();
  void index_epochs();

  // What lies on the lane was seen by this stream: the worst clock counts.
  void note_clock(std::uint32_t lane, const Stream& stream);
  void note_clock(std::uint32_t lane, StreamId stream);
  void note_clock(std::uint32_t lane, DomainId domain);

  // scene_builder_device.cpp
  [[nodiscard]] bool has_event(std::initializer_list<EventKind> kinds) const;
  void turn(std::uint32_t lane, State& state, TimeNs t, std::optional<BarStyle> next, std::string_view label = {});
  void add_network(std::uint32_t parent);
  void add_power(std::uint32_t parent);
  void add_lock(std::uint32_t parent);
  void add_daemon(std::uint32_t parent);
  void add_connection(const Session& session, std::uint32_t parent);

  // scene_builder_stores.cpp
  void add_stores(const Unit& unit, std::uint32_t parent);
  struct About {
    TaskId task;  // invalid: an upload without a task
    std::uint32_t lane = kNoLane;
  };
  [[nodiscard]] About about(const Belief& word) const;

  void add_process_lanes(const Unit& unit, std::uint32_t parent);
  void add_epoch(std::uint32_t lane, const ProcessEpoch& epoch);
  void add_not_running(std::uint32_t lane);
  void add_session(const Session& session, std::uint32_t parent);
  void add_object(std::uint32_t lane, const SessionObject& object);
  void add_wake(std::uint32_t session_lane, const Wake& wake);
  void add_upload(const Upload& upload, std::uint32_t parent);
  void add_task(const Task& task, std::uint32_t parent);
  void add_disagreement(const Task& task, std::uint32_t lane);

  // scene_finish.cpp
  [[nodiscard]] std::uint32_t hatch_of(UnitId unit, std::initializer_list<EventKind> kinds, const std::string& why);
  [[nodiscard]] std::uint32_t lane_of(const Subject& subject) const;
  [[nodiscard]] TimeNs capture_end() const { return seen_.end; }
  // When the life of a process is over: as it was seen, else its last sign before the same process began anew. kTimeMax: it goes
  // on, or nobody knows.
  [[nodiscard]] TimeNs life_end(EpochId epoch) const;
  void sort_items();
  void close_lanes();

  const Derived& derived_;
  const std::vector<Stream>& streams_;
  const std::vector<Event>& events_;
  Scene scene_;
  Interval seen_{kTimeMax, kTimeMin};
  bool any_placed_ = false;  // a stream stands on the UTC axis
  std::map<std::uint32_t, LaneClock> clocks_;
  std::vector<std::vector<std::uint32_t>> tasks_of_session_, wakes_of_session_;
  std::map<UnitId, std::vector<std::uint32_t>> loose_tasks_;  // without a session
  std::vector<TimeNs> epoch_ends_;                            // by epoch, see life_end()
  // Lanes by entity; kNoLane: none.
  std::vector<std::uint32_t> unit_lanes_, epoch_lanes_, session_lanes_, task_lanes_, upload_lanes_;
  std::map<std::pair<UnitId, std::string>, std::uint32_t> hatches_;
};

}  // namespace uptrail::timeline
