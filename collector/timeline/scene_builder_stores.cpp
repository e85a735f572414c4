// Persisted stores: when they were read, what they say of each task, and where that cannot be.
#include <algorithm>

#include "collector/timeline/scene_builder.h"

namespace uptrail::timeline {

// Stores of the unit, and those that name no app when it is the only one.
void SceneBuilder::add_stores(const Unit& unit, std::uint32_t parent) {
  std::uint32_t lane = kNoLane;
  for (const Event& e : events_) {
    if (e.kind != EventKind::store_snapshot) continue;
    if (e.unit.valid() ? e.unit != unit.id : derived_.units.size() > 1) continue;
    if (lane == kNoLane) lane = add_lane(LaneKind::store, parent, "stores", "as they were read");
    note_clock(lane, e.stream);
    std::string label = "store of " + std::string(e.fields.text(Field::store));
    if (const auto count = e.fields.integer(Field::count)) label += ", " + std::to_string(*count) + " entries";
    add_mark(lane, e.t, MarkStyle::store, label);
  }
}

// The lane on which a word about a task or an upload stands, and of which task it is: of an upload it speaks of its last one.
SceneBuilder::About SceneBuilder::about(const Belief& word) const {
  if (word.task.valid() && word.task.value < task_lanes_.size()) return {word.task, task_lanes_[word.task.value]};
  if (!word.upload.valid() || word.upload.value >= upload_lanes_.size()) return {};
  const std::vector<TaskId>& tasks = derived_.uploads[word.upload.value].tasks;
  return {tasks.empty() ? TaskId{} : tasks.back(), upload_lanes_[word.upload.value]};
}

void SceneBuilder::add_beliefs(const std::vector<Belief>& beliefs) {
  std::map<TaskId, std::vector<Belief>> by_task;
  for (const Belief& word : beliefs) {
    const About at = about(word);
    if (at.lane == kNoLane) continue;
    const bool stored = word.who == Witness::app_store || word.who == Witness::daemon_store;
    if (stored && word.timed) {
      add_mark(at.lane, word.t, MarkStyle::store, std::string(witness_name(word.who)) + ": " + word.says);
      note_clock(at.lane, word.stream);
    }
    if (at.task.valid()) by_task[at.task].push_back(word);
  }
  for (const auto& [task, said] : by_task) {
    const std::vector<Belief> words = last_words(said);
    for (const Disagreement& d : disagreements(words, streams_)) {
      const Belief& says = words[d.says];
      const Belief& against = words[d.against];
      add_mark(about(says).lane, says.t, MarkStyle::disagreement,
               std::string(witness_name(says.who)) + ": " + says.says + "; but earlier " +
                   std::string(witness_name(against.who)) + ": " + against.says);
    }
  }
}

}  // namespace uptrail::timeline
