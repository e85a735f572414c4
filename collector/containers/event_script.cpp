#include "collector/containers/event_script.h"

#include <algorithm>
#include <map>

#include "collector/base/text.h"
#include "collector/containers/builtin.h"
#include "collector/containers/script_expander.h"
#include "collector/containers/sniff.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{"event_script", "Uptrail event script", 20, ClockKind::absolute, "docs/formats/event_script.md"};

class EventScript final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override;
  Status read(ByteSource& source, RecordSink& sink) const override;
};

bool is_event_line(const ScriptLine& line) { return line.words[0].starts_with('@') || kind_from_name(line.words[0]).has_value(); }

Sniffed EventScript::sniff(std::string_view head, bool complete) const {
  const auto lines = head_lines(head, complete, 200);
  if (lines.empty()) {
    return sniffed_no("the input has no line");
  }
  const std::size_t end = static_cast<std::size_t>(lines.back().data() + lines.back().size() - head.data());
  const Script script = parse_script(head.substr(0, end));
  const auto events = static_cast<std::size_t>(std::count_if(script.lines.begin(), script.lines.end(), is_event_line));
  const std::size_t others = script.lines.size() - events + script.issues.size();
  if (events == 0) {
    return sniffed_no("no line is a number of seconds followed by an event kind or a macro");
  }
  const std::string found = count_of(events, "line") + " of seconds and an event kind or macro";
  if (others == 0) {
    return sniffed(100, "there is nothing but " + found + ", directives and comments");
  }
  return sniffed(events > others ? 92 : 50, found + ", and " + count_of(others, "line") + " that no script has");
}

Result<std::string> read_all(ByteSource& source) {
  std::string text;
  std::vector<char> buffer(64U << 10U);
  for (;;) {
    auto got = source.read(buffer);
    if (!got) {
      return got.error();
    }
    if (*got == 0) {
      return text;
    }
    text.append(buffer.data(), *got);
    if (text.size() > kMaxScriptBytes) {
      Error e = fail(ErrorKind::limit, "a script has at most " + std::to_string(kMaxScriptBytes) + " bytes",
                     std::string(source.name()), kMaxScriptBytes);
      e.hint = "long captures are written as event NDJSON";
      return e;
    }
  }
}

ExpandedScript expand(std::string_view text) {
  Script script = parse_script(text);
  ExpandedScript out = expand_script(script);
  out.issues.insert(out.issues.end(), script.issues.begin(), script.issues.end());
  std::stable_sort(out.issues.begin(), out.issues.end(),
                   [](const Issue& a, const Issue& b) { return a.span.offset < b.span.offset; });
  return out;
}

Status EventScript::read(ByteSource& source, RecordSink& sink) const {
  auto text = read_all(source);
  if (!text) {
    return text.error();
  }
  const ExpandedScript script = expand(*text);
  for (const Issue& issue : script.issues) {
    sink.issue(issue);
  }
  for (const ScriptEvent& event : script.events) {
    Record record;
    record.span = event.span;
    record.time = event.t;
    record.process = event.process;
    record.pid = event.pid;
    record.thread = event.thread;
    record.message = event.json;
    record.raw = event.text;
    if (!sink.record(record)) {
      return fail(ErrorKind::interrupted, "reading was stopped", std::string(source.name()), event.span.offset);
    }
  }
  return done();
}

}  // namespace

std::string expand_event_script(std::string_view text) {
  std::string out;
  for (const ScriptEvent& event : expand(text).events) {
    out += event.json;
    out += '\n';
  }
  return out;
}

std::string script_kind_list(const std::set<EventKind>& kinds) {
  std::map<std::string_view, std::pair<std::size_t, std::size_t>> groups;  // prefix -> all, chosen
  const auto prefix = [](EventKind kind) { return kind_name(kind).substr(0, kind_name(kind).find('.')); };
  for (std::size_t i = 0; i < kEventKindCount; ++i) {
    const EventKind kind = static_cast<EventKind>(i);
    auto& group = groups[prefix(kind)];
    ++group.first;
    group.second += kinds.contains(kind) ? 1 : 0;
  }
  std::string out;
  std::set<std::string_view> whole;
  for (std::size_t i = 0; i < kEventKindCount; ++i) {
    const EventKind kind = static_cast<EventKind>(i);
    const auto group = groups[prefix(kind)];
    const bool all = group.first == group.second;
    if (!kinds.contains(kind) || (all && !whole.insert(prefix(kind)).second)) {
      continue;
    }
    out += (out.empty() ? "" : ",") + (all ? std::string(prefix(kind)) + ".*" : std::string(kind_name(kind)));
  }
  return out;
}

const Container& event_script_container() {
  static const EventScript kContainer;
  return kContainer;
}

}  // namespace uptrail
