#include "tests/collector/rules/mutations.h"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <utility>

#include "collector/containers/event_script.h"

namespace uptrail::test {
namespace {

constexpr std::int64_t kEightHours = 8LL * 3600 * 1'000'000'000;
constexpr std::int64_t kMilli = 1'000'000;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

std::string value_after(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return {};
  const std::size_t from = at + key.size();
  return std::string(text.substr(from, text.find_first_of(",}\"", from) - from));
}

ScriptLine parse(std::string_view text) {
  ScriptLine line;
  line.text = text;
  line.kind = value_after(text, "\"kind\":\"");
  line.t = std::strtoll(value_after(text, "\"t\":").c_str(), nullptr, 10);
  line.daemon = value_after(text, "\"observer\":\"") == "daemon";
  return line;
}

std::string at_time(const ScriptLine& line, std::int64_t t) {
  std::string text = line.text;
  const std::string old = "\"t\":" + std::to_string(line.t);
  return text.replace(text.find(old), old.size(), "\"t\":" + std::to_string(t)) + "\n";
}

}  // namespace

Capture::Capture(std::string_view script) {
  const std::string expanded = expand_event_script(script);
  for (std::size_t from = 0; from < expanded.size();) {
    const std::size_t to = std::min(expanded.find('\n', from), expanded.size());
    ScriptLine line = parse(std::string_view(expanded).substr(from, to - from));
    auto& list = line.kind == "capture.begin" ? begins_ : (line.kind == "capture.end" ? ends_ : events_);
    list.push_back(std::move(line));
    from = to + 1;
  }
}

std::vector<std::size_t> Capture::positions() const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const bool again = i > 0 && events_[i].kind == "app.heartbeat" && events_[i - 1].kind == "app.heartbeat";
    const bool same = i > 1 && events_[i].kind == events_[i - 1].kind && events_[i].kind == events_[i - 2].kind;
    if (!again && !same) out.push_back(i);
  }
  return out;
}

bool Capture::may_sleep_before(std::size_t i) const {
  bool running = false;
  int wakes = 0;
  for (std::size_t k = 0; k < i; ++k) {
    const std::string& kind = events_[k].kind;
    if (kind == "app.launch" || kind == "app.resume" || kind == "app.foreground" || kind == "wake.handle-events") running = true;
    if (kind == "app.suspend" || kind == "app.terminate" || kind == "app.force-quit") running = false;
    if (kind == "daemon.wake-requested") wakes = 1;
    if (kind == "wake.handler-called") wakes = 0;
  }
  return running && wakes == 0 && i < events_.size() && events_[i].kind != "app.heartbeat";
}

std::string Capture::bounded(std::size_t from, std::size_t to, std::int64_t begin, std::int64_t end) const {
  std::string out;
  for (const ScriptLine& line : begins_) out += at_time(line, begin);
  for (std::size_t i = from; i < to; ++i) out += events_[i].text + "\n";
  for (const ScriptLine& line : ends_) out += at_time(line, end);
  return out;
}

std::string Capture::whole() const { return bounded(0, events_.size(), begins_[0].t, ends_[0].t); }
std::string Capture::cut_after(std::size_t i) const { return bounded(0, i + 1, begins_[0].t, events_[i].t); }
std::string Capture::start_at(std::size_t i) const { return bounded(i, events_.size(), events_[i].t, ends_[0].t); }

std::string Capture::shifted(bool daemon, std::int64_t ns) const {
  std::string out;
  for (const auto* list : {&begins_, &events_, &ends_}) {
    for (const ScriptLine& line : *list) {
      if (line.daemon == daemon) out += at_time(line, line.t + ns);
    }
  }
  return out;
}

std::string Capture::only(bool daemon) const { return shifted(daemon, 0); }
std::string Capture::without(bool daemon) const { return shifted(!daemon, 0); }

