#include "collector/report/check_data.h"

#include <algorithm>
#include <utility>

#include "collector/base/path_names.h"
#include "collector/base/text.h"
#include "collector/model/system_unit.h"
#include "collector/report/text_layout.h"

namespace uptrail {

namespace {

template <class T, class Id>
const T* at(const std::vector<T>& items, Id id) {
  return id.valid() && id.value < items.size() ? &items[id.value] : nullptr;
}

Status add_line(CaseReader& reader, EventId id, bool with_text, std::map<EventId, EvidenceLine>& lines) {
  if (!id.valid() || lines.contains(id)) {
    return done();
  }
  const auto event = reader.event(id);
  UPTRAIL_TRY(event);
  if (!event.value()) {
    return done();
  }
  const Event& e = *event.value();
  EvidenceLine line{e.kind, e.observer, e.source, e.stream, e.span, e.store_row, {}, e.t};
  if (with_text) {
    const auto raw = reader.raw_of(id);
    UPTRAIL_TRY(raw);
    line.text = raw.value() ? raw.value()->text : std::string();
  }
  lines.emplace(id, std::move(line));
  return done();
}

std::optional<std::size_t> number_after(std::string_view typed, char letter) {
  if (typed.size() < 2 || (typed[0] != letter && typed[0] != static_cast<char>(letter + 32))) {
    return std::nullopt;
  }
  const auto n = parse_int(typed.substr(1));
  return n && *n > 0 ? std::optional(static_cast<std::size_t>(*n)) : std::nullopt;
}

}  // namespace

const Source* CheckData::source(SourceId id) const { return at(sources, id); }
const Stream* CheckData::stream(StreamId id) const { return at(streams, id); }
const Finding* CheckData::finding(FindingId id) const { return at(derived.findings, id); }

const EvidenceLine* CheckData::line(EventId id) const {
  const auto it = lines.find(id);
  return it == lines.end() ? nullptr : &it->second;
}

bool CheckData::on_utc(const Finding& finding) const {
  for (const EvidenceRef& ref : finding.evidence) {
    const EvidenceLine* l = line(ref.event);
    const Stream* s = l == nullptr ? nullptr : stream(l->stream);
    if (s != nullptr) {
      return s->placed;
    }
  }
  return std::all_of(streams.begin(), streams.end(), [](const Stream& s) { return s.placed; });
}

bool CheckData::has_clock(const Finding& finding) const {
  return finding.evidence.empty() ||
         std::any_of(finding.evidence.begin(), finding.evidence.end(), [this](const EvidenceRef& ref) {
           const EvidenceLine* l = line(ref.event);
           const Stream* s = l == nullptr ? nullptr : stream(l->stream);
           return s == nullptr || s->open.has_value();
         });
}

Result<CheckData> gather_check(CaseReader& reader) {
  CheckData data;
  auto info = reader.info();
  UPTRAIL_TRY(info);
  data.info = info.take();
  auto sources = reader.sources();
  UPTRAIL_TRY(sources);
  data.sources = sources.take();
  auto contents = reader.contents();
  UPTRAIL_TRY(contents);
  data.contents = contents.take();
  auto streams = reader.streams();
  UPTRAIL_TRY(streams);
  data.streams = streams.take();
  auto derived = reader.derived();
  UPTRAIL_TRY(derived);
  data.derived = derived.take();
  const auto events = reader.event_count();
  UPTRAIL_TRY(events);
  data.events = events.value();
  for (const Finding& finding : data.derived.findings) {
    for (const EvidenceRef& ref : finding.evidence) {
      UPTRAIL_TRY(add_line(reader, ref.event, true, data.lines));
    }
  }
  return data;
}

Status add_lines(CaseReader& reader, std::span<const EventId> events, bool with_text, CheckData& data) {
  for (const EventId id : events) {
    UPTRAIL_TRY(add_line(reader, id, with_text, data.lines));
  }
  return done();
}

std::size_t store_count(const CheckData& data) {
  return static_cast<std::size_t>(std::count_if(data.sources.begin(), data.sources.end(), [&](const Source& s) {
    return s.is_store || std::any_of(data.streams.begin(), data.streams.end(), [&](const Stream& stream) {
             return stream.source == s.id && stream.observer == Observer::store;
           });
  }));
}

std::vector<std::string> message_files(const CheckData& data) {
  std::vector<std::string> out;
  for (const Source& s : data.sources) {
    for (const std::string& file : s.message_files) {
      if (std::find(out.begin(), out.end(), file) == out.end()) {
        out.push_back(file);
      }
    }
  }
  return out;
}

std::string date_option(const CheckData& data, const Source& source) {
  if (source.clock_info.suggested_date.empty()) {
    return {};
  }
  const std::string_view name = file_label(source.path);
  const auto same = std::count_if(data.sources.begin(), data.sources.end(),
                                  [&](const Source& other) { return file_label(other.path) == name; });
  const std::string value = std::string(same > 1 ? std::string_view(source.path) : name) + "=" + source.clock_info.suggested_date;
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+:=/,@%";
  if (value.find_first_not_of(kPlain) == std::string::npos) {
    return "--date " + value;
  }
  std::string quoted;
  for (const char c : value) {
    quoted += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return "--date '" + quoted + "'";
}

std::string cause_name(CauseId id) { return "C" + std::to_string(id.value + 1); }
std::string finding_name(FindingId id) { return "F" + std::to_string(id.value + 1); }

Result<std::vector<FindingId>> find_findings(const CheckData& data, std::string_view typed) {
  const auto& findings = data.derived.findings;
  const auto& causes = data.derived.causes;
  if (const auto n = number_after(typed, 'C'); n && *n <= causes.size()) {
    return causes[*n - 1].findings;
  }
  if (const auto n = number_after(typed, 'F'); n && *n <= findings.size()) {
    return std::vector<FindingId>{findings[*n - 1].id};
  }
  std::vector<FindingId> found;
  const std::string wanted = to_lower_ascii(typed);
  if (wanted.size() >= 4) {
    for (const Finding& f : findings) {
      if (std::string_view(f.fingerprint).substr(0, wanted.size()) == wanted) {
        found.push_back(f.id);
      }
    }
  }
  if (found.size() == 1) {
    return found;
  }
  Error error =
      fail(ErrorKind::usage, found.empty() ? "no finding or cause \"" + printable(typed) + "\" in this case"
                                           : "\"" + printable(typed) + "\" fits " + std::to_string(found.size()) + " findings");
  error.hint = findings.empty() ? "the case has no findings"
                                : "findings F1 to " + finding_name(findings.back().id) +
                                      (causes.empty() ? std::string() : ", causes C1 to " + cause_name(causes.back().id));
  return error;
}

std::vector<OpenQuestion> open_questions(const Derived& derived) {
  std::map<std::pair<std::string, std::string>, OpenQuestion> grouped;
  for (const Undetermined& u : derived.undetermined) {
    OpenQuestion& q = grouped[{u.rule, u.reason}];
    q.rule = u.rule;
    q.reason = u.reason;
    if (q.add.empty()) {
      q.add = u.add;
    }
    q.subjects.push_back(u.subject.label);
  }
  std::vector<OpenQuestion> out;
  out.reserve(grouped.size());
  for (auto& [key, question] : grouped) {
    out.push_back(std::move(question));
  }
  return out;
}

std::vector<SilentApp> silent_apps(const CheckData& data) {
  std::vector<SilentApp> out;
  for (const Unit& unit : data.derived.units) {
    const auto tasks = static_cast<std::size_t>(
        std::count_if(data.derived.tasks.begin(), data.derived.tasks.end(), [&](const Task& t) { return t.unit == unit.id; }));
    const bool covered = std::any_of(data.derived.coverage.begin(), data.derived.coverage.end(), [&](const CoverageSpan& c) {
      return c.kind == EventKind::task_did_complete && (!c.unit.valid() || c.unit == unit.id);
    });
    if (tasks > 0 && !covered && !is_system_unit(unit)) {
      out.push_back({!unit.title.empty() ? unit.title : unit.bundle, tasks});
    }
  }
  return out;
}

}  // namespace uptrail
