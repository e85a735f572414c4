#include <algorithm>
#include <array>
#include <string>

#include "collector/containers/builtin.h"
#include "collector/containers/prefixed_source.h"
#include "collector/containers/sniff.h"
#include "collector/containers/text_records.h"

namespace uptrail {

std::span<const Container* const> builtin_containers() {
  static const std::array kAll = {
      &event_ndjson_container(),
      &event_script_container(),
      &log_show_syslog_container(),
      &log_show_default_container(),
      &log_show_compact_container(),
      &log_show_ndjson_container(),
      &log_show_json_container(),
      &console_copy_container(),
      &idevicesyslog_container(),
      &syslog_relay_container(),
      &asl_container(),
      &xcode_container(),
      &xcode15_container(),
      &rct_log_container(),
      &flutter_console_container(),
      &app_log_container(),
      &bare_container(),
  };
  return kAll;
}

namespace {

constexpr std::size_t kMostLayers = 3;
constexpr int kClearlyBetter = 20;  // points that a prefix must win when no container is sure even behind it

Recognition recognise_plain(std::string_view head, bool complete, std::span<const Container* const> containers) {
  Recognition out;
  for (const Container* container : containers) {
    out.candidates.push_back({container, container->sniff(head, complete)});
  }
  std::stable_sort(out.candidates.begin(), out.candidates.end(), [](const auto& a, const auto& b) {
    if (a.sniffed.score != b.sniffed.score) {
      return a.sniffed.score > b.sniffed.score;
    }
    return a.container->info().priority < b.container->info().priority;
  });
  if (!out.candidates.empty() && out.candidates.front().sniffed.match != Match::no) {
    out.chosen = out.candidates.front().container;
  }
  return out;
}

int best_score(const Recognition& found) { return found.candidates.empty() ? 0 : found.candidates.front().sniffed.score; }
bool is_sure(const Recognition& found) {
  return !found.candidates.empty() && found.candidates.front().sniffed.match == Match::sure;
}

bool knows(const Recognition::Candidate& candidate, std::string_view text) {
  return candidate.container->sniff(text, true).match == Match::sure;
}

// Several containers know lines of a mixed file: it begins with the one that knows its first line, or two lines before the best
// one knows any, or the JSON that stands before them.
void prefer_first(std::string_view head, bool complete, Recognition& found) {
  constexpr std::size_t kLines = 200;
  auto& all = found.candidates;
  const auto none = std::find_if(all.begin(), all.end(), [](const auto& c) { return c.sniffed.match == Match::no; });
  if (none - all.begin() < 2) {
    return;
  }
  const auto prefer = [&](auto candidate) {
    std::rotate(all.begin(), candidate, candidate + 1);
    found.chosen = all.front().container;
  };
  std::vector<int> lines(all.size());
  std::string_view first;
  for (const std::string_view line : head_lines(head, complete, kLines)) {
    if (first.empty() && is_log_banner(line)) {
      continue;
    }
    first = first.empty() ? line : first;
    const bool best = knows(all.front(), line);
    const std::string_view before = head.substr(0, static_cast<std::size_t>(line.data() - head.data()));
    const bool json_before = best && (first.starts_with('{') || first.starts_with('[')) && line.data() != first.data();
    for (auto c = all.begin() + 1; c != none; ++c) {
      if (c->container->info().clock == ClockKind::none) {
        continue;  // consoles print lines without time between their records, too
      }
      if (json_before ? knows(*c, before)
                      : !best && knows(*c, line) &&
                            (++lines[static_cast<std::size_t>(c - all.begin())] == 2 || line.data() == first.data())) {
        prefer(c);
        return;
      }
    }
    if (best) {
      return;
    }
  }
}

// Sets `best` when something is recognised clearly better behind one more layer than those of `before`.
void look_behind(std::string_view whole, bool complete, const LinePrefix& before, std::span<const Container* const> containers,
                 Recognition& best) {
  const std::string head = text_behind(before, whole);
  for (const PrefixLayer& layer : possible_layers(head, complete)) {
    LinePrefix prefix = before;
    prefix.layers.push_back(layer);
    prefix.wrap_width = std::max(prefix.wrap_width, wrap_width_of(layer, head, complete));
    Recognition found = recognise_plain(text_behind(prefix, whole), complete, containers);
    prefer_first(text_behind(prefix, whole), complete, found);
    if (is_sure(found) || best_score(found) >= best_score(best) + kClearlyBetter) {
      found.candidates.front().sniffed.why = "behind " + prefix.text() + ": " + found.candidates.front().sniffed.why;
      found.prefix = std::move(prefix);
      best = std::move(found);
    } else if (prefix.layers.size() < kMostLayers) {
      look_behind(whole, complete, prefix, containers, best);
    }
    if (is_sure(best)) {
      return;
    }
  }
}

}  // namespace

Recognition recognise(std::string_view head, bool complete, std::span<const Container* const> containers) {
  Recognition best = recognise_plain(head, complete, containers);
  prefer_first(head, complete, best);
  if (!is_sure(best)) {
    look_behind(head, complete, {}, containers, best);
  }
  return best;
}

}  // namespace uptrail
