#include <algorithm>
#include <array>
#include <string>

#include "collector/containers/builtin.h"
#include "collector/containers/prefixed_source.h"

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

// The head as the reader will see it.
std::string behind(const LinePrefix& prefix, std::string_view head) {
  MemorySource source(head);
  PrefixedSource plain(source, prefix);
  std::string out(head.size() + 1, '\0');
  std::size_t have = 0;
  for (auto got = plain.read(out); got && *got > 0; got = plain.read(std::span(out).subspan(have))) {
    have += *got;
  }
  out.resize(have);
  return out;
}

// `head` is `whole` behind best.prefix-to-be `before`; sets `best` when something is recognised clearly better behind one more
// layer.
void look_behind(std::string_view whole, bool complete, const LinePrefix& before, std::span<const Container* const> containers,
                 Recognition& best) {
  const std::string head = behind(before, whole);
  for (const PrefixLayer& layer : possible_layers(head, complete)) {
    LinePrefix prefix = before;
    prefix.layers.push_back(layer);
    prefix.wrap_width = std::max(prefix.wrap_width, wrap_width_of(layer, head, complete));
    Recognition found = recognise_plain(behind(prefix, whole), complete, containers);
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
  if (!is_sure(best)) {
    look_behind(head, complete, {}, containers, best);
  }
  return best;
}

}  // namespace uptrail
