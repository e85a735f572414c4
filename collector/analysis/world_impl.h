// The World of one unit: its facts, indexed, over the rebuilt entities and their coverage.
#pragma once

#include <algorithm>
#include <compare>
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

// Clock uncertainty between files that say nothing better.
inline constexpr DurationNs kBetweenFiles = seconds(2);
// Stamps of whole seconds: lines that disagree with them by one may have been written in either order.
inline constexpr DurationNs kWholeSecond = seconds(1);
// Observers that are a part of the app's process.
constexpr bool is_process(Observer o) { return o == Observer::app || o == Observer::cfn; }

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

  [[nodiscard]] std::span<const FactIndex> of_task(TaskId id) const override { return of(by_task_, entities_.tasks, id); }
  [[nodiscard]] std::span<const FactIndex> of_session(SessionId id) const override {
    return of(by_session_, entities_.sessions, id);
  }
  [[nodiscard]] std::span<const FactIndex> of_session(SessionId id, EventKind kind) const override {
    return session_kinds_.of(position(entities_.sessions, id), kind);
  }
  [[nodiscard]] std::span<const FactIndex> of_session(SessionId id, EpochId epoch) const override {
    return session_epochs_.of(position(entities_.sessions, id), epoch);
  }
  [[nodiscard]] std::span<const FactIndex> of_object(ObjectId id) const override;
  [[nodiscard]] std::span<const FactIndex> of_epoch(EpochId id) const override { return of(by_epoch_, entities_.epochs, id); }
  [[nodiscard]] std::span<const FactIndex> of_epoch(EpochId id, EventKind kind) const override {
    return epoch_kinds_.of(position(entities_.epochs, id), kind);
  }
  [[nodiscard]] std::span<const FactIndex> of_upload(UploadId id) const override { return of(by_upload_, entities_.uploads, id); }
  [[nodiscard]] std::span<const FactIndex> of_kind(EventKind kind) const override {
    return by_kind_.of(static_cast<std::size_t>(kind));
  }
  [[nodiscard]] bool said_foreground(SessionId id) const override {
    const std::size_t s = position(entities_.sessions, id);
    return s < said_foreground_.size() && said_foreground_[s];
  }
  [[nodiscard]] FactIndex first_of_tasks(SessionId id, EpochId epoch, bool own) const override;
  [[nodiscard]] std::vector<EpochId> epochs_of_tasks(SessionId id) const override;
  [[nodiscard]] std::span<const TaskId> tasks_of(SessionId id) const override;
  [[nodiscard]] std::span<const TaskLife> lives_of(SessionId id) const override;
  [[nodiscard]] TaskLife life_of(TaskId id) const override;
  [[nodiscard]] const KindSet& kinds_of(TaskId id) const override;
  [[nodiscard]] std::span<const EpochId> epochs_of(SessionId id) const override;
  [[nodiscard]] Interval around(FactIndex i) const override { return {fact(i).t - slack_, fact(i).t + slack_}; }
  [[nodiscard]] bool one_clock() const override { return plain_times_; }
  [[nodiscard]] std::span<const FactIndex> within(std::span<const FactIndex> list, Interval span) const override;
  [[nodiscard]] std::span<const ListedTask> listing(FactIndex tasks_answered) const override;
  [[nodiscard]] std::span<const TaskId> listed_tasks(FactIndex tasks_answered) const override;
  [[nodiscard]] const ObjectInfo* object_info(FactIndex session_create) const override;
  [[nodiscard]] std::string_view path_of(FactIndex file_op) const override;
  [[nodiscard]] std::string_view method_of(FactIndex delegate_call) const override;
  [[nodiscard]] std::string_view queue_of(FactIndex delegate_call) const override;
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
  [[nodiscard]] SessionId told_apart(EventKind kind, SessionId session) const override {
    return coverage_.told_apart(kind, session);
  }
  [[nodiscard]] AbsentAnswer absent(const AbsentQuery& query) const override;
  [[nodiscard]] SearchDone counted(SearchDone search) const override;
  [[nodiscard]] TimeNs life_end(EpochId epoch) const override;
  [[nodiscard]] std::span<const EpochId> epochs_in(DomainId domain, Interval span) const override;
  [[nodiscard]] DurationNs run_time(EpochId epoch, Interval span) const override;
  [[nodiscard]] bool told_by_system(EventKind kind, Scope scope, Interval span) const override;
  [[nodiscard]] Order order(FactIndex a, FactIndex b) const override;
  [[nodiscard]] TimeNs capture_end(DomainId domain) const override { return coverage_.capture_end(domain); }
  [[nodiscard]] TimeNs capture_begin(DomainId domain) const override { return coverage_.capture_begin(domain); }

 private:
  // Ids of a unit are ascending; the key of a table is the position of the id among them.
  template <class Id>
  static std::size_t position(const std::vector<Id>& ids, Id id) {
    // Those of one unit follow each other, most often without a gap.
    if (ids.empty() || id < ids.front() || ids.back() < id) {
      return SIZE_MAX;
    }
    if (const std::size_t near = id.value - ids.front().value; near < ids.size() && ids[near] == id) {
      return near;
    }
    const auto it = std::lower_bound(ids.begin(), ids.end(), id);
    return it != ids.end() && *it == id ? static_cast<std::size_t>(it - ids.begin()) : SIZE_MAX;
  }
  template <class Id>
  static std::span<const FactIndex> of(const FactTable& table, const std::vector<Id>& ids, Id id) {
    return table.of(position(ids, id));
  }
  [[nodiscard]] std::string_view text_in(const std::vector<std::pair<FactIndex, StringId>>& texts, FactIndex i) const;
  void index_tasks();
  void index_lives();
  void index_epochs();
  void index_signs();
  void index();
  void index_facts();
  void resolve_listings();
  struct TaskNames {
    std::map<std::pair<SessionId, std::int64_t>, std::vector<TaskId>> by_number;
    std::map<std::pair<SessionId, std::string_view>, std::vector<TaskId>> by_desc;
  };
  [[nodiscard]] TaskId listed_task(const TaskNames& names, const Lists::Names& entry, const Fact& list) const;
  [[nodiscard]] FactIndex find(const AbsentQuery& query, DomainId domain) const;
  [[nodiscard]] bool may_be_it(const AbsentQuery& query, const Fact& f, DomainId domain, Interval span) const;
  [[nodiscard]] bool unattributed(const AbsentQuery& query, DomainId domain, Interval span) const;
  [[nodiscard]] bool ends_with_process(StreamId stream, EpochId epoch, TimeNs until) const;
  [[nodiscard]] DurationNs waited(const AbsentQuery& query, DomainId domain, TimeNs until) const;
  [[nodiscard]] std::vector<SearchDone> searched(const AbsentQuery& query, DomainId domain, Interval span) const;
  [[nodiscard]] DomainId domain_of(const AbsentQuery& query) const;
  [[nodiscard]] DurationNs uncertainty(const Fact& f) const;

  UnitId unit_;
  const UnitFacts& facts_;
  const UnitEntities& entities_;
  const Derived& derived_;
  std::span<const Stream> streams_;
  const Coverage& coverage_;
  EventText event_;
  FactTable by_task_, by_session_, by_epoch_, by_upload_, by_kind_;
  FactTable by_stream_kind_;  // of kinds that several streams log
  KindSet several_log_;
  StreamCounts stream_counts_;
  mutable FactTable by_object_;  // made when it is asked for
  mutable bool objects_indexed_ = false;
  FactParts<EventKind> session_kinds_, epoch_kinds_;
  FactParts<EpochId> session_epochs_;
  std::vector<TaskLife> lives_;         // by session, ascending in id inside; those without session last
  std::vector<std::uint32_t> life_at_;  // by position of the task, in lives_
  std::vector<KindSet> task_kinds_;     // the same
  std::vector<TaskId> session_tasks_;   // by session, ascending inside
  std::vector<std::uint32_t> session_tasks_from_;
  std::vector<std::vector<FactIndex>> loose_;              // by kind: facts that name neither their task nor their session
  std::map<EventKind, std::vector<FactIndex>> strangers_;  // by kind: positions in UnitFacts::strangers
  std::vector<TaskId> listed_;                             // beside UnitFacts::lists
  std::vector<lifecycle::Break> breaks_;
  TaskViews views_;
  std::vector<bool> said_foreground_;  // by position of the session
  struct FirstOfTasks {
    SessionId session;
    EpochId epoch;
    FactIndex any = kNoFact, own = kNoFact;
    [[nodiscard]] std::pair<SessionId, EpochId> pair() const { return {session, epoch}; }
  };
  [[nodiscard]] std::vector<FirstOfTasks>::const_iterator first_of_tasks_from(SessionId session, EpochId epoch) const {
    return std::partition_point(first_of_tasks_.begin(), first_of_tasks_.end(),
                                [&](const FirstOfTasks& f) { return f.pair() < std::pair(session, epoch); });
  }
  std::vector<FirstOfTasks> first_of_tasks_;  // ascending in session and epoch
  std::vector<TimeNs> life_ends_;             // by position among the unit's epochs
  std::vector<TimeNs> last_app_signs_;        // of each: less the uncertainty; kTimeMin: none
  // The epochs of one domain, ascending.
  struct Row {
    std::vector<EpochId> ids;
    std::vector<TimeNs> latest;    // the latest sign or end of a life up to here
    std::vector<TimeNs> earliest;  // the earliest begin from here on
    TimeNs last_app_sign = kTimeMin;
  };
  std::map<DomainId, Row> rows_;
  bool plain_times_ = true;  // one order domain, and every fact has a time
  DurationNs slack_;         // no two clocks of the unit differ by more
};

}  // namespace uptrail::analysis
