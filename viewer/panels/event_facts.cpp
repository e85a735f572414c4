// One event in words.
#include <array>
#include <cstdio>

#include "collector/base/text.h"
#include "viewer/load/names.h"
#include "viewer/panels/facts.h"
#include "viewer/panels/verdict.h"
#include "viewer/panels/widgets.h"

namespace uptrail::viewer {

namespace {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... Ts>
Overload(Ts...) -> Overload<Ts...>;  // clang before 17 deduces no aggregates

std::string value_text(const UiState& state, const Value& value) {
  return std::visit(Overload{[](std::monostate) { return std::string(); }, [](bool v) { return std::string(v ? "yes" : "no"); },
                             [](std::int64_t v) { return std::to_string(v); }, [](double v) { return number_text(v, ""); },
                             [](const std::string& v) { return v; }, [](const Uuid& v) { return v.text(); },
                             [&](TimeNs v) { return clock_text(state, v, 3); },
                             [](const std::vector<std::string>& v) {
                               std::string out;
                               for (const std::string& item : v) out += (out.empty() ? "" : ", ") + item;
                               return out;
                             },
                             [](const std::vector<TaskListing>& v) {
                               std::string out;
                               for (const TaskListing& task : v) {
                                 out += (out.empty() ? "" : ", ") + (task.id ? std::to_string(*task.id) : std::string("task")) +
                                        " " + task.state;
                               }
                               return out.empty() ? std::string("none") : out;
                             }},
                    value);
}

}  // namespace

Facts facts_of_event(const UiState& state) {
  const Event& e = state.event->event;
  const Derived& d = state.data->derived;
  Facts facts;
  facts.title = std::string(kind_name(e.kind));
  facts.sentence = "Seen by " + std::string(observer_name(e.observer)) +
                   (e.confidence == EventConfidence::inferred ? ", concluded from the line" : "") + ".";
  const auto add = [&](const std::string& name, const std::string& value) {
    if (!value.empty()) facts.rows.emplace_back(name, value);
  };
  if (e.t_src) add("Time", clock_text(state, e.t, 6));
  if (const Source* source = state.data->source(e.source)) {
    const std::string place = e.span.line > 0 ? ":" + std::to_string(e.span.line) : "";
    add(e.store_row.empty() ? "Line" : "Row", file_name(source->path) + (e.store_row.empty() ? place : " · " + e.store_row));
  }
  if (!e.process.empty()) add("Process", e.process + (e.pid ? " (" + std::to_string(*e.pid) + ")" : ""));
  if (state.data->has(e.upload)) add("Upload", std::string(state.data->upload(e.upload).name));
  if (const Task* task = state.data->task(e.task)) {
    add("Task", task->identifier ? std::to_string(*task->identifier) : task->uuid ? task->uuid->text() : "known, without a name");
  }
  if (e.session.value < d.sessions.size()) add("Session", d.sessions[e.session.value].identifier);
  for (const auto& [field, value] : e.fields.all()) add(std::string(field_name(field)), value_text(state, value));
  add("Pattern", e.pattern);
  return facts;
}

}  // namespace uptrail::viewer
