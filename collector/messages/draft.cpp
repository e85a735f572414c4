#include "collector/messages/draft.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "collector/base/text.h"
#include "collector/messages/catalogue.h"
#include "collector/messages/draft_pattern.h"
#include "collector/messages/draft_templates.h"
#include "collector/messages/event_json.h"

namespace uptrail {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxLineBytes = 2000;  // of a template; the rest of a longer line is one variable

constexpr std::array<std::string_view, 9> kSystemLibraries = {
    "CFNetwork", "libxpc.dylib",     "UIKitCore", "RunningBoardServices", "BoardServices", "FrontBoardServices",
    "Security",  "libnetwork.dylib", "Network"};

// A pattern of the draft that has been tried.
struct Drafted {
  const draft::Template* source = nullptr;
  std::string id, process, pattern;
  std::optional<EventKind> kind;
  std::vector<std::string> candidates;
  CompiledPattern compiled;
  std::vector<std::string> samples;
};

bool fits(const CompiledPattern& compiled, const std::string& line) {
  std::vector<Captured> captures;
  return compiled.match(line, 0, captures);
}

Json gives(const Drafted& d, const std::string& line) {
  MessagePattern p;
  p.kind = d.kind;
  p.compiled = d.compiled;
  MessageMatch match;
  match.pattern = &p;
  match.compiled = &p.compiled;
  p.compiled.match(line, 0, match.captures);
  Event e = event_of(match, line);
  e.observer = Observer::app;
  Json out = Json::parse(encode_event_json(e), nullptr, false);
  for (const char* header : {"uptrail", "kind", "observer"}) {
    out.erase(header);
  }
  return out;
}

std::string note_of(const Drafted& d) {
  std::string out = "seen " + count_of(d.source->count, "time") + ".";
  if (d.kind) {
    return out + " The kind is a guess from the method's name: is the line logged there, for every such event?";
  }
  for (const std::string& kind : d.candidates) {
    out += (&kind == &d.candidates.front() ? " Could be " : &kind == &d.candidates.back() ? " or " : ", ") + kind;
  }
  return d.candidates.empty() ? out : out + " (docs/events.md)";
}

}  // namespace

struct MessageDraft::State {
  std::shared_ptr<const Catalogue> catalogue;
  draft::Templates templates;
  std::set<std::string, std::less<>> system_processes;  // that the catalogue speaks of by name
  MessageMatch match;
  DraftedMessages counts;

  [[nodiscard]] bool of_system(const Record& record) const {
    return system_processes.contains(record.process) || record.subsystem.substr(0, 10) == "com.apple." ||
           std::find(kSystemLibraries.begin(), kSystemLibraries.end(), record.library) != kSystemLibraries.end();
  }
  [[nodiscard]] std::vector<draft::Template> ranked(std::size_t most, bool all);
  [[nodiscard]] std::optional<Drafted> drafted(const draft::Template& t, std::set<std::string>& ids);
  [[nodiscard]] std::string free_id(const draft::Template& t, std::set<std::string>& ids) const;
};

MessageDraft::MessageDraft(std::shared_ptr<const Catalogue> known) : state_(std::make_unique<State>()) {
  for (const MessagePattern& p : known->patterns()) {
    if (p.built_in && p.observer != Observer::app) {
      state_->system_processes.insert(p.processes.begin(), p.processes.end());
    }
  }
  state_->catalogue = std::move(known);
}
MessageDraft::~MessageDraft() = default;

void MessageDraft::add(const Record& record) {
  State& s = *state_;
  ++s.counts.lines;
  const std::string_view message = trim(record.message);
  const std::string_view first = trim(message.substr(0, message.find_first_of("\r\n")));
  if (first.empty() || looks_like_event_json(message) || s.catalogue->match(record, message, s.match)) {
    ++s.counts.known;
    return;
  }
  if (s.of_system(record) || s.match.subject.kind != SubjectForm::none) {
    ++s.counts.of_system;
    return;
  }
  std::string line = to_valid_utf8(first);
  if (line.size() > kMaxLineBytes) {
    std::size_t end = kMaxLineBytes;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) {
      --end;
    }
    line.resize(end);
  }
  s.counts.nameless = s.counts.nameless || record.process.empty();
  s.templates.add(record.process, trim(line));
}

std::vector<draft::Template> MessageDraft::State::ranked(std::size_t most, bool all) {
  templates.fold();
  std::vector<draft::Template> found = templates.all();
  const std::size_t before = found.size();
  if (!all) {
    std::erase_if(found, [](const draft::Template& t) { return draft::relation(t) == 0; });
  }
  std::stable_sort(found.begin(), found.end(), [](const draft::Template& a, const draft::Template& b) {
    const int x = draft::relation(a);
    const int y = draft::relation(b);
    return x != y ? x > y : a.count > b.count;
  });
  found.resize(std::min(found.size(), most));
  counts.left_out = before - found.size();
  return found;
}

