// The World of one unit: its facts, indexed, over the rebuilt entities and their coverage.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "collector/analysis/analyse.h"
#include "collector/analysis/coverage.h"
#include "collector/analysis/fact_index.h"
#include "collector/analysis/facts_builder.h"
#include "collector/analysis/reconstruct/task_views.h"
#include "collector/analysis/world.h"

namespace uptrail::analysis {

// Ids of one unit in the case-wide Derived.
struct UnitEntities {
  std::vector<EpochId> epochs;
  std::vector<SessionId> sessions;
  std::vector<ObjectId> objects;
  std::vector<TaskId> tasks;
  std::vector<UploadId> uploads;
};

class WorldImpl final : public World {
 public:
  using EventText = std::function<Result<std::optional<Event>>(EventId)>;
  // Everything referred to must outlive the world; facts must be complete (epochs, objects set).
  WorldImpl(UnitId unit, const UnitFacts& facts, const UnitEntities& entities, const Derived& derived,
            std::span<const Stream> streams, const Coverage& coverage, EventText event);

  [[nodiscard]] const Unit& unit() const override { return derived_.units[unit_.value]; }
  [[nodiscard]] const Derived& derived() const override { return derived_; }
  [[nodiscard]] std::span<const EpochId> epochs() const override { return entities_.epochs; }
  [[nodiscard]] std::span<const SessionId> sessions() const override { return entities_.sessions; }
  [[nodiscard]] std::span<const ObjectId> objects() const override { return entities_.objects; }
  [[nodiscard]] std::span<const TaskId> tasks() const override { return entities_.tasks; }
  [[nodiscard]] std::span<const UploadId> uploads() const override { return entities_.uploads; }
  [[nodiscard]] std::span<const Stream> streams() const override { return streams_; }

  [[nodiscard]] std::span<const Fact> facts() const override { return facts_.facts; }
  [[nodiscard]] const Fact& fact(FactIndex i) const override { return facts_.facts[i]; }
  [[nodiscard]] std::span<const FactIndex> of_task(TaskId id) const override { return of(by_task_, entities_.tasks, id); }
  [[nodiscard]] std::span<const FactIndex> of_session(SessionId id) const override {
    return of(by_session_, entities_.sessions, id);
  }
  [[nodiscard]] std::span<const FactIndex> of_object(ObjectId id) const override { return of(by_object_, entities_.objects, id); }
  [[nodiscard]] std::span<const FactIndex> of_epoch(EpochId id) const override { return of(by_epoch_, entities_.epochs, id); }
  [[nodiscard]] std::span<const FactIndex> of_upload(UploadId id) const override { return of(by_upload_, entities_.uploads, id); }
  [[nodiscard]] std::span<const FactIndex> of_kind(EventKind kind) const override {
    return by_kind_.of(static_cast<std::size_t>(kind));
  }
  [[nodiscard]] const std::vector<TaskListing>& listing(FactIndex tasks_answered) const override;
  [[nodiscard]] std::span<const TaskId> listed_tasks(FactIndex tasks_answered) const override;
  [[nodiscard]] const ObjectInfo* object_info(FactIndex session_create) const override;
  [[nodiscard]] std::string_view path_of(FactIndex file_op) const override;
  [[nodiscard]] std::string text_of(FactIndex i, Field field) const override;

  [[nodiscard]] std::span<const lifecycle::Change> changes_of(EpochId process) const override {
    return facts_.lives.processes.of(position(entities_.epochs, process));
  }
  [[nodiscard]] std::span<const lifecycle::Change> changes_of(ObjectId object) const override {
    return facts_.lives.objects.of(position(entities_.objects, object));
  }
  [[nodiscard]] std::span<const lifecycle::Change> changes_of(SessionId wakes) const override {
    return facts_.lives.wakes.of(position(entities_.sessions, wakes));
  }
  [[nodiscard]] std::span<const lifecycle::Change> client_changes(TaskId id) const override {
    return views_.client.of(position(entities_.tasks, id));
  }
  [[nodiscard]] std::span<const lifecycle::Change> daemon_changes(TaskId id) const override {
    return views_.daemon.of(position(entities_.tasks, id));
  }
  [[nodiscard]] std::span<const lifecycle::Break> breaks() const override { return breaks_; }

  [[nodiscard]] CovAnswer cov(EventKind kind, Scope scope, Interval span) const override;
  [[nodiscard]] AbsentAnswer absent(const AbsentQuery& query) const override;
  [[nodiscard]] DurationNs run_time(EpochId epoch, Interval span) const override;
  [[nodiscard]] bool told_by_system(EventKind kind, Scope scope, Interval span) const override;
  [[nodiscard]] Order order(FactIndex a, FactIndex b) const override;
  [[nodiscard]] TimeNs capture_end(DomainId domain) const override { return coverage_.capture_end(domain); }
  [[nodiscard]] TimeNs capture_begin(DomainId domain) const override { return coverage_.capture_begin(domain); }

 private:
  // Ids of a unit are ascending; the key of a table is the position of the id among them.
  template <class Id>
  static std::size_t position(const std::vector<Id>& ids, Id id);
  template <class Id>
  static std::span<const FactIndex> of(const FactTable& table, const std::vector<Id>& ids, Id id) {
    return table.of(position(ids, id));
  }
  void index();
  void resolve_listings();
  struct TaskNames {
    std::map<Uuid, TaskId> by_uuid;
    std::map<std::pair<SessionId, std::int64_t>, std::vector<TaskId>> by_number;
    std::map<std::pair<SessionId, std::string>, std::vector<TaskId>> by_desc;
  };
  [[nodiscard]] TaskId listed_task(const TaskNames& names, const TaskListing& entry, const Fact& list) const;
  [[nodiscard]] FactIndex find(const AbsentQuery& query, DomainId domain) const;
  [[nodiscard]] bool may_be_it(const AbsentQuery& query, const Fact& f, DomainId domain, Interval span) const;
  [[nodiscard]] bool unattributed(const AbsentQuery& query, DomainId domain, Interval span) const;
  [[nodiscard]] bool ends_with_process(StreamId stream, EpochId epoch, TimeNs until) const;
  [[nodiscard]] DurationNs waited(const AbsentQuery& query, DomainId domain, TimeNs until) const;
  [[nodiscard]] std::vector<SearchDone> searched(const AbsentQuery& query, DomainId domain, Interval span) const;
  [[nodiscard]] DomainId domain_of(const AbsentQuery& query) const;
  [[nodiscard]] DurationNs uncertainty(const Fact& f) const;
  [[nodiscard]] std::size_t count(std::span<const FactIndex> list, DomainId domain, Interval span) const;

  UnitId unit_;
  const UnitFacts& facts_;
  const UnitEntities& entities_;
  const Derived& derived_;
  std::span<const Stream> streams_;
  const Coverage& coverage_;
  EventText event_;
  FactTable by_task_, by_session_, by_object_, by_epoch_, by_upload_, by_kind_, by_stream_, by_stream_kind_;
  std::vector<std::vector<FactIndex>> loose_;                // by kind: facts that name neither their task nor their session
  std::map<EventKind, std::vector<std::size_t>> strangers_;  // by kind: positions in UnitFacts::strangers
  std::map<FactIndex, std::vector<TaskId>> listed_;
  std::vector<lifecycle::Break> breaks_;
  TaskViews views_;
};

}  // namespace uptrail::analysis