std::string Capture::with_gap(std::int64_t from, std::int64_t to, bool daemon, std::size_t skip) const {
  const std::string gap = "{\"uptrail\":1,\"kind\":\"capture.gap\",\"t\":" + std::to_string(to) + ",\"observer\":\"" +
                          (daemon ? "daemon" : "app") + "\",\"from\":" + std::to_string(from) + ",\"to\":" + std::to_string(to) +
                          ",\"reason\":\"dropped\"}\n";
  std::string out;
  for (const ScriptLine& line : begins_) out += line.text + "\n";
  bool written = false;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (!written && events_[i].t >= to) out += gap;
    written = written || events_[i].t >= to;
    if (i != skip) out += events_[i].text + "\n";
  }
  if (!written) out += gap;
  for (const ScriptLine& line : ends_) out += line.text + "\n";
  return out;
}

std::string Capture::gap_before(std::size_t i) const {
  const std::int64_t to = events_[i].t;
  const std::int64_t from = i == 0 ? begins_[0].t : events_[i - 1].t;
  return with_gap(from, std::max(to, from + 1), events_[i].daemon, kNone);
}

std::string Capture::lost(std::size_t i) const {
  return with_gap(events_[i].t - kMilli / 2, events_[i].t + kMilli / 2, events_[i].daemon, i);
}

// A life-cycle line of the process that wrote the app event before i.
std::string Capture::process_line(std::size_t i, std::string_view kind, std::int64_t t) const {
  for (std::size_t k = i; k-- > 0;) {
    const std::string pid = value_after(events_[k].text, "\"pid\":");
    if (events_[k].daemon || pid.empty()) continue;
    return "{\"uptrail\":1,\"kind\":\"" + std::string(kind) + "\",\"t\":" + std::to_string(t) +
           ",\"observer\":\"app\",\"bundle\":\"" + value_after(events_[k].text, "\"bundle\":\"") + "\",\"process\":\"" +
           value_after(events_[k].text, "\"process\":\"") + "\",\"pid\":" + pid + "}\n";
  }
  return {};
}

std::string Capture::slept_before(std::size_t i) const {
  std::string out;
  for (const ScriptLine& line : begins_) out += line.text + "\n";
  for (std::size_t k = 0; k < i; ++k) out += events_[k].text + "\n";
  const std::int64_t from = i == 0 ? begins_[0].t : events_[i - 1].t;
  out += process_line(i, "app.background", from + 1000) + process_line(i, "app.suspend", from + 2000);
  out += process_line(i, "app.foreground", events_[i].t + kEightHours - 1000);
  for (std::size_t k = i; k < events_.size(); ++k) out += at_time(events_[k], events_[k].t + kEightHours);
  for (const ScriptLine& line : ends_) out += at_time(line, line.t + kEightHours);
  return out;
}

std::string Capture::scrambled(std::uint32_t seed) const {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  std::vector<ScriptLine> lines = events_;
  for (std::size_t edits = 1 + below(8); edits > 0 && lines.size() > 2; --edits) {
    const std::size_t a = below(lines.size());
    const std::size_t b = below(lines.size());
    switch (below(4)) {
      case 0:
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(a));
        break;
      case 1: {  // again, at the time of another
        ScriptLine again = lines[a];
        again.text = at_time(again, lines[b].t);
        again.text.pop_back();
        again.t = lines[b].t;
        lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(b), std::move(again));
        break;
      }
      case 2: {
        const std::int64_t t = lines[a].t;
        lines[a] = parse(at_time(lines[a], lines[b].t));
        lines[b] = parse(at_time(lines[b], t));
        std::swap(lines[a], lines[b]);
        break;
      }
      default: {
        const std::string pid = value_after(lines[a].text, "\"pid\":");
        if (!pid.empty()) {
          const std::string old = "\"pid\":" + pid;
          lines[a].text.replace(lines[a].text.find(old), old.size(), "\"pid\":" + std::to_string(100 + below(3)));
        }
      }
    }
  }
  std::string out;
  for (const ScriptLine& line : begins_) out += line.text + "\n";
  for (const ScriptLine& line : lines) out += line.text + (line.text.ends_with('\n') ? "" : "\n");
  for (const ScriptLine& line : ends_) out += line.text + "\n";
  return out;
}

}  // namespace uptrail::test