std::string MessageDraft::State::free_id(const draft::Template& t, std::set<std::string>& ids) const {
  std::string app;
  for (const char c : to_lower_ascii(t.process)) {
    app += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? std::string(1, c) : app.empty() || app.back() == '-' ? "" : "-";
  }
  const std::string base = (app.empty() ? "app" : app) + "." + draft::slug(t);
  std::string id = base;
  for (int n = 2; catalogue->find(id) != nullptr || !ids.insert(id).second; ++n) {
    id = base + "-" + std::to_string(n);
  }
  return id;
}

// nullopt: no pattern can be made that fits the samples.
std::optional<Drafted> MessageDraft::State::drafted(const draft::Template& t, std::set<std::string>& ids) {
  Drafted out;
  const draft::Meaning meaning = draft::meaning_of(t);
  out.source = &t;
  out.kind = meaning.kind;
  out.candidates = meaning.candidates;
  out.process = t.process;
  out.pattern = draft::pattern_text(t, out.kind);
  auto compiled = CompiledPattern::parse(out.pattern);
  if (out.pattern.empty() || !compiled) {
    return std::nullopt;
  }
  out.compiled = compiled.take();
  Record record;
  const std::string process = t.process.empty() ? "App" : t.process;  // as loading tries a sample of any process
  record.process = process;
  for (const std::string& line : t.samples) {
    record.message = line;
    if (fits(out.compiled, line) && !catalogue->match(record, line, match)) {
      out.samples.push_back(line);
    }
  }
  if (out.samples.empty()) {
    return std::nullopt;
  }
  out.id = free_id(t, ids);
  return out;
}

namespace {

bool same_reach(const Drafted& a, const Drafted& b) { return a.process == b.process || a.process.empty() || b.process.empty(); }

// Puts the pattern where none before it takes its samples, and it takes none of a later one's. False: there is no such place.
bool place(std::vector<Drafted>& list, Drafted&& d) {
  const auto takes = [](const Drafted& a, const Drafted& b) {
    return same_reach(a, b) &&
           std::any_of(b.samples.begin(), b.samples.end(), [&](const std::string& s) { return fits(a.compiled, s); });
  };
  std::size_t at = 0;
  while (at < list.size() && !takes(list[at], d)) {
    ++at;
  }
  for (std::size_t i = at; i < list.size(); ++i) {
    if (takes(d, list[i])) {
      return false;
    }
  }
  list.insert(list.begin() + static_cast<std::ptrdiff_t>(at), std::move(d));
  return true;
}

std::string shown(const std::string& process) { return process.empty() ? std::string(kAnyProcess) : process; }

std::string main_process(const std::vector<Drafted>& list) {
  std::map<std::string, std::uint64_t> lines;
  for (const Drafted& d : list) {
    lines[shown(d.process)] += d.source->count;
  }
  const auto most =
      std::max_element(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == lines.end() ? std::string(kAnyProcess) : most->first;
}

std::string write(const std::vector<Drafted>& list) {
  const std::string process = main_process(list);
  Json messages = Json::array();
  for (const Drafted& d : list) {
    Json m;
    m["id"] = d.id;
    if (shown(d.process) != process) {
      m["processes"] = Json::array({shown(d.process)});
    }
    m["pattern"] = d.pattern;
    m["kind"] = d.kind ? Json(kind_name(*d.kind)) : Json(nullptr);
    m["note"] = note_of(d);
    m["samples"] = Json::array();
    for (const std::string& line : d.samples) {
      Json sample;
      sample["line"] = line;
      if (d.kind) {
        sample["gives"] = gives(d, line);
      }
      m["samples"].push_back(std::move(sample));
    }
    messages.push_back(std::move(m));
  }
  Json root;
  root["uptrail_messages"] = 1;
  root["title"] =
      "Draft: give each line that tells an event its kind, name its captures after the kind's fields, delete the others";
  root["processes"] = Json::array({process});
  root["observer"] = "app";
  root["provenance"] = "seen";
  root["messages"] = std::move(messages);
  return root.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<DraftedMessages> MessageDraft::finish(std::size_t max_messages, bool all) {
  State& s = *state_;
  const std::vector<draft::Template> found = s.ranked(max_messages, all);
  std::vector<Drafted> list;
  std::set<std::string> ids;
  for (const draft::Template& t : found) {
    auto d = s.drafted(t, ids);
    if (!d || !place(list, std::move(*d))) {
      ++s.counts.left_out;
    }
  }
  DraftedMessages out = s.counts;
  out.json = write(list);
  out.messages = list.size();
  for (const Drafted& d : list) {
    out.covered += d.source->count;
  }
  return out;
}

}  // namespace uptrail
