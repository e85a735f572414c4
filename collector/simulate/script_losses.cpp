// What a written script does not tell: it is expanded again and compared.
#include <algorithm>
#include <set>

#include "collector/base/text.h"
#include "collector/containers/event_script.h"
#include "collector/simulate/write_script.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;

std::vector<Event> read_again(std::string_view script) {
  std::vector<Event> out;
  std::vector<Issue> issues;
  const std::string expanded = expand_event_script(script);
  for (const std::string_view json : split(expanded, '\n')) {
    if (auto event = decode_event_json(json, issues)) {
      out.push_back(std::move(*event));
    }
  }
  return out;
}

std::vector<const Event*> told(const std::vector<Event>& events) {
  std::vector<const Event*> out;
  for (const Event& e : events) {
    if (e.t_src && !is_scaffolding(e.kind)) {
      out.push_back(&e);
    }
  }
  return out;
}

// Fields that are missing or another value; what a script adds to an event loses nothing.
void compare(const Event& said, const Event& read, std::set<std::string>& out) {
  const auto differs = [&](std::string_view what) { out.insert(std::string(kind_name(said.kind)) + " " + std::string(what)); };
  for (const auto& [field, value] : said.fields.all()) {
    const Value* found = read.fields.find(field);
    if (found == nullptr || *found != value) {
      differs(field_name(field));
    }
  }
  if (said.kind != read.kind || said.t_src != read.t_src || said.observer != read.observer) {
    differs("itself");
  }
  if (!said.process.empty() && said.process != read.process) {
    out.insert("the name of the process " + said.process + " (it is " + (read.process.empty() ? "nobody" : read.process) + ")");
  }
  if ((said.pid && said.pid != read.pid) || (!said.bundle.empty() && said.bundle != read.bundle) || said.thread != read.thread) {
    differs("process");
  }
}

std::vector<std::optional<TimeNs>> heartbeats(const std::vector<Event>& events) {
  std::vector<std::optional<TimeNs>> out;
  for (const Event& e : events) {
    if (e.kind == K::app_heartbeat) {
      out.push_back(e.t_src);
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> script_losses(const std::vector<Event>& events, std::string_view script) {
  const std::vector<Event> again = read_again(script);
  const auto said = told(events);
  const auto read = told(again);
  std::vector<std::string> out;
  std::set<std::string> differ;
  for (std::size_t i = 0; i < std::min(said.size(), read.size()); ++i) {
    compare(*said[i], *read[i], differ);
  }
  if (said.size() != read.size()) {
    out.push_back("the script tells " + count_of(read.size(), "event") + " of " + std::to_string(said.size()));
  }
  std::string names;
  for (const std::string& name : differ) {
    names += (names.empty() ? "" : ", ") + name;
  }
  if (!names.empty()) {
    out.push_back("the script does not show " + names);
  }
  if (heartbeats(events) != heartbeats(again)) {
    out.emplace_back("the app's heart beats every 5 s in a script, whenever it did");
  }
  return out;
}

}  // namespace uptrail::simulate
